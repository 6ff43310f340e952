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


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (7, "000", "007"),
        (1234567, "000-0000", "123-4567"),
        (9012345678, "0##-####-####", "090-1234-5678"),
        (1250, '#,##0"件"', "1,250件"),
        (1250, 'General"円"', "1250円"),
        (104, '"第"0"期"', "第104期"),
        (52000000, '[>=1000000]#,##0,,"百万円";#,##0"円"', "52百万円"),
        (730000, '[>=1000000]#,##0,,"百万円";#,##0"円"', "730,000円"),
        (12345678, "0.00E+00", "1.23E+07"),
        (12, "#,##0.##", "12"),
        (777, ";;;", ""),
        ("見えない", ";;;", ""),
        ("山田", '@"様"', "山田様"),
        (-0.001, "0.0", "0.0"),
    ],
)
def test_formats_that_show_more_or_less_than_the_cell_holds(value, number_format, expected):
    assert shown(value, number_format) == expected


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (dt.time(9, 30), "h:mm", "9:30"),
        (dt.time(15, 30), "h:mm AM/PM", "3:30 PM"),
        (dt.datetime(2025, 3, 31, 15, 5), "yyyy/mm/dd hh:mm", "2025/03/31 15:05"),
        (dt.datetime(2025, 4, 3), 'm"月"d"日"(aaa)', "4月3日(木)"),
        (dt.datetime(2019, 5, 1), '[$-ja-JP-x-gannen]ggge"年"m"月"d"日";@', "令和元年5月1日"),
        (dt.timedelta(hours=26, minutes=30), "[h]:mm", "26:30"),
        (dt.timedelta(minutes=-90), "[m]", "-90"),
        (dt.datetime(2025, 4, 1), "mm-dd-yy", "2025-04-01"),
        (dt.time(9, 30), "General", "09:30:00"),
    ],
)
def test_days_hours_and_lengths_of_time_are_shown_as_the_sheet_does(value, number_format, expected):
    assert shown(value, number_format) == expected


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (0.00125, "0.00%", "0.13%"),
        (0.00145, "0.00%", "0.15%"),
        (2.5, "0", "3"),
        (-2.5, "#,##0;△#,##0", "△3"),
        (1.005, "0.00", "1.01"),
        (0.285, "0.0%", "28.5%"),
        (1234500, "#,##0,", "1,235"),
        (1.115, "0.00", "1.12"),
        (0.1 + 0.2, "0.0000000000000000", "0.3000000000000000"),
        (1e22, "#,##0", "10,000,000,000,000,000,000,000"),
    ],
)
def test_halves_are_rounded_up_as_sheets_do(value, number_format, expected):
    """Excel and LibreOffice round the fifteen decimal digits that they keep, not the binary fraction."""
    assert shown(value, number_format) == expected
