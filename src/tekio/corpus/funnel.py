"""The funnel: how many rows and characters came in, stayed, were held out or rejected, and why, per source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tekio.artifacts.corpus import CorpusCounts, CorpusFunnel, CorpusSource
from tekio.errors import TekioError, Text


def corpus_funnel(sources: Sequence[CorpusSource]) -> CorpusFunnel:
    """Every source and the totals. Raises `TekioError` when a row was lost: a defect that must not become a result."""
    for item in sources:
        check(item, item.name)
    totals = total_of(sources)
    check(totals, "totals")
    return CorpusFunnel(sources=list(sources), totals=totals)


def total_of(parts: Sequence[CorpusCounts]) -> CorpusCounts:
    """The sum of some counts."""
    return CorpusCounts(
        files=sum(item.files for item in parts),
        files_read=sum(item.files_read for item in parts),
        files_rejected=sum(item.files_rejected for item in parts),
        rows_available=sum(item.rows_available for item in parts),
        rows_in=sum(item.rows_in for item in parts),
        rows_train=sum(item.rows_train for item in parts),
        rows_held_out=sum(item.rows_held_out for item in parts),
        characters_in=sum(item.characters_in for item in parts),
        characters_train=sum(item.characters_train for item in parts),
        characters_held_out=sum(item.characters_held_out for item in parts),
        rejected=_merged(item.rejected for item in parts),
        personal_data=_merged(item.personal_data for item in parts),
        removed_characters=_merged(item.removed_characters for item in parts),
        tables=_merged(item.tables for item in parts),
        licenses=_merged(item.licenses for item in parts),
    )


def read_and_rejected(units: Iterable[Mapping[str, Sequence[int]]]) -> tuple[int, int]:
    """How many files were read and how many rejected. units: file -> (documents, read to its end), a unit each."""
    documents: Counter[str] = Counter()
    whole: dict[str, bool] = {}
    for unit in units:
        for name, (given, complete) in unit.items():
            documents[name] += given
            whole[name] = whole.get(name, True) and bool(complete)
    read = sum(complete and documents[name] > 0 for name, complete in whole.items())
    return read, len(whole) - read


def source_funnel(
    counts: CorpusCounts,
    *,
    name: str,
    domain: str,
    license_id: str,
    reader: str,
    attribution: str,
    attributions: dict[str, str],
) -> CorpusSource:
    """The counts of one source with what the recipe says of it."""
    return CorpusSource(
        name=name,
        domain=domain,
        license=license_id,
        reader=reader,
        attribution=attribution,
        attributions=attributions,
        files=counts.files,
        files_read=counts.files_read,
        files_rejected=counts.files_rejected,
        rows_available=counts.rows_available,
        rows_in=counts.rows_in,
        rows_train=counts.rows_train,
        rows_held_out=counts.rows_held_out,
        characters_in=counts.characters_in,
        characters_train=counts.characters_train,
        characters_held_out=counts.characters_held_out,
        rejected=counts.rejected,
        personal_data=counts.personal_data,
        removed_characters=counts.removed_characters,
        tables=counts.tables,
        licenses=counts.licenses,
    )


def check(counts: CorpusCounts, where: str) -> None:
    """Raises `TekioError` when a file or row was lost or counted twice."""
    rows = counts.rows_in == counts.rows_train + counts.rows_held_out + sum(counts.rejected.values())
    if not rows or counts.files != counts.files_read + counts.files_rejected:
        raise TekioError(
            Text(
                "Rows or files were lost while building the corpus: this is a bug, please report it.",
                "行数またはファイル数が合いません（不具合です）。",
            ),
            where=where,
            why=str(counts.plain()),
        )


def _merged(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in tables:
        for name, number in table.items():
            found[name] = found.get(name, 0) + number
    return dict(sorted(found.items()))
