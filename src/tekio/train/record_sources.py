"""Records by the source that they come from: only some of them trained, each measured by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tekio.errors import NothingError, Text
from tekio.records import InstructionRecord

ByStage = dict[str, list[InstructionRecord]]


def source_of(record: InstructionRecord) -> str:
    """The name of the source in the recipe (`instruct`, or of the corpus for records of `study`)."""
    return record.meta.origin.split("#")[0]


def of_sources(records: Mapping[str, Sequence[InstructionRecord]], wanted: Collection[str]) -> ByStage:
    """Only the records of these sources, by stage."""
    return {name: [record for record in found if source_of(record) in wanted] for name, found in records.items()}


def require_sources(
    records: Mapping[str, Sequence[InstructionRecord]], wanted: Collection[str], where: str, purpose: Text
) -> None:
    """Raise `NothingError` naming the sources that have no record. where: the key; purpose: what they were wanted for."""
    there = sorted({source_of(record) for found in records.values() for record in found})
    missing = ", ".join(sorted(set(wanted) - set(there)))
    if missing:
        raise NothingError(
            Text(
                f"There are no records of the source {missing} to {purpose.en}.",
                f"{purpose.ja}情報源 {missing} の指示データがありません。",
            ),
            where=where,
            why=f"sources: {', '.join(there)}",
            fix=Text(
                "Name sources of `instruct` (`name`), as the list above has them.",
                "`instruct` の情報源の名前(`name`)を、上の一覧から指定してください。",
            ),
        )
