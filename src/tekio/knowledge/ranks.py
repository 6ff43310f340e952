"""What a row says of the rows of a table, calculated again: 利回りが最も高いのはホテル・ソラーレ那覇である, 環境ソリューションのほうが医療機器よりも多い, 営業利益は前期から減少した."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from tekio.knowledge.cells import EARLIER, Cell, Cells, Named, folded, named
from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS
from tekio.knowledge.facts import value_unit

_MOST = re.compile(
    r"(?:最も|もっとも|一番|いちばん)[^、。\n]{0,6}?(?:(?P<up>[多大高長]|上位)|(?P<down>[少小低短]))|最(?:(?P<top>[多大高長])|(?P<bottom>[少小低短]))"
)
_IS = re.compile(r"[^、。\n]{0,10}?の?は、?(?:[0-9０-９][0-9０-９,，.．兆億万千百円%％名人件社台店]*の)?$")
_BY = re.compile(r"(?:の(?:ほう|方))?(?:が|は)")
_THAN = re.compile(r"より(?:も|は)?[^、。\n]{0,8}?(?:(?P<more>[多高長重広]|大き|上回)|(?P<less>低|短|少な|小さ|下回))")
_TOTAL = re.compile(r"計$|全体|総[計額数]|全社|連結")
_NOT = re.compile(r"[^、。\n]{0,6}(?:ない|ません|除)")
_SINCE = re.compile(
    rf"(?:は|が|も)、?(?:[0-9０-９][^、。]{{0,16}}(?:で|と|となり)、)?(?:{EARLIER.pattern})[^、。0-9]{{0,6}}(?:から|より|に?比べ|と比べ|を[^、。]{{0,4}}?[上下]回|比)"
)
_NOT_SO = re.compile(r"な(?:い|く|かっ)|ません|ず|率|幅|増減")
_TELLS = re.compile(rf"より|最|もっとも|一番|いちばん|{EARLIER.pattern}")
"""Without these a row says nothing of the kind."""
_SENTENCE = re.compile(r"[^。\n]+")


def _amount(cell: Cell) -> Decimal:
    return Decimal(cell.value.removesuffix(value_unit(cell.value)) or "0")


def of_other_rank(text: str, passage: Cells) -> Iterator[tuple[str, str]]:
    """(what a row says of a table's rows, the row that it holds of, or how it moved). text: the row."""
    if not _TELLS.search(text):
        return
    for table in passage.measured:
        here, rows, columns, periods = table.cells, table.rows, table.columns, table.periods
        for match in _SENTENCE.finditer(text):
            said = folded(match[0])
            told = named([*rows, *columns], said)
            of_columns = {one.label for one in told if one.label in columns}
            of_rows = [one for one in told if one.label in rows]
            if periods is not None and of_rows:
                yield from _moved(said, of_rows, here, periods)
            if len(of_columns) != 1 or not of_rows:
                continue
            values = {one.row: one for one in here if one.column in of_columns}
            if len({value_unit(one.value) for one in values.values()}) == 1:
                yield from _not_the_most(said, of_rows, values)
                yield from _not_more(said, of_rows, values)


def _not_the_most(said: str, rows: Sequence[Named], values: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
    """A row that is told as the first or last of its column, and is not."""
    apart = {row: one for row, one in values.items() if not _TOTAL.search(row)}
    for most in _MOST.finditer(said):
        told = next((one for one in rows if _IS.fullmatch(said[most.end() : max(most.end(), one.start)])), None)
        if told is None or told.label not in apart or _NOT.match(said, told.end):
            continue
        pick = max if most["up"] or most["top"] else min
        best = pick(apart.values(), key=_amount)
        if _amount(best) != _amount(apart[told.label]):
            yield said[most.start() : told.end], best.row


def _not_more(said: str, rows: Sequence[Named], values: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
    """A row that is told as more than another, and is less."""
    for one, other in pairwise(rows):
        than = _THAN.match(said, other.end)
        if than is None or not _BY.match(said, one.end) or {one.label, other.label} - values.keys():
            continue
        first, second = _amount(values[one.label]), _amount(values[other.label])
        if first != second and bool(than["more"]) != (first > second) and not _NOT.match(said, than.end()):
            yield said[one.start : than.end()], other.label if first < second else one.label


def _moved(
    said: str, rows: Sequence[Named], here: Sequence[Cell], periods: tuple[str, str]
) -> Iterator[tuple[str, str]]:
    """A row that is told as more than in the period before, and is less: 営業利益は前期から減少し、3,845百万円となった."""
    for one, after in zip(rows, [*(each.start for each in rows[1:]), len(said)], strict=True):
        clause = said[one.end : after]
        found = _SINCE.match(clause)
        up, down = (bool(re.search(words, clause)) for words in (UP_WORDS, DOWN_WORDS))
        values = {each.column: _amount(each) for each in here if each.row == one.label}
        if found is None or up == down or len(values) != len(periods) or min(values.values()) < 0:
            continue
        before, now = (values[each] for each in periods)
        if before != now and up != (now > before) and not _NOT_SO.search(clause):
            yield said[one.start : after], f"{before} → {now}"
