"""OpenDocument text as LibreOffice writes it."""

import io
import zipfile

import pytest

from tekio.text.html import block_text, parse_html_text
from tekio.text.office.odt import read_odt
from tekio.text.unreadable import UnreadableError

SPACES = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'


def document(body: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return held.getvalue()


def text_of(body: str) -> str:
    return block_text(parse_html_text(read_odt(document(body)).html()))


def test_headings_paragraphs_spaces_and_line_breaks_are_kept():
    html = read_odt(
        document(
            '<text:h text:outline-level="2">規約</text:h><text:p>第1条<text:s text:c="2"/>目的<text:line-break/>次行</text:p>'
        )
    ).html()
    assert "<h2>規約</h2><p>第1条  目的<br>次行</p>" in html


def test_lists_are_lists_and_cells_of_a_row_stand_in_one_row():
    body = (
        "<text:list><text:list-item><text:p>甲</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>区分</text:p></table:table-cell>"
        "<table:table-cell><text:p>額</text:p></table:table-cell></table:table-row></table:table>"
    )
    html = read_odt(document(body)).html()
    assert "<ul><li><p>甲</p></li></ul>" in html
    assert "<tr><td><p>区分</p></td><td><p>額</p></td></tr>" in html


def test_what_was_deleted_or_remarked_is_left_out_and_notes_stand_behind_the_text():
    body = (
        "<text:tracked-changes><text:changed-region><text:p>消した文</text:p></text:changed-region></text:tracked-changes>"
        "<text:p>本文<office:annotation><text:p>メモ</text:p></office:annotation>"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>脚注</text:p></text:note-body></text:note>です。</text:p>"
    )
    assert text_of(body) == "本文（注1）です。\n（注1）脚注"


@pytest.mark.parametrize("raw", [b"no archive", b"PK\x03\x04broken"])
def test_what_is_no_archive_is_one_clear_refusal(raw: bytes):
    with pytest.raises(UnreadableError) as refused:
        read_odt(raw)
    assert refused.value.reason == "broken_archive"


def test_an_archive_without_a_text_is_refused():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("other.xml", "<a/>")
    with pytest.raises(UnreadableError) as refused:
        read_odt(held.getvalue())
    assert refused.value.reason == "not_a_document"


def test_sections_nested_without_end_are_refused():
    with pytest.raises(UnreadableError):
        read_odt(document("<text:section>" * 150 + "<text:p>中</text:p>" + "</text:section>" * 150))
