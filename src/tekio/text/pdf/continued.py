"""Tables that go on on the next page: the rows there get the head of the first page's, which the file does not repeat.

Only where nothing leaves a doubt: the table is the last thing on its page and reaches its lower part, the next page begins
with one whose columns stand at the same places and whose first row holds figures under no head of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tekio.text.pdf.tables import PageTable
from tekio.text.tables.table import understand

SAME_PLACE = 2.0
"""Points by which the edges of columns may differ from page to page."""
LOWEST, HIGHEST = 0.75, 0.3
"""Down to here, of the page's height, a table that goes on reaches; above there its rest begins."""


@dataclass(frozen=True)
class PageOfTables:
    """A page's tables. begins, ends: places of those that are the first and the last thing on it. height: in points."""

    number: int
    tables: list[PageTable]
    begins: int | None
    ends: int | None
    height: float


def with_heads(pages: Sequence[PageOfTables]) -> tuple[list[list[PageTable]], int]:
    """(the tables of each page, those that go on with the head of the page before; how many these are)."""
    made: list[list[PageTable]] = []
    count = 0
    before: tuple[int, PageTable] | None = None
    for page in pages:
        tables = list(page.tables)
        if before is not None and before[0] == page.number - 1 and page.begins is not None:
            here = tables[page.begins]
            if here.box[1] < HIGHEST * page.height and (whole := _headed(before[1], here)) is not None:
                tables[page.begins] = whole
                count += 1
        last = None if page.ends is None else tables[page.ends]
        reaches = last is not None and last.box[3] > LOWEST * page.height
        before = (page.number, last) if last is not None and reaches else None
        made.append(tables)
    return made, count


def _headed(first: PageTable, rest: PageTable) -> PageTable | None:
    """`rest` below the head of `first`, or None where it is not sure that it is its."""
    if not first.edges or len(first.edges) != len(rest.edges):
        return None
    if any(abs(one - other) > SAME_PLACE for one, other in zip(first.edges, rest.edges, strict=True)):
        return None
    above, below = understand(first.grid()), understand(rest.grid())
    if not above.has_head or below.has_head or below.grid.width != above.grid.width:
        return None
    if (above.grid.width, above.grid.height) != (first.grid().width, len(first.rows)):
        return None  # without empty rows and columns: the places of the head's rows are not those on the page
    head = first.rows[above.first : above.body]
    whole = replace(rest, rows=[*head, *rest.rows], drawn="")
    read = understand(whole.grid())
    return whole if read.headings == above.headings and read.body - read.first == len(head) else None
