"""Questions and answers in plain and hard-wrapped text, and in the text of PDF pages.

The text becomes a small tree of paragraphs and headings, so that the readings of pages work on it unchanged. Page
numbers and lines that return on every page are set aside as page furniture; every other character is in a block.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from lxml import etree

from tekio.instruct.harvest.flow import has_leaders, repeated_signs, without_leaders
from tekio.instruct.harvest.marks import (
    ASK_LABEL,
    ASKING_SPEAKER,
    CLOCKED_NAME,
    CONTACT_LINE,
    RULER,
    TELL_LABEL,
    TELLING_SPEAKER,
    find_mark,
    question_likeness,
)
from tekio.instruct.harvest.trim import TOPIC_LINE

_PAGE_NUMBER = re.compile(
    r"^[\s\u3000]*(?:[-－–—‐]\s*[0-9０-９]{1,4}\s*[-－–—‐]|[0-9０-９]{1,4}\s*[/／]\s*[0-9０-９]{1,4}|[0-9０-９]{1,4})[\s\u3000]*$"
)
_ITEM = re.compile(
    r"^[\s\u3000]*(?:[・●○◎■◆※*‣▶]|[①-⑳]|[(（](?:[0-9０-９一二三四五六七八九十ア-ンa-z]{1,3}|例[0-9０-９]?|注[0-9０-９]?)[)）]|[0-9０-９]{1,2}[.．、]|[ア-ン][.．　]|[-–][ \u3000])"
)
_MARKDOWN = re.compile(r"^(#{1,6})\s+\S")
_END = re.compile(r"[。．？！?!:：」）)】]\s*$")
_SENTENCE = re.compile(r"[。．？！?!]\s*$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
_SHORT_RULER = re.compile(r"([-=_*─━―])\1{2,}|--")
"""A line drawn with a few characters; two hyphens begin the signature of a mail."""
MAX_HEADING = 40
RUNNING = 3
"""A line that stands at the top or bottom of at least so many pages is a running head."""


def text_tree(pages: Sequence[str]) -> Any:
    """An HTML tree of the pages' text; page numbers and running heads lie in `footer` elements."""
    root = etree.Element("html")
    body = etree.SubElement(root, "body")
    whole = _whole(pages)
    paragraph = _Paragraph(body)
    blank = widest = 0
    parted = turned = False
    for page in pages:
        lines = _CONTROL.sub("", page.replace("\r\n", "\n").replace("\r", "\n")).replace("\f", "\n").split("\n")
        told = [line.strip(" \t\u3000\xa0") for line in lines]
        # Where a paragraph goes on over the end of a page, its lines end at the margin of the page it began on.
        widest = max(*map(len, told), widest if paragraph.lines else 0, 0)
        counted = _counted_lines(told)
        for number, (line, text) in enumerate(zip(lines, told, strict=True)):
            turned = turned or number == 0
            if not text:
                blank, parted = blank + 1, True
                continue
            gap, blank = blank, 0
            if _PAGE_NUMBER.match(line) or _recurring(text) in whole.running or text in whole.heads:
                # A page may end inside a sentence: neither its number nor the blank lines around it end the paragraph.
                etree.SubElement(body, "footer").text = text
                turned = True
                continue
            if parted and not (turned and paragraph.goes_on(widest)):
                paragraph.close()
            parted = turned = False
            if tag := _own_element(told, number, whole):
                paragraph.close()
                etree.SubElement(body, tag).text = text
            elif (rest := paragraph.quoted_on(text)) is not None:
                paragraph.lines.append(rest)
            else:
                if paragraph.ends_above(line, text, widest) or number in counted or whole.begins(line, text):
                    paragraph.close()
                paragraph.add(text, _indent(line), gap)
                if len(paragraph.lines) == 1 and _is_label(text):
                    paragraph.close()
    paragraph.close()
    return root


@dataclass(frozen=True)
class _Whole:
    """What only the whole text tells of its lines."""

    running: set[str]
    heads: set[str]
    listed: set[str]
    underlined: dict[str, int]
    signs: set[str]
    spoken: bool
    """Lines with ○ and a name are the turns of a meeting."""
    speakers: set[str]

    def turns(self, text: str) -> bool:
        """Whether a line is a turn of a meeting."""
        return self.spoken and _VOICE.match(text) is not None

    def begins(self, line: str, text: str) -> bool:
        """Whether a line begins a paragraph by what stands at its head."""
        named = _NAMED.match(text)
        speaks = (named is not None and named[1] in self.speakers) or self.turns(text)
        return _starts_new(line, text) or text[0] in self.signs or speaks


def _whole(pages: Sequence[str]) -> _Whole:
    lines = [line for page in pages for line in page.split("\n")]
    told = [line.strip(" \t\u3000") for line in lines]
    names = Counter(found[1] for line in told if (found := _NAMED.match(line)))
    return _Whole(
        running=_running_lines(pages),
        heads=_counting_heads(pages),
        listed=_listed_titles(pages),
        underlined=_underlined_levels(pages),
        signs=repeated_signs(lines),
        spoken=sum(_VOICE.match(line) is not None for line in told) >= SPOKEN,
        speakers={name for name, count in names.items() if count >= SPEAKS},
    )


def _own_element(told: Sequence[str], number: int, whole: _Whole) -> str:
    """The tag of a line that stands for itself: a heading, a ruler; empty for the text of a paragraph."""
    text = told[number]
    if number and _is_underline(told, number):
        return "footer"
    if number + 1 < len(told) and _is_underline(told, number + 1):
        return f"h{whole.underlined[told[number + 1][0]]}"
    if RULER.match(text) or _SHORT_RULER.fullmatch(text):
        return "p"
    if marked := _MARKDOWN.match(text):
        return f"h{len(marked[1])}"
    if _squeezed(text) in whole.listed:
        return "h2"
    if len(text) > MAX_HEADING or whole.turns(text):
        return ""
    topic = TOPIC_LINE.match(text) and not _END.search(text) and not _marks_text(text)
    ruled = 0 < number < len(told) - 1 and RULER.match(told[number - 1]) and RULER.match(told[number + 1])
    return "h2" if topic or ruled else ""


@dataclass
class _Paragraph:
    """The paragraph that is being read; `close` puts it into the body."""

    body: Any
    lines: list[str] = field(default_factory=list[str])
    indent: int = 0
    gap: int = 0
    """Blank lines above it."""

    def close(self) -> None:
        if self.lines:
            element = etree.SubElement(self.body, "p")
            element.text = "".join(self.lines)
            if self.gap >= 2:
                element.set("data-gap", str(self.gap))
            if self.indent:
                element.set("class", f"indent{self.indent}")
            self.lines.clear()

    def add(self, text: str, indent: int, gap: int) -> None:
        if not self.lines:
            self.indent, self.gap = indent, gap
        elif self.lines[-1][-1:].isascii() and text[:1].isascii():
            self.lines.append(" ")
        self.lines.append(text)

    def goes_on(self, widest: int) -> bool:
        """Whether the paragraph reaches the margin and ends inside a sentence, so that it goes on on the next page."""
        return bool(self.lines) and len(self.lines[-1]) >= SHORT_LINE * widest and not _END.search(self.lines[-1])

    def quoted_on(self, text: str) -> str | None:
        """The rest of a line that goes on with the quoted paragraph above behind its sign; None for any other line."""
        if not (self.lines and _QUOTED.match(self.lines[0])):
            return None
        again = _QUOTED.match(text)
        if again is None or _END.search(self.lines[-1]):
            return None
        rest = text[again.end() :]
        return None if _starts_new(rest, rest) else rest

    def ends_above(self, line: str, text: str, widest: int) -> bool:
        """Whether a line is no continuation of the paragraph by what that paragraph is."""
        if not self.lines:
            return False
        last = self.lines[-1]
        return bool(
            (CONTACT_LINE.match(text) and len(last) < SHORT_LINE * widest)  # behind a line that ends before the margin
            or _QUOTED.match(self.lines[0])
            or _END.search(last)
            or has_leaders(last)
            or (len(self.lines) == 1 and _answers_below(last, self.indent, _indent(line), widest))
        )


_COUNTER = re.compile(r"^([0-9A-Z])[\s\u3000]+(?=\S)")


def _counted_lines(told: Sequence[str]) -> set[int]:
    """Lines that begin with numbers or letters that count on without a sign behind them (1　…, 2　…): items, no wrapped text."""
    found: set[int] = set()
    before: tuple[int, str] | None = None
    for number, text in enumerate(told):
        match = _COUNTER.match(unicodedata.normalize("NFKC", text))
        if match is None:
            continue
        if before is not None and number - before[0] <= MOST_LINES and ord(match[1]) == ord(before[1]) + 1:
            found |= {before[0], number}
        before = (number, match[1])
    return found


MOST_LINES = 3
"""So many lines an item may have."""


def _is_underline(told: Sequence[str], number: int) -> bool:
    """Whether a line draws one sign below a title of a line: no rule between paragraphs, and no side of a box."""
    if number < 1 or not _UNDERLINE.fullmatch(told[number]):
        return False
    title = told[number - 1]
    above = told[number - 2] if number > 1 else ""
    return (
        bool(title)
        and not above
        and any(letter.isalnum() for letter in title)
        and len(title) <= MAX_UNDERLINED
        and not title.endswith(("。", "．"))
        and 2 * _width(told[number]) >= _width(title)
        and find_mark(title) is None
    )


_UNDERLINE = re.compile(r"([-=~^#*+_＝─━―])\1{3,}")
MAX_UNDERLINED = 60


def _underlined_levels(pages: Sequence[str]) -> dict[str, int]:
    """Sign of an underline -> the level of its titles, in the order in which the signs appear; the first used once is the document's."""
    counts: Counter[str] = Counter()
    for page in pages:
        told = [line.strip(" \t\u3000\xa0\r") for line in page.split("\n")]
        counts.update(told[number][0] for number in range(1, len(told)) if _is_underline(told, number))
    first = next(iter(counts), "")
    return {sign: min(place + (1 if counts[first] == 1 else 2), 6) for place, sign in enumerate(counts)}


MAX_INDENT = 8
SHORT_LINE = 0.8


def _indent(line: str) -> int:
    """How far a line is moved in, in half widths."""
    width = 0
    for letter in line:
        if letter not in " \t\u3000\xa0":
            break
        width += {"\t": 4, "\u3000": 2}.get(letter, 1)
    return min(width, MAX_INDENT)


def _answers_below(line: str, above: int, indent: int, widest: int) -> bool:
    """Whether the text moved in below a line is not its continuation: it does not hang from the line's mark.

    line: the one line above, `above` its indentation; widest: of the lines of the page, in characters.
    """
    if indent - above < 2:
        return False
    mark = find_mark(line)
    found = _ITEM.match(line)
    at = mark.end if mark is not None and not mark.glued else found.end() if found is not None else 0
    short = len(line) < SHORT_LINE * widest
    if not at:
        return not above and short and not ASKING_SPEAKER.match(line) and not TELLING_SPEAKER.match(line)
    starts = above + _width(line[:at])
    if mark is not None and mark.kind == "answer":
        return False
    asks = question_likeness(line[at:])
    return indent < starts - 1 or asks >= 1 or (short and asks > 0)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "FWA" else 1 for letter in text)


_NAMED = re.compile(r"^([^\s\u3000:：。、「」（）()]{1,12})[\s\u3000]*[:：]")
_VOICE = re.compile(r"^[○◯〇●◎][^\s\u3000（(]{1,12}(?:[(（][^()（）]{1,14}[)）])?[\s\u3000]+\S")
SPOKEN = 4
"""So many lines that begin with ○ and a name are turns of a meeting, no headings."""
SPEAKS = 2
"""A name with a colon that begins so many lines is somebody who speaks in turn."""
_POSTED = re.compile(r"^[0-9]{1,4}\s*[:：.]\s*[^\s:：]{1,20}\s*[:：]\s*[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}")
"""The head of a post in a log."""
_TIMED = re.compile(
    r"^[\[(（]?(?:[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}\s+)?[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?[\])）]?[\s\u3000]+\S"
)


def _is_label(text: str) -> bool:
    """Nothing but a mark or a label: what it marks begins on the next line."""
    if _POSTED.match(text) or CLOCKED_NAME.match(text):
        return True
    mark = find_mark(text)
    if mark is not None:
        return mark.alone
    label = ASK_LABEL.match(text) or TELL_LABEL.match(text)
    return label is not None and label.end() == len(text)


def _marks_text(text: str) -> bool:
    """A mark or a label with text behind it (「【質問】…」): no title, so the line may go on in the next one."""
    mark = find_mark(text)
    if mark is not None and not mark.glued:
        return not mark.alone
    label = ASK_LABEL.match(text) or TELL_LABEL.match(text)
    return label is not None and label.end() < len(text)


_QUOTED = re.compile(r"^[>＞|｜┃]\s*(?=[^\s|｜┃])(?!.*[|｜┃]$)")


def _starts_new(line: str, text: str) -> bool:
    if (
        _QUOTED.match(text)
        or _POSTED.match(text)
        or CLOCKED_NAME.match(text)
        or _TIMED.match(text)
        or ASK_LABEL.match(text)
        or TELL_LABEL.match(text)
    ):
        return True
    if _ITEM.match(line) or find_mark(text) is not None:
        return True
    return bool(ASKING_SPEAKER.match(text) or TELLING_SPEAKER.match(text))


def _recurring(line: str) -> str:
    """A line without its digits and spaces: a running head may count pages."""
    return re.sub(r"[0-9０-９\s\u3000]+", "", line)


_NUMBERED_TITLE = re.compile(r"^(?:第?[0-9０-９一二三四五六七八九十]{1,3}[.．、章節部)）\s\u3000]|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ])")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _listed_titles(pages: Sequence[str]) -> set[str]:
    """Numbered titles of sections that a table of contents lists with a row of dots, without white space; no questions."""
    lines = [line.strip(" \t\u3000\r") for page in pages for line in re.split(r"[\n\f]", page)]
    listed = [without_leaders(line).rstrip() for line in lines if has_leaders(line)]
    return {
        _squeezed(title)
        for title in listed
        if _NUMBERED_TITLE.match(title)
        and len(title) <= MAX_HEADING
        and find_mark(title) is None
        and question_likeness(title) == 0
    }


_COUNTS_PAGES = re.compile(
    r"^(?P<title>\S.{1,50}?)[ \u3000\t]{2,}[-－–]?[ \u3000]*(?P<page>[0-9０-９]{1,4})[ \u3000]*[-－–]?$"
    r"|^[-－–]?[ \u3000]*(?P<first>[0-9０-９]{1,4})[ \u3000]*[-－–]?[ \u3000\t]{2,}(?P<behind>\S.{1,50})$"
)
MAX_LEAP = 2
"""A running head may stand on every other page only."""


def _counting_heads(pages: Sequence[str]) -> set[str]:
    """Lines of one title with page numbers that count up, alone between paragraphs: heads of pages that nothing parts."""
    found: dict[str, list[tuple[int, str]]] = {}
    for page in pages:
        lines = [line.strip(" \t\u3000\r") for line in re.split(r"[\n\f]", page)]
        for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
            counted = _COUNTS_PAGES.match(line)
            if counted is not None and not (before and after):
                number = int(unicodedata.normalize("NFKC", counted["page"] or counted["first"]))
                found.setdefault(counted["title"] or counted["behind"], []).append((number, line))
    return {
        line
        for told in found.values()
        if len(told) >= 2 and all(0 < two - one <= MAX_LEAP for (one, _), (two, _) in pairwise(told))
        for _, line in told
    }


def _running_lines(pages: Sequence[str]) -> set[str]:
    counts: Counter[str] = Counter()
    tops: list[str] = []
    for page in pages:
        lines = [line.strip(" \t\u3000\r") for line in page.split("\n") if line.strip(" \t\u3000\r")]
        tops.append(lines[0] if lines else "")
        edges = {_recurring(line) for line in (*lines[:2], *lines[-2:]) if len(line) <= 60}
        counts.update(edge for edge in edges if edge)
    running = {line for line, count in counts.items() if count >= max(RUNNING, len(pages) // 2)}
    first = (
        [line.strip(" \t\u3000\r") for line in pages[0].split("\n") if line.strip(" \t\u3000\r")][:5] if pages else []
    )
    running.update(
        _recurring(top) for top in tops[1:] if top in first and not _SENTENCE.search(top) and find_mark(top) is None
    )
    if len(tops) == 2 and tops[0] == tops[1] and not _SENTENCE.search(tops[0]) and find_mark(tops[0]) is None:
        running.add(_recurring(tops[0]))
    return running
