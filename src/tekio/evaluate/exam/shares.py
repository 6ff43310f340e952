"""So many right of so many, with an interval."""

from __future__ import annotations

from collections.abc import Sequence

from tekio.artifacts.exam_results import Right
from tekio.evaluate.results.metrics import rounded
from tekio.statistics.intervals import wilson

# --- scores --------------------------------------------------------------------------------------------------------


def right_of(correct: Sequence[float], confidence: float) -> Right:
    """So many of so many, with Wilson's interval."""
    n, right = len(correct), int(sum(correct))
    interval = wilson(right, n, confidence)
    share = right / n if n else None
    return Right(
        n=n,
        right=right,
        share=rounded(share),
        low=rounded(interval.low),
        high=rounded(interval.high),
        method=interval.method,
    )
