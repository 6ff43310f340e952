"""What travels through the instruct stage: a record that may already be rejected, with the reason and the measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tekio.records import InstructionMeta, InstructionRecord


@dataclass(slots=True)
class Row:
    """One candidate record. `rejected_by` None: still alive. `flags` are doubts a reviewer should see."""

    record: InstructionRecord
    rejected_by: str | None = None
    measured: Any = None
    flags: list[str] = field(default_factory=list[str])

    @property
    def alive(self) -> bool:
        return self.rejected_by is None

    def reject(self, reason: str, measured: Any = None) -> None:
        """Reject the row unless it is rejected already: the first reason stays."""
        if self.rejected_by is None:
            self.rejected_by, self.measured = reason, measured

    def as_dict(self) -> dict[str, Any]:
        return {
            "record": self.record.as_dict(),
            "rejected_by": self.rejected_by,
            "measured": self.measured,
            "flags": self.flags,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Row:
        return cls(
            InstructionRecord.from_dict(plain["record"]), plain["rejected_by"], plain["measured"], plain["flags"]
        )


def broken_row(origin: str, license_id: str, place: str, reason: str, measured: Any) -> Row:
    """A row for input that gave no record: an unreadable file, a damaged line, a data row a rule leaves out."""
    record = InstructionRecord(
        id="",
        messages=[],
        meta=InstructionMeta(task="", origin=origin, license=license_id, group=place, extra={"place": place}),
    )
    return Row(record, reason, measured)
