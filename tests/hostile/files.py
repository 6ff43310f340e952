"""Documents that attack their reader: the file, the options of its source, and the reasons that are right."""

# pyright: standard

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import zstandard

from corpus.readers import test_hostile as large
from hostile.making import (
    ENTITY,
    PARAGRAPH,
    Content,
    docx,
    epub,
    inline,
    instance,
    law,
    odp,
    ods,
    odt,
    odt_body,
    ole,
    parquet,
    pdf,
    pdf_page,
    pptx,
    record,
    shape,
    sheet,
    slide,
    wiki,
    word_body,
    xlsx,
    zipped,
)

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class HostileFile:
    """content: of the file, or what makes it. reasons: of which one is given. source: how it is read (`reader`, `options` ...)."""

    content: Content
    reasons: set[str]
    source: dict[str, Any] = field(default_factory=dict[str, Any])

    def bytes(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content()


def of(content: Content | str, *reasons: str, **source: Any) -> HostileFile:
    return HostileFile(content.encode() if isinstance(content, str) else content, set(reasons), source)


def noise(count: int) -> bytes:
    return random.Random(5).randbytes(count)


def cut(whole: bytes, left: float = 0.6) -> bytes:
    return whole[: int(len(whole) * left)]


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("../evil.txt")
        entry.size = 3
        archive.addfile(entry, io.BytesIO(b"abc"))
    return buffer.getvalue()


def broken_lzma() -> bytes:
    raw = bytearray(zipped({"a.txt": PARAGRAPH * 20}, zipfile.ZIP_LZMA))
    raw[44:90] = b"\xff" * 46
    return bytes(raw)


def same_names() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.bin", b"\0\1")
        archive.writestr("b.bin", b"\0\2")
    return buffer.getvalue().replace(b"b.bin", b"a.bin")


def cells(count: int) -> str:
    return '<row r="1"><c r="A1"><v>1</v></c></row>' + f'<row r="{count}"><c r="XFD{count}"><v>1</v></c></row>'


def parts(count: int) -> bytes:
    """A message of many parts."""
    body = b"".join(b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n" for _ in range(count))
    return b"Subject: s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + body + b"--x--\r\n"


def nested(depth: int) -> bytes:
    """A message whose parts lie in each other."""
    open_ = b"".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(depth))
    return b"Subject: s\r\n" + open_ + b"Content-Type: text/plain\r\n\r\na\r\n"


_PRESENTED = b"Subject: s\r\nContent-Type: "
_IMAGE = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\nA\nendstream"

FILES: dict[str, HostileFile] = {
    # CSV, JSON, Parquet
    "header_only.csv": of("text,title\n", "no_rows"),
    "same_columns.csv": of("text,text\na,b\n", "duplicate_column"),
    "without_column.csv": of("body,title\na,b\n", "missing_column"),
    "wrong_columns.csv": of("text,title\na\n", "wrong_columns"),
    "open_quote.csv": of('text\n"a' + "\nb" * 50, "bad_csv"),
    "blank_text.csv": of("text,title\n,b\n", "no_text"),
    "nul.csv": of("text\na\0b\n", "bad_csv", "binary"),
    "cp932_cut.csv": of("text\nこれは文\n".encode("cp932")[:-2] + b"\xfd\n", "broken_encoding"),
    "no_tabs.tsv": of("title\tbody\na\tb\n", "missing_column"),
    "list.json": of("[]", "no_rows"),
    "cut.json": of('[{"text": "a"', "bad_json"),
    "number.json": of("5", "no_records", "bad_json", "not_a_record"),
    "without_list.json": of('{"a": 1}', "no_records", "no_text", "missing_column"),
    "behind.json": of('[{"text": "a"}] {"text": "b"}', "bad_json"),
    "blank.jsonl": of("\n\n", "no_rows"),
    "same_keys.jsonl": of('{"text": "a", "text": "b"}\n', "duplicate_key"),
    "nan.jsonl": of('{"text": "a", "n": NaN}\n', "bad_json"),
    "infinite.jsonl": of('{"text": "a", "n": -Infinity}\n', "bad_json"),
    "long_number.jsonl": of('{"text": "a", "n": ' + "9" * 5000 + "}\n", "bad_json"),
    "deep.jsonl": of('{"text": ' + "[" * 50_000 + "]" * 50_000 + "}\n", "bad_json"),
    "text_is_table.jsonl": of('{"text": {"a": 1}}\n', "no_text"),
    "scalar.jsonl": of("5\n", "not_a_record"),
    "surrogate.jsonl": of('{"text": "\\ud800"}\n', "bad_json", "broken_encoding", "damaged_text", "reader_failed"),
    "bytes.jsonl": of(b'{"text": "\xff\xfe\x80"}\n', "broken_encoding", "bad_json"),
    "line.jsonl": of('{"text": "' + "a" * 5000 + '"}\n', "line_too_long", options={"max_line_bytes": 1000}),
    "cut.parquet": of("PAR1", "bad_parquet"),
    "foot.parquet": of(b"PAR1" + noise(400) + b"\xff\xff\xff\x7fPAR1", "bad_parquet"),
    "body.parquet": of(
        lambda: (raw := parquet([pa.array([PARAGRAPH] * 500)], ["text"]))[:4] + b"\xff" * 120 + raw[124:], "bad_parquet"
    ),
    "no_rows.parquet": of(lambda: parquet([pa.array([], pa.string())], ["text"]), "no_rows"),
    "same_columns.parquet": of(
        lambda: parquet([pa.array(["a"]), pa.array(["b"])], ["text", "text"]), "duplicate_column"
    ),
    "without_column.parquet": of(lambda: parquet([pa.array(["a"])], ["body"]), "missing_column"),
    "bytes.parquet": of(lambda: parquet([pa.array([b"\xff\0"])], ["text"]), "no_text"),
    # compressed files and archives
    "cut.txt.gz": of(lambda: cut(gzip.compress(noise(9000))), "broken_archive"),
    "cut.txt.bz2": of(lambda: cut(bz2.compress(noise(9000))), "broken_archive"),
    "cut.txt.xz": of(lambda: cut(lzma.compress(noise(9000))), "broken_archive"),
    "cut.txt.zst": of(lambda: cut(zstandard.compress(noise(9000))), "broken_archive"),
    "bomb.jsonl.gz": of(lambda: gzip.compress(b" " * (40 * MEGABYTE)), "archive_bomb"),
    "bomb.jsonl.bz2": of(lambda: bz2.compress(b" " * (40 * MEGABYTE)), "archive_bomb"),
    "bomb.jsonl.xz": of(lambda: lzma.compress(b" " * (40 * MEGABYTE), preset=0), "archive_bomb"),
    "bomb.jsonl.zst": of(lambda: zstandard.compress(b" " * (40 * MEGABYTE)), "archive_bomb"),
    "window.txt.zst": of(b"\x28\xb5\x2f\xfd\x00\xf8" + b"\0" * 60, "broken_archive"),
    "checksum.txt.gz": of(lambda: gzip.compress(PARAGRAPH.encode())[:-8] + b"\0" * 8, "broken_archive"),
    "behind.txt.zst": of(lambda: zstandard.compress(PARAGRAPH.encode()) + b"rest", "broken_archive"),
    "inside.txt.gz.gz": of(lambda: gzip.compress(gzip.compress(noise(200))), "unknown_format"),
    "empty.zip": of(lambda: zipped({}), "empty"),
    "empty_member.zip": of(lambda: zipped({"a.txt": b""}), "empty"),
    "nested.zip": of(lambda: zipped({"inner.zip": zipped({"a.txt": b"x"})}), "nested_archive"),
    "traversal.zip": of(lambda: zipped({"../../evil.txt": PARAGRAPH}), "path_traversal"),
    "drive.zip": of(lambda: zipped({"C:\\evil.txt": PARAGRAPH}), "path_traversal"),
    "link.zip": of(large.symlink_zip, "not_a_file"),
    "encrypted.zip": of(large.encrypted_zip, "encrypted"),
    "lying.zip": of(large.lying_zip, "broken_archive", "archive_bomb"),
    "same_names.zip": of(same_names, "duplicate_name"),
    "many.zip": of(
        lambda: zipped({f"{n}.txt": PARAGRAPH for n in range(6)}), "too_many_members", options={"max_members": 5}
    ),
    "bomb.zip": of(lambda: zipped({"0.txt": b"\0" * (40 * MEGABYTE)}), "archive_bomb"),
    "lzma.zip": of(broken_lzma, "broken_archive"),
    "cut.zip": of(lambda: zipped({"a.txt": noise(9000)})[:5000], "broken_archive"),
    "not.zip": of(b"PK\x03\x04" + noise(2000), "broken_archive"),
    "unknown_member.zip": of(lambda: zipped({"a.exe": b"MZ\0\0" + noise(500)}), "unknown_format"),
    "drawing.svg": of(
        '<svg width="9" xmlns="http://www.w3.org/2000/svg"><text>図の説明です。</text></svg>'.encode(), "unknown_format"
    ),
    "escape.tar": of(tar, "unknown_format"),
    "escape.tar.gz": of(lambda: gzip.compress(tar()), "unknown_format"),
    "seven.7z": of(b"7z\xbc\xaf\x27\x1c\0\4" + noise(500), "unknown_format"),
    # pages
    "empty.html": of("<html><body></body></html>", "no_text", "empty"),
    "script.html": of("<html><body><script>document.write('x')</script></body></html>", "no_text"),
    "deep.html": of("<div>" * 5000 + PARAGRAPH, "too_deep"),
    "attributes.html": of("<p " + " ".join(f"a{n}=1" for n in range(5000)) + ">" + PARAGRAPH, "too_many_attributes"),
    "program.html": of(b"\x7fELF" + bytes(range(256)) * 40, "binary"),
    "mixed.html": of(
        b"<html><body><p>" + PARAGRAPH.encode() + PARAGRAPH.encode("cp932") + b"\xff\xfe</p>",
        "broken_encoding",
        "ambiguous_encoding",
    ),
    "picture.md": of("![](a.png)\n", "empty"),
    "front_matter.md": of(b"\xff\xfe\x00\xd8", "broken_encoding", "binary", "empty"),
    "no_record.warc": of("WARC/1.0\r\n\r\n", "bad_warc"),
    "other.warc": of("HELO/1.0\r\n\r\n", "bad_warc"),
    "length.warc": of("WARC/1.0\r\nContent-Length: " + "9" * 5000 + "\r\n\r\n", "bad_warc"),
    "cut.warc": of(lambda: cut(record(PARAGRAPH.encode(), uri="cut.warc#1")), "bad_warc"),
    "gone.warc": of(lambda: record(b"x", uri="gone.warc#1", head="HTTP/1.1 404 Not Found"), "http_404"),
    "status.warc": of(lambda: record(b"x", uri="status.warc#1", head="HTTP/1.1 " + "2" * 5000), "bad_http"),
    "picture.warc": of(
        lambda: record(b"x", uri="picture.warc#1", head="HTTP/1.1 200 OK\r\nContent-Type: image/png"), "not_html"
    ),
    "unpacks.warc": of(
        lambda: record(
            gzip.compress(b" " * (40 * MEGABYTE)),
            uri="unpacks.warc#1",
            head="HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
        ),
        "archive_bomb",
    ),
    "long.warc": of(
        lambda: record(PARAGRAPH.encode(), uri="long.warc#1"), "too_large", options={"max_record_bytes": 300}
    ),
    # dumps, laws, filings
    "no_pages.xml": of("<mediawiki><siteinfo/></mediawiki>", "no_pages"),
    "cut_dump.xml": of(lambda: cut(wiki(PARAGRAPH)), "bad_xml"),
    "entity_dump.xml": of(f"<?xml version='1.0'?>{ENTITY}<mediawiki>&a;</mediawiki>", "doctype"),
    "talk.xml": of(wiki(PARAGRAPH, namespace="1"), "not_an_article"),
    "redirect.xml": of(wiki("#REDIRECT [[別]]"), "redirect"),
    "open_templates.xml": of(wiki("{{a|" * 30_000), "too_deep"),
    "only_templates.xml": of(wiki("{{架空の表}}"), "no_text"),
    "not_a_law.xml": of("<Act><Title>x</Title></Act>", "not_a_law", reader="law"),
    "cut_law.xml": of(law("<MainProvision>")[:60], "bad_xml", reader="law"),
    "deep_law.xml": of(law("<A>" * 300 + "</A>" * 300), "too_deep", reader="law"),
    "entity_law.xml": of(ENTITY + law(""), "doctype", reader="law"),
    "without_text_law.xml": of("<Law><LawBody/></Law>", "no_text", reader="law"),
    "external_entity.xbrl": of(large.XXE, "doctype"),
    "laughs.xbrl": of(large.DOCTYPE_LAUGHS.encode("utf-16"), "doctype", "no_xbrl"),
    "other_root.xbrl": of(instance("", root="linkbase"), "not_xbrl", "no_xbrl"),
    "no_blocks.xbrl": of(instance(""), "no_text_blocks"),
    "cut.xbrl": of(instance("")[:-4], "bad_xml"),
    "no_instance.zip": of(lambda: zipped({"a.csv": "a"}), "no_xbrl", reader="edinet"),
    "beside.zip": of(
        lambda: zipped({"XBRL/PublicDoc/a.xbrl": instance(""), "XBRL/PublicDoc/a.xsd": "<a/>"}), "beside_instance"
    ),
    "looping.zip": of(
        lambda: zipped(
            {
                "XBRL/PublicDoc/0101010_ixbrl.htm": inline(
                    '<ix:nonNumeric name="jp:ATextBlock" contextRef="c" continuedAt="k">a</ix:nonNumeric>'
                    '<ix:continuation id="k" continuedAt="k">b</ix:continuation>'
                )
            }
        ),
        "looping_continuation",
    ),
    "unknown.xml": of('<?xml version="1.0"?><foo>a</foo>', "unknown_format"),
    # office, books
    "not.docx": of(b"PK\x03\x04" + b"\0" * 500, "broken_archive"),
    "hollow.docx": of(lambda: zipped({"a.xml": b"<a/>"}), "not_word"),
    "locked.docx": of(ole(encrypted=True), "encrypted"),
    "old.docx": of(ole(), "old_office_format"),
    "blank.docx": of(lambda: docx(word_body("<w:p/>")), "no_text"),
    "cut_part.docx": of(lambda: docx(word_body("<w:p/>")[:-9]), "bad_xml"),
    "entity.docx": of(lambda: docx(ENTITY + word_body("<w:p/>")), "doctype"),
    "deep.docx": of(
        lambda: docx(word_body("<w:sdt><w:sdtContent>" * 900 + "</w:sdtContent></w:sdt>" * 900)), "too_deep"
    ),
    "unpacks.docx": of(lambda: docx(word_body(" " * (60 * MEGABYTE))), "archive_bomb"),
    "many.docx": of(lambda: docx(word_body(""), {f"{n}.xml": "" for n in range(20_001)}), "too_many_members"),
    "not.ods": of(b"PK\x03\x04" + b"\0" * 500, "broken_archive"),
    "hollow.ods": of(lambda: odt(odt_body("<text:p/>")), "not_a_document"),
    "blank.ods": of(lambda: odt(ods("<table:table-row/>")), "no_text"),
    "cut_part.ods": of(lambda: odt(ods("")[:-9]), "bad_xml"),
    "entity.ods": of(lambda: odt(ENTITY + ods("")), "doctype"),
    "deep.ods": of(
        lambda: odt(
            ods(
                "<table:table-row><table:table-cell><text:p>"
                + "<text:span>" * 900
                + "</text:span>" * 900
                + "</text:p></table:table-cell></table:table-row>"
            )
        ),
        "too_deep",
    ),
    "swells.ods": of(
        lambda: odt(
            ods(
                '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384">'
                "<text:p>x</text:p></table:table-cell></table:table-row>"
            )
        ),
        "too_many_cells",
    ),
    "unpacks.ods": of(lambda: odt(ods(" " * (60 * MEGABYTE))), "archive_bomb"),
    "not.odp": of(b"PK\x03\x04" + b"\0" * 500, "broken_archive"),
    "hollow.odp": of(lambda: odt(odt_body("<text:p/>")), "not_slides"),
    "blank.odp": of(lambda: odt(odp("<draw:frame/>")), "no_text"),
    "cut_part.odp": of(lambda: odt(odp("")[:-9]), "bad_xml"),
    "entity.odp": of(lambda: odt(ENTITY + odp("")), "doctype"),
    "deep.odp": of(lambda: odt(odp("<draw:g>" * 900 + "</draw:g>" * 900)), "too_deep"),
    "deep_list.odp": of(
        lambda: odt(
            odp(
                "<draw:frame><draw:text-box>"
                + "<text:list><text:list-item>" * 900
                + "</text:list-item></text:list>" * 900
                + "</draw:text-box></draw:frame>"
            )
        ),
        "too_deep",
    ),
    "charts_of_itself.odp": of(
        lambda: odt(odp('<draw:frame><draw:object xlink:href="."/></draw:frame>' * 20_000)), "no_text"
    ),
    "unpacks.odp": of(lambda: odt(odp(" " * (60 * MEGABYTE))), "archive_bomb"),
    "not.odt": of(b"PK\x03\x04" + b"\0" * 500, "broken_archive"),
    "hollow.odt": of(lambda: zipped({"a.xml": b"<a/>"}), "not_a_document"),
    "blank.odt": of(lambda: odt(odt_body("<text:p/>")), "no_text"),
    "cut_part.odt": of(lambda: odt(odt_body("<text:p/>")[:-9]), "bad_xml"),
    "entity.odt": of(lambda: odt(ENTITY + odt_body("<text:p/>")), "doctype"),
    "deep.odt": of(lambda: odt(odt_body("<text:section>" * 900 + "</text:section>" * 900)), "too_deep"),
    "repeats.odt": of(
        lambda: odt(
            odt_body(
                '<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/>'
                "</table:table-row></table:table>"
            )
        ),
        "no_text",
    ),
    "unpacks.odt": of(lambda: odt(odt_body(" " * (60 * MEGABYTE))), "archive_bomb"),
    "many.odt": of(lambda: odt(odt_body(""), {f"{n}.xml": "" for n in range(20_001)}), "too_many_members"),
    "hollow.xlsx": of(lambda: zipped({"a.xml": b"<a/>"}), "bad_workbook"),
    "blank.xlsx": of(lambda: xlsx(sheet("")), "no_text"),
    "hidden.xlsx": of(
        lambda: xlsx(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), "hidden"), "hidden_sheet", "bad_workbook"
    ),
    "wide.xlsx": of(lambda: xlsx(sheet(cells(1_048_576))), "too_many_cells"),
    "entity.xlsx": of(lambda: xlsx(ENTITY + sheet("")), "doctype"),
    "cell_nowhere.xlsx": of(lambda: xlsx(sheet('<row r="x"><c r="!!"><v>1</v></c></row>')), "bad_workbook"),
    "hollow.pptx": of(lambda: zipped({"a.xml": b"<a/>"}), "not_slides"),
    "blank.pptx": of(lambda: pptx(slide("")), "no_text"),
    "hidden.pptx": of(lambda: pptx(slide(shape(PARAGRAPH), 'show="0"')), "hidden_slide"),
    "entity.pptx": of(lambda: pptx(ENTITY + slide("")), "doctype"),
    "deep.pptx": of(lambda: pptx(slide("<p:grpSp>" * 2000 + "</p:grpSp>" * 2000)), "too_deep"),
    "hollow.epub": of(lambda: zipped({"a.xml": b"<a/>"}), "not_a_book"),
    "blank.epub": of(lambda: epub("<html><body/></html>"), "no_text", "empty"),
    "part_gone.epub": of(lambda: epub("", leave_out=True), "missing_part"),
    "locked.epub": of(
        lambda: epub(
            "<html/>",
            {
                "META-INF/encryption.xml": '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
                'xmlns="http://www.w3.org/2001/04/xmlenc#"><CipherData><CipherReference URI="c.xhtml"/></CipherData>'
                "</EncryptedData></encryption>"
            },
        ),
        "encrypted",
    ),
    "deep.epub": of(lambda: epub("<html><body>" + "<div>" * 4000 + "a"), "too_deep"),
    "old.doc": of(ole(), "old_office_format"),
    "text.xls": of("a\tb\n", "unknown_format"),
    "locked.ppt": of(ole(encrypted=True), "encrypted"),
    "plain.rtf": of("ただの文", "not_rich_text"),
    "blank.rtf": of("{\\rtf1 }", "no_text"),
    "bytes.rtf": of(b"{\\rtf1\\ansicpg932 \\'81\\'ff\\'81\\'20}", "broken_encoding", "bad_rich_text"),
    # calendars
    "not.ics": of("ただの文が書いてあるだけ", "no_text"),
    "bytes.ics": of(
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:\x80\xfd\x80\x81\xff\xfe\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "broken_encoding",
    ),
    # mail, saved pages
    "blank.eml": of(_PRESENTED + b"text/plain\r\n\r\n", "no_text"),
    "not.eml": of("ただの文が書いてあるだけ", "not_mail"),
    "parts.eml": of(lambda: parts(3000), "too_many_members"),
    "nested.eml": of(lambda: nested(400), "too_deep"),
    "attached.eml": of(
        _PRESENTED + b'multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/zip; name="a.zip"\r\n'
        b'Content-Disposition: attachment; filename="a.zip"\r\n\r\nPK\x03\x04\r\n--x--\r\n',
        "broken_archive",
    ),
    "charset.eml": of(_PRESENTED + b"text/plain; charset=utf-8\r\n\r\n\x80\xfd\x80\x81\xff\r\n", "broken_encoding"),
    "plain.msg": of("ただの文", "not_mail"),
    "hollow.msg": of(ole(), "bad_message"),
    "text.mhtml": of(_PRESENTED + b"text/plain\r\n\r\nabc\r\n", "no_text"),
    "blank.mhtml": of(_PRESENTED + b"text/html\r\n\r\n<html><body></body></html>\r\n", "no_text", "empty"),
    # PDF
    "garbage.pdf": of(b"%PDF-1.7\n" + noise(3000), "bad_pdf"),
    "tree.pdf": of(lambda: large.looping_pdf("tree"), "bad_pdf", "no_text", "empty_page", "one_extractor_failed"),
    "form.pdf": of(lambda: large.looping_pdf("form"), "bad_pdf", "empty_page", "one_extractor_failed"),
    "blank.pdf": of(lambda: pdf_page("q Q"), "empty_page"),
    "scan.pdf": of(lambda: pdf_page("100 0 0 100 0 0 cm /I Do", "/XObject<</I 5 0 R>>", (_IMAGE,)), "no_text_layer"),
    "no_pages.pdf": of(
        lambda: pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"), "no_text", "bad_pdf"
    ),
    "cut.pdf": of(lambda: cut(pdf_page("q Q"), 0.2), "bad_pdf"),
    # text
    "empty.txt": of("", "empty"),
    "blank.txt": of(" \n\u3000\n", "empty"),
    "zeros.txt": of(b"\0" * 5000, "binary"),
    "program.txt": of(b"\x7fELF" + bytes(range(256)) * 40, "binary"),
    "cut.txt": of("途中で切れた文".encode()[:-1], "broken_encoding"),
    "mixed.txt": of(
        "これは".encode("cp932") + "日本語".encode() + b"\xff\xfe\x80", "broken_encoding", "ambiguous_encoding"
    ),
    "line.txt": of("あ" * 5000, "line_too_long", options={"max_line_characters": 1000}),
    "long.txt": of("あ\n" * 5000, "too_large", options={"max_file_bytes": 1000}),
    "blank.ics": of("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no_text"),
    "open.ics": of("BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 50_000, "no_text"),
    "zones.ics": of("BEGIN:VCALENDAR\r\n" + "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\n" * 20_000, "no_text"),
    "year.ics": of("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:99999999T999999Z\r\nDURATION:P99999999W\r\n", "no_text"),
    "encoding.ics": of(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:\x80\xfd\x80\x81\xff\r\n", "broken_encoding"),
    "blank_aozora.txt": of("題\n作者\n\n", "empty", "no_text", reader="aozora"),
    "unknown.bin": of(b"\0\1\2\3" * 300, "unknown_format"),
}
