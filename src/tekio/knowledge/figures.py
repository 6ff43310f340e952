"""The figures of tables as readers write them: `売上高 | 前期（百万円）: 440,082 | 当期（百万円）: 512,112`, with labels and units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tekio.knowledge.passages import TABLE_CELLS, is_table_row
from tekio.knowledge.unit_words import UNIT_WORDS, unit_in_caption, unit_in_label
from tekio.text.tables.values import is_figure, is_period, is_unit_caption, plain

_LABELLED = re.compile(r"(?P<label>[^:]{1,120}): (?P<value>.*)", re.DOTALL)
_UNIT_OF_LABEL, _UNIT_OF_CAPTION = unit_in_label(UNIT_WORDS), unit_in_caption(UNIT_WORDS)
_UNIT_AT_END = re.compile(r"[（(\[［]\s*単\s*位\s*[:：；;]?[^（）()\[\]［］]{1,12}[）)\]］]\s*$")
_TWO_UNITS = re.compile(rf"単\s*位\s*[:;]?\s*((?!%)(?:{UNIT_WORDS}))\s*[、,・/]\s*(%)")
_RATE_ROW = re.compile(r"(?:率|割合|比|レシオ|シェア)(?:[（(][^（）()]*[）)])?$")
_LONGEST_HEADING = 80
_LONGEST_PERIOD = 60
_NOTE_COLUMN = re.compile(
    r"(?:注記?|参照)(?:番号|事項|頁|ページ)?|該当(?:頁|ページ)|頁|ページ|項番|No\.?|番号", re.IGNORECASE
)
"""What a column is headed by that holds no amounts: numbers of notes, pages, lines."""
_MARK_BEFORE = re.compile(
    r"(?:[※＊*][ \u3000]?[0-9０-９]{0,2}(?:[,、，][ \u3000]?[※＊*]?[ \u3000]?[0-9０-９]{1,2})*|[（(]?注[)）]?[0-9０-９]{0,2}[)）]?)[ \u3000]+(?=\S)"
)
_STEP = re.compile(
    r"(?:売上総|営業総?|経常|業務(?:純|粗)?|税[引金]等?(?:調整)?前.{0,10}?|.{0,12}当期(?:純)?|.{0,12}(?:四半期|中間)(?:純)?|(?:当期|四半期|中間)?包括)(?:利益|損失|損益)(?:又は.{1,20})?(?:[（(].{1,10}[）)])?"
    r"|(?:資産|負債|純資産|資本|負債(?:及び|・)?純資産|負債(?:及び|・)?資本)(?:の部)?合計"
)
"""Rows of a statement that stand under none of its parts, whichever was above them (a segment's own 営業利益 stands under the segment)."""
_PART = re.compile(r".*(?:収益|費用|利益|損失|原価|管理費|収入|支出|資産|負債|資本|の部)")
_BARE = re.compile(
    r"(?:合計|総計|計|小計|総額|差引|その他|雑)(?:[（(].{0,12}[）)])?|[（(〔［](?:合計|総計|計|小計|その他)[）)〕］]"
)
_OF_PERIOD = re.compile(r"[（(]([^（）()]{2,30})[）)][ \u3000]*([^（）()0-9０-９]{2,30})")
_NO_LEVEL = re.compile(r"[0-9０-９（）()]|年度|前期|当期")
_PERIOD_LINE = re.compile(r"[0-9０-９元]|(?:年度|期間?|期末|現在)[】）)\s]*$")
_OWN_UNIT = re.compile(rf"(?<=[0-9０-９])\s*({UNIT_WORDS})")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a table: what stands in its cell, the labels of row and column, the unit (empty where none is told, with
    money's scale: `百万円`), the heading between rows above it, the period told over the table, and where it stands in the text.
    """

    row: str
    column: str
    written: str
    unit: str
    section: str
    period: str
    line: int
    start: int
    end: int

    @property
    def with_unit(self) -> str:
        """`440,082百万円`; a unit that the cell tells itself is not told twice."""
        if not self.unit or _OWN_UNIT.search(self.written):
            return self.written
        return f"{self.written}{self.unit}"


def has_unit(figure: Figure) -> bool:
    """Whether a figure says of what it is: a bare number would be wrong knowledge."""
    return bool(re.search(r"[^0-9０-９,，.．△▲\-−－()（）\s]", figure.with_unit))


def says_nothing_alone(row: str) -> bool:
    """Whether a row's label says nothing without what it is of: 合計, その他."""
    return _BARE.fullmatch(row) is not None


def tells_period(figure: Figure) -> bool:
    """Whether its labels, or a line over its table, say of when a figure is. 当期末残高 says so only where the column does."""
    dated = any(character.isdigit() for character in figure.row) and is_period(figure.row)
    return bool(period_of(figure)) or is_period(figure.column) or dated


def period_of(figure: Figure) -> str:
    """The period over its table, where the line is one: 当期利益 is not."""
    return figure.period if _PERIOD_LINE.search(figure.period) else ""


def labels_of(figure: Figure) -> tuple[str, str]:
    """Row and column as a sentence has them: of （当事業年度）貸借対照表計上額 the period is the column, and what is measured stands with the row."""
    found = _OF_PERIOD.fullmatch(figure.column)
    if found and is_period(found[1]) and not is_period(found[2]):
        return f"{figure.row}の{found[2].strip()}", found[1].strip()
    return figure.row, figure.column


def with_levels(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """The same with の between the heads of two lines: 株主資本の自己株式 of `株主資本 自己株式` beside `株主資本 資本金`; a blank that is of one
    column alone is where its cell was wrapped (中間純 利益).
    """
    labels = {figure.start: written_label(text, figure.start) for figure in figures}
    words = {label: tuple(label.split()) for label in labels.values()}
    below: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for told in words.values():
        for place in range(1, len(told)):
            below.setdefault(told[:place], set()).add(told)
    found: list[Figure] = []
    for figure in figures:
        told = words[labels[figure.start]]
        if len(told) > 1 and "".join(told) == figure.column and not _NO_LEVEL.search(figure.column):
            joints = ["の" if len(below[told[:place]]) > 1 else "" for place in range(1, len(told))]
            column = told[0] + "".join(joint + word for joint, word in zip(joints, told[1:], strict=True))
            figure = replace(figure, column=column)
        found.append(figure)
    return found


def written_label(text: str, place: int) -> str:
    """The label of the cell around a place as it is written."""
    cell = text[text.rfind("\n", 0, place) + 1 : place].rsplit(TABLE_CELLS, 1)[-1]
    found = _LABELLED.match(cell)
    return found["label"].strip() if found else ""


def table_figures(text: str, above: str = "") -> list[Figure]:
    """The figures of every table row of a passage, in order; cells that are no figures, or have no label, are none.

    above: lines over the passage that tell the unit (`Passage.above`).
    """
    return list(_figures(text, above)) if TABLE_CELLS in text else []


def _figures(text: str, above: str) -> Iterator[Figure]:
    caption, section, period, place = _Units(), "", "", 0
    for line in above.split("\n"):
        if _tells_unit(line):
            caption = _Units.of(line)
        elif _names_period(line):
            period = line.strip()
    previous = ""
    for number, line in enumerate(text.split("\n")):
        start = place
        place += len(line) + 1
        if not is_table_row(line):
            if _tells_unit(line):
                caption, section = _Units.of(line), ""
            elif _names_period(line):
                period, section = line.strip(), ""
            elif line.strip():
                section = line.strip() if len(line) <= 30 and is_table_row(previous) else ""
            previous = line
            continue
        previous = line
        cells = list(_cells(line, start))
        row = "／".join(
            value for label, value, *_ in cells if not is_figure(value) and (not label or label == cells[0][0])
        )
        name = _bare(row)
        above_row, section = _sections(section, name)
        for label, value, first, last in cells:
            if mark := _MARK_BEFORE.match(value):  # ※2 196,499
                value, first = value[mark.end() :], first + mark.end()
            if not label or not row or _NOTE_COLUMN.fullmatch(plain(label)):
                continue
            if is_figure(value) and "/" not in value and " " not in value.strip():
                unit = _unit(label) or _unit(row) or ("" if _OWN_UNIT.search(value) else caption.of_row(name))
                yield Figure(name, _bare(label), value, unit, above_row, period, number, first, last)


def _sections(section: str, row: str) -> tuple[str, str]:
    """The heading between rows that a row stands under, and the one that goes on below it: a heading ends with its total, and a
    row that has its words needs no heading.
    """
    if not section or section.startswith(row) or (_STEP.fullmatch(row) and _PART.fullmatch(section)):
        return "", ""
    if row.startswith(section):
        return "", "" if row.endswith("計") else section
    return section, "" if row in ("合計", "総計") else section


@dataclass(frozen=True, slots=True)
class _Units:
    """What a line over a table tells of its units. rate: the one of its rates, where it tells two: （単位：百万円、％）."""

    unit: str = ""
    rate: str = ""

    @classmethod
    def of(cls, line: str) -> _Units:
        told = unicodedata.normalize("NFKC", line)
        both = _TWO_UNITS.search(told)
        if both:
            return cls(both[1], both[2])
        found = _UNIT_OF_CAPTION.search(told)
        return cls(found[1], "") if found else cls()

    def of_row(self, row: str) -> str:
        return self.rate if self.rate and _RATE_ROW.search(row) else self.unit


def _tells_unit(line: str) -> bool:
    """Whether a line tells the unit of what follows: alone, or at the end of a heading."""
    return is_unit_caption(line) or (len(line) <= _LONGEST_HEADING and bool(_UNIT_AT_END.search(line)))


def _names_period(line: str) -> bool:
    return 0 < len(line.strip()) <= _LONGEST_PERIOD and not line.rstrip().endswith(("。", "、")) and is_period(line)


def _cells(line: str, start: int) -> Iterator[tuple[str, str, int, int]]:
    """Label, value and place of each cell."""
    for cell in line.split(TABLE_CELLS):
        found = _LABELLED.fullmatch(cell)
        label, value, offset = (found["label"], found["value"], found.start("value")) if found else ("", cell, 0)
        inner = len(value) - len(value.lstrip())
        stripped = value.strip()
        yield label.strip(), stripped, start + offset + inner, start + offset + inner + len(stripped)
        start += len(cell) + len(TABLE_CELLS)


def _unit(label: str) -> str:
    found = _UNIT_OF_LABEL.search(plain(label)) or _UNIT_OF_LABEL.search(label)
    return found[1] if found else ""


def _bare(label: str) -> str:
    """A label without its unit, on one line; spaces that a cell's wrapping left between Japanese words go."""
    told = _UNIT_OF_LABEL.sub("", label)
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", " ".join(told.split())).strip()


def how_much(value: str) -> str:
    """The word that asks for an amount: いくら for money, どれだけ for shares, people, rates."""
    return "いくら" if re.search("円|ドル|ユーロ|ポンド|元$", value) else "どれだけ"
