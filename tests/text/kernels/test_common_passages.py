"""Common lines and passages: found wherever a slow reading finds them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.common_passages import Windows, lines_of, window_hashes, winnow

TEXTS = st.lists(st.text(alphabet="あいうa1 |　\n。", max_size=60), max_size=5)


def slow_lines(texts, least):
    """The eligible lines and paragraphs of texts by plain string work."""

    def eligible(piece):
        letters = sum("ぁ" <= char <= "ゖ" or (char.isascii() and char.isalpha()) for char in piece)
        return letters >= least and sum(map(str.isdigit, piece)) <= 0.1 * len(piece) and "|" not in piece

    found = []
    for number, text in enumerate(texts):
        paragraph = []
        place = 0
        for line in [*text.split("\n"), ""]:
            bare = line.strip(" 　")
            start = place + len(line) - len(line.lstrip(" 　"))
            if bare and eligible(bare):
                found.append((number, start, start + len(bare)))
            if bare:
                paragraph.append((start, start + len(bare)))
            else:
                if len(paragraph) > 1:
                    begin, end = paragraph[0][0], paragraph[-1][1]
                    if eligible(text[begin:end]):
                        found.append((number, begin, end))
                paragraph = []
            place += len(line) + 1
    return sorted(found)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(1, 6))
def test_lines_and_paragraphs_are_those_of_a_slow_reading(texts, least):
    lines = lines_of(code_points(texts), least)
    places = list(zip(lines.text.tolist(), lines.start.tolist(), lines.end.tolist(), strict=True))
    assert sorted(places) == slow_lines(texts, least)
    by_text = {}
    for (number, start, end), hashed in zip(places, lines.hashes.tolist(), strict=True):
        piece = tuple(line.strip(" 　") for line in texts[number][start:end].split("\n"))
        assert by_text.setdefault(piece, hashed) == hashed  # equal lines have equal hashes
    assert len(set(by_text.values())) == len(by_text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab。", max_size=80), st.integers(1, 20))
def test_windows_are_equal_where_their_texts_are(text, length):
    hashes = window_hashes(code_points([text]).codes, length)
    pieces = [text[start : start + length] for start in range(len(text) - length + 1)]
    assert len(hashes) == len(pieces)
    assert len({*zip(pieces, hashes.tolist(), strict=True)}) == len(set(pieces)) == len(set(hashes.tolist()))


@settings(max_examples=200, deadline=None)
@given(st.text("abcあ", max_size=60), st.text("abcあ", max_size=60), st.text("abcあ", min_size=24, max_size=40))
def test_two_texts_with_a_common_passage_have_a_chosen_gram_of_it_in_common(first, second, passage):
    length = 24
    text, place, keys = winnow(code_points([first + passage, passage + second]), 8, length)
    inside = [
        {key for t, p, key in zip(text, place, keys, strict=True) if t == number and low <= p <= high - 8}
        for number, low, high in ((0, len(first), len(first) + len(passage)), (1, 0, len(passage)))
    ]
    assert inside[0] & inside[1]


def test_windows_beyond_the_room_are_not_remembered():
    hashes = np.arange(1, 2001, dtype=np.uint64) << np.uint64(20)
    windows = Windows(1000)
    assert windows.add(hashes, np.array([[0, 900]]), 0)
    assert not windows.add(hashes, np.array([[900, 1900]]), 1)
    owners, places = windows.look(hashes, np.array([[0, 2000]]))
    assert (owners[:900] == 0).all()
    assert (places[:900] == np.arange(900)).all()
    assert (owners[900:] == -1).all()
