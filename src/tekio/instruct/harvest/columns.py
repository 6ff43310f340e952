"""The columns of a table's cells as they stand on the page."""

from __future__ import annotations

from typing import Any


def span(node: Any, name: str) -> int:
    """How many columns or rows a cell covers (attribute `colspan` or `rowspan`)."""
    value = (node.get(name) or "").strip()
    return min(int(value), 1000) if value.isascii() and value.isdecimal() and int(value) > 0 else 1


class Columns:
    """The columns of a table as they stand on the page: cells that span rows push those below them to the right."""

    def __init__(self) -> None:
        self.spans: dict[int, int] = {}
        self.column = 0

    def next_row(self) -> None:
        self.spans = {column: rows - 1 for column, rows in self.spans.items() if rows > 1}
        self.column = 0

    def place(self, width: int, height: int) -> int:
        """The column of the row's next cell."""
        while self.column in self.spans:
            self.column += 1
        at = self.column
        self.column += width
        if height > 1:
            self.spans.update(dict.fromkeys(range(at, at + width), height))
        return at
