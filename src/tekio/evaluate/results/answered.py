"""Whether a model answered: with numbers, and with an option."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, Score

NO_ANSWER = -2
"""The prediction of an item whose reply could not be read (-1 is a gold that is no option)."""


def is_finite(score: Score) -> bool:
    """Whether a model on this machine gave numbers: no NaN and no infinity. (Where a reply was read, -inf is a choice that
    was not found.)
    """
    if isinstance(score, GenerationScore):
        return score.finish != "nan"
    if isinstance(score, ChoiceScore):
        if score.reply is not None:
            return not any(map(math.isnan, score.loglikelihoods))
        return all(map(math.isfinite, score.loglikelihoods))
    return math.isfinite(score.nats)


def not_finite(scores: Sequence[Score]) -> int:
    """How many items a model answered with NaN or infinity: from one on, it has no score on the task."""
    return sum(not is_finite(score) for score in scores)
