"""One difference between two models on the same items, and what is said of many of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tekio.artifacts.results import Comparison, Metric
from tekio.evaluate.results.metrics import Floats, Measure, rounded
from tekio.evaluate.tasks import BuiltTask
from tekio.statistics.corrections import holm, strictest, verdict
from tekio.statistics.intervals import (
    UNDEFINED,
    bca,
    bonett_price,
    difference_interval,
    paired_error,
    wilson,
    wilson_clustered,
)
from tekio.statistics.paired_tests import mcnemar_exact, paired_permutation
from tekio.statistics.power import minimum_detectable, minimum_detectable_share
from tekio.statistics.resampling import clustered, generator

FEWEST_CLUSTERS = 10
NOT_A_NUMBER = "not finite"
"""Why two models cannot be compared: one gave NaN or infinity."""
UNDEFINED_METRIC = "undefined"
"""Why two models cannot be compared: the metric has no value on these items."""


@dataclass(frozen=True)
class Rules:
    """How results are judged. reference: the model others are compared with. margin: tolerated loss on general tasks,
    in points (hundredths of a share; per cent of bits per character).
    """

    reference: str
    confidence: float = 0.95
    resamples: int = 2000
    seed: int = 17
    margin: float | None = None


def _clusters(built: BuiltTask, rows: Floats) -> Floats | None:
    """The rows summed by document, if items share documents and there are enough of those; else None."""
    names = [item.cluster for item in built.items]
    distinct = len(set(names))
    if distinct == len(names) or distinct < FEWEST_CLUSTERS:
        return None
    return clustered(rows, names)


def measured(built: BuiltTask, measure: Measure, label: str, rules: Rules) -> Metric:
    """A metric with its interval; documents that items share are resampled whole."""
    grouped = _clusters(built, measure.rows)
    if measure.undefined:
        interval, grouped = UNDEFINED, None
    elif measure.correct is not None and grouped is None:
        interval = wilson(float(measure.correct.sum()), len(measure.correct), rules.confidence)
    elif measure.correct is not None:
        names = [item.cluster for item in built.items]
        interval = wilson_clustered(measure.rows, names, rules.confidence)
    else:
        rng = generator(rules.seed, "interval", built.name, built.template, label, measure.name)
        rows = measure.rows if grouped is None else grouped
        interval = bca(rows, measure.value, confidence=rules.confidence, resamples=rules.resamples, rng=rng)
    method = interval.method if grouped is None else f"{interval.method}, {len(grouped)} clusters"
    return Metric(
        value=rounded(measure.observed),
        low=rounded(interval.low),
        high=rounded(interval.high),
        n=measure.n,
        method=method,
        unit=measure.unit,
        higher_is_better=measure.higher_is_better,
    )


def compare_measures(
    built: BuiltTask,
    first: Measure,
    second: Measure,
    labels: tuple[str, str],
    rules: Rules,
    *,
    wins: tuple[int, int, int] | None,
    names: Sequence[str],
) -> Comparison:
    """The paired comparison of two measures of the same items: by McNemar's exact test, or by permuting whole documents
    where items share them.

    labels: what gave `first` and `second`. wins: items the first does better, worse, equally, where single items have a value.
    names: what the resampling is seeded with. `p_adjusted` and `verdict` are the caller's, who knows how many comparisons are looked at.
    """
    better, worse, ties = wins or (None, None, None)
    if first.undefined or second.undefined:
        method, why = UNDEFINED.method, UNDEFINED_METRIC
        return no_comparison(labels, first.name, first.n, method, why, wins=(better, worse, ties))
    rng = generator(rules.seed, *names)
    grouped = _clusters(built, np.concatenate([first.rows, second.rows], axis=1))
    columns = first.rows.shape[1]
    if first.correct is not None and second.correct is not None and grouped is None:
        right = int(np.sum(first.correct > second.correct)), int(np.sum(first.correct < second.correct))
        count = len(first.correct)
        interval = bonett_price(*right, count, rules.confidence)
        p, test = mcnemar_exact(*right) if count > 1 else None, "McNemar exact"
        discordant, error = sum(right) / count, None
    else:
        left, other = (first.rows, second.rows) if grouped is None else (grouped[:, :columns], grouped[:, columns:])
        interval = difference_interval(
            left, other, first.value, confidence=rules.confidence, resamples=rules.resamples, rng=rng
        )
        p = paired_permutation(left, other, first.value, resamples=rules.resamples, rng=rng)
        test = "paired permutation" if grouped is None else f"paired permutation of {len(grouped)} clusters"
        error = paired_error(left, other, first.value, resamples=rules.resamples, rng=rng)
        discordant = None
    return Comparison(
        model=labels[0],
        reference=labels[1],
        metric=first.name,
        difference=rounded(first.observed - second.observed),
        low=rounded(interval.low),
        high=rounded(interval.high),
        method=interval.method,
        p=rounded(p),
        p_adjusted=None,
        test=test if p is not None else None,
        verdict="cannot tell",
        n=first.n,
        discordant=rounded(discordant),
        error=rounded(error),
        minimum_detectable=None,
        minimum_detectable_corrected=None,
        wins=better,
        losses=worse,
        ties=ties,
        not_comparable=None,
    )


def no_comparison(
    labels: tuple[str, str],
    metric: str,
    n: int,
    method: str,
    why: str,
    *,
    wins: tuple[int | None, int | None, int | None] = (None, None, None),
) -> Comparison:
    """The entry of two models whose values cannot be compared. method: what stands for the interval."""
    return Comparison(
        model=labels[0],
        reference=labels[1],
        metric=metric,
        difference=None,
        low=None,
        high=None,
        method=method,
        p=None,
        p_adjusted=None,
        test=None,
        verdict="cannot tell",
        n=n,
        discordant=None,
        error=None,
        minimum_detectable=None,
        minimum_detectable_corrected=None,
        wins=wins[0],
        losses=wins[1],
        ties=wins[2],
        not_comparable=why,
    )


def judge_family(comparisons: Sequence[Comparison], higher_is_better: Sequence[bool], rules: Rules) -> None:
    """Set what depends on how many comparisons are looked at: p after Holm, the word, the smallest differences seen."""
    # Holm asks most of the smallest p of the family: so large a difference is seen whatever the others show.
    level = strictest(rules.confidence, tested(comparisons))
    adjusted = holm([comparison.p for comparison in comparisons])
    for comparison, p, higher in zip(comparisons, adjusted, higher_is_better, strict=True):
        comparison.minimum_detectable = detectable(comparison, rules.confidence)
        comparison.minimum_detectable_corrected = detectable(comparison, level)
        comparison.p_adjusted = rounded(p)
        comparison.verdict = verdict(comparison.difference, p, confidence=rules.confidence, higher_is_better=higher)


def tested(comparisons: Sequence[Comparison]) -> int:
    """How many differences were tested: those of which there is a p."""
    return sum(comparison.p is not None for comparison in comparisons)


def detectable(comparison: Comparison, confidence: float) -> float | None:
    """The smallest true difference that this comparison shows with power 0.8 at a confidence; None: none."""
    if comparison.discordant is not None:
        return rounded(minimum_detectable_share(comparison.n, comparison.discordant, confidence=confidence))
    if comparison.error is not None:
        return rounded(minimum_detectable(comparison.error, confidence=confidence))
    return None
