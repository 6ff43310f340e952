"""From scores to what an exam says: right answers by half and book, what the search found, the arms' differences, the advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tekio.artifacts.exam import Exam, ExamItem, Half
from tekio.artifacts.exam_results import (
    BookScore,
    ExamComparison,
    ExamResults,
    ModelAdvice,
    Question,
    Retrieval,
    RetrievedItem,
    Right,
)
from tekio.artifacts.results import Comparison
from tekio.evaluate.exam.shares import right_of
from tekio.evaluate.exam.tasks import half_and_book
from tekio.evaluate.exam.told import told_by_study
from tekio.evaluate.results.answered import not_finite
from tekio.evaluate.results.arms import CLOSED, ORACLE, QUESTIONS, RETRIEVED, Arm, recommend
from tekio.evaluate.results.comparisons import Rules, compare_measures, judge_family, measured, tested
from tekio.evaluate.results.metrics import Measure, measures, rounded
from tekio.evaluate.scoring.requests import ChoiceScore, Score
from tekio.evaluate.tasks import BuiltTask

METRIC = "acc"


BASE = "base"


@dataclass(frozen=True)
class Asked:
    """One half asked with one book: the task, and each model's scores. tokens: label -> mean tokens of a prompt."""

    built: BuiltTask
    scores: Mapping[str, Sequence[Score]]
    tokens: Mapping[str, float | None]


def exam_results(
    exam: Exam,
    items: Mapping[Half, Sequence[ExamItem]],
    asked: Sequence[Asked],
    found: Sequence[RetrievedItem] | None,
    rules: Rules,
    *,
    template: str,
    method: str = "",
    passages: int = 0,
    wanted: int = 0,
    study: Path | None = None,
) -> ExamResults:
    """Everything `exam.json` of the evaluation says. asked: every half and book, models in their order. found: of the seen half. study: the stage
    whose rows may have items' wording.
    """
    by_arm: dict[tuple[Half, str, str], tuple[BuiltTask, Measure]] = {}
    broken: set[tuple[Half, str, str]] = set()
    scores: list[BookScore] = []
    for one in asked:
        named = half_and_book(one.built.name)
        assert named is not None
        half, book = named
        for label, given in one.scores.items():
            measure = measures(one.built, given, [METRIC])[METRIC]
            by_arm[half, label, book] = one.built, measure
            if not_finite(given):
                broken.add((half, label, book))
            scores.append(_book_score(one, label, half, items[half], measure, rules))
    models = list(dict.fromkeys(label for _, label, _ in by_arm))
    comparisons = _comparisons(by_arm, broken, models, rules)
    closed: dict[tuple[Half, str], list[float]] = {
        (half, label): measure.correct.tolist()
        for (half, label, book), (_, measure) in by_arm.items()
        if book == CLOSED and measure.correct is not None
    }
    return ExamResults(
        exam=exam.sha256,
        version=exam.version,
        template=template,
        reference=rules.reference,
        confidence=rules.confidence,
        margin=exam.difference,
        compared=tested([one.result for one in comparisons]),
        scores=scores,
        retrieval=_retrieval(found, by_arm, models, method, passages, wanted, rules) if found else None,
        comparisons=comparisons,
        advice=[_advice(model, comparisons, exam.difference) for model in models if model != rules.reference],
        told=None if study is None else told_by_study(items, study, closed, rules.confidence),
    )


def _book_score(
    one: Asked, label: str, half: Half, items: Sequence[ExamItem], measure: Measure, rules: Rules
) -> BookScore:
    assert measure.correct is not None
    correct: list[float] = measure.correct.tolist()
    whole = measured(one.built, measure, label, rules)
    named = half_and_book(one.built.name)
    assert named is not None
    given = one.scores[label]
    return BookScore(
        model=label,
        half=half,
        book=named[1],
        all=Right(
            n=len(correct),
            right=int(sum(correct)),
            share=whole.value,
            low=whole.low,
            high=whole.high,
            method=whole.method,
        ),
        by={
            name: _by(values, correct, rules.confidence)
            for name, values in (
                ("kind", [item.kind for item in items]),
                ("topic", [item.topic for item in items]),
                ("difficulty", [item.difficulty for item in items]),
            )
        },
        tokens=rounded(one.tokens.get(label)),
        not_finite=not_finite(given),
        truncated=sum(1 for score in given if isinstance(score, ChoiceScore) and score.truncated),
    )


def _by(values: Sequence[str], correct: Sequence[float], confidence: float) -> dict[str, Right]:
    """Right answers by a value of the items."""
    parts: dict[str, list[float]] = {}
    for value, right in zip(values, correct, strict=True):
        parts.setdefault(value, []).append(right)
    return {name: right_of(parts[name], confidence) for name in sorted(parts)}


def _retrieval(
    found: Sequence[RetrievedItem],
    by_arm: Mapping[tuple[Half, str, str], tuple[BuiltTask, Measure]],
    models: Sequence[str],
    method: str,
    passages: int,
    wanted: int,
    rules: Rules,
) -> Retrieval:
    hit = [float(any(one.right and one.shown for one in line.found)) for line in found]
    given: dict[str, Right] = {}
    missed: dict[str, Right] = {}
    for label in models:
        if ("seen", label, RETRIEVED) not in by_arm:
            continue
        correct = by_arm["seen", label, RETRIEVED][1].correct
        assert correct is not None
        pairs = list(zip(correct.tolist(), hit, strict=True))
        given[label] = right_of([right for right, there in pairs if there], rules.confidence)
        missed[label] = right_of([right for right, there in pairs if not there], rules.confidence)
    return Retrieval(
        method=method,
        passages=passages,
        asked=wanted,
        given=sum(sum(one.shown for one in line.found) for line in found) / len(found),
        cut=sum(line.cut for line in found),
        hit=right_of(hit, rules.confidence),
        first=right_of([float(bool(line.found) and line.found[0].right) for line in found], rules.confidence),
        answer=right_of([float(line.answer_shown) for line in found], rules.confidence),
        right_given_hit=given,
        right_given_miss=missed,
    )


# --- differences ---------------------------------------------------------------------------------------------------


def _comparisons(
    by_arm: Mapping[tuple[Half, str, str], tuple[BuiltTask, Measure]],
    broken: set[tuple[Half, str, str]],
    models: Sequence[str],
    rules: Rules,
) -> list[ExamComparison]:
    """All differences that are looked at, judged as one family. Those of the base alone are asked once."""
    base = rules.reference
    wanted: list[tuple[Question, Half, str, tuple[str, str], tuple[str, str]]] = [
        ("ceiling", "seen", base, (base, ORACLE), (base, CLOSED)),
        ("retrieve", "seen", base, (base, RETRIEVED), (base, CLOSED)),
    ]
    for model in models:
        if model == base:
            continue
        for question, arms in QUESTIONS.items():
            if question != "retrieve":
                first, second = (_arm(arm, base, model) for arm in arms)
                wanted.append((question, "seen", model, first, second))
        wanted.append(("reading", "unseen", model, (model, ORACLE), (base, ORACLE)))
    found: list[ExamComparison] = []
    for question, half, model, first, second in wanted:
        left, right = by_arm.get((half, *first)), by_arm.get((half, *second))
        if left is None or right is None or {(half, *first), (half, *second)} & broken:
            continue
        made = _compare(left, right, first, second, question, rules)
        found.append(ExamComparison(question=question, half=half, model=model, result=made))
    judge_family([one.result for one in found], [True] * len(found), rules)
    return found


def _arm(arm: Arm, base: str, model: str) -> tuple[str, str]:
    return (base if arm[0] == BASE else model, arm[1])


def _compare(
    left: tuple[BuiltTask, Measure],
    right: tuple[BuiltTask, Measure],
    first: tuple[str, str],
    second: tuple[str, str],
    question: Question,
    rules: Rules,
) -> Comparison:
    (built, one), (_, other) = left, right
    assert one.correct is not None
    assert other.correct is not None
    wins, losses = int(np.sum(one.correct > other.correct)), int(np.sum(one.correct < other.correct))
    ties = len(one.correct) - wins - losses
    names = ("exam", question, *first, *second)
    labels = (" ".join(first), " ".join(second))
    return compare_measures(built, one, other, labels, rules, wins=(wins, losses, ties), names=names)


def _advice(model: str, comparisons: Sequence[ExamComparison], margin: float) -> ModelAdvice:
    own: dict[Question, Comparison] = {
        one.question: one.result for one in comparisons if one.model == model or one.question in ("retrieve", "ceiling")
    }
    reading, ceiling = own.get("reading"), own.get("ceiling")
    known: dict[Question, Comparison] = {question: own[question] for question in QUESTIONS if question in own}
    made = recommend(known, margin) if len(known) == len(QUESTIONS) else None
    return ModelAdvice(
        model=model,
        advice=made.advice if made else "cannot tell",
        reason=made.reason if made else "the four arms were not all measured",
        reads_worse=reading is not None and reading.verdict == "worse",
        base_reads=ceiling is not None and ceiling.verdict == "improved",
    )
