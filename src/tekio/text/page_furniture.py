"""Plain text that was printed in pages: page numbers, running heads and form feeds taken out, paragraphs bridged over them.

A line is a page number when it is written as one (- 12 -, 3/10, 12ページ, or digits far to the right or alone) and either the
numbers of the text count up, or it cuts a sentence in two. Running heads are lines that come again beside page breaks, or a
short line between a break and the rest of a sentence. Footnotes that stand between the halves of a sentence go behind its
paragraph; nothing but furniture is taken out.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tekio.text.form_labels import is_form_label
from tekio.text.line_form import Places
from tekio.text.page_intruders import Intruders, intruders

FORM_FEED = "\f"
_SPACES = " \t\u3000\r"
_DASH = "-－―—–‐─〜~～・"
_NUMBER = re.compile(
    rf"(?P<left>[{_DASH}<＜\[［(（]*)[ \u3000]*(?:[pPｐＰ](?:age)?\.?[ \u3000]*)?(?P<number>[0-9０-９]{{1,4}})"
    rf"(?P<of>[ \u3000]*[/／][ \u3000]*[0-9０-９]{{1,4}})?[ \u3000]*(?P<word>ページ|頁|枚目)?[ \u3000]*(?P<right>[{_DASH}>＞\]］)）]*)$"
)
_ENDS = "。．！？!?」』）】〕］｝〉》…：:;；"
_STOPS = "。！？!?"
_RULE = re.compile(r"[─―—_＿\-－‐=＝━]{5,}$")
_NOTE = re.compile(
    r"(?:[＊*※†‡]|[(（]?(?:注|註)[0-9０-９]*|[0-9０-９]{1,3}[)）\u3000 ]|[(（][0-9０-９]{1,3}[)）]|[⁰¹²³⁴-⁹]|[①-⑳])[^\s]?"
)
_NUMBERED_NOTE = re.compile("[0-9０-９]{1,3}[)）][ \u3000]*[^ \u3000].*[。．]$")
_NAMED_NOTE = re.compile("（注[0-9]{1,3}）")
"""What a raised number at the beginning of a note is written as."""
_NEW = re.compile(
    r"[・●○◎◆◇■□※＊*【]|[(（][0-9０-９一二三四五六七八九十ア-ン]{1,3}[)）]|[0-9０-９]{1,3}[.．、\u3000 ]|[①-⑳]|第[0-9０-９一二三四五六七八九十百]+[章節条款項編部]"
)
DEEP = 8
"""Columns of white space from which digits alone on a line are taken to be set apart."""
FEWEST_BETWEEN = 3
"""Lines of text that two page numbers must have between them."""
NOTE_LINES = 12
FEWEST_LETTERS = 6
"""Of a line that tells a page where the number alone does not, or that goes with a head."""
OFTEN = 0.1
"""Share of a text's pages on which a running head stands at least."""
MOST_HEADS = 4
"""Lines of a running head."""


@dataclass(frozen=True)
class Unpaged:
    """Text without its pages. removed: the lines that were taken out, as they were. moved: lines of footnotes put behind a paragraph."""

    text: str
    removed: tuple[str, ...] = ()
    moved: int = 0


@dataclass(frozen=True)
class _Candidate:
    place: int
    number: int
    decorated: bool
    of_pages: bool  # 3/10, 3ページ: nothing else is written so
    deep: bool
    apart: bool  # blank lines (or an edge of the text) on both sides
    dashed: bool = False  # - 12 -

    @property
    def bare(self) -> bool:
        """Whether nothing but its being alone on a line says that it is a page's."""
        return not (self.decorated or self.deep or self.apart)


def take_out_pages(text: str, *, heads: bool = True, places: Places | None = None) -> Unpaged:
    """`text` without page furniture; unchanged when it shows none. heads: running heads too, where the caller has not seen to them.

    places: says of lines how they stood on their page, if the caller knows it.
    """
    lines = text.replace(FORM_FEED, f"\n{FORM_FEED}\n").split("\n") if FORM_FEED in text else text.split("\n")
    feeds = {place for place, line in enumerate(lines) if line == FORM_FEED}
    numbers = _page_numbers(lines, feeds)
    intruding = intruders(lines, numbers | feeds) if heads else Intruders()
    numbers |= intruding.numbers
    breaks = sorted(feeds | numbers)
    if not breaks:
        return _without_notes(lines, text)
    groups = _merged(lines, breaks)
    gone = numbers | intruding.heads | (_running_heads(lines, groups) if heads else set[int]())
    gone |= _stamps(lines, gone)
    removed = tuple(lines[place] for place in sorted(gone))
    moved = 0
    pieces: list[str] = []
    start = 0
    following = _following_texts(lines, gone | feeds)
    full = _full_where_indented(lines, gone | feeds)
    pending: list[str] = []  # footnotes that wait for the end of the paragraph they interrupt
    for first, last in [*groups, (len(lines), len(lines))]:
        page = [lines[place] for place in range(start, first) if place not in gone and place not in feeds]
        pieces, page = _bridge(pieces, page, full)
        notes: list[str] = []
        if first < len(lines):
            page, notes = _cut_notes(page, following[last + 1])
            moved += len(notes)
        while first < len(lines) and page and not _body(page[-1]):
            page.pop()
        place = _paragraph_end(page, places)
        goes_on = first < len(lines) and place == len(page) and page and _is_open(page[-1])
        if not goes_on:  # else the paragraph goes on over this break too
            page[place:place] = pending
            pending = []
        pending = pending + notes
        pieces += page
        start = last + 1
    return Unpaged("\n".join([*pieces, *pending]), removed, moved)


_STAMP = re.compile(
    r"[【\[(（<＜]?(?:社外秘|部外秘|極秘|秘|取扱注意|関係者限り?|関係者外秘|Confidential|CONFIDENTIAL|Internal Use Only)[】\])）>＞]?"
)
STAMPED_LINES = 3


def _stamps(lines: list[str], gone: set[int]) -> set[int]:
    """A mark of secrecy below the title of the first page, where those of the other pages are taken out as their heads."""
    marks = {_body(lines[place]) for place in gone if _STAMP.fullmatch(_body(lines[place]))}
    first = [place for place in range(min(len(lines), 4 * STAMPED_LINES)) if not _is_blank(lines, place)]
    return {place for place in first[:STAMPED_LINES] if _body(lines[place]) in marks}


def _without_notes(lines: list[str], text: str) -> Unpaged:
    """A text without pages whose footnotes stand under a rule between the halves of a sentence: behind the paragraph then."""
    removed: list[str] = []
    moved, place = 0, 1
    while place < len(lines):
        if _RULE.match(_body(lines[place])) is None:
            place += 1
            continue
        reach = min(len(lines), place + NOTE_LINES + 1)
        end = next((at for at in range(place + 2, reach) if _is_blank(lines, at)), len(lines))
        top = next((at for at in range(end, len(lines)) if not _is_blank(lines, at)), None)
        if top is None or end - place > NOTE_LINES:
            place += 1
            continue
        low = max(0, end - NOTE_LINES - 40)
        body, notes = _cut_notes(lines[low:end], lines[top])
        if not notes or len(notes) >= end - place or low + len(body) > place:
            place += 1
            continue
        stop = top + _paragraph_end(lines[top:])
        removed.append(lines[place])
        moved += len(notes)
        place = low + len(body) + stop - top
        lines[low + len(body) : stop] = [*lines[top:stop], *notes]
    return Unpaged("\n".join(lines), tuple(removed), moved) if moved else Unpaged(text)


def _body(line: str) -> str:
    return line.strip(_SPACES)


def _indent(line: str) -> int:
    return sum(2 if char == "\u3000" else 1 for char in line[: len(line) - len(line.lstrip(_SPACES))])


def _is_blank(lines: Sequence[str], place: int) -> bool:
    return not 0 <= place < len(lines) or not _body(lines[place]) or lines[place] == FORM_FEED


def _page_numbers(lines: Sequence[str], feeds: set[int]) -> set[int]:
    """The lines that are page numbers."""
    found: list[_Candidate] = []
    for place, line in enumerate(lines):
        if len(line) > 120 or not (match := _NUMBER.match(_body(line))):
            continue
        marked = bool(match["of"] or match["word"]) or bool(
            match["left"] and match["right"] and match["left"][-1] in _DASH + "<＜"
        )
        if not marked and (match["left"] or match["right"]):
            continue  # (1) is a mark of a list, -5 a figure
        apart = _is_blank(lines, place - 1) and _is_blank(lines, place + 1)
        of_pages = bool(match["of"] or match["word"])
        found.append(
            _Candidate(
                place, int(match["number"]), marked, of_pages, _indent(line) >= DEEP, apart, marked and not of_pages
            )
        )
    accepted: set[int] = set()
    sure = [item for item in found if not item.bare]
    first = _first(lines)
    for chain in [*_chains(lines, sure), *(_chains(lines, found) if len(sure) < len(found) else [])]:
        # Sections are numbered too: pages are told from them by what they cut, or by how they are written.
        written = all(item.of_pages for item in chain) or all(item.dashed for item in chain)
        bare = any(item.bare for item in chain)
        head = _recurring_head(lines, chain, first) if chain[0].number > 1 or not bare else None
        if written or head is not None or any(_cuts(lines, item.place) for item in chain if not item.bare):
            accepted |= {item.place for item in chain if not item.bare or _stands_by(lines, item.place, head)}
    in_order = sorted(feeds)
    for item in found:
        if (item.decorated or item.deep) and (
            _is_beside(lines, item.place, in_order)
            or ((item.apart or item.dashed) and (_cuts_a_sentence(lines, item.place) or _cuts_at_notes(lines, item)))
        ):
            accepted.add(item.place)
    if len(accepted) > 1 and found[-1].place == _last(lines):  # the last page's number, which nothing stands behind
        last = max(item.number for item in found if item.place in accepted)
        accepted |= {found[-1].place} if found[-1].number == last + 1 else set()
    return accepted


def _is_beside(lines: Sequence[str], place: int, feeds: Sequence[int]) -> bool:
    """Whether nothing but blank lines stands between a line and the form feed before or behind it."""
    after = bisect(feeds, place)
    return any(_is_blank_between(lines, place, feed) for feed in feeds[max(0, after - 1) : after + 1])


def _cuts_at_notes(lines: Sequence[str], item: _Candidate) -> bool:
    """Whether a number in dashes (- 3 -) stands inside a sentence, behind a footnote or before the hanging lines of an item."""
    after = next((lines[number] for number in range(item.place + 1, len(lines)) if not _is_blank(lines, number)), "")
    if not item.decorated or not after:
        return False
    before = [line for line in lines[max(0, item.place - NOTE_LINES - 40) : item.place] if line != FORM_FEED]
    while before and not _body(before[-1]):
        before.pop()
    body, notes = _cut_notes(before, after)
    last = next((line for line in reversed(body) if _body(line)), "")
    return _is_open(last) and (bool(notes) or _hangs_on(last, after))


def _hangs_on(last: str, top: str) -> bool:
    """Whether a line goes on with an item or a hanging line before it, as far in as that."""
    if not _indent(top) or _NEW.match(_body(top)):
        return False
    return _NEW.match(_body(last)) is not None or _indent(last) == _indent(top)


def _cuts(lines: Sequence[str], place: int) -> bool:
    """Whether a page break stands inside a sentence, with or without a running head after it."""
    top = next((number for number in range(place + 1, len(lines)) if not _is_blank(lines, number)), None)
    return _cuts_a_sentence(lines, place) or (top is not None and _stands_in_a_sentence(lines, place, top))


def _chains(lines: Sequence[str], found: Sequence[_Candidate]) -> list[list[_Candidate]]:
    """Candidates in a row that count up by one, with text between them."""
    chains: list[list[_Candidate]] = []
    for item in found:
        before = chains[-1][-1] if chains else None
        between = 0 if before is None else sum(1 for place in range(before.place + 1, item.place) if not _is_blank(lines, place))  # fmt: skip
        headed = before is not None and before.deep and item.deep and _next(lines, before) == _next(lines, item)
        if (
            before is not None
            and item.number == before.number + 1
            and (between >= FEWEST_BETWEEN or (between > 1 and headed))
        ):
            chains[-1].append(item)
        else:
            chains.append([item])
    return [chain for chain in chains if len(chain) > 1]


def _has_words(line: str, fewest: int) -> bool:
    """Whether a line says something besides figures: so many letters at least."""
    return sum(1 for char in line if char.isalpha()) >= fewest


def _next(lines: Sequence[str], item: _Candidate) -> str:
    """The first line with text behind a page number."""
    return next((_body(lines[place]) for place in range(item.place + 1, len(lines)) if not _is_blank(lines, place)), "")


def _recurring_head(lines: Sequence[str], chain: Sequence[_Candidate], first: int | None) -> str | None:
    """The line (as `_same` has it) that stands after, or before, most of the numbers, if it is always the same.

    first: the first line with text, the head of the first page.
    """
    for step in (1, -1):
        beside: Counter[str] = Counter()
        if step == 1 and first is not None and _has_words(lines[first], FEWEST_LETTERS):
            beside[_same(lines[first])] += first != chain[0].place
        for item in chain:
            place = item.place + step
            while 0 <= place < len(lines) and _is_blank(lines, place):
                place += step
            if 0 <= place < len(lines):
                beside[_same(lines[place])] += 1
        most = beside.most_common(1)
        words = bool(most) and _has_words(most[0][0], FEWEST_LETTERS if any(item.bare for item in chain) else 0)
        if words and most[0][1] >= max(2, 0.5 * len(chain)):
            return most[0][0]
    return None


def _stands_by(lines: Sequence[str], place: int, head: str | None) -> bool:
    """Whether a number stands beside a head, or at an edge of the text."""
    above = next((lines[at] for at in range(place - 1, -1, -1) if not _is_blank(lines, at)), None)
    below = next((lines[at] for at in range(place + 1, len(lines)) if not _is_blank(lines, at)), None)
    return head is not None and any(line is None or _same(line) == head for line in (above, below))


def _first(lines: Sequence[str]) -> int | None:
    return next((place for place in range(len(lines)) if not _is_blank(lines, place)), None)


def _last(lines: Sequence[str]) -> int | None:
    return next((place for place in range(len(lines) - 1, -1, -1) if not _is_blank(lines, place)), None)


def _is_blank_between(lines: Sequence[str], first: int, second: int) -> bool:
    low, high = sorted((first, second))
    return all(_is_blank(lines, place) for place in range(low + 1, high))


def _cuts_a_sentence(lines: Sequence[str], place: int) -> bool:
    before = next((lines[number] for number in range(place - 1, -1, -1) if not _is_blank(lines, number)), "")
    after = next((lines[number] for number in range(place + 1, len(lines)) if not _is_blank(lines, number)), "")
    return _is_open(before) and bool(after) and not _begins_anew(after)


def _is_open(line: str) -> bool:
    body = _body(line)
    return len(body) >= 10 and body[-1] not in _ENDS and re.search("[ぁ-ん]", body) is not None


def _begins_anew(line: str) -> bool:
    return line[:1] in (" ", "\t", "\u3000") or _NEW.match(_body(line)) is not None


def _merged(lines: Sequence[str], breaks: Sequence[int]) -> list[tuple[int, int]]:
    """Breaks with nothing but blank lines between them as one: (first line, last line)."""
    groups: list[tuple[int, int]] = []
    for place in breaks:
        if groups and _is_blank_between(lines, groups[-1][1], place):
            groups[-1] = (groups[-1][0], place)
        else:
            groups.append((place, place))
    return groups


def _same(line: str) -> str:
    return re.sub("[0-9０-９]+", "0", "".join(line.split()))


def _running_heads(lines: Sequence[str], groups: Sequence[tuple[int, int]]) -> set[int]:
    """The lines beside page breaks that come again there, and the short line that stands between a break and the rest of a sentence."""
    first = _first(lines)
    tops: list[int] = [] if first is None or first in {start for start, _ in groups} else [first]
    feet: list[int] = []
    alone: set[int] = set()
    for start, end in groups:
        top = next((place for place in range(end + 1, len(lines)) if not _is_blank(lines, place)), None)
        foot = next((place for place in range(start - 1, -1, -1) if not _is_blank(lines, place)), None)
        if top is not None:
            tops.append(top)
            if _stands_in_a_sentence(lines, start, top):
                alone.add(top)
        if foot is not None:
            feet.append(foot)
    if feet and (last := _last(lines)) not in feet:
        feet += [] if last is None else [last]
    found = set(alone)
    for places in (tops, feet):
        counts = Counter(_same(lines[place]) for place in places)
        found |= {
            place
            for place in places
            if counts[_same(lines[place])] >= max(2, OFTEN * len(groups))
            and _body(lines[place])[-1:] not in "。、"
            and len(_body(lines[place])) <= 60
            and (_has_words(lines[place], 1) or _NUMBER.match(_body(lines[place])))
        }
    found |= _further_heads(lines, found.intersection(tops))
    known = {_same(lines[place]) for place in found.intersection(tops)}
    found |= {place for place in feet if _same(lines[place]) in known}  # a head in front of the number too
    found -= {place for start, end in groups for place in (start, end)}
    return {place for place in found if not is_form_label(lines[place])}


def _further_heads(lines: Sequence[str], heads: set[int]) -> set[int]:
    """The lines right below running heads that come again there too: heads of several lines."""
    found: set[int] = set()
    heads = {place for place in heads if _has_words(lines[place], FEWEST_LETTERS - 2)}
    while heads:
        below = [place + 1 for place in heads if not _is_blank(lines, place + 1)]
        counts = Counter(_same(lines[place]) for place in below)
        heads = {
            place
            for place in below
            if counts[_same(lines[place])] >= 2
            and _has_words(lines[place], FEWEST_LETTERS - 2)
            and _body(lines[place])[-1:] not in "。、"
            and len(_body(lines[place])) <= 40
        }
        found |= heads
        if len(found) > MOST_HEADS * max(len(below), 1):
            break
    return found


def _stands_in_a_sentence(lines: Sequence[str], start: int, top: int) -> bool:
    """Whether the line at `top` is a title between a sentence cut by the break at `start` and its rest."""
    if top + 1 >= len(lines):
        return False
    following = next((place for place in range(top + 1, len(lines)) if not _is_blank(lines, place)), None)
    title = _body(lines[top])
    if following is None or len(title) > 40 or re.search("[。、]", title) or _begins_anew(lines[following]):
        return False
    page = [line for line in lines[max(0, start - NOTE_LINES - 40) : start] if line != FORM_FEED]
    body, notes = _cut_notes(page, lines[following])
    last = next((line for line in reversed(body) if _body(line)), "")
    return _is_open(last) and (bool(notes) or bool(re.match("[ぁ-ん]", _body(lines[following]))))


def _following_texts(lines: Sequence[str], out: set[int]) -> list[str]:
    """For every place (and the one behind the last) the first line from there on that holds text and is not taken out."""
    found = [""] * (len(lines) + 1)
    for place in range(len(lines) - 1, -1, -1):
        found[place] = lines[place] if place not in out and _body(lines[place]) else found[place + 1]
    return found


def _cut_notes(page: list[str], following: str) -> tuple[list[str], list[str]]:
    """A page and the footnotes at its end, when they stand between the halves of a sentence; else the page and nothing."""
    if not following or _begins_anew(following):
        return page, []
    for start in range(max(1, len(page) - NOTE_LINES), len(page)):
        rule = _RULE.match(_body(page[start])) is not None
        note = not _body(page[start - 1]) and _NOTE.match(_body(page[start])) is not None
        directly = (
            _NUMBERED_NOTE.match(_body(page[start])) is not None
            and _is_open(page[start - 1])
            and re.match("[ぁ-ん]", following) is not None
        )
        named = _NAMED_NOTE.match(_body(page[start])) is not None and _is_open(page[start - 1])
        if not (rule or note or directly or named):
            continue
        before = next((line for line in reversed(page[:start]) if _body(line)), "")
        notes = [line for line in page[start + rule :] if _body(line)]
        if _is_open(before) and notes and _NOTE.match(_body(notes[0])):
            body = page[:start]
            while body and not _body(body[-1]):
                body.pop()
            return body, notes
        return page, []
    return page, []


def _full_where_indented(lines: Sequence[str], out: set[int]) -> int | None:
    """Characters of a full line in a text whose paragraphs begin with a blank (so that a line without one goes on with one)."""
    kept = [line.rstrip(_SPACES) for place, line in enumerate(lines) if place not in out and _body(line)]
    begun = [after for here, after in pairwise(kept) if here[-1] in _STOPS and _NEW.match(_body(after)) is None]
    indented = sum(1 for line in begun if line[0] == "\u3000")
    if indented < 2 or indented < 0.6 * len(begun):
        return None
    lengths = sorted(len(line) for line in kept)
    return lengths[int(0.9 * (len(lengths) - 1))]


def _bridge(before: list[str], page: list[str], full: int | None) -> tuple[list[str], list[str]]:
    """What came before and the next page, without blank lines between them where a sentence, or a paragraph, goes on.

    full: as `_full_where_indented` has it.
    """
    last = next((line for line in reversed(before) if _body(line)), "")
    top = next((line for line in page if _body(line)), "")
    while before and not _body(before[-1]):
        before.pop()
    del page[: next((place for place, line in enumerate(page) if _body(line)), len(page))]
    goes_on = (_is_open(last) and not _begins_anew(top)) or (
        _hangs_on(last, top) and (_is_open(last) or _indent(top) > 2)
    )
    if full is not None and len(last.rstrip(_SPACES)) >= full - 1 and top[-1:] and not _begins_anew(top):
        goes_on = True
    if before and page and not goes_on:
        page.insert(0, "")
    return before, page


def _paragraph_end(page: Sequence[str], places: Places | None = None) -> int:
    """The place behind the paragraph that goes on at the head of a page."""
    for place in range(1, len(page)):
        before = page[place - 1]
        if not _body(page[place]) or _begins_anew(page[place]):
            return place
        if places and (
            places.begins(page[place]) or (_body(before)[-1:] in _STOPS and places.is_full(before) is False)
        ):
            return place
    return len(page)
