"""Lines decoded with the wrong table are read again; samples and sound lines stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.mojibake import repair_mojibake

SENTENCES = [
    "口座の開設",
    "普通預金の利率を変更します",
    "会議の資料",
    "令和７年４月から手数料を改定します。",
    "ご不明な点は、お近くの支店にお問い合わせください。",
    "利率は年0.25％、期間は10年です。",
    "残高は△1,234円でした。",
]


def utf8_as_cp932(text: str) -> str:
    return text.encode().decode("cp932")


def cp932_as_latin(text: str) -> str:
    return text.encode("cp932").decode("latin-1")


def cp932_as_1252(text: str) -> str:
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode("cp932"))


def euc_as_kana(text: str) -> str:
    return text.encode("euc_jp").decode("cp932")


@pytest.mark.parametrize("damage", [utf8_as_cp932, cp932_as_latin, cp932_as_1252, euc_as_kana])
def test_a_damaged_line_is_repaired_and_its_neighbours_stay(damage):
    done = 0
    for sentence in SENTENCES:
        try:
            damaged = damage(sentence)
        except UnicodeError:  # bytes that the wrong table does not have: nothing to go back to
            continue
        repaired = repair_mojibake(f"前の行です。\n{damaged}\n次の行です。")
        assert repaired.text == f"前の行です。\n{sentence}\n次の行です。"
        done += 1
    assert done >= 1


def test_what_follows_a_label_is_repaired():
    damaged = utf8_as_cp932("口座の開設")
    assert repair_mojibake(f"件名：{damaged}").text == "件名：口座の開設"


def test_a_quoted_sample_stays():
    for line in ("「縺ゅｊ縺後→縺」", "例えば「縺ゅｊ縺後→縺」のように化ける。"):
        assert repair_mojibake(line).text == line


@pytest.mark.parametrize(
    "line",
    [
        "ﾌﾘｺﾐｻｷ : ﾐﾅﾄｱｵﾊﾞｷﾞﾝｺｳ ﾎﾝﾃﾝ ﾌﾂｳ 1234567",
        "ｶ)ｻﾝﾌﾟﾙ･ｼｮｳｼﾞ､ｺｳｻﾞﾌﾘｶｴ",
        "Société Générale à Paris, œuvre déjà vue",
        "Straße für Bücher: 1.234,50 €",
        "±0.5％、×3、÷2",
        "繧繝錦の座布団",
    ],
)
def test_sound_lines_stay(line):
    assert repair_mojibake(line).text == line


@pytest.mark.parametrize(
    "sentence", ["また頻繁に市の建設部などに出入りしていた。", "訂正：この記事とは違う内容でした。"]
)
def test_bytes_that_cp932_shows_alike_are_told_by_the_usual_reading(sentence):
    """建設 and 訣み in EUC-JP show as the same two characters in CP932, whose IBM kanji have two places each."""
    assert repair_mojibake(euc_as_kana(sentence)).text == sentence


def test_a_line_stays_where_both_readings_are_usual():
    damaged = euc_as_kana("同国では2005年5月、総選挙があった。")
    assert "5月、".encode("euc_jp").decode("cp932") == "5憲就".encode("euc_jp").decode("cp932")
    assert repair_mojibake(damaged).text == damaged


@given(st.text(max_size=80))
def test_other_lines_keep_their_number(text):
    assert repair_mojibake(text).text.count("\n") == text.count("\n")


@given(st.text(alphabet="ｱｲｳｶﾞﾊﾟ･､｡ｰ 0123456789-", max_size=40))
def test_half_width_kana_of_its_own_is_hardly_ever_taken_for_damage(text):
    repaired = repair_mojibake(text).text
    assert repaired == text or any("\u3041" <= char <= "\u30ff" for char in repaired)


@pytest.mark.parametrize("times", [1, 2])
def test_utf_8_read_as_latin_1_is_read_again(times: int):
    line = damaged = "利息は年二回支払います。"
    for _ in range(times):
        damaged = damaged.encode().decode("latin-1")
    assert repair_mojibake(f"説明\n{damaged}").text == f"説明\n{line}"
    assert repair_mojibake("Crédit Agricole et Société Générale, à Zürich").lines == 0


def test_a_sign_that_cp932_has_twice_is_read_as_the_bytes_that_go_on():
    text = "改定した預金は"
    shown = text.encode("utf-8").decode("cp932")
    assert "≡" in shown  # 金
    assert repair_mojibake(shown).text == text
    assert repair_mojibake("ａ≡ｂ（縺の関係）").text == "ａ≡ｂ（縺の関係）"
