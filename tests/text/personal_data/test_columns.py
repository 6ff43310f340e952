"""Personal data below the headings of tables in text."""

import pytest

from tekio.text.personal_data.columns import column_spans
from tekio.text.personal_data.find import find_personal_data


def below(text: str, *, people: bool) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in column_spans(text, people=people)]


@pytest.mark.parametrize("part", ["\t", ",", " | "])
def test_what_stands_below_a_heading_is_what_the_heading_says(part):
    rows = [
        ["No", "お名前", "生年月日", "住所", "電話番号", "口座番号"],
        ["1", "早坂美咲", "1990-05-06", "ひばり市川端町2-3", "0312345678", "7654321"],
        ["2", "桐谷 翔太", "S63.11.30", "なし", "－", "未登録"],
    ]
    text = "一覧\n" + "\n".join(part.join(row) for row in rows) + "\n以上"
    assert below(text, people=True) == [
        ("person", "早坂美咲"),
        ("birth_date", "1990-05-06"),
        ("address", "ひばり市川端町2-3"),
        ("person", "桐谷 翔太"),
        ("birth_date", "S63.11.30"),
    ]
    assert below(text, people=False) == [("phone", "0312345678"), ("bank_account", "7654321")]


@pytest.mark.parametrize(
    "text",
    [
        "名前,単価\n営業日報,1234567\n",  # names of things: nothing else in the heading is personal
        "名称 | 住所 | 所有株式数\nひばり商事株式会社 | ひばり市川端町2-3 | 1,234\n",
        "項目,口座数,残高\n普通,1234567,2345678\n",
        "口座番号, 氏名などは記入しないでください。\n次の欄, 1234567を参照\n",
        "氏名,住所,電話番号\n",
    ],
)
def test_other_tables_and_sentences_are_left_alone(text):
    assert below(text, people=True) + below(text, people=False) == []


def test_a_table_ends_where_its_cells_do():
    text = "契約者\t口座番号\n早坂 みのり\t7654321\n合計\n残高\t7654322\n"
    assert below(text, people=False) == [("bank_account", "7654321")]


def test_a_phone_behind_a_cell_of_figures_is_found():
    assert [span.kind for span in find_personal_data("早坂美咲,1990-05-06,090-1111-2222")] == ["phone"]


@pytest.mark.parametrize(
    "text",
    [
        "残高（円）\n普通 1234567\n当座 2345678\n合計 3580245",
        "科目 | 金額\n普通預金 | 1234567\n当座預金 | 2345678",
        "定期性預金 900100 895400\n外貨預金 88120 90333",
        "流動性預金 1234567 1300001",
        "普通預金,812845,845123\n定期預金,912000,895000",
        "単位：千円\n普通預金　1234567\n定期預金　2345678",
    ],
)
def test_balances_of_one_column_are_no_accounts(text):
    assert find_personal_data(text) == []


def test_accounts_of_a_company_one_a_line_are_accounts():
    text = "【振込先】ひばり銀行 川端支店\n普通 1234567\n当座 2345678\n"
    assert [span.kind for span in find_personal_data(text)] == ["bank_account", "bank_account"]


def test_the_rule_of_a_table_in_markdown_is_no_row():
    text = "| 氏名 | 生年月日 |\n|---|---|\n| 早坂武 | 1960年3月3日 |\n"
    assert below(text, people=True) == [("person", "早坂武"), ("birth_date", "1960年3月3日")]
