"""The public board of japanese-lm-fin-harness: its result files, its rule, and an honest table beside it.

A board is a folder with `<organisation>/<model>/result-<template>.json` (the repository's `models/`). The files hold
aggregates only, so what is said about them is what aggregates allow: standard errors, constant answers, labels that
do not fit.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tekio.artifacts.results import BoardRow, BoardTable, PublishedBoard, Results
from tekio.errors import Language, TekioError, Text, UsageError, say
from tekio.visible import name_below

TASKS = ("chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1")
ITEMS = {"chabsa": 7723, "cma_basics": 38, "cpa_audit": 398, "fp2": 475, "security_sales_1": 57}
# Items whose right answer is the first option.
FIRST_RIGHT = {"cma_basics": 10, "cpa_audit": 55, "fp2": 114, "security_sales_1": 24}
# MAP of a scorer whose choices all tie (NaN): the last option ranks first.
TIED_MAP = {
    "cma_basics": 0.4956140350877193,
    "cpa_audit": 0.4099246231155778,
    "fp2": 0.5273684210526325,
    "security_sales_1": 0.6754385964912281,
}
CHABSA_CONSTANT = {"positive": 0.3594592352989964, "negative": 0.2884650819974203}
CLOSE = 1e-9
MAX_BYTES = 10_000_000
_DATE = re.compile(r"(-preview)?-(\d{4}|\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class Run:
    """One result file. scores: chabsa's published F1 and the accuracies, 0 to 1. remarks: what to distrust."""

    model: str
    template: str
    file: str
    scores: Mapping[str, float]
    metrics: Mapping[str, Mapping[str, float]]
    remarks: tuple[Text, ...]
    degenerate: frozenset[str]


@dataclass(frozen=True)
class Board:
    """All readable result files below a folder; rejected: (file, why)."""

    runs: tuple[Run, ...]
    rejected: tuple[tuple[str, str], ...]

    def templates(self, model: str) -> dict[str, Run]:
        return {run.template: run for run in self.runs if run.model == model}

    @property
    def models(self) -> list[str]:
        return sorted({run.model for run in self.runs})


@dataclass(frozen=True)
class Row:
    """A line of a table: average and scores in points (x100). low, high: interval of the average, if there is one.
    ranks: the first and last place the interval allows.
    """

    model: str
    template: str
    average: float
    scores: Mapping[str, float]
    low: float | None = None
    high: float | None = None
    ranks: tuple[int, int] | None = None
    remarks: tuple[Text, ...] = field(default=())


def read_board(folder: Path) -> Board:
    """Read all `result-*.json` below `folder`. A file that cannot be used is listed in `rejected` with its reason.

    Raises `TekioError` when there is none at all.
    """
    runs: list[Run] = []
    rejected: list[tuple[str, str]] = []
    for path in sorted(folder.glob("**/result-*.json")):
        name = name_below(folder, path)
        try:
            runs.append(_run(path, name))
        except (ValueError, TypeError, KeyError, OSError, RecursionError) as error:
            rejected.append((name, f"{type(error).__name__}: {error}"))
    if not runs:
        raise TekioError(
            Text("There are no result files here.", "結果ファイルがありません。"),
            where=folder,
            why="; ".join(f"{name}: {why}" for name, why in rejected[:3]) or None,
            fix=Text(
                "Give the folder `models` of a clone of japanese-lm-fin-harness.",
                "japanese-lm-fin-harness のクローンにある models フォルダを指定してください。",
            ),
        )
    return Board(tuple(runs), tuple(rejected))


def _run(path: Path, name: str) -> Run:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError("the file is too large")
    content = _mapping(json.loads(path.read_text(encoding="utf-8")))
    metrics: dict[str, dict[str, float]] = {}
    for key, values in _mapping(content["results"]).items():
        task = key.split("-")[0]
        if task in TASKS:
            numbers = {
                metric.removesuffix(",none"): float(value)
                for metric, value in _mapping(values).items()
                if isinstance(value, int | float) and not isinstance(value, bool)
            }
            metrics[task] = numbers
    if not metrics:
        raise ValueError("none of the five tasks is in it")
    scores = {task: values.get("f1", values.get("acc", 0.0)) for task, values in metrics.items()}
    model = "/".join(path.parts[-3:-1])
    degenerate = {task: why for task in scores if (why := constant_answer(task, metrics[task])) is not None}
    remarks = [why for _, why in sorted(degenerate.items())]
    remarks += _label_remarks(model, _mapping(content.get("config") or {}))
    remarks += [
        Text(f"{task}: the file has no such task", f"{task}: 結果がありません") for task in TASKS if task not in scores
    ]
    template = path.name.removeprefix("result-").removesuffix(".json").removeprefix("1.0-")
    return Run(model, template, name, scores, metrics, tuple(remarks), frozenset(degenerate))


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("an object is expected")
    return cast("dict[str, Any]", value)


def constant_answer(task: str, metrics: Mapping[str, float]) -> Text | None:
    """Whether published metrics are those of a constant answer or of tied (NaN) likelihoods; None if not."""
    if task == "chabsa":
        for label, value in CHABSA_CONSTANT.items():
            if math.isclose(metrics.get("f1", -1), value, abs_tol=CLOSE):
                return Text(f"chabsa: equals always answering {label}", f"chabsa: 常に {label} と答えた値と同じ")
        return None
    # Only option A, where argmax puts ties and NaN: near chance, a real model reaches the share of some other option
    # too often (in one file of four on cpa_audit) for that to mean anything.
    if not math.isclose(metrics.get("acc", -1), FIRST_RIGHT[task] / ITEMS[task], abs_tol=CLOSE):
        return None
    if math.isclose(metrics.get("map", -1), TIED_MAP[task], abs_tol=CLOSE):
        return Text(f"{task}: all choices tied or NaN", f"{task}: 全選択肢が同点または NaN")
    return Text(f"{task}: equals always answering A", f"{task}: 常に A と答えた値と同じ")


def _label_remarks(model: str, config: Mapping[str, Any]) -> list[Text]:
    """Whether the model the file says was run is the one of its folder (a date or preview suffix is not a difference)."""
    found = re.search(r"(?:^|,)(?:pretrained|model|engine)=([^,]+)", str(config.get("model_args") or ""))
    if found is None:
        return []
    run = found[1]
    ours, theirs = (_DATE.sub("", name.split("/")[-1].lower()) for name in (model, run))
    if ours == theirs:
        return []
    return [Text(f"the file says it ran {run}", f"ファイルでは {run} を実行したとある")]


# --- the public rule -----------------------------------------------------------------------------------------------


def public_average(scores: Mapping[str, float]) -> float:
    """The board's Ave., in points: the mean over tasks of F1 or accuracy, tasks that score 0 left out of sum and count."""
    kept = [100 * value for value in scores.values() if value]
    return sum(kept) / len(kept) if kept else 0.0


def public_table(board: Board) -> list[Row]:
    """The board as its own rule ranks it: for each model the template with the best Ave. on the test set."""
    rows: list[Row] = []
    for model in board.models:
        runs = board.templates(model)
        best = max(runs.values(), key=lambda run: public_average(run.scores))
        points = {task: 100 * value for task, value in best.scores.items()}
        rows.append(Row(model, best.template, public_average(best.scores), points, remarks=best.remarks))
    return sorted(rows, key=lambda row: -row.average)


# --- an honest table -----------------------------------------------------------------------------------------------


def honest_table(board: Board, *, template: str = "default", z: float = 1.96) -> list[Row]:
    """The same models under one template named beforehand, all five tasks counted, with an interval and possible ranks.

    The interval follows from the standard errors of the tasks (for chabsa that of its accuracy): it is about the items
    drawn, not about prompts. A model without this template or without a task is left out.
    """
    rows: list[Row] = []
    for model in board.models:
        run = board.templates(model).get(template)
        if run is None or any(task not in run.scores for task in TASKS):
            continue
        points = {task: 100 * run.scores[task] for task in TASKS}
        average = sum(points.values()) / len(TASKS)
        error = average_error(run.metrics)
        rows.append(Row(model, template, average, points, average - z * error, average + z * error, None, run.remarks))
    rows.sort(key=lambda row: -row.average)
    return [_with_ranks(row, rows) for row in rows]


def average_error(metrics: Mapping[str, Mapping[str, float]]) -> float:
    """Standard error, in points, of the mean of five tasks, from sqrt(p (1-p) / (n-1)) of each accuracy."""
    total = 0.0
    for task, items in ITEMS.items():
        share = metrics[task].get("acc", 0.0)
        total += share * (1 - share) / (items - 1)
    return 100 * math.sqrt(total) / len(ITEMS)


def _with_ranks(row: Row, rows: Sequence[Row]) -> Row:
    assert row.low is not None
    assert row.high is not None
    better = sum(1 for other in rows if other.low is not None and other.low > row.high)
    worse = sum(1 for other in rows if other.high is not None and other.high < row.low)
    return Row(
        row.model,
        row.template,
        row.average,
        row.scores,
        row.low,
        row.high,
        (1 + better, len(rows) - worse),
        row.remarks,
    )


@dataclass(frozen=True)
class Selection:
    """How much choosing the template on the test set lifts a model, in points."""

    model: str
    templates: int
    best: float
    mean: float
    registered: float | None


def selection(board: Board, *, template: str = "default") -> list[Selection]:
    """Best, mean and registered template of every model that has more than one."""
    found: list[Selection] = []
    for model in board.models:
        runs = board.templates(model)
        averages = {name: public_average(run.scores) for name, run in runs.items()}
        if len(averages) > 1:
            values = list(averages.values())
            found.append(Selection(model, len(values), max(values), sum(values) / len(values), averages.get(template)))
    return found


# --- a model of ours among them ------------------------------------------------------------------------------------


def own_run(results: Results, label: str) -> Run:
    """A model of a `results.json` as a run of the board, with its headline template.

    Raises `TekioError` if its tasks are not comparable: a task missing, not all items, demonstrations, another template
    on some task, or another protocol than fin-harness.
    """
    entries = {entry.task: entry for entry in results.tasks if entry.task in TASKS}
    problems = [f"{task}: not evaluated" for task in TASKS if task not in entries]
    for task, entry in entries.items():
        if entry.n != ITEMS[task]:
            problems.append(f"{task}: {entry.n} of {ITEMS[task]} items")
        if entry.shots:
            problems.append(f"{task}: {entry.shots} demonstrations")
        if not str(entry.protocol).startswith("fin-harness"):
            problems.append(f"{task}: protocol {entry.protocol}")
        if label not in entry.scores:
            problems.append(f"{task}: no model {label}")
        elif entry.scores[label].not_finite:
            problems.append(f"{task}: {label} gave NaN or infinity")
    templates = {entry.template or "" for task, entry in entries.items() if task != "chabsa"}
    if len(templates) > 1:
        problems.append(f"templates differ: {', '.join(sorted(templates))}")
    if problems:
        raise TekioError(
            Text("These results cannot be placed on the public board.", "この結果は公開の順位表に並べられません。"),
            why="; ".join(problems),
            fix=Text(
                "Evaluate all five finance tasks with one template.",
                "金融 5 タスクを同じテンプレートで評価してください。",
            ),
        )
    metrics: dict[str, dict[str, float]] = {}
    for task, entry in entries.items():
        values = entry.scores[label].metrics
        metrics[task] = {name: item.value for name, item in values.items() if item.value is not None}
    scores = {task: metrics[task].get("f1", metrics[task].get("acc", 0.0)) for task in TASKS}
    degenerate = {task: why for task in TASKS if (why := constant_answer(task, metrics[task])) is not None}
    return Run(
        label, templates.pop(), "results.json", scores, metrics, tuple(degenerate.values()), frozenset(degenerate)
    )


def with_own(board: Board, results: Results) -> Board:
    """The board with every model of `results` on it (see `own_run`)."""
    labels = list(results.models)
    return Board((*board.runs, *(own_run(results, label) for label in labels)), board.rejected)


NEIGHBOURS, TOP = 2, 5
PUBLISHED_PROTOCOL = "fin-harness-2024"


def board_part(board: Board, results: Results) -> PublishedBoard:
    """The models of `results` among the published ones, for the report: by the board's own rule and honestly.

    Of each table the top, our models and their neighbours. `refused`: why our models cannot stand there (then only the top
    is shown). `same_protocol`: whether ours were asked with the same prompts, to the byte, as the published ones.
    """
    labels, refused = list(results.models), None
    template = next((entry.template for entry in results.tasks if entry.task == "fp2"), None) or "default"
    protocol = next((entry.protocol for entry in results.tasks if entry.task in TASKS), None)
    try:
        whole = with_own(board, results)
    except TekioError as error:
        whole, labels, refused = board, [], say(error.why or error.what, "en")
    chosen = selection(board, template=template)
    return PublishedBoard(
        models=len(board.models),
        files_rejected=len(board.rejected),
        template=template,
        protocol=protocol,
        published_protocol=PUBLISHED_PROTOCOL,
        same_protocol=protocol == PUBLISHED_PROTOCOL,
        refused=refused,
        lift=sum(item.best - item.mean for item in chosen) / len(chosen) if chosen else None,
        public=_part(public_table(whole), labels),
        honest=_part(honest_table(whole, template=template), labels),
    )


def _part(rows: Sequence[Row], labels: Sequence[str]) -> BoardTable:
    ours = [place for place, row in enumerate(rows) if row.model in labels]
    shown = {*range(TOP), *(near for place in ours for near in range(place - NEIGHBOURS, place + NEIGHBOURS + 1))}
    return BoardTable(
        of=len(rows),
        rows=[
            BoardRow(
                place=place + 1,
                model=row.model,
                own=row.model in labels,
                template=row.template,
                average=row.average,
                low=row.low,
                high=row.high,
                ranks=list(row.ranks) if row.ranks else None,
                scores=dict(row.scores),
                remarks=[[remark.en, remark.ja] for remark in row.remarks],
            )
            for place, row in enumerate(rows)
            if place in shown
        ],
    )


def board_named(what: str, folder: str) -> Board:
    """The board that `--against published DIR` names. Raises `UsageError` for another word, `TekioError` for no files."""
    if what != "published":
        raise UsageError(
            Text(f"`--against {what}` is not known.", f"`--against {what}` は使えません。"),
            fix="--against published DIR",
        )
    return read_board(Path(folder))


def board_with(board: Board, results: Results, language: Language, *, template: str) -> Iterator[str]:
    """The tables with our models on them; if they cannot stand there, the reason and the tables without them."""
    try:
        board = with_own(board, results)
    except TekioError as error:
        yield error.explain(language)
    else:
        asked = next(entry.protocol for entry in results.tasks if entry.task in TASKS)
        if asked != PUBLISHED_PROTOCOL:
            note = Text(
                f"Not the same prompts: ours under {asked}, the published ones under {PUBLISHED_PROTOCOL} (one newline less).",
                f"プロンプトが異なります: 手元は {asked}、公開は {PUBLISHED_PROTOCOL}(改行が 1 つ少ない)。",
            )
            yield say(note, language)
    yield from board_lines(board, language, template=template.removeprefix("1.0-"))


def board_lines(board: Board, language: Language, *, template: str = "default", top: int = 0) -> Iterator[str]:
    """Both tables as text. top: only so many lines of each (0: all)."""

    def cut(rows: list[Row]) -> list[Row]:
        return rows[:top] if top else rows

    heading = Text(
        "The board's rule: best template on the test set, zeros left out",
        "順位表の規則: テスト上で最良の版、0 点は除外",
    )
    yield say(heading, language)
    yield f"{'':>4} {'Ave.':>6}  {'  '.join(f'{task[:8]:>8}' for task in TASKS)}  {'template':8}  model"
    for place, row in enumerate(cut(public_table(board)), 1):
        yield f"{place:>4} {row.average:>6.2f}  {_points(row)}  {row.template:8}  {row.model}{_remarks(row, language)}"
    yield ""
    heading = Text(
        f"Honest: template {template} for all, five tasks counted, 95 % interval, possible places",
        f"公正な表: 全モデル {template} 版、5 タスクすべてを数え、95 % 区間と取りうる順位を示す",
    )
    yield say(heading, language)
    for place, row in enumerate(cut(honest_table(board, template=template)), 1):
        low, high = row.ranks or (place, place)
        interval = f"[{row.low:.1f}, {row.high:.1f}]"
        yield f"{place:>4} {row.average:>6.2f} {interval:>14}  {f'{low}-{high}':>7}  {row.model}{_remarks(row, language)}"
    chosen = selection(board, template=template)
    if chosen:
        lift = sum(item.best - item.mean for item in chosen) / len(chosen)
        yield ""
        yield say(
            Text(
                f"Choosing the best template on the test set lifts a model by {lift:.2f} points over its mean template "
                f"({len(chosen)} models).",
                f"テスト上で最良の版を選ぶと、版の平均より {lift:.2f} 点高くなります({len(chosen)} モデル)。",
            ),
            language,
        )
    for name, why in board.rejected:
        yield say(Text(f"not read: {name}: {why}", f"読めないファイル: {name}: {why}"), language)


def _points(row: Row) -> str:
    return "  ".join(f"{row.scores[task]:>8.2f}" if task in row.scores else f"{'-':>8}" for task in TASKS)


def _remarks(row: Row, language: Language) -> str:
    return "".join(f"\n{'':>12}! {say(remark, language)}" for remark in row.remarks)
