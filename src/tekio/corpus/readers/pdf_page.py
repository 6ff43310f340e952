"""One page of a PDF file: its texts as two readings have them, and whether it can be taken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, cast

from tekio.text.form_labels import is_form_label
from tekio.text.normalize import RADICALS, VERTICAL_FORMS
from tekio.text.pdf.order import GRAM, bare, compare, order_agreement
from tekio.text.pdf.tables import MARK, PageTable

ORDER = 0.5
"""Least share of lines that both readings continue in the same way; below it the reading order is in doubt."""
WORDS_OF_FILE = 0.9
"""Share of a table's cells whose words follow each other in the file, below which it is a drawing whose parts are mixed."""
OUTSIDE = 0.4
"""Share of a page's text that stands outside of its tables for its order to be told by that."""
SAME_CELLS = 0.95
"""Least agreement of a page's cells with the first reading, which has them in the order of the file."""
_PAGE_NUMBER = re.compile(
    r"^[\s\-－―—–‐()（）]*(?:[pPｐ]\.?\s*)?[0-9０-９]{1,4}(?:\s*[/／]\s*[0-9０-９]{1,4})?[\s\-－―—–‐()（）]*(?:ページ|頁)?$"
)
_MARK_OF_CARE = re.compile(
    r"[\s\u3000]*[(（【〔［\[]?(?:社外秘|部外秘|行外秘|行内限り|社内限り?|関係者(?:外秘|限り)|取扱注意|(?:極|厳|部)?秘|機密|対外秘|Confidential|CONFIDENTIAL|INTERNAL USE ONLY)[)）】〕］\]]?[\s\u3000]*"
)
"""A stamp at the edge of a page that says who may see it."""
_FORMS = VERTICAL_FORMS | RADICALS | {0x2027: "・", 0x2215: "／"}  # how the fonts of browsers name these two
ANY_MARK = re.compile(re.escape(MARK).replace(r"\{\}", "[0-9]+-[0-9]+"))
_UNMAPPED = re.compile(r"\(cid:[0-9]+\)|[\ue000-\uf8ff\ufffd\ufffe]")
_SYMBOLS = "\uf06c\uf06d\uf06e\uf06f\uf071\uf075\uf076\uf09f\uf0a7\uf0a8\uf0b7\uf0d8\uf0fc"
_BULLET = re.compile(f"(?m)^([ \u3000]*)(?:[\ue000-\uf8ff](?=[ \u3000])|[{_SYMBOLS}])[ \u3000]*(?=[^\\s\ue000-\uf8ff])")
"""A mark of a list in a font of symbols (OpenSymbol, Symbol, Wingdings), which has no letters of its own."""
_NUMBER_APART = re.compile(r"^[\-－―–]?\s*[0-9０-９]{1,4}[\s\-－―–]+|[\s\-－―–/／]+[0-9０-９]{1,4}[\s\-－―–]*$")


@dataclass
class Page:
    """One page. agreement: of its characters with the second extractor's, None where that was not asked. layout: `lines`, `columns` or `vertical`. confidence, ocr: of a recognised scan, of 100, and its language. mixed: texts of drawings that were left out, in doubt of their order. left_out: lines of a scan that are not in the text, by reason."""

    number: int
    text: str
    agreement: float | None
    order: float
    images: int
    reason: str | None = None
    measured: dict[str, Any] | None = None
    layout: str = "lines"
    tables: list[PageTable] = field(default_factory=list[PageTable])
    readings: int = 0
    twice: int = 0
    confidence: float | None = None
    ocr: str = ""
    height: float = 0.0
    head_at_end: PageTable | None = None
    mixed: list[str] = field(default_factory=list[str])
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def mark_of(page: int, place: int) -> str:
    return MARK.format(f"{page}-{place}")


def tables_of(line: dict[str, Any]) -> list[PageTable]:
    layout = cast("dict[str, Any] | None", line.get("layout"))
    return [_table_of(table) for table in layout["tables"]] if layout else []


def _table_of(told: dict[str, Any]) -> PageTable:
    rows = cast("list[list[tuple[str, int, int]]]", told["rows"])
    cleaned = [[(clean_page(text), width, height) for text, width, height in row] for row in rows]
    edges, rights = (tuple(cast("list[float]", told.get(name, ()))) for name in ("edges", "rights"))
    full = tuple(cast("list[int]", told.get("full", ())))
    return PageTable(told["box"], cleaned, bool(told["plain"]), clean_page(told["drawn"]), edges, rights, full)


def clean_page(text: object) -> str:
    """A page's text with line feeds, common forms of its characters and marks of lists."""
    read = str(text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "")
    read = _BULLET.sub(r"\1・", read) if _BULLET.search(read) else read
    return read.translate(_FORMS)  # before lines are rejoined: forms of vertical print end and begin lines too


def judge(line: dict[str, Any], first: str, second: str, least: float) -> Page:
    """Whether a page can be taken. `first`, `second`: its two readings; `line`: what the worker said about it."""
    number, images = int(line["page"]), int(line.get("images") or 0)
    if line.get("second") is None:  # there was a doubt and only one reader could open the page
        return Page(number, first, 0.0, 0.0, images, "one_extractor_failed", {"error": line.get("plumber_error", "")})
    layout = cast("dict[str, Any] | None", line.get("layout"))
    tables = tables_of(line)
    whole = second
    for place, table in enumerate(tables):
        whole = whole.replace(mark_of(number, place), table.text)
    agreement, order = compare(first, whole)
    compared = agreement if line.get("compared", True) else None
    kind = layout["kind"] if layout else "lines"
    if layout and kind != "lines":
        order = max(order, order_agreement(clean_page(layout["file"]), whole))
    mixed: list[str] = []
    if kind == "lines" and order < ORDER and (outside := _order_outside(first, second, tables)) >= ORDER:
        # A drawing in ruled boxes: where its words are not the file's, the page goes without it.
        order = outside
        for place, table in enumerate(tables):
            if not _holds_words_of(first, table):
                second = second.replace(mark_of(number, place), "")
                mixed.append(table.text)
    text = second if kind != "lines" or tables or line.get("rows") else without_automatic(first, second)
    page = Page(number, text, compared, order, images, None, None, kind, tables, mixed=mixed)
    page.height = float(line.get("height") or 0.0)
    page.head_at_end = _table_of(line["head_at_end"]) if "head_at_end" in line else None
    if layout:
        page.readings, page.twice = int(layout["readings"]), int(layout["twice"])
    measured = {"agreement": round(agreement, 3), "order": round(order, 3), "limit": least, "images": images}
    if not first.strip() and not second.strip():
        page.reason, page.measured = ("no_text_layer" if images else "empty_page"), {"images": images}
    elif line.get("error"):
        page.reason, page.measured = str(line["error"]), measured
    elif agreement < least:
        page.reason, page.measured = "extractors_disagree", measured
        page.text = first if len(first) >= len(whole) else whole
    elif kind == "lines" and order < ORDER and (cells := _drawn(line, first)) is not None:
        page.text, page.tables, page.order = cells, [], order_agreement(first, cells)
    elif (layout and layout["doubt"]) or (kind == "lines" and order < ORDER):
        # Columns and tiers are read as the page shows them, whatever the order of the file.
        page.reason, page.measured, page.text = "reading_order", measured, first
    elif (bad := len(_UNMAPPED.findall(first))) > 0.02 * len(first):
        page.reason, page.measured = "unmapped_characters", {"found": bad, "characters": len(first)}
    return page


def _order_outside(first: str, second: str, tables: Sequence[PageTable]) -> float:
    """How well two readings agree in the order of what stands outside of ruled tables and figures, which may be drawn in any; 0 where that is little."""
    outside = ANY_MARK.sub("", second)
    little = len("".join(outside.split())) < OUTSIDE * len("".join(first.split()))
    return 0.0 if little or not all(table.edges for table in tables) else order_agreement(first, outside)


def _holds_words_of(first: str, table: PageTable) -> bool:
    """Whether the words of most of a table's cells follow each other in the file."""
    whole = bare(first)
    cells = [bare(text) for row in table.rows for text, _, _ in row]
    told = [cell for cell in cells if len(cell) >= GRAM]
    return sum(cell in whole for cell in told) >= WORDS_OF_FILE * len(told)


def _drawn(line: dict[str, Any], first: str) -> str | None:
    """A page that the file draws in rows of cells, cell by cell; None where it has other characters than the first reading."""
    if not line.get("drawn"):
        return None
    text, _ = remove_running_lines([clean_page(line["drawn"])])
    agreement, order = compare(first, text[0].replace(" | ", " "))
    return text[0] if agreement >= SAME_CELLS and order >= SAME_CELLS else None


_NUMBERED_LINE = re.compile(
    "[0-9]{1,2} (?![年月日時分秒回円銭件人社名個％点倍億万千百兆条章節項号期代歳台枚本割か箇ヶカ～〜])[ぁ-んァ-ヶ一-龥]$"
)
"""The number of a note or an item, and the first character of its words."""
_AUTOMATIC = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff60]) (?=[!-~])|(?<=[!-~]) (?=[\u3001-\u9fff\uff01-\uff60])")


def without_automatic(first: str, second: str) -> str:
    """A reading without the gaps that programs set between kanji and figures (第 7 条), which its reader took for blanks.

    second: the same letters by where they stand; its blanks are blanks. Where the letters differ, the first stays as it is.
    """
    if not _AUTOMATIC.search(first) or "".join(first.split()) != "".join(second.split()):
        return first
    ends = set(accumulate(map(len, second.split())))
    pieces: list[str] = []
    place = last = 0
    for gap in _AUTOMATIC.finditer(first):
        if _NUMBERED_LINE.match(first, first.rfind("\n", 0, gap.start()) + 1, gap.end() + 1):
            continue  # 1 消費税抜き
        before = first[last : gap.start()]
        place += len("".join(before.split()))
        pieces += [before, " "] if place in ends else [before]
        last = gap.end()
    return "".join([*pieces, first[last:]])


def remove_running_lines(readings: Sequence[str]) -> tuple[list[str], int]:
    """The pages' texts without page numbers and the heads and feet that recur on at least half of the pages.

    Also returns how many lines were taken out. A page number beside the head does not
    count in the comparison.
    """
    edges: Counter[str] = Counter()
    for text in readings:
        lines = [line for line in text.split("\n") if line.strip()]
        edges.update({_recurring(line) for line in (*lines[:2], *lines[-2:])})
    needed = max(3, len(readings) / 2)
    removed = 0
    result: list[str] = []
    for text in readings:
        lines = [line.rstrip() for line in text.split("\n")]
        filled = [number for number, line in enumerate(lines) if line]
        drop: set[int] = set()
        for number in {*filled[:2], *filled[-2:]}:
            edge = number in (filled[0], filled[-1])
            recurs = edges[_recurring(lines[number])] >= needed and not is_form_label(lines[number])
            if recurs or (edge and (_PAGE_NUMBER.match(lines[number]) or _MARK_OF_CARE.fullmatch(lines[number]))):
                drop.add(number)
        removed += len(drop)
        result.append("\n".join(line for number, line in enumerate(lines) if number not in drop))
    return result, removed


def _recurring(line: str) -> str:
    """A line without the page number that may stand apart at its end or beginning."""
    return _NUMBER_APART.sub("", line.strip())
