"""The table a paper recipe ends in: expected and obtained, for the page, the summary and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tekio.errors import Text
from tekio.recipe.papers import expected_and_obtained
from tekio.report.files import Results
from tekio.report.number_format import NONE, Unit, count, metric_name, plain, unit_of
from tekio.store import read_json

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


def paper_table(recipe: Mapping[str, Any] | None, results: Results | None) -> dict[str, Any] | None:
    """The rows and what differs, as plain values for `summary.json`; None for a recipe that repeats no paper."""
    paper = cast("dict[str, Any] | None", (recipe or {}).get("paper"))
    if not paper:
        return None
    found = results.model_dump() if results is not None else {}
    rows = expected_and_obtained(paper["name"], found, base=paper.get("base") or "")
    if paper.get("scale") == "small":  # another model and other data: that a number lies near says nothing
        rows = [row | {"agrees": None} for row in rows]
    return {
        "paper": paper["name"],
        "arxiv": PAPERS[paper["name"]],
        "base": paper.get("base") or "",
        "scale": paper.get("scale") or "full",
        "rows": rows,
        "differs": list(paper.get("differs") or []),
    }


def paper_rows(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows in words: task, metric, paper before and after, n, ours by model, agreement, what differs."""
    return [_row(row) for row in table["rows"]]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    expected = cast("dict[str, Any]", row["expected"] or {})
    obtained = cast("dict[str, Any]", row["obtained"] or {})
    metric = str(obtained.get("metric") or "acc")
    unit = unit_of(metric)
    scores = cast("dict[str, dict[str, Any]]", obtained.get("scores") or {})
    note: list[Text] = [Text(expected["note"], expected["note_ja"])] if expected.get("note") else []
    if not obtained:
        note.append(Text("not run: its data is not here", "データがなく未実行"))
    elif row["of"] is not None and row["of"] != obtained["n"]:
        n, whole = count(obtained["n"]), count(row["of"])
        note.append(Text(f"{n} of {whole} items", f"{whole} 問中 {n} 問"))
    constant = [label for label, score in scores.items() if score.get("degenerate")]
    if constant:
        names = ", ".join(constant)
        note.append(Text(f"like a constant answer: {names}", f"一定の回答と同じ: {names}"))
    if not expected:
        note.append(Text("not in the paper", "論文にない課題"))
    return {
        "task": obtained.get("task") or expected.get("task"),
        "metric": metric_name(metric) if obtained else Text(expected.get("metric", NONE), expected.get("metric", NONE)),
        "unit": unit.name if obtained else Text("%", "%"),
        "paper_before": _share(expected, "before", unit),
        "paper_after": _share(expected, "after", unit),
        "paper_n": count(expected["n"]) if expected.get("n") else NONE,
        "ours": [(label, _score(score, unit)) for label, score in scores.items()],
        "n": count(obtained["n"]) if obtained else NONE,
        "agrees": AGREES[row["agrees"]],
        "note": Text("; ".join(item.en for item in note), "。".join(item.ja for item in note)),
    }


def _share(expected: Mapping[str, Any], name: str, unit: Unit) -> Text:
    if not expected:
        return Text(NONE, NONE)
    value = expected.get(name)
    if value is None:
        return Text("not known", "不明")
    return Text(plain(value * unit.scale, 1), plain(value * unit.scale, 1))


def _score(score: Mapping[str, Any], unit: Unit) -> str:
    return f"{unit.value(score.get('value'))} {unit.interval(score.get('low'), score.get('high'))}".strip()


def paper_lines(report: Path) -> list[Text]:
    """The table of a finished report folder for a terminal; empty when it is not there or repeats no paper."""
    path = report / SUMMARY
    table = cast("dict[str, Any]", read_json(path)).get("paper") if path.is_file() else None
    if not table:
        return []
    name = f"{table['paper']}{' / ' + table['base'] if table['base'] else ''} ({table['arxiv']})"
    lines = [
        Text(
            f"\nExpected and obtained: {name}, scale {table['scale']}", f"\n期待値と結果: {name}、規模 {table['scale']}"
        )
    ]
    for row in paper_rows(table):
        ours = ", ".join(f"{label} {value}" for label, value in row["ours"]) or NONE
        before, after, note = row["paper_before"], row["paper_after"], row["note"]
        unit, agrees = row["unit"], row["agrees"]
        inside = agrees.en != NONE
        english = f"; the paper's trained value: {agrees.en}" if inside else ""
        japanese = f"。論文の学習後の値: {agrees.ja}" if inside else ""
        lines.append(
            Text(
                f"  {row['task']} ({row['metric'].en}, {unit.en})\n"
                f"    paper: {before.en} -> {after.en}, n = {row['paper_n']}\n"
                f"    ours:  {ours}, n = {row['n']}{english}\n"
                f"    {note.en}",
                f"  {row['task']}（{row['metric'].ja}、{unit.ja}）\n"
                f"    論文: {before.ja} → {after.ja}、n = {row['paper_n']}\n"
                f"    結果: {ours}、n = {row['n']}{japanese}\n"
                f"    {note.ja}",
            )
        )
    lines.append(
        Text("  What differs, and why the numbers cannot be equal:", "  論文と異なる点(数値が一致しない理由):")
    )
    lines += [Text(f"    - {item['en']}", f"    - {item['ja']}") for item in table["differs"]]
    return lines
