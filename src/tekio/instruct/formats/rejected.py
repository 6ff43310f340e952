"""What an import could not use: never silence, always a row with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SHOWN_CHARACTERS = 2000


class RowError(ValueError):
    """One row cannot become a record. `reason` is a short name that is counted, `measured` says what was seen."""

    def __init__(self, reason: str, **measured: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.measured = measured


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A row (or a whole file, then `row` is None) that was not imported.

    rejected_by: the reason's name. where: file relative to the import's root, and line or row number.
    measured: what was seen. row: the row as far as it could be read.
    """

    rejected_by: str
    where: str
    measured: dict[str, Any] = field(default_factory=dict[str, Any])
    row: Any = None

    def as_dict(self) -> dict[str, Any]:
        """The row of `rejected.jsonl`."""
        return {"rejected_by": self.rejected_by, "where": self.where, "measured": self.measured, "row": self.row}


def shorten(value: Any) -> Any:
    """A value that may be hostile, cut to what a reader needs: long text is cut, damaged text made printable."""
    if isinstance(value, str):
        cut = value[:SHOWN_CHARACTERS]
        return cut.encode("utf-8", "backslashreplace").decode("utf-8")
    return value
