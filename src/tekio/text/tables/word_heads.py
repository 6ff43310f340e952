"""Heads of tables of words, where no figures below show them: terms over amounts in words, seals, steps, questions, ticks."""

from __future__ import annotations

import re

from tekio.text.tables.columns import filled_of
from tekio.text.tables.grid import Cell, Grid
from tekio.text.tables.values import (
    are_series,
    ask_and_answer,
    is_date,
    is_heading_word,
    is_nil,
    is_period,
    names_rows,
    names_things,
    plain,
)

_DIGIT = re.compile("[0-9０-９]")
_BEGINS = re.compile("[(（約¥￥$△▲+−－-]{0,2}[0-9０-９]")
_ROLE = re.compile(
    r"(?:総|副|本|支|事業)?(?:部|次|課|係|室|所|店|班)長|(?:課|部|支店)?長?代理|本部長|副?支店長|担当(?:者|役員)?|役席者?|審査役|検印|印鑑照合|精査|照査|再鑑|係員?|係印"
    r"|起案者?|立案者?|作成者?|承認者?|確認者?|検証者?|決裁者?|受付|主任|主査|参事|頭取|副頭取|社長|副社長|専務|常務|取締役|執行役員|監査役|委員長|会長"
)
"""Who seals a paper of a bank."""
_TICKS = frozenset("○〇◯●◎×✕✗△▲✓✔レ☑☒☐✅－―─-")
FORM_ROWS = 2
"""Rows below a row from which they may say that the table is a form."""
LONGEST_HEADING = 120
"""Characters of a heading of a column of figures; of a column of words it is a third of that."""


def is_corner(grid: Grid, row: int) -> bool:
    """Whether an empty cell of several rows stands beside a heading over all other columns, their own headings below it: words alone show no head otherwise."""
    stub = grid.slots[row][0]
    if stub is None or stub.height < 2 or (stub.row, stub.width) != (row, 1) or row + stub.height >= grid.height:
        return False
    (wide, *others) = filled_of(grid, row)
    below = range(row + stub.height, grid.height)
    labelled = all(cell is not None and not cell.is_empty for cell in (grid.slots[number][0] for number in below))
    return not others and wide.width == grid.width - 1 > 1 and wide.height < stub.height and labelled


def asks_and_answers(cells: list[Cell]) -> bool:
    """Whether short cells head a list of questions and answers, with their class or number beside: 分類, 照会, 回答例."""
    if any(len(cell.text) > LONGEST_HEADING // 3 or "。" in cell.text for cell in cells):
        return False
    return any(ask_and_answer(one.text, other.text) for place, one in enumerate(cells) for other in cells[place + 1 :])


def is_form(grid: Grid, row: int) -> bool:
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


def are_seals(grid: Grid, row: int) -> bool:
    """Whether a row names those who put their seals or names below: 部長, 課長, 担当."""
    cells = grid.row(row)
    if row or len(cells) < 2 or len(cells) < grid.width or not all(_ROLE.fullmatch(plain(cell.text)) for cell in cells):
        return False
    below = [cell for number in range(1, grid.height) for cell in grid.row(number)]
    return not any(_ROLE.fullmatch(plain(cell.text)) for cell in below)


def labels_below(grid: Grid, row: int) -> list[str]:
    return [cell.text for line in grid.slots[row + 1 :] if (cell := line[0]) is not None and not cell.is_empty]


def heads_marks(grid: Grid, row: int) -> bool:
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
    labels = labels_below(grid, row)
    return (
        marks >= 2
        and 2 * marks > len(told)
        and not any(cell.text.strip() in _TICKS for cell in cells)
        and len(labels) == grid.height - row - 1
        and not any(label.strip() in _TICKS for label in labels)
    )


def shaped_otherwise(grid: Grid, row: int) -> bool:
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


def heads_dates(grid: Grid, row: int) -> bool:
    """Whether a row of two cells names what is to be done and when (対応, 期限), over dates."""
    cells = grid.row(row)
    below = [cell for number in range(row + 1, grid.height) if (cell := grid.slots[number][1]) is not None]
    if grid.width != 2 or len(cells) != 2 or len(below) < 2 or not are_headings(cells):
        return False
    return any(is_date(cell.text) for cell in below) and not any(is_heading_word(cell.text) for cell in below)


def heads_steps(grid: Grid, row: int) -> bool:
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


def names_columns(grid: Grid, row: int) -> bool:
    """Whether a row names what the columns tell of: 名称 and the names of companies, above rows of what is told."""
    cells = [cell for cell in grid.slots[row] if cell is not None and not cell.is_empty]
    if grid.width < 3 or len({id(cell) for cell in cells}) < grid.width or not names_things(cells[0].text):
        return False
    told = [cell for number in range(row + 1, grid.height) if (cell := grid.slots[number][0]) is not None]
    known = sum(1 for cell in told if is_heading_word(cell.text))
    return len({cell.text for cell in cells}) == len(cells) and len(told) > 2 and known > 0.6 * len(told)


def are_headings(cells: list[Cell]) -> bool:
    """Whether cells read as headings of columns of words: short, without sentences, most with a word that headings have."""
    if any(len(cell.text) > LONGEST_HEADING // 3 or "。" in cell.text or is_nil(cell.text) for cell in cells):
        return False
    if len(cells) > 2 and are_series([cell.text for cell in cells[1:]]):
        return True  # beside the heading of the row labels, whatever that is
    known = sum(1 for cell in cells if is_heading_word(cell.text) or is_period(cell.text))
    return len({cell.text for cell in cells}) == len(cells) and known > 0.6 * len(cells)


def differs(grid: Grid, row: int) -> bool:
    """Whether the rows below do not read as headings themselves."""
    rows = [filled_of(grid, number) for number in range(row + 1, min(row + 4, grid.height))]
    rows = [cells for cells in rows if len(cells) > 1]
    if not rows:
        return False
    stub = grid.slots[row][0]
    if stub is not None and names_rows(stub.text) and not any(names_rows(cells[0].text) for cells in rows):
        return True  # 用語, 意味 above words that might head columns themselves
    return not all(are_headings(cells) for cells in rows)
