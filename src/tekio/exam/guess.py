"""What can be had right without the passage: a baseline that sees question and options alone.

A conditional logit (McFadden 1974) over the options' form: length, size, place, how like the others an option is (wrong options are
often made from the right one, which then lies in their middle), how much of the question it repeats. Each item is judged by a model
fitted on the others, so the share that it has right is that of a stranger to the documents.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (scipy has no complete type information)

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tekio.text.dates import japanese_number

FOLDS = 5
FEWEST = 20
"""Below so many items nothing is fitted: every option is as likely."""
PENALTY = 1.0

Floats = NDArray[np.float64]
_NUMBER = re.compile(r"[△▲-]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Guessable:
    """What the baseline sees of an item. group: items of one are never in both parts of a fit."""

    question: str
    options: Sequence[str]
    answer: int
    group: str


def guesses(items: Sequence[Guessable], folds: int = FOLDS) -> list[Floats]:
    """For each item the probability of each option, by a model fitted on the items of other groups."""
    even = [np.full(len(item.options), 1 / len(item.options)) for item in items]
    if len(items) < FEWEST:
        return even
    tables = [_features(item) for item in items]
    groups = sorted({item.group for item in items})
    fold_of = {group: number % folds for number, group in enumerate(groups)}
    found = list(even)
    for fold in range(folds):
        own = [place for place, item in enumerate(items) if fold_of[item.group] == fold]
        rest = [place for place, item in enumerate(items) if fold_of[item.group] != fold]
        if not own or len(rest) < FEWEST:
            continue
        weights = fit([tables[place] for place in rest], [items[place].answer for place in rest])
        for place in own:
            found[place] = softmax(tables[place] @ weights)
    return found


def softmax(values: Floats) -> Floats:
    """Probabilities of values."""
    shifted = np.exp(values - values.max())
    return shifted / shifted.sum()


def fit(tables: Sequence[Floats], answers: Sequence[int], penalty: float = PENALTY) -> Floats:
    """Weights of the features by penalised maximum likelihood. tables: an item's options by features."""
    from scipy.optimize import minimize

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = 0.5 * penalty * float(weights @ weights), penalty * weights
        for table, answer in zip(tables, answers, strict=True):
            shares = softmax(table @ weights)
            value -= math.log(max(float(shares[answer]), 1e-300))
            slope = slope + shares @ table - table[answer]
        return value, slope

    start = np.zeros(tables[0].shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x, dtype=np.float64)


def _features(item: Guessable) -> Floats:
    texts = [unicodedata.normalize("NFKC", option) for option in item.options]
    pairs = [_pairs(text) for text in texts]
    question = _pairs(unicodedata.normalize("NFKC", item.question))
    numbers = [_number(text) for text in texts]
    known = [value for value in numbers if value is not None]
    rows: list[list[float]] = []
    for place, text in enumerate(texts):
        others = [other for number, other in enumerate(pairs) if number != place]
        alike = sum(_share(pairs[place], other) for other in others) / max(1, len(others))
        value = numbers[place]
        rank = (sorted(known).index(value) / max(1, len(known) - 1) - 0.5) if value is not None else 0.0
        round_number = float(value is not None and value != 0 and value % 100 == 0)
        rows.append(
            [
                len(text),
                alike,
                len(pairs[place] & question) / max(1, len(pairs[place])),
                rank,
                abs(rank),
                round_number,
                float(place == 0),
                float(place == len(texts) - 1),
                float(value is None and bool(known)),
            ]
        )
    table = np.asarray(rows, dtype=np.float64)
    spread = table.std(axis=0)
    return (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(max(1, len(text) - 1))}


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _number(text: str) -> float | None:
    found = _NUMBER.search(text)
    if found is not None:
        sign = -1 if found[0][0] in "△▲-" else 1
        return sign * float(found[0].lstrip("△▲-").replace(",", ""))
    written = japanese_number(text)
    return None if written is None else float(written)
