"""The form of a line of text: what stands before its words, its mark, whether it may be a part of a paragraph, what a break cuts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

_NUM = "0-9０-９"
ENDS = "。．！？!?」』）】〕］｝〉》…：:;；｡｣"
"""A line that ends so may be complete."""
STOPS = "。！？!?｡"
CLOSING = (
    "、。，．・：；？！ー々ゝゞヽヾっゃゅょぁぃぅぇぉァィゥェォッャュョヵヶ）］｝」』】〕〉》,.!?:;)]}%％､｡｣ﾞﾟｰｯｬｭｮｧｨｩｪｫ"
)
"""Characters that no line begins with (禁則): they belong to the character before them."""
OPENING = "（［｛「『【〔〈《([{"

_MARK = re.compile(
    rf"(?:[・●○◎◆◇■□▲△▼▽★☆※＊*•‣·▶►→⇒✓](?![{_NUM}])[ \u3000]*"
    r"|[-－—―–]{1,2}[ \u3000]+|[－—―–](?=[ぁ-んァ-ヶ一-龥])|※[0-9０-９]{1,2}[)）]?[ \u3000]+"
    r"|[(（〔［\[【](?:[0-9０-９一二三四五六七八九十]{1,3}|[ア-ンa-zA-Z]|[ivxIVXⅰ-ⅹⅠ-Ⅹ]{1,4})[)）〕］\]】](?![はがをと、])[ \u3000]*"
    r"|[0-9０-９]{1,3}(?:[.．](?![0-9０-９])|[)）])[ \u3000]*|[0-9０-９]{1,3}[、\u3000 ](?![0-9０-９])[ \u3000]*"
    r"|[0-9０-９]{1,2}[-－.．][0-9０-９]{1,2}(?:[-－.．][0-9０-９]{1,2})?[.．]?[ \u3000]+"
    r"|[①-⑳㈠-㈩⑴-⒇ⅰ-ⅹⅠ-Ⅹ㊀-㊉][ \u3000]*|第[0-9０-９一二三四五六七八九十百千]+[章節条款項編部号回期](?:の[0-9０-９一二三四五六七八九十]+)*(?![はがをにのでとも、，]|から|まで|及び|又は|並びに|若しくは|ただし書|本文|各号)[ \u3000]*"
    r"|[一二三四五六七八九十]{1,3}[ 、．\u3000][ \u3000]*|[イロハニホヘトアイウエオ](?:[ 　]|[．.)）])[ \u3000]*"
    r"|[A-Za-zＡ-Ｚａ-ｚ][．.)）][ \u3000]*(?=[ぁ-んァ-ヶ一-龥「（])"
    r"|[QAＱＡ問答][0-9０-９]*[.．:：）)\u3000 ][ \u3000]*"
    r"|[(（]?(?:注|注記|備考)[0-9０-９]*[)）．. \u3000:：][ \u3000]*)"
)
"""The mark a list item, an article, a numbered heading, a note or a speaker begins with."""
_ALONE = re.compile(
    r"[【《＜<][^】》>＞]{1,40}[】》＞>]$|[■◆●○□◇][^、。]{1,24}$|(?:附[ \u3000]*則|別表|別紙|目[ \u3000]*次|以[ \u3000]*上|敬[ \u3000]*具|記)[0-9０-９）\s]*$"
    r"|[（(][^（()）]{1,24}[)）]$|[-＝=─━_＿*＊]{3,}|.{0,20}(?:<[^>]{3,}@[^>]+>)?(?<![ \u3000）)日0-9０-９][0-9０-９])[:：]$"
)
"""A line that stands for itself: a heading in brackets, a rule, the title of an appendix."""
_ALONE_BEGINS, _ALONE_ENDS = frozenset("【《＜<■◆●○□◇附別目以敬記（(-＝=─━_＿*＊"), ":："
"""What such a line begins with, or else ends with."""
_HEADER = re.compile(r"[A-Z][A-Za-z-]{1,20}: |[一-龥ァ-ー][一-龥ァ-ー \u3000]{1,9}[：:]|[一-龥ァ-ー]{2,10}\u3000+\S")
"""A line of a list of fields: a label with its colon, or with a wide blank behind it."""
SALUTATION = re.compile("(?:拝啓|拝復|謹啓|謹復|前略|冠省|急啓|再啓)[ \u3000、]?")
_TERM = re.compile(r"[^、。：:「」]{1,20}[：:][ \u3000]*(?=[^\s：:].{8})")
"""A term with its explanation, as lists of words have them."""
_VERSE = re.compile(r"(?:[^\s、。]{3,9}\u3000){3,}[^\s、。]{3,9}$")
"""A poem written in a line, its parts with a blank between them."""
_TABLE = re.compile(r"\t|\S(?:[ ]{2,}|[ \u3000]*\u3000[ \u3000]+)\S|\||[\u2500-\u257f]|\+-{2,}")
_ROW = re.compile(
    r"[ \u3000](?:[△▲-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.[0-9]+|[0-9]{3,})[%％]?[)）]?[ \u3000]+)+(?:[△▲-]?[0-9][0-9,.]*[%％]?|[－―-])$"
)
"""The figures of a row of a table, one blank apart: at least two at the end of a line."""
_ROW_ENDS = "0123456789%％－―-"
_CELL_GAP = re.compile(r"\S[ \u3000]{3,}\S")
_LEADER = re.compile(
    r"(?:…|‥|・・|\.\.\.|．．){2,}[ \u3000]*(?=[^\s…‥・.．]*[0-9０-９ivxIVXⅰ-ⅻⅠ-Ⅻ〇一二三四五六七八九十頁])[^\s…‥・.．ぁ-ん]{1,6}$"
)
"""A line of a table of contents: dots that lead to a page number."""
_DOTS = re.compile("[…‥・.．](?:(?<=[…‥])|(?<=・)・|(?<=[.．])[.．])")
_GAP = re.compile(r"[ \t\u3000|+\u2500-\u257f](?:(?<=[\t\u3000|\u2500-\u257f])|(?<= ) |(?<=\+)--)")
"""What lines hold that `_LEADER`, and `_TABLE` or `_CELL_GAP`, can match, quickly looked for: one class of characters at first."""
LATIN = re.compile(r"[A-Za-z0-9,.;:%\])]$")
LATIN_START = re.compile(r"[A-Za-z0-9(\[$]")
_HALF_KANA = re.compile("[｡-ﾟ]")
_QUOTE = re.compile(r"(?:[>＞|] ?){1,5}")
_BAR_QUOTE = re.compile(r"\|(?= [^|]*[ぁ-ん][^|]*$)")
"""The bar that some mail programs set before quoted lines; a row of a table has more than one."""
ADDRESS = re.compile(r"https?://[!-~]+$")
WEB = re.compile(r"https?://[!-~]+")
SPACES = " \t\u3000"
_EDGES = SPACES + "\r"
WORD = re.compile(r"[A-Za-z0-9０-９][A-Za-z0-9０-９,.，．%％&'/-]*")
NO_START = "、。，）」』】､｡｣ﾞﾟ"
"""What no sentence begins with: closing marks, and the voiced mark that half-width print sets behind its kana."""
PARTICLES = "をがはにへのて"
GOES_ON = re.compile(
    "を|[がにへ](?=[一-龥])|は(?!種)(?=[一-龥])|の(?=[一-龥]|です|もの|である)|て(?=おり|いる|います|いた|いない|いません|きた)"
)
"""Words that no sentence begins with: a particle before a word, the second half of a verb (総会終結⏎の時まで, し⏎ております)."""
LONG = 50
"""Columns from which a line is no label that such a word could stand below."""
PROSE = re.compile("[ぁ-んｦ-ﾝ]")
PUNCTUATION = re.compile("[、。，．､｡]")
LATIN_PROSE = re.compile("[a-z]+ [a-z]+ [a-z]+")

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
        re.compile(rf"[{_NUM}](?:百万|千万|[十百千]億|[兆億万千])$"),
        re.compile("(?:円|ドル|ユーロ|元|株|トン)"),
    ),  # 4,455百万⏎円
    (re.compile(rf"(?<![{_NUM}])[0-2０-２]?[{_NUM}][:：]$"), re.compile(rf"[0-5０-５][{_NUM}](?![{_NUM}])")),  # 15:⏎00
    (
        re.compile("[〇一二三四五六七八九十]$"),
        re.compile("・[〇一二三四五六七八九]+(?:パ|％|倍|割|ポ|人|円)"),
    ),  # 八⏎・九パーセント
)
"""What a line ends with and the next begins with when the break cuts a number from its digits, its sign or its unit."""
CUT_ENDS = "0123456789０１２３４５６７８９,，△▲¥￥$＄+＋±−－～〜~.．:：兆億万千百〇一二三四五六七八九十"
"""The last characters of such lines."""


_CITES = re.compile(
    rf"(?:第[{_NUM}一二三四五六七八九十百]+(?:条|項|号)(?:の[{_NUM}一二三四五六七八九十]+)*|[法令則程]|条例|契約|約款|要領|要綱|同条|前条|次条|[)）])$"
)
_CITED = re.compile(
    rf"第[{_NUM}一二三四五六七八九十百]+[条項号款](?:の[{_NUM}一二三四五六七八九十]+)*(?:第|[、，及又並若のにをはがでとか（(])"
)
"""The end of a line and the beginning of the next when the break cuts the citation of an article (第８条⏎第１項に基づく)."""


def columns(line: str) -> int:
    """Width of a line in terminal columns: a full-width character counts two, ASCII and half-width kana one.

    Counted by UTF-8's lengths (one byte for ASCII, three for a wide character), which is exact for Japanese and fast.
    """
    if line.isascii():
        return len(line)
    width = (len(line.encode("utf-8", "surrogatepass")) + len(line)) // 2
    return width if _HALF_KANA.search(line) is None else width - len(_HALF_KANA.findall(line))


class Places(Protocol):
    """Where lines stood on their page: whether one was full, and whether it began a paragraph (None where that is not known); whether
    two are a heading and what it heads.
    """

    def is_full(self, line: str) -> bool | None: ...
    def begins(self, line: str) -> bool | None: ...
    def are_parted(self, line: str, following: str) -> bool: ...


class Line:
    """A line as an editor sees it: what stands before its text, its mark, whether it can be a part of a paragraph.

    full, begins: whether nothing more fitted into it, and whether it begins a paragraph, where its place on a page tells that.
    """

    __slots__ = (
        "_after",
        "_alone",
        "_hangs",
        "begins",
        "body",
        "columns",
        "full",
        "indent",
        "length",
        "mark",
        "quote",
        "raw",
    )

    def __init__(self, raw: str) -> None:
        self.raw = raw
        shown = raw.rstrip(_EDGES)
        self.columns, self.length = columns(shown), len(shown)
        self.full: bool | None = None
        self.begins: bool | None = None
        quote = _QUOTE.match(raw) if raw[:1] in (">", "＞") else _BAR_QUOTE.match(raw) if raw[:2] == "| " else None
        self.quote = quote[0].replace(" ", "") if quote else ""
        rest = raw[quote.end() :] if quote else raw
        self.body = rest.strip(_EDGES)
        lead = len(rest) - len(rest.lstrip(SPACES))
        self.indent = columns(rest[:lead].replace("\t", "    ")) if lead else 0
        mark = _MARK.match(self.body)
        self.mark = columns(mark[0]) if mark else 0
        self._after = mark.end() if mark else 0
        self._alone: bool | None = None if self.body else True
        self._hangs: int | None = None

    @property
    def alone(self) -> bool:
        """Whether the line stands for itself: an empty one, a heading in brackets, a rule, a row of a table or a contents list."""
        if self._alone is None:
            body = self.body
            after = body[self._after :]
            self._alone = (
                ((body[0] in _ALONE_BEGINS or body[-1] in _ALONE_ENDS) and _ALONE.match(body) is not None)
                or (_DOTS.search(body) is not None and _LEADER.search(body) is not None)
                or ("\u3000" in body and _VERSE.match(body) is not None)
                or (body[-1] in _ROW_ENDS and _ROW.search(body) is not None)
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
        return not self.alone and self.body[-1] not in ENDS

    def measure(self, by: str, *, hanging: bool = True) -> int:
        """Width in columns or characters; hanging: a 、or 。 at the end, which may hang over, is not counted."""
        over = hanging and self.body[-1:] in "、。，．"
        return self.columns - 2 * over if by == "columns" else self.length - over


_BLANKS = re.compile("[ \u3000]+")
LONGEST_LABEL = 40
"""Columns."""


def hang_labels(lines: Sequence[Line]) -> None:
    """Find the lines that are a label and its text, where the next line stands below that text: terms, dates, speakers."""
    for here, after in pairwise(lines):
        if after.indent < 4 or after.indent <= here.indent or after.mark or not here.body or here.quote != after.quote:
            continue
        for gap in _BLANKS.finditer(here.body):
            column = here.indent + columns(here.body[: gap.end()])
            if column > after.indent + 1 or column > here.indent + LONGEST_LABEL:
                break
            label, text = here.body[: gap.start()], here.body[gap.end() :]
            if abs(column - after.indent) <= 1 and not PUNCTUATION.search(label) and _is_running(text, after.body):
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


def follows(line: Line, following: Line) -> bool:
    """Whether the form of two lines allows that the second goes on with the first."""
    return (
        not line.alone
        and (not following.alone or _hangs_in_brackets(line, following))
        and line.quote == following.quote
        and not (
            following.mark
            and not cuts_number(line, following)
            and not cuts_citation(line, following)
            and not _closes_bracket(line, following)
        )
        and not (_HEADER.match(following.body) and _HEADER.match(line.body))
    )


_LONE_CLOSED = re.compile("[0-9０-９ァ-ヴーA-Za-z一-龥]{1,3}[)）]")
_POINT = re.compile("・(?![ \u3000])")
_NOUN_ENDS = re.compile("[一-龥々ァ-ヴーA-Za-z]$")


def is_inside_brackets(body: str) -> bool:
    """Whether a line ends inside brackets that it opens."""
    return max(body.rfind("("), body.rfind("（")) > max(body.rfind(")"), body.rfind("）"))


def _closes_bracket(line: Line, following: Line) -> bool:
    """Whether what looks like an item's mark (「ア）」) is the end of a word in brackets: （バルフォ⏎ア）."""
    return _LONE_CLOSED.match(following.body) is not None and is_inside_brackets(line.body)


def unmark_points(lines: Sequence[Line]) -> None:
    """Take the points for parts of words (イツァーク⏎・アルトマン, 大小天守群⏎・櫓群など) where every line that begins with one
    stands behind a long line of prose that breaks inside a sentence; in a list a line with a point stands behind another.
    """
    points = [place for place, line in enumerate(lines) if _POINT.match(line.body)]
    behind = [lines[place - 1] for place in points if place]
    if points and len(behind) == len(points) and all(map(_breaks_before_a_point, behind)):
        for place in points:
            lines[place].mark = 0


def _breaks_before_a_point(line: Line) -> bool:
    return (
        line.mark == 0
        and line.columns >= LONG
        and _NOUN_ENDS.search(line.body) is not None
        and PROSE.search(line.body) is not None
        and line.is_open()
    )


_IN_BRACKETS = re.compile(r"[（(][^（()）]{1,40}[)）]$")


def _hangs_in_brackets(line: Line, following: Line) -> bool:
    """Whether a line that is a bracket (運転資金7年以内⏎（うち据置期間1年以内）) stands as far in as an item goes on."""
    hang = line.indent + line.hangs
    return (
        abs(following.indent - hang) <= 1
        and hang > 0
        and line.columns >= LONG
        and line.is_open()
        and _IN_BRACKETS.match(following.body) is not None
    )


def cuts_citation(line: Line, following: Line) -> bool:
    """Whether an article is cited over the break: no item or article begins with the next line."""
    return (
        following.body[0] == "第"
        and _CITED.match(following.body) is not None
        and _CITES.search(line.body) is not None
        and PROSE.search(line.body) is not None
    )


def cuts_number(line: Line, following: Line) -> bool:
    if line.body[-1:] not in CUT_ENDS or len(line.body) < 5 or not PROSE.search(line.body):
        return False
    return any(end.search(line.body) and start.match(following.body) for end, start in _CUT_NUMBERS)


CUT_WORD = re.compile("([A-Za-z]{2,})-$")
COMPOUNDS = frozenset(
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


def cuts_word(line: Line, following: Line) -> bool:
    """Whether a Latin word goes on behind its hyphen."""
    return CUT_WORD.search(line.body) is not None and "a" <= following.body[:1] <= "z"
