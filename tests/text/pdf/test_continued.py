"""A ruled table that goes on on the next page: its rows there stand under the head of the first."""

import io
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read

pytest.importorskip("pypdfium2")
canvas = pytest.importorskip("reportlab.pdfgen.canvas")

HEAD = ["科目", "前期", "当期"]
ROWS = [
    [f"科目{'一二三四五六七八九十'[n // 10]}の{'一二三四五六七八九十'[n % 10]}", f"{1000 + n:,}", f"{2000 + n:,}"]
    for n in range(60)
]
WIDE = [120.0, 90.0, 90.0]


def printed(path: Path, pages: list[tuple[float, list[float], list[list[str]]]], note: str = "") -> Path:
    """A file with a ruled table a page: (its top, the widths of its columns, its rows), and a note below each."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    made = io.BytesIO()
    page = canvas.Canvas(made, pagesize=(595, 842), invariant=True)
    for top, widths, rows in pages:
        page.setFont("HeiseiMin-W3", 10)
        edges = [60 + sum(widths[:n]) for n in range(len(widths) + 1)]
        lines = [top - 20 * n for n in range(len(rows) + 1)]
        page.grid(edges, lines)
        for y, row in zip(lines, rows, strict=False):
            for x, text in zip(edges, row, strict=False):
                page.drawString(x + 4, y - 14, text)
        if note:
            page.drawString(60, lines[-1] - 30, note)
        page.showPage()
    page.save()
    path.write_bytes(made.getvalue())
    return path


def text_of(path: Path, **options: str) -> tuple[str, dict[str, object]]:
    (document,), rejected = read(path, options=options)
    assert rejected == []
    return document.text, document.meta


FULL = (790.0, WIDE, [HEAD, *ROWS[:34]])


def test_rows_of_the_second_page_stand_under_the_head_of_the_first(tmp_path: Path):
    pages = [FULL, (790.0, WIDE, ROWS[34:50])]
    text, meta = text_of(printed(tmp_path / "a.pdf", pages))
    lines = text.split("\n")
    for name, one, other in ROWS[:50]:
        assert any(name in line and f"前期: {one}" in line and f"当期: {other}" in line for line in lines), name
    assert meta["tables_continued"] == 1
    assert "前期 " not in text.replace("前期: ", "")


def test_a_third_page_has_it_too(tmp_path: Path):
    pages = [FULL, (790.0, WIDE, ROWS[20:55]), (790.0, WIDE, ROWS[55:])]
    text, meta = text_of(printed(tmp_path / "a.pdf", pages))
    assert meta["tables_continued"] == 2
    assert all(f"当期: {row[2]}" in text for row in ROWS[55:])


@pytest.mark.parametrize(
    "second",
    [
        (790.0, [120.0, 60.0, 120.0], ROWS[34:50]),  # other columns
        (790.0, WIDE, [["科目", "売上", "利益"], *ROWS[34:50]]),  # a head of its own
        (400.0, WIDE, ROWS[34:50]),  # not at the top of its page
    ],
)
def test_another_table_keeps_to_itself(tmp_path: Path, second: tuple[float, list[float], list[list[str]]]):
    text, meta = text_of(printed(tmp_path / "a.pdf", [FULL, second]))
    assert "tables_continued" not in meta
    assert all(f"前期: {row[1]}" not in text for row in ROWS[34:50])


def test_text_below_the_first_ends_it(tmp_path: Path):
    pages = [(790.0, WIDE, [HEAD, *ROWS[:32]]), (790.0, WIDE, ROWS[34:50])]
    text, _ = text_of(printed(tmp_path / "a.pdf", pages, note="この表の金額は百万円未満を切り捨てて表示しております。"))
    assert all(f"前期: {row[1]}" not in text for row in ROWS[34:50])


def test_a_short_table_far_above_the_foot_does_not_go_on(tmp_path: Path):
    pages = [(790.0, WIDE, [HEAD, *ROWS[:8]]), (790.0, WIDE, ROWS[34:50])]
    text, _ = text_of(printed(tmp_path / "a.pdf", pages))
    assert all(f"前期: {row[1]}" not in text for row in ROWS[34:50])


def test_rows_of_cells_stay_as_they_stand(tmp_path: Path):
    pages = [FULL, (790.0, WIDE, ROWS[34:50])]
    text, meta = text_of(printed(tmp_path / "a.pdf", pages), tables="lines")
    assert text.count("前期") == 1
    assert "tables_continued" not in meta


def unruled(path: Path, pages: list[list[tuple[float, list[tuple[float, str]]]]]) -> Path:
    """A file of lines, a page each: (height, cells as (right edge, or left edge where negative; text))."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    made = io.BytesIO()
    page = canvas.Canvas(made, pagesize=(595, 842), invariant=True)
    for lines in pages:
        page.setFont("HeiseiMin-W3", 10)
        for y, cells in lines:
            for x, text in cells:
                (page.drawString if x < 0 else page.drawRightString)(abs(x), y, text)
        page.showPage()
    page.save()
    path.write_bytes(made.getvalue())
    return path


def figures(rows: list[list[str]], shift: float = 0.0) -> list[tuple[float, list[tuple[float, str]]]]:
    return [
        (770.0 - 20 * n, [(-60.0, name), (300.0 + shift, one), (400.0 + shift, other)])
        for n, (name, one, other) in enumerate(rows)
    ]


HEADED = [(790.0, [(-60.0, "科目"), (295.0, "前期"), (395.0, "当期")]), *figures(ROWS[:34])]


def test_rows_without_lines_go_on_below_the_head_of_the_page_before(tmp_path: Path):
    text, meta = text_of(unruled(tmp_path / "a.pdf", [HEADED, figures(ROWS[34:50])]))
    lines = text.split("\n")
    for name, one, other in ROWS[:50]:
        assert any(name in line and f"前期: {one}" in line and f"当期: {other}" in line for line in lines), name
    assert meta["tables_continued"] == 1


def test_rows_without_lines_at_other_places_have_no_head(tmp_path: Path):
    text, _ = text_of(unruled(tmp_path / "a.pdf", [HEADED, figures(ROWS[34:50], shift=9.0)]))
    assert f"前期: {ROWS[33][1]}" in text
    assert f"前期: {ROWS[34][1]}" not in text


GROUPS = ["", "前期", "前期", "当期", "当期"]
PARTS = ["科目", "件数", "金額", "件数", "金額"]
FOUR = [[name, one, other, f"3{one}", f"4{other}"] for name, one, other in ROWS[:8]]
NARROW = [120.0, 70.0, 70.0, 70.0, 70.0]


def spanned(path: Path, *, wide: float = 140.0) -> Path:
    """A ruled row of two headings over two columns each at the end of a page, their own and the rows on the next."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    made = io.BytesIO()
    page = canvas.Canvas(made, pagesize=(595, 842), invariant=True)
    for top, widths, rows in (
        (80.0, [120.0, wide, 280.0 - wide], [["", "前期", "当期"]]),
        (790.0, NARROW, [PARTS, *FOUR]),
    ):
        page.setFont("HeiseiMin-W3", 10)
        edges = [60 + sum(widths[:n]) for n in range(len(widths) + 1)]
        page.grid(edges, [top - 20 * n for n in range(len(rows) + 1)])
        for number, row in enumerate(rows):
            for x, text in zip(edges, row, strict=False):
                page.drawString(x + 4, top - 14 - 20 * number, text)
        page.showPage()
    page.save()
    path.write_bytes(made.getvalue())
    return path


def test_a_head_that_the_page_end_cuts_is_one(tmp_path: Path):
    text, _ = text_of(spanned(tmp_path / "a.pdf"))
    name, *cells = FOUR[3]
    line = next(line for line in text.split("\n") if name in line)
    told = [f"{group} {part}: {value}" for group, part, value in zip(GROUPS[1:], PARTS[1:], cells, strict=True)]
    assert line.split(" | ")[1:] == told


def test_the_lower_part_of_a_head_alone_says_nothing(tmp_path: Path):
    text, _ = text_of(spanned(tmp_path / "a.pdf", wide=100.0))  # edges that the columns below do not have
    name, *cells = FOUR[3]
    line = next(line for line in text.split("\n") if name in line)
    assert line.split(" | ") == [name, *cells]


def test_a_ruled_row_above_a_line_of_text_is_no_head_of_what_follows(tmp_path: Path):
    rows = [["種類", "区分", "対象"]]
    pages = [(120.0, WIDE, rows), (790.0, WIDE, [HEAD, *ROWS[:10]])]
    text, _ = text_of(printed(tmp_path / "a.pdf", pages, note="上の欄は記入の例を示しております。"))
    assert f"前期: {ROWS[3][1]} | 当期: {ROWS[3][2]}" in text


CUT = [*ROWS[:33], ["営業活動によるキャッシ", "1,234", "5,678"]]
"""Rows of which the last one's label fills its cell."""


def test_a_row_that_the_page_end_cuts_is_one(tmp_path: Path):
    pages = [(790.0, WIDE, [HEAD, *CUT]), (790.0, WIDE, [["ュ・フロー", "", ""], *ROWS[34:50]])]
    text, _ = text_of(printed(tmp_path / "a.pdf", pages))
    assert "科目: 営業活動によるキャッシュ・フロー | 前期: 1,234 | 当期: 5,678" in text.split("\n")
    assert all(any(row[0] in line and f"前期: {row[1]}" in line for line in text.split("\n")) for row in ROWS[34:50])


@pytest.mark.parametrize(
    ("last", "first", "more"),
    [
        pytest.param(["現金", "1,234", "5,678"], ["負債の部", "", ""], [], id="the label above has room left"),
        pytest.param(CUT[-1], ["負債の部", "", ""], [["純資産の部", "", ""]], id="other rows hold a label alone"),
        pytest.param(CUT[-1], ["負債の部", "－", "－"], [], id="figures stand beside it"),
        pytest.param(["営業活動によるキャッシ", "", ""], ["負債の部", "", ""], [], id="nothing stands beside the label above"),
    ],
)  # fmt: skip
def test_a_row_that_may_be_one_of_its_own_stays(
    tmp_path: Path, last: list[str], first: list[str], more: list[list[str]]
):
    pages = [(790.0, WIDE, [HEAD, *CUT[:-1], last]), (790.0, WIDE, [first, *ROWS[34:50], *more])]
    text, _ = text_of(printed(tmp_path / "a.pdf", pages))
    assert f"{last[0]}{first[0]}" not in text
    assert last[0] in text
    assert first[0] in text
