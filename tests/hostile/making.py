"""Small files with one thing wrong: the parts that the hostile set is made of."""

# pyright: standard

import io
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

from tekio.text.office.package import OLE

Content = bytes | Callable[[], bytes]

PARAGRAPH = "これは本文の段落です。内容は試験のためのもので、意味はありません。" * 4
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


def zipped(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _relations(*entries: tuple[str, str, str]) -> str:
    lines = "".join(f'<Relationship Id="{key}" Type="{TYPES}/{kind}" Target="{to}"/>' for key, kind, to in entries)
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def docx(document: str, more: dict[str, bytes | str] | None = None) -> bytes:
    """A Word file whose main part is `document`."""
    root = _relations(("r1", "officeDocument", "word/document.xml"))
    return zipped({"_rels/.rels": root, "word/document.xml": document, **(more or {})})


def word_body(inside: str) -> str:
    return f'<w:document xmlns:w="{MAIN}"><w:body>{inside}</w:body></w:document>'


def odt(document: str, more: dict[str, bytes | str] | None = None) -> bytes:
    """An OpenDocument text whose content is `document`."""
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": document, **(more or {})})


def odt_body(inside: str) -> str:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text, table = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("text", "table"))
    return (
        f'<office:document-content xmlns:office="{office}" xmlns:text="{text}" xmlns:table="{table}">'
        f"<office:body><office:text>{inside}</office:text></office:body></office:document-content>"
    )


def ods(rows: str) -> str:
    """The content of an OpenDocument spreadsheet of one sheet."""
    return odt_body(f"<table:table>{rows}</table:table>").replace("office:text>", "office:spreadsheet>")


def odp(shapes: str) -> str:
    """The content of an OpenDocument presentation of one slide."""
    drawing = (
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    return odt_body(f"<draw:page {drawing}>{shapes}</draw:page>").replace("office:text>", "office:presentation>")


def pptx(slide: str) -> bytes:
    """A presentation of one slide, the whole part given."""
    listed = f'<p:presentation xmlns:p="{SLIDES}" xmlns:r="{TYPES}"><p:sldIdLst><p:sldId id="256" r:id="r2"/></p:sldIdLst></p:presentation>'
    return zipped(
        {
            "_rels/.rels": _relations(("r1", "officeDocument", "ppt/presentation.xml")),
            "ppt/presentation.xml": listed,
            "ppt/_rels/presentation.xml.rels": _relations(("r2", "slide", "slides/slide1.xml")),
            "ppt/slides/slide1.xml": slide,
        }
    )


def slide(inside: str, attributes: str = "") -> str:
    return f'<p:sld xmlns:p="{SLIDES}" xmlns:a="{DRAWING}" {attributes}><p:cSld><p:spTree>{inside}</p:spTree></p:cSld></p:sld>'


def shape(text: str) -> str:
    return f"<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def xlsx(sheet: str, state: str = "visible") -> bytes:
    """A workbook of one sheet, the whole part given."""
    book = f'<workbook xmlns="{SHEETS}" xmlns:r="{TYPES}"><sheets><sheet name="一" sheetId="1" state="{state}" r:id="r2"/></sheets></workbook>'
    kinds = {
        "/xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "/xl/worksheets/sheet1.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    }
    listed = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{CONTENT_TYPES}">{rels}{listed}</Types>',
            "_rels/.rels": _relations(("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": _relations(("r2", "worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def sheet(cells: str, head: str = "") -> str:
    return f'<worksheet xmlns="{SHEETS}">{head}<sheetData>{cells}</sheetData></worksheet>'


def epub(chapter: str, more: dict[str, bytes | str] | None = None, *, leave_out: bool = False) -> bytes:
    """A book of one chapter, the whole page given."""
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>'
    )
    parts: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "book.opf": book,
        **({} if leave_out else {"c.xhtml": chapter}),
    }
    return zipped(parts | (more or {}))


def parquet(columns: list[pa.Array], names: list[str]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, names=names), buffer)
    return buffer.getvalue()


def record(body: bytes, *, uri: str, head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8") -> bytes:
    """One response of a web archive."""
    block = f"{head}\r\n\r\n".encode() + body
    top = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {uri}\r\nContent-Length: {len(block)}\r\n\r\n"
    return top.encode() + block + b"\r\n\r\n"


def wiki(text: str, *, namespace: str = "0", title: str = "架空") -> bytes:
    """A dump of one page."""
    page = f"<title>{title}</title><ns>{namespace}</ns><id>1</id><revision><id>2</id><text>{text}</text></revision>"
    return f"<mediawiki><page>{page}</page></mediawiki>".encode()


def instance(inside: str, *, root: str = "xbrl") -> str:
    return f'<{root} xmlns="http://www.xbrl.org/2003/instance">{inside}</{root}>'


def inline(inside: str) -> str:
    """An inline XBRL document."""
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2008/inlineXBRL" xmlns:jp="urn:jp">'
        f"<body>{inside}</body></html>"
    )


def law(inside: str) -> str:
    return f'<Law Era="Reiwa" Year="5"><LawNum>令和五年法律第一号</LawNum><LawBody>{inside}</LawBody></Law>'


def ole(*, encrypted: bool = False) -> bytes:
    """The head of an old binary file, and nothing behind it."""
    return OLE + b"\0" * 600 + ("EncryptedPackage".encode("utf-16-le") if encrypted else b"")


def pdf(*objects: str) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out, offsets = b"%PDF-1.7\n", list[int]()
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    )
    return out + end.encode()


def pdf_page(contents: str, resources: str = "", more: tuple[str, ...] = ()) -> bytes:
    """A PDF of one page with this content stream."""
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<<{resources}>>>>",
        f"<</Length {len(contents)}>>stream\n{contents}\nendstream",
        *more,
    )
