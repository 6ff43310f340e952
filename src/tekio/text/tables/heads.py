"""Which rows of a table are its head.

Real tables rarely say so: of 1,377 tables in 54 earnings reports none has a `th`, and `thead` often stands around less or
more than the head. What decides is how the columns differ: a head has no figures where the rows below it do. Where the
first column of a row is filled, more is asked, because a row of data may hold words in every column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tekio.text.tables.grid import Cell, Grid
from tekio.text.tables.values import (
    are_series,
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

_DIGIT = re.compile("[0-9０-９]")
_BEGINS = re.compile("[(（約¥￥$△▲+−－-]{0,2}[0-9０-９]")
_TERM = re.compile(r"[0-9]{1,3} ?(?:年|か月|ヶ月|カ月|ヵ月|箇月|週間?|日)(?:間|以上|以内|未満|超|もの|物)?")
_ROLE = re.compile(
    r"(?:総|副|本|支|事業)?(?:部|次|課|係|室|所|店|班)長|(?:課|部|支店)?長?代理|本部長|副?支店長|担当(?:者|役員)?|役席者?|審査役|検印|印鑑照合|精査|照査|再鑑|係員?|係印"
    r"|起案者?|立案者?|作成者?|承認者?|確認者?|検証者?|決裁者?|受付|主任|主査|参事|頭取|副頭取|社長|副社長|専務|常務|取締役|執行役員|監査役|委員長|会長"
)
"""Who seals a paper of a bank."""
_DAY = re.compile(
    r"(?:[0-9]{4}年|(?:令和|平成)(?:[0-9]{1,2}|元)年)[0-9]{1,2}月[0-9]{1,2}日(?:現在|時点|作成|発行|更新|公表)?|[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}"
)
_BRACKETED = re.compile(r"[(（][^()（）]{6,}[)）]")
"""What is said of a table at the right of its title; years in brackets below a heading are shorter."""
_TICKS = frozenset("○〇◯●◎×✕✗△▲✓✔レ☑☒☐✅－―─-")
FORM_ROWS = 2
"""Rows below a row from which they may say that the table is a form."""
MAX_HEAD_ROWS = 12
MAX_TITLE_ROWS = 40
LONGEST_HEADING = 120
"""Characters of a heading of a column of figures; of a column of words it is a third of that."""


@dataclass(frozen=True)
class Columns:
    """Of every column, in a range of rows: cells with text, cells that are figures, figures and "none" together."""

    filled: tuple[int, ...]
    figures: tuple[int, ...]
    amounts: tuple[int, ...]

    def has_figures(self, column: int, share: float = 0.6) -> bool:
        """Whether a column holds figures: at least one, and with the marks for "none" most of its cells."""
        return self.figures[column] > 0 and self.amounts[column] >= share * self.filled[column]

    def is_nil(self, column: int) -> bool:
        """Whether a column holds marks for "none" only."""
        return self.amounts[column] == self.filled[column] > self.figures[column] == 0


def columns_of(grid: Grid, first: int, last: int | None = None) -> Columns:
    """What the columns hold in the rows from `first`. Cells over several columns (notes, headings) do not count."""
    filled, figures, amounts = ([0] * grid.width for _ in range(3))
    for number in range(first, grid.height if last is None else last):
        for column, cell in enumerate(grid.slots[number]):
            if cell is None or cell.is_empty or (cell.row < number and number > first):
                continue
            figure = is_figure(cell.text)
            amount = figure or is_nil(cell.text)
            if cell.width > 1 and not amount:
                continue
            filled[column] += 1
            figures[column] += figure
            amounts[column] += amount
    return Columns(tuple(filled), tuple(figures), tuple(amounts))


def _filled(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.row(row) if not cell.is_empty]


def _values(grid: Grid, row: int) -> list[Cell]:
    """The cells with text of a row that do not stand in the first column."""
    first = grid.slots[row][0]
    return [cell for cell in _filled(grid, row) if cell is not first]


def _has_figure(cells: list[Cell]) -> bool:
    return any(is_figure(cell.text) for cell in cells)


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
    cells = _filled(grid, row)
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
    return next((number for number in range(row, grid.height) if _has_figure(_values(grid, number))), row)


def _is_marked(grid: Grid, row: int) -> bool:
    """Whether the source says that a row is of the head, and no figures speak against it."""
    cells = _filled(grid, row)
    if len(cells) < 2 and not (cells and row < grid.marked_rows):
        return False
    if row < grid.marked_rows:
        return not _tells_figures(grid, row, _values(grid, row))
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
    while end < furthest and not _tells_figures(grid, end, [cell for cell in _values(grid, end) if cell.row == end]):
        end += 1
    return end


def _opens(grid: Grid, row: int, below: Columns) -> bool:
    """Whether a row that nobody marked begins a head."""
    values = _values(grid, row)
    if not values or _tells_figures(grid, row, values) or any(len(cell.text) > LONGEST_HEADING for cell in values):
        return False
    if _is_form(grid, row):
        return False
    numbers = [column for column in range(grid.width) if below.has_figures(column)]
    stub = grid.slots[row][0]
    over_figures = [column for column in numbers if (cell := grid.slots[row][column]) is not None and not cell.is_empty]
    if stub is None or stub.is_empty:
        if len(values) == 1 and values[0].width == 1 and grid.width > 2:
            return bool(over_figures) and (is_period(values[0].text) or is_unit(values[0].text))
        if _is_corner(grid, row):
            return True
        return bool(over_figures) or (_are_headings(values) and len(values) >= 2) or _shaped_otherwise(grid, row)
    if is_figure(stub.text) or (is_date(stub.text) and not all(is_period(cell.text) for cell in values)):
        return False
    if grid.width == 2 and names_things(stub.text) and any(map(is_heading_word, _labels_below(grid, row))):
        return False  # 名称, スーパー定期 over 預入金額: a form
    most = 2 * len(over_figures) > len(numbers) or grid.width < 4
    if (over_figures and most and all(is_period(cell.text) for cell in (stub, *values))) or _names_columns(grid, row):
        return True
    if stub.height > 1 and over_figures and stub.row == row:
        beside = range(row, min(row + stub.height, grid.height))
        return not any(_tells_figures(grid, number, _values(grid, number)) for number in beside)
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
        return words >= 2 and (len(over_figures) >= 2 or (whole and _are_headings([stub, *values])))
    if whole and (_are_seals(grid, row) or _heads_marks(grid, row)):
        return True
    if whole and (_shaped_otherwise(grid, row) or _heads_dates(grid, row) or _heads_steps(grid, row)):
        return True
    if whole and grid.width == 2 and ask_and_answer(stub.text, values[0].text):
        return True
    if whole and grid.width > 2 and _asks_and_answers([stub, *values]):
        return True
    return (
        whole and _are_headings([stub, *values]) and (len(values) >= 2 or names_rows(stub.text)) and _differs(grid, row)
    )


def _is_corner(grid: Grid, row: int) -> bool:
    """Whether an empty cell of several rows stands beside a heading over all other columns, their own headings below it: words alone show no head otherwise."""
    stub = grid.slots[row][0]
    if stub is None or stub.height < 2 or (stub.row, stub.width) != (row, 1) or row + stub.height >= grid.height:
        return False
    (wide, *others) = _filled(grid, row)
    below = range(row + stub.height, grid.height)
    labelled = all(cell is not None and not cell.is_empty for cell in (grid.slots[number][0] for number in below))
    return not others and wide.width == grid.width - 1 > 1 and wide.height < stub.height and labelled


def _asks_and_answers(cells: list[Cell]) -> bool:
    """Whether short cells head a list of questions and answers, with their class or number beside: 分類, 照会, 回答例."""
    if any(len(cell.text) > LONGEST_HEADING // 3 or "。" in cell.text for cell in cells):
        return False
    return any(ask_and_answer(one.text, other.text) for place, one in enumerate(cells) for other in cells[place + 1 :])


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


def _is_form(grid: Grid, row: int) -> bool:
    """Whether the rows below hold one cell over what this row keeps apart: a form, whose labels stand beside their values.

    稟議番号, its number, 起案日, its day over 件名 and what it is about in one cell.
    """
    apart = [place for place in range(1, grid.width) if grid.slots[row][place - 1] is not grid.slots[row][place]]
    rows = [line for line in grid.slots[row + 1 :] if line[0] is not None and not line[0].is_empty]
    rows = [line for line in rows if line[0] is not line[-1]]  # no notes and headings over the whole width
    if not apart or len(rows) < FORM_ROWS or grid.width < 3:
        return False
    put_together = sum(
        1
        for line in rows
        if (last := line[-1]) is not None
        and not last.is_empty
        and any(line[place - 1] is last is line[place] for place in apart)
    )
    return 2 * put_together > len(rows)


def _are_seals(grid: Grid, row: int) -> bool:
    """Whether a row names those who put their seals or names below: 部長, 課長, 担当."""
    cells = grid.row(row)
    if row or len(cells) < 2 or len(cells) < grid.width or not all(_ROLE.fullmatch(plain(cell.text)) for cell in cells):
        return False
    below = [cell for number in range(1, grid.height) for cell in grid.row(number)]
    return not any(_ROLE.fullmatch(plain(cell.text)) for cell in below)


def _labels_below(grid: Grid, row: int) -> list[str]:
    return [cell.text for line in grid.slots[row + 1 :] if (cell := line[0]) is not None and not cell.is_empty]


def _heads_marks(grid: Grid, row: int) -> bool:
    """Whether the columns below hold marks of a list that is ticked off (○, ×, △) beside labels, and this row holds none."""
    cells = grid.row(row)
    if len(cells) != grid.width or any(len(cell.text) > LONGEST_HEADING // 3 or "。" in cell.text for cell in cells):
        return False
    told = [
        cell.text.strip()
        for line in grid.slots[row + 1 :]
        for cell in line[1:]
        if cell is not None and not cell.is_empty
    ]
    marks = sum(text in _TICKS for text in told)
    labels = _labels_below(grid, row)
    return (
        marks >= 2
        and 2 * marks > len(told)
        and not any(cell.text.strip() in _TICKS for cell in cells)
        and len(labels) == grid.height - row - 1
        and not any(label.strip() in _TICKS for label in labels)
    )


def _shaped_otherwise(grid: Grid, row: int) -> bool:
    """Whether a row's cells have a form that no cell below has: words over amounts in words (元本の据置き, 金利の減免 over １年以内,
    0.50％以内), or names that begin alike (運用期間3年未満, 運用期間10年以上).
    """
    cells = grid.row(row)
    below = [line for number in range(row + 1, grid.height) if len(line := grid.row(number)) == grid.width]
    texts = [cell.line.strip() for cell in cells[1:]]
    if row or len(cells) != grid.width or len(texts) < 2 or len(below) < 2 or len(below) < grid.height - row - 1:
        return False
    if len({*texts, cells[0].line}) < len(cells) or any(
        len(text) > LONGEST_HEADING // 3 or "。" in text for text in texts
    ):
        return False
    told = [cell.line.strip() for line in below for cell in line[1:]]
    amounts = all(any(map(str.isdigit, text)) or is_nil(text) for text in told)
    if amounts and not any(any(map(str.isdigit, text)) or is_nil(text) for text in (cells[0].line, *texts)):
        return True
    # 金1両あたりの銀 over 50匁: figures begin all cells below, and no heading.
    figures = all(_BEGINS.match(text) or is_nil(text) for text in told)
    if figures and not any(_BEGINS.match(text) or is_nil(text) for text in (cells[0].line.strip(), *texts)):
        return True
    alike = _DIGIT.split(texts[0])[0][:3]
    return (
        len(alike) >= 2
        and all(text.startswith(alike) for text in texts)
        and not any(text.startswith(alike) for text in told)
    )


def _heads_dates(grid: Grid, row: int) -> bool:
    """Whether a row of two cells names what is to be done and when (対応, 期限), over dates."""
    cells = grid.row(row)
    below = [cell for number in range(row + 1, grid.height) if (cell := grid.slots[number][1]) is not None]
    if grid.width != 2 or len(cells) != 2 or len(below) < 2 or not _are_headings(cells):
        return False
    return any(is_date(cell.text) for cell in below) and not any(is_heading_word(cell.text) for cell in below)


def _heads_steps(grid: Grid, row: int) -> bool:
    """Whether a row of two cells heads steps of a measure and what is done at each: 延滞の日数, 取扱い over 30日以内, 90日以内."""
    cells = grid.row(row)
    below = [line for number in range(row + 1, grid.height) if len(line := grid.row(number)) == 2]
    if grid.width != 2 or row or len(cells) != 2 or len(below) < 2 or len(below) < grid.height - 1:
        return False
    stub, heading = (cell.line.strip() for cell in cells)
    short = len(stub) <= 15 and len(heading) <= 15 and "。" not in stub + heading and not is_nil(heading)
    bare = not any(map(_DIGIT.search, (stub, heading)))
    steps = [_DIGIT.split(line[0].line.strip())[-1] for line in below]
    return (
        short
        and bare
        and is_heading_word(stub)
        and all(steps)
        and all(_DIGIT.search(line[0].line) for line in below)
        and not any(_DIGIT.search(line[1].line) for line in below)
    )


def _titles_parts(grid: Grid, row: int, below: Columns) -> bool:
    """Whether a row holds the titles of tables side by side: wide cells only, and a head on the next row."""
    cells = _filled(grid, row)
    return (
        len(cells) > 1
        and row + 2 < grid.height
        and all(cell.width > 1 and cell.row == row and cell.height == 1 and not is_figure(cell.text) for cell in cells)
        and _opens(grid, row + 1, below)
    )


def _names_columns(grid: Grid, row: int) -> bool:
    """Whether a row names what the columns tell of: 名称 and the names of companies, above rows of what is told."""
    cells = [cell for cell in grid.slots[row] if cell is not None and not cell.is_empty]
    if grid.width < 3 or len({id(cell) for cell in cells}) < grid.width or not names_things(cells[0].text):
        return False
    told = [cell for number in range(row + 1, grid.height) if (cell := grid.slots[number][0]) is not None]
    known = sum(1 for cell in told if is_heading_word(cell.text))
    return len({cell.text for cell in cells}) == len(cells) and len(told) > 2 and known > 0.6 * len(told)


def _are_headings(cells: list[Cell]) -> bool:
    """Whether cells read as headings of columns of words: short, without sentences, most with a word that headings have."""
    if any(len(cell.text) > LONGEST_HEADING // 3 or "。" in cell.text or is_nil(cell.text) for cell in cells):
        return False
    if len(cells) > 2 and are_series([cell.text for cell in cells[1:]]):
        return True  # beside the heading of the row labels, whatever that is
    known = sum(1 for cell in cells if is_heading_word(cell.text) or is_period(cell.text))
    return len({cell.text for cell in cells}) == len(cells) and known > 0.6 * len(cells)


def _differs(grid: Grid, row: int) -> bool:
    """Whether the rows below do not read as headings themselves."""
    rows = [_filled(grid, number) for number in range(row + 1, min(row + 4, grid.height))]
    rows = [cells for cells in rows if len(cells) > 1]
    if not rows:
        return False
    stub = grid.slots[row][0]
    if stub is not None and names_rows(stub.text) and not any(names_rows(cells[0].text) for cells in rows):
        return True  # 用語, 意味 above words that might head columns themselves
    return not all(_are_headings(cells) for cells in rows)


def _continues(grid: Grid, first: int, row: int, below: Columns) -> bool:
    """Whether an unmarked row belongs to the head that began at row `first`."""
    own = [cell for cell in _values(grid, row) if cell.row == row]
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
    own = [cell for cell in _values(grid, row) if cell.row == row]
    if not own or row + 1 >= grid.height or _has_figure(own) or any(is_nil(cell.text) for cell in own):
        return False
    if any(len(cell.text) > LONGEST_HEADING for cell in own):
        return False
    stub, above = grid.slots[row][0], grid.slots[head][0]
    if [cell.text for cell in _filled(grid, row)] == [cell.text for cell in _filled(grid, head)]:
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
