"""Tables that go on on the next page: the rows there get the head of the first page's, which the file does not repeat.

Only where nothing leaves a doubt: the table is the last thing on its page and reaches its lower part, the next page begins
with one whose columns stand at the same places and whose first row holds figures under no head of its own. A row that the
page's end cuts, whose label goes on alone on the next page, is one row again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tekio.text.pdf.cut_labels import with_cut_labels
from tekio.text.pdf.tables import PageTable, unwrapped
from tekio.text.tables.table import Table, understand
from tekio.text.tables.values import is_figure

SAME_PLACE = 2.0
"""Points by which the edges of columns may differ from page to page."""
LOWEST, HIGHEST = 0.75, 0.3
"""Down to here, of the page's height, a table that goes on reaches; above there its rest begins."""


@dataclass(frozen=True)
class PageOfTables:
    """A page's tables. begins, ends: places of those that are the first and the last thing on it. height: in points.

    head: a ruled row of words at its end that is no table by itself. last_line: of its text.
    """

    number: int
    tables: list[PageTable]
    begins: int | None
    ends: int | None
    height: float
    head: PageTable | None = None
    last_line: str = ""


def with_heads(pages: Sequence[PageOfTables]) -> tuple[list[list[PageTable]], int]:
    """(the tables of each page, those that go on with the head of the page before; how many these are).

    Where the page before ends with what may be the upper part of a head, the lower part alone says nothing.
    """
    made: list[list[PageTable]] = []
    count = 0
    before: tuple[int, PageTable | None, str, bool] | None = None
    for page in pages:
        tables = list(page.tables)
        if before is not None and before[0] == page.number - 1 and page.begins is not None:
            _, first, line, reaches = before
            here = tables[page.begins]
            high = here.box[1] < HIGHEST * page.height
            if first is not None and high and reaches and (cut := _with_cut_row(first, here)) is not None:
                (first, here), place = cut, made[-1].index(first)
                made[-1][place], tables[page.begins] = first, here
            if first is not None and high and reaches and first in made[-1]:
                place = made[-1].index(first)
                first, here = with_cut_labels(first, here)
                made[-1][place], tables[page.begins] = first, here
            whole = None if first is None or not high else _under(first, here)
            if whole is None and first is not None and high and reaches:
                whole = _headed(first, here)
            if whole is not None:
                tables[page.begins] = whole
                count += 1
            elif not here.plain and (_is_head_of(first, here) or (not here.edges and _may_be_head(line))):
                tables[page.begins] = replace(here, plain=True)
        last = page.head if page.ends is None else tables[page.ends]
        before = (page.number, last, page.last_line, last is not None and last.box[3] > LOWEST * page.height)
        made.append(tables)
    return made, count


def _with_cut_row(first: PageTable, rest: PageTable) -> tuple[PageTable, PageTable] | None:
    """Both tables with the row in the first that the page's end cuts: words that go on where its cell has no more room, and
    nothing beside them. None where that is not sure: a table may have headings of several rows, which stand alone, too.
    """
    if not first.edges or len(first.edges) != len(rest.edges) or len(rest.rows) < 2 or not first.full:
        return None
    if any(abs(one - other) > SAME_PLACE for one, other in zip(first.edges, rest.edges, strict=True)):
        return None
    upper, lower = first.rows[-1], rest.rows[0]
    if [cell[1:] for cell in upper] != [cell[1:] for cell in lower] or any(height > 1 for _, _, height in upper):
        return None
    starts = [sum(width for _, width, _ in upper[:place]) for place in range(len(upper))]
    words = [place for place, (text, _, _) in enumerate(lower) if text.strip()]
    beside = [text for place, (text, _, _) in enumerate(upper) if place not in words]
    alone = [sum(1 for cell in row if cell[0].strip()) < 2 for row in (*first.rows[:-1], *rest.rows[1:])]
    if not words or any(starts[place] not in first.full or not upper[place][0].strip() for place in words):
        return None
    if any(is_figure(part) for place in words for part in (upper[place][0], lower[place][0])) or any(alone):
        return None
    if not any(map(is_figure, beside)):
        return None
    whole = [
        (unwrapped(text, lower[place][0]) if place in words else text, width, height)
        for place, (text, width, height) in enumerate(upper)
    ]
    return replace(first, rows=[*first.rows[:-1], whole], drawn=""), replace(rest, rows=rest.rows[1:], drawn="")


def _may_be_head(line: str) -> bool:
    """Whether a line may be the upper part of a head: several short words, no sentence and no figures."""
    words = line.split()
    return len(words) > 1 and not any(len(word) > 15 or is_figure(word) or word[-1] in "。、：:" for word in words)


def _is_head_of(first: PageTable | None, rest: PageTable) -> bool:
    """Whether a ruled table of words alone is as wide as another, whose head it may begin."""
    if (
        first is None
        or not first.edges
        or not rest.edges
        or any(is_figure(cell[0]) for row in first.rows for cell in row)
    ):
        return False
    return all(abs(first.edges[at] - rest.edges[at]) <= SAME_PLACE for at in (0, -1))


def _under(first: PageTable, rest: PageTable) -> PageTable | None:
    """`rest` below rows of words at the end of the page before: its head was cut in two. None where that is not sure."""
    if not _is_head_of(first, rest):
        return None
    places = [[n for n, x in enumerate(rest.edges) if abs(x - edge) <= SAME_PLACE] for edge in first.edges]
    if any(len(found) != 1 for found in places):
        return None
    columns = [found[0] for found in places]
    head: list[list[tuple[str, int, int]]] = []
    for row in first.rows:
        line: list[tuple[str, int, int]] = []
        at = 0
        for text, width, height in row:
            if height > 1 or at + width > len(columns) - 1:
                return None  # rows of which one reaches into the next are more than a first row of a head
            line.append((text, columns[at + width] - columns[at], 1))
            at += width
        if at != len(columns) - 1:
            return None
        head.append(line)
    whole = replace(rest, rows=[*head, *rest.rows], drawn="")
    read, below = understand(whole.grid()), understand(rest.grid())
    added = [cell[0].replace("\n", " ") for row in head for cell in row if cell[0].strip()]
    told = all(any(text in heading for heading in read.headings) for text in added)
    more = read.body - read.first == below.body - below.first + len(head)
    return whole if below.has_head and told and more else None


def _headed(first: PageTable, rest: PageTable) -> PageTable | None:
    """`rest` below the head of `first`, or None where it is not sure that it is its."""
    rows = _in_columns_of(first, rest)
    if rows is None:
        return None
    above, below = understand(first.grid()), understand(rest.grid())
    if not above.has_head or (below.has_head and not rest.plain):
        return None
    if (above.grid.width, above.grid.height) != (first.grid().width, len(first.rows)):
        return None  # without empty rows and columns: the places of the head's rows are not those on the page
    head = first.rows[above.first : above.body]
    whole = replace(rest, rows=[*head, *rows], drawn="", plain=False)
    read = understand(whole.grid())
    return whole if _told(read, above) and read.body - read.first == len(head) else None


def _told(read: Table, above: Table) -> bool:
    """Whether the columns have the headings of the page before; those that are empty here have none."""
    if read.headings == above.headings:
        return True
    rest = iter(above.headings)
    return all(heading in rest for heading in read.headings) and read.grid.width < above.grid.width


def _in_columns_of(first: PageTable, rest: PageTable) -> list[list[tuple[str, int, int]]] | None:
    """The rows of `rest` with a cell for each column of `first`; None where its columns stand at other places."""
    if first.edges or rest.edges:
        same = len(first.edges) == len(rest.edges) and all(
            abs(one - other) <= SAME_PLACE for one, other in zip(first.edges, rest.edges, strict=True)
        )
        return rest.rows if same else None
    if first.plain or not rest.plain or not rest.rights or not first.rights:
        return None
    places = [[n for n, x in enumerate(first.rights) if abs(x - right) <= SAME_PLACE] for right in rest.rights]
    if any(len(found) != 1 for found in places):
        return None
    columns = [found[0] + 1 for found in places]
    if len(set(columns)) < len(columns):
        return None
    width = len(first.rights) + 1
    rows: list[list[tuple[str, int, int]]] = []
    for label, *figures in rest.rows:
        row = [("", 1, 1)] * width if figures else [(label[0], width, 1)]
        for column, cell in zip((0, *columns), (label, *figures), strict=True) if figures else ():
            row[column] = cell
        rows.append(row)
    return rows
