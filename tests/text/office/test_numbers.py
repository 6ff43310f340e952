"""Numbers as the sheet shows them."""

import datetime as dt

import pytest

from tekio.text.office.numbers import shown


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (1234567, "#,##0", "1,234,567"),
        (0.0125, "0.00%", "1.25%"),
        (-1234, '#,##0;"△"#,##0', "△1,234"),
        (-1234, "#,##0_);(#,##0)", "(1,234)"),
        (0, '#,##0;"△"#,##0;"－"', "－"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (-5, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-5"),
        (0, "#,##0;△#,##0;", ""),
        (0.0, "0.0;△0.0;0.0", "0.0"),
        (0, "0;-0;General", "0"),
        (0, '#,##0;"△"#,##0', "0"),
        (7, '#,##0;"△"#,##0;"－"', "7"),
        (-1234, "#,##0", "-1,234"),
        (3.0, "General", "3"),
        (0.1, "General", "0.1"),
        (1.005, "0.0", "1.0"),
        (True, "General", "TRUE"),
        (None, "General", ""),
        ("001", "@", "001"),
    ],
)
def test_numbers_are_shown_as_excel_shows_them(value, number_format, expected):
    assert shown(value, number_format) == expected


@pytest.mark.parametrize(
    ("number_format", "expected"),
    [
        ('yyyy"年"m"月"d"日"', "2026年4月1日"),
        ('yyyy"年"mm"月"dd"日"', "2026年04月01日"),
        ('[$-411]ggge"年"m"月"d"日"', "令和8年4月1日"),
        ('[$-411]ge"年"m"月"', "R8年4月"),
        ('m"月"d"日"(aaa)yyyy"年"', "4月1日(水)2026年"),
        ("yyyy-mm-dd", "2026-04-01"),
    ],
)
def test_dates_of_japanese_formats_are_shown_so(number_format: str, expected: str):
    assert shown(dt.datetime(2026, 4, 1), number_format) == expected
    assert shown(dt.date(2026, 4, 1), number_format) == expected


def test_days_before_an_era_belong_to_the_one_before():
    assert shown(dt.date(2019, 4, 30), '[$-411]ggge"年"m"月"d"日"') == "平成31年4月30日"
    assert shown(dt.date(2019, 5, 1), '[$-411]ggge"年"m"月"d"日"') == "令和1年5月1日"
