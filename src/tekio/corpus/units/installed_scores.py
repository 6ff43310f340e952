"""The scores of filters of installed packages (`tekio.plugins.Filter`): measured with a unit, decided about like any statistic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tekio.corpus.units.unit_layout import SCORES
from tekio.documents import Document
from tekio.plugins import Filter

MOST_WORDS = 300  # of an error, in characters


def score_documents(
    documents: Sequence[Document], texts: Sequence[str], refusals: Sequence[object | None], filters: Sequence[Filter]
) -> tuple[NDArray[np.float64], dict[int, dict[str, str]]]:
    """Score documents after cleaning: float64 [documents, filters], and document -> filter -> why it gave no number.

    texts: the cleaned ones. refusals: what the reader refused is not scored, nor is what is blank (NaN).
    """
    scores = np.full((len(documents), len(filters)), np.nan)
    failed: dict[int, dict[str, str]] = {}
    if not filters:
        return scores, failed
    for number, (document, text, refusal) in enumerate(zip(documents, texts, refusals, strict=True)):
        if refusal is not None or not text or text.isspace():
            continue
        cleaned = replace(document, text=text)
        for column, item in enumerate(filters):
            try:
                score = float(item.score(cleaned))
                if not math.isfinite(score):
                    raise ValueError(f"its score is {score}")
                scores[number, column] = score
            except Exception as error:  # noqa: BLE001 - a part of someone else's: the row is rejected, the build goes on
                failed.setdefault(number, {})[item.name] = f"{type(error).__name__}: {str(error)[:MOST_WORDS]}"
    return scores, failed


def read_scores(unit: Path, names: Sequence[str]) -> Mapping[str, NDArray[np.float64]]:
    """The scores of a measured unit by filter. names: of its filters, sorted."""
    if not names:
        return {}
    scores: NDArray[np.float64] = np.load(unit / SCORES, mmap_mode="r")
    return {name: scores[:, column] for column, name in enumerate(names)}
