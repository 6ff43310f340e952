"""The model card: Hugging Face's YAML header with a model index, and a body a model inventory can take over.

Format: https://huggingface.co/docs/hub/model-cards (metadata specification of the Hub). Nothing is published by this.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, cast

import yaml

from tekio.artifacts.instruct import InstructTotals
from tekio.artifacts.results import Results, TaskResult
from tekio.artifacts.training import TrainingSummary
from tekio.recipe.report import ReportConfig
from tekio.report.findings import Findings
from tekio.report.gather import Run
from tekio.report.number_format import count, metric_name, unit_of
from tekio.report.protocol import protocol_lines, task_words
from tekio.report.terms import answer_words
from tekio.report.verdict import comparison_of, effective_verdict, headline_value, word
from tekio.visible import visible


def plain_cell(text: object) -> str:
    """A text made safe for a Markdown line or table cell: one line, nothing that acts as markup."""
    shown = visible(str(text)).replace("\n", " ").replace("\t", " ")
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for char in "\\`*_[]|#~":
        shown = shown.replace(char, "\\" + char)
    return shown


def model_card(run: Run, findings: Findings, config: ReportConfig) -> str:
    """The card of the run's last model (tuned, else pretrained, else base) as Markdown."""
    name = run.name
    header = yaml.safe_dump(_visible(_header(run, findings, name)), allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{header}---\n\n" + "\n".join(_body(run, findings, config, name)) + "\n"


def _visible(value: Any) -> Any:
    """Plain values with every text made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {_visible(name): _visible(item) for name, item in cast("dict[str, Any]", value).items()}
    return value


def final_label(run: Run, findings: Findings) -> str | None:
    """The label of the model the card is about."""
    return findings.labels[-1] if run.results is not None and findings.labels else None


def _final_training(run: Run) -> tuple[str, TrainingSummary] | None:
    return (run.training[-1].stage, run.training[-1].summary) if run.training else None


def _header(run: Run, findings: Findings, name: str) -> dict[str, Any]:
    trained = _final_training(run)
    adapter = trained is not None and trained[0] in ("tune", "prefer") and trained[1].method == "lora"
    header: dict[str, Any] = {
        "language": ["ja"],
        # Weights inherit terms from base model and data; a person must decide which license they carry.
        "license": "other",
        "license_name": "to-be-decided",
        "library_name": "peft" if adapter else "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["tekio", "japanese", *_domains(run)],
    }
    if run.base_model and run.base_model.path:
        # The folder's name only: a card may be published; local paths stay private.
        header["base_model"] = PurePosixPath(run.base_model.path.replace("\\", "/")).name
        header["base_model_relation"] = "adapter" if adapter else "finetune"
    label = final_label(run, findings)
    if run.results is not None and label is not None:
        entries = [entry for task in run.results.tasks for entry in _index_entries(task, label)]
        if entries:
            header["model-index"] = [{"name": name, "results": entries}]
    return header


def _domains(run: Run) -> list[str]:
    sources = run.corpus.sources if run.corpus else []
    return sorted({source.domain for source in sources if source.domain})


def _index_entries(task: TaskResult, label: str) -> list[dict[str, Any]]:
    score = task.scores.get(label)
    if score is None:
        return []
    metrics = [
        {"type": name, "name": metric_name(name).en, "value": metric.value}
        for name, metric in sorted(score.metrics.items())
        if metric.value is not None
    ]
    if not metrics:
        return []
    return [
        {
            "task": {"type": "text-generation", "name": task.kind or "task"},
            "dataset": {
                "name": task.task,
                "type": task.task,
                "args": {"num_few_shot": task.shots or 0, "template": task.template, "n": task.n},
            },
            "metrics": metrics,
        }
    ]


def _table(header: list[str], rows: list[list[object]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(plain_cell(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def _body(run: Run, findings: Findings, config: ReportConfig, name: str) -> list[str]:
    lines = [f"# {plain_cell(config.title or name)}", ""]
    lines += ["## Intended use and limits / 用途と制限", ""]
    lines += [plain_cell(config.purpose) if config.purpose else "Not stated in the recipe. / レシピに記載なし。", ""]
    lines += [
        "Not for investment advice, solicitation or decisions about persons without human review. "
        "/ 投資助言・勧誘、人に関する判断に、人の確認なしで使わないこと。",
        "",
    ]
    lines += _verdict(findings) if run.results else ["This model was not evaluated. / 評価していません。", ""]
    lines += _data(run)
    lines += _terms(run, findings)
    lines += _training(run)
    lines += _evaluation(run.results, findings) if run.results else []
    lines += ["## What to distrust / 注意点", ""]
    for item in findings.cautions:
        lines.append(f"- **{plain_cell(item.title.en)}**: {plain_cell(item.detail.en)}")
        lines += [f"  - {plain_cell(line.en)}" for line in item.items]
    lines.append("")
    lines += _governance(run)
    return lines


def _verdict(findings: Findings) -> list[str]:
    lines = ["## Verdict / 結論", ""]
    rows: list[list[object]] = [
        [question.title.en, finding.model, word(finding.verdict).en, finding.sentence.en]
        for question in findings.questions
        for finding in question.findings
    ]
    return lines + _table(["Question", "Model", "Verdict", "Measured"], rows)


def _data(run: Run) -> list[str]:
    lines: list[str] = []
    for title, funnel in (("Documents / 文書", run.documents), ("Instruction records / 指示データ", run.records)):
        if funnel is None:
            continue
        lines += [f"## Training data: {title}", ""]
        rows: list[list[object]] = [
            [
                source.name,
                source.kind,
                ", ".join(source.licenses) or source.license or "unknown",
                count(source.rows_in),
                count(source.rows_train),
                count(source.rows_kept_aside),
                count(source.rows_rejected),
                "; ".join(source.attributions.values()) or source.attribution or "",
            ]
            for source in funnel.sources
        ]
        header = ["Source", "Domain", "License", "Rows in", "Training", "Held out", "Rejected", "Attribution"]
        lines += _table(header, rows)
    return lines


def _terms(run: Run, findings: Findings) -> list[str]:
    rows: list[list[object]] = [
        [
            item.license if item.known else f"{item.license} (not in the policy table)",
            ", ".join(item.sources),
            answer_words(item.train).en,
            answer_words(item.redistribute).en,
            answer_words(item.commercial).en,
            "yes" if item.share_alike else "no",
        ]
        for item in findings.terms
    ]
    if not rows:
        return []
    header = ["License", "Sources", "Training", "Passing the text on", "Commercial use", "Share alike"]
    lines = ["## Licenses of the training data / 学習データのライセンス", "", *_table(header, rows)]
    return lines + (_release(run.instruct.totals) if run.instruct else [])


def _release(totals: InstructTotals) -> list[str]:
    """What the recipe promises about the instruction records, and under what they came."""
    if not totals.release:
        return []
    by_license = ", ".join(f"{plain_cell(name)}: {count(rows)}" for name, rows in totals.licenses.items())
    meant = "internal use only / 社内利用のみ" if totals.release == "internal" else plain_cell(totals.release)
    return [f"Instruction records / 指示データ: {by_license}. Release / 公開条件: {meant}.", ""]


def _training(run: Run) -> list[str]:
    if not run.training:
        return []
    rows: list[list[object]] = [
        [
            item.stage,
            item.summary.method or "",
            count(item.summary.parameters),
            count(item.summary.trainable_parameters),
            count(item.summary.steps),
            count(item.summary.tokens.trained),
            item.summary.precision or "",
            item.summary.stopped or "",
        ]
        for item in run.training
    ]
    header = ["Stage", "Method", "Parameters", "Trained", "Steps", "Tokens with loss", "Precision", "Ended"]
    return ["## Training / 学習", "", *_table(header, rows)]


def _evaluation(results: Results, findings: Findings) -> list[str]:
    lines = ["## Evaluation / 評価", "", *[f"- {plain_cell(item.en)}" for item in protocol_lines(results)], ""]
    rows: list[list[object]] = []
    for task in results.tasks:
        unit = unit_of(task.unit)
        for label in findings.labels:
            value = headline_value(task, label)
            if value is None:
                continue
            metric = task.scores[label].metrics[task.headline]
            found = comparison_of(task, label, results.reference)
            change = "reference"
            if found is not None:
                interval = unit.interval(found.low, found.high, sign=True)
                change = f"{unit.signed(found.difference)} {interval} ({word(effective_verdict(task, found)).en})"
            score = f"{unit.value(value)} {unit.interval(metric.low, metric.high)} {unit.name.en}"
            rows.append(
                [task.task, task_words(task).en, metric_name(task.headline).en, count(task.n), label, score, change]
            )
    header = ["Task", "Protocol", "Metric", "n", "Model", "Score", "Difference"]
    return lines + _table(header, rows)


def _governance(run: Run) -> list[str]:
    stages: list[list[object]] = [[stage, manifest.artifact, manifest.key] for stage, manifest in run.manifests.items()]
    blank = "(to be filled in / 要記入)"
    fields: list[list[object]] = [
        [field, blank]
        for field in (
            "Owner / 所管",
            "Risk rating / リスク区分",
            "Approved by, on / 承認者・承認日",
            "Change since the last version / 前版からの変更",
            "Monitoring and rollback / 監視と切り戻し",
            "Retention until / 保存期限",
        )
    ]
    return [
        "## For the model inventory / モデル台帳",
        "",
        *_table(["Field", "Value"], fields),
        "## Reproduction / 再現",
        "",
        "`tekio run recipe.yaml` with the recipe in the report repeats this model; `tekio verify` checks these hashes (SHA-256).",
        "",
        *_table(["Stage", "Artifact", "Key"], stages),
    ]
