"""Which rows of a table are its head.

Real tables rarely say so: of 1,377 tables in 54 earnings reports none has a `th`, and `thead` often stands around less or
more than the head. What decides is how the columns differ: a head has no figures where the rows below it do. Where the
first column of a row is filled, more is asked, because a row of data may hold words in every column.
"""

from __future__ import annotations

import re

from tekio.text.tables.columns import Columns, columns_of, filled_of, has_figure, values_of
from tekio.text.tables.grid import Cell, Grid
from tekio.text.tables.values import (
    ask_and_answer,
    is_date,
    is_figure,
    is_heading_word,
    is_nil,
    is_period,
    is_unit,
    is_unit_caption,
    names_rows,
    names_things,
    plain,
)
from tekio.text.tables.word_heads import (
    LONGEST_HEADING,
    are_headings,
    are_seals,
    asks_and_answers,
    differs,
    heads_dates,
    heads_marks,
    heads_steps,
    is_corner,
    is_form,
    labels_below,
    names_columns,
    shaped_otherwise,
)

_TERM = re.compile(r"[0-9]{1,3} ?(?:年|か月|ヶ月|カ月|ヵ月|箇月|週間?|日)(?:間|以上|以内|未満|超|もの|物)?")
_DAY = re.compile(
    r"(?:[0-9]{4}年|(?:令和|平成)(?:[0-9]{1,2}|元)年)[0-9]{1,2}月[0-9]{1,2}日(?:現在|時点|作成|発行|更新|公表)?|[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}"
)
_BRACKETED = re.compile(r"[(（][^()（）]{6,}[)）]")
"""What is said of a table at the right of its title; years in brackets below a heading are shorter."""
MAX_HEAD_ROWS = 12
MAX_TITLE_ROWS = 40


def caption_rows(grid: Grid, first: int = 0) -> int:
    """The row after the leading rows that tell about the table: its unit, its day, a title over its whole width."""
    row = first
    while row < grid.height - 1:
        kind = _caption(grid, row)
        row_after = row + 1 if kind == "told" else _head_after(grid, row) if kind == "title" else None
        if row_after is None:
            break
        row = row_after
    return row


def _caption(grid: Grid, row: int) -> str:
    """What a row says of the table: "told" (its unit, its day), "title" where it is one if a head follows, else nothing."""
    cells = filled_of(grid, row)
    cells = [cell for cell in cells if not is_unit_caption(cell.text)] or cells[:1]
    # (1) 連結経営成績 and, at the right, （％表示は対前期増減率） or the day of issue
    sparse = 2 * len(cells) < grid.width
    cells = cells[:1] + [
        cell
        for cell in cells[1:]
        if is_figure(cell.text)
        or not (_BRACKETED.fullmatch(cell.text.strip()) or (sparse and _DAY.fullmatch(plain(cell.text))))
    ]
    if len(cells) != 1:
        return ""
    cell = cells[0]
    if is_unit_caption(cell.text) or (cell.text.endswith("現在") and is_period(cell.text)):
        return "told"
    stray = cell.width == 1 and not is_period(cell.text) and not is_unit(cell.text)
    whole = cell.width == grid.width or ((cell.column == 0 or (stray and grid.width > 2)) and cell.height == 1)
    return "title" if whole and not is_figure(cell.text) else ""


def _head_after(grid: Grid, row: int) -> int | None:
    """The next row behind titles from `row` on that begins a head or tells of the table; None where other rows follow."""
    for number in range(row + 1, min(row + 1 + MAX_TITLE_ROWS, grid.height)):
        if head_rows(grid, number) > number:
            return number
        kind = _caption(grid, number) if number < grid.height - 1 else ""
        if kind != "title":
            return number if kind else None
    return None


def head_rows(grid: Grid, first: int) -> int:
    """The row after the head that begins at row `first`; `first` itself where none begins there."""
    if grid.width < 2 or first >= grid.height - 1:
        return first
    end = first
    while end < min(grid.height, first + MAX_HEAD_ROWS):
        below = columns_of(grid, _first_figures(grid, end + 1))
        opens = end == first or (end == first + 1 and _titles_parts(grid, first, below))
        if not (
            _is_marked(grid, end)
            or (opens and (_opens(grid, end, below) or _titles_parts(grid, end, below)))
            or (end > first and _continues(grid, first, end, below))
        ):
            break
        end += 1
        end = _spanned(grid, first, end)
    return end if first < end < grid.height else first


def _first_figures(grid: Grid, row: int) -> int:
    """The first row from `row` with a figure beside its first column; `row` where none has one."""
    return next((number for number in range(row, grid.height) if has_figure(values_of(grid, number))), row)


def _is_marked(grid: Grid, row: int) -> bool:
    """Whether the source says that a row is of the head, and no figures speak against it."""
    cells = filled_of(grid, row)
    if len(cells) < 2 and not (cells and row < grid.marked_rows):
        return False
    if row < grid.marked_rows:
        return not _tells_figures(grid, row, values_of(grid, row))
    if not all(cell.heading for cell in cells):
        return False
    # A table whose every cell is a heading says nothing.
    return any(not cell.heading for cell in grid.cells())


def _spanned(grid: Grid, first: int, end: int) -> int:
    """The end of the head moved down to where its cells end, as far as no figures stand beside them."""
    furthest = end
    for row in range(first, end):
        for cell in grid.row(row):
            if cell.row >= first and not (cell.column == 0 and cell.width == grid.width):
                furthest = max(furthest, cell.row + cell.height)
    furthest = min(furthest, grid.height)
    while end < furthest and not _tells_figures(grid, end, [cell for cell in values_of(grid, end) if cell.row == end]):
        end += 1
    return end


def _opens(grid: Grid, row: int, below: Columns) -> bool:
    """Whether a row that nobody marked begins a head."""
    values = values_of(grid, row)
    if not values or _tells_figures(grid, row, values) or any(len(cell.text) > LONGEST_HEADING for cell in values):
        return False
    if is_form(grid, row):
        return False
    numbers = [column for column in range(grid.width) if below.has_figures(column)]
    stub = grid.slots[row][0]
    over_figures = [column for column in numbers if (cell := grid.slots[row][column]) is not None and not cell.is_empty]
    if stub is None or stub.is_empty:
        if len(values) == 1 and values[0].width == 1 and grid.width > 2:
            return bool(over_figures) and (is_period(values[0].text) or is_unit(values[0].text))
        if is_corner(grid, row):
            return True
        return bool(over_figures) or (are_headings(values) and len(values) >= 2) or shaped_otherwise(grid, row)
    if is_figure(stub.text) or (is_date(stub.text) and not all(is_period(cell.text) for cell in values)):
        return False
    if grid.width == 2 and names_things(stub.text) and any(map(is_heading_word, labels_below(grid, row))):
        return False  # 名称, スーパー定期 over 預入金額: a form
    most = 2 * len(over_figures) > len(numbers) or grid.width < 4
    if (over_figures and most and all(is_period(cell.text) for cell in (stub, *values))) or names_columns(grid, row):
        return True
    if stub.height > 1 and over_figures and stub.row == row:
        beside = range(row, min(row + stub.height, grid.height))
        return not any(_tells_figures(grid, number, values_of(grid, number)) for number in beside)
    whole = all(cell is not None and not cell.is_empty for cell in grid.slots[row])
    if over_figures and len(stub.text) <= LONGEST_HEADING:
        if whole and below.has_figures(0):
            return True
        if grid.width == 2:
            heading = values[0].text
            telling = is_period(heading) or is_unit_caption(heading[heading.rfind("（") :]) or is_heading_word(heading)
            return telling and (below.figures[1] >= 2 or names_rows(stub.text))
        if names_rows(stub.text):
            return True
        words = sum(1 for cell in values if not is_nil(cell.text))
        return words >= 2 and (len(over_figures) >= 2 or (whole and are_headings([stub, *values])))
    if whole and (are_seals(grid, row) or heads_marks(grid, row)):
        return True
    if whole and (shaped_otherwise(grid, row) or heads_dates(grid, row) or heads_steps(grid, row)):
        return True
    if whole and grid.width == 2 and ask_and_answer(stub.text, values[0].text):
        return True
    if whole and grid.width > 2 and asks_and_answers([stub, *values]):
        return True
    return (
        whole and are_headings([stub, *values]) and (len(values) >= 2 or names_rows(stub.text)) and differs(grid, row)
    )


def _tells_figures(grid: Grid, row: int, cells: list[Cell]) -> bool:
    """Whether a row tells figures. Terms over figures of another kind are headings: １年 and ３年 over rates."""
    figures = [cell for cell in cells if is_figure(cell.text)]
    if not figures:
        return False
    if len(figures) < 2 or len({cell.text for cell in figures}) < len(figures) or not all(map(_is_term, figures)):
        return True
    below = columns_of(grid, row + 1)
    places = [column for cell in figures for column in range(cell.column, cell.column + cell.width)]
    under = [grid.slots[number][column] for number in range(row + 1, grid.height) for column in places]
    return not all(map(below.has_figures, places)) or any(cell is not None and _is_term(cell) for cell in under)


def _is_term(cell: Cell) -> bool:
    return _TERM.fullmatch(plain(cell.text)) is not None


def _titles_parts(grid: Grid, row: int, below: Columns) -> bool:
    """Whether a row holds the titles of tables side by side: wide cells only, and a head on the next row."""
    cells = filled_of(grid, row)
    return (
        len(cells) > 1
        and row + 2 < grid.height
        and all(cell.width > 1 and cell.row == row and cell.height == 1 and not is_figure(cell.text) for cell in cells)
        and _opens(grid, row + 1, below)
    )


def _continues(grid: Grid, first: int, row: int, below: Columns) -> bool:
    """Whether an unmarked row belongs to the head that began at row `first`."""
    own = [cell for cell in values_of(grid, row) if cell.row == row]
    if not own or _tells_figures(grid, row, own) or any(len(cell.text) > LONGEST_HEADING for cell in own):
        return False
    if row + 1 >= grid.height:
        return False
    if all(is_unit(cell.text) for cell in own):
        return True
    stub = grid.slots[row][0]
    if stub is not None and first <= stub.row < row and not stub.is_empty:
        return True
    numbers = [column for column in range(grid.width) if below.has_figures(column) or below.is_nil(column)]
    if not any(below.has_figures(column) for column in numbers) or any(is_nil(cell.text) for cell in own):
        return False
    # Headings of the row labels (区分, 注記番号) stand left of the figures; those of the figures decide.
    labels = [cell for cell in own if cell.column + cell.width <= numbers[0]]
    named = [cell for cell in (stub, *labels) if cell is not None and names_rows(cell.text)]
    if named and len(labels) < len(own):
        own = [cell for cell in own if cell not in labels]
    over = [any(cell.column <= column < cell.column + cell.width for column in numbers) for cell in own]
    under = [_is_under(grid, first, row, cell) for cell in own]
    if stub is None or stub.is_empty:
        return all(over) or (len(own) >= 2 and any(over) and all(map(max, zip(over, under, strict=True))))
    if all(under) and any(over) and len(own) >= 2 and (names_rows(stub.text) or stub.text[:1] in "(（"):
        return True
    corners = [grid.slots[number][0] for number in range(first, row)]
    if all(corner is None or corner.is_empty for corner in corners) and all(over):
        # The heading of the row labels stands on the lowest row of the head.
        return names_rows(stub.text) or (any(under) and len(own) >= 2)
    return all(over) and all(is_period(cell.text) for cell in own) and len(own) >= 2


def _is_under(grid: Grid, first: int, row: int, cell: Cell) -> bool:
    """Whether a cell stands under a wider heading of the rows from `first`."""
    return any(
        (above := grid.slots[number][cell.column]) is not None and not above.is_empty and above.width > cell.width
        for number in range(first, row)
    )


def begins_again(grid: Grid, head: int, body: int, row: int) -> bool:
    """Whether a row of the body begins a new head, as tables of several parts and printed pages have them.

    head, body: the first rows of the head so far and of what it heads.
    """
    own = [cell for cell in values_of(grid, row) if cell.row == row]
    if not own or row + 1 >= grid.height or has_figure(own) or any(is_nil(cell.text) for cell in own):
        return False
    if any(len(cell.text) > LONGEST_HEADING for cell in own):
        return False
    stub, above = grid.slots[row][0], grid.slots[head][0]
    if [cell.text for cell in filled_of(grid, row)] == [cell.text for cell in filled_of(grid, head)]:
        return True
    if (
        stub is not None
        and not stub.is_empty
        and (above is None or stub.text != above.text)
        and not names_rows(stub.text)
    ):
        return False
    before, after = columns_of(grid, max(body, row - 30), row), columns_of(grid, row + 1, min(row + 8, grid.height))
    numbers = [column for column in range(grid.width) if before.has_figures(column) and after.has_figures(column)]
    covered = [any(cell.column <= column < cell.column + cell.width for column in numbers) for cell in own]
    reached = {column for column in numbers for cell in own if cell.column <= column < cell.column + cell.width}
    return bool(numbers) and all(covered) and len(reached) >= max(1, len(numbers) - 1)
