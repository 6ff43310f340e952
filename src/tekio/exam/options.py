"""The options of an item: wrong answers as near to the right one as the documents have, in an order that says nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from tekio.artifacts.exam import Difficulty
from tekio.exam.askable import DOCUMENT, ELSEWHERE, ROW, Askable, draw
from tekio.text.dates import japanese_number

NEARNESS: Mapping[str, Difficulty] = {ROW: "hard", DOCUMENT: "middle", ELSEWHERE: "easy"}
MOST = 6
"""Wrong answers of one nearness that are looked at: of three times as many any three can be taken."""
LONGEST_SHORT_FORM = 5
LAW = "\x1flaw "
"""Of a question for a law's name: where there are hardly more names than options (four circulars on tax), the same ones are right each time."""
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[△▲-]?\d+(?:\.\d+)?")
_SIGNS = str.maketrans("△▲", "--")


def plain(text: str) -> str:
    """The text as answers are compared: NFKC, no white space, no separators of thousands."""
    return re.sub(r"(?<=\d),(?=\d)", "", _SPACE.sub("", unicodedata.normalize("NFKC", text))).casefold()


def choose_options(
    asked: Askable, others: Sequence[str], count: int, seed: int
) -> tuple[list[str], int, Difficulty, float] | None:
    """The options, the place of the right one, how hard they make the item, and by how many places the right one stands out from
    the drawn ones (0: not at all); None where there are not enough.

    others: answers of other documents to the same question, the last resort. An option that is the right answer written
    another way is none.
    """
    if asked.fixed:
        difficulty: Difficulty = "middle"
        return list(asked.fixed), asked.fixed.index(asked.answer), difficulty, 0.0
    taken = {plain(asked.answer)}
    pool: list[tuple[str, str]] = []  # (text, how near)
    for nearness in (ROW, DOCUMENT, ELSEWHERE):
        rivals = others if nearness == ELSEWHERE else asked.rivals.get(nearness, ())
        own = len(pool)
        for rival in _in_order(asked, rivals, seed):
            if len(pool) - own < MOST and plain(rival) not in taken and not may_be_one(rival, asked.answer):
                taken.add(plain(rival))
                pool.append((rival, nearness))
    if len(pool) < (count - 1) * (2 if LAW in asked.place else 1):
        return None
    outstanding, places = _balanced(asked, [text for text, _ in pool], count - 1, seed)
    farthest = pool[max(places)][1]
    options = sorted(
        [asked.answer, *(pool[place][0] for place in places)], key=lambda text: draw(seed, asked.id, "order", text)
    )
    return options, options.index(asked.answer), NEARNESS[farthest], outstanding


def _in_order(asked: Askable, rivals: Sequence[str], seed: int) -> list[str]:
    """Wrong answers in drawn order; of words every second is one that repeats the most of the question, for the right one often does
    (所得税法 of a question on 所得税): without such the right option would stand out among names of other fields.
    """
    order = sorted(set(rivals), key=lambda text: draw(seed, asked.id, text))
    if asked.kind not in ("what", "who"):
        return order
    question = _pairs(plain(asked.question))
    near = sorted(order, key=lambda text: -len(_pairs(plain(text)) & question) / max(1, len(_pairs(plain(text)))))
    return list(dict.fromkeys(text for both in zip(order, near, strict=True) for text in both))


def may_be_one(one: str, other: str) -> bool:
    """Whether one of two names of laws may be the other's short form (所法 of 所得税法, 措置法 of 租税特別措置法): no wrong answer."""
    short, long = sorted((plain(one), plain(other)), key=len)
    if len(short) > LONGEST_SHORT_FORM or not short or short[-1] not in "法令則達" or short[-1] != long[-1]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _balanced(asked: Askable, pool: Sequence[str], count: int, seed: int) -> tuple[float, tuple[int, ...]]:
    """(by how many places the right option stands out, places in `pool`) of the wrong options among which the right one stands out the least, the nearest of equally good ones.

    Whoever takes the longest option, the largest, the one that repeats the question, or the one most like the others must be right no
    more often than by chance: for each of these the place of the right option in the order is drawn, and the options are chosen after it.
    """
    question = _pairs(plain(asked.question))
    texts = (asked.answer, *pool)
    columns = list(zip(*(_form(text, question) for text in texts), strict=True))
    pairs = [_pairs(plain(text)) for text in texts]
    alike = [[_alike(one, other) for other in pairs] for one in pairs]
    wanted = [int(draw(seed, asked.id, "rank", str(number)) * (count + 1)) for number in range(len(columns) + 1)]

    def cost(places: tuple[int, ...]) -> float:
        others = [place + 1 for place in places]
        total = 0
        for target, column in zip(wanted, columns, strict=False):
            right = column[0]
            below = same = 0
            for place in others:
                below += column[place] < right
                same += column[place] == right
            total += max(below - target, target - below - same, 0)
        sums = [sum(alike[one][other] for other in (0, *others)) for one in (0, *others)]
        below = sum(value < sums[0] for value in sums[1:])
        same = sum(value == sums[0] for value in sums[1:])
        return total + max(below - wanted[-1], wanted[-1] - below - same, 0)

    _, _, best = min((cost(places), sum(places), places) for places in combinations(range(len(pool)), count))
    return cost(best), best


def _form(text: str, question: frozenset[str]) -> tuple[float, ...]:
    """Length, number, roundness and how much of the question an option repeats."""
    written = plain(text)
    found = _NUMBER.search(written)
    value = float(found[0].translate(_SIGNS)) if found else float(japanese_number(written) or 0)
    own = _pairs(written)
    return len(written), value, float(bool(value) and value % 100 == 0), len(own & question) / max(1, len(own))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(max(1, len(text) - 1)))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def answers_by_place(asked: Iterable[Askable], most: int = 50) -> dict[str, list[str]]:
    """Attribute -> answers that documents give to it, at most so many each."""
    found: dict[str, dict[str, None]] = {}
    for one in asked:
        known = found.setdefault(one.place, {})
        if len(known) < most:
            known[one.answer] = None
    return {place: list(known) for place, known in found.items()}
