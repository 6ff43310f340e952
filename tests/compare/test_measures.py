"""What is measured of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.compare.measures import overlaps, pieces, repetition


def test_a_loop_repeats_and_a_plain_sentence_does_not():
    assert repetition("はい、" * 100) > 0.95
    assert repetition("日本銀行は金融政策決定会合で現状維持を決めた。") == 0
    assert repetition("短い") == 0


def test_repetition_counts_every_piece_after_its_first_place():
    # abcdeabcde: abcde bcdea cdeab deabc eabcd abcde -> one of six was there before
    assert repetition("abcde abcde") == pytest.approx(1 / 6)


def test_overlap_tells_recited_answers_from_own_ones():
    training = ["預金保険制度により一金融機関あたり元本一千万円までが保護されます。", "別の文です。"]
    recited, own = overlaps(["元本一千万円までが保護されます。", "まったく違う文章を自分で書きました。"], training)
    assert recited == 1
    assert own == 0


@given(st.lists(st.text(max_size=60), max_size=4), st.lists(st.text(max_size=60), max_size=4))
def test_overlap_equals_its_definition(texts: list[str], training: list[str]):
    known = {piece for text in training for piece in pieces(text, 10)}
    for text, share in zip(texts, overlaps(texts, iter(training)), strict=True):
        own = pieces(text, 10)
        assert share == (sum(piece in known for piece in own) / len(own) if own else 0)


@given(st.text())
def test_repetition_is_a_share(text: str):
    assert 0 <= repetition(text) < 1
