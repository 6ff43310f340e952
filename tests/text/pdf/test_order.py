"""Two readings of a page: whether their lines follow each other in the same order."""

import random
import unicodedata
from collections import Counter
from itertools import pairwise

import pytest

from tekio.text.pdf.order import FEWEST, GRAM, SLIP, compare, order_agreement

KANJI = "".join(map(chr, range(0x4E00, 0x5A00)))


def places_of_passages(text: str) -> dict[str, int]:
    grams = [text[start : start + GRAM] for start in range(len(text) - GRAM + 1)]
    counts = Counter(grams)
    return {gram: place for place, gram in enumerate(grams) if counts[gram] == 1}


def jumps_of(first: str, second: str) -> int | None:
    """Jumps from one common passage to the next, counted one by one."""
    a, b = ("".join(unicodedata.normalize("NFKC", text).split()) for text in (first, second))
    there = places_of_passages(a)
    common = sorted((place, there[gram]) for gram, place in places_of_passages(b).items() if gram in there)
    if len(common) < FEWEST:
        return None
    return sum(abs((d - c) - (b - a)) > SLIP for (a, c), (b, d) in pairwise(common))


@pytest.mark.parametrize("letters", ["あいう１２ ", KANJI[:40], KANJI])
@pytest.mark.parametrize("seed", range(10))
def test_every_jump_between_passages_of_both_is_counted(letters: str, seed: int):
    chance = random.Random(seed)
    lines = ["".join(chance.choice(letters) for _ in range(chance.randrange(1, 40))) for _ in range(30)]
    first = "\n".join(lines)
    chance.shuffle(lines)
    second = "\n".join(lines)
    jumps = jumps_of(first, second)
    if jumps is not None:
        filled = max(sum(1 for line in lines if line.strip()), 2)
        assert order_agreement(first, second) == max(0.0, 1.0 - max(0, jumps - 2) / filled)


def test_the_same_letters_agree_whatever_their_widths_and_blanks():
    assert compare("預金 １２３\n円", "預金123円") == (1.0, 1.0)
    assert compare("", "") == (1.0, 1.0)


def test_too_few_passages_are_compared_by_what_they_hold():
    assert compare("預金", "貸出") == (0.0, 0.0)
