"""Signs from fonts of symbols are what a person sees; what no table knows is nothing."""

import pytest

from tekio.text.office.symbols import symbol


@pytest.mark.parametrize(
    ("font", "code", "sign"),
    [
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "00A8", "□"),
        ("Wingdings 2", "F052", "☑"),
        ("Symbol", "F0B3", "≥"),
        ("ＭＳ ゴシック", "2611", "☑"),
        ("Wingdings", "F001", ""),
        ("Webdings", "F063", ""),
        ("Wingdings", "zz", ""),
        ("x", "D800", ""),
        ("x", "7", ""),
    ],
)
def test_a_sign_is_what_its_font_shows(font: str, code: str, sign: str):
    assert symbol(font, code) == sign
