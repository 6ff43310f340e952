"""A document's text in passages by its structure: an article of a law, a question with its answer, a table, a section.

A passage is a slice of the text, `text[start:end]`, so that places in it are places in the document. Passages do not overlap; together
they hold every line that is not blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tekio.text.tables.values import is_unit_caption

LONGEST = 800
"""Characters of a passage, where nothing else is asked for."""
TABLE_CELLS = " | "  # how the readers write the cells of a row

Kind = Literal["article", "answer", "table", "section"]

_NUMERAL = "〇一二三四五六七八九十百千0-9０-９"
ARTICLE_START = re.compile(rf"[ \u3000]*(第[{_NUMERAL}]{{1,6}}条(?:の[{_NUMERAL}]{{1,3}})*)(?:[ \u3000]+|$)")
_CAPTION = re.compile(r"[ \u3000]*[（(][^（）()]{1,60}[）)][ \u3000]*$")
_CHAPTER = re.compile(rf"[ \u3000]*第[{_NUMERAL}]{{1,4}}[編章節款目](?:の[{_NUMERAL}]{{1,3}})*[ \u3000]")
_SUPPLEMENT = re.compile(r"[ \u3000]*附[ \u3000]*則(?:[ \u3000（(]|$)")
_QUESTION = re.compile(
    r"[ \u3000]*(?:【(?:照会要旨|質問|問い?|ご質問|Ｑ|Q)】|(?:[QＱ]|問)[ \u3000]*[0-9０-９]{0,4}[ \u3000]*[.．:：、]|[QＱ][0-9０-９]{1,4}(?![0-9A-Za-z]))"
)
_ANSWER = re.compile(
    r"[ \u3000]*(?:【(?:回答要旨|回答|答え?|Ａ|A)】|(?:[AＡ]|答)[ \u3000]*[0-9０-９]{0,4}[ \u3000]*[.．:：、]|[AＡ][0-9０-９]{1,4}(?![0-9A-Za-z]))"
)
_BRACKETED = re.compile(r"[ \u3000]*【[^】]{1,40}】[ \u3000]*$")
_HEADING = re.compile(
    r"[ \u3000]*(?:[0-9０-９]{1,2}[ \u3000]*[.．、](?![0-9０-９])|[（(][0-9０-９]{1,2}[）)]|[①-⑳]|[■◆●○▼]|【[^】]{1,40}】|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]+[.． \u3000])"
)
_LONGEST_HEADING = 50
_SENTENCE = re.compile(r"(?<=[。！？])(?![」』）)])|(?<=\n)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document's text. path: headings above it, outermost first. heading: what it is: `第三条（定義）`, the
    question of an answer, the heading of a section; empty where there is none. part: 1, 2 ... of one that had to be cut.
    answer: where the answer begins within the passage, for `answer`. above: lines over a table (its unit), where the table was
    cut and they stand in an earlier part.
    """

    document: str
    number: int
    kind: Kind
    text: str
    start: int
    end: int
    heading: str = ""
    path: tuple[str, ...] = ()
    part: int = 1
    answer: int = 0
    above: str = ""

    @property
    def id(self) -> str:
        return f"{self.document}#{self.number}"


@dataclass(slots=True)
class _Line:
    start: int
    end: int  # without the line end
    text: str


@dataclass(slots=True)
class _Block:
    """Lines that belong together."""

    kind: Kind
    lines: list[_Line]
    heading: str = ""
    path: tuple[str, ...] = ()
    answer: int = -1  # place in the document


def split_passages(document: str, text: str, longest: int = LONGEST) -> list[Passage]:
    """The passages of a document in order. document: its id. longest: characters; longer ones are cut between lines or, where
    these are longer, sentences (one longer sentence is cut anywhere).
    """
    found: list[Passage] = []
    for block in _blocks(_lines(text)):
        start, end = block.lines[0].start, block.lines[-1].end
        for part, (first, last) in enumerate(_pieces(text, start, end, longest), 1):
            answer = max(0, min(block.answer - first, last - first)) if block.answer >= 0 else 0
            above = _captions(block.lines) if block.kind == "table" and part > 1 else ""
            piece, number = text[first:last], len(found)
            found.append(
                Passage(
                    document, number, block.kind, piece, first, last, block.heading, block.path, part, answer, above
                )
            )
    return found


def _captions(lines: Sequence[_Line]) -> str:
    """The lines of a table above its first row."""
    first = next((place for place, line in enumerate(lines) if is_table_row(line.text)), 0)
    return "\n".join(line.text for line in lines[:first])


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    place = 0
    for line in text.split("\n"):
        if line.strip():
            found.append(_Line(place, place + len(line), line))
        place += len(line) + 1
    return found


def _blocks(lines: Sequence[_Line]) -> Iterator[_Block]:
    articles = sum(bool(ARTICLE_START.match(line.text)) for line in lines)
    if articles >= 2 or (articles == 1 and len(lines) < 12):
        yield from _law(lines)
        return
    answers = sum(bool(_ANSWER.match(line.text)) for line in lines)
    if answers and any(_QUESTION.match(line.text) for line in lines):
        yield from _questions(lines)
        return
    yield from _sections(lines, ())


def _law(lines: Sequence[_Line]) -> Iterator[_Block]:
    """Articles with their captions; what stands before the first and in supplements without articles as sections."""
    path: dict[str, str] = {}
    waiting: list[_Line] = []  # a caption, and lines before the first article
    current: _Block | None = None

    def above() -> tuple[str, ...]:
        return tuple(path.values())

    for line in lines:
        article = ARTICLE_START.match(line.text)
        chapter = _CHAPTER.match(line.text) and len(line.text) < 80 and "（第" not in line.text
        if article:
            caption = waiting.pop() if waiting and _CAPTION.match(waiting[-1].text) else None
            if current is not None:
                yield current
            if waiting:
                yield _Block("section", waiting, "", above())
                waiting = []
            heading = article[1] + (caption.text.strip() if caption else "")
            current = _Block("article", [caption, line] if caption else [line], heading, above())
        elif _SUPPLEMENT.match(line.text) or chapter:
            if current is not None:
                yield current
                current = None
            if waiting:
                yield _Block("section", waiting, "", above())
            title = " ".join(line.text.split())
            if chapter:
                level = next(mark for mark in "編章節款目" if mark in title)
                order = "編章節款目"
                path = {
                    mark: told for mark, told in path.items() if mark == "附" or order.index(mark) < order.index(level)
                }
                path[level] = title
            else:
                path = {"附": title}
            waiting = [line]
        elif current is not None and not (_CAPTION.match(line.text) and "条" not in line.text[:2]):
            current.lines.extend(waiting)
            waiting = []
            current.lines.append(line)
        elif current is not None:
            if waiting:
                current.lines.extend(waiting)
            waiting = [line]
        else:
            waiting.append(line)
    if current is not None:
        current.lines.extend(waiting)
        waiting = []
        yield current
    if waiting:
        yield _Block("section", waiting, "", above())


def _questions(lines: Sequence[_Line]) -> Iterator[_Block]:
    """Questions with their answers; other bracketed headings end an answer."""
    rest: list[_Line] = []
    current: _Block | None = None
    for line in lines:
        if _QUESTION.match(line.text):
            if current is not None:
                yield current
            if rest:
                yield from _sections(rest, ())
                rest = []
            current = _Block("answer", [line])
        elif current is not None and _ANSWER.match(line.text) and current.answer < 0:
            current.answer = line.start
            current.heading = _asked(current.lines)
            current.lines.append(line)
        elif current is not None and current.answer >= 0 and _BRACKETED.match(line.text):
            yield current
            current, rest = None, [line]
        elif current is not None:
            current.lines.append(line)
        else:
            rest.append(line)
    if current is not None:
        yield current
    if rest:
        yield from _sections(rest, ())


def _asked(lines: Sequence[_Line]) -> str:
    """The question without its mark."""
    first = _QUESTION.sub("", lines[0].text, count=1).strip()
    return "\n".join(text for text in (first, *(line.text.strip() for line in lines[1:])) if text)


def line_at(text: str, place: int) -> str:
    """The line around a place."""
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def sentence_start(text: str, place: int, first: int = 0) -> int:
    """Where the sentence before a place begins, not before `first`; 0 where it is the text's first."""
    return max(text.rfind("。", first, place), text.rfind("\n", first, place)) + 1


def is_table_row(line: str) -> bool:
    """Whether a line is a row of a table as readers write it."""
    return TABLE_CELLS in line


def _is_heading(line: str) -> bool:
    bare = line.strip()
    return len(bare) <= _LONGEST_HEADING and bool(_HEADING.match(line)) and not bare.endswith(("。", "、"))


def _sections(lines: Sequence[_Line], path: tuple[str, ...]) -> Iterator[_Block]:
    """Sections below their headings; tables, with their captions, apart."""
    heading = ""
    current: list[_Line] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        end = place
        if is_table_row(line.text):
            while end < len(lines) and _in_table(lines, end):
                end += 1
            captions: list[_Line] = []
            while current and len(captions) < 3 and _is_caption(current[-1].text):
                captions.insert(0, current.pop())
            if current:
                yield _Block("section", current, heading, path)
            yield _Block("table", [*captions, *lines[place:end]], heading, path)
            current, place = [], end
            continue
        if _is_heading(line.text):
            if current and not all(_is_heading(other.text) for other in current):
                yield _Block("section", current, heading, path)
                current = []
            heading = line.text.strip()
        current.append(line)
        place += 1
    if current:
        yield _Block("section", current, heading, path)


def _in_table(lines: Sequence[_Line], place: int) -> bool:
    """Whether a line is a row, or a short heading between rows."""
    text = lines[place].text
    if is_table_row(text):
        return True
    between = len(text) <= 30 and not _is_heading(text) and not text.rstrip().endswith("。")
    return between and place + 1 < len(lines) and is_table_row(lines[place + 1].text) and not is_unit_caption(text)


def _is_caption(text: str) -> bool:
    return is_unit_caption(text) or (
        len(text.strip()) <= 40 and not text.rstrip().endswith(("。", "、")) and not _is_heading(text)
    )


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """Slices of at most `longest` characters, without white space at their ends."""
    while start < end:
        if end - start <= longest:
            cut = end
        else:
            window = text[start : start + longest]
            places = (window.rfind("\n") + 1, _last_sentence(window))
            cut = start + next((place for place in places if place > longest // 3), longest)
        first, last = start, cut
        while first < last and text[first].isspace() and text[first] != "\u3000":
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            yield first, last
        start = cut


def _last_sentence(window: str) -> int:
    return max((match.start() for match in _SENTENCE.finditer(window)), default=0)
