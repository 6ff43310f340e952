"""`summary.json`: every number of the page as data, the same for equal runs (no times, no places)."""

from __future__ import annotations

from typing import Any

from tekio.artifacts.answers import Answer
from tekio.errors import Text
from tekio.report.findings import Findings
from tekio.report.gather import Run
from tekio.report.verdict import Question

FORMAT = 1


def summarize(run: Run, findings: Findings, recipe: dict[str, Any] | None) -> dict[str, Any]:
    """The numbers behind the page. Shares are between 0 and 1, as in the stages' files."""
    results = run.results
    return {
        "format": FORMAT,
        "name": run.name,
        "seed": (recipe or {}).get("seed"),
        "models": findings.labels if results else [],
        "overview": [{"question": _text(question), "answer": _text(answer)} for question, answer in findings.overview],
        "verdict": [_question(item) for item in findings.questions],
        "cautions": [
            {
                "key": item.key,
                "severity": item.severity,
                "title": _text(item.title),
                "detail": _text(item.detail),
                "items": [_text(line) for line in item.items],
            }
            for item in findings.cautions
        ],
        "corpus": run.corpus.plain() if run.corpus else None,
        "instruct": run.instruct.plain() if run.instruct else None,
        "licenses": [
            {
                "license": item.license,
                "sources": item.sources,
                "may_train": item.train,
                "may_redistribute": item.redistribute,
                "commercial": item.commercial,
                "share_alike": item.share_alike,
                "known": item.known,
            }
            for item in findings.terms
        ],
        "training": {item.stage: item.summary.plain() for item in run.training},
        "sweep": run.sweep.plain() if run.sweep else None,
        "evaluation": results.model_dump() if results else None,
        "flips": [
            {
                "task": item.task,
                "model": item.model,
                "reference": item.reference,
                "gained": item.gained,
                "lost": item.lost,
            }
            for item in run.flips
        ],
        "answers": [
            {
                "id": row.id,
                "measures": {label: _measures(answer) for label, answer in row.answers.items()},
            }
            for row in run.answers
        ],
        "paper": findings.paper.plain() if findings.paper else None,
        "stages": {
            stage: {"artifact": manifest.artifact, "key": manifest.key, "versions": manifest.versions}
            for stage, manifest in run.manifests.items()
        },
    }


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def _measures(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.plain().items() if name != "text"}


def _question(question: Question) -> dict[str, Any]:
    return {
        "question": question.key,
        "title": _text(question.title),
        "rule": _text(question.rule),
        "findings": [
            {
                "model": finding.model,
                "reference": finding.reference,
                "verdict": finding.verdict,
                "sentence": _text(finding.sentence),
                "details": [
                    {
                        "name": _text(item.name),
                        "verdict": item.verdict,
                        "before": item.before,
                        "after": item.after,
                        "difference": item.difference,
                        "interval": item.interval,
                        "unit": _text(item.unit),
                        "n": item.n,
                        "p_adjusted": item.p_adjusted,
                        "loss": _text(item.loss) if item.loss else None,
                        "remark": _text(item.remark) if item.remark else None,
                    }
                    for item in finding.details
                ],
            }
            for finding in question.findings
        ],
    }
