"""Normalization: the harmless is changed and named, what carries meaning in finance stays."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tekio.text import normalize as module
from tekio.text.normalize import VERTICAL_FORMS, normalize


def test_what_carries_meaning_stays():
    text = "△1,234 ▲5 －－ ―～〜 ㈱ ① ½ ㎡ ㍻ … 、。「」（）％：神（神）福　字下げ"
    assert normalize(text) == module.Normalized(text, ())


def test_widths_and_half_width_kana():
    result = normalize("ＴＯＰＩＸは１２３．４％　ｶﾞｲﾄﾞﾗｲﾝ｡")
    assert result.text == "TOPIXは123．4％　ガイドライン。"
    assert result.transforms == ("half_width_kana", "full_width_letters")
    assert normalize("ＡＢＣ１", widths=False) == module.Normalized("ＡＢＣ１", ())


def test_radicals_become_kanji_also_of_the_supplement():
    result = normalize("⾒る⾼い⻑い⽟")
    assert (result.text, result.transforms) == ("見る高い長い玉", ("radicals",))


def test_every_radical_has_its_kanji():
    table = module.RADICALS
    assert all(chr(code) in table or table[code] for code in range(0x2F00, 0x2FD6))
    assert all(0x2E80 <= code <= 0x2FD5 for code in table)
    assert len([code for code in table if code < 0x2F00]) == 113
    today = {"⼾": "戸", "⾭": "青", "⿈": "黄", "⿊": "黒"}  # not 戶, 靑, 黃, 黑
    for code in range(0x2F00, 0x2FD6):
        assert table[code] == today.get(chr(code), unicodedata.normalize("NFKC", chr(code)))


def test_invisible_and_control_characters_go_and_are_named():
    result = normalize("一\u200b二\x00三\u202e四\u00a0五\r\n六　\n\n\n\n七\n")
    assert result.text == "一二三四 五\n六\n\n七"
    assert result.transforms == ("newlines", "control_characters", "spaces", "trailing_spaces", "blank_lines")


def test_decomposed_kana_are_composed():
    assert normalize("か\u3099").text == "が"


@given(st.text(max_size=80))
def test_twice_is_once(text: str):
    once = normalize(text).text
    assert normalize(once) == module.Normalized(once, ())


@given(st.text(alphabet=st.characters(min_codepoint=0x3041, max_codepoint=0x9FFF), max_size=40))
def test_kana_and_kanji_are_never_changed(text: str):
    # A base and a combining mark of its own are one kana: composed, nothing else.
    assert normalize(text).text == unicodedata.normalize("NFC", text)


def test_forms_of_vertical_and_small_print_become_the_signs_of_a_sentence():
    result = normalize("売上は︑﹁前年﹂比︵連結︶で増えた︒﹙注﹚︰︙")
    assert (result.text, result.transforms) == ("売上は、「前年」比（連結）で増えた。（注）‥…", ("vertical_forms",))
    assert normalize("傍点﹅と波線﹏は残る").text == "傍点﹅と波線﹏は残る"


def test_vertical_forms_are_those_of_unicode():
    """Each is the compatibility form of what it becomes, dashes (NFKC: U+2014) and the dotted leaders aside."""
    for code, sign in VERTICAL_FORMS.items():
        if sign not in "―‥…":
            assert unicodedata.normalize("NFKC", chr(code)) == unicodedata.normalize("NFKC", sign)


def test_radicals_become_the_kanji_in_use_today():
    assert normalize("瀬⼾内の⿊字と⾭字、⿈⾦の⾒出し").text == "瀬戸内の黒字と青字、黄金の見出し"
