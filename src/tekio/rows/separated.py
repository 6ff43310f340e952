"""CSV and TSV, read line by line. The heading names the columns; a row with another number of cells is refused."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from tekio.rows.columns import plain_name
from tekio.rows.lines import iter_lines
from tekio.rows.read import BadRow, Row, RowFile, RowOptions, Rows, encoding_of, open_lines, text_of_line
from tekio.text.tables.values import is_figure
from tekio.text.unreadable import UnreadableError

MAX_CELL_CHARACTERS = 5_000_000
DELIMITERS = ",\t;|"
SEEN_LINES, SEEN_CHARACTERS = 60, 1_000_000
"""So much of a table is looked at for what separates its cells."""
TITLE_LINES = 10
"""So many lines at most stand above a heading."""


LONGEST_NAME = 60
"""Characters of a name in a heading below titles."""


def separated_rows(file: RowFile, options: RowOptions, *, tabs: bool = False) -> Rows:
    """The rows of a table. What separates its cells is found by its first rows (`delimiter_of`), unless `options` say it.

    Raises `UnreadableError`: an encoding's reason, `duplicate_column`.
    """
    rejected: deque[BadRow] = deque()
    lines = _text_lines(file, options, rejected)
    for _ in range(options.skip_lines):
        next(lines, None)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    quoting = csv.QUOTE_MINIMAL if options.quoting else csv.QUOTE_NONE
    ahead, whole = _first_lines(lines)
    titles = _titles_in(ahead[: TITLE_LINES + 1], options, tabs=tabs) if options.known or options.heading else 0
    if not (options.known or options.heading or options.numbered or options.names is not None):
        titles = _titles_by_form(ahead, options, tabs=tabs)
    delimiter = options.delimiter or (
        "\t" if tabs else delimiter_of(ahead[titles:], whole=whole, quoting=options.quoting)
    )
    reader = csv.reader(chain(ahead, lines), delimiter=delimiter, strict=options.quoting, quoting=quoting)
    names = list(options.names) if options.names is not None else None
    number = 0
    while True:
        part = f"row={number}"
        place = f":{reader.line_num + 1 + options.skip_lines}"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # After a broken quotation rows cannot be told apart: the rest of the file is refused by name.
            left = sum(len(line) for line in chain(ahead[reader.line_num :], lines))
            measured = {"line": reader.line_num, "error": str(error)[:200], "characters_left": left}
            yield BadRow("bad_csv", part, place, measured, rest=True)
            cells = None
        yield from rejected
        rejected.clear()
        if cells is None:
            return
        if names is None and reader.line_num <= titles:
            if any(cell.strip() for cell in cells):
                yield BadRow("above_heading", f"line={reader.line_num + options.skip_lines}", place, {}, list(cells))
            continue
        if names is None and options.numbered:
            names = [str(column) for column in range(1, len(cells) + 1)]
        elif names is None:
            names = column_names(cells, unique=not options.everything)
            if options.everything:
                yield Row(dict(zip(names, cells, strict=True)), part, place)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        yield row_of_cells(names, cells, part, place, headed=options.names is None)


def _first_lines(lines: Iterator[str]) -> tuple[list[str], bool]:
    """The lines that are looked at before the rows are read, and whether they are all there are."""
    ahead: list[str] = []
    characters = 0
    while len(ahead) < SEEN_LINES and characters < SEEN_CHARACTERS:
        line = next(lines, None)
        if line is None:
            return ahead, True
        ahead.append(line)
        characters += len(line)
    return ahead, False


def delimiter_of(lines: Sequence[str], *, whole: bool = True, quoting: bool = True) -> str:
    """What separates the cells of a table whose first lines these are, quotes and lines within a cell heeded.

    A comma wherever it gives a heading of several cells and most rows have as many; else the mark by which nearly all rows
    have as many cells as the heading, of several such marks the one with most cells; else a comma, and the rows say what is
    wrong. A column of texts with a semicolon here and there stays one column. whole: the last line ends the table.
    """
    found: list[tuple[int, str]] = []
    for mark in DELIMITERS:
        width, share = _regularity(lines, mark, whole=whole, quoting=quoting)
        if mark == "," and width > 1 and share >= 0.5:
            return mark
        if width > 1 and share >= 0.9:
            found.append((width, mark))
    return max(found, key=lambda one: one[0])[1] if found else ","


def delimiter_of_text(text: str) -> str:
    """`delimiter_of` of a whole table."""
    lines, whole = _first_lines(io.StringIO(text, newline=""))
    return delimiter_of(lines, whole=whole)


def _regularity(lines: Sequence[str], mark: str, *, whole: bool, quoting: bool) -> tuple[int, float]:
    """How many cells the heading has by a mark, and the share of the rows below that have as many."""
    way = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
    try:
        read = [
            cells for cells in csv.reader(lines, delimiter=mark, quoting=way) if any(cell.strip() for cell in cells)
        ]
    except csv.Error:
        return 0, 0.0
    rows = read[1:] if whole else read[1:-1]  # the last may be cut
    if not read:
        return 0, 0.0
    width = len(read[0])
    return width, sum(len(cells) == width for cells in rows) / len(rows) if rows else 1.0


def _titles_in(lines: Sequence[str], options: RowOptions, *, tabs: bool) -> int:
    """How many of a table's first lines stand above its heading."""
    delimiters = options.delimiter or ("\t" if tabs else DELIMITERS)
    for mark in delimiters:
        cut = [line.split(mark) for line in lines]
        if found := lines_above(cut, options.known) or _lines_above_all(cut, options.heading):
            return found
    return 0


def _titles_by_form(lines: Sequence[str], options: RowOptions, *, tabs: bool) -> int:
    """How many of a table's first lines say one thing each (its title, its day, its unit) above a heading of several names.

    Two rows at least stand below the heading, and most of them have as many cells as it has.
    """
    way = csv.QUOTE_MINIMAL if options.quoting else csv.QUOTE_NONE
    marks = options.delimiter or ("\t" if tabs else DELIMITERS)
    regular = delimiter_of(lines, quoting=options.quoting)
    if regular in marks and _regularity(lines, regular, whole=True, quoting=options.quoting)[0] > 1:
        marks = regular  # the first line has several cells by it, filled or not
    for mark in marks:
        reader = csv.reader(lines, delimiter=mark, strict=options.quoting, quoting=way)
        read: list[tuple[int, list[str]]] = []  # the lines above a row, and its cells
        try:
            while len(read) < SEEN_LINES:
                above = reader.line_num
                cells = next(reader, None)
                if cells is None:
                    break
                if any(cell.strip() for cell in cells):
                    read.append((above, cells))
        except csv.Error:
            continue
        filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in read]
        heading = _first_full(read, filled)
        if not heading:
            continue
        above, names = read[heading]
        below = [
            cells for (_, cells), count in zip(read[heading + 1 :], filled[heading + 1 :], strict=True) if count > 1
        ]
        alike = sum(len(cells) == len(names) for cells in below)
        named = [name.strip() for name in names if name.strip()]
        if above <= TITLE_LINES and alike >= 2 and alike >= 0.6 * len(below) and all(map(_may_head, named)):
            return above
    return 0


def _first_full(read: Sequence[tuple[int, Sequence[str]]], filled: Sequence[int]) -> int:
    """The first row that says more than those of titles: one thing, or its name and what it is (照会日時, 2026/05/01 09:00) above
    a table of four columns and more.
    """
    widths = Counter(len(cells) for (_, cells), count in zip(read, filled, strict=True) if count > 2)
    wide = widths.most_common(1)[0][0] if widths else 0
    least = 2 if wide >= 4 else 1
    return next((number for number, count in enumerate(filled) if count > least), 0)


def _may_head(name: str) -> bool:
    return len(name) <= LONGEST_NAME and "。" not in name and not is_figure(name)


def lines_above(lines: Sequence[Sequence[object]], known: Collection[str]) -> int:
    """How many lines stand above a table's heading, which is the first with two known names; 0 where none has."""
    for number, cells in enumerate(lines):
        if sum(plain_name(cell) in known for cell in cells) > 1:
            return number
    return 0


def _lines_above_all(lines: Sequence[Sequence[str]], heading: Collection[str]) -> int:
    """How many lines stand above the first that has all names of a heading; 0 where none has, and where there are no names."""
    wanted = {plain_name(name) for name in heading}
    for number, cells in enumerate(lines):
        if wanted and wanted <= {plain_name(cell) for cell in cells}:
            return number
    return 0


def column_names(cells: Sequence[str], *, unique: bool = True) -> list[str]:
    """The columns a heading names; a column without a name is called by its number. unique: equal names are refused with
    `UnreadableError`, else they get their number too.
    """
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, 1)]
    twice = repeated(names)
    if not unique:
        several = set(twice)
        return [f"{name} {number}" if name in several else name for number, name in enumerate(names, 1)]
    if twice:
        raise UnreadableError("duplicate_column", {"duplicate": twice, "columns": names[:40]})
    return names


def repeated(names: Sequence[str]) -> list[str]:
    """The names that come more than once, sorted."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def row_of_cells(
    names: Sequence[str], cells: Sequence[object], part: str, place: str, *, headed: bool = True
) -> Row | BadRow:
    """A row of a table. Empty cells behind the last column are nobody's; without a heading further columns may have no
    name.
    """
    more = [cell for cell in cells[len(names) :] if cell != ""]
    if len(cells) < len(names) or (more and headed):
        return BadRow("wrong_columns", part, place, {"columns": len(cells), "expected": len(names)}, list(cells))
    return Row(dict(zip(names, cells, strict=False)), part, place)


def _text_lines(file: RowFile, options: RowOptions, rejected: deque[BadRow]) -> Iterator[str]:
    """The lines of a table's text with their line ends; lines that cannot be read go to `rejected`."""
    stream, encoding = open_lines(file, options, encoding_of(file, options.encoding))
    with stream:
        for number, line in enumerate(iter_lines(stream, max_line=options.max_line_bytes), 1):
            part, place = f"byte={line.offset}", f":{number}"
            if line.data is None:
                measured = {"bytes": line.length, "limit": options.max_line_bytes}
                rejected.append(BadRow("line_too_long", part, place, measured))
                continue
            data = line.data if line.offset else line.data.removeprefix(codecs.BOM_UTF8)
            try:
                yield text_of_line(data, encoding) + "\n"
            except UnreadableError as error:
                rejected.append(BadRow(error.reason, part, place, error.measured))


def cells_without_header(text: str, delimiter: str, *, quoting: bool = True) -> Iterator[list[str]]:
    """The rows of a table that has no header, empty lines left out. Raises `UnreadableError` where it is no such table."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    way = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=way):
            if cells:
                yield cells
    except csv.Error as error:
        raise UnreadableError("bad_csv", {"error": str(error)}) from error
