"""Lines that date a text, and sentences that do not."""

import pytest

from tekio.text.revised import issue_date, revision_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[令和7年4月1日現在法令等]", "2025-04-01"),
        ("指針\n平成28年11月\n（令和7年6月一部改正）\n見本委員会", "2025-06"),
        ("規程\n最終改正：令和六年十二月二十五日", "2024-12-25"),
        ("規程\n制定 平成20年4月1日\n改正 平成25年4月1日\n改正 令和２年１０月１日", "2020-10-01"),
        ("2008年4月1日制定、2024年10月1日改定", "2024-10-01"),
        ("（最終改訂 2023/3/31）", "2023-03-31"),
        ("R6.4.1改正", "2024-04-01"),
        ("令和7年4月1日に法律が改正された。", None),
        ("令和7年3月31日現在の残高", None),
        ("令和7年3月31日現在の施行", "2025-03-31"),
        ("取扱要領\n（令和６年10月１日現在）\n送金目的を確認する。", "2024-10-01"),
        ("貸出先一覧\n審査部\n[2025年3月31日現在]\n一覧は次のとおり。", "2025-03-31"),
        ("預金金利の一覧\n2025年4月14日現在\n金利は年利です。", "2025-04-14"),
        ("本文です。\n" * 6 + "（令和6年10月1日現在）", None),
        ("店舗数（令和6年10月1日現在）は100店である。", None),
        ("（2025年3月末現在）", None),
        ("平成28年11月", None),
        ("改正 令和9年99月", None),
    ],
)
def test_a_text_is_dated_by_its_own_lines(text: str, expected: str | None):
    assert revision_date(text) == expected


def test_lines_in_the_middle_of_a_long_text_are_not_read():
    assert revision_date("あ" * 99 + "\n" + "本文です。\n" * 900 + "令和7年6月改正\n" + "本文です。\n" * 900) is None


def test_the_note_on_which_law_a_text_rests_may_be_a_sentence():
    note = "令和6年8月1日現在の法令・通達等に基づいて作成しています。"
    assert revision_date(f"必要経費の範囲\n本文です。\n{note}") == "2024-08-01"
    assert revision_date("昭和60年1月1日現在の法令はまだ整っていなかったと考えられる。") is None


def test_an_amendment_of_an_old_era_is_read():
    assert (
        revision_date("貨幣法\n（明治三十八年三月二十日法律第六十六号）\n最終改正：明治四一年三月二八日法律第二九号")
        == "1908-03-28"
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("課法10-1\n平成25年9月9日\n各国税局長　殿\n標題のことについては、次のとおりとする。", "2013-09-09"),
        ("取引先各位\n２０２５年４月１日\n手数料を改定します。", "2025-04-01"),
        ("平成 １６ 年 ６ 月 １４ 日\n課長殿", "2004-06-14"),
        ("繰入金に関する法律\n（昭和二十四年十二月六日法律第二百四十号）\n1　政府は、繰り入れる。", "1949-12-06"),
        ("手形法\n（昭和七年七月十五日法律第二十号）\n最終改正：平成一八年六月二一日法律第七八号", None),
        ("平成25年9月9日に改正された。", None),
        ("本文。\n" * 20 + "平成25年9月9日", None),
        ("平成25年9月\n本文。", None),
        ("令和6年2月30日\n本文。", None),
    ],
)
def test_the_day_of_issue_stands_alone_on_one_of_the_first_lines(text: str, day: str | None):
    assert issue_date(text) == day
