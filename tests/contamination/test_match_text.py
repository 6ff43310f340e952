"""The shadow of a text: what a copy usually changes is not in it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.contamination.match_text import Shadow, ngrams, shadow
from tekio.text.normalize import normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("売上高は、前期比で増えた。", "売上高は，前期比で増えた．"),
        ("ＡＢＣ 株式会社　①", "abc株式会社 1"),
        ("データのグループ", "ﾃﾞｰﾀのｸﾞﾙｰﾌﾟ"),
        ("ガラス", "カ\u3099ラス"),
        ("㈱の㎡と㍻", "(株)のm2と平成"),
        ("葛󠄀城", "葛城"),
        ("⼤蔵省", "大蔵省"),
        ("第Ⅳ部", "第IV部"),
        ("一\u200b語\u00ad", "一語"),
    ],
)
def test_another_form_has_the_same_shadow(one, other):
    assert shadow(one) == shadow(other)


def test_letters_and_digits_stay():
    assert shadow("利率は1.25%です") != shadow("利率は1.26%です")
    assert shadow("𠮷野家") == "𠮷野家"


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_shadow_is_made_character_by_character(first, second):
    assert shadow(first + second) == shadow(first) + shadow(second)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_normalization_changes_no_shadow(text):
    assert shadow(normalize(text).text) == shadow(text)
    assert shadow(unicodedata.normalize("NFD", text)) == shadow(unicodedata.normalize("NFC", text))


@given(st.text(max_size=60))
def test_every_character_of_a_shadow_has_its_place(text):
    found = Shadow.of(text)
    assert len(found.codes) == len(found.places)
    assert found.places.tolist() == sorted(found.places.tolist())
    for code, place in zip(found.codes.tolist(), found.places.tolist(), strict=True):
        assert chr(code) in shadow(text[place])


@given(st.text("売上高が増減した。、 ", max_size=40), st.integers(1, 6))
def test_equal_ngrams_have_equal_hashes_and_others_do_not(text, length):
    codes = Shadow.of(text).codes
    plain = shadow(text)
    hashes = ngrams(codes, length).tolist()
    pieces = [plain[start : start + length] for start in range(len(plain) - length + 1)]
    assert len(hashes) == len(pieces)
    assert len(set(hashes)) == len(set(pieces))
