"""Figures of real tables against an independent reading: is every figure in the training text under its own labels?

    python benchmarks/tables_vs_reading.py [--forms html docx xlsx pptx pdf plain-pdf] [--every N] [--show N]

The independent reading knows nothing of `tekio.text.tables`: lxml finds the cells, spans are expanded slot by slot, the
head is what stands above the first row with a figure, a figure's row label is the words left of it. Every figure of the
body is then looked for in the training text of its table: in a line with its row label, in an entry with the headings of
its column. It is `wrong` when its line has it under other headings only or another row's label, `without a heading` when
its row is a line of cells without any, `lost` when no line with its row label has it.

`--forms` writes the same tables into files by LibreOffice (.docx, .xlsx, .pptx) and Chromium (`pdf` with ruling lines,
`plain-pdf` without any), a file a report (`table_forms.py`), and reads these as a corpus build does. A figure that is not
right there is looked for in the file by python-docx, openpyxl or python-pptx: `not in the file` counts those that the
conversion parted from their labels before Tekio read it. `--every N` takes every Nth report.

Inputs: the 54 earnings reports and the filings of `../shared/data` (or `TEKIO_REAL_DATA`).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from lxml import etree, html

import table_forms
from table_forms import Slot
from tekio.corpus.readers.office import read_slides, read_word, read_workbook
from tekio.corpus.readers.pdf import read_pdf
from tekio.corpus.readers.rows import Rejected, UnitFile
from tekio.recipe.corpus import SourceConfig
from tekio.text.html import page_text, parse_html, parse_html_text
from tekio.text.tables.render import RENDERINGS, Tables

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
FORMS = ("html", "docx", "xlsx", "pptx", "pdf", "plain-pdf")
FIGURE = re.compile(
    r"(?:\(注[0-9]*\)|[※*][0-9]{1,2}(?:[,、][※*]?[0-9]{1,2})*)?[(（\[]?[△▲\-−－+]?[¥$]?[0-9][0-9,]*(?:\.[0-9]+)?(?:百万円|千円|億円|円|[%％]|株|千株|人|名|倍|社|件|口|個|銭)?[)）\]]?"
)
NIL = re.compile("[-−－―—‐─]+(?:百万円|千円|円|[%％])?")
CONTENTS = re.compile("…{3,}|・{4,}|[.]{6,}|‥{3,}")
UNIT = re.compile(r"[(（]?単位.{0,30}")
BLOCKS = frozenset(["p", "div", "li", "br", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"])
WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
HEADS = {
    ("愛知銀行", 17): 1,
    ("愛知銀行", 18): 0,
    ("パナソニック", 8): 0,
    ("武田薬品工業", 8): 1,
    ("ＳＧホールディングス", 2): 0,
    ("ＳＧホールディングス", 3): 0,
    ("real", "事業年度"): 0,
}
"""(report, place of the table or its first words): rows of the head as a person sees them, where the rule of the first figure is wrong: the first rows hold
names, sentences or amounts like 1兆6,500億円."""


def squeezed(text: str) -> str:
    """`text` without white space, compatibility forms folded, one wave dash (fonts name two)."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\u301c", "~").split())


@dataclass
class Reading:
    """A table: its slots, and for every figure of the body the words left of it and the headings above it.

    nearer: for every figure the first words behind the last empty column before it: its row label where tables stand side by side.
    """

    rows: list[list[Slot]]
    figures: list[tuple[list[str], list[str], str]] = field(default_factory=list[tuple[list[str], list[str], str]])
    nearer: list[str] = field(default_factory=list[str])


def is_figure(text: str) -> bool:
    """Whether a line of a cell is an amount; four digits from 1900 to 2099 are a year."""
    bare = squeezed(text)
    return bool(FIGURE.fullmatch(bare)) and not re.fullmatch("(?:19|20)[0-9]{2}", bare)


def is_amount(text: str) -> bool:
    """Whether a line of a cell is an amount or says that there is none."""
    return is_figure(text) or bool(NIL.fullmatch(squeezed(text)))


def span(cell: Any, name: str) -> int:
    """A cell's span."""
    value = (cell.get(name) or "1").strip()
    return max(1, int(value)) if value.isdecimal() else 1


def cell_lines(cell: Any) -> tuple[str, ...]:
    """The lines of a cell as a browser shows them; among three amounts or more the empty ones (of a no-break space) too."""
    pieces: list[str] = []

    def walk(node: Any) -> None:
        if not isinstance(node.tag, str) or node.tag in ("style", "script", "rt"):
            return
        block = node.tag in BLOCKS
        pieces.append("\v" if block else "")
        pieces.append(node.text or "")
        for child in node:
            walk(child)
            pieces.append(child.tail or "")
        pieces.append("\v" if block and node.tag != "br" else "")

    walk(cell)
    text = re.sub(rf"(?<=[{WIDE}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{WIDE}])", "", "".join(pieces))
    shown = [line.strip(" \t\r\n\f") for line in text.split("\v")]
    lines = [re.sub(r"[ \t\r\n\f]+", " ", line).strip(" \u00a0") for line in shown if line]
    filled = tuple(line for line in lines if line.strip())
    return tuple(lines) if len(filled) >= 3 and all(map(is_amount, filled)) else filled


def slots(table: Any) -> list[list[Slot]]:
    """The table's slots with spans expanded."""
    held: dict[tuple[int, int], Slot] = {}
    lines = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    for number, row in enumerate(lines):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (number, column) in held:
                column += 1
            words = cell_lines(cell)
            width, height = span(cell, "colspan"), min(span(cell, "rowspan"), len(lines) - number)
            while width > 1 and any((number, column + right) in held for right in range(width)):
                width -= 1
            for down in range(height):
                for right in range(width):
                    slot = Slot(words, width, height, down == 0 and right == 0)
                    held.setdefault((number + down, column + right), slot)
            column += width
    wide = max((column for _, column in held), default=-1) + 1
    return [[held.get((number, column), Slot(())) for column in range(wide)] for number in range(len(lines))]


def first_cells(table: Any) -> list[int]:
    """For every row the row at which the cell in its first column begins."""
    begins: list[int] = []
    left = 0
    for number, row in enumerate(row for row in table.iter("tr") if next(row.iterancestors("table")) is table):
        if left > 0:
            begins.append(begins[-1])
            left -= 1
        else:
            begins.append(number)
            first = next((cell for cell in row if cell.tag in ("td", "th")), None)
            left = span(first, "rowspan") - 1 if first is not None else 0
    return begins


def read(table: Any, head_rows: int | None = None) -> Reading:
    """The independent reading of a table without tables in it. head_rows: as a person sees them, where the rule is wrong."""
    reading = Reading(slots(table))
    rows = [[squeezed("".join(slot.lines)) for slot in row] for row in reading.rows]
    amounts = (
        number
        for number, row in enumerate(reading.rows)
        if any(is_amount(line) for slot in row[1:] for line in slot.lines)
    )
    first = next(amounts, len(rows)) if head_rows is None else head_rows
    joined = first_cells(table)
    wide = max(map(len, rows), default=0)
    empty = [column for column in range(wide) if not any(line[column] for line in rows if column < len(line))]
    for number, row in enumerate(reading.rows[first:], start=first):
        texts = rows[number]
        for column, slot in enumerate(row):
            stack = [squeezed(line) for line in slot.lines]
            if column == 0 or texts[column - 1] == texts[column] or not stack:
                continue
            if not all(is_amount(text) for text in stack if text):
                continue
            # The first words left of the figure; where they have as many lines as the cell has figures, each has its own.
            label = next(
                (
                    cell
                    for cell in row[:column]
                    if cell.lines and not all(is_figure(line) for line in cell.lines if line)
                ),
                Slot(()),
            )
            apart = len(label.lines) == len(stack) > 1
            for place, text in enumerate(stack):
                if is_figure(text):
                    words = [squeezed(label.lines[place] if apart else "".join(label.lines))] if label.lines else []
                    reading.figures.append((words, _heads(rows, first, number, column, joined), text))
                    behind = max((place for place in empty if place < column), default=-1) + 1
                    own = (cell for cell in texts[behind:column] if cell and not is_figure(cell))
                    reading.nearer.append(next(own, "".join(words)))
    return reading


def _heads(rows: list[list[str]], first: int, number: int, column: int, joined: list[int]) -> list[str]:
    """The headings above a figure: not the unit of the table, nor a row with one text only, which tells about it."""
    heads = [
        line[column]
        for line in rows[:first]
        if line[column] and len({text for text in line if text and not UNIT.fullmatch(text)}) > 1
    ]
    heads = [cell for cell in dict.fromkeys(heads) if not UNIT.fullmatch(cell)]
    # Records of several rows (shares over their value) beside a cell over these rows: a heading for each row.
    record = [line for line, same in zip(rows, joined, strict=True) if same == joined[number]]
    if len(record) > 1 and len(heads) > len(record) and all(is_figure(line[column]) for line in record):
        place = record.index(rows[number])
        heads = [*heads[: -len(record)], heads[place - len(record)]]
    return heads


@dataclass
class Verdict:
    """Figures found under their labels, under others, and not at all; those that the file itself does not hold."""

    right: int = 0
    bare: int = 0
    wrong: list[tuple[Any, str]] = field(default_factory=list[tuple[Any, str]])
    lost: list[tuple[Any, str]] = field(default_factory=list[tuple[Any, str]])
    not_held: int = 0

    def add(self, other: Verdict) -> None:
        """Add another table's."""
        self.right += other.right
        self.bare += other.bare
        self.wrong += other.wrong
        self.lost += other.lost
        self.not_held += other.not_held


def judge(reading: Reading, text: str, *, wrapped: bool = False, titled: bool = False) -> Verdict:
    """Each figure of a reading looked for in the table's text. Slashes between the lines of a cell do not count.

    wrapped: other lines of a row's label may stand on lines of their own right above and below. titled: of tables side by side each may be
    a table of its own, with its heading as a line above its rows.
    """
    lines = [
        [" ".join(unicodedata.normalize("NFKC", entry).split()) for entry in line.split(" | ")]
        for line in text.split("\n")
    ]
    bare = [[squeezed(entry).replace("/", "") for entry in entries] for entries in lines]
    titles = _titles(bare) if titled else [""] * len(bare)
    verdict = Verdict()
    for (words, heads, figure), nearer in zip(reading.figures, reading.nearer, strict=True):
        best = "lost"
        spaced = " ?".join(re.escape(character) for character in figure)
        shape = re.compile(rf"(?:^|[^0-9,.△▲\-]){spaced}(?:$|[^0-9,.])")
        for place, (entries, own) in enumerate(zip(lines, bare, strict=True)):
            whole = "".join(own)
            if wrapped:
                before, after = bare[max(place - 2, 0) : place], bare[place + 1 : place + 3]
                whole = "".join(line[0] for line in before if len(line) == 1) + own[0]
                whole += "".join(line[0] for line in after if len(line) == 1) + "".join(own[1:])
            if any(word.replace("/", "") not in whole for word in words) and not (
                titled and nearer and nearer.replace("/", "") in whole
            ):
                continue
            under = [entry for entry, shown in zip(own, entries, strict=True) if shape.search(shown)]
            told = [head.strip("()（）").replace("/", "") for head in heads]
            if any(all(head in entry or head in titles[place] for head in told) for entry in under):
                best = "right"
                break
            if under and best != "wrong":
                best = "wrong" if any(": " in shown for shown in entries) else "bare"
        if best == "lost" and any(": " in shown and shape.search(shown) for entries in lines for shown in entries):
            best = "wrong"  # under a heading, in a row with another label
        if best == "right":
            verdict.right += 1
        elif best == "bare":
            verdict.bare += 1
        else:
            getattr(verdict, best).append(((words, heads, figure), text))
    return verdict


def _titles(lines: list[list[str]]) -> list[str]:
    """For every line the lines of one text above it, from the last empty line on."""
    titles: list[str] = []
    above = ""
    for entries in lines:
        titles.append(above)
        above = "" if entries == [""] else f"{above}\n{entries[0]}" if len(entries) == 1 else above
    return titles


def holds(rows: list[list[str]], words: list[str], heads: list[str], figure: str) -> bool:
    """Whether a file's own table has a figure in a row with its label and below its headings."""
    bare = [[squeezed(text) for text in row] for row in rows]
    digits = re.sub("[^0-9.]", "", figure)
    value = float(digits) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", digits) else None

    def same(text: str) -> bool:
        number = re.fullmatch(r"-?([0-9]+(?:\.[0-9]+)?)", text)
        if value is not None and number:
            return any(abs(float(number[1]) * scale - value) < 1e-6 * max(1.0, value) for scale in (1, 100))
        return figure in text

    return any(
        same(text)
        and all(word in "".join(row) for word in words)
        and all(head in "".join(line[column] for line in bare[: number + 1] if column < len(line)) for head in heads)
        for number, row in enumerate(bare)
        for column, text in enumerate(row)
    )


def pages() -> Iterator[tuple[str, Any]]:
    """Name and tree of every report and every text block of the filings."""
    for path in sorted((DATA / "tanshin").glob("*/*.htm")):
        yield f"tanshin/{path.parent.name}", parse_html(path.read_bytes())
    blocks: list[tuple[str, bytes]] = []
    for path in sorted((DATA / "edinet-samples").glob("*.zip")):
        with ZipFile(path) as archive:
            blocks += [(path.name, archive.read(name)) for name in archive.namelist() if name.endswith(".xbrl")]
    blocks.append(("real", (DATA / "edinet-samples" / "real" / "xbrl2018.xbrl").read_bytes()))
    for name, raw in blocks:
        for fact in etree.fromstring(raw, etree.XMLParser(huge_tree=True)):
            if isinstance(fact.tag, str) and fact.tag.endswith("TextBlock") and fact.text and fact.text.strip():
                yield f"edinet/{name}", parse_html_text(fact.text)


@dataclass
class Collected:
    """The tables of a report by their number, what the HTML's text says of them, and its pages with a mark at every table."""

    readings: dict[int, Reading] = field(default_factory=dict[int, Reading])
    html: Verdict = field(default_factory=Verdict)
    pages: list[str] = field(default_factory=list[str])


def collect(every: int, tables: Tables) -> dict[str, Collected]:
    """Reports with their readings, judged as HTML. every: take every Nth report."""
    found: dict[str, Collected] = {}
    skipped: set[str] = set()
    counted = 0
    for name, root in pages():
        if name not in found and name not in skipped:
            counted += 1
            if counted % every:
                skipped.add(name)
        if name in skipped:
            continue
        own = found.setdefault(name, Collected())
        marks: list[tuple[Any, Any, Any]] = []
        for place, table in enumerate(root.iter("table")):
            if table.find(".//table") is not None or CONTENTS.search("".join(table.itertext())):
                continue  # contents lists are no tables of figures; their page numbers have no heading
            report, words = name.split("/")[1], next((text for text in map(squeezed, table.itertext()) if text), "")
            reading = read(table, HEADS.get((report, place), HEADS.get((report, words))))
            body = html.Element("div")
            after, parent, at = table.tail, table.getparent(), table.getparent().index(table)
            body.append(table)
            text = page_text(body, tables=tables).text
            parent.insert(at, table)
            table.tail = after
            number = len(own.readings) + 1
            own.readings[number] = reading
            mark, end = html.Element("p"), html.Element("p")
            mark.text, end.text = table_forms.WIDE_MARK.format(number), table_forms.WIDE_MARK.format(0)
            marks.append((table, mark, end))
            own.html.add(judge(reading, text))
        for table, mark, end in marks:
            table.addprevious(mark)
            end.tail, table.tail = table.tail, None
            table.addnext(end)
        own.pages.append(str(html.tostring(root, encoding="unicode")))
    return found


READERS = {"docx": read_word, "xlsx": read_workbook, "pptx": read_slides, "pdf": read_pdf, "plain-pdf": read_pdf}


def texts_of(form: str, path: Path, tables: Tables) -> tuple[dict[int, str], Counter[str]]:
    """The training text of every table of a file, and the reasons of what was refused."""
    source = SourceConfig.model_validate(
        {"name": "forms", "domain": "finance", "path": str(path), "license": "internal", "options": {"tables": tables}}
    )
    texts: dict[int, str] = {}
    refused: Counter[str] = Counter()
    for row in READERS[form](source, UnitFile(path, path.name, path.stat().st_size)):
        if isinstance(row, Rejected):
            refused[row.reason] += 1
            continue
        pieces = table_forms.MARKED.split(f"{row.title or ''}\n{row.text}" if form == "xlsx" else row.text)
        for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
            texts[int(number)] = texts.get(int(number), "") + text
    return texts, refused


def judge_form(
    form: str, reports: dict[str, Collected], tables: Tables, folder: Path
) -> tuple[dict[str, Verdict], Counter[str]]:
    """What the same tables give in another form, by source."""
    named = {name.replace("/", "+"): own for name, own in reports.items()}
    rows = {name: {number: reading.rows for number, reading in own.readings.items()} for name, own in named.items()}
    if form == "pdf":
        paths = table_forms.make_pdf({name: table_forms.page_html(own) for name, own in rows.items()}, folder)
    elif form == "plain-pdf":
        paths = table_forms.make_pdf(
            {name: table_forms.without_rules(own.pages) for name, own in named.items()}, folder
        )
    else:
        paths = table_forms.make_office(form, rows, folder)
    totals: dict[str, Verdict] = {}
    refused: Counter[str] = Counter()
    for name, own in named.items():
        texts, reasons = texts_of(form, paths[name], tables)
        refused += reasons
        held: dict[int, list[list[str]]] = dict(table_forms.grids_of(form, paths[name]))
        total = totals.setdefault(name.split("+")[0], Verdict())
        for number, reading in own.readings.items():
            verdict = judge(reading, texts.get(number, ""), wrapped=form == "plain-pdf", titled=form == "xlsx")
            if number in held:
                for kind in (verdict.wrong, verdict.lost):
                    missing = [entry for entry in kind if not holds(held[number], *entry[0])]
                    verdict.not_held += len(missing)
                    kind[:] = [entry for entry in kind if entry not in missing]
            total.add(verdict)
    return totals, refused


def tell(form: str, totals: dict[str, Verdict]) -> None:
    """Print figures right, wrong and lost by source."""
    for name, verdict in totals.items():
        every = verdict.right + verdict.bare + len(verdict.wrong) + len(verdict.lost)
        apart = f", without a heading {verdict.bare}" if verdict.bare else ""
        apart += f", not in the file {verdict.not_held}" if verdict.not_held else ""
        print(f"{form} {name}: {every} figures, right {verdict.right / max(every, 1):.4%}, wrong {len(verdict.wrong)}, lost {len(verdict.lost)}{apart}")  # fmt: skip


def show(totals: dict[str, Verdict], most: int, length: int) -> None:
    """Print figures that are not right, one a table."""
    for verdict in totals.values():
        for kind in ("wrong", "lost"):
            shown: set[str] = set()
            for figure, text in getattr(verdict, kind):
                if len(shown) < most and text not in shown:
                    shown.add(text)
                    print(f"--- {kind}: {figure}\n{text[:length]}")


def main() -> None:
    """Print figures right, wrong and lost by form and source."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", nargs="*", choices=FORMS, default=["html"])
    parser.add_argument("--every", type=int, default=1, help="take every Nth report")
    parser.add_argument("--show", type=int, default=0, help="how many tables with figures that are not right to print")
    parser.add_argument("--length", type=int, default=700, help="characters of each")
    parser.add_argument("--tables", choices=RENDERINGS, default="labelled")
    parser.add_argument("--keep", type=Path, help="folder for the files that are made (else a temporary one)")
    options = parser.parse_args()
    reports = collect(options.every, options.tables)
    print(f"{len(reports)} reports and filings, {sum(len(own.readings) for own in reports.values())} tables")
    for form in options.forms or FORMS:
        began = time.monotonic()
        refused: Counter[str] = Counter()
        if form == "html":
            totals: dict[str, Verdict] = {}
            for name, own in reports.items():
                totals.setdefault(name.split("/")[0], Verdict()).add(own.html)
        elif options.keep:
            totals, refused = judge_form(form, reports, options.tables, options.keep / form)
        else:
            with tempfile.TemporaryDirectory() as folder:
                totals, refused = judge_form(form, reports, options.tables, Path(folder))
        tell(form, totals)
        if refused:
            print(f"{form} refused: {dict(refused)}")
        print(f"{form}: {time.monotonic() - began:.0f} s", flush=True)
        show(totals, options.show, options.length)


if __name__ == "__main__":
    main()
