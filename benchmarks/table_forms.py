"""The tables of a report as .docx, .xlsx and .pptx (LibreOffice) and as PDF (Chromium), and those files read by others.

Used by `tables_vs_reading.py --forms`. A table is given as rows of `Slot`; a file holds all tables of a report, each behind
its mark. What python-docx, openpyxl and python-pptx find in the file shows what a conversion lost before Tekio read it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false
# (openpyxl, python-docx, python-pptx and selenium are not fully typed)

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

MARK = "■表{:05d}■"
MARKED = re.compile("■表([0-9]{5})■")
WIDE_MARK = MARK + "、" + "印" * 30 + "。"
"""A line of text above and below a table, as a paragraph is."""
NUMBER = re.compile(r"([△▲-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]{1,6}))?)(%?)")
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' office:version="1.3"'
)
STYLE = """@page {size: A4; margin: 15mm} body {font: 8pt "Noto Sans CJK JP", sans-serif} table {border-collapse: collapse;
width: 100%; break-inside: avoid} td {padding: 1pt 3pt; vertical-align: top} tr {break-inside: avoid} .n {text-align: right}"""
RULED = "td {border: 0.5pt solid black}"


@dataclass(frozen=True)
class Slot:
    """A slot of a table: the lines of the cell that covers it, how far that cell reaches, and whether it begins here."""

    lines: tuple[str, ...]
    width: int = 1
    height: int = 1
    first: bool = True


Rows = Sequence[Sequence[Slot]]


def page_html(tables: Mapping[int, Rows]) -> str:
    """A page with every table behind its mark."""
    parts = [f"<p>{WIDE_MARK.format(number)}</p>{_table_html(rows)}" for number, rows in tables.items()]
    style = STYLE + RULED
    return f"<!doctype html><html lang=ja><head><meta charset=utf-8><style>{style}</style></head><body>{''.join(parts)}</body></html>"


def _table_html(rows: Rows) -> str:
    lines: list[str] = []
    for row in rows:
        cells = [slot for slot in row if slot.first]
        lines.append("<tr>" + "".join(
            f'<td colspan={slot.width} rowspan={slot.height}{" class=n" if _is_number(slot) else ""}>{"<br>".join(map(escape, slot.lines))}</td>'
            for slot in cells) + "</tr>")  # fmt: skip
    return f"<table border=1>{''.join(lines)}</table>"


def _is_number(slot: Slot) -> bool:
    return bool(slot.lines) and all(
        re.fullmatch(r"[△▲(（-]*[0-9０-９][0-9０-９,.，．]*[)）%％]*|[－―-]", line) for line in slot.lines if line
    )


def sheets(tables: Mapping[int, Rows]) -> str:
    """A flat spreadsheet with a sheet a table; figures are numbers behind a number format, as a person types them."""
    styles: dict[str, str] = {}
    body: list[str] = []
    for number, rows in tables.items():
        lines = [
            f"<table:table-row>{''.join(_sheet_cell(slot, styles) for slot in row)}</table:table-row>" for row in rows
        ]
        body.append(f'<table:table table:name="{MARK.format(number)}">{"".join(lines)}</table:table>')
    made = "".join(styles.values())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {ODF} office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:automatic-styles>{made}</office:automatic-styles><office:body><office:spreadsheet>{''.join(body)}"
        "</office:spreadsheet></office:body></office:document>"
    )


def _sheet_cell(slot: Slot, styles: dict[str, str]) -> str:
    if not slot.first:
        return "<table:covered-table-cell/>"
    spans = _spans(slot)
    found = NUMBER.fullmatch(slot.lines[0]) if len(slot.lines) == 1 else None
    if found is None or (found[1] and not float(found[2].replace(",", ""))):  # a sheet holds no negative zero
        paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in slot.lines)
        return f'<table:table-cell{spans} office:value-type="string">{paragraphs}</table:table-cell>'
    sign, digits, decimals, share = found[1], found[2], len(found[3] or ""), found[4]
    grouped = "true" if "," in digits or len(digits.partition(".")[0]) < 4 else "false"
    name = f"n{'abcd'['△▲-'.find(sign) if sign else 3]}{decimals}{grouped[0]}{'p' if share else ''}"
    if name not in styles:
        kind = "percentage" if share else "number"
        shown = f'<number:number number:decimal-places="{decimals}" number:min-decimal-places="{decimals}" number:min-integer-digits="1" number:grouping="{grouped}"/>'
        after = "<number:text>%</number:text>" if share else ""
        below = (
            f'<number:{kind}-style style:name="{name}p0" style:volatile="true">{shown}{after}</number:{kind}-style>'
            f'<number:{kind}-style style:name="{name}f"><number:text>{sign}</number:text>{shown}{after}'
            f'<style:map style:condition="value()&gt;=0" style:apply-style-name="{name}p0"/></number:{kind}-style>'
            if sign
            else f'<number:{kind}-style style:name="{name}f">{shown}{after}</number:{kind}-style>'
        )
        styles[name] = (
            f'{below}<style:style style:name="{name}" style:family="table-cell" style:data-style-name="{name}f"/>'
        )
    value = float(digits.replace(",", "")) / (100 if share else 1) * (-1 if sign else 1)
    kind = "percentage" if share else "float"
    return f'<table:table-cell{spans} table:style-name="{name}" office:value-type="{kind}" office:value="{value!r}"/>'


def _spans(slot: Slot) -> str:
    wide = f' table:number-columns-spanned="{slot.width}"' if slot.width > 1 or slot.height > 1 else ""
    return wide + (f' table:number-rows-spanned="{slot.height}"' if wide else "")


def slides(tables: Mapping[int, Rows]) -> str:
    """A flat presentation with a slide a table, whose title is the mark."""
    body: list[str] = []
    for number, rows in tables.items():
        lines: list[str] = []
        for row in rows:
            cells = "".join(
                f"<table:table-cell{_spans(slot)}>{''.join(f'<text:p>{escape(line)}</text:p>' for line in slot.lines)}</table:table-cell>"
                if slot.first
                else "<table:covered-table-cell/>"
                for slot in row
            )
            lines.append(f"<table:table-row>{cells}</table:table-row>")
        wide = len(rows[0]) if rows else 1
        body.append(
            f'<draw:page draw:name="p{number}"><draw:frame svg:x="1cm" svg:y="1cm" svg:width="20cm" svg:height="2cm" presentation:class="title"><draw:text-box>'
            f'<text:p>{MARK.format(number)}</text:p></draw:text-box></draw:frame><draw:frame svg:x="1cm" svg:y="4cm" svg:width="24cm" svg:height="10cm">'
            f'<table:table><table:table-column table:number-columns-repeated="{wide}"/>{"".join(lines)}</table:table></draw:frame></draw:page>'
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {ODF} office:mimetype="application/vnd.oasis.opendocument.presentation">'
        f"<office:body><office:presentation>{''.join(body)}</office:presentation></office:body></office:document>"
    )


def make_office(form: str, tables: Mapping[str, Mapping[int, Rows]], folder: Path) -> dict[str, Path]:
    """A file a report, made by LibreOffice from HTML (.docx) or a flat OpenDocument file."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix, write = {"docx": ("html", page_html), "xlsx": ("fods", sheets), "pptx": ("fodp", slides)}[form]
    sources: list[Path] = []
    for name, own in tables.items():
        sources.append(folder / f"{name}.{suffix}")
        sources[-1].write_text(write(own), encoding="utf-8")
    program = shutil.which("soffice") or "soffice"
    read_as = ["--infilter=HTML (StarWriter)"] if form == "docx" else []
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, "--headless", profile, *read_as, "--convert-to", form, "--outdir", str(folder)]
    subprocess.run([*command, *map(str, sources)], check=True, capture_output=True, timeout=3_000)
    return {name: folder / f"{name}.{form}" for name in tables}


def without_rules(pages: Sequence[str]) -> str:
    """A report's own pages as they are, but for borders, backgrounds and lines drawn as pictures."""
    style = "@page {size: A4; margin: 12mm} * {border: none !important; background: none !important} hr, img {display: none}"
    return f"<!doctype html><html lang=ja><head><meta charset=utf-8></head><body>{''.join(pages)}<style>{style}</style></body></html>"


def make_pdf(pages: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """A PDF file a report, printed by Chromium."""
    from selenium import webdriver

    folder.mkdir(parents=True, exist_ok=True)
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'browser'}"):
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium") or "chromium"
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    made: dict[str, Path] = {}
    try:
        for name, text in pages.items():
            page = folder / f"{name}.html"
            page.write_text(text, encoding="utf-8")
            browser.get(page.as_uri())
            printed: Any = browser.execute_cdp_cmd(
                "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True}
            )
            made[name] = folder / f"{name}.pdf"
            made[name].write_bytes(base64.b64decode(printed["data"]))
    finally:
        browser.quit()
    return made


def grids_of(form: str, path: Path) -> Iterator[tuple[int, list[list[str]]]]:
    """The tables of a file as another library reads them: the number in the mark, and the text of every slot."""
    if form == "xlsx":
        from openpyxl import load_workbook

        for sheet in load_workbook(path).worksheets:
            rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows()]
            for area in sheet.merged_cells.ranges:
                for row in range(area.min_row, area.max_row + 1):
                    for column in range(area.min_col, area.max_col + 1):
                        rows[row - 1][column - 1] = rows[area.min_row - 1][area.min_col - 1]
            if found := MARKED.fullmatch(sheet.title):
                yield int(found[1]), rows
    elif form == "docx":
        from docx import Document
        from docx.text.paragraph import Paragraph

        document = Document(str(path))
        number = 0
        for item in document.iter_inner_content():
            if isinstance(item, Paragraph):
                found = MARKED.search(item.text)
                number = int(found[1]) if found else number
            else:
                yield number, [[cell.text for cell in row.cells] for row in item.rows]
    elif form == "pptx":
        from pptx import Presentation

        for slide in Presentation(str(path)).slides:
            words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
            if not (found := MARKED.search(words)):
                continue
            for shape in slide.shapes:
                if shape.has_table:
                    table: Any = shape.table
                    yield int(found[1]), [[_merged(table, row, column) for column in range(len(table.columns))] for row in range(len(table.rows))]  # fmt: skip


def _merged(table: Any, row: int, column: int) -> str:
    cell = table.cell(row, column)
    if not cell.is_spanned:
        return str(cell.text)
    for up in range(row, -1, -1):
        for left in range(column, -1, -1):
            origin = table.cell(up, left)
            if origin.is_merge_origin and up + origin.span_height > row and left + origin.span_width > column:
                return str(origin.text)
    return ""


def _shown(cell: Any) -> str:
    """A number without its format: what holds is the value; the reader of the benchmark compares digits."""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)
