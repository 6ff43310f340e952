"""The table a paper recipe ends in: expected and obtained, for the page, the summary and the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import read_artifact
from tekio.artifacts.report import PaperExpected, PaperObtained, PaperRow, PaperTable, Summary, Words
from tekio.artifacts.results import Metric, Results, TaskResult
from tekio.errors import Language, Text
from tekio.instruct.source_table import source_table, table_lines
from tekio.recipe.papers import EXPECTED
from tekio.report.number_format import NONE, Unit, count, metric_name, plain, unit_of

SUMMARY = "summary.json"
PAPERS = {
    "stormy": "arXiv 2309.03412",
    "qfin": "arXiv 2404.10555",
    "jafin": "arXiv 2404.09260",
}
AGREES = {
    True: Text("inside our interval", "こちらの区間内"),
    False: Text("outside our interval", "こちらの区間外"),
    None: Text(NONE, NONE),
}


def paper_table(recipe: Mapping[str, Any] | None, results: Results | None) -> PaperTable | None:
    """The rows and what differs; None for a recipe that repeats no paper."""
    paper = cast("dict[str, Any] | None", (recipe or {}).get("paper"))
    if not paper:
        return None
    rows = expected_and_obtained(paper["name"], results, base=paper.get("base") or "")
    if paper.get("scale") == "small":  # another model and other data: that a number lies near says nothing
        for row in rows:
            row.agrees = None
    return PaperTable(
        paper=paper["name"],
        arxiv=PAPERS[paper["name"]],
        base=paper.get("base") or "",
        scale=paper.get("scale") or "full",
        rows=rows,
        differs=[
            Words(en=item["en"], ja=item["ja"]) for item in cast("list[dict[str, str]]", paper.get("differs") or [])
        ],
    )


def expected_and_obtained(paper: str, results: Results | None, *, base: str = "") -> list[PaperRow]:
    """The table every paper run ends in: the paper's number, ours, n, interval, and what differs.

    base: which of the paper's bases was run. Rows of the paper whose task was not run have nothing obtained; tasks that
    the paper does not have follow with nothing expected.
    """
    tasks = {task.task: task for task in results.tasks} if results else {}
    trained = [label for label in results.models if label != results.reference] if results else []
    wanted = [item for item in EXPECTED[paper] if item.base in ("", base)]
    rows: list[PaperRow] = []
    for item in wanted:
        obtained = _obtained(tasks[item.task]) if item.task in tasks else None
        expected = PaperExpected(
            task=item.task,
            metric=item.metric,
            before=item.before,
            after=item.after,
            n=item.n,
            note=Words.of(item.note),
        )
        rows.append(PaperRow(expected=expected, obtained=obtained, agrees=_agrees(item.after, obtained, trained)))
    known = {item.task for item in wanted}
    others = [task for name, task in tasks.items() if name not in known and task.kind != "perplexity"]
    return [*rows, *(PaperRow(expected=None, obtained=_obtained(task), agrees=None) for task in others)]


def _obtained(task: TaskResult) -> PaperObtained:
    found = {label: score for label, score in task.scores.items() if task.headline in score.metrics}
    return PaperObtained(
        task=task.task,
        metric=task.headline,
        unit=task.unit,
        n=task.n,
        scores={label: score.metrics[task.headline] for label, score in found.items()},
        degenerate=[label for label, score in found.items() if score.degenerate],
    )


def _agrees(after: float | None, obtained: PaperObtained | None, trained: Sequence[str]) -> bool | None:
    """Whether the paper's number of the trained model lies in our interval; None where either is missing."""
    if obtained is None:
        return None
    last = next((obtained.scores[label] for label in reversed(trained) if label in obtained.scores), None)
    if after is None or last is None or last.low is None or last.high is None:
        return None
    return last.low <= after <= last.high


@dataclass(frozen=True)
class ShownRow:
    """A row in words. before, after, n: the paper's; ours: label and score."""

    task: str
    metric: Text
    unit: Text
    paper_before: Text
    paper_after: Text
    paper_n: str
    ours: list[tuple[str, str]]
    n: str
    agrees: Text
    note: Text


def paper_rows(table: PaperTable) -> list[ShownRow]:
    """The rows in words: task, metric, paper before and after, n, ours by model, agreement, what differs."""
    return [_row(row) for row in table.rows]


def _row(row: PaperRow) -> ShownRow:
    expected, obtained = row.expected, row.obtained
    unit = unit_of(obtained.unit if obtained else "share")
    note: list[Text] = [expected.note.text] if expected else []
    if obtained is None:
        note.append(Text("not run: its data is not available", "データがなく未実行"))
    elif expected is not None and expected.n is not None and expected.n != obtained.n:
        n, whole = count(obtained.n), count(expected.n)
        note.append(Text(f"{n} of {whole} items", f"{whole} 問中 {n} 問"))
    if obtained is not None and obtained.degenerate:
        names = ", ".join(obtained.degenerate)
        note.append(Text(f"like a constant answer: {names}", f"一律回答と同じ: {names}"))
    if expected is None:
        note.append(Text("not in the paper", "論文にない課題"))
    metric = Text(NONE, NONE)
    if obtained is not None:
        metric = metric_name(obtained.metric)
    elif expected is not None:
        metric = Text(expected.metric, expected.metric)
    return ShownRow(
        task=obtained.task if obtained else expected.task if expected else NONE,
        metric=metric,
        unit=unit.name,
        paper_before=_share(expected is not None, expected.before if expected else None, unit),
        paper_after=_share(expected is not None, expected.after if expected else None, unit),
        paper_n=count(expected.n) if expected and expected.n else NONE,
        ours=[(label, _score(score, unit)) for label, score in obtained.scores.items()] if obtained else [],
        n=count(obtained.n) if obtained else NONE,
        agrees=AGREES[row.agrees],
        note=Text("; ".join(item.en for item in note if item.en), "。".join(item.ja for item in note if item.ja)),
    )


def _share(known: bool, value: float | None, unit: Unit) -> Text:
    if not known:
        return Text(NONE, NONE)
    if value is None:
        return Text("not known", "不明")
    return Text(plain(value * unit.scale, 1), plain(value * unit.scale, 1))


def _score(score: Metric, unit: Unit) -> str:
    return f"{unit.value(score.value)} {unit.interval(score.low, score.high)}".strip()


def paper_lines(report: Path) -> list[Text]:
    """The table of a finished report folder for a terminal; empty when it is not there or repeats no paper."""
    path = report / SUMMARY
    table = read_artifact(Summary, path).paper if path.is_file() else None
    if table is None:
        return []
    name = f"{table.paper}{' / ' + table.base if table.base else ''} ({table.arxiv})"
    lines = [
        Text(f"\nExpected and obtained: {name}, scale {table.scale}", f"\n期待値と結果: {name}、規模 {table.scale}")
    ]
    for row in paper_rows(table):
        ours = ", ".join(f"{label} {value}" for label, value in row.ours) or NONE
        before, after, note = row.paper_before, row.paper_after, row.note
        unit, agrees = row.unit, row.agrees
        inside = agrees.en != NONE
        english = f"; the paper's trained value: {agrees.en}" if inside else ""
        japanese = f"。論文の学習後の値: {agrees.ja}" if inside else ""
        lines.append(
            Text(
                f"  {row.task} ({row.metric.en}, {unit.en})\n"
                f"    paper: {before.en} -> {after.en}, n = {row.paper_n}\n"
                f"    ours:  {ours}, n = {row.n}{english}\n"
                f"    {note.en}",
                f"  {row.task}（{row.metric.ja}、{unit.ja}）\n"
                f"    論文: {before.ja} → {after.ja}、n = {row.paper_n}\n"
                f"    結果: {ours}、n = {row.n}{japanese}\n"
                f"    {note.ja}",
            )
        )
    lines.append(
        Text("  What differs, and why the numbers cannot be equal:", "  論文と異なる点(数値が一致しない理由):")
    )
    lines += [Text(f"    - {item.en}", f"    - {item.ja}") for item in table.differs]
    return lines


def paper_source_lines(run: Path, language: Language) -> list[str]:
    """The table of the paper's sources for a terminal; empty where the run has no such instruction data."""
    path = run / "instruct" / "funnel.json"
    funnel = read_artifact(InstructFunnel, path) if path.is_file() else None
    if funnel is None or not funnel.expected:
        return []
    return ["", *table_lines(source_table(funnel), language)]
