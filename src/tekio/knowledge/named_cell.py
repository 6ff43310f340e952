"""A row that names one cell of a table and tells one number: no calculation may stand for the cell's own value.

Two years of a row added, or one divided by the other, come out of the table as well: 当期の売上高は2,250百万円 of 1,000 and 1,250.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from tekio.knowledge.calculation_words import (
    ABOUT_WORDS,
    AROUND_WORDS,
    DIFFERENCE_WORDS,
    OVER_WORDS,
    PRODUCT_WORDS,
    SHARE_WORDS,
    SUM_WORDS,
    UNDER_WORDS,
)
from tekio.knowledge.cells import Cells, folded, named
from tekio.knowledge.facts import Fact, value_unit

_CALCULATES = re.compile(
    f"{SUM_WORDS}|{DIFFERENCE_WORDS}|{PRODUCT_WORDS}|{SHARE_WORDS}|{ABOUT_WORDS}|{AROUND_WORDS}|{OVER_WORDS}|{UNDER_WORDS}"
    "|増|減|伸び|上昇|下落|低下|上回|下回|比べ|比較|変化|平均"
)


def of_named_cell(
    text: str, facts: Sequence[Fact], derived: Collection[Fact], passage: Cells
) -> Iterator[tuple[Fact, str]]:
    """(number of a row that is only calculated, the value of the one cell that the row names). facts: the row's; derived: those that a
    calculation gives.
    """
    numbers = [fact for fact in facts if fact.kind == "number"]
    if len(numbers) != 1 or numbers[0] not in derived or not passage.cells:
        return
    fact, plain = numbers[0], folded(text)
    for table, (rows, columns) in passage.labels.items():
        told_rows, told_columns = named(rows, plain), named(columns, plain)
        of_row, of_column = {one.label for one in told_rows}, {one.label for one in told_columns}
        if len(of_row) != 1 or (len(of_column) != 1 and len(columns) != 1):
            continue
        rest = list(plain)
        for one in (*told_rows, *told_columns):
            rest[one.start : one.end] = "　" * (one.end - one.start)
        if _CALCULATES.search("".join(rest)):
            continue
        cells = [
            one
            for one in passage.tables[table]
            if one.row in of_row
            and (one.column in of_column or len(columns) == 1)
            and value_unit(one.value) == value_unit(fact.value)
        ]
        if cells and all(one.value.removeprefix("-") != fact.value.removeprefix("-") for one in cells):
            yield fact, cells[0].value
            return
