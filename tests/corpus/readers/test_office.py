"""Office files and mail, made by the libraries people make them with; hostile ones are named."""

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Word
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches

from tekio.corpus.readers.dispatch import read_unit
from tekio.corpus.readers.rows import Rejected, Unit, UnitFile
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.paths import RecipePath

ROWS = [["区分", "前期", "当期"], ["売上高", "1,000", "1,200"], ["減損損失", "", "500"]]
LABELLED = "区分: 売上高 | 前期: 1,000 | 当期: 1,200\n区分: 減損損失 | 当期: 500"


def read(path: Path, **options: Any) -> tuple[list[Document], list[Rejected]]:
    source = SourceConfig(name="test", path=RecipePath(str(path), path), license="internal", options=options)
    rows = list(read_unit(source, Unit("test", (UnitFile(path, path.name, path.stat().st_size),))))
    return [row for row in rows if isinstance(row, Document)], [row for row in rows if isinstance(row, Rejected)]


def word(path: Path) -> Path:
    made: Any = Word()
    made.add_heading("業務規程", 1)
    made.add_paragraph("手数料を改定する。")
    made.add_paragraph("一つ目", style="List Bullet")
    made.add_paragraph("番号", style="List Number")
    table = made.add_table(rows=3, cols=3)
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    run = made.add_paragraph("売上高は1,234").add_run("1")
    run.font.superscript = True
    run.element.getparent().append(made.add_paragraph("").add_run("百万円です。")._r)
    made.save(str(path))
    return path


def test_a_word_file_keeps_headings_lists_tables_and_note_marks(tmp_path: Path):
    (document,), rejected = read(word(tmp_path / "a.docx"))
    assert rejected == []
    assert document.title == "業務規程"
    assert document.text.startswith("業務規程\n手数料を改定する。\n・一つ目\n1. 番号\n" + LABELLED)
    assert "1,234百万円（注1）" in document.text
    assert (document.meta["table_cells_in"], document.meta["table_cells_out"]) == (8, 8)


def test_tracked_changes_are_accepted_and_merged_cells_expanded(tmp_path: Path):
    path = word(tmp_path / "a.docx")
    changed = tmp_path / "b.docx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(
                    "手数料を改定する。</w:t></w:r>".encode(),
                    "手数料を</w:t></w:r><w:del><w:r><w:delText>廃止</w:delText></w:r></w:del><w:ins><w:r><w:t>改定する。</w:t></w:r></w:ins>".encode(),
                )
            new.writestr(name, data)
    assert "\n手数料を改定する。\n" in read(changed)[0][0].text


def test_slides_are_read_from_the_title_down_with_tables_and_notes(tmp_path: Path):
    made: Any = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    low = slide.shapes.add_textbox(Inches(1), Inches(6), Inches(3), Inches(1))
    low.text_frame.text = "下の文"
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(3), Inches(6), Inches(1)).table
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    slide.shapes.title.text = "決算説明"
    slide.notes_slide.notes_text_frame.text = "話すこと"
    made.save(str(tmp_path / "a.pptx"))
    (document,), rejected = read(tmp_path / "a.pptx")
    assert rejected == []
    assert document.text == f"決算説明\n{LABELLED}\n下の文\n（ノート）\n話すこと"


def test_a_sheet_is_a_document_with_values_as_shown(tmp_path: Path):
    book: Any = Workbook()
    sheet = book.active
    sheet.title = "業績"
    for row in [["区分", "前期", "当期", "増減率"], ["売上高", 1000, 1200, 0.2], ["損失", -5, None, None]]:
        sheet.append(row)
    for row in sheet["B2:C3"]:
        for cell in row:
            cell.number_format = '#,##0;"△"#,##0'
    sheet["D2"].number_format = "0.0%"
    sheet["A5"] = "問合せ先"
    hidden = book.create_sheet("控え")
    hidden["A1"] = "見えない"
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    (document,), rejected = read(tmp_path / "a.xlsx")
    assert (
        document.text == "区分: 売上高 | 前期: 1,000 | 当期: 1,200 | 増減率: 20.0%\n区分: 損失 | 前期: △5\n\n問合せ先"
    )
    assert document.title == "業績"
    assert [row.reason for row in rejected] == ["hidden_sheet"]


def test_mail_gives_its_body_headers_as_fields_and_attachments(tmp_path: Path):
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = (
        "架空 <a@example.jp>",
        "手数料の改定",
        "Fri, 27 Nov 2026 23:08:18 +0900",
    )
    message.set_content("改定します。\n> 前の文\n以上", charset="iso-2022-jp")
    message.add_attachment(
        word(tmp_path / "x.docx").read_bytes(), maintype="application", subtype="octet-stream", filename="規程.docx"
    )
    path = tmp_path / "a.eml"
    path.write_bytes(message.as_bytes())
    (body, attached), rejected = read(path)
    assert rejected == []
    assert (body.title, body.published, body.meta["attachments"]) == ("手数料の改定", "2026-11-27", 1)
    assert body.text == "改定します。\n> 前の文\n以上"
    assert attached.uri == "a.eml!/規程.docx"
    (body, _), (quoted,) = read(path, quotes="cut")
    assert (body.text, quoted.reason) == ("改定します。\n以上", "quoted_reply")


def test_a_saved_page_is_read(tmp_path: Path):
    page = "<html><body><main><h1>手数料</h1><p>振込手数料は次のとおりです。</p></main></body></html>"
    text = f'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{page}\n--b--\n'
    (tmp_path / "a.mhtml").write_text(text, encoding="utf-8")
    (document,), _ = read(tmp_path / "a.mhtml")
    assert "振込手数料は次のとおりです。" in document.text


def test_members_of_a_zip_are_read_by_their_readers(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(word(tmp_path / "a.docx"), "規程/a.docx")
    (document,), rejected = read(tmp_path / "a.zip")
    assert (document.uri, rejected) == ("a.zip!/規程/a.docx", [])


def office(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ENTITY = (
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:body>&x;</w:body></w:document>'
)


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.doc", OLE, "old_office_format"),
        ("a.xls", OLE, "old_office_format"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("a.xlsx", OLE, "old_office_format"),
        ("a.docx", b"not a zip", "broken_archive"),
        ("a.docx", office({"word/document.xml": ENTITY}), "doctype"),
        ("a.docx", office({"word/document.xml": b"<a" + b" " * 60_000_000 + b"/>"}), "archive_bomb"),
        (
            "a.docx",
            office(
                {
                    "word/document.xml": b"<w:document xmlns:w='w'><w:body>"
                    + b"<w:sdt>" * 100
                    + b"</w:sdt>" * 100
                    + b"</w:body></w:document>"
                }
            ),
            "too_deep",
        ),
        ("a.pptx", office({"a.xml": b"<a/>"}), "not_slides"),
        ("a.xlsx", office({"xl/workbook.xml": b"<a/>"}), "bad_workbook"),
        ("a.rtf", b"{\\rtf1 ", "no_text"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_row(tmp_path: Path, name: str, raw: bytes, reason: str):
    (tmp_path / name).write_bytes(raw)
    documents, rejected = read(tmp_path / name)
    assert documents == []
    assert [(row.reason, row.whole_file) for row in rejected] == [(reason, True)]


def open_document(kind: str, body: str) -> dict[str, bytes]:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
    )
    content = f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": content.encode()}


@pytest.mark.parametrize("name", ["a.odt", "a.bin"])
def test_an_opendocument_text_is_one_document(tmp_path: Path, name: str):
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in (("区分", "2024年度", "2025年度"), ("経費", "310", "298"))
    )
    parts = open_document(
        "text", f"<text:h>稟議書</text:h><text:p>経費を見直す。</text:p><table:table>{rows}</table:table>"
    )
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    (document,), rejected = read(tmp_path / name)
    assert rejected == []
    assert [line for line in document.text.split("\n") if line] == [
        "稟議書",
        "経費を見直す。",
        "区分: 経費 | 2024年度: 310 | 2025年度: 298",
    ]


@pytest.mark.parametrize("name", ["a.ods", "a.bin", "a.xls"])
def test_an_opendocument_spreadsheet_is_a_document_a_sheet(tmp_path: Path, name: str):
    def row(*cells: str) -> str:
        said = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
        return f"<table:table-row>{said}</table:table-row>"

    rows = row("科目", "前期", "当期") + row("経費", "△310", "298")
    parts = open_document("spreadsheet", f'<table:table table:name="損益">{rows}</table:table>')
    parts["content.xml"] = parts["content.xml"].replace(b"office:text>", b"office:spreadsheet>")
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    (document,), rejected = read(tmp_path / name)
    assert (document.text, rejected) == ("科目: 経費 | 前期: △310 | 当期: 298", [])
    assert (document.title, document.uri) == ("損益", f"{name}#sheet=損益")


@pytest.mark.parametrize("name", ["a.odp", "a.bin"])
def test_an_opendocument_presentation_is_a_document_without_its_hidden_slides(tmp_path: Path, name: str):
    page = '<draw:page draw:style-name="{}" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></draw:page>'
    parts = open_document("presentation", page.format("shown", "方針") + page.format("off", "下書き"))
    hidden = b'<style:style xmlns:style="s" style:name="off"><style:drawing-page-properties xmlns:p="p" p:visibility="hidden"/></style:style>'
    content = parts["content.xml"].replace(b"office:text>", b"office:presentation>")
    parts["content.xml"] = content.replace(b"<office:body>", hidden + b"<office:body>")
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    (document,), (row,) = read(tmp_path / name)
    assert document.text == "方針"
    assert (row.reason, row.document.text if row.document else "") == ("hidden_slide", "下書き")


@pytest.mark.parametrize("name", ["a.odg", "a.bin"])
def test_a_document_in_parts_that_no_reader_knows_is_one_row_and_not_an_archive_of_documents(tmp_path: Path, name: str):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for part, content in open_document("graphics", "").items():
            archive.writestr(part, content)
    documents, (row,) = read(tmp_path / name)
    assert documents == []
    assert (row.reason, row.whole_file) == ("unknown_format", True)


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a", "a.zip"])
def test_a_word_file_is_read_whatever_it_is_called(tmp_path: Path, name: str):
    word = Word()
    word.add_paragraph("この規程は、融資の手順を定める。")
    word.save(str(tmp_path / "made.docx"))
    (tmp_path / "made.docx").rename(tmp_path / name)
    (document,), rejected = read(tmp_path / name)
    assert (document.text, rejected) == ("この規程は、融資の手順を定める。", [])


PACKAGES = {
    "a.pages": (["Index/Document.iwa", "preview.jpg"], "Pages"),
    "a.numbers": (["Index.zip", "Metadata/Properties.plist"], "Numbers"),
    "a.key": (["Index/Slide.iwa", "Data/mt-1.jpg"], "Keynote"),
    "a.xlsb": (["[Content_Types].xml", "xl/workbook.bin"], "soffice"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_document_of_another_program_is_one_row_that_says_how_to_convert_it(tmp_path: Path, name: str):
    parts, program = PACKAGES[name]
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for part in parts:
            archive.writestr(part, b"\x00\x01")
    documents, (row,) = read(tmp_path / name)
    assert (documents, row.reason, row.whole_file) == ([], "unknown_format", True)
    assert program in row.measured["fix"]


def test_an_archive_of_documents_stays_one(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("Index/規程.txt", "この規程は、融資の手順を定める。")
        archive.writestr("docProps/覚書.txt", "覚書の本文をここに置く。")
    documents, rejected = read(tmp_path / "a.zip")
    assert (len(documents), rejected) == (2, [])


def two_forms(path: Path, page: str) -> Path:
    message = EmailMessage()
    message["Subject"] = "残高"
    message.set_content(
        "残高です。\n\n科目\n\n前期\n\n当期\n\n貸出金\n\n1,000\n\n1,200\n\n以上です。\n\n2025年4月1日 田中 <t@example.jp> のメール:\n> 照会します。\n"
    )
    message.add_alternative(page, subtype="html")
    path.write_bytes(message.as_bytes())
    return path


PAGE = (
    "<p>残高です。</p><table><tr><th>科目</th><th>前期</th><th>当期</th></tr><tr><td>貸出金</td><td>1,000</td><td>1,200</td></tr></table>"
    "<p>以上です。</p><p>2025年4月1日 田中 &lt;t@example.jp&gt; のメール:</p><blockquote><p>照会します。</p></blockquote>"
)


def test_of_two_forms_of_a_mail_the_page_is_read_where_it_holds_a_table(tmp_path: Path):
    (document,), rejected = read(two_forms(tmp_path / "a.eml", PAGE))
    assert "科目: 貸出金 | 前期: 1,000 | 当期: 1,200" in document.text
    assert "照会します。" in document.text
    assert rejected == []
    (document,), (quoted,) = read(two_forms(tmp_path / "a.eml", PAGE), quotes="cut")
    assert document.text == "残高です。\n科目: 貸出金 | 前期: 1,000 | 当期: 1,200\n以上です。"
    assert quoted.reason == "quoted_reply"
    assert quoted.document is not None
    assert "照会します。" in quoted.document.text


def test_a_page_that_is_another_text_is_not_taken_for_the_plain_body(tmp_path: Path):
    (document,), _ = read(two_forms(tmp_path / "a.eml", "<table><tr><td>a</td><td>1</td></tr></table>"))
    assert document.text.startswith("残高です。")


def test_a_table_left_out_of_a_mail_has_a_row(tmp_path: Path):
    (document,), (table,) = read(two_forms(tmp_path / "a.eml", PAGE.replace("<blockquote>", "<div>")), tables="drop")
    assert "1,200" not in document.text or table.reason == "table_dropped"


def saved_page(*pages: str) -> bytes:
    parts = "".join(
        f"--B\r\nContent-Type: text/html; charset=utf-8\r\nContent-ID: <frame-{number}@mhtml.blink>\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{page}\r\n"
        for number, page in enumerate(pages)
    )
    head = 'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n'
    return f"{head}{parts}--B--\r\n".encode()


@pytest.mark.parametrize(
    ("page", "own"),
    [
        ("<html><body><p>出張旅費規程の本文です。</p><iframe src='cid:frame-1@mhtml.blink'></iframe></body></html>", 1),
        ("<html><frameset><frame src='cid:frame-1@mhtml.blink'></frameset></html>", 0),
    ],
)
def test_a_saved_page_holds_what_its_frames_show(tmp_path: Path, page: str, own: int):
    inner = "<html><body><p>別表の宿泊費は上限12,000円です。</p></body></html>"
    (tmp_path / "a.mhtml").write_bytes(saved_page(page, inner, "<html><body></body></html>"))
    documents, rejected = read(tmp_path / "a.mhtml")
    assert [item.text for item in documents][own:] == ["別表の宿泊費は上限12,000円です。"]
    assert documents[-1].uri.endswith("#frame=1")
    assert rejected == []


def test_formulas_without_a_value_are_counted(tmp_path: Path):
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["区分", "当期"], ["預金", 100], ["計", "=B2*2"]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    (document,), _ = read(tmp_path / "a.xlsx")
    assert document.meta["formulas_without_value"] == 1


def zipped(parts: dict[str, bytes]) -> bytes:
    return office(parts)


def carried(path: Path, raw: bytes) -> Path:
    message = EmailMessage()
    message["Subject"] = "資料の送付"
    message.set_content("資料を送ります。")
    message.add_attachment(raw, maintype="application", subtype="zip", filename="資料.zip")
    path.write_bytes(message.as_bytes())
    return path


def test_an_archive_that_a_message_carries_is_read(tmp_path: Path):
    raw = zipped({
        "規程.docx": word(tmp_path / "x.docx").read_bytes(),
        "店別.csv": "店名,件数\n本店,12\n支店,7\n".encode("cp932"),
        "中.zip": zipped({"a.txt": "深い文書です。".encode()}),
    })  # fmt: skip
    documents, rejected = read(carried(tmp_path / "a.eml", raw))
    assert [document.uri for document in documents] == [
        "a.eml",
        "a.eml!/資料.zip!/規程.docx",
        "a.eml!/資料.zip!/店別.csv",
    ]
    assert documents[2].text == "店名: 本店 | 件数: 12\n店名: 支店 | 件数: 7"
    assert [(row.uri, row.reason) for row in rejected] == [("a.eml!/資料.zip!/中.zip", "nested_archive")]


def test_archives_of_a_message_hold_no_more_than_one_may(tmp_path: Path):
    raw = zipped({"a.txt": b"x" * 900, "b.txt": b"x" * 900})
    _, rejected = read(carried(tmp_path / "a.eml", raw), max_archive_bytes=1_000)
    assert [row.reason for row in rejected] == ["archive_bomb"]


def test_an_invitation_is_part_of_its_message(tmp_path: Path):
    event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:委員会\nDTSTART:20250418T133000\nDESCRIPTION:開催します。\nEND:VEVENT\nEND:VCALENDAR\n"
    message = EmailMessage()
    message["Subject"] = "委員会"
    message.set_content("開催します。")
    message.add_alternative(event, subtype="calendar")
    message.add_attachment(event.encode(), maintype="text", subtype="calendar", filename="invite.ics")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    (document,), rejected = read(tmp_path / "a.eml")
    assert document.text == "開催します。\n\n予定: 委員会\n日時: 2025年4月18日 13:30"
    assert rejected == []


@pytest.mark.parametrize("name", ["予定.ics", "calendar"])
def test_a_calendar_is_a_document_of_its_events(tmp_path: Path, name: str):
    event = "BEGIN:VEVENT\r\nSUMMARY:会議{}\r\nDTSTART;TZID=Asia/Tokyo:20250418T{:02}3000\r\nEND:VEVENT\r\n"
    events = "".join(event.format(number, number % 24) for number in range(300))
    (tmp_path / name).write_text(f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n", encoding="utf-8")
    (document,), rejected = read(tmp_path / name)
    assert document.text.startswith("予定: 会議0\n日時: 2025年4月18日 0:30\n\n予定: 会議1\n")
    assert document.text.count("予定: ") == 300
    assert rejected == []
    (tmp_path / name).write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", encoding="utf-8")
    assert [row.reason for row in read(tmp_path / name)[1]] == ["no_text"]
