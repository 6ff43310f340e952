"""Lines that date a text, and sentences that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.revised import issue_date, may_tell_day, revision_date


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
        ("本文です。\n" * 6 + "（令和6年10月1日現在）\n" + "本文です。\n" * 6, None),
        ("店舗数（令和6年10月1日現在）は100店である。", None),
        ("（2025年3月末現在）", "2025-03-31"),
        ("平成28年11月", None),
        ("職員の数\n（Ｒ６．４．１現在）\n本庁は12人である。", "2024-04-01"),
        ("明細\n2024.9.30時点\n次のとおり。", "2024-09-30"),
        ("統計\n（令和二年十一月現在）", "2020-11"),
        ("融資\n登録日：2023年6月9日 / 更新日：2024年4月1日\n本文。", "2024-04-01"),
        ("見方\n更新 2024年1月20日\n本文。", "2024-01-20"),
        ("（2024年4月1日更新）", "2024-04-01"),
        ("窓口\n2024年（令和6年）4月1日現在", "2024-04-01"),
        ("手引\n令和６（2024）年３月31日時点", "2024-03-31"),
        ("様式\n令和6年4月1日　改訂第3版", "2024-04-01"),
        ("規約\n平成10年3月1日規約第1号\n改正　平成15年4月1日規約第3号　令和2年4月1日規約第2号", "2020-04-01"),
        ("予防\n令和元年５月１日から施行\n本文。", "2019-05-01"),
        ("予防の規定は令和元年５月１日から施行する。", None),
        ("契約の更新日は2024年4月1日です。", None),
        ("窓口\n最終更新日時：2024/5/1 9:00\n本文。", "2024-05-01"),
        ("掲示板\n最終更新日時 2025/06/02 10:15 更新者 総務部 山田", "2025-06-02"),
        ("窓口\n更新日\n2024.02.29\n本文。", "2024-02-29"),
        ("窓口\n更新日：2024年9月6日更新\n本文。", "2024-09-06"),
        ("窓口\n公開日：2025年8月22日　更新日：2025年8月29日\n本文。", "2025-08-29"),
        ("規程\n最終改正：（令和5年3月31日 5見本第8号）\n本文。", "2023-03-31"),
        (
            "規約\n改正　平成19年10月1日規約第8号　平成25年4月1日規約第2号\n　　　令和3年4月1日規約第5号\n本文。",
            "2021-04-01",
        ),
        ("指針\n策定 | 平成15年3月20日\n改定 | 令和２年１２月２５日", "2020-12-25"),
        ("説明書\n平成29年4月改訂（1704）", "2017-04"),
        ("金庫法\n（昭和二十三年法律第八十六号）\n改正　令和六年法律第二十号", "2024"),
        ("府令\n改正 平成18年内閣府令第3号", "2006"),
        ("改正 令和9年99月", None),
        ("役員一覧（2026年6月26日現在）\n頭取 東山", "2026-06-26"),
    ],
)
def test_a_text_is_dated_by_its_own_lines(text: str, expected: str | None):
    assert revision_date(text) == expected
    assert expected is None or may_tell_day(text)


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
        ("2024年05月10日　お知らせ\n金利の改定について\n本文。", "2024-05-10"),
        ("━━━━\n　見本ニュース　第214号　2024年7月5日\n━━━━\n本文。", "2024-07-05"),
        ("窓口\n更新日\n2024.02.29\n本文。", None),
        ("2025.02.14 お知らせ\n取扱いの変更\n本文。", "2025-02-14"),
        ("金利の改定\n令和六年九月二日 重要\n本文。", "2024-09-02"),
        ("会報\n投稿者 総務 投稿日時 2025年2月3日(月) 09:12\n本文。", "2025-02-03"),
        ("2023.11.07\n借り換えを考える\n本文。", "2023-11-07"),
        ("家計の見直し\n2025/02/14 07:30\n本文。", "2025-02-14"),
        ("2024.1.1\n休業のお知らせ\n2024.1.3\n金利の改定", None),
        ("融資\n登録日：2023年6月9日 / 更新日：2024年4月1日\n本文。", "2023-06-09"),
        ("法\n（昭和二十三年四月五日法律第八十六号）\n改正　昭和三十年法律第二号", None),
    ],
)
def test_the_day_of_issue_stands_alone_on_one_of_the_first_lines(text: str, day: str | None):
    assert issue_date(text) == day
    assert day is None or may_tell_day(text)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("データ利用の留意点\n2020年6月\n総務部\n要旨", "2020-06"),
        ("データ利用の留意点\n令和３年 ８月\n総務部", "2021-08"),
        ("2020年6月\n総務部", None),  # a heading of a list by months
        ("月報\n2020年6月\n預金は増えた。\n2020年7月\n預金は減った。", None),
        ("留意点\n2020年6月の預金は増えました。", None),
    ],
)
def test_a_month_alone_below_a_title_is_that_of_issue(text: str, month: str | None):
    assert issue_date(text) == month
    assert month is None or may_tell_day(text)


def test_a_work_that_is_named_with_its_amendment_does_not_date_the_text():
    note = "（注14）保護委員会「個人情報に関するガイドライン（提供編）」（令和3年1月一部改正）"
    assert revision_date("融資の手引\n" + "本文です。\n" * 10 + note) is None
    assert revision_date("「個人情報に関するガイドライン」（令和3年1月一部改正）\n本文です。") == "2021-01"


@pytest.mark.parametrize(
    "line",
    [
        *(
            "2024年（令和6年）4月1日 現在",
            "令和6（2024）年3月31日現在",
            "令和 6 年 4 月 1 日現在",
            "２０２４．４．１改訂",
            "平成一〇・六・八改正",
        ),
        *("Last updated: March 3, 2025", "R6.4.1現在", "昭和六十三年四月一日"),
    ],
)
def test_a_line_with_a_day_is_looked_at(line: str):
    assert may_tell_day(f"規定\n{line}\n{'本文です。' * 90}")


def test_numbers_lists_and_long_sentences_are_not_looked_at():
    assert not may_tell_day("1. 名称\n2. 前年の倍となった。")
    assert not may_tell_day("二〇二四年四月一日に開店した。" + "客が続いた。" * 60)
    assert not may_tell_day("三年の間、待った。\n" * 20)


NUMERALS = "〇一二三四五六七八九"


def spelled(number: int) -> st.SearchStrategy[str]:
    """A number as dates have it: digits, full-width digits, kanji by place and in tens."""
    tens = f"{NUMERALS[number // 10 % 10] if number > 19 else ''}十{NUMERALS[number % 10] if number % 10 else ''}"
    wide = str(number).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    placed = "".join(NUMERALS[int(digit)] for digit in str(number))
    return st.sampled_from([str(number), f"{number:02d}", wide, placed, *([tens] if 10 <= number < 100 else [])])


@st.composite
def days(draw: st.DrawFn) -> str:
    year, era = draw(st.integers(2019, 2026).flatmap(spelled)), draw(st.integers(1, 8).flatmap(spelled))
    month, day = (draw(st.integers(1, most).flatmap(spelled)) for most in (12, 28))
    blank = draw(st.sampled_from(["", " ", "\u3000"]))
    years = [
        f"令和{era}年",
        f"令和{blank}元{blank}年",
        f"{year}{blank}年",
        f"{year}年（令和{era}年）",
        f"令和{era}（{year}）年",
    ]
    mark = draw(st.sampled_from("./-．／－"))
    words = f"{draw(st.sampled_from(years))}{blank}{month}{blank}月{blank}{day}日"
    return draw(st.sampled_from([words, f"R{era}{mark}{month}{mark}{day}", f"{year}{mark}{blank}{month}{mark}{day}"]))


@given(
    st.sampled_from(["", "更新日：", "掲載日　", "施行日：", "改正 ", "最終改正：", "（", "更新日\n", "Updated: "]),
    days(),
    st.sampled_from(["", "現在", "時点", "改正", "施行", "より適用", "更新", "公開", "現在法令等", "）"]),
    st.booleans(),
)
def test_every_text_that_tells_a_day_is_looked_at(before: str, day: str, behind: str, first: bool):
    line, body = f"{before}{day}{behind}", "本文です。前年と同じく増えた。\n" * 12
    text = f"{line}\n{body}" if first else f"{body}{line}"
    assert may_tell_day(text) or (issue_date(text) is None and revision_date(text) is None)
