"""Days that a text tells of itself without a line of revisions, and lines that look so and are none."""

import pytest

from tekio.text.revised import may_tell_day, revision_date
from tekio.text.validity import named_day, told_day

BODY = "口座の名義人は届出の内容に変更があるときは速やかに届け出るものとする。\n" * 3


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("適用開始日　2024年7月8日（月）", "2024-07-08"),
        ("基準日 | 令和6年9月末", "2024-09-30"),
        ("【実施日】2023年10月2日より", "2023-10-02"),
        ("施行日：令和五年四月一日", "2023-04-01"),
        ("施行日までに届け出る", None),
        ("第３版　2023年9月15日", "2023-09-15"),
        ("現行（令和６年４月１日以降適用）", "2024-04-01"),
        ("施行：平成29年5月30日", "2017-05-30"),
        ("最終見直し日　2024年3月15日", "2024-03-15"),
        ("有効期限：2026年3月31日", None),
        ("昭和63年12月30日公布、平成元年4月1日施行", "1989-04-01"),
        ("Effective date: April 1, 2024", "2024-04-01"),
        ("Effective from 1 April 2024", "2024-04-01"),
        ("最終変更日：2023-11-30", "2023-11-30"),
        ("Ver.2.1 2023/09/15", "2023-09-15"),
        ("適用日：令和6年10月1日（火）～", "2024-10-01"),
        ("最終改正年月日：平成28年03月31日　規程第12号", "2016-03-31"),
        ("改正　平成一〇・六・八　大蔵省令第一号", "1998-06-08"),
        ("２０２４年１２月２日現在の内容です。", "2024-12-02"),
        ("実施日 毎月第2水曜日", None),
        ("（Ｒ６．３改）", "2024-03"),
        ("2023.11改訂版", "2023-11"),
        ("R6.3.1改札口の工事", None),
        ("Last modified: 5 November 2024", "2024-11-05"),
        ("Page last updated on Feb. 29, 2024", "2024-02-29"),
        ("Last updated: Smarch 3, 2025", None),
        ("Revised 2023-06-01", "2023-06-01"),
        ("We revised it on March 3, 2025.", None),
    ],
)
def test_a_line_that_says_nothing_else_dates_the_text(line: str, day: str | None):
    assert revision_date(f"預金規定\n{line}\n{BODY}") == day
    assert revision_date(f"預金規定\n{BODY}{line}") == day
    assert day is None or may_tell_day(f"預金規定\n{BODY}{line}")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("この約款は、2023年10月1日から適用します。", "2023-10-01"),
        ("第2条　本規程は２０２４年７月１日から一部改正し実施する。", "2024-07-01"),
        ("附則　本規程は、令和四年十月一日より施行する。", "2022-10-01"),
        ("(3) この要領の改正は、平成30年2月1日から実施することとする。", "2018-02-01"),
        ("預金保険の改正は平成30年2月1日から施行された。", None),
        ("この預金は、2023年10月1日から5年間据え置きます。", None),
        ("※上記の金利は、2024年6月3日現在の店頭表示金利です。", "2024-06-03"),
        ("本資料は2024年3月末時点の情報に基づき作成しています。", "2024-03-31"),
        ("当社の株主数は2024年3月末現在の名簿によります。", None),
    ],
)
def test_a_last_clause_or_a_note_says_for_which_day_a_text_holds(line: str, day: str | None):
    assert revision_date(f"預金規定\n{BODY}{line}\n以上") == day
    assert day is None or may_tell_day(f"預金規定\n{BODY}{line}\n以上")


def test_a_title_and_the_last_lines_may_say_for_which_day_a_text_holds():
    assert revision_date(f"財形規定（2024年7月現在）\n{BODY}") == "2024-07"
    assert revision_date(f"財形規定\n{BODY}（2024年10月1日現在）\n見本信用金庫") == "2024-10-01"
    assert revision_date(f"財形規定\n店舗数（2024年10月1日現在）は十である。\n{BODY}") is None


def test_the_latest_clause_counts_and_a_line_of_revisions_goes_before_it():
    clauses = (
        "附則\n1　この規則は、平成二十二年四月一日から施行する。\n2　この規則の改正は、令和六年四月一日から施行する。"
    )
    assert revision_date(BODY + clauses) == "2024-04-01"
    assert revision_date(f"最終改正 令和6年3月15日\n{BODY}{clauses}") == "2024-03-15"


def test_clauses_in_the_middle_of_a_long_text_are_not_read():
    assert revision_date(BODY * 60 + "この規則は、平成二十二年四月一日から施行する。\n" + BODY * 60) is None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("金利一覧_令和6年4月1日現在.pdf", "2024-04-01"),
        ("貸出規程（20230401改正）.docx", "2023-04-01"),
        ("手数料_改定2024.10.1.html", "2024-10-01"),
        ("20240401_議事録.txt", None),
        ("更新料の計算.txt", None),
    ],
)
def test_a_file_name_dates_its_content_in_words_only(name: str, day: str | None):
    assert named_day(name) == day


def test_a_front_matter_says_when_a_page_was_changed():
    assert told_day({"date": "2023-10-02", "lastmod": "2024-06-28T09:00:00+09:00"}) == "2024-06-28"
    assert told_day({"date": "2023-10-02"}) is None
