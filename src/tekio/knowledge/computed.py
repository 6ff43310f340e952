"""Values that follow from those of a passage by a stated computation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that stands in no passage: how it follows from values that do. operation: `difference` (first less second),
    `change` (per cent from second to first), `share` (first in per cent of second), `sum`, `count` (of the inputs).
    """

    operation: str
    inputs: tuple[str, ...]
    result: str

    def plain(self) -> dict[str, Any]:
        return {"operation": self.operation, "inputs": list(self.inputs), "result": self.result}
