"""Japanese and ISO dates."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.dates import iso_date, japanese_number


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("令和7年1月31日", "2025-01-31"),
        ("令和元年５月１日", "2019-05-01"),
        ("平成31年4月30日現在法令等", "2019-04-30"),
        ("昭和六十四年一月七日", "1989-01-07"),
        ("R6.4.1", "2024-04-01"),
        ("H30/12/3", "2018-12-03"),
        ("㋿7年3月", "2025-03"),
        ("令和７年度", "2025"),
        ("2025年3月期", "2025-03"),
        ("2025-06-18 09:00", "2025-06-18"),
        ("2025/6/18", "2025-06-18"),
        ("20250618", "2025-06-18"),
        ("202101", "2021-01"),
        ("公表日：2024年 5月 9日", "2024-05-09"),
        ("二〇二四年五月", None),
        ("2025年2月30日", None),
        ("売上高 1,234", None),
        ("", None),
    ],
)
def test_dates_are_read(text: str, iso: str | None):
    assert iso_date(text) == iso


def test_kanji_numbers():
    assert [japanese_number(text) for text in ("十", "十二", "二十", "三十一", "二〇", "元", "百")] == [
        10,
        12,
        20,
        31,
        20,
        1,
        None,
    ]


@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_iso_dates_are_read_back(day: dt.date):
    assert iso_date(day.isoformat()) == day.isoformat() or day.year > 2099


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年（令和6年）4月1日", "2024-04-01"),
        ("令和６（2024）年３月31日", "2024-03-31"),
        ("平成31（令和元）年5月", "2019-05"),
        ("2024年（見込み）4月1日", "2024"),
    ],
)
def test_a_year_told_in_two_calendars_is_one(text: str, expected: str):
    assert iso_date(text) == expected
