"""Rejoin Japanese text that was wrapped (e-mail, old text files, PDF) into paragraphs, and leave everything else.

What an editor looks at: a line goes on in the next when nothing more fitted into it (its width is that of the other full
lines, in columns or in characters, and the next word would not have fitted), when the break cuts a number from its
digits, sign or unit, or when paragraphs of the text begin with an indented line and the next line has none. A sentence that
ends at the end of a full line goes on where indentation says so. Items of lists go on with hanging lines. Headings, articles,
verse, tables, rules and contents stay: they are not full, or begin something new, or are no prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tekio.text.double_spaced import single_spaced
from tekio.text.line_form import (
    ADDRESS,
    CLOSING,
    COMPOUNDS,
    CUT_ENDS,
    CUT_WORD,
    ENDS,
    GOES_ON,
    LATIN,
    LATIN_PROSE,
    LATIN_START,
    LONG,
    NO_START,
    OPENING,
    PARTICLES,
    PROSE,
    PUNCTUATION,
    SALUTATION,
    SPACES,
    STOPS,
    WEB,
    WORD,
    Line,
    Places,
    columns,
    cuts_number,
    cuts_word,
    follows,
    hang_labels,
    is_inside_brackets,
    unmark_points,
)

Mode = Literal["auto", "always", "never"]

MIN_WIDTH = 24
"""Columns (a full-width character is two) below which lines are not taken for wrapped text."""
MAX_WIDTH = 200
DEEP = 20
"""Columns of indentation from which a line is set apart to the right (the sender of a letter) and tells nothing of the width."""
SLACK = 5
"""Columns a full line may lack where the width of the text is known from elsewhere (proportional print)."""


@dataclass(frozen=True)
class Joined:
    """Text, how many line breaks were taken out, and the width in columns that lines were taken to be wrapped at."""

    text: str
    joined: int
    width: int | None


@dataclass(frozen=True)
class _Width:
    """The width of full lines, by `columns` or by `characters`; slack: what a full line may lack beyond the next word."""

    value: int
    by: str
    slack: int = 0

    def is_full(self, line: Line, following: Line) -> bool:
        """Whether the next line's first word would not have fitted into the line."""
        if line.full is not None:
            return line.full
        return line.measure(self.by, hanging=False) + _first_unit(following.body, self.by) + self.slack > self.value


def _first_unit(body: str, by: str) -> int:
    """How much of a line could not have been split off: a word or figure, or a character with the marks that cling to it."""
    end = 0
    while end < len(body) and body[end] in OPENING:
        end += 1
    word = WORD.match(body, end)
    end = word.end() if word else min(end + 1, len(body))
    address = WEB.match(body, word.start()) if word else None
    if address and address.end() < len(body):  # an address inside a sentence; one on a line of its own says nothing
        return columns(body[: address.end()]) if by == "columns" else address.end()
    while end < len(body) and body[end] in CLOSING:
        end += 1
    unit = body[: min(end, 24)]
    return columns(unit) if by == "columns" else len(unit)


FEWEST_WRAPPED, MOST_APART = 3, 90
_PARTED = re.compile("[^！？!?…—\u3000]\u3000[^\u3000]")
_FIELDS = re.compile("(?:[^\u3000、。！？!?…—]{2,24}\u3000+){2,}[^\u3000、。！？!?…—]{2,24}")
"""A line of a form: several fields, each short, wide blanks between them. What stands below it is a line of its own."""
_MEASURES = (("columns", 1, 0.5), ("characters", 0, 0.5), ("columns", 4, 0.75))
"""How lines may have been filled: measure, what a full line may lack beyond the next word, and the share of full lines needed."""


def _find_width(lines: Sequence[Line], *, latin: bool = False) -> _Width | None:
    """The width of full lines; latin: of lines without Japanese, which are wrapped between words.

    Breaks between lines without any punctuation say nothing: verse and lists have them.
    """
    prose = LATIN_PROSE if latin else PUNCTUATION
    breaks = [
        (here, after)
        for here, after in pairwise(lines)
        if here.columns >= MIN_WIDTH
        and here.body.isascii() is latin
        and _FIELDS.fullmatch(here.body) is None
        and after.indent <= here.indent + here.hangs + 4
        and here.is_open()
        and follows(here, after)
        and (prose.search(here.body) or prose.search(after.body) or 4 <= here.hangs == after.indent - here.indent)
        and after.body[0] not in "【■◆"  # a heading
        and not (after.body[0] in "「『" and after.indent < here.indent)  # speech on a line of its own, as in novels
    ]
    if len(breaks) < FEWEST_WRAPPED and all(here.mark and after.indent <= here.indent for here, after in breaks):
        return None  # what stands below an item, no further in, may be a paragraph of its own
    if not breaks or (latin and sum(after.body[0].islower() for _, after in breaks) < 0.5 * len(breaks)):
        return None  # lines of English verse begin with capitals
    best: tuple[float, _Width] | None = None
    for by, slack, least in _MEASURES:
        widths = sorted(here.measure(by) for here, _ in breaks)
        width = widths[int(len(widths) * 0.97)] if len(widths) >= 30 else widths[-1]
        candidate = _Width(width, by, slack)
        limit = MAX_WIDTH if by == "columns" else MAX_WIDTH // 2
        over = width + (4 if by == "columns" else 2)
        beyond = sum(
            1
            for line in lines
            if line.measure(by) > over and line.indent < DEEP and line.body.isascii() is latin and not line.alone
        )
        if width > limit or beyond > 0.05 * len(lines) + (len(lines) >= 20):
            continue
        share = sum(1 for here, after in breaks if candidate.is_full(here, after)) / len(breaks)
        needed = max(least, 0.6 if len(breaks) >= 4 else 0.5)
        if share >= needed and (best is None or share > best[0] + 0.1):
            best = (share, candidate)
    return None if best is None else best[1]


def join_lines(text: str, mode: Mode = "auto", *, width: int | None = None, places: Places | None = None) -> Joined:
    """`text` with wrapped lines rejoined. `always` joins wherever a line does not end a sentence; `auto` only what was
    wrapped (`width` columns, if the caller knows it) or cut inside a number; `never` changes nothing. places:
    says of lines how they stood on their page, if the caller knows it.

    Only white space and line breaks are taken out, so no figure, sign or mark is lost.
    """
    if mode == "never" or "\n" not in text:
        return Joined(text, 0, None)
    spaced = single_spaced(text)
    lines = [Line(line) for line in spaced.split("\n")]
    if places is not None:
        for line in lines:
            if line.body:
                line.full, line.begins = places.is_full(line.raw), places.begins(line.raw)
        if width is None and any(line.full for line in lines):
            width = MAX_WIDTH  # of lines whose place is not known none is full
    hang_labels(lines)
    unmark_points(lines)
    found = _Width(width, "columns", SLACK) if width else _find_width(lines)
    latin = None if width else _find_width(lines, latin=True)
    indented = _paragraphs_are_indented(lines)
    apart = found is not None and not indented and _paragraphs_stand_apart(lines, found)
    told = found is not None or latin is not None or indented or mode != "auto"
    if not told and not (_may_be_cut(lines) if spaced is text else _may_end_cut(lines)):
        return Joined(text, 0, None)  # as it was, double spaces included
    result: list[list[str]] = []  # the pieces of each line
    joined = 0
    start: Line | None = None  # the first line of the paragraph
    hang: int | None = None  # the indentation of its further lines
    for number, line in enumerate(lines):
        previous = lines[number - 1] if number else None
        if (
            previous is not None
            and start is not None
            and (follows(previous, line) or _goes_on_by_comma(previous, line))
            and (_is_in_place(start, hang, line) or _hangs_cut(previous, line, start))
            and not (places is not None and places.are_parted(previous.raw, line.raw))
            and _goes_on(
                lines,
                number,
                start,
                latin if previous.body.isascii() and previous.full is None else found,
                mode,
                indented=indented,
                apart=apart,
            )
        ):
            body = line.body
            space = (
                " "
                if LATIN.search(result[-1][-1])
                and LATIN_START.match(body)
                and not cuts_number(previous, line)
                and not _cuts_digits(previous.body, body)
                and not ((previous.full or cuts_word(previous, line)) and _ADDRESS_AT_END.search(previous.body))
                else ""
            )
            ended = result[-1][-1].rstrip(SPACES)
            if cuts_word(previous, line) and not _ADDRESS_AT_END.search(previous.body):  # whose hyphens are its own
                space = ""
                cut = CUT_WORD.search(previous.body)
                ended = ended if cut is None or cut[1].lower() in COMPOUNDS else ended[:-1]
            result[-1][-1] = ended
            result[-1].append(space + body)
            hang = line.indent if hang is None else hang
            joined += 1
        else:
            result.append([line.raw])
            start, hang = (None if line.alone else line), None
    found = found or latin
    value = None if found is None else found.value if found.by == "columns" else 2 * found.value
    return Joined("\n".join("".join(pieces) for pieces in result), joined, value)


_ADDRESS_AT_END = re.compile("://[!-~]+$")


def _goes_on_by_comma(line: Line, following: Line) -> bool:
    """Whether a line that is full by its place ends with a comma: what looks like a mark below it (ウ）, ③, D.) stands in its sentence."""
    return (
        line.full is True
        and not following.begins
        and line.body[-1:] in ("、", "，")
        and not (line.alone or following.alone)
        and line.quote == following.quote
    )


def _cuts_digits(before: str, after: str) -> bool:
    """Whether digits stand on both sides of a break that is no end of a line, in Japanese: those of one number (0.7⏎9685)."""
    return before[-1:].isdigit() and after[:1].isdigit() and not before.isascii() and not after.isascii()


def _is_in_place(start: Line, hang: int | None, line: Line) -> bool:
    """Whether a line stands where the next line of the paragraph that begins with `start` must stand."""
    if start.indent >= DEEP:
        return False
    if hang is not None:
        return line.indent == hang or (start.mark > 0 and line.indent <= start.indent)
    if line.indent <= start.indent:
        return True
    return start.hangs > 0 and line.indent <= start.indent + start.hangs + 4


def _hangs_cut(previous: Line, line: Line, start: Line) -> bool:
    """Whether the rest of a cut figure hangs below an item whose mark is none by itself (「・7月…は＋⏎　2.9％」)."""
    further = 4 if start.body[0] in "・●○■□◆◇※" else 1
    return line.indent <= start.indent + further and cuts_number(previous, line)


def _goes_on(
    lines: Sequence[Line], number: int, start: Line, width: _Width | None, mode: Mode, *, indented: bool, apart: bool
) -> bool:
    """Whether `lines[number]` goes on with the paragraph of the line before it.

    indented, apart: what tells this text's paragraphs from each other.
    """
    line, following = lines[number - 1], lines[number]
    if cuts_number(line, following) or cuts_word(line, following):
        return True
    if following.body[0] in NO_START and line.is_open() and PROSE.search(line.body):
        return True  # no sentence begins so
    if mode == "always" and line.is_open():
        return True
    if (
        ADDRESS.match(line.body)
        and number > 1
        and lines[number - 2].is_open()
        and following.body[0] in "にへをでとはがもの"
    ):
        return True  # a sentence that names an address of the web on a line of its own
    if _names_table(lines, number):
        return False
    if _is_cut_in_a_phrase(line, following):
        return True
    full = (
        width is not None
        and (line.columns >= MIN_WIDTH or line.full is True)
        and width.is_full(line, following)
        and _FIELDS.fullmatch(line.body) is None
    )
    if not line.is_open():
        # A sentence ends here: it is the end of the paragraph too, unless indentation tells paragraphs apart.
        if line.body[-1] in "」』" and _cuts_brackets(line.body, following.body):
            return True
        if full and line.body[-1] in ":：" and is_inside_brackets(line.body):
            return True
        if full and line.body[-1] in "」』）】〉》" and _GOES_ON_BEHIND.match(following.body):
            return True
        if not full or line.body[-1] in "：:;；":
            return False
        if line.full is not None and following.begins is not None:
            return not following.begins
        if line.full and line.body[-1] not in STOPS and following.body[0] in PARTICLES:
            return True
        hanging = start.hangs > 0 and start.indent < following.indent
        begins = 2 if SALUTATION.match(start.body) else start.indent  # 拝啓 stands without a blank before it
        if apart and start.mark == 0 and following.indent == start.indent and following.body[0] not in OPENING:
            return True
        return hanging or (indented and start.mark == 0 and following.indent < begins)
    if line.full and line.body.isascii() and following.body.startswith(("http", "(http", "<http")):
        return False  # a list of literature: what it is called, and where it stands
    if full:
        return True
    return (
        indented
        and start.mark == 0
        and start.indent - following.indent in (1, 2)
        and line.columns >= MIN_WIDTH
        and following.body[0] not in OPENING
        and PROSE.search(line.body) is not None
        and _ends_in_a_sentence(lines, number)
    )


def _is_cut_in_a_phrase(line: Line, following: Line) -> bool:
    """Whether a long line breaks before a word that no sentence begins with."""
    return (
        GOES_ON.match(following.body) is not None
        and line.columns >= LONG
        and line.is_open()
        and PROSE.search(line.body) is not None
    )


_GOES_ON_BEHIND = re.compile(
    "[はがをにへのとでもや](?=[一-龥「『（(ァ-ヴA-Za-z0-9、])(?!では、|でも、|とは、|もと|やが)|[（(](?![^（()）]{1,4}[)）])|から|まで(?!に)|など|等|という|といっ|として|によ|につ|に対|である|です|だった"
)
"""What begins the line behind a quotation that ends no sentence: 「和解」⏎（reconciliation）が, 「改革」⏎によって."""
_CLOSES = re.compile(r"[^(（)）]{1,20}[)）]")


def _cuts_brackets(before: str, after: str) -> bool:
    """Whether a bracket that a line opens is closed in the next: 「乙」 ends no sentence in （以下「乙」⏎という。）."""
    opened = max(before.rfind("("), before.rfind("（"))
    return opened > max(before.rfind(")"), before.rfind("）")) and _CLOSES.match(after) is not None


def _names_table(lines: Sequence[Line], number: int) -> bool:
    """Whether a line is a label that stands over rows of a table."""
    below = lines[number + 1].raw if number + 1 < len(lines) else ""
    return " | " in below and len(lines[number].body) <= 20 and not PUNCTUATION.search(lines[number].body)


def _ends_in_a_sentence(lines: Sequence[Line], number: int) -> bool:
    """Whether the lines from `number` on, up to the next indented, empty or marked one, end with a full stop."""
    last = lines[number]
    for line in lines[number + 1 : number + 60]:
        if line.alone or line.mark or line.indent != last.indent:
            break
        last = line
    return last.body[-1:] in STOPS


def _paragraphs_stand_apart(lines: Sequence[Line], width: _Width) -> bool:
    """Whether a sentence that ends at the end of a full line goes on in the next: blank lines, headings or marks stand
    between all paragraphs, or their last lines are short (most sentences that end at a line's end end before it is full).
    Three lines at least must be wrapped inside a sentence, twice as many where only short lines tell.
    """
    if width.value > (MOST_APART if width.by == "columns" else MOST_APART // 2):
        return False
    wrapped = short = ended = parted = stops = full_stops = 0
    for here, after in pairwise(lines):
        if here.columns < MIN_WIDTH and not (here.body[-1:] and here.body[-1] in STOPS):
            continue
        if not follows(here, after) or here.mark or here.body.isascii():
            ended += here.body[-1:] in STOPS and not here.alone
            continue
        if _PARTED.search(here.body) and not PUNCTUATION.search(here.body):
            parted += PROSE.search(here.body) is not None  # verse
            continue
        full = width.is_full(here, after)
        if here.body[-1] in ENDS:
            stops, full_stops = stops + (not full), full_stops + full
        elif full or PROSE.search(here.body):
            wrapped, short = wrapped + full, short + (not full)
    if stops and (wrapped < 2 * FEWEST_WRAPPED or full_stops > 0.5 * stops):
        return False
    ended += stops
    return (
        parted <= 0.2 * wrapped and wrapped >= FEWEST_WRAPPED and ended > 1 and short <= 0.1 * wrapped
    )  # the text's own end is one


def _may_be_cut(lines: Sequence[Line]) -> bool:
    """Whether a line could go on in the next by its own form: a cut number or word, a mark that no sentence begins with, an address."""
    return any(
        (here.body[-1:] in CUT_ENDS and cuts_number(here, after))
        or (here.body[-1:] == "-" and cuts_word(here, after))
        or (after.body and after.body[0] in NO_START)
        or _is_cut_in_a_phrase(here, after)
        or ADDRESS.match(here.body)
        for here, after in pairwise(lines)
    )


def _may_end_cut(lines: Sequence[Line]) -> bool:
    """The same by the last characters of lines."""
    return any(
        here.body[-1:] in CUT_ENDS or cuts_word(here, after) or (after.body and after.body[0] in NO_START)
        for here, after in pairwise(lines)
    )


def _paragraphs_are_indented(lines: Sequence[Line]) -> bool:
    """Whether paragraphs begin with an indented line: prose lines one character further in than what follows them."""
    if not any(here.indent - after.indent in (1, 2) for here, after in pairwise(lines)):
        return False
    starts = flush = 0
    for place, (here, after) in enumerate(pairwise(lines)):
        if here.alone or here.mark:
            continue
        before = lines[place - 1] if place else None
        begins = before is None or before.alone or not before.is_open()
        if begins and len(here.body) >= 10 and not after.alone:
            starts += here.indent - after.indent in (1, 2)
            flush += here.indent == after.indent and here.is_open() and not after.mark
    return starts > 0 and starts >= flush
