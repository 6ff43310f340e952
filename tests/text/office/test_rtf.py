r"""Rich text as Word and LibreOffice write it: code pages, Unicode marks, tables, notes, accepted changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.html import page_text, parse_html_text
from tekio.text.office.rtf import read_rtf
from tekio.text.unreadable import UnreadableError

HEAD = r"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fnil\fcharset128 MS Mincho;}{\f1\froman\fcharset0 Times;}{\f2\fnil\fcharset2 Symbol;}}"


def marks(text: str) -> str:
    """Text as Word writes it in code page 932."""
    return "".join(
        char if char.isascii() else "".join(f"\\'{byte:02x}" for byte in char.encode("cp932")) for char in text
    )


def text_of(body: str) -> str:
    block = read_rtf((HEAD + body + "}").encode("latin-1")).sections[0].blocks[0]
    return page_text(parse_html_text(f"<html><body>{block}</body></html>"), tables="labelled").text


def row(*cells: str, edges: tuple[str, ...] = ()) -> str:
    told = edges or tuple(rf"\cellx{1000 * (at + 1)}" for at in range(len(cells)))
    return rf"\trowd{''.join(told)}" + "".join(rf"\pard\intbl {marks(cell)}\cell" for cell in cells) + r"\row"


def test_paragraphs_in_a_code_page_and_in_unicode_marks():
    assert (
        text_of(rf"\pard {marks('表の能力は十分です。')}\par \uc2\u37329\'8b\'e0\uc1\u-4051?\par")
        == "表の能力は十分です。\n金・"
    )
    assert text_of(r"\u-10179?\u-8704?\par") == "😀"


def test_a_trail_byte_may_be_a_plain_letter():
    assert text_of(r"\'83A\'83C\par") == "アイ"


def test_a_latin_font_named_for_japanese_text_does_not_break_it():
    assert text_of(rf"\f1 {marks('預金')}\par") == "預金"


def test_figures_of_a_table_keep_their_labels():
    body = row("科目", "前期", "当期") + row("預金", "5", "6") + row("貸出金", "", "1,234") + r"\pard after\par"
    assert text_of(body) == "科目: 預金 | 前期: 5 | 当期: 6\n科目: 貸出金 | 当期: 1,234\nafter"


def test_merged_cells_span_rows_and_columns():
    body = (
        row(
            "区分",
            "科目",
            "連結",
            "",
            edges=(r"\clvmgf\cellx1000", r"\cellx2000", r"\clmgf\cellx3000", r"\clmrg\cellx4000"),
        )
        + row("", "", "前期", "当期", edges=(r"\clvmrg\cellx1000", r"\cellx2000", r"\cellx3000", r"\cellx4000"))
        + row("国内", "預金", "1", "2", edges=(r"\cellx1000", r"\cellx2000", r"\cellx3000", r"\cellx4000"))
    )
    html = read_rtf((HEAD + body + "}").encode("latin-1")).sections[0].blocks[0]
    assert '<td rowspan="2"><p>区分</p></td>' in html
    assert '<td colspan="2"><p>連結</p></td>' in html
    wide = row("合計", "3", edges=(r"\cellx2010", r"\cellx4000"))  # a row with fewer, wider cells
    html = read_rtf((HEAD + body + wide + "}").encode("latin-1")).sections[0].blocks[0]
    assert '<td colspan="2"><p>合計</p></td><td colspan="2"><p>3</p></td>' in html


def test_deleted_and_hidden_text_headers_pictures_and_fields_codes_are_left_out():
    body = (
        r"{\header head\par}{\*\generator Word;}{\pict 0102030405}"
        r"A{\deleted gone}{\v hidden}{\field{\*\fldinst HYPERLINK x}{\fldrslt B}}{\revised C}\par"
    )
    assert text_of(body) == "ABC"


def test_notes_stand_behind_the_text_and_boxes_behind_their_paragraph():
    body = (
        r"one.{\super\chftn{\footnote\pard\plain \chftn the note\par}} two.\par "
        r"{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt \pard in the box\par}}{\shprslt again}}three\par four\par"
    )
    assert text_of(body) == "one.（注1） two.\nthree\nin the box\nfour\n（注1）the note"


def test_marks_of_lists_and_headings_of_styles():
    body = (
        r"{\stylesheet{\s1 heading 1;}}{\info{\title " + marks("報告") + r"}}"
        r"\pard\s1 Top\par\pard {\listtext\pard\plain 1.\tab}first\par{\listtext\f2\'b7\tab}second\par"
    )
    read = read_rtf((HEAD + body + "}").encode("latin-1"))
    assert read.title == "報告"
    assert read.sections[0].blocks[0] == "<h1>Top</h1><p>1. first</p><p>・ second</p>"


def test_what_is_no_rich_text_and_groups_without_an_end_are_named_or_read():
    with pytest.raises(UnreadableError) as error:
        read_rtf(b"PK")
    assert error.value.reason == "not_rich_text"
    with pytest.raises(UnreadableError) as error:
        read_rtf(b"{\\rtf1 " + b"{" * 5_000)
    assert error.value.reason == "too_deep"
    assert read_rtf(b"{\\rtf1 {abc").sections[0].blocks == ["<p>abc</p>"]


@given(st.lists(st.sampled_from([*re.findall(r"\S+", r"{ } \par \cell \row \trowd \cellx100 \cellx-5 \u123 ? \'83 \'8 \bin9 \footnote \* \shptxt \uc3 \intbl \pard abc \clvmrg \clmrg \f1 \fonttbl \title \info"), " ", "\\"]), max_size=60))  # fmt: skip
def test_no_order_of_words_breaks_the_reader(words: list[str]):
    assert len(read_rtf(("{\\rtf1 " + "".join(words)).encode("latin-1")).sections) == 1
