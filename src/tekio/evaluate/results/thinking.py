"""Reasoning on and off beside each other: the same items, the same model, the headline metric of each, a paired test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tekio.artifacts.results import Comparison, ThinkingPair, ThinkingScore
from tekio.evaluate.results.answered import not_finite
from tekio.evaluate.results.comparisons import Rules, compare_measures, measured
from tekio.evaluate.results.metrics import measures, unparsed
from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, Score
from tekio.evaluate.tasks import BuiltTask


def thinking_tokens(scores: Sequence[Score]) -> float | None:
    """Mean tokens of reasoning per item; None where no reply reasoned."""
    spent = [score for score in scores if isinstance(score, ChoiceScore | GenerationScore)]
    if all(score.reasoning is None for score in spent):
        return None
    return sum(score.thinking_tokens for score in spent) / len(spent)


def thinking_pairs(
    built: BuiltTask,
    headline: Mapping[str, Sequence[Score]],
    other: Mapping[str, Sequence[Score]],
    rules: Rules,
    *,
    headline_thinks: bool,
) -> dict[str, ThinkingPair]:
    """By model label: both settings, and on minus off. Models that gave NaN or infinity are left out."""
    pairs: dict[str, ThinkingPair] = {}
    for label, scores in headline.items():
        if label not in other or not_finite(scores) or not_finite(other[label]):
            continue
        on, off = (scores, other[label]) if headline_thinks else (other[label], scores)
        pairs[label] = ThinkingPair(
            headline="on" if headline_thinks else "off",
            on=_score(built, on, f"{label}, thinking on", rules),
            off=_score(built, off, f"{label}, thinking off", rules),
            comparison=_compare(built, on, off, label, rules),
        )
    return pairs


def _score(built: BuiltTask, scores: Sequence[Score], name: str, rules: Rules) -> ThinkingScore:
    metric = measured(built, measures(built, scores, [built.headline])[built.headline], name, rules)
    return ThinkingScore(metric=metric, unparsed=unparsed(built, scores), thinking_tokens=thinking_tokens(scores))


def _compare(built: BuiltTask, on: Sequence[Score], off: Sequence[Score], label: str, rules: Rules) -> Comparison:
    first, second = (measures(built, scores, [built.headline])[built.headline] for scores in (on, off))
    change = first.value(first.rows) - second.value(second.rows)
    if not first.higher_is_better:
        change = -change
    better, worse = int((change > 0).sum()), int((change < 0).sum())
    return compare_measures(
        built,
        first,
        second,
        (f"{label}, thinking on", f"{label}, thinking off"),
        rules,
        wins=(better, worse, len(change) - better - worse),
        names=("thinking", built.name, built.template, label),
    )
