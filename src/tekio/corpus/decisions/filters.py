"""Deciding: thresholds over measured statistics. Never touches text."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (yaml has no complete type information)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import isfinite
from typing import Any, cast

import numpy as np
import yaml
from numpy.typing import NDArray

from tekio.documents import GENERAL
from tekio.errors import RecipeError, TekioError, Text
from tekio.plugins import Filter, load_part
from tekio.recipe.corpus import CorpusConfig, FilterConfig, SourceConfig
from tekio.store import canonical_json
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
    return filters_in_force(source.filters, source.domain, config.filters) or FilterConfig(preset="none")


def filters_in_force(own: Any, domain: str, corpus: Any) -> Any:
    """The filters of a source of `domain` by its own and the corpus' settings; None: no thresholds at all."""
    return own if own is not None else None if domain == GENERAL else corpus


def limits_of(filters: FilterConfig) -> dict[str, Limit]:
    """Statistic -> (lowest, highest), with the filters of installed packages.

    Raises `RecipeError` for an unknown statistic, with the nearest name; `TekioError` for a package that cannot be used.
    """
    own = {item.name: item.limits for item in installed_filters(filters)}
    check_statistics(filters.limits, [*NAMES, *own])
    return presets()[filters.preset] | own | filters.limits


def check_statistics(limits: Mapping[str, Limit], known: Sequence[str]) -> None:
    """Raise `RecipeError` for a limit on an unknown statistic, with the nearest name."""
    unknown = sorted(set(limits) - set(known))
    if unknown:
        from difflib import get_close_matches

        near = get_close_matches(unknown[0], known, 1)
        raise RecipeError(
            Text(f"Unknown statistic {unknown[0]!r}.", f"統計量 {unknown[0]!r} はありません。"),
            where="corpus.filters.limits",
            fix=near[0] if near else ", ".join(known),
        )


def installed_filters(filters: FilterConfig) -> list[Filter]:
    """The filters of installed packages that a source uses, in the order of their scores in a measured unit.

    Raises `RecipeError` for one with the name of a statistic, `TekioError` for a package that cannot be used.
    """
    found: list[Filter] = []
    for name in sorted(set(filters.installed)):
        part = load_part(Filter, name)
        if part is None or name in NAMES:
            raise RecipeError(
                Text(
                    f"The filter {name!r} is not installed, or has the name of a statistic.",
                    f"フィルター {name!r} がないか、統計量と同じ名前です。",
                ),
                where="corpus.filters.installed",
            )
        found.append(part)
    return found


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

    def measured(self, documents: NDArray[np.int64], found: Mapping[str, Floats]) -> list[str]:
        """For each of some documents every statistic that is out of bounds, with its value and limits, as canonical JSON."""
        told: list[list[str]] = [[] for _ in range(len(documents))]
        for name, (limits, place) in sorted(zip(self.names, zip(self.limits, range(len(self.names)), strict=True), strict=True)):  # fmt: skip
            outside = np.flatnonzero(self.outside[place, documents])
            head = f'{canonical_json(name)}:{{"limits":{canonical_json(list(limits))},"value":'
            values = found[name][documents[outside]].tolist()
            for number, value in zip(outside.tolist(), values, strict=True):
                told[number].append(f"{head}{_number(round(float(value), 6))}}}")
        return [f"{{{','.join(entries)}}}" for entries in told]


def _number(value: float) -> str:
    """A number as canonical JSON has it; raises `ValueError` for one that JSON has not."""
    return repr(value) if isfinite(value) else canonical_json(value)


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
