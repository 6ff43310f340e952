"""Facts are found at their places, and told in another form they are the same facts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.knowledge.facts import date_value, facts_of, passage_facts
from tekio.knowledge.figures import table_figures


def values(text: str, kind: str = "number") -> list[str]:
    return [fact.value for fact in facts_of(text) if fact.kind == kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("512,112百万円", ["512112000000円"]),
        ("5,121億1,200万円", ["512112000000円"]),
        ("５，１２１億１，２００万円", ["512112000000円"]),
        ("十二億円と1,200百万円", ["1200000000円", "1200000000円"]),
        ("△52.9％", ["-52.9%"]),
        ("二割五分", ["25%"]),
        ("三年以内に五人", ["3年", "5人"]),
        ("千分の三の一部を四捨五入し、一般に統一する", ["3/1000"]),
        ("（単位：百万円）", []),
        ("10-20人", ["10", "20人"]),
        ("A4の用紙", []),
        ("1. 売上は\n(2) 利益は", []),
        ("1.5倍", ["1.5倍"]),
        ("二千五百三十万円", ["25300000円"]),
    ],
)
def test_numbers_are_compared_in_base_units(text: str, expected: list[str]):
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和6年3月31日", "2024-03-31"),
        ("2024年3月31日", "2024-03-31"),
        ("R6.3.31", "2024-03-31"),
        ("昭和四十一年九月二十七日", "1966-09-27"),
        ("令和元年度", "2019"),
        ("2024/03", "2024-03"),
        ("3月31日", "--03-31"),
        ("2015年（平成27年）9月7日", "2015-09-07"),
        ("平成27年（2015年）9月7日", "2015-09-07"),
    ],
)
def test_dates_of_any_form_are_iso(text: str, expected: str):
    assert date_value(text) == expected
    assert values(f"これは{text}のことである。", "date") == [expected]


def test_articles_are_compared_by_their_numbers():
    assert values("第三十二条の五第一項第二号", "article") == ["32の5", "項1", "号2"]
    assert values("第32条の5", "article") == ["32の5"]


def test_names_are_companies_offices_laws_places_and_people():
    text = "住友ゴム工業株式会社の田中一郎氏は、大阪府で厚生労働大臣にウクライナと厚生年金保険法を説明した。"
    assert values(text, "name") == [
        "住友ゴム工業株式会社",
        "田中一郎",
        "田中一郎氏",
        "大阪府",
        "厚生労働大臣",
        "ウクライナ",
        "厚生年金保険法",
    ]
    assert values("当該会社は、この方法により、政令で定めるサービスの税務署への届出をする。", "name") == []


def test_figures_of_a_table_have_labels_and_units():
    text = "（単位：百万円）\n売上高 | 前期: 1,000 | 増減率（％）: △3.5\n国内\n利益 | 前期: － | 当期（千円）: 90"
    found = table_figures(text)
    assert [(item.row, item.column, item.with_unit, item.section) for item in found] == [
        ("売上高", "前期", "1,000百万円", ""),
        ("売上高", "増減率", "△3.5%", ""),
        ("利益", "当期", "90千円", "国内"),
    ]
    assert [text[item.start : item.end] for item in found] == ["1,000", "△3.5", "90"]
    assert "1000000000円" in {fact.value for fact in passage_facts(text)}


@given(st.integers(0, 10**13))
def test_an_amount_told_in_large_units_is_the_same(amount: int):
    parts = [
        (amount // 10**12, "兆"),
        (amount // 10**8 % 10**4, "億"),
        (amount // 10**4 % 10**4, "万"),
        (amount % 10**4, ""),
    ]
    told = "".join(f"{value}{unit}" for value, unit in parts if value) or "0"
    assert values(f"金額は{told}円です") == [f"{Decimal(amount)}円"]
    assert values(f"金額は{amount:,}円です") == [f"{Decimal(amount)}円"]


@given(
    st.text(
        alphabet="0123456789０１,.，．一二三十百千万億円％年月日第条のの項RHS-△（）() あアA株式会社氏\n|: ", max_size=80
    )
)
def test_any_text_is_read_and_places_are_right(text: str):
    for fact in passage_facts(text):
        assert 0 <= fact.start < fact.end <= len(text)
        assert text[fact.start : fact.end] == fact.text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("売上高は 482 億円です。", "48200000000円"),
        ("資金 2,000 万円", "20000000円"),
        ("2 百万円", "2000000円"),
        ("支店 10 千葉県", "10"),
        ("30 万一", "30"),
    ],
)
def test_a_scale_may_stand_behind_a_space(text: str, value: str):
    assert [fact.value for fact in facts_of(text) if fact.kind == "number"] == [value]
