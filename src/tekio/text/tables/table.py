"""A table understood: captions, headed columns, and rows whose every cell knows its labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from tekio.text.tables.columns import columns_of
from tekio.text.tables.grid import Cell, Grid
from tekio.text.tables.heads import begins_again, caption_rows, head_rows
from tekio.text.tables.values import is_figure, is_nil, is_unit, is_unit_caption

LONG_CELL = 400
"""Characters from which a cell of several lines is a text of its own."""
LONG_SPAN = 40
"""Characters from which a cell over several columns is written once and not for every column."""
_PART = re.compile("[^0-9０-９。、]{1,12}の部")
"""A part of a balance sheet: 資産の部, 負債の部, 純資産の部."""
_TOTALS = frozenset(["合計", "総計", "総合計", "全体", "全店計", "合 計", "合　計"])
"""Labels of a total over all groups, which belongs to none."""
_OF_BOTH = re.compile("負債.{0,4}(?:純資産|資本).{0,4}合計")
"""A total over two parts stands under neither."""
_DAY = re.compile(
    r"(?:(?:19|20|１９|２０)[0-9０-９]{2}|(?:明治|大正|昭和|平成|令和|[MTSHR])[ \u3000]*[0-9０-９元]{1,2})(?:年|[./．／])[ \u3000]*[0-9０-９]{1,2}(?:月|[./．／]|$)"
)
"""How a line with a day or month begins."""
STACKED = 3
"""Lines from which cells of equally many lines are rows written into one."""


class Entry(NamedTuple):
    """A cell's text with the label of its column (empty where the column has none)."""

    label: str
    text: str
    cells: tuple[Cell, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether the text is a passage and not the content of a cell."""
        return len(self.text) > LONG_CELL and "\n" in self.text


class Row(NamedTuple):
    """A row of the body. A section has one entry: a heading between rows or a note."""

    entries: tuple[Entry, ...]
    is_section: bool = False


@dataclass
class Table:
    """A table of data.

    captions: what is said of the whole table (unit, day), above it. unused: headings over columns without a cell.
    first, body: the rows of the grid at which its head and its body begin.
    headings: the label of each column of `grid` (for Markdown). written: ids of the cells that stand in one of these.
    """

    grid: Grid
    captions: list[str] = field(default_factory=list[str])
    unused: list[str] = field(default_factory=list[str])
    rows: list[Row] = field(default_factory=list[Row])
    first: int = 0
    body: int = 0
    headings: list[str] = field(default_factory=list[str])
    written: set[int] = field(default_factory=set[int])

    @property
    def has_head(self) -> bool:
        """Whether the columns have headings."""
        return any(self.headings)


@dataclass
class _Head:
    """Rows of the grid that head the rows after them. parts: each column's headings, outermost first."""

    first: int
    end: int
    parts: list[list[Cell]]
    captions: list[Cell]
    loose: list[Cell] = field(default_factory=list[Cell])


def understand(grid: Grid) -> Table:
    """The table of a grid: its captions, its head (or heads), and its rows with labels."""
    table = Table(grid.condensed(), list(grid.captions))
    grid = table.grid
    if not grid.height:
        return table
    table.first = row = caption_rows(grid)
    for number in range(row):
        _tell(table, _distinct(grid.slots[number]))
    head = _head(grid, row, head_rows(grid, row))
    _tell(table, head.captions)
    if head.loose:
        table.captions.append(" / ".join(cell.line for cell in head.loose))
        table.written |= {id(cell) for cell in head.loose}
    table.headings = [_label(parts) for parts in head.parts]
    used: set[int] = set()
    table.body = row = head.end
    _fill_down(grid, head)
    while row < grid.height:
        if head.end > head.first and row > head.end and begins_again(grid, head.first, head.end, row):
            _leave(table, head, used)
            head, used = _again(grid, head, row), set[int]()
            table.rows += [
                Row((Entry("", cell.text, (cell,)),), is_section=True) for cell in (*head.captions, *head.loose)
            ]
            row = head.end
            continue
        _pass_to_part(grid, head, row)
        height = _record(grid, head, row)
        for number in range(row, row + height):
            parts = head.parts if height == 1 else _parts_of_line(head, number - row, height)
            table.rows += _rows(grid, number, parts, used)
        row += height
    _leave(table, head, used)
    table.written |= {id(cell) for line in table.rows for entry in line.entries for cell in entry.cells}
    return table


def _tell(table: Table, cells: Sequence[Cell]) -> None:
    """Write cells above the table."""
    for cell in cells:
        if cell.line not in table.captions:
            table.captions.append(cell.line)
        table.written.add(id(cell))


def _leave(table: Table, head: _Head, used: set[int]) -> None:
    """Note which headings the rows had, and those under which nothing stood."""
    table.written |= used
    for parts in head.parts:
        for cell in parts:
            if id(cell) not in table.written:
                table.written.add(id(cell))
                table.unused.append(cell.line)


def _distinct(slots: Sequence[Cell | None]) -> list[Cell]:
    """The cells with text of a row, each once."""
    found: list[Cell] = []
    for cell in slots:
        if cell is not None and not cell.is_empty and (not found or found[-1] is not cell):
            found.append(cell)
    return found


def _head(grid: Grid, first: int, end: int) -> _Head:
    """The head in rows `first` to `end`: a unit told once is a caption, headings of the rows of the head are loose."""
    parts: list[list[Cell]] = []
    for column in range(grid.width):
        own: list[Cell] = []
        for number in range(first, end):
            cell = grid.slots[number][column]
            if cell is not None and not cell.is_empty and (not own or own[-1] is not cell):
                own.append(cell)
        parts.append(own)
    _fill_groups(grid, first, end, parts)
    every = {id(cell): cell for own in parts for cell in own}
    units = [cell for cell in every.values() if is_unit_caption(cell.text) and not is_unit(cell.text)]
    captions = units if len({cell.text for cell in units}) == 1 and len(every) > len(units) else []
    corner = parts[0][0] if parts and parts[0] else None
    if corner is not None and not units and len(parts[0]) == 1 and _is_unit_of_all(grid, end, corner):
        captions = [corner]  # (億円) over the row labels
    if captions:
        told = {id(cell) for cell in captions}
        parts = [[cell for cell in own if id(cell) not in told] for own in parts]
    head = _Head(first, end, parts, captions)
    # 回次 over 決算年月 in the corner: these head the rows of the head.
    if parts and end - first > 1:
        below = columns_of(grid, end)
        labels = next((column for column in range(grid.width) if below.figures[column]), grid.width)
        corner = [cell for cell in parts[0] if cell.width <= labels]
        if len(corner) > 1:
            head.loose = corner
            loose = {id(cell) for cell in corner}
            head.parts = [[cell for cell in own if id(cell) not in loose] for own in parts]
    return head


def _fill_groups(grid: Grid, first: int, end: int, parts: list[list[Cell]]) -> None:
    """Carry headings to the empty cells beside them where the row below says the same under each: 残高, 構成比, 残高, 構成比.

    Files without spans (CSV) and sheets without merged cells tell groups of columns in this way.
    """
    for number in range(first, end - 1):
        upper, lower = grid.slots[number], grid.slots[number + 1]
        if any(cell is not None and (cell.width > 1 or cell.height > 1) for cell in (*upper, *lower)):
            continue
        starts = [column for column, cell in enumerate(upper) if cell is not None and not cell.is_empty]
        starts = [column for column in starts if (cell := lower[column]) is not None and not cell.is_empty]
        texts = ["" if cell is None else cell.line for cell in lower]
        if len(starts) < 2:
            continue
        size = starts[1] - starts[0]
        groups = [texts[start : start + size] for start in starts]
        alike = size > 1 and all(group == groups[0] for group in groups) and len(set(groups[0])) == size
        if not alike or "" in groups[0] or any(later - start < size for start, later in pairwise(starts)):
            continue
        for start in starts:
            told = upper[start]
            for column in range(start + 1, start + size):
                beside = upper[column]
                if told is not None and (beside is None or beside.is_empty):
                    parts[column].insert(parts[start].index(told), told)


def _fill_down(grid: Grid, head: _Head) -> None:
    """Carry the labels of groups to the rows below that have none, where the labels beside come again in each group.

    2024年度 and a blank over 本店 and 駅前, 2025年度 and a blank over the same: files without merged cells write groups so.
    """
    if grid.width < 3 or head.end == head.first or not head.parts[0] or not head.parts[1]:
        return
    rows = range(head.end, grid.height)
    first, second = ([grid.slots[row][column] for row in rows] for column in (0, 1))
    blank = [cell is None or cell.is_empty for cell in first]
    labels = ["" if cell is None else cell.line.strip() for cell in second]
    if not any(blank) or blank[0] or any(not label or is_figure(label) or is_nil(label) for label in labels):
        return
    groups = [place for place, empty in enumerate(blank) if not empty]
    if len(groups) < 2 or any(cell is not None and cell.width > 1 for cell in first):
        return
    inside = [labels[begin:end] for begin, end in pairwise([*groups, len(labels)])]
    filled = [place for place, label in enumerate(labels) if blank[place] and label not in _TOTALS]
    again = sum(1 for place in filled if sum(labels[place] in group for group in inside) > 1)
    if 2 * again <= len(filled):
        return
    told = first[0]
    for place, row in enumerate(rows):
        told = told if blank[place] else first[place]
        if place in filled:
            grid.slots[row][0] = told


def _is_unit_of_all(grid: Grid, body: int, corner: Cell) -> bool:
    """Whether a unit in brackets stands over the row labels, which are words: it is the unit of the figures beside them."""
    if not is_unit(corner.text) or corner.text.strip()[:1] not in "(（[［〔":
        return False
    labels = [cell for row in grid.slots[body:] if (cell := row[corner.column]) is not None and not cell.is_empty]
    return corner.width == 1 and bool(labels) and not any(is_figure(cell.text) for cell in labels)


def _again(grid: Grid, head: _Head, row: int) -> _Head:
    """The head that begins within the body; one of units only changes the units of the one above."""
    end = row + 1
    while end < grid.height - 1 and begins_again(grid, head.first, head.end, end):
        end += 1
    new = _head(grid, row, end)
    texts = [cell for own in new.parts for cell in own if cell.column > 0]
    if texts and all(is_unit(cell.text) for cell in texts):
        kept = [[cell for cell in own if not is_unit(cell.text)] for own in head.parts]
        new.parts = [old + own for old, own in zip(kept, new.parts, strict=True)]
    return new


def _label(parts: Sequence[Cell]) -> str:
    """A column's heading: its headings from the outermost; a unit in parentheses."""
    if not parts:
        return ""
    pieces: list[str] = []
    for cell in parts:
        text = cell.line.strip()
        if pieces and is_unit(text) and text[:1] not in "(（[［〔":
            pieces[-1] += f"（{text}）"
        elif not pieces or pieces[-1] != text:
            pieces.append(text)
    return " ".join(pieces)


def _pass_to_part(grid: Grid, head: _Head, row: int) -> None:
    """Where a row begins another part of what a heading names (純資産の部 below 負債の部), that is the heading from here on.

    A total of both has neither.
    """
    for cell in _distinct(grid.slots[row]):
        text = "".join(cell.text.split())
        begins = _PART.fullmatch(text) is not None
        if cell.row != row or not (begins or _OF_BOTH.match(text)):
            continue
        old = next((above for above in head.parts[cell.column] if _PART.fullmatch("".join(above.text.split()))), None)
        if old is not None and old.line != cell.line:
            head.parts = [
                [cell if above is old else above for above in own if begins or above is not old] for own in head.parts
            ]


def _record(grid: Grid, head: _Head, row: int) -> int:
    """How many rows make one record here: more than one where a record's rows have headings one below the other.

    株式数 over 貸借対照表計上額 in the head, and both figures of a company one below the other beside its name.
    """
    first = grid.slots[row][0]
    if first is None or first.is_empty or first.row != row or first.height < 2 or first.height > head.end - head.first:
        return 1
    height = first.height
    rows = range(row, min(row + height, grid.height))
    if len(rows) < height or any(grid.slots[number][0] is not first for number in rows):
        return 1
    stacked = 0
    for column in range(first.width, grid.width):
        cells = [grid.slots[number][column] for number in rows]
        if all(cell is cells[0] for cell in cells):
            continue
        if not all(cell is not None and (cell.is_empty or is_figure(cell.text) or is_nil(cell.text)) for cell in cells):
            return 1
        lowest = head.parts[column][-height:]
        apart = len({id(cell) for cell in lowest}) == height and all(cell.width == 1 for cell in lowest)
        if not apart:
            return 1
        stacked += 1
    return height if stacked else 1


def _parts_of_line(head: _Head, number: int, height: int) -> list[list[Cell]]:
    """The headings of the columns for one row of a record of several rows."""
    result: list[list[Cell]] = []
    for parts in head.parts:
        lowest = parts[-height:]
        stacked = len(lowest) == height and all(cell.width == 1 for cell in lowest)
        result.append([*parts[:-height], lowest[number]] if stacked else parts)
    return result


def _rows(grid: Grid, number: int, parts: Sequence[Sequence[Cell]], used: set[int]) -> list[Row]:
    """The row (or the rows written into one) of a line of the grid."""
    cells = _distinct(grid.slots[number])
    if not cells:
        return []
    if len(cells) == 1 and _is_section(grid, cells[0], number):
        cell = cells[0]
        return [Row((Entry("", cell.text, (cell,)),), is_section=True)] if cell.row == number else []
    entries = _days_paired(_merged(_entries(grid, number, parts, used)))
    return [Row(tuple(line)) for line in _split(entries)]


def _is_section(grid: Grid, cell: Cell, number: int) -> bool:
    """Whether the only cell of a row stands for the row: a heading, a note."""
    if cell.height > 1 and cell.row < number:
        return True  # written with its first row
    return cell.column == 0 or cell.width > grid.width / 2 or not is_figure(cell.text)


def _entries(grid: Grid, number: int, parts: Sequence[Sequence[Cell]], used: set[int]) -> list[Entry]:
    """Each cell of a row with the label of its column."""
    entries: list[Entry] = []
    line = grid.slots[number]
    column, width = 0, grid.width
    while column < width:
        cell = line[column]
        end = column + 1
        while end < width and line[end] is cell:
            end += 1
        if cell is not None and not cell.is_empty:
            if _PART.fullmatch("".join(cell.text.split())) and any(
                cell in parts[place] for place in range(column, end)
            ):
                entries.append(Entry("", cell.text, (cell,)))  # 純資産の部, which heads what stands below
                column = end
                continue
            own = [parts[place] or _heading(grid, number, parts, place) for place in range(column, end)]
            if column == 0 and end > 1 and _is_row_label(line, cell, end):
                used.update(id(heading) for headings in own for heading in headings)
                own = own[:1]  # インターネット over お取扱い and 振込金額 is no 振込金額
            entries += _labelled(cell, own, used)
        column = end
    return entries


def _is_row_label(line: Sequence[Cell | None], cell: Cell, end: int) -> bool:
    """Whether a cell over the first columns of a row (up to `end`) is words beside figures."""
    beside = [other for other in line[end:] if other is not None and not other.is_empty]
    return not is_figure(cell.text) and not is_nil(cell.text) and any(is_figure(other.text) for other in beside)


def _heading(grid: Grid, number: int, parts: Sequence[Sequence[Cell]], column: int) -> Sequence[Cell]:
    """The headings of a column; where it has none and holds a figure, those of an empty neighbour it was set beside."""
    if parts[column] or (cell := grid.slots[number][column]) is None or not is_figure(cell.text):
        return parts[column]
    for beside in (column - 1, column + 1):
        if 0 < beside < len(parts) and parts[beside]:
            held = columns_of(grid, parts[beside][-1].row + 1).filled[beside]
            if not held:
                return parts[beside]
    return parts[column]


def _labelled(cell: Cell, headings: list[Sequence[Cell]], used: set[int]) -> list[Entry]:
    """A cell with its label, or once with each where it stands under several."""
    labels: list[str] = []
    for own in headings:
        used.update(map(id, own))
        label = _label(own)
        if (label or not labels) and label not in labels:
            labels.append(label)
    if len(labels) > 1 and not labels[0]:
        labels = labels[1:]
    if len(labels) > 1 and len(cell.text) > LONG_SPAN:
        labels = [" / ".join(labels)]
    return [Entry(label, cell.text, (cell,)) for label in labels]


def _merged(found: list[Entry]) -> list[Entry]:
    """Cells under one heading as one entry: a note mark and its figure, two columns of row labels."""
    entries: list[Entry] = []
    for label, group in groupby(found, key=attrgetter("label")):
        run = list(group)
        if label:
            entries += run if len(run) == 1 else _one_of_several(label, run)
        elif run[0] is found[0]:
            entries += _row_labels(run)
        else:
            entries += run
    return entries


def _one_of_several(label: str, run: list[Entry]) -> list[Entry]:
    """Entries with one label as one of them, where at most one is a figure."""
    figures = sum(1 for entry in run if is_figure(entry.text) or is_nil(entry.text))
    if figures > 1 or any(entry.is_long for entry in run):
        return run
    cells = tuple(cell for entry in run for cell in entry.cells)
    return [Entry(label, _beside(run), cells)]


def _beside(run: list[Entry]) -> str:
    """Texts that stand beside each other as one: line by line, where a career's days stand beside what happened on them."""
    lines = [entry.text.split("\n") for entry in run]
    if len(lines[0]) > 1 and len({len(own) for own in lines}) == 1 and all(map(_DAY.match, lines[0])):
        return "\n".join(" ".join(texts) for texts in zip(*lines, strict=True))
    return " ".join(entry.text.replace("\n", " ") for entry in run)


def _days_paired(entries: list[Entry]) -> list[Entry]:
    """Entries where days with a label of their own stand line by line beside what happened on them: one entry of both."""
    result: list[Entry] = []
    for entry in entries:
        last = result[-1] if result else None
        days = last.text.split("\n") if last is not None else []
        if (
            last is not None
            and len(days) > 1
            and entry.text.count("\n") == len(days) - 1
            and all(map(_DAY.match, days))
            and not all(is_figure(text) or is_nil(text) or _DAY.match(text) for text in entry.text.split("\n"))
        ):
            label = " ".join(dict.fromkeys(word for word in (last.label, entry.label) if word))
            result[-1] = Entry(label, _beside([last, entry]), (*last.cells, *entry.cells))
        else:
            result.append(entry)
    return result


def _row_labels(run: list[Entry]) -> list[Entry]:
    """Leading cells without a heading: a unit joins the label before it (経常収益 beside 百万円)."""
    result: list[Entry] = []
    for entry in run:
        if result and is_unit(entry.text) and not is_figure(entry.text) and result[-1].text[-1:] not in ")）":
            unit = entry.text if entry.text[:1] in "(（[［〔" else f"（{entry.text}）"
            result[-1] = Entry("", f"{result[-1].text}{unit}", (*result[-1].cells, *entry.cells))
        else:
            result.append(entry)
    return result


def _split(entries: list[Entry]) -> list[list[Entry]]:
    """Rows that were written into the lines of one row's cells, apart again."""
    if len(entries) < 2 or (entries[0].label and is_figure(entries[0].text)):
        return [entries]
    values = [entry.text.split("\n") for entry in entries]
    if len({len(own) for own in values}) > 1:
        values = [_stacked(entry) for entry in entries]  # an empty line beside a heading among the labels
    counts = {len(own) for own in values}
    fewest = 2 if all(map(_DAY.match, values[0])) else STACKED
    if len(counts) != 1 or (lines := counts.pop()) < fewest:
        return [entries]
    if not all(not text or is_figure(text) or is_nil(text) for own in values[1:] for text in own):
        return [entries]
    filled = [line for line in range(lines) if any(own[line] for own in values)]
    if not all(values[0][line] for line in filled):
        return [entries]
    return [
        [Entry(entry.label, own[line], entry.cells) for entry, own in zip(entries, values, strict=True) if own[line]]
        for line in filled
    ]


def _stacked(entry: Entry) -> list[str]:
    """An entry's lines with the empty ones its cell shows."""
    only = entry.cells[0] if len(entry.cells) == 1 else None
    kept = only is not None and only.stacked and only.text == entry.text
    return list(only.stacked) if only is not None and kept else entry.text.split("\n")
