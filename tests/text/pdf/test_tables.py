"""Tables on PDF pages come through the table model: every figure with its labels."""

import io
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read

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


def test_a_table_left_out_is_a_row_that_says_so(tmp_path: Path):
    document, rejected = document_of(tmp_path, [["", "当期"], ["売上高", "1"]], GRID, options={"tables": "drop"})
    assert "売上高" not in document.text
    assert [row.reason for row in rejected] == ["table_dropped"]


def test_forms_that_fonts_of_browsers_name_are_usual_characters_in_cells_too(tmp_path: Path):
    """U+2027, U+2215 and Kangxi radicals stand for the middle dot, ／ and kanji in PDF files that browsers print."""
    rows = [["", "前期"], ["キャッシュ‧フロー", "3⽉"], ["売上⾼", "12"], ["Ｄ∕Ｅ比率", "7"]]
    document, _ = document_of(tmp_path, rows, GRID)
    assert not set(document.text) & set("‧⽉⾼∕")
