"""Tables on PDF pages come through the table model: every figure with its labels."""

import io
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from tekio.text.pdf.characters import Glyph
from tekio.text.pdf.tables import ruled_tables

pytest.importorskip("pypdfium2")
pytest.importorskip("pdfplumber")
pytest.importorskip("reportlab")

GRID = ("GRID", (0, 0), (-1, -1), 0.5, "black")
FONT = ("FONT", (0, 0), (-1, -1), "HeiseiMin-W3", 10)


def document_of(tmp_path: Path, rows: list[list[str]], *style: tuple, options: dict | None = None):
    """The document read from a page with a sentence, a table and a sentence."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    words = ParagraphStyle("words", fontName="HeiseiMin-W3", wordWrap="CJK", fontSize=10, leading=16)
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, invariant=True).build(
        [
            Paragraph("表の前の文章です。", words),
            Table(rows, style=[FONT, *style]),
            Paragraph("表の後の文章です。", words),
        ]
    )
    path = tmp_path / "a.pdf"
    path.write_bytes(buffer.getvalue())
    documents, rejected = read(path, options=options or {})
    return documents[0], rejected


def test_every_figure_of_a_ruled_table_keeps_its_labels(tmp_path: Path):
    rows = [["", "前期", "当期"], ["売上高", "1,234", "△56"], ["利益", "", "78"]]
    document, rejected = document_of(tmp_path, rows, GRID)
    assert rejected == []
    assert document.text.split("\n") == [
        *("表の前の文章です。", "", "売上高 | 前期: 1,234 | 当期: △56", "利益 | 当期: 78", ""),
        "表の後の文章です。",
    ]
    assert document.meta["table_cells_in"] == document.meta["table_cells_out"] == 7


def test_cells_over_columns_head_what_is_below_them(tmp_path: Path):
    rows = [["区分", "連結", ""], ["", "前期", "当期"], ["売上高", "1,234", "2,345"]]
    document, _ = document_of(tmp_path, rows, GRID, ("SPAN", (1, 0), (2, 0)), ("SPAN", (0, 0), (0, 1)))
    assert "売上高 | 連結 前期: 1,234 | 連結 当期: 2,345" in document.text.replace("区分: ", "").replace("・", " ")


def test_wrapped_words_are_joined_and_rows_without_rules_are_cut(tmp_path: Path):
    """Rules part the columns and not the rows, as in many statements."""
    rows = [["科目", "前期\n（百万円）", "当期\n（百万円）"], ["現金\n預け金\n有価証券", "1\n22\n333", "4\n55\n666"]]
    document, _ = document_of(tmp_path, rows, GRID)
    assert "預け金 | 前期（百万円）: 22 | 当期（百万円）: 55" in document.text.replace("科目: ", "")


def lines_of(document) -> list[str]:
    return [line for line in document.text.split("\n") if " | " in line]


def test_a_wrapped_label_over_several_rows_is_theirs_together(tmp_path: Path):
    rows = [
        ["区分", "種類", "前期", "当期"],
        ["時価が簿価を超え\nるものとして取得\nしたもの", "公社債", "10", "20"],
        ["", "外国証券", "30", "40"],
        ["", "小計", "40", "60"],
        ["特\n別\n損\n益", "特別利益", "1", "2"],
        ["", "特別損失", "3", "4"],
        ["", "特別損益", "△2", "△2"],
    ]
    document, _ = document_of(tmp_path, rows, GRID, ("SPAN", (0, 1), (0, 3)), ("SPAN", (0, 4), (0, 6)), ("VALIGN", (0, 0), (0, -1), "TOP"))  # fmt: skip
    labels = [line.partition(" | ")[0].replace("区分: ", "") for line in lines_of(document)]
    assert labels == [*["時価が簿価を超えるものとして取得したもの"] * 3, *["特別損益"] * 3]


def test_what_stands_in_brackets_below_figures_is_of_their_row(tmp_path: Path):
    rows = [
        ["会社名", "発行日", "期首", "期末"],
        ["甲社", "平成28年\n3月22日", "1,500\n(300)", "2,720\n(620)"],
        ["合計", "－", "1,629\n(353)", "2,796\n(673)"],
    ]
    document, _ = document_of(tmp_path, rows, GRID)
    assert lines_of(document) == [
        "会社名: 甲社 | 発行日: 平成28年3月22日 | 期首: 1,500 (300) | 期末: 2,720 (620)",
        "会社名: 合計 | 発行日: － | 期首: 1,629 (353) | 期末: 2,796 (673)",
    ]


def test_two_figures_beside_a_wrapped_label_and_single_figures_are_one_row(tmp_path: Path):
    rows = [
        ["区分", "種類", "期首", "増加", "減少", "期末"],
        ["有形\n固定資産", "建物", "315", "7,601\n1,395", "31", "8,269"],
        ["", "土地", "8", "2,156\n965", "6", "2,270"],
    ]
    document, _ = document_of(tmp_path, rows, GRID)
    assert lines_of(document) == [
        "区分: 有形固定資産 | 種類: 建物 | 期首: 315 | 増加: 7,601 1,395 | 減少: 31 | 期末: 8,269",
        "種類: 土地 | 期首: 8 | 増加: 2,156 965 | 減少: 6 | 期末: 2,270",
    ]


def test_a_table_left_out_is_a_row_that_says_so(tmp_path: Path):
    document, rejected = document_of(tmp_path, [["", "当期"], ["売上高", "1"]], GRID, options={"tables": "drop"})
    assert "売上高" not in document.text
    assert [row.reason for row in rejected] == ["table_dropped"]


def test_forms_that_fonts_of_browsers_name_are_usual_characters_in_cells_too(tmp_path: Path):
    """U+2027, U+2215 and Kangxi radicals stand for the middle dot, ／ and kanji in PDF files that browsers print."""
    rows = [["", "前期"], ["キャッシュ‧フロー", "3⽉"], ["売上⾼", "12"], ["Ｄ∕Ｅ比率", "7"]]
    document, _ = document_of(tmp_path, rows, GRID)
    assert not set(document.text) & set("‧⽉⾼∕")


@pytest.mark.parametrize(
    ("row", "is_table"),
    [
        (["負債及び純資産の部合計", "5,735,238", "6,446,916"], True),
        (["合計", "－", "△56"], True),
        (["担当", "課長", "部長"], False),  # boxes for stamps
        (["1", "2", "3"], False),
    ],
)
def test_a_row_alone_is_a_table_where_figures_stand_behind_a_label(tmp_path: Path, row: list[str], is_table: bool):
    document, _ = document_of(tmp_path, [row], GRID)
    assert (" | ".join(row) in document.text) is is_table
    assert ("table_cells_in" in document.meta) is is_table


def test_rows_that_are_shaded_in_turn_are_one_table_with_those_between(tmp_path: Path):
    """Balance sheets of filings are printed so: every second row has a frame."""
    names = ["現金及び預金", "受取手形", "有価証券", "商品及び製品", "仕掛品", "原材料", "貸倒引当金", "合計"]
    rows = [["", "前期末", "当期末"]] + [
        [name, f"{1_000 + 7 * at:,}", f"{2_000 + 9 * at:,}"] for at, name in enumerate(names)
    ]
    framed = [("GRID", (0, at), (-1, at), 0.5, "black") for at in (0, 1, 3, 5, 7)]
    document, rejected = document_of(tmp_path, rows, *framed)
    assert rejected == []
    assert document.text.split("\n")[2:-2] == [
        f"{name} | 前期末: {before} | 当期末: {now}" for name, before, now in rows[1:]
    ]


def test_text_across_the_columns_of_framed_rows_is_no_row_of_theirs(tmp_path: Path):
    rows = [["甲", "1,000", "2,000"], ["この段落は列の境をまたいで書かれている文章です", "", ""]] * 3
    framed = [("GRID", (0, at), (-1, at), 0.5, "black") for at in (0, 2, 4)]
    document, _ = document_of(tmp_path, rows, *framed, ("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 3), (-1, 3)), ("SPAN", (0, 5), (-1, 5)))  # fmt: skip
    assert document.text.count("この段落は列の境をまたいで書かれている文章です") == 3


def test_words_that_run_below_the_next_cells_words_are_their_own_cells():
    """As programs for tables print what has no room: the file draws a cell's words at once, over the edge."""
    boxes = [(x, y, x + 60.0, y + 20.0) for y in (0.0, 20.0) for x in (0.0, 60.0)]
    drawn = [
        *written("市区町村", 2, 10),
        *written("名称", 62, 10),
        *written("さいたま市北区", 2, 30),  # its last letter lies in the next column
        *written("庵", 63, 30),
    ]
    (table,), _ = ruled_tables([boxes], drawn)
    assert [[text for text, _, _ in row] for row in table.rows] == [["市区町村", "名称"], ["さいたま市北区", "庵"]]


def test_words_that_end_at_an_edge_leave_the_next_cells_words_alone():
    boxes = [(x, y, x + 60.0, y + 20.0) for y in (0.0, 20.0) for x in (0.0, 60.0)]
    drawn = [
        *written("番号", 2, 10),
        *written("名称", 62, 10),
        *written("二三、三五一号", 0, 30, 60 / 7),
        *written("埼玉", 60, 30),
    ]
    (table,), _ = ruled_tables([boxes], drawn)
    assert [text for text, _, _ in table.rows[1]] == ["二三、三五一号", "埼玉"]


def written(text: str, x: float, middle: float, size: float = 9.0) -> list[Glyph]:
    """A word as a file draws it: each character right behind the one before."""
    return [
        Glyph(char, x + size * place, x + size * (place + 1), middle - size / 2, middle + size / 2)
        for place, char in enumerate(text)
    ]
