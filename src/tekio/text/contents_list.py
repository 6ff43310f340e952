"""Contents lists: the lines of dots that lead to a page number, and the heading above them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tekio.text.dates import japanese_number

_DOTS = r"(?:[…‥]{2,}|[・･·⋅]{4,}|(?:[.．] ?){4,}|(?:[…‥][ \u3000]?){2,}|-{8,}|[─―—]{6,}|＿{5,}|_{8,}|[~～〜]{6,}|[=＝]{6,})"
_NUMBER = r"[-－―(（]?[ \u3000]?(?:[A-Za-zＰ]?\.?[-－]?[0-9０-９]{1,4}(?:[-－][0-9０-９]{1,3})?|[〇一二三四五六七八九十百]{1,4})[ \u3000]?[-－―)）]?(?:ページ|頁)?"
_LEADER = re.compile(
    rf"{_DOTS}[ \u3000|]*(?:(?:頁|ページ|[PpＰ])[.:：]?[ \u3000|]*)?{_NUMBER}(?:[ \u3000|]+{_NUMBER}){{0,3}}$|(?:[…‥]{{12,}}|[・.．]{{24,}})"
)
_OPEN_LEADER = re.compile(rf"{_DOTS}[ \u3000|]*$")
"""Dots whose page number is on the next line."""
_ONLY_LEADER = re.compile(rf"[ \u3000]*{_DOTS}[ \u3000|]*{_NUMBER}[ \u3000|]*$")
"""Dots and a page number below a title that takes its whole line."""
_DOTTED = re.compile(
    "[…‥・･·⋅.．─―—＿_~～〜=＝-](?:(?<=[…‥])[…‥ \u3000]|(?<=[・･·⋅])[・･·⋅]{3}|(?<=[.．]) ?[.．]|(?<=[─―—])[─―—]{5}"
    "|(?<=-)-{7}|(?<=＿)＿{4}|(?<=_)_{7}|(?<=[~～〜])[~～〜]{5}|(?<=[=＝])[=＝]{5})"
)
"""What a line with `_DOTS` holds, quickly looked for: a text is searched for one class of characters much faster than for many forms."""
_BULLET = re.compile(r"^[・●○■◆]\s*(?=[^…‥・･·⋅.─―—＿_~～〜=＝-])")
LONGEST = 160
_PAGE = re.compile(r"[ \u3000|]*[-－(（]?[ \u3000]?[0-9０-９]{1,4}[ \u3000]?[-－)）]?(?:ページ|頁)?[ \u3000|]*$")
_HEADING = re.compile(
    r"[^\w\s]{0,3}[ \u3000]*(?:添付資料|図表?|表|写真|付表|資料|本文|総)?の?[ \u3000]*(?:目[ \u3000]*次|もくじ|CONTENTS|Contents|ＣＯＮＴＥＮＴＳ|(?:TABLE OF |Table of )(?:CONTENTS|Contents|contents)|INDEX|Index)[ \u3000]*[^\w\s]{0,3}$"
)
_WEAK_HEADING = re.compile(r"[^\w\s]{0,2}(?:内[ \u3000]*容|項目|構成|収録内容)[^\w\s]{0,2}")
"""What may stand above a list of leaders, and above other lists."""
_NO_BEGINNING = "=＝…‥・･·⋅.-─―—＿_~～〜"
_PAGE_WORD = re.compile(r"\(?(?:ページ|頁|Page)\)?$")
FEWEST = 2
"""Leader lines a list has at least; a single line with dots may be an ellipsis or a form's blank."""


@dataclass(frozen=True)
class WithoutContents:
    """Text, and the lines of contents lists that were taken out of it."""

    text: str
    removed: tuple[str, ...] = ()


def is_leader(line: str, following: str = "") -> bool:
    """Whether a line is dots that lead to a page number (which may stand on the `following` line alone)."""
    bare = _BULLET.sub("", line.strip(" \t\u3000\r|"))
    if not bare or len(bare) > LONGEST or bare[0] in _NO_BEGINNING or "。" in bare:
        return False
    if _LEADER.search(bare):
        return True
    return bool(_OPEN_LEADER.search(bare)) and bool(_PAGE.match(following)) and bool(following.strip())


def drop_contents(text: str) -> WithoutContents:
    """`text` without its contents lists: runs of leader lines, the lines between them, and the heading 目次."""
    leaders = list(_leaders(text))
    if not leaders and _NAMED.search(text) is None:
        return WithoutContents(text)
    lines = text.split("\n")
    gone = _without_dots(lines)
    if "索" in text:
        gone |= _index(lines)
    for run in _runs(leaders):
        heading = next((place for place in range(run[0] - 1, max(-1, run[0] - 4), -1) if lines[place].strip()), None)
        headed = heading is not None and _HEADING.match(lines[heading].strip(" \t\u3000\r|#*")) is not None
        if len(run) < FEWEST and not headed:
            continue
        gone |= _whole(lines, run)
        if heading is not None and (headed or _WEAK_HEADING.fullmatch(lines[heading].strip(" \t\u3000\r|#*"))):
            gone.add(heading)
        gone |= _left_over(lines, run, gone)
    removed = tuple(lines[place] for place in sorted(gone) if lines[place].strip())
    kept = "\n".join(line for place, line in enumerate(lines) if place not in gone)
    return WithoutContents(kept, removed)


_NAMED = re.compile("目[ \u3000]*次|もくじ|索[ \u3000]*引")
_ENTRY = re.compile(
    r"[ \t\u3000|]*(\S.{0,60}?)(?:\t|[ ]{2,}|\u3000| \| |[ ]?(?:[…‥]|[・･.]{2,3}|[─―—~～〜]{1,5})[ ]?| (?=[PpＰ(（]))[ \t\u3000|]*"
    r"[-－(（]?[ ]?(?:[PpＰ][.．]?[ \u3000]?)?([0-9０-９]{1,4}|[〇一二三四五六七八九十]{1,3})[ ]?[-－)）]?(?:ページ|頁)?[ \t\u3000|]*"
)
"""A title and its page apart from it, without a row of dots between them: a tab, or the blanks that it became, one dash."""
FEWEST_WITHOUT_DOTS = 3
MOST_TITLES, LONGEST_TITLE, MOST_TRIED = 200, 60, 10
"""Lines of a list without pages, letters of a title in it, headings 目次 of a text that are looked at for such lists."""


def _without_dots(lines: list[str]) -> set[int]:
    """The lines of a list below 目次 that has no dots: titles with their pages, most of which stand below as headings."""
    gone: set[int] = set()
    last: dict[str, int] = {}
    tried = 0
    for place, line in enumerate(lines):
        if place in gone or _NAMED.search(line) is None or _HEADING.match(line.strip(" \t\u3000\r|#*")) is None:
            continue
        found: list[tuple[int, str, int]] = []
        for number in range(place + 1, len(lines)):
            entry = _ENTRY.fullmatch(lines[number].rstrip("\r"))
            page = japanese_number(unicodedata.normalize("NFKC", entry[2])) if entry is not None else None
            if entry is not None and page is not None and (not found or page >= found[-1][2]):
                found.append((number, _same(entry[1]), page))
            elif lines[number].strip():
                break
        if len(found) < FEWEST_WITHOUT_DOTS:
            tried += 1
            gone |= _repeated(lines, place) if tried <= MOST_TRIED else set[int]()
            continue
        if not last:  # where each line stands last, with its number and without
            for number, one in enumerate(lines):
                if len(one) <= LONGEST:
                    same = _same(one)
                    last[same] = last[_unnumbered(same)] = number
        end = found[-1][0]
        if 2 * sum(max(last.get(title, 0), last.get(_unnumbered(title), 0)) > end for _, title, _ in found) >= len(
            found
        ):
            gone |= set(range(place, end + 1))
    return gone


_INDEX = re.compile(r"[^\w\s]{0,2}(?:事項|用語|人名)?索[ \u3000]*引[^\w\s]{0,2}")
_INDEX_ENTRY = re.compile(
    r"\S.{0,40}?(?:[ \u3000\t]+|[…‥・･.]{2,})[0-9０-９]{1,4}(?:[ \u3000]*[,，、・-][ \u3000]*[0-9０-９]{1,4}){0,30}"
)
_INDEX_HEAD = re.compile(
    r"[^\w\s]{0,2}(?:[あ-んア-ン][ \u3000]?行?|[A-Z]|[A-Z][-－][A-Z]|数字|英字|アルファベット)[^\w\s]{0,2}"
)


def _index(lines: list[str]) -> set[int]:
    """The lines of a book's index: below 索引 words with their pages, under the letters they begin with."""
    gone: set[int] = set()
    for place, line in enumerate(lines):
        if _INDEX.fullmatch(line.strip(" \t\u3000\r#*")) is None:
            continue
        entries, end = 0, place
        for number in range(place + 1, len(lines)):
            bare = lines[number].strip(" \t\u3000\r|")
            if not bare:
                continue
            if _INDEX_ENTRY.fullmatch(bare):
                entries, end = entries + 1, number
            elif _INDEX_HEAD.fullmatch(bare):
                end = number
            else:
                break
        if entries >= FEWEST_WITHOUT_DOTS:
            gone |= set(range(place, end + 1))
    return gone


def _leaders(text: str) -> Iterator[int]:
    """The numbers of the leader lines; only lines with dots are looked at, which are few."""
    number = counted = end = 0
    while found := _DOTTED.search(text, end):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end())
        end = len(text) if end < 0 else end
        following = text.find("\n", end + 1)
        if is_leader(text[start:end], text[end + 1 : len(text) if following < 0 else following]):
            number, counted = number + text.count("\n", counted, start), start
            yield number


def _left_over(lines: list[str], run: list[int], gone: set[int]) -> set[int]:
    """The heading 目次 above a list whose first chapter has no dots, with that chapter; both where the text repeats it below.

    A list often begins 「〔目次〕」「1．当四半期決算に関する定性的情報」, and the text behind it with the same chapter.
    """
    above = [
        place for place in range(run[0] - 1, max(-1, run[0] - 7), -1) if lines[place].strip() and place not in gone
    ]
    below = [_same(line) for line in lines[run[-1] + 1 : run[-1] + 12]]
    found: set[int] = set()
    for place in above:
        if _HEADING.match(lines[place].strip(" \t\u3000\r|#*")):
            return found | {place}
        if _same(lines[place]) and _same(lines[place]) not in below:
            break
        found.add(place)
    return found


def _same(line: str) -> str:
    """A line for comparison, without the heading of the column of page numbers."""
    return _PAGE_WORD.sub("", "".join(unicodedata.normalize("NFKC", line).split())).strip("|")


def _repeated(lines: list[str], place: int) -> set[int]:
    """The lines of a list without pages below 目次: titles up to the first that stands again, most of which stand again in their order."""
    titles: list[tuple[int, str]] = []
    last = place
    for number in range(place + 1, min(len(lines), place + 1 + MOST_TITLES)):
        bare = lines[number].strip(" \t\u3000\r|")
        if not bare:
            continue
        if titles and _same(bare) == titles[0][1]:
            break
        if _PAGE.fullmatch(lines[number].rstrip("\r")):
            last = number
        elif len(bare) > LONGEST_TITLE or bare.endswith(("。", "．")):
            return set()
        else:
            titles.append((number, _same(bare)))
            last = number
    else:
        return set()
    if len(titles) < FEWEST_WITHOUT_DOTS:
        return set()
    below = [_same(line) for line in lines[last + 1 :]]
    at = again = 0
    for _, title in titles:
        if title in below[at:]:
            at, again = below.index(title, at) + 1, again + 1
    return set(range(place, last + 1)) if 3 * again >= 2 * len(titles) else set()


_TITLE_NUMBER = re.compile(
    r"(?:第?[0-9〇一二三四五六七八九十]{1,4}[章節編部款条項]|第[0-9〇一二三四五六七八九十]{1,3}|[0-9]{1,2}(?:[.-][0-9]{1,2}){0,2}[.、)]?|[(][0-9一二三四五六七八九十]{1,3}[)]|[IVX]{1,4}[.、]?|[一二三四五六七八九十]{1,2}[.、])"
)


def _unnumbered(title: str) -> str:
    """A title without its number, where something stands behind it."""
    return _TITLE_NUMBER.sub("", title, count=1) or title


def _runs(leaders: list[int]) -> list[list[int]]:
    """Leader lines that are at most three lines apart."""
    runs: list[list[int]] = []
    for place in leaders:
        if runs and place - runs[-1][-1] <= 4:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _whole(lines: list[str], run: list[int]) -> set[int]:
    """The lines of one list: its leader lines, page numbers on lines of their own, short headings between them."""
    found = set(run)
    for here, after in pairwise(run):
        between = range(here + 1, after)
        if all(
            _ONLY_LEADER.match(lines[place])
            or (len(lines[place]) <= 60 and not lines[place].rstrip().endswith(("。", "．")))
            for place in between
        ):
            found |= set(between)
    end = run[-1] + 1
    if (
        end < len(lines)
        and lines[end].strip()
        and _PAGE.match(lines[end])
        and not re.search("[0-9０-９]$", lines[run[-1]].rstrip(" |"))
    ):
        found.add(end)
    return found
