"""Whether two models' answers differ in what can be measured of them: paired by prompt, corrected over all that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tekio.artifacts.answers import Answer, Measure, MeasureTest
from tekio.statistics.corrections import holm
from tekio.statistics.intervals import difference_interval
from tekio.statistics.paired_tests import paired_permutation
from tekio.statistics.resampling import Floats, generator

CONFIDENCE = 0.95
RESAMPLES = 10_000

VALUES: Mapping[Measure, Callable[[Answer], float | None]] = {
    "characters": lambda answer: answer.characters,
    "ungrounded": lambda answer: len(answer.ungrounded or ()),
    "copied": lambda answer: answer.copied,
    "refused": lambda answer: float(answer.refusal is not None),
    "conduct": lambda answer: len(answer.conduct or ()),
}
"""What is tested; None where it was not measured."""


@dataclass(frozen=True)
class _Pair:
    measure: Measure
    model: str
    first: Floats
    second: Floats


def measure_tests(prompts: Sequence[str], answers: Mapping[str, Sequence[Answer]], seed: int) -> list[MeasureTest]:
    """Every measure of every later model against the first. prompts: id of the prompt of each answer: several samples of a prompt
    are one observation, their mean.
    """
    reference, *others = answers
    pairs = [
        _Pair(measure, model, first, second)
        for measure, value in VALUES.items()
        for model in others
        for first, second in [(_means(prompts, answers[label], value) for label in (reference, model))]
        if first is not None and second is not None and len(first) > 1
    ]
    tests = [_p(pair, seed) for pair in pairs]
    return [
        _test(pair, reference, p, adjusted, seed) for pair, p, adjusted in zip(pairs, tests, holm(tests), strict=True)
    ]


def _means(prompts: Sequence[str], answers: Sequence[Answer], value: Callable[[Answer], float | None]) -> Floats | None:
    """One row for each prompt: the mean over its samples, and 1."""
    found: dict[str, list[float]] = {}
    for prompt, answer in zip(prompts, answers, strict=True):
        number = value(answer)
        if number is None:
            return None
        found.setdefault(prompt, []).append(number)
    return np.array([[sum(numbers) / len(numbers), 1.0] for numbers in found.values()])


def _mean(sums: Floats) -> Floats:
    return sums[..., 0] / sums[..., 1]


def _p(pair: _Pair, seed: int) -> float | None:
    rng = generator(seed, "compare", pair.measure, pair.model)
    return paired_permutation(pair.second, pair.first, _mean, resamples=RESAMPLES, rng=rng)


def _test(pair: _Pair, reference: str, p: float | None, adjusted: float | None, seed: int) -> MeasureTest:
    rng = generator(seed, "compare interval", pair.measure, pair.model)
    interval = difference_interval(pair.second, pair.first, _mean, confidence=CONFIDENCE, resamples=RESAMPLES, rng=rng)
    before, after = float(pair.first[:, 0].mean()), float(pair.second[:, 0].mean())
    sure = adjusted is not None and adjusted <= 1 - CONFIDENCE and after != before
    return MeasureTest(
        measure=pair.measure,
        model=pair.model,
        reference=reference,
        n=len(pair.first),
        before=round(before, 4),
        after=round(after, 4),
        low=None if interval.low is None else round(interval.low, 4),
        high=None if interval.high is None else round(interval.high, 4),
        p=p,
        p_adjusted=adjusted,
        word="cannot tell" if not sure else "more" if after > before else "less",
    )
