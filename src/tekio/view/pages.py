"""What each page shows: the name of its template and the values in it. Everything is read when the page is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from tekio.artifacts.results import ScoredItem
from tekio.corpus.write import MEASURES
from tekio.errors import TekioError, Text
from tekio.reject_reasons import reject_words
from tekio.report import chart_data
from tekio.report.answers import FINISH_WORDS, FOUND_WORDS
from tekio.report.contents import as_yaml
from tekio.report.flips import choice_of, gold_of
from tekio.report.glossary import noted_words, setting_words
from tekio.report.judged import judged_contents
from tekio.report.number_format import metric_name, plain, signed
from tekio.report.sweeps import sweep_contents
from tekio.report.verdict import style, word
from tekio.run_folder import recorded_recipe
from tekio.statistic_words import statistic_words
from tekio.study.reasons import reason_words as study_words
from tekio.text.statistics import MEANINGS, NAMES
from tekio.view.histograms import histogram_chart
from tekio.view.items import SHOWN
from tekio.view.runs import OpenRun

PAGE = 50
LONGEST_WORDS = 200
SHOWN_WORDS = {
    "all": Text("all", "すべて"),
    "fixed": Text("fixed: wrong before, right now", "改善: 基準は誤り、このモデルは正解"),
    "broken": Text("broken: right before, wrong now", "悪化: 基準は正解、このモデルは誤り"),
    "right": Text("right", "正解"),
    "wrong": Text("wrong", "誤り"),
    "unparsed": Text("no answer could be read", "回答を読み取れない"),
    "contaminated": Text("question stands in training text", "問題文が学習データにある"),
}
TABLE_WORDS = {
    "train": Text("training", "学習用"),
    "held_out": Text("kept for evaluation", "評価用に確保"),
    "validation": Text("validation", "検証用"),
    "rejected": Text("rejected", "除外"),
    "study": Text("study", "学習素材（study）"),
    "study-validation": Text("study, validation", "学習素材（検証用）"),
    "study-rejected": Text("study, rejected", "学習素材（除外）"),
    "study-unread": Text("study, unread replies", "学習素材（読めない返答）"),
}
_ID = re.compile(r"[0-9a-f]{16}")
"""The id of a document; other parents are files and addresses."""
PROVENANCE = (
    "source",
    "domain",
    "uri",
    "title",
    "license",
    "published",
    "as_of",
    "group",
    "rejected_by",
    "duplicate_of",
)


@dataclass(frozen=True)
class Query:
    """What a request asks for: the values of its query, and a link to the same page with some of them changed."""

    values: Mapping[str, str]
    page: str = ""

    def text(self, name: str, default: str = "") -> str:
        """A value, cut to a reasonable length."""
        return self.values.get(name, default)[:LONGEST_WORDS]

    def number(self, name: str) -> int:
        """A whole number from 0; 0 for anything else."""
        value = self.values.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0

    def link(self, **changed: object) -> str:
        """The same page with some values changed; empty ones are left out."""
        values = {**self.values, **{name: "" if value is None else str(value) for name, value in changed.items()}}
        return f"{self.page}?{urlencode({name: value for name, value in values.items() if value})}"


@dataclass(frozen=True)
class Page:
    """A template and its values."""

    template: str
    title: Text
    values: dict[str, Any] = field(default_factory=dict[str, Any])


def overview(opened: OpenRun, _: Query) -> Page:
    """What the run holds, and where to go on."""
    run = opened.run
    stages = [
        (name, manifest, sum(item.bytes for item in manifest.outputs)) for name, manifest in run.manifests.items()
    ]
    recipe = recorded_recipe(opened.folder)
    return Page(
        "overview.jinja",
        Text("Overview", "概要"),
        {
            "run": run,
            "stages": stages,
            "report": (opened.folder / "report" / "report.html").is_file(),
            "documents": [(name, TABLE_WORDS[name], table.rows) for name, table in opened.document_tables()],
            "records": [(name, TABLE_WORDS[name]) for name, _ in opened.record_tables()],
            "recipe": as_yaml(cast("dict[str, Any]", recipe)) if recipe else "",
        },
    )


def scores(opened: OpenRun, _: Query) -> Page:
    """Every score, each a door to its items."""
    run = opened.run
    return Page(
        "scores.jinja",
        Text("Scores", "スコア"),
        {
            "run": run,
            "templates": {
                task.task: opened.templates(task.task) for task in (run.results.tasks if run.results else [])
            },
            "exam": [
                (name, [(one.model, one.all) for one in run.exam.scores if f"exam-{one.half}-{one.book}" == name])
                for name in opened.exam_tasks()
            ]
            if run.exam
            else [],
            "exam_template": run.exam.template if run.exam else "",
            "word": word,
            "style": style,
            "metric_name": metric_name,
            "plain": plain,
            "signed": signed,
        },
    )


def items(opened: OpenRun, query: Query) -> Page:
    """The items of one task."""
    task = query.text("task")
    names = opened.templates(task)
    template = query.text("template") or (names[0] if names else "")
    found = opened.items(task, template)
    labels = list(found.columns)
    model = query.text("model") if query.text("model") in labels else labels[-1]
    show = query.text("show", "all") if query.text("show", "all") in SHOWN else "all"
    places = found.chosen(show, model, query.text("q"))
    at = query.number("at")
    rows = [(place, found.read(place)) for place in places[at : at + PAGE]]
    counts = {name: len(found.chosen(name, model)) for name in SHOWN}
    return Page(
        "items.jinja",
        Text("Items", "設問"),
        {
            "task": task,
            "template": template,
            "templates": names,
            "labels": labels,
            "model": model,
            "show": show,
            "shown": SHOWN_WORDS,
            "counts": counts,
            "found": len(places),
            "at": at,
            "size": PAGE,
            "rows": rows,
            "gold_of": gold_of,
            "answer_of": _answer_of,
        },
    )


def item(opened: OpenRun, query: Query) -> Page:
    """One item: the prompt as sent, and what every model made of it."""
    task = query.text("task")
    opened.template_of(task)
    template = query.text("template")
    found = opened.items(task, template)
    at = query.number("at")
    if at >= len(found.ids):
        raise TekioError(Text("There is no such item.", "その設問はありません。"), where=task)
    scored = found.read(at)
    seen = [one for one in opened.seen_items(task) if one.item == found.ids[at]]
    return Page(
        "item.jinja",
        Text("Item", "設問"),
        {
            "task": task,
            "template": template,
            "at": at,
            "of": len(found.ids),
            "scored": scored,
            "first": next(iter(scored.values())),
            "seen": seen,
            "gold_of": gold_of,
            "answer_of": _answer_of,
        },
    )


def _answer_of(row: ScoredItem) -> str:
    return choice_of(row, row.prediction)


def documents(opened: OpenRun, query: Query) -> Page:
    """Rows of a document table."""
    name = query.text("table", "train")
    table = opened.documents(name)
    where = {"source": query.text("source"), "domain": query.text("domain"), "uri": query.text("uri")}
    if name == "rejected":
        where["rejected_by"] = query.text("reason")
    found = table.page(query.number("at"), PAGE, where=where, words=query.text("q"))
    corpus = opened.run.corpus
    return Page(
        "documents.jinja",
        Text("Documents", "文書"),
        {
            "name": name,
            "tables": [(key, TABLE_WORDS[key], one.rows) for key, one in opened.document_tables()],
            "table": table,
            "found": found,
            "sources": [source.name for source in corpus.sources] if corpus else [],
            "reasons": sorted(corpus.totals.rejected) if corpus else [],
            "reason_words": reject_words,
        },
    )


def document(opened: OpenRun, query: Query) -> Page:
    """One document whole: where it comes from, and what was made of it."""
    identity, wanted = query.text("id"), query.text("table")
    row: dict[str, Any] | None = None
    place = ""
    for name, table in opened.document_tables():
        if wanted in ("", name) and row is None and (row := table.find(identity)) is not None:
            place = name
    if row is None:
        raise TekioError(
            Text(f"No row with the id {identity}.", f"id {identity} の行はありません。"), where=opened.name
        )
    meta = cast("dict[str, Any]", json.loads(row["meta"] or "{}"))
    made: list[tuple[str, Text, list[dict[str, Any]]]] = []
    for name, lines in opened.record_tables():
        rows = [one for one in lines.page(0, PAGE, words=identity).rows if one.get("id") != identity]
        if rows:
            made.append((name, TABLE_WORDS[name], rows))
    told: list[dict[str, Any]] = []
    if place != "study" and (opened.folder / "study" / "documents").is_dir():
        told = opened.documents("study").page(0, PAGE, words=identity).rows
    return Page(
        "document.jinja",
        Text("Document", "文書"),
        {
            "row": row,
            "place": place,
            "place_words": TABLE_WORDS[place],
            "facts": [(name, row[name]) for name in PROVENANCE if row.get(name)],
            "measured": _pretty(row.get("measured")),
            "meta": sorted(meta.items()),
            "noted_words": noted_words,
            "parents": [str(parent) for parent in meta.get("parents", [])],
            "made": made,
            "told": told,
            "reason_words": reject_words,
            "as_json": _pretty,
        },
    )


def records(opened: OpenRun, query: Query) -> Page:
    """Lines of a record table."""
    name = query.text("table", "train")
    table = opened.records(name)
    found = table.page(
        query.number("at"),
        PAGE,
        where={"rejected_by": query.text("reason")},
        words=query.text("q") or query.text("source"),
    )
    instruct = opened.run.instruct
    return Page(
        "records.jinja",
        Text("Records", "指示データ"),
        {
            "name": name,
            "tables": [(key, TABLE_WORDS[key]) for key, _ in opened.record_tables()],
            "found": found,
            "rows": list(zip(found.places, found.rows, strict=True)),
            "reasons": sorted(instruct.totals.rejected) if instruct else [],
            "reason_words": _words_of(name),
        },
    )


def record(opened: OpenRun, query: Query) -> Page:
    """One record whole, with the way back to its source."""
    name = query.text("table", "train")
    table = opened.records(name)
    identity = query.text("id")
    row = table.find("id", identity) if identity else table.at(query.number("at"))
    if row is None:
        raise TekioError(
            Text(f"No row with the id {identity}.", f"id {identity} の行はありません。"), where=opened.name
        )
    meta = cast("dict[str, Any]", row.get("meta") or {})
    parents = [str(parent) for parent in cast("list[object]", meta.pop("parents", None) or [])]
    noted = {**meta, **cast("dict[str, Any]", meta.pop("extra", None) or {})}
    noted.pop("extra", None)
    noted.pop("scope", None)
    return Page(
        "record.jinja",
        Text("Record", "指示データ"),
        {
            "row": row,
            "name": name,
            "name_words": TABLE_WORDS[name],
            "noted_words": noted_words,
            "facts": [(key, noted[key]) for key in sorted(noted) if noted[key] not in (None, [], {}, "")],
            "others": [
                (key, row[key]) for key in sorted(row) if key not in ("id", "messages", "meta") and row[key] is not None
            ],
            "parents": [(parent, bool(_ID.fullmatch(parent))) for parent in parents],
            "as_json": _pretty,
            "reason_words": _words_of(name),
        },
    )


def _words_of(table: str) -> Callable[[str], Text]:
    """What a reject reason of a record table means: re-told rows have reasons of their own."""
    return study_words if table.startswith("study") else reject_words


def rejected(opened: OpenRun, _: Query) -> Page:
    """Everything that was left out, by stage and reason."""
    run = opened.run
    return Page(
        "rejected.jinja",
        Text("Left out", "除外"),
        {
            "corpus": run.corpus,
            "instruct": run.instruct,
            "study": run.study,
            "reason_words": reject_words,
            "study_words": study_words,
        },
    )


def funnel(opened: OpenRun, query: Query) -> Page:
    """What became of every row, and how the documents lie along a statistic with the thresholds."""
    run = opened.run
    statistic = query.text("statistic", "characters")
    if statistic not in NAMES:
        statistic = NAMES[0]
    chart = found = None
    limits: list[tuple[str, float]] = []
    if (opened.folder / "corpus" / MEASURES).is_dir():
        found = opened.histogram(statistic)
        for source, own in opened.limits().items():
            limits += [(source, value) for value in own.get(statistic, ()) if value is not None]
        chart = histogram_chart(found, limits, "histogram")
    funnels = [
        (title, chart_data.funnel_chart(part, key, aside), key)
        for title, part, key, aside in (
            (Text("Documents", "文書"), run.documents, "funnel-documents", TABLE_WORDS["held_out"]),
            (Text("Records", "指示データ"), run.records, "funnel-records", TABLE_WORDS["validation"]),
        )
        if part is not None
    ]
    return Page(
        "funnel.jinja",
        Text("Funnel", "入力から学習まで"),
        {
            "run": run,
            "funnels": funnels,
            "statistic": statistic,
            "meaning": Text(MEANINGS[statistic], statistic_words(statistic).ja.removesuffix(f"（{statistic}）")),
            "statistics": NAMES,
            "statistic_words": statistic_words,
            "chart": chart,
            "part_of": found.looked_at if found is not None and not found.complete else None,
            "limits": limits,
            "reason_words": reject_words,
        },
    )


def curves(opened: OpenRun, _: Query) -> Page:
    """Losses over steps, and the sweep."""
    run = opened.run
    shown = [
        (
            item.stage,
            item.summary,
            chart_data.loss_chart(item, f"loss-{item.stage}"),
            chart_data.held_out_chart(item, f"held-out-{item.stage}"),
        )
        for item in run.training
    ]
    return Page(
        "curves.jinja",
        Text("Training", "学習"),
        {"shown": shown, "sweep": sweep_contents(run.sweep), "run": run, "setting_words": setting_words},
    )


def answers(opened: OpenRun, query: Query) -> Page:
    """Every prompt with the answers of all models."""
    words, at = query.text("q"), query.number("at")
    run = opened.run
    chosen = [
        row
        for row in run.answers
        if not words
        or any(words in text for text in (row.prompt, row.input or "", *(one.text for one in row.answers.values())))
    ]
    return Page(
        "answers.jinja",
        Text("Answers", "回答"),
        {
            "run": run,
            "rows": chosen[at : at + 10],
            "at": at,
            "size": 10,
            "found": len(chosen),
            "labels": [label for label in run.labels if any(label in row.answers for row in run.answers)],
            "found_words": FOUND_WORDS,
            "judged": judged_contents(run.judged),
            "finish_words": FINISH_WORDS,
        },
    )


def _pretty(value: object) -> str:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=1)


PAGES: dict[str, Callable[[OpenRun, Query], Page]] = {
    "": overview,
    "scores": scores,
    "items": items,
    "item": item,
    "documents": documents,
    "document": document,
    "records": records,
    "record": record,
    "rejected": rejected,
    "funnel": funnel,
    "curves": curves,
    "answers": answers,
}
MENU = (
    ("", Text("Overview", "概要")),
    ("scores", Text("Scores", "スコア")),
    ("answers", Text("Answers", "回答")),
    ("documents", Text("Documents", "文書")),
    ("records", Text("Records", "指示データ")),
    ("rejected", Text("Left out", "除外")),
    ("funnel", Text("Funnel", "入力から学習まで")),
    ("curves", Text("Training", "学習")),
)
