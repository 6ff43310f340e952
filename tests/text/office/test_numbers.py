"""Numbers as the sheet shows them."""

import pytest

from tekio.text.office.numbers import shown


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (1234567, "#,##0", "1,234,567"),
        (0.0125, "0.00%", "1.25%"),
        (-1234, '#,##0;"△"#,##0', "△1,234"),
        (-1234, "#,##0_);(#,##0)", "(1,234)"),
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
