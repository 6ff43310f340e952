"""Resampling of items: seeds by name, bootstrap samples by distinct rows, sums by cluster.

Everything works on item contributions: a metric is a function of sums over items. Equal items are counted together
("cells"), so resampling n items is one multinomial draw over the cells: exact, and fast for thousands of items.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FromSums = Callable[[Floats], Floats]

CHUNK_NUMBERS = 4_000_000
TOLERANCE = 1e-12


def generator(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends only on the seed and the names (not on the order of calls)."""
    digest = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def all_finite(*arrays: Floats) -> bool:
    """Whether no value is NaN or infinite: only then statistics of them exist."""
    return all(bool(np.all(np.isfinite(array))) for array in arrays)


def cells(rows: Floats) -> tuple[Floats, Floats]:
    """The distinct rows and how often each occurs."""
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return distinct, counts.astype(np.float64)


def resampled(rows: Floats, value: FromSums, resamples: int, rng: np.random.Generator) -> Floats:
    """The metric on `resamples` bootstrap samples of the items, shape (resamples,)."""
    distinct, counts = cells(rows)
    n = len(rows)
    found: list[Floats] = []
    step = max(1, CHUNK_NUMBERS // max(1, len(distinct)))
    for start in range(0, resamples, step):
        draws = rng.multinomial(n, counts / n, size=min(step, resamples - start)).astype(np.float64)
        found.append(value(draws @ distinct))
    return np.concatenate(found)


def clustered(rows: Floats, clusters: Sequence[str]) -> Floats:
    """Contributions summed within each cluster (document, exam paper): resampling these keeps a document together."""
    names = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(names), rows.shape[1]))
    np.add.at(sums, [names[name] for name in clusters], rows)
    return sums
