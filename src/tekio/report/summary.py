"""`summary.json`: every number of the page as data, the same for equal runs (no times, no places)."""

from __future__ import annotations

from typing import Any

from tekio.artifacts.answers import Answer
from tekio.artifacts.report import (
    Summary,
    SummaryAnswer,
    SummaryCaution,
    SummaryDetail,
    SummaryFinding,
    SummaryFlips,
    SummaryLine,
    SummaryPrompt,
    SummaryQuestion,
    SummaryStage,
    SummaryTerms,
    Words,
)
from tekio.report.findings import Findings
from tekio.report.gather import Run
from tekio.report.verdict import Detail, Finding, Question


def summarize(run: Run, findings: Findings, recipe: dict[str, Any] | None) -> Summary:
    """The numbers behind the page."""
    return Summary(
        name=run.name,
        seed=(recipe or {}).get("seed"),
        models=findings.labels if run.results else [],
        overview=[
            SummaryLine(question=Words.of(question), answer=Words.of(answer)) for question, answer in findings.overview
        ],
        verdict=[_question(item) for item in findings.questions],
        cautions=[
            SummaryCaution(
                key=item.key,
                severity=item.severity,
                title=Words.of(item.title),
                detail=Words.of(item.detail),
                items=[Words.of(line) for line in item.items],
            )
            for item in findings.cautions
        ],
        corpus=run.corpus,
        instruct=run.instruct,
        licenses=[
            SummaryTerms(
                license=item.license,
                sources=item.sources,
                may_train=item.train,
                may_redistribute=item.redistribute,
                commercial=item.commercial,
                share_alike=item.share_alike,
                known=item.known,
            )
            for item in findings.terms
        ],
        training={item.stage: item.summary for item in run.training},
        sweep=run.sweep,
        evaluation=run.results,
        flips=[
            SummaryFlips(task=item.task, model=item.model, reference=item.reference, gained=item.gained, lost=item.lost)
            for item in run.flips
        ],
        answers=[
            SummaryPrompt(id=row.id, measures={label: _measures(answer) for label, answer in row.answers.items()})
            for row in run.answers
        ],
        paper=findings.paper,
        stages={
            stage: SummaryStage(artifact=manifest.artifact, key=manifest.key, versions=manifest.versions)
            for stage, manifest in run.manifests.items()
        },
    )


def _measures(answer: Answer) -> SummaryAnswer:
    return SummaryAnswer(
        tokens=answer.tokens,
        finish=answer.finish,
        characters=answer.characters,
        japanese_share=answer.japanese_share,
        repetition=answer.repetition,
        overlap=answer.overlap,
    )


def _question(question: Question) -> SummaryQuestion:
    return SummaryQuestion(
        question=question.key,
        title=Words.of(question.title),
        rule=Words.of(question.rule),
        findings=[_finding(item) for item in question.findings],
    )


def _finding(finding: Finding) -> SummaryFinding:
    return SummaryFinding(
        model=finding.model,
        reference=finding.reference,
        verdict=finding.verdict,
        sentence=Words.of(finding.sentence),
        details=[_detail(item) for item in finding.details],
    )


def _detail(item: Detail) -> SummaryDetail:
    return SummaryDetail(
        name=Words.of(item.name),
        verdict=item.verdict,
        before=item.before,
        after=item.after,
        difference=item.difference,
        interval=item.interval,
        unit=Words.of(item.unit),
        n=item.n,
        p_adjusted=item.p_adjusted,
        loss=Words.of(item.loss) if item.loss else None,
        remark=Words.of(item.remark) if item.remark else None,
    )
