"""Scores that are no scores: constant answers, ties, NaN. A constant answer looks like a result (13.82, 24.00, 26.32,
35.95 and 42.11 stand on a public leaderboard), so it is computed beside every result and recognised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tekio.errors import Text
from tekio.evaluate.results.answered import not_finite
from tekio.evaluate.results.metrics import Measure, golds, measures, predictions, unparsed
from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.prompts import letter

TIED = "tied"
FEWEST_ITEMS = 5
FEWEST_SHUFFLED = 30
"""From so many items on, agreement in random order is told from its mean and variance."""
CHANCE_Z = 1.6448536269514722
"""One-sided 5 % of the normal distribution."""
BY_AGREEMENT = frozenset(["acc", "f1", "macro_f1", "mcc", "acc_without_neutral", "macro_f1_without_neutral"])
"""Metrics of right answers. Others know near ones (grades) or how sure an answer is, which may be good where few are right."""


def constant_scores(built: BuiltTask, position: int | None) -> list[ChoiceScore]:
    """What a model would score that always prefers option `position`; None: all options alike (ties, NaN)."""
    found: list[ChoiceScore] = []
    for item, texts in zip(built.items, built.choices, strict=True):
        values = tuple(0.0 if position is None or index == position else -1e9 for index in range(len(texts)))
        found.append(ChoiceScore(item.id, values, (False,) * len(texts), (1,) * len(texts)))
    return found


def baselines(built: BuiltTask) -> dict[str, dict[str, float | None]]:
    """The metrics of constant answers: `constant:<label or letter>` for each option all items have, and `tied`.

    Ranks (MAP) are given for `tied` only: a constant answer has no second choice.
    """
    if built.kind == "generation":
        return _generation_baselines(built)
    if built.kind != "choice":
        return {}
    found: dict[str, dict[str, float | None]] = {}
    for position in range(min(len(texts) for texts in built.choices)):
        values = measures(built, constant_scores(built, position))
        found[f"constant:{_name(built, position)}"] = {
            name: _known(measure) for name, measure in values.items() if "map" not in name
        }
    tied = measures(built, constant_scores(built, None))
    found[TIED] = {name: _known(measure) for name, measure in tied.items()}
    return found


def _known(measure: Measure) -> float | None:
    return None if measure.undefined else measure.observed


def _generation_baselines(built: BuiltTask) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for label in built.labels or ():
        scores = [GenerationScore(item.id, label, 1, "eos") for item in built.items]
        found[f"constant:{label}"] = {name: _known(measure) for name, measure in measures(built, scores).items()}
    return found


def _name(built: BuiltTask, position: int) -> str:
    return built.labels[position] if built.labels else letter(position)


def why_degenerate(
    built: BuiltTask, scores: Sequence[Score], constants: Mapping[str, Mapping[str, float | None]] | None = None
) -> Text | None:
    """Why the scores of a model say nothing about the task, or None. constants: `baselines(built)`, if at hand.

    Looks for NaN, replies none of which could be read, ties in every item, one and the same answer everywhere, a headline
    equal to a constant answer's, and for classes that are right no more often than in random order: their macro-F1 may be above that of every constant answer.
    """
    if (broken := not_finite(scores)) > 0:  # from one item on
        return Text(
            f"{broken} of {built.n} items gave NaN or infinity: no score",
            f"{built.n} 問中 {broken} 問で値が NaN または無限大のため、点数なし",
        )
    if built.n < FEWEST_ITEMS:
        return None
    if unparsed(built, scores) == built.n:
        return Text("no answer can be read in any reply", "どの回答からも答えを読み取れません")
    if built.kind == "choice":
        known = baselines(built) if constants is None else constants
        return _degenerate_choice(built, cast("Sequence[ChoiceScore]", scores), known)
    if built.kind == "generation":
        texts = {score.text.strip() for score in cast("Sequence[GenerationScore]", scores)}
        if len(texts) == 1:
            return Text("every reply is the same text", "すべての回答が同じ文字列です")
        return None
    return None


def _degenerate_choice(
    built: BuiltTask, scores: Sequence[ChoiceScore], constants: Mapping[str, Mapping[str, float | None]]
) -> Text | None:
    tied = sum(1 for score in scores if len(set(score.loglikelihoods)) == 1)
    if tied == built.n:
        return Text("all choices are tied in every item", "すべての問題で選択肢の尤度が同じです")
    chosen = set(predictions(built, scores).tolist())
    if len(chosen) == 1 and len(set(golds(built).tolist())) > 1:
        name = _name(built, chosen.pop())
        return Text(f"the answer is always {name}", f"回答がすべて {name} です")
    value = measures(built, scores, [built.headline])[built.headline].observed
    for name, metrics in constants.items():
        constant = metrics.get(built.headline)
        if constant is not None and np.isclose(constant, value, rtol=0, atol=1e-9):
            shown = name.removeprefix("constant:")
            return Text(
                f"the score equals that of always answering {shown}"
                if name != TIED
                else "the score equals that of ties",
                f"「常に {shown}」と答えた場合と同じ点数です"
                if name != TIED
                else "選択肢がすべて同点の場合と同じ点数です",
            )
    plain = built.headline.removesuffix("_norm")
    if built.labels and built.n >= FEWEST_SHUFFLED and plain in BY_AGREEMENT:
        answers, gold = predictions(built, scores, normalized=plain != built.headline), golds(built)
        if agreement_z(answers, gold) < CHANCE_Z:
            share = int((answers == gold).sum()) / built.n
            return Text(
                f"the answers are right no more often than in random order ({share:.1%})",
                f"回答の順序を入れ替えても正答の数が変わりません（正答率 {share:.1%}）",
            )
    return None


def agreement_z(answers: NDArray[np.int64], gold: NDArray[np.int64]) -> float:
    """By how many standard deviations `answers` [items] meet `gold` [items] more often than the same answers in random order.

    Mean and variance over all orders are exact (Hoeffding 1951, A combinatorial central limit theorem); 0 where all orders
    give the same. Answers that could not be read meet nothing.
    """
    both: NDArray[np.int64] = np.concatenate((answers, gold))
    classes: NDArray[np.int64] = np.unique(both)
    told: NDArray[np.float64] = (answers[None, :] == classes[:, None]).sum(axis=1).astype(np.float64)
    right: NDArray[np.float64] = (gold[None, :] == classes[:, None]).sum(axis=1).astype(np.float64)
    n = len(gold)
    expected = float(told @ right) / n
    apart = np.eye(len(classes)) - right[:, None] / n - told[None, :] / n + expected / n
    variance = float(np.sum(told[:, None] * right[None, :] * apart**2)) / (n - 1)
    return (float(np.sum(answers == gold)) - expected) / variance**0.5 if variance > 0 else 0.0
