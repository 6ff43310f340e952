"""Pages that the file draws in rows of cells: cells of several lines beside each other are read one after the other."""

from tekio.text.pdf.characters import Glyph, characters_of
from tekio.text.pdf.drawn_page import drawn_page
from text.pdf.test_aligned import line
from text.pdf.test_drawn_rows import label

NAMES = tuple(f"金融三十{number}郎㈱" for number in "一二三四五六")


def row(top: float, name: str, number: int) -> list[list[Glyph]]:
    """A company's name on two lines between two rows of figures, and what is told of it."""
    return [
        *label(10, top, name[:5], name[5:]),
        line(top - 6, (200, "r", f"133,00{number}")),
        line(top - 6, (300, "r", f"134,00{number}")),
        *label(330, top - 6, "取引関係の維持及び", "強化のため保有して", "いる。"),
        line(top + 18, (200, "r", f"28{number}")),
        line(top + 18, (300, "r", f"26{number}")),
    ]


def read(lines: list[list[Glyph]]) -> str | None:
    return drawn_page(characters_of([glyph for one in lines for glyph in one]))


def test_cells_of_several_lines_are_read_whole_and_row_by_row():
    text = read([one for n, name in enumerate(NAMES) for one in row(20.0 + 60 * n, name, n)])
    assert text is not None
    assert text.split("\n")[2:4] == [
        "金融三十二郎㈱ | 133,001 | 134,001 | 取引関係の維持及び強化のため保有している。",
        "281 | 261",
    ]


def test_rows_that_are_drawn_from_below_are_in_doubt():
    assert read([one for n, name in enumerate(NAMES) for one in row(400.0 - 60 * n, name, n)]) is None


def test_cells_over_each_other_are_in_doubt():
    lines = [one for n, name in enumerate(NAMES) for one in row(20.0 + 60 * n, name, n)]
    assert read([*lines, line(84, (330, "l", "強化のため"))]) is None


def test_a_page_of_lines_is_none():
    assert read([line(20.0 * n, (10, "l", "当行は預金を受け入れております。")) for n in range(20)]) is None
