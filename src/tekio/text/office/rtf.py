r"""Rich text (.rtf) as HTML: headings, lists with their marks, tables with merged cells, notes, text boxes; changes as if accepted.

Rich Text Format Specification 1.9.1. Groups whose first word is `\*` or in `_LEFT_OUT` are left out.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape

from tekio.text.office.package import OfficeFile, Section
from tekio.text.office.rtf_tables import Edge, Row, table
from tekio.text.office.rtf_words import (
    CHARACTERS,
    CODE_PAGES,
    ESCAPED,
    LEFT_OUT,
    MAY_HOLD_TEXT,
    STARRED,
    SYMBOL,
    codec_of,
)
from tekio.text.unreadable import UnreadableError

MAX_DEPTH = 2_000


MAX_COLUMNS = 500


_TOKEN = re.compile(
    r"\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|((?:\\'[0-9A-Fa-f]{2})+)|\\([^A-Za-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)


_UNICODE_RUN = re.compile(r"(?:\\u-?[0-9]{1,10}+ ?+(?:\\'[0-9A-Fa-f]{2}|[^\\{}\r\n]))+")
"""Unicode characters, each with the one character that stands in for it (`\\uc1`): most of what programs write of Japanese."""


_UNIT = re.compile(r"\\u(-?[0-9]+)")


_HEADING = re.compile(r"(?:heading|見出し)\s*([1-6])", re.IGNORECASE)


_BRACE = re.compile(r"\\bin(-?[0-9]{1,10}) ?|\\.|[{}]", re.DOTALL)


@dataclass(slots=True)
class _Group:
    """What holds until the group ends: destination, character and paragraph properties."""

    kind: str = ""
    skipped: bool = False
    hidden: bool = False
    deleted: bool = False
    raised: str = ""
    font: int = -1
    after_unicode: int = 1
    in_table: bool = False
    style: int = -1
    outline: int = 9
    own: bool = False
    """The group opened a flow or a buffer of its own, which ends with it."""

    def inner(self) -> _Group:
        """A group that begins in this one."""
        return _Group(
            "", self.skipped, self.hidden, self.deleted, self.raised, self.font, self.after_unicode, self.in_table,
            self.style, self.outline,
        )  # fmt: skip


@dataclass
class _Flow:
    """Text that runs on its own: the body, a note, a text box."""

    blocks: list[str] = field(default_factory=list[str])
    pieces: list[str] = field(default_factory=list[str])
    boxes: list[str] = field(default_factory=list[str])
    cell: list[str] = field(default_factory=list[str])
    cells: list[str] = field(default_factory=list[str])
    rows: list[Row] = field(default_factory=list[Row])
    edges: list[Edge] = field(default_factory=list[Edge])
    edge: Edge = field(default_factory=lambda: Edge(0))
    head: bool = False


def read_rtf(raw: bytes) -> OfficeFile:
    """The document as one section. Raises `UnreadableError` (`not_rich_text`, `too_deep`)."""
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise UnreadableError("not_rich_text", {})
    return _Reader(raw.decode("latin-1")).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._groups = [_Group()]
        self._flows = [_Flow()]
        self._bytes = bytearray()
        self._units: list[int] = []
        self._skip = 0
        self._page = "cp1252"
        self._fonts: dict[int, int] = {}
        self._styles: dict[int, int] = {}
        self._named: list[str] = []
        self._notes: list[str] = []
        self._title = ""

    def read(self) -> OfficeFile:
        text, at = self._text, 0
        while found := _TOKEN.match(text, at):
            at = found.end()
            word, number, byte, mark, brace, run = found.groups()
            if run is not None:
                self._run(run)
            elif byte is not None:
                self._hexadecimal(byte)
            elif brace == "{":
                self._flush()
                self._open()
            elif brace == "}":
                self._flush()
                self._close()
            elif word == "bin":
                at += max(0, int(number or 0))
            elif word == "u":
                if self._groups[-1].after_unicode == 1 and (several := _UNICODE_RUN.match(text, found.start())):
                    at = several.end()
                    self._unicodes(several[0])
                else:
                    self._unicode(int(number or 0))
            elif word is not None:
                group = self._groups[-1]
                if word not in _ACTING and group.kind not in ("", "*"):
                    self._skip = 0
                    if several := _PRINT_ONLY.match(text, at):  # most words of a file
                        at = several.end()
                    continue
                self._flush()
                self._word(word, None if number is None else int(number))
                if group.skipped and group.kind == word and word not in MAY_HOLD_TEXT:
                    at = self._end_of_group(at)
            elif mark is not None:
                self._mark(mark)
        self._flush()
        while len(self._groups) > 1:
            self._close()
        flow = self._flows[0]
        self._end_paragraph()
        self._end_table(flow)
        return OfficeFile(self._title, [Section(self._title, ["".join([*flow.blocks, *self._notes])])])

    # Groups

    def _end_of_group(self, at: int) -> int:
        """Where the group ends that is open at a place: nothing in it is read."""
        depth = 0
        while found := _BRACE.search(self._text, at):
            at = found.end()
            if found[1] is not None:
                at += max(0, int(found[1]))
            elif found[0] == "{":
                depth += 1
            elif found[0] == "}":
                if depth == 0:
                    return found.start()
                depth -= 1
        return len(self._text)

    def _open(self) -> None:
        if len(self._groups) > MAX_DEPTH:
            raise UnreadableError("too_deep", {"depth": len(self._groups), "limit": MAX_DEPTH})
        self._groups.append(self._groups[-1].inner())

    def _close(self) -> None:
        if len(self._groups) == 1:
            return
        group = self._groups.pop()
        if not group.own:
            return
        if group.kind in ("fonttbl", "stylesheet", "title"):
            if group.kind == "title":
                self._title = "".join(self._named).strip()[:300]
            self._named.clear()
        elif group.kind in ("footnote", "shptxt"):
            inner = self._flows[-1]
            self._end_paragraph(group)
            self._end_table(inner)
            self._flows.pop()
            if group.kind == "footnote":
                number = len(self._notes) + 1
                note = "".join(inner.blocks).removeprefix("<p>").removesuffix("</p>").replace("</p><p>", "<br>")
                self._notes.append(f"<div>（注{number}）{note}</div>")
                self._flows[-1].pieces.append(f"<sup>{number}</sup>")
            else:
                self._flows[-1].boxes += inner.blocks

    def _destination(self, word: str) -> bool:
        """Whether `word` opened a destination of the group that has just begun."""
        group = self._groups[-1]
        starred, first = group.kind == "*", group.kind in ("", "*")
        if not first:
            return False
        group.kind = word
        if (starred and word not in STARRED) or word in LEFT_OUT:
            group.skipped = True
        elif word == "ud":
            group.skipped = False
        elif word == "info" or word == "upr":
            group.skipped = True
        elif word == "title" and len(self._groups) > 2 and self._groups[-2].kind == "info":
            group.skipped, group.own = False, True
        elif word in ("fonttbl", "stylesheet"):
            group.own = True
        elif word in ("footnote", "shptxt") and not group.skipped:
            group.own, group.in_table = True, False
            self._flows.append(_Flow())
        else:
            return False
        return True

    def _naming(self) -> str:
        """The table of names that is being read, if any."""
        for group in self._groups[-3:]:
            if group.own and group.kind in ("fonttbl", "stylesheet", "title"):
                return group.kind
        return ""

    # Words

    def _word(self, word: str, number: int | None) -> None:
        group, flow = self._groups[-1], self._flows[-1]
        if self._destination(word):
            return
        if word == "uc":
            group.after_unicode = max(0, min(number or 0, 16))
        elif word == "ansicpg":
            self._page = codec_of(number or 1252)
        elif word == "f":
            group.font = number or 0
        elif word == "fcharset":
            self._fonts[group.font] = number or 0
        elif word == "s":
            group.style = number or 0
        elif group.skipped:
            return
        elif word in CHARACTERS:
            self._say(" " if word == "tab" and self._in_mark() else CHARACTERS[word])
        elif self._naming():
            return
        elif word in _TOGGLES:
            _TOGGLES[word](group, number != 0)
        elif word == "pard":
            group.in_table, group.style, group.outline = False, -1, 9
        elif word == "plain":
            group.hidden = group.deleted = False
            group.raised = ""
        elif word == "intbl":
            group.in_table = True
        elif word == "outlinelevel":
            group.outline = 9 if number is None else number
        elif word in ("par", "sect", "page", "column"):
            if not self._in_mark():
                self._end_paragraph()
        elif word in ("line", "lbr", "nestrow"):
            self._say("\n")
        elif word == "nestcell":
            self._say("\u3000")
        elif word == "cell":
            self._end_paragraph(in_cell=True)
            flow.cells.append("".join(flow.cell))
            flow.cell = []
        elif word == "trowd":
            flow.edges, flow.edge, flow.head = [], Edge(0), False
        elif word == "trhdr":
            flow.head = True
        elif word in ("clmrg", "clvmrg"):
            flow.edge = replace(
                flow.edge,
                joins_left=flow.edge.joins_left or word == "clmrg",
                joins_above=flow.edge.joins_above or word == "clvmrg",
            )
        elif word == "cellx" and len(flow.edges) < MAX_COLUMNS:
            flow.edges.append(replace(flow.edge, right=number or 0))
            flow.edge = Edge(0)
        elif word == "row":
            flow.rows.append(Row(list(flow.edges), flow.cells, flow.head))
            flow.cells = []

    def _in_mark(self) -> bool:
        return any(group.kind in ("listtext", "pntext") for group in self._groups[-3:])

    def _mark(self, mark: str) -> None:
        self._flush()
        if mark == "*":
            self._groups[-1].kind = "*"
        elif mark in "\r\n":
            self._word("par", None)
        elif mark in ESCAPED and not self._skipped_character():
            self._say(ESCAPED[mark])

    # Characters

    def _skipped_character(self) -> bool:
        """Whether this character only stands in for the Unicode character before it."""
        if self._skip:
            self._skip -= 1
            return True
        return False

    def _run(self, run: str) -> None:
        if self._skip:
            cut = min(self._skip, len(run))
            self._skip -= cut
            run = run[cut:]
        if run:
            self._write_units()
            self._begin_text()
            self._bytes += run.encode("latin-1")

    def _hexadecimal(self, marks: str) -> None:
        raw = bytes.fromhex(marks.replace("\\'", ""))
        cut = min(self._skip, len(raw))
        self._skip -= cut
        if raw := raw[cut:]:
            self._write_units()
            self._begin_text()
            self._bytes += raw

    def _begin_text(self) -> None:
        """A word behind text opens no destination."""
        self._groups[-1].kind = self._groups[-1].kind or "text"

    def _unicode(self, number: int) -> None:
        self._write_bytes()
        self._units.append(number & 0xFFFF)
        self._skip = self._groups[-1].after_unicode

    def _unicodes(self, run: str) -> None:
        """The characters of a `_UNICODE_RUN`."""
        self._write_bytes()
        self._units += [int(number) & 0xFFFF for number in _UNIT.findall(run)]
        self._skip = 0

    def _flush(self) -> None:
        if self._bytes:
            self._write_bytes()
        if self._units:
            self._write_units()
        self._skip = 0

    def _write_units(self) -> None:
        if self._units:
            raw = struct.pack(f"<{len(self._units)}H", *self._units)
            self._units.clear()
            symbols = raw.decode("utf-16-le", "replace")
            self._say(re.sub("[\uf000-\uf0ff]", "・", symbols))

    def _write_bytes(self) -> None:
        if self._bytes:
            raw = bytes(self._bytes)
            self._bytes.clear()
            if not self._groups[-1].skipped:
                self._say(self._decoded(raw))

    def _decoded(self, raw: bytes) -> str:
        if raw.isascii():
            return raw.decode("ascii")
        charset = self._fonts.get(self._groups[-1].font, 0)
        if charset == SYMBOL:
            return "".join("・" if byte > 0x9F else chr(byte) for byte in raw)
        own = CODE_PAGES.get(charset)
        for codec in dict.fromkeys([own or self._page, self._page, "cp932"]):
            try:
                return raw.decode(codec)
            except UnicodeDecodeError:
                continue
        return raw.decode(own or self._page, "replace")

    def _say(self, text: str) -> None:
        group = self._groups[-1]
        if group.skipped:
            return
        naming = self._naming()
        if naming == "stylesheet":
            if heading := _HEADING.search(text):
                self._styles[group.style] = int(heading[1])
        elif naming == "title":
            self._named.append(text)
        elif not naming and not group.hidden and not group.deleted and text:
            inner = "<br>".join(escape(line) for line in text.split("\n"))
            self._flows[-1].pieces.append(f"<{group.raised}>{inner}</{group.raised}>" if group.raised else inner)

    # Paragraphs and tables

    def _end_paragraph(self, closed: _Group | None = None, *, in_cell: bool = False) -> None:
        flow, group = self._flows[-1], closed or self._groups[-1]
        inner = "".join(flow.pieces).strip(" ")
        boxes = flow.boxes
        flow.pieces, flow.boxes = [], []
        rank = self._styles.get(group.style, 0) or (group.outline + 1 if group.outline < 6 else 0)
        name = f"h{rank}" if rank and not in_cell and not group.in_table else "p"
        made = [*([f"<{name}>{inner}</{name}>"] if inner.replace("<br>", "").strip() else []), *boxes]
        if in_cell or group.in_table:
            flow.cell += made
            return
        self._end_table(flow)
        flow.blocks += made

    def _end_table(self, flow: _Flow) -> None:
        if flow.cells or flow.cell:  # a row that was not ended
            flow.rows.append(Row(list(flow.edges), [*flow.cells, "".join(flow.cell)], head=False))
            flow.cells, flow.cell = [], []
        if flow.rows:
            flow.blocks.append(table(flow.rows))
            flow.rows = []


def _set_hidden(group: _Group, on: bool) -> None:
    group.hidden = on


def _set_deleted(group: _Group, on: bool) -> None:
    group.deleted = on


def _set_raised(name: str) -> Callable[[_Group, bool], None]:
    def change(group: _Group, on: bool) -> None:
        group.raised = name if on else ""

    return change


_TOGGLES: dict[str, Callable[[_Group, bool], None]] = {
    "v": _set_hidden,
    "deleted": _set_deleted,
    "super": _set_raised("sup"),
    "sub": _set_raised("sub"),
    "nosupersub": _set_raised(""),
}


_ACTING = frozenset(
    [
        "uc",
        "ansicpg",
        "f",
        "fcharset",
        "s",
        "pard",
        "plain",
        "intbl",
        "outlinelevel",
        "par",
        "sect",
        "page",
        "column",
        "line",
        "lbr",
        "nestrow",
        "nestcell",
        "cell",
        "trowd",
        "trhdr",
        "clmrg",
        "clvmrg",
        "cellx",
        "row",
    ]
).union(CHARACTERS, _TOGGLES)
"""Words that change what is read; the others are about print."""


_PRINT_ONLY = re.compile(
    rf"(?:\\(?!(?:u|bin|{'|'.join(sorted(_ACTING))})(?![A-Za-z]))[A-Za-z]{{1,32}}(?:-?[0-9]{{1,10}})? ?|[\r\n]+)+"
)
"""Words that nothing is done about, behind the first of a group."""
