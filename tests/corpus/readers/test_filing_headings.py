"""What a section of a filing is called: its bracketed heading, the note's name, never an address."""

import pytest

from tekio.corpus.readers.filing_headings import heading_of, says_nothing


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("（5）【所有者別状況】\n普通株式", "所有者別状況"),
        ("（連結損益計算書関係）\n※1 研究開発費", "連結損益計算書関係"),
        ("株式会社あ銀行　大阪支店\n（大阪市北区○丁目○番○号）", None),
        ("株式会社い\n（東京都中央区日本橋兜町２番１号）", None),
    ],
)
def test_a_section_is_called_by_its_heading(text: str, heading: str | None):
    assert heading_of(text) == heading


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12/98", "page_footer"),
        ("－ 12 －\n\n13頁", "page_footer"),
        ("第５【経理の状況】", "heading_only"),
        ("売上高は12/98である。", None),
        ("1,234", None),
    ],
)
def test_what_stands_between_two_sections_may_say_nothing(text: str, reason: str | None):
    assert says_nothing(text) == reason
