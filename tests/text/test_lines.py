"""Rejoining wrapped lines."""

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from tekio.text.lines import columns, join_lines

PARAGRAPH = (
    "　当社グループは、主として金融商品の販売及び資産運用に関する助言を行っております。当連結会計年度における我が国経済は、"
    "雇用及び所得環境の改善が続くなかで緩やかに回復しましたが、物価の上昇や海外経済の減速の影響もあり、先行きは不透明な状況が続いております。"
)


def wrap(text: str, width: int) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


def test_a_wrapped_paragraph_is_one_line_again():
    result = join_lines(wrap(PARAGRAPH, 32))
    assert result.text == PARAGRAPH
    assert result.joined == wrap(PARAGRAPH, 32).count("\n")
    assert result.width == 64


def test_headings_lists_and_new_paragraphs_stay_apart():
    lines = [
        "1. 事業の内容",
        wrap(PARAGRAPH, 32),
        wrap(PARAGRAPH, 32),
        "・項目一",
        "・項目二",
        "",
        "第2条　この規程は、次のとおりとする。",
    ]
    text = "\n".join(lines)
    assert join_lines(text).text.split("\n") == ["1. 事業の内容", PARAGRAPH, PARAGRAPH, *lines[3:]]


def test_lines_of_a_table_of_contents_stay_apart():
    lines = [
        "表紙",
        "第一部 企業情報 ………………………………………………………………… 1",
        "第１ 企業の概況 ……………………………………………………………… 12",
        "沿革",
    ]
    assert join_lines("\n".join(lines), width=64).text == "\n".join(lines)


def test_verse_lists_and_tables_are_left_alone():
    verse = "春はあけぼの\nやうやう白くなりゆく\n山ぎは少し明かりて\n紫だちたる雲の"
    table = "\n".join(f"売上高  {n}  百万円    前年比" for n in range(1000, 1010))
    for text in (verse, table):
        assert join_lines(text).text == text


def test_latin_words_are_joined_with_a_space():
    english = textwrap.fill("The quick brown fox jumps over the lazy dog and runs away from it " * 6, 60).replace(
        "  ", " "
    )
    assert join_lines(english, "always").text.split() == english.split()


def test_never_changes_nothing():
    text = wrap(PARAGRAPH, 32)
    assert join_lines(text, "never").text == text


def test_columns_count_wide_characters_twice():
    assert columns("abc漢字ｶﾅ") == 3 + 4 + 2


@given(st.text(alphabet="あ漢a 　。\n・1.", max_size=200))
def test_only_white_space_at_joints_is_ever_lost(text: str):
    for mode in ("auto", "always"):
        joined = join_lines(text, mode).text
        assert "".join(joined.split()) == "".join(text.split())
