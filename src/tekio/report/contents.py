"""What the page shows, section by section: from a run to the values of the templates. No markup but charts here."""

from __future__ import annotations

from typing import Any

import yaml

from tekio.errors import Text
from tekio.recipe.report import ReportConfig
from tekio.report import drawings
from tekio.report.caution import cautions
from tekio.report.figures import BITS, NONE, count, general, metric_name, p_value, plain, share, unit_of
from tekio.report.files import Answer, AnsweredPrompt, Funnel, HeldOut, Task
from tekio.report.gather import STAGES, Run, Training, label_order
from tekio.report.glossary import TERMS, reason_words
from tekio.report.protocol import method_words, protocol_lines, task_title, task_words
from tekio.report.verdict import (
    best_constant,
    comparison_of,
    effective_verdict,
    not_above_constant,
    questions,
    style,
    word,
)

STAGE_WORDS = {
    "corpus": Text("Documents read, cleaned, split", "文書の読み込み・整形・分割"),
    "base": Text("Base model", "基盤モデル"),
    "pretrain": Text("Continual pre-training", "継続事前学習"),
    "instruct": Text("Instruction data", "指示データの作成"),
    "tune": Text("Instruction tuning", "指示チューニング"),
    "evaluate": Text("Evaluation", "評価"),
    "compare": Text("Answers side by side", "回答の比較"),
}
TRAINING_WORDS = {
    "base": Text("Base model, trained from scratch", "基盤モデル（ゼロから学習）"),
    "pretrain": Text("Continual pre-training", "継続事前学習"),
    "tune": Text("Instruction tuning", "指示チューニング"),
}
SEVERITY_WORDS = {
    "high": Text("important", "重要"),
    "medium": Text("mind", "注意"),
    "note": Text("note", "補足"),
}
MODEL_WORDS = {
    "base": Text("the base model", "基盤モデル"),
    "pretrained": Text("after continual pre-training", "継続事前学習後"),
    "tuned": Text("after instruction tuning", "指示チューニング後"),
}


def contents(run: Run, config: ReportConfig, recipe: dict[str, Any] | None) -> dict[str, Any]:
    """Everything the templates need."""
    name = run.name
    results = run.results
    labels = label_order(results) if results else sorted({label for row in run.answers for label in row.answers})
    return {
        "title": config.title or name,
        "language": config.language,
        "purpose": config.purpose,
        "name": name,
        "seed": (recipe or {}).get("seed"),
        "run": run,
        "results": results,
        "labels": labels,
        "model_words": [(label, MODEL_WORDS[label]) for label in labels if label in MODEL_WORDS],
        "questions": questions(results) if results else [],
        "protocol": protocol_lines(results) if results else [],
        "cautions": cautions(run, recipe),
        "severity": SEVERITY_WORDS,
        "stages": [_stage_row(run, stage) for stage in STAGES],
        "funnels": _funnels(run),
        "training": [_training(item) for item in run.training],
        "differences": _differences(run),
        "task_groups": _task_groups(run, labels),
        "spreads": drawings.spread_charts(results) if results else [],
        "selections": _selections(run, labels),
        "answers": shown_answers(run.answers, config.answers),
        "answers_in_all": len(run.answers),
        "recipe_text": yaml.safe_dump(recipe, allow_unicode=True, sort_keys=False) if recipe else None,
        "versions": _versions(run),
        "measures": answer_measures(run.answers, labels),
        "glossary": TERMS,
        "reason_words": reason_words,
        "word": word,
        "style": style,
    }


def shown_answers(answers: list[AnsweredPrompt], most: int) -> list[AnsweredPrompt]:
    """The first prompts in their order: no choosing of good ones."""
    return answers[:most]


def answer_measures(answers: list[AnsweredPrompt], labels: list[str]) -> dict[str, Any] | None:
    """Means of the answers' measures for every model, over all prompts of the run (not only the shown ones)."""
    given = {label: [row.answers[label] for row in answers if label in row.answers] for label in labels}
    given = {label: rows for label, rows in given.items() if rows}
    if not given:
        return None

    def mean(rows: list[Answer], name: str) -> float | None:
        known = [value for row in rows if (value := getattr(row, name)) is not None]
        return sum(known) / len(known) if known else None

    def numbers(name: str) -> list[str]:
        means = [mean(rows, name) for rows in given.values()]
        return [NONE if value is None else plain(value, 1) for value in means]

    def shares(name: str) -> list[str]:
        return [share(mean(rows, name)) for rows in given.values()]

    rows: list[tuple[Text, list[str]]] = [
        (Text("Prompts (n)", "質問数（n）"), [count(len(rows)) for rows in given.values()]),
        (Text("Length in characters", "長さ（文字）"), numbers("characters")),
        (Text("Length in tokens", "長さ（トークン）"), numbers("tokens")),
        (
            Text("Ended by itself", "自然に終了した割合"),
            [share(sum(row.finish == "eos" for row in rows), len(rows)) for rows in given.values()],
        ),
        (Text("Japanese characters", "日本語文字の割合"), shares("japanese_share")),
        (Text("Repeated 5-character pieces", "繰り返された 5 文字片の割合"), shares("repetition")),
        (Text("Pieces also found in training records", "学習データにもある文字片の割合"), shares("overlap")),
    ]
    return {"labels": list(given), "rows": [row for row in rows if any(value != NONE for value in row[1])]}


def _stage_row(run: Run, stage: str) -> dict[str, Any]:
    manifest = run.manifests.get(stage)
    return {
        "stage": stage,
        "words": STAGE_WORDS[stage],
        "done": manifest is not None,
        "artifact": manifest.artifact if manifest else None,
        "key": manifest.key if manifest else None,
        "inputs": [(item.name, item.kind, item.sha256) for item in manifest.inputs] if manifest else [],
    }


def _versions(run: Run) -> list[tuple[str, str]]:
    merged: dict[str, set[str]] = {}
    for manifest in run.manifests.values():
        for name, version in manifest.versions.items():
            merged.setdefault(name, set()).add(version)
    return [(name, ", ".join(sorted(values))) for name, values in sorted(merged.items())]


# --- what went in ------------------------------------------------------------------------------------------------


def _funnels(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if run.corpus is not None:
        aside = Text("Held out", "評価用に取り置き")
        found.append(_funnel(run.corpus, "corpus", Text("Documents", "文書"), aside))
    if run.instruct is not None:
        aside = Text("Validation", "検証用")
        found.append(_funnel(run.instruct, "instruct", Text("Instruction records", "指示データ"), aside))
    return found


def _funnel(funnel: Funnel, key: str, title: Text, aside: Text) -> dict[str, Any]:
    reasons = sorted({reason for source in funnel.sources for reason in source.rejected})
    attributions = [(source.name, source.license, source.attribution) for source in funnel.sources]
    return {
        "key": key,
        "title": title,
        "aside": aside,
        "aside_in_sentence": Text(aside.en.lower(), aside.ja),
        "funnel": funnel,
        "totals": total_of(funnel),
        "reasons": reasons,
        "chart": drawings.funnel_chart(funnel, f"{key}-funnel", aside),
        "attributions": attributions if any(item[2] for item in attributions) else [],
        "personal_data": sorted({kind for source in funnel.sources for kind in source.personal_data}),
        "with_characters": any(source.characters_in is not None for source in funnel.sources),
    }


def total_of(funnel: Funnel) -> dict[str, int]:
    """The totals, added up here from the sources (so that the table is right by itself)."""
    sources = funnel.sources
    return {
        "files": sum(source.files for source in sources),
        "files_rejected": sum(source.files_rejected for source in sources),
        "rows_in": sum(source.rows_in for source in sources),
        "rows_train": sum(source.rows_train for source in sources),
        "rows_aside": sum(source.rows_kept_aside for source in sources),
        "rows_rejected": sum(source.rows_rejected for source in sources),
        "characters_in": sum(source.characters_in or 0 for source in sources),
        "characters_train": sum(source.characters_train or 0 for source in sources),
    }


# --- how it was trained ------------------------------------------------------------------------------------------


def _training(item: Training) -> dict[str, Any]:
    summary = item.summary
    tokens = summary.tokens
    trainable = f"{count(summary.trainable_parameters)} ({share(summary.trainable_parameters, summary.parameters, 2)})"
    facts: list[tuple[Text, Text | str]] = [
        (Text("Method", "方式"), general(summary.method)),
        (Text("Parameters", "パラメータ数"), count(summary.parameters)),
        (Text("of these trained", "うち学習対象"), trainable if summary.trainable_parameters else NONE),
        (Text("Optimizer steps", "最適化ステップ数"), count(summary.steps)),
        (Text("Passes over the data (epochs)", "データを通した回数（エポック）"), general(summary.epochs)),
        (Text("Packed rows", "詰めた系列数"), count(summary.rows)),
        (Text("Tokens read", "入力トークン数"), count(tokens.in_)),
        (Text("Tokens the loss was taken on", "損失を計算したトークン数"), count(tokens.trained)),
        (Text("Tokens without loss (prompt)", "損失を計算しないトークン数（質問側）"), count(tokens.masked)),
        (Text("Tokens left out", "除いたトークン数"), count(tokens.dropped)),
        (Text("Row positions filled", "系列の充填率"), share(summary.packing.fill)),
        (Text("Prompt template", "プロンプトの型"), general(summary.template)),
        (Text("Precision", "数値精度"), general(summary.precision)),
        (Text("Ended", "終了"), _ended(summary.stopped)),
    ]
    facts += [
        (Text(f"Optimizer: {name}", f"最適化: {name}"), general(value))
        for name, value in sorted(summary.optimizer.items())
    ]
    return {
        "stage": item.stage,
        "title": TRAINING_WORDS[item.stage],
        "facts": [(name, value) for name, value in facts if value != NONE],
        "loss": drawings.loss_chart(item, f"{item.stage}-loss"),
        "held_out": drawings.held_out_chart(item, f"{item.stage}-held-out"),
        "domains": _held_out_rows(summary.held_out_before or {}, summary.held_out_after or {}),
    }


def _ended(stopped: str | None) -> Text | str:
    return Text("as planned", "予定どおり") if stopped == "done" else stopped or NONE


def _held_out_rows(before: dict[str, HeldOut], after: dict[str, HeldOut]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for domain in sorted(set(before) | set(after)):
        old, new = before.get(domain, HeldOut()), after.get(domain, HeldOut())
        change = None
        if old.bits_per_character is not None and new.bits_per_character is not None:
            change = new.bits_per_character - old.bits_per_character
        rows.append(
            {
                "domain": domain,
                "before": BITS.value(old.bits_per_character),
                "after": BITS.value(new.bits_per_character),
                "change": BITS.signed(change),
                "characters": count(new.characters if new.characters is not None else old.characters),
            }
        )
    return rows


# --- what changed ------------------------------------------------------------------------------------------------


def _differences(run: Run) -> list[tuple[Text, Any, str]]:
    if run.results is None:
        return []
    tasks = drawings.difference_chart(run.results, "differences-tasks", perplexity=False)
    text = drawings.difference_chart(run.results, "differences-text", perplexity=True)
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


def _task_groups(run: Run, labels: list[str]) -> list[dict[str, Any]]:
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


def task_view(task: Task, labels: list[str], reference: str) -> dict[str, Any]:
    """One task's table: a row a model, the headline score and its difference to the reference, then all metrics."""
    unit = unit_of(task.headline)
    constant = best_constant(task)
    rows = [_model_row(task, label, reference) for label in labels if label in task.scores]
    return {
        "task": task,
        "title": task_title(task),
        "how": how(task, rows),
        "headline": metric_name(task.headline),
        "unit": unit.name if unit.name != metric_name(task.headline) else Text("", ""),
        "difference_unit": unit.difference,
        "n_unit": Text("documents", "文書") if task.kind == "perplexity" else Text("items", "問"),
        "better": Text("higher is better", "大きいほど良い")
        if task.higher_is_better
        else Text("lower is better", "小さいほど良い"),
        "constant": None if constant is None else (constant[0], unit.value(constant[1])),
        "rows": rows,
        "others": _other_metrics(task, labels),
    }


def how(task: Task, rows: list[dict[str, Any]]) -> Text:
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


def _model_row(task: Task, label: str, reference: str) -> dict[str, Any]:
    score = task.scores[label]
    unit = unit_of(task.headline)
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
            "counts": None if found.wins is None else (found.wins, found.losses, found.ties),
            "verdict": word(verdict),
            "style": style(verdict),
        }
    return row


def _selections(run: Run, labels: list[str]) -> list[dict[str, Any]]:
    """What taking the best template of each model would show, and how much of it is luck of the choice."""
    rows: list[dict[str, Any]] = []
    for task in run.results.tasks if run.results else []:
        unit = unit_of(task.headline)
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


def _other_metrics(task: Task, labels: list[str]) -> list[dict[str, Any]]:
    names = sorted(
        {name for label in labels if label in task.scores for name in task.scores[label].metrics} - {task.headline}
    )
    rows: list[dict[str, Any]] = []
    for name in names:
        unit = unit_of(name)
        values: list[str] = []
        for label in labels:
            metric = task.scores[label].metrics.get(name) if label in task.scores else None
            shown = unit.value(metric.value if metric else None)
            values.append(f"{shown} {unit.interval(metric.low, metric.high)}".strip() if metric else NONE)
        rows.append({"name": metric_name(name), "unit": unit.name, "values": values})
    return rows
