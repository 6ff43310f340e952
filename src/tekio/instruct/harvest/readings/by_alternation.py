"""Reading by beginnings that take turns: labels, signs and lines of names that nobody has listed; one asks, the other answers.

「きく　…」 and 「こたえる　…」, （疑義1） and （取扱い）, ・ and －, a line with a name above each question and one above each answer. What
they say is not looked at: two beginnings that stand by turns from the first to the last, where what follows the first asks
and what follows the second does not, are marks of question and answer on this page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, permutations

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.marks import METADATA, is_furniture, question_likeness
from tekio.instruct.harvest.readings.by_look import place_of
from tekio.instruct.harvest.readings.elements import Question

FEWEST = 2
"""So many times both must stand."""
MOST_KINDS = 24
"""Beginnings looked at, the most frequent ones."""
ASKS, TELLS = 0.6, 0.25
"""Share of what follows that asks: at least behind the beginning of questions, at most behind that of answers."""
MAX_LINES = 8
"""So many lines a question may have."""
MAX_NAME = 40
"""Characters of a line that is nothing but a name or a title."""

_BRACKETS = "（()【】\\[\\]［］〔〕<>＜＞《》〈〉≪≫「」『』"
_WORD = rf"[^\s　:：。、，．）？?！!{_BRACKETS}]"
_LABEL = re.compile(
    rf"^[\s　]*(?P<sign>[^\w\s）{_BRACKETS}]?)[\s　]*(?:"
    rf"[（(【\[［〔<＜《〈≪][\s　]*(?P<inside>[^）\n{_BRACKETS}]{{1,20}}?)[\s　]*[)）】\]］〕>＞》〉≫][\s　]*[:：]?"
    rf"|(?P<before>{_WORD}{{1,14}})(?:[(（][^()（）\n]{{1,16}}[)）])?[\s　]*(?:[:：]|$)"
    rf"|(?P<parted>{_WORD}{{1,10}})(?:[(（][^()（）\n]{{1,16}}[)）])?(?:　|[ 　\t]{{2,}})(?=\S)"
    r")[\s　]*"
)
_SIGN = re.compile(rf"^([^\w\s）“”\"'※$¥￥#,，、。.．*＊①-⑳{_BRACKETS}])\1{{0,3}}[\s　]*(?=\S)")
_COUNTED = re.compile(r"(?<=.)[\s　]*(?:[0-9０-９①-⑳.．-]+|[A-ZＡ-Ｚa-zａ-ｚ]|[一二三四五六七八九十]+)$")
_LETTERS = re.compile(r"[ぁ-んァ-ヶ一-龠]|[A-Za-z]")


@dataclass(frozen=True)
class _Start:
    """A block that begins with one of the kinds looked at: its place among the blocks, and where its text goes on."""

    place: int
    end: int


def by_alternation(page: Page) -> list[Question]:
    """The questions of the two beginnings that take turns most often, with what is told to each.

    None where marks or labels that are known stand: they say it themselves.
    """
    known = Counter(mark.kind for block in page.main() if (mark := block.qa_mark) is not None and not mark.glued)
    if max(known.values(), default=0) >= FEWEST:
        return []
    main = [block for block in page.main() if not block.foreign and not is_furniture(block.text)]
    best = max(_turns(main), key=lambda found: found[0], default=None)
    return best[1] if best is not None else []


def _turns(main: list[Block]) -> Iterator[tuple[tuple[int, bool], list[Question]]]:
    """(how good, the questions with their answers) of every two kinds that take turns."""
    kinds = {kind: starts for kind, starts in _kinds(main).items() if len(starts) >= FEWEST}
    often = sorted(kinds, key=lambda kind: -len(kinds[kind]))[:MOST_KINDS]
    for one, two in permutations(often, 2):
        if abs(len(kinds[one]) - len(kinds[two])) > 1 or ("place" in (one[0], two[0]) and one[0] != two[0]):
            continue
        asked, told = _in_turn(kinds[one], kinds[two])
        if not _alternate(asked, told):
            continue
        if one[0] == "place" and not (_names_only(main, asked) and _names_only(main, told)):
            continue
        pairs = _pairs(main, asked, told, kinds[one])
        if len(pairs) < len(asked) or any(len(pair.blocks) > MAX_LINES for pair in pairs):
            continue
        asking = sum(_asks(pair.blocks[-1].text) for pair in pairs)
        telling = [pair.answer or [] for pair in pairs]
        back = sum(_asks(told[0].text) or _asks(told[-1].text) for told in telling if told)
        if asking >= FEWEST and asking >= ASKS * len(pairs) and back <= TELLS * len(pairs):
            yield (len(asked), one[0] == "label"), pairs


def _kinds(main: list[Block]) -> dict[tuple[str, ...], list[_Start]]:
    found: dict[tuple[str, ...], list[_Start]] = {}
    for place, block in enumerate(main):
        if block.href is not None or block.role is False or not block.text or METADATA.match(block.text):
            continue
        label = _LABEL.match(block.text)
        if label is not None and label.lastgroup is not None:
            word = _COUNTED.sub("", label[label.lastgroup])
            if _LETTERS.search(unicodedata.normalize("NFKC", word)):
                kind = ("label", label.lastgroup, label["sign"], word)
                found.setdefault(kind, []).append(_Start(place, label.end()))
        sign = _SIGN.match(block.text)
        if sign is not None:
            found.setdefault(("sign", sign[1]), []).append(_Start(place, sign.end()))
        if block.cell is None and (block.node.get("class") or block.heading):
            found.setdefault(("place", *place_of(block)), []).append(_Start(place, 0))
    return found


def _in_turn(asked: list[_Start], told: list[_Start]) -> tuple[list[_Start], list[_Start]]:
    """Without a greeting before the first question and thanks behind the last answer."""
    if not asked or not told:
        return [], []
    told = told[1:] if told[0].place < asked[0].place else told
    asked = asked[:-1] if told and asked[-1].place > told[-1].place else asked
    return asked, told


def _alternate(asked: list[_Start], told: list[_Start]) -> bool:
    if (
        len(asked) < FEWEST
        or len(asked) != len(told)
        or {start.place for start in asked} & {start.place for start in told}
    ):
        return False
    order = sorted([(start.place, 0) for start in asked] + [(start.place, 1) for start in told])
    return order[0][1] == 0 and all(one[1] != two[1] for one, two in pairwise(order))


def _pairs(main: list[Block], asked: list[_Start], told: list[_Start], ending: list[_Start]) -> list[Question]:
    """What stands between the beginnings, without them; one of `ending` or a heading ends an answer."""
    names_asked, names_told = _names_only(main, asked), _names_only(main, told)
    found: list[Question] = []
    for start, answer in zip(asked, told, strict=True):
        question = _without(main[start.place : answer.place], start.end, names_only=names_asked)
        until = next((later.place for later in ending if later.place > answer.place), len(main))
        headed = (place for place in range(answer.place + 1, until) if main[place].heading)
        reply = _without(
            main[answer.place : next(headed, until) if not main[answer.place].heading else until],
            answer.end,
            names_only=names_told,
        )
        if question and reply:
            found.append(Question(question, main[start.place].node, reply))
    return found


def _without(blocks: list[Block], end: int, *, names_only: bool) -> list[Block]:
    first = replace(blocks[0], text=blocks[0].text[end:], lead="", alt="", mark="")
    return blocks[1:] if names_only or not first.text else [first, *blocks[1:]]


def _names_only(main: list[Block], starts: list[_Start]) -> bool:
    """Every one of these lines is a name or a title, with what it heads below it."""
    for start in starts:
        text = main[start.place].text.strip()
        if len(text) > MAX_NAME or text.endswith(("。", "．")) or question_likeness(text) >= 1.0:
            return False
        if start.place + 1 >= len(main):
            return False
    return True


_SENTENCES = re.compile(r"(?<=[。．？?！!])")


def _asks(text: str) -> bool:
    last = [part for part in _SENTENCES.split(text) if part.strip()]
    return bool(last) and question_likeness(last[-1]) >= 1.0
