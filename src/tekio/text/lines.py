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

Mode = Literal["auto", "always", "never"]

MIN_WIDTH = 24
"""Columns (a full-width character is two) below which lines are not taken for wrapped text."""
MAX_WIDTH = 200
DEEP = 20
"""Columns of indentation from which a line is set apart to the right (the sender of a letter) and tells nothing of the width."""
SLACK = 5
"""Columns a full line may lack where the width of the text is known from elsewhere (proportional print)."""

_NUM = "0-9０-９"
_ENDS = "。．！？!?」』）】〕］｝〉》…：:;；"
"""A line that ends so may be complete."""
_STOPS = "。！？!?"
_CLOSING = "、。，．・：；？！ー々ゝゞヽヾっゃゅょぁぃぅぇぉァィゥェォッャュョヵヶ）］｝」』】〕〉》,.!?:;)]}%％"
"""Characters that no line begins with (禁則): they belong to the character before them."""
_OPENING = "（［｛「『【〔〈《([{"

_MARK = re.compile(
    rf"(?:[・●○◎◆◇■□▲△▼▽★☆※＊*•‣·▶►→⇒✓](?![{_NUM}])[ \u3000]*"
    r"|[-－—―–]{1,2}[ \u3000]+|[－—―–](?=[ぁ-んァ-ヶ一-龥])|※[0-9０-９]{1,2}[)）]?[ \u3000]+"
    r"|[(（〔［\[【][0-9０-９一二三四五六七八九十ア-ンa-zA-Zⅰ-ⅹⅠ-Ⅹ]{1,3}[)）〕］\]】][ \u3000]*"
    r"|[0-9０-９]{1,3}(?:[.．](?![0-9０-９])|[)）])[ \u3000]*|[0-9０-９]{1,3}[、\u3000 ](?![0-9０-９])[ \u3000]*"
    r"|[0-9０-９]{1,2}[-－.．][0-9０-９]{1,2}(?:[-－.．][0-9０-９]{1,2})?[.．]?[ \u3000]+"
    r"|[①-⑳㈠-㈩⑴-⒇ⅰ-ⅹⅠ-Ⅹ㊀-㊉][ \u3000]*|第[0-9０-９一二三四五六七八九十百千]+[章節条款項編部号回期](?:の[0-9０-９一二三四五六七八九十]+)*[ \u3000]*"
    r"|[一二三四五六七八九十]{1,3}[ 、．\u3000][ \u3000]*|[イロハニホヘトアイウエオ](?:[ 　]|[．.)）])[ \u3000]*"
    r"|[QAＱＡ問答][0-9０-９]*[.．:：）)\u3000 ][ \u3000]*"
    r"|[(（]?(?:注|注記|備考)[0-9０-９]*[)）．. \u3000:：][ \u3000]*)"
)
"""The mark a list item, an article, a numbered heading, a note or a speaker begins with."""
_ALONE = re.compile(
    r"[【《＜<][^】》>＞]{1,40}[】》＞>]$|[■◆●○□◇][^、。]{1,24}$|(?:附[ \u3000]*則|別表|別紙|目[ \u3000]*次|以[ \u3000]*上|敬[ \u3000]*具|記)[0-9０-９）\s]*$"
    r"|[（(][^（()）]{1,24}[)）]$|[-＝=─━_＿*＊]{3,}|.{0,20}(?:<[^>]{3,}@[^>]+>)?[:：]$"
)
"""A line that stands for itself: a heading in brackets, a rule, the title of an appendix."""
_HEADER = re.compile(r"[A-Z][A-Za-z-]{1,20}: |[一-龥ァ-ー]{2,8}[：:]")
_SALUTATION = re.compile("(?:拝啓|拝復|謹啓|謹復|前略|冠省|急啓|再啓)[ \u3000、]?")
_TERM = re.compile(r"[^、。：:「」]{1,20}[：:][ \u3000]*(?=[^\s：:].{8})")
"""A term with its explanation, as lists of words have them."""
_VERSE = re.compile(r"(?:[^\s、。]{3,9}\u3000){3,}[^\s、。]{3,9}$")
"""A poem written in a line, its parts with a blank between them."""
_TABLE = re.compile(r"\t|\S(?:[ ]{2,}|[ \u3000]*\u3000[ \u3000]+)\S|\||[\u2500-\u257f]|\+-{2,}")
_CELL_GAP = re.compile(r"\S[ \u3000]{3,}\S")
_LEADER = re.compile(r"(?:…|‥|・・|\.\.\.|．．){2,}[ \u3000]*[^\s…‥・.．]{1,6}$")
"""A line of a table of contents: dots that lead to a page number."""
_DOTS = re.compile("[…‥]|・・|[.．][.．]")
_GAP = re.compile(r"[\t\u3000|\u2500-\u257f]|  |\+--")
"""What lines hold that `_LEADER`, and `_TABLE` or `_CELL_GAP`, can match, quickly looked for."""
_LATIN = re.compile(r"[A-Za-z0-9,.;:%\])]$")
_LATIN_START = re.compile(r"[A-Za-z0-9(\[$]")
_HALF_KANA = re.compile("[｡-ﾟ]")
_QUOTE = re.compile(r"(?:[>＞|] ?){1,5}")
_ADDRESS = re.compile(r"https?://[!-~]+$")
_SPACES = " \t\u3000"
_WORD = re.compile(r"[A-Za-z0-9０-９][A-Za-z0-9０-９,.，．%％&'/-]*")
_PROSE = re.compile("[ぁ-ん]")
_PUNCTUATION = re.compile("[、。，．]")
_LATIN_PROSE = re.compile("[a-z]+ [a-z]+ [a-z]+")

_UNITS = (
    "(?:[%％‰円銭年月日時分秒人名社件戸台株口個倍割歳才回位次期度号条項点店校棟室頁兆億万千百]|ポイント|か月|カ月|ヶ月|ヵ月|箇月|か年|カ年|か所|カ所|"
    "パーセント|平方|立方|キロ|トン|ドル|ユーロ|元|ウォン|メートル|グラム|bp|pt)"
)
_CUT_NUMBERS = (
    (re.compile(rf"[{_NUM}][,，]$"), re.compile(rf"[{_NUM}]{{3}}(?![{_NUM}])")),  # 1,⏎234戸
    (re.compile(r"[△▲¥￥$＄+＋±−－]$"), re.compile(rf"[{_NUM}]")),  # △⏎6.1％
    (re.compile(rf"[{_NUM}][年月日時分円％%人社]?[～〜~]$"), re.compile(rf"[{_NUM}△▲]")),  # ７～⏎９月
    (re.compile(rf"[{_NUM}][.．]$"), re.compile(rf"[{_NUM}]+(?:{_UNITS}|[{_NUM}]*$)")),  # 12．⏎4％
    (
        re.compile(rf"[{_NUM}]$"),
        re.compile(rf"(?:[{_NUM}]*[,，.．]?[{_NUM}]*{_UNITS}|[.．][{_NUM}]|[,，][{_NUM}]{{3}})"),
    ),  # 10月31⏎日, 6⏎.1％
    (re.compile(rf"[{_NUM}][兆億万千百]$"), re.compile(rf"[{_NUM}]")),  # 2兆⏎3,456億円
    (
        re.compile("[〇一二三四五六七八九十]$"),
        re.compile("・[〇一二三四五六七八九]+(?:パ|％|倍|割|ポ|人|円)"),
    ),  # 八⏎・九パーセント
)
"""What a line ends with and the next begins with when the break cuts a number from its digits, its sign or its unit."""
_CUT_ENDS = "0123456789０１２３４５６７８９,，△▲¥￥$＄+＋±−－～〜~.．兆億万千百〇一二三四五六七八九十"
"""The last characters of such lines."""


@dataclass(frozen=True)
class Joined:
    """Text, how many line breaks were taken out, and the width in columns that lines were taken to be wrapped at."""

    text: str
    joined: int
    width: int | None


def columns(line: str) -> int:
    """Width of a line in terminal columns: a full-width character counts two, ASCII and half-width kana one.

    Counted by UTF-8's lengths (one byte for ASCII, three for a wide character), which is exact for Japanese and fast.
    """
    if line.isascii():
        return len(line)
    width = (len(line.encode("utf-8", "surrogatepass")) + len(line)) // 2
    return width if _HALF_KANA.search(line) is None else width - len(_HALF_KANA.findall(line))


class _Line:
    """A line as an editor sees it: what stands before its text, its mark, whether it can be a part of a paragraph."""

    __slots__ = ("_after", "_alone", "_hangs", "body", "columns", "indent", "length", "mark", "quote", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        quote = _QUOTE.match(raw) if raw[:1] in (">", "＞") else None
        self.quote = quote[0].replace(" ", "") if quote else ""
        rest = raw[quote.end() :] if quote else raw
        self.body = rest.strip(_SPACES + "\r")
        lead = len(rest) - len(rest.lstrip(_SPACES))
        self.indent = columns(rest[:lead].replace("\t", "    "))
        self.columns = columns(raw.rstrip(_SPACES + "\r"))
        self.length = len(raw.rstrip(_SPACES + "\r"))
        mark = _MARK.match(self.body)
        self.mark = columns(mark[0]) if mark else 0
        self._after = mark.end() if mark else 0
        self._alone: bool | None = None if self.body else True
        self._hangs: int | None = None

    @property
    def alone(self) -> bool:
        """Whether the line stands for itself: an empty one, a heading in brackets, a rule, a row of a table or a contents list."""
        if self._alone is None:
            after = self.body[self._after :]
            self._alone = (
                _ALONE.match(self.body) is not None
                or (_DOTS.search(self.body) is not None and _LEADER.search(self.body) is not None)
                or ("\u3000" in self.body and _VERSE.match(self.body) is not None)
                or (_GAP.search(after) is not None and (_CELL_GAP if self._after else _TABLE).search(after) is not None)
            )
        return self._alone

    @property
    def hangs(self) -> int:
        """Columns that lines which go on with this one may stand further in: an item's mark, a term before its explanation."""
        if self._hangs is None:
            term = None if self.mark else _TERM.match(self.body)
            self._hangs = self.mark or (columns(term[0]) if term else 0)
        return self._hangs

    def hang_at(self, column: int) -> None:
        """Take the line for a label and its text, which goes on at a column."""
        self._hangs = column - self.indent
        self._alone = False

    def is_open(self) -> bool:
        """Whether the line ends inside a sentence."""
        return not self.alone and self.body[-1] not in _ENDS

    def measure(self, by: str, *, hanging: bool = True) -> int:
        """Width in columns or characters; hanging: a 、or 。 at the end, which may hang over, is not counted."""
        over = hanging and self.body[-1:] in "、。，．"
        return self.columns - 2 * over if by == "columns" else self.length - over


_BLANKS = re.compile("[ \u3000]+")
LONGEST_LABEL = 40
"""Columns."""


def _hang_labels(lines: Sequence[_Line]) -> None:
    """Find the lines that are a label and its text, where the next line stands below that text: terms, dates, speakers."""
    for here, after in pairwise(lines):
        if after.indent < 4 or after.indent <= here.indent or after.mark or not here.body or here.quote != after.quote:
            continue
        for gap in _BLANKS.finditer(here.body):
            column = here.indent + columns(here.body[: gap.end()])
            if column > after.indent + 1 or column > here.indent + LONGEST_LABEL:
                break
            label, text = here.body[: gap.start()], here.body[gap.end() :]
            if abs(column - after.indent) <= 1 and not _PUNCTUATION.search(label) and _is_running(text, after.body):
                here.hang_at(column)
                break


def _is_running(text: str, rest: str) -> bool:
    """Whether the text behind a label and the line below it are no cells of a table."""
    return (
        len(text) >= 8
        and not text.isascii()
        and _TABLE.search(text) is None
        and _TABLE.search(rest) is None
        and _DOTS.search(text) is None
    )


@dataclass(frozen=True)
class _Width:
    """The width of full lines, by `columns` or by `characters`; slack: what a full line may lack beyond the next word."""

    value: int
    by: str
    slack: int = 0

    def is_full(self, line: _Line, following: _Line) -> bool:
        """Whether the next line's first word would not have fitted into the line."""
        return line.measure(self.by, hanging=False) + _first_unit(following.body, self.by) + self.slack > self.value


def _first_unit(body: str, by: str) -> int:
    """How much of a line could not have been split off: a word or figure, or a character with the marks that cling to it."""
    end = 0
    while end < len(body) and body[end] in _OPENING:
        end += 1
    word = _WORD.match(body, end)
    end = word.end() if word else min(end + 1, len(body))
    while end < len(body) and body[end] in _CLOSING:
        end += 1
    unit = body[: min(end, 24)]
    return columns(unit) if by == "columns" else len(unit)


def _follows(line: _Line, following: _Line) -> bool:
    """Whether the form of two lines allows that the second goes on with the first."""
    return (
        not line.alone
        and not following.alone
        and line.quote == following.quote
        and not (following.mark and not _cuts_number(line, following))
        and not (_HEADER.match(following.body) and _HEADER.match(line.body))
    )


def _cuts_number(line: _Line, following: _Line) -> bool:
    if len(line.body) < 5 or not _PROSE.search(line.body):
        return False
    return any(end.search(line.body) and start.match(following.body) for end, start in _CUT_NUMBERS)


_CUT_WORD = re.compile("([A-Za-z]{2,})-$")
_COMPOUNDS = frozenset(
    [
        "long",
        "short",
        "mid",
        "high",
        "low",
        "non",
        "on",
        "off",
        "in",
        "out",
        "up",
        "down",
        "well",
        "self",
        "cross",
        "co",
        "pre",
        "post",
        "risk",
        "market",
        "real",
        "full",
        "part",
        "multi",
        "single",
        "double",
        "two",
        "three",
        "year",
        "day",
        "over",
        "under",
        "third",
        "first",
        "second",
        "medium",
        "near",
        "far",
        "fixed",
        "free",
        "follow",
        "cost",
        "value",
        "time",
        "tax",
        "bank",
        "inter",
        "intra",
        "anti",
        "semi",
        "end",
        "back",
        "front",
    ]
)
"""What a hyphen at the end of a line belongs to: words that begin a compound."""


def _cuts_word(line: _Line, following: _Line) -> bool:
    """Whether a Latin word goes on behind its hyphen."""
    return _CUT_WORD.search(line.body) is not None and "a" <= following.body[:1] <= "z"


FEWEST_WRAPPED, MOST_APART = 3, 90
_PARTED = re.compile("[^！？!?…—\u3000]\u3000[^\u3000]")
_MEASURES = (("columns", 1, 0.5), ("characters", 0, 0.5), ("columns", 4, 0.75))
"""How lines may have been filled: measure, what a full line may lack beyond the next word, and the share of full lines needed."""


def _find_width(lines: Sequence[_Line], *, latin: bool = False) -> _Width | None:
    """The width of full lines; latin: of lines without Japanese, which are wrapped between words.

    Breaks between lines without any punctuation say nothing: verse and lists have them.
    """
    prose = _LATIN_PROSE if latin else _PUNCTUATION
    breaks = [
        (here, after)
        for here, after in pairwise(lines)
        if here.columns >= MIN_WIDTH
        and here.body.isascii() is latin
        and after.indent <= here.indent + here.hangs + 4
        and here.is_open()
        and _follows(here, after)
        and (prose.search(here.body) or prose.search(after.body) or 4 <= here.hangs == after.indent - here.indent)
        and not (after.body[0] in "「『" and after.indent < here.indent)  # speech on a line of its own, as in novels
    ]
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


def join_lines(text: str, mode: Mode = "auto", *, width: int | None = None) -> Joined:
    """`text` with wrapped lines rejoined. `always` joins wherever a line does not end a sentence; `auto` only what was
    wrapped (`width` columns, if the caller knows it) or cut inside a number; `never` changes nothing.

    Only white space and line breaks are taken out, so no figure, sign or mark is lost.
    """
    if mode == "never" or "\n" not in text:
        return Joined(text, 0, None)
    lines = [_Line(line) for line in single_spaced(text).split("\n")]
    _hang_labels(lines)
    found = _Width(width, "columns", SLACK) if width else _find_width(lines)
    latin = None if width else _find_width(lines, latin=True)
    indented = _paragraphs_are_indented(lines)
    apart = found is not None and not indented and _paragraphs_stand_apart(lines, found)
    if found is None and latin is None and not indented and mode == "auto" and not _may_be_cut(lines):
        return Joined(text, 0, None)  # as it was, double spaces included
    result: list[list[str]] = []  # the pieces of each line
    joined = 0
    start: _Line | None = None  # the first line of the paragraph
    hang: int | None = None  # the indentation of its further lines
    for number, line in enumerate(lines):
        previous = lines[number - 1] if number else None
        if (
            previous is not None
            and start is not None
            and _follows(previous, line)
            and _is_in_place(start, hang, line)
            and _goes_on(
                lines, number, start, latin if previous.body.isascii() else found, mode, indented=indented, apart=apart
            )
        ):
            body = line.body
            space = (
                " "
                if _LATIN.search(result[-1][-1]) and _LATIN_START.match(body) and not _cuts_number(previous, line)
                else ""
            )
            ended = result[-1][-1].rstrip(_SPACES)
            if _cuts_word(previous, line):
                space = ""
                cut = _CUT_WORD.search(previous.body)
                ended = ended if cut is None or cut[1].lower() in _COMPOUNDS else ended[:-1]
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


def _is_in_place(start: _Line, hang: int | None, line: _Line) -> bool:
    """Whether a line stands where the next line of the paragraph that begins with `start` must stand."""
    if start.indent >= DEEP:
        return False
    if hang is not None:
        return line.indent == hang or (start.mark > 0 and line.indent <= start.indent)
    if line.indent <= start.indent:
        return True
    return start.hangs > 0 and line.indent <= start.indent + start.hangs + 4


def _goes_on(
    lines: Sequence[_Line], number: int, start: _Line, width: _Width | None, mode: Mode, *, indented: bool, apart: bool
) -> bool:
    """Whether `lines[number]` goes on with the paragraph of the line before it.

    indented, apart: what tells this text's paragraphs from each other.
    """
    line, following = lines[number - 1], lines[number]
    if _cuts_number(line, following) or _cuts_word(line, following):
        return True
    if following.body[0] in "、。，）」』】" and line.is_open() and _PROSE.search(line.body):
        return True  # no sentence begins so
    if mode == "always" and line.is_open():
        return True
    if (
        _ADDRESS.match(line.body)
        and number > 1
        and lines[number - 2].is_open()
        and following.body[0] in "にへをでとはがもの"
    ):
        return True  # a sentence that names an address of the web on a line of its own
    if _names_table(lines, number):
        return False
    full = width is not None and line.columns >= MIN_WIDTH and width.is_full(line, following)
    if not line.is_open():
        # A sentence ends here: it is the end of the paragraph too, unless indentation tells paragraphs apart.
        if not full or line.body[-1] in "：:;；":
            return False
        hanging = start.hangs > 0 and start.indent < following.indent
        begins = 2 if _SALUTATION.match(start.body) else start.indent  # 拝啓 stands without a blank before it
        if apart and start.mark == 0 and following.indent == start.indent and following.body[0] not in _OPENING:
            return True
        return hanging or (indented and start.mark == 0 and following.indent < begins)
    if full:
        return True
    return (
        indented
        and start.mark == 0
        and start.indent - following.indent in (1, 2)
        and line.columns >= MIN_WIDTH
        and following.body[0] not in _OPENING
        and _PROSE.search(line.body) is not None
        and _ends_in_a_sentence(lines, number)
    )


def _names_table(lines: Sequence[_Line], number: int) -> bool:
    """Whether a line is a label that stands over rows of a table."""
    below = lines[number + 1].raw if number + 1 < len(lines) else ""
    return " | " in below and len(lines[number].body) <= 20 and not _PUNCTUATION.search(lines[number].body)


def _ends_in_a_sentence(lines: Sequence[_Line], number: int) -> bool:
    """Whether the lines from `number` on, up to the next indented, empty or marked one, end with a full stop."""
    last = lines[number]
    for line in lines[number + 1 : number + 60]:
        if line.alone or line.mark or line.indent != last.indent:
            break
        last = line
    return last.body[-1:] in _STOPS


def _paragraphs_stand_apart(lines: Sequence[_Line], width: _Width) -> bool:
    """Whether a sentence that ends at the end of a full line goes on in the next: blank lines, headings or marks stand
    between all paragraphs, or their last lines are short (most sentences that end at a line's end end before it is full).
    Three lines at least must be wrapped inside a sentence, twice as many where only short lines tell.
    """
    if width.value > (MOST_APART if width.by == "columns" else MOST_APART // 2):
        return False
    wrapped = short = ended = parted = stops = full_stops = 0
    for here, after in pairwise(lines):
        if here.columns < MIN_WIDTH and not (here.body[-1:] and here.body[-1] in _STOPS):
            continue
        if not _follows(here, after) or here.mark or here.body.isascii():
            ended += here.body[-1:] in _STOPS and not here.alone
            continue
        if _PARTED.search(here.body) and not _PUNCTUATION.search(here.body):
            parted += _PROSE.search(here.body) is not None  # verse
            continue
        full = width.is_full(here, after)
        if here.body[-1] in _ENDS:
            stops, full_stops = stops + (not full), full_stops + full
        elif full or _PROSE.search(here.body):
            wrapped, short = wrapped + full, short + (not full)
    if stops and (wrapped < 2 * FEWEST_WRAPPED or full_stops > 0.5 * stops):
        return False
    ended += stops
    return (
        parted <= 0.2 * wrapped and wrapped >= FEWEST_WRAPPED and ended > 1 and short <= 0.1 * wrapped
    )  # the text's own end is one


def _may_be_cut(lines: Sequence[_Line]) -> bool:
    """Whether a line could go on in the next by its own form: a cut number, or a mark that no sentence begins with."""
    return any(
        here.body[-1:] in _CUT_ENDS or _cuts_word(here, after) or after.body[:1] in "、。，）」』】"
        for here, after in pairwise(lines)
    )


def _paragraphs_are_indented(lines: Sequence[_Line]) -> bool:
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
