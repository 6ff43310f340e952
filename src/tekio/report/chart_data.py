"""Which charts the page shows: from a run's files to the shapes of `charts`."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from tekio.artifacts.results import Results, TaskResult
from tekio.errors import Text
from tekio.report import charts
from tekio.report.gather import Training
from tekio.report.glossary import domain_words
from tekio.report.number_format import BITS, PERCENT, count, metric_name, unit_of
from tekio.report.sources import Funnel
from tekio.report.verdict import best_constant, comparison_of, effective_verdict, headline_value, style, word
from tekio.visible import visible

LABEL_WIDTH = 20.0  # in full-width characters


def fit(text: str, width: float = LABEL_WIDTH) -> str:
    """`text` cut to a width counted in full-width characters (others count as 0.55)."""
    used = 0.0
    shown = visible(text)
    for position, char in enumerate(shown):
        used += 1.0 if ord(char) > 0x2E7F else 0.55
        if used > width:
            return shown[:position] + "…"
    return shown


def _fitted(name: Text) -> Text:
    return Text(fit(name.en), fit(name.ja))


def funnel_chart(funnel: Funnel, labelled_by: str, aside: Text) -> Markup | None:
    """What became of every source's rows: kept for training, kept aside, rejected."""
    if not any(source.rows_in for source in funnel.sources):
        return None
    rows = [
        charts.BarRow(
            fit(source.name, 12),
            (source.rows_train, source.rows_kept_aside, source.rows_rejected),
            Text(f"{count(source.rows_in)} rows", f"{count(source.rows_in)} 件"),
        )
        for source in funnel.sources
    ]
    legend = [
        (Text("Training", "学習"), "kept"),
        (aside, "aside"),
        (Text("Rejected", "除外"), "rejected"),
    ]
    return charts.stacked_bars(rows, legend, labelled_by)


def loss_chart(training: Training, labelled_by: str) -> Markup | None:
    """Training loss over steps."""
    points = [(float(item.step), item.loss) for item in training.measurements if item.loss is not None]
    if len(points) < 2:
        return None
    series = [charts.Series(Text("training loss", "学習損失"), points)]
    return charts.line_chart(
        series,
        Text("optimizer step", "学習ステップ"),
        Text("loss (nats per token)", "損失（nat／トークン）")
        if training.summary.preference is None
        else Text("loss of a pair of answers", "損失（回答の組あたり）"),
        labelled_by,
    )


def held_out_chart(training: Training, labelled_by: str) -> Markup | None:
    """Bits per character on held-out text over steps, one line a domain."""
    domains = sorted({domain for item in training.measurements for domain in item.held_out or {}})
    series: list[charts.Series] = []
    for domain in domains:
        points = [
            (float(item.step), measured.bits_per_character)
            for item in training.measurements
            if (measured := (item.held_out or {}).get(domain)) is not None
        ]
        if points:
            series.append(charts.Series(_fitted(domain_words(domain)), points, markers=True))
    if not any(len(item.points) > 1 for item in series):
        return None
    return charts.line_chart(series, Text("optimizer step", "学習ステップ"), BITS.name, labelled_by)


def difference_chart(results: Results, labels: Sequence[str], labelled_by: str, *, perplexity: bool) -> Markup | None:
    """All headline differences against the reference with intervals; tasks in points, text in bits per character."""
    unit = BITS if perplexity else PERCENT
    rows: list[charts.IntervalRow] = []
    for task in results.tasks:
        if (task.kind == "perplexity") != perplexity:
            continue
        for label in labels:
            found = comparison_of(task, label, results.reference)
            if found is None or found.difference is None or unit_of(task.unit) != unit:
                continue
            verdict = effective_verdict(task, found)
            domain = domain_words(task.task.removeprefix("perplexity:"))
            en, ja = (domain.en, domain.ja) if perplexity else (task.task, task.task)
            rows.append(
                charts.IntervalRow(
                    Text(f"{fit(en, 13)} · {fit(label, 6)}", f"{fit(ja, 13)} · {fit(label, 6)}"),
                    found.difference * unit.scale,
                    None if found.low is None else found.low * unit.scale,
                    None if found.high is None else found.high * unit.scale,
                    style(verdict),
                    word(verdict),
                )
            )
    if not rows:
        return None
    axis = (
        Text(
            f"difference to {results.reference}, bits per character (left of zero is better)",
            f"{results.reference} との差、ビット／文字（左ほど良い）",
        )
        if perplexity
        else Text(
            f"difference to {results.reference}, points (right of zero is better)",
            f"{results.reference} との差、ポイント（右ほど良い）",
        )
    )
    return charts.interval_chart(rows, axis, labelled_by)


def _values(task: TaskResult, label: str, scale: float) -> list[float]:
    return [value * scale for scores in task.templates.values() if (value := scores.get(label)) is not None]


def spread_charts(results: Results, labels: Sequence[str]) -> Sequence[tuple[Text, Markup, str]]:
    """For every headline metric: scores with intervals, under all templates (title, chart, id of its caption)."""
    tasks = [task for task in results.tasks if task.kind != "perplexity"]
    found: list[tuple[Text, Markup, str]] = []
    for number, metric in enumerate(sorted({task.headline for task in tasks})):
        unit = unit_of(next(task.unit for task in tasks if task.headline == metric))
        rows: list[charts.SpreadRow] = []
        for task in tasks:
            if task.headline != metric:
                continue
            constant = best_constant(task)
            for label in labels:
                values = _values(task, label, unit.scale)
                value = headline_value(task, label)
                measured = task.scores[label].metrics.get(task.headline) if label in task.scores else None
                low, high = (measured.low, measured.high) if measured else (None, None)
                if values or value is not None:
                    rows.append(
                        charts.SpreadRow(
                            f"{fit(task.task, 13)} · {fit(label, 6)}",
                            values,
                            None if value is None else value * unit.scale,
                            None if constant is None else constant[1] * unit.scale,
                            None if low is None else low * unit.scale,
                            None if high is None else high * unit.scale,
                        )
                    )
        name = metric_name(metric)
        caption = f"spread-{number}"
        axis = Text(f"{name.en}, {unit.name.en}", f"{name.ja}（{unit.name.ja}）")
        if rows:
            title = Text(f"Scores: {name.en}", f"スコア: {name.ja}")
            found.append((title, charts.spread_chart(rows, axis, caption), caption))
    return found
