"""Texts as one array of code points."""

from hypothesis import given
from hypothesis import strategies as st

from tekio.text.kernels.codepoints import code_points, exchanged, to_text, to_utf8

TEXTS = st.lists(st.text(max_size=12), max_size=8)


@given(TEXTS, st.dictionaries(st.integers(0, 7), st.text(max_size=12), max_size=8))
def test_texts_exchanged_are_as_if_all_were_decoded_again(texts, new):
    new = {number: text for number, text in new.items() if number < len(texts)}
    before = code_points(texts)
    kept = before.codes.copy()
    found = exchanged(before, new)
    wanted = code_points([new.get(number, text) for number, text in enumerate(texts)])
    assert found.offsets.tolist() == wanted.offsets.tolist()
    assert found.codes.tolist() == wanted.codes.tolist()
    assert before.codes.tolist() == kept.tolist()


@given(TEXTS)
def test_texts_come_back_and_are_utf8(texts):
    points = code_points(texts)
    assert [to_text(points.codes[points.offsets[at] : points.offsets[at + 1]]) for at in range(len(texts))] == texts
    data, ends = to_utf8(points)
    assert data.tobytes() == "".join(texts).encode()
    assert ends.tolist()[-1] == len(data)
