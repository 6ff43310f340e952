"""Items are numbered as a browser numbers them."""

import pytest

from tekio.text.html import block_text, parse_html, parse_html_text
from tekio.text.list_marks import mark, word_number


def marks(attributes: str, *items: str) -> list[str]:
    page = f"<ol {attributes}>{''.join(f'<li {item}>項' for item in items)}</ol>"
    return [line.partition("項")[0] for line in block_text(parse_html(page.encode())).split("\n")]


@pytest.mark.parametrize(
    ("attributes", "items", "shown"),
    [
        ("", ("", "", ""), ["1. ", "2. ", "3. "]),
        ('start="5"', ("", ""), ["5. ", "6. "]),
        ('start="-1"', ("", "", ""), ["-1. ", "0. ", "1. "]),
        ('start="x"', ("",), ["1. "]),
        ("", ("", 'value="7"', ""), ["1. ", "7. ", "8. "]),
        ("reversed", ("", "", ""), ["3. ", "2. ", "1. "]),
        ('reversed start="9"', ("", ""), ["9. ", "8. "]),
        ('type="a"', ("", 'value="27"'), ["a. ", "aa. "]),
        ('type="A"', ("", ""), ["A. ", "B. "]),
        ('type="i"', ("", 'value="4"', 'value="1999"'), ["i. ", "iv. ", "mcmxcix. "]),
        ('type="I" start="9"', ("", ""), ["IX. ", "X. "]),
        ("", ('type="a"', ""), ["a. ", "2. "]),
        ('style="list-style:none"', ("", ""), ["", ""]),
        ('style="list-style-type: katakana"', ("", ""), ["ア、", "イ、"]),
        ('style="list-style-type:katakana-iroha"', ("", ""), ["イ、", "ロ、"]),
        ('style="list-style-type:cjk-ideographic" start="20"', ("", ""), ["二十、", "二十一、"]),
        ('style="list-style-type:decimal-leading-zero"', ("",), ["01. "]),
    ],
)
def test_start_value_type_and_style(attributes, items, shown):
    assert marks(attributes, *items) == shown


def test_bullets_and_lists_without_marks():
    assert block_text(parse_html("<ul><li>一<li>二</ul>".encode())) == "・一\n・二"
    assert block_text(parse_html('<ul style="list-style:none"><li>一<li>二</ul>'.encode())) == "一\n二"


def test_an_inner_list_has_its_own_numbers():
    page = '<ol start="3"><li>一<ol type="a"><li>甲<li>乙</ol><li>二</ol>'
    assert block_text(parse_html(page.encode())) == "3. 一\n  a. 甲\n  b. 乙\n4. 二"


def test_numbers_out_of_a_style_s_range_are_digits():
    assert mark("lower-roman", 4000) == "4000. "
    assert mark("upper-alpha", 0) == "0. "
    assert mark("cjk-ideographic", 1105) == "千百五、"


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [("decimalEnclosedParen", 2, "⑵"), ("decimalEnclosedParen", 21, "(21)"), ("decimalEnclosedFullstop", 1, "⒈"),
     ("ideographEnclosedCircle", 3, "㊂"), ("decimalZero", 7, "07"), ("numberInDash", 4, "- 4 -")],
)  # fmt: skip
def test_signs_of_word_are_written_as_it_shows_them(kind: str, number: int, shown: str):
    assert word_number(kind, number) == shown


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        (["STEP1 申込み", "STEP 2 審査"], ["STEP1 申込み", "STEP 2 審査"]),
        (["① 申込み", "② 審査"], ["① 申込み", "② 審査"]),
        (["（1）申込み", "（２）審査"], ["（1）申込み", "（２）審査"]),
        (["1．申込み", "2．審査"], ["1．申込み", "2．審査"]),
        (["1年以内", "2年以内"], ["1. 1年以内", "2. 2年以内"]),
        (["1.5倍まで", "2.5倍まで"], ["1. 1.5倍まで", "2. 2.5倍まで"]),
        (["（2）申込み", "（3）審査"], ["1. （2）申込み", "2. （3）審査"]),
        (["① 申込み"], ["1. ① 申込み"]),
    ],
)
def test_items_that_hold_their_own_numbers_are_numbered_once(items: list[str], shown: list[str]):
    page = "<ol>" + "".join(f"<li><span>{item[:2]}</span>{item[2:]}</li>" for item in items) + "</ol>"
    assert block_text(parse_html_text(page)).split("\n") == shown


@pytest.mark.parametrize(
    ("items", "lines"),
    [
        (
            ["２　当局の措置", "（１）情報の提供", "（２）その他"],
            ["２　当局の措置", "（１）情報の提供", "（２）その他"],
        ),
        (["1　第一", "2　第二"], ["1　第一", "2　第二"]),
        (["10 件の申請", "3 日以内"], ["1. 10 件の申請", "2. 3 日以内"]),
        (["(2)の場合", "(5)の場合"], ["1. (2)の場合", "2. (5)の場合"]),
    ],
)
def test_an_outline_of_own_numbers_has_no_others(items, lines):
    page = "<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"
    assert block_text(parse_html_text(f"<html><body>{page}</body></html>")).split("\n") == lines
