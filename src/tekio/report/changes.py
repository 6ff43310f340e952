"""The section "what changed": every task with its scores, differences, tests and templates, ready for the page."""

from __future__ import annotations

from typing import Any

from tekio.artifacts.results import TaskResult, ThinkingScore
from tekio.errors import Text
from tekio.evaluate.results.summary import why_not_comparable
from tekio.model.templates import CHAT, TEMPLATES
from tekio.report import chart_data
from tekio.report.gather import Run
from tekio.report.glossary import constant_words
from tekio.report.number_format import NONE, Unit, count, metric_name, p_value, plain, unit_of
from tekio.report.protocol import method_words, task_title, task_words
from tekio.report.verdict import best_constant, comparison_of, effective_verdict, not_above_constant, style, word


def differences(run: Run, labels: list[str]) -> list[tuple[Text, Any, str]]:
    if run.results is None:
        return []
    tasks = chart_data.difference_chart(run.results, labels, "differences-tasks", perplexity=False)
    text = chart_data.difference_chart(run.results, labels, "differences-text", perplexity=True)
    titles = (
        (
            Text("Tasks: difference to the reference with its interval", "課題: 基準との差とその区間"),
            tasks,
            "differences-tasks",
        ),
        (
            Text(
                "Text: difference in bits per character with its interval", "文書: 1 文字あたりビット数の差とその区間"
            ),
            text,
            "differences-text",
        ),
    )
    return [item for item in titles if item[1] is not None]


def task_groups(run: Run, labels: list[str]) -> list[dict[str, Any]]:
    if run.results is None:
        return []
    groups = (
        (
            Text("Domain tasks", "専門分野の課題"),
            [task for task in run.results.tasks if task.kind != "perplexity" and task.group != "general"],
        ),
        (
            Text("General tasks (forgetting)", "一般課題（忘却の確認）"),
            [task for task in run.results.tasks if task.kind != "perplexity" and task.group == "general"],
        ),
        (Text("Held-out text", "評価用文書"), [task for task in run.results.tasks if task.kind == "perplexity"]),
    )
    return [
        {"title": title, "tasks": [task_view(task, labels, run.results.reference) for task in tasks]}
        for title, tasks in groups
        if tasks
    ]


def task_view(task: TaskResult, labels: list[str], reference: str) -> dict[str, Any]:
    """One task's table: a row a model, the headline score and its difference to the reference, then all metrics."""
    unit = unit_of(task.unit)
    constant = best_constant(task)
    rows = [_model_row(task, label, reference) for label in labels if label in task.scores]
    return {
        "task": task,
        "title": task_title(task),
        "how": how(task, rows),
        "headline": metric_name(task.headline),
        "unit": shown_unit(task.headline, unit),
        "difference_unit": unit.difference,
        "n_unit": Text("documents", "文書") if task.kind == "perplexity" else Text("items", "問"),
        "better": Text("higher is better", "大きいほど良い")
        if task.higher_is_better
        else Text("lower is better", "小さいほど良い"),
        "constant": None if constant is None else (constant_words(constant[0]), unit.value(constant[1])),
        "rows": rows,
        "others": _other_metrics(task, labels),
    }


def shown_unit(metric: str, unit: Unit) -> Text:
    """The unit to name beside a metric; nothing where the metric's name says it already."""
    return Text("", "") if unit.name.en == metric_name(metric).en else unit.name


def how(task: TaskResult, rows: list[dict[str, Any]]) -> Text:
    """How a task was asked, scored and tested, in sentences."""
    compared = next((row["comparison"] for row in rows if row["comparison"]), None)
    parts: list[tuple[Text, Text | str | None]] = [
        (Text("How", "方法"), task_words(task)),
        (Text("Test", "検定"), compared["test"] if compared else None),
        (Text("Interval of the difference", "差の区間"), compared["method"] if compared else None),
        (Text("Interval of the score", "スコアの区間"), rows[0]["method"] if rows else None),
        (Text("Prompts, SHA-256", "プロンプトの SHA-256"), task.prompt_hash[:16] if task.prompt_hash else None),
        (Text("License of the data", "データのライセンス"), task.license),
        (Text("Note", "注記"), task.note.strip().rstrip(".") if task.note else None),
    ]
    known = [(name, Text(value, value) if isinstance(value, str) else value) for name, value in parts if value]
    return Text(
        " ".join(f"{name.en}: {value.en}." for name, value in known),
        "".join(f"{name.ja}: {value.ja}。" for name, value in known),
    )


def _model_row(task: TaskResult, label: str, reference: str) -> dict[str, Any]:
    score = task.scores[label]
    unit = unit_of(task.unit)
    metric = score.metrics.get(task.headline)
    found = comparison_of(task, label, reference)
    row: dict[str, Any] = {
        "label": label,
        "value": unit.value(metric.value if metric else None),
        "interval": unit.interval(metric.low, metric.high) if metric else "",
        "method": method_words(metric.method) if metric and metric.method else None,
        "n": count(metric.n if metric and metric.n is not None else task.n),
        "degenerate": score.why_degenerate,
        "at_constant": not_above_constant(task, label),
        "comparison": None,
        "losses_of_input": [
            (name, number)
            for name, number in (
                (Text("unparsed", "読み取れない回答"), score.unparsed),
                (Text("cut", "切り詰め"), score.truncated),
                (Text("characters lost", "欠落文字"), score.lost_characters),
            )
            if number
        ],
    }
    if found is not None:
        verdict = effective_verdict(task, found)
        row["comparison"] = {
            "difference": unit.signed(found.difference),
            "interval": unit.interval(found.low, found.high, sign=True),
            "p": p_value(found.p),
            "p_adjusted": p_value(found.p_adjusted),
            "test": method_words(found.test),
            "method": method_words(found.method) if found.method else None,
            "minimum": unit.value(found.minimum_detectable),
            "minimum_corrected": unit.value(found.minimum_detectable_corrected),
            "counts": None if found.wins is None else (found.wins, found.losses, found.ties),
            "verdict": word(verdict),
            "not_comparable": why_not_comparable(found),
            "style": style(verdict),
        }
    return row


def selections(run: Run, labels: list[str]) -> list[dict[str, Any]]:
    """What taking the best template of each model would show, and how much of it is luck of the choice."""
    rows: list[dict[str, Any]] = []
    for task in run.results.tasks if run.results else []:
        unit = unit_of(task.unit)
        for label in labels:
            found = task.selection.get(label)
            if found is not None:
                rows.append(
                    {
                        "task": task.task,
                        "label": label,
                        "unit": unit.name,
                        "registered": unit.value(task.templates.get(found.registered, {}).get(label)),
                        "best": unit.value(found.best_value),
                        "best_name": found.best,
                        "optimism": unit.signed(found.optimism),
                        "corrected": unit.value(found.corrected),
                        "mean": unit.value(found.mean),
                        "range": unit.value(found.range),
                        "k": found.k,
                    }
                )
    return rows


def form_rows(run: Run, labels: list[str]) -> list[dict[str, Any]]:
    """The tasks that were asked both in plain text and as a chat: every form with every model's headline value."""
    rows: list[dict[str, Any]] = []
    for task in run.results.tasks if run.results else []:
        chats = {name: _is_chat(name) for name in task.templates}
        if len(set(chats.values())) < 2:
            continue
        unit = unit_of(task.unit)
        for name, chat in sorted(chats.items(), key=lambda item: (item[0] != task.template, not item[1], item[0])):
            rows.append(
                {
                    "task": task.task,
                    "name": name,
                    "form": Text("as a chat", "チャット形式") if chat else Text("in plain text", "平文"),
                    "headline": name == task.template,
                    "values": [unit.value(task.templates[name].get(label)) for label in labels],
                }
            )
    return rows


def _is_chat(template: str) -> bool:
    """Whether a template version wraps its question: in the model's chat template, or in a named prompt template."""
    return template.startswith(f"{CHAT}-") or template == CHAT or template.split("-0.")[0] in TEMPLATES


def thinking_rows(run: Run, labels: list[str]) -> list[dict[str, Any]]:
    """Reasoning on and off of each model and task, beside each other."""
    rows: list[dict[str, Any]] = []
    for task in run.results.tasks if run.results else []:
        unit = unit_of(task.unit)
        for label in labels:
            pair = task.thinking.get(label)
            if pair is None:
                continue
            found = pair.comparison
            rows.append(
                {
                    "task": task.task,
                    "label": label,
                    "headline": Text("on", "あり") if pair.headline == "on" else Text("off", "なし"),
                    "halves": [_half(half, unit) for half in (pair.on, pair.off)],
                    "difference": unit.signed(found.difference),
                    "interval": unit.interval(found.low, found.high, sign=True),
                    "p_adjusted": p_value(found.p_adjusted),
                    "verdict": word(found.verdict),
                    "style": style(found.verdict),
                }
            )
    return rows


def _half(found: ThinkingScore, unit: Unit) -> dict[str, Any]:
    metric = found.metric
    return {
        "value": unit.value(metric.value),
        "interval": unit.interval(metric.low, metric.high),
        "unparsed": f"{plain(100 * found.unparsed / metric.n, 1)} %" if metric.n else NONE,
        "tokens": NONE if found.thinking_tokens is None else plain(found.thinking_tokens, 0),
    }


def _other_metrics(task: TaskResult, labels: list[str]) -> list[dict[str, Any]]:
    names = sorted(
        {name for label in labels if label in task.scores for name in task.scores[label].metrics} - {task.headline}
    )
    rows: list[dict[str, Any]] = []
    for name in names:
        found = [task.scores[label].metrics.get(name) if label in task.scores else None for label in labels]
        unit = next(unit_of(metric.unit) for metric in found if metric is not None)
        values = [
            f"{unit.value(metric.value)} {unit.interval(metric.low, metric.high)}".strip() if metric else NONE
            for metric in found
        ]
        rows.append({"name": metric_name(name), "unit": shown_unit(name, unit), "values": values})
    return rows
