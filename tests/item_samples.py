"""Samples that the tests of this folder share."""

import numpy as np


def skewed(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).exponential(size=n)


def counted(answers: np.ndarray) -> np.ndarray:
    return np.column_stack([answers, np.ones(len(answers))])


def clustered_answers(
    rng: np.random.Generator, clusters: int, share: float, correlation: float, models: int = 1
) -> tuple[np.ndarray, list[str]]:
    """Right answers (models, items) of clusters of 2 to 12 items that share a difficulty (beta-binomial)."""
    sizes = rng.integers(2, 13, size=clusters)
    strength = (1 - correlation) / correlation
    difficulty = rng.beta(share * strength, (1 - share) * strength, size=(models, clusters))
    names = [str(number) for number, size in enumerate(sizes) for _ in range(size)]
    return (rng.random((models, len(names))) < np.repeat(difficulty, sizes, axis=1)).astype(float), names
