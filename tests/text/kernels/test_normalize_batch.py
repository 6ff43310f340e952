"""The compiled pass does what `normalize` defines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realdata import need_real_data
from tekio.text.kernels.codepoints import code_points, to_text
from tekio.text.kernels.normalize_batch import normalize_texts, transform_names
from tekio.text.normalize import normalize

ODD = (
    "あかがﾊﾞｶﾞｱﾟﾞﾟか\u3099ハ\u309aー１Ａａ㈱①△▲－～ \u3000\t\n\r\x85\u2028\u00a0\u2003\u200b\ufeff\x00\x07⻑⽇⺀"
    "abc。、\U000e0041𠀋🙂\u202e\ufffd\ue000ｰ･"
)
TEXTS = st.lists(st.text(alphabet=ODD, max_size=40) | st.text(max_size=20), min_size=1, max_size=4)


def assert_same(texts, widths):
    points, flags = normalize_texts(code_points(texts), widths=widths)
    for number, text in enumerate(texts):
        wanted = normalize(text, widths=widths)
        assert to_text(points.codes[points.offsets[number] : points.offsets[number + 1]]) == wanted.text
        assert transform_names(int(flags[number])) == wanted.transforms


@settings(max_examples=600, deadline=None)
@given(TEXTS, st.booleans())
def test_normalizes_as_defined(texts, widths):
    assert_same(texts, widths)


@pytest.mark.real
def test_normalizes_real_works_as_defined():
    works = sorted(need_real_data("aozora").rglob("*.txt"))[:15]
    assert_same([work.read_bytes().decode("cp932", "replace") for work in works], True)
