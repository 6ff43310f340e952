"""A PDF file is called what its first page shows in large print, else what its field for the title holds."""

import pytest

from tekio.text.pdf.line_ends import PlacedLine
from tekio.text.pdf.title import pdf_title


def page(*lines: tuple[str, float]) -> tuple[list[PlacedLine], str]:
    """The lines of a page, (text, size), and its text."""
    placed = [
        PlacedLine("".join(text.split()), 0, 80.0, 400.0, 60.0 + 20 * number, size, size)
        for number, (text, size) in enumerate(lines)
    ]
    return placed, "\n".join(text for text, _ in lines)


BODY = (("当行は、融資先の排出量を毎年計算し、報告書に載せています。", 10.5),) * 6


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            [("データ利用の特性と", 20), ("取扱い上の留意点", 20), ("2020年6月", 20), *BODY],
            "データ利用の特性と取扱い上の留意点",
        ),
        ([("社外秘", 9), ("Annual Report 2024", 24), *BODY], "Annual Report 2024"),
        ([("付録", 16), ("人材の枠組み案", 16), *BODY], "付録 人材の枠組み案"),
        ([("1", 40), *BODY], "融資規程"),  # the number of a chapter
        (list(BODY), "融資規程"),
    ],
)
def test_the_title_is_what_is_printed_large(lines: list[tuple[str, float]], title: str):
    placed, text = page(*lines)
    assert pdf_title([placed, page(*BODY)[0]], text, "融資規程") == title


@pytest.mark.parametrize("told", ["", "  ", "Microsoft Word - 融資規程", "融資規程.docx", "Untitled", "Slide 1", "a"])
def test_what_programs_write_into_the_field_is_no_title(told: str):
    placed, text = page(*BODY)
    assert pdf_title([placed], text, told) is None
    assert pdf_title([], "", told) is None
