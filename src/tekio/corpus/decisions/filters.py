"""Deciding: thresholds over measured statistics. Never touches text."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (yaml has no complete type information)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

import numpy as np
import yaml
from numpy.typing import NDArray

from tekio.documents import GENERAL
from tekio.errors import RecipeError, TekioError, Text
from tekio.recipe.corpus import CorpusConfig, FilterConfig, SourceConfig
from tekio.text.kernels.word_trie import WordTrie, word_trie
from tekio.text.statistics import NAMES, Floats

Limit = tuple[float | None, float | None]


@cache
def presets() -> dict[str, dict[str, Limit]]:
    """The named sets of thresholds shipped with Tekio."""
    text = resources.files("tekio.corpus").joinpath("data/presets.yaml").read_text(encoding="utf-8")
    plain = cast("dict[str, dict[str, list[float | None]]]", yaml.safe_load(text))
    return {
        name: {statistic: (low, high) for statistic, (low, high) in limits.items()} for name, limits in plain.items()
    }


def filters_of(config: CorpusConfig, source: SourceConfig) -> FilterConfig:
    """The thresholds of a source: its own, else the corpus'; none for domain `general`, which those are not made for."""
    if source.filters is not None:
        return source.filters
    return FilterConfig(preset="none") if source.domain == GENERAL else config.filters


def limits_of(filters: FilterConfig) -> dict[str, Limit]:
    """Statistic -> (lowest, highest). Raises `RecipeError` for an unknown statistic, with the nearest name."""
    unknown = sorted(set(filters.limits) - set(NAMES))
    if unknown:
        from difflib import get_close_matches

        near = get_close_matches(unknown[0], NAMES, 1)
        raise RecipeError(
            Text(f"Unknown statistic {unknown[0]!r}.", f"統計量 {unknown[0]!r} はありません。"),
            where="corpus.filters.limits",
            fix=near[0] if near else ", ".join(NAMES),
        )
    return presets()[filters.preset] | filters.limits


def words_of(filters: FilterConfig) -> WordTrie | None:
    """The word lists of a source. Raises `TekioError` when one cannot be read."""
    words: list[str] = []
    for file in (file for path in filters.words for file in path.files()):
        try:
            words += file.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise TekioError(
                Text("A word list is not UTF-8.", "単語リストが UTF-8 ではありません。"), where=file, why=str(error)
            ) from error
    return word_trie(words) if words else None


@dataclass(frozen=True)
class Verdicts:
    """What thresholds say about documents.

    first: index into `names` of the first statistic out of bounds, -1 where a document passes.
    outside: for every statistic of `names` whether it is out of bounds, bool [statistics, documents].
    """

    names: tuple[str, ...]
    limits: tuple[Limit, ...]
    first: NDArray[np.int64]
    outside: NDArray[np.bool_]

    def measured(self, document: int, found: Mapping[str, Floats]) -> dict[str, object]:
        """Every statistic that is out of bounds for one document, with its value and limits."""
        return {
            self.names[place]: {
                "value": round(float(found[self.names[place]][document]), 6),
                "limits": list(self.limits[place]),
            }
            for place in np.flatnonzero(self.outside[:, document]).tolist()
        }


def decide(found: Mapping[str, Floats], limits: Mapping[str, Limit]) -> Verdicts:
    """Compare statistics (name -> value per document) with limits; the bounds themselves are allowed."""
    documents = len(next(iter(found.values())))
    outside = np.zeros((len(limits), documents), dtype=np.bool_)
    for row, (name, (low, high)) in enumerate(limits.items()):
        if low is not None:
            outside[row] |= found[name] < low
        if high is not None:
            outside[row] |= found[name] > high
    any_outside = outside.any(axis=0)
    first = np.where(any_outside, outside.argmax(axis=0) if len(limits) else 0, -1)
    return Verdicts(tuple(limits), tuple(limits.values()), first.astype(np.int64), outside)
