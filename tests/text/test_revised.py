"""Lines that date a text, and sentences that do not."""

import pytest

from tekio.text.revised import revision_date


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
        ("平成28年11月", None),
        ("改正 令和9年99月", None),
    ],
)
def test_a_text_is_dated_by_its_own_lines(text: str, expected: str | None):
    assert revision_date(text) == expected


def test_lines_in_the_middle_of_a_long_text_are_not_read():
    assert revision_date("あ" * 99 + "\n" + "本文です。\n" * 900 + "令和7年6月改正\n" + "本文です。\n" * 900) is None
