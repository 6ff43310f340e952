"""Figures of real tables against an independent reading: is every figure in the training text under its own labels?

    python benchmarks/tables_vs_reading.py [--forms html,docx,xlsx,pptx,pdf] [--show N]

The independent reading knows nothing of `tekio.text.tables`: lxml finds the cells, spans are expanded slot by slot, the
head is what stands above the first row with a figure, a figure's row label is the words left of it. Every figure of the
body is then looked for in the training text of its table: in a line with its row label, in an entry with the headings of
its column. It is `wrong` when its line has it under other headings only, `lost` when no line with its row label has it.

Inputs: the 54 earnings reports and the filings of `../shared/data` (or `TEKIO_REAL_DATA`).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import argparse
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from lxml import etree, html

from tekio.text.html import page_text, parse_html, parse_html_text

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
FIGURE = re.compile(
    r"(?:\(注[0-9]*\)|[※*][0-9]{1,2}(?:[,、][※*]?[0-9]{1,2})*)?[(（\[]?[△▲\-−－+]?[¥$]?[0-9][0-9,]*(?:\.[0-9]+)?(?:百万円|千円|億円|円|[%％]|株|千株|人|名|倍|社|件|口|個|銭)?[)）\]]?"
)
NIL = re.compile("[-−－―—‐─]+(?:百万円|千円|円|[%％])?")
CONTENTS = re.compile("…{3,}|・{4,}|[.]{6,}|‥{3,}")
UNIT = re.compile(r"[(（]?単位.{0,30}")


def squeezed(text: str) -> str:
    """`text` without white space, compatibility forms folded."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass
class Reading:
    """A table: its slots as text, and for every figure of the body the words left of it and the headings above it."""

    rows: list[list[str]]
    figures: list[tuple[list[str], list[str], str]] = field(default_factory=list[tuple[list[str], list[str], str]])


def is_figure(text: str) -> bool:
    """Whether a cell is an amount; four digits from 1900 to 2099 are a year."""
    bare = squeezed(text)
    return bool(FIGURE.fullmatch(bare)) and not re.fullmatch("(?:19|20)[0-9]{2}", bare)


def span(cell: Any, name: str) -> int:
    """A cell's span."""
    value = (cell.get(name) or "1").strip()
    return max(1, int(value)) if value.isdecimal() else 1


def slots(table: Any) -> list[list[str]]:
    """The table's texts with spans expanded."""
    held: dict[tuple[int, int], str] = {}
    lines = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    for number, row in enumerate(lines):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (number, column) in held:
                column += 1
            text = squeezed("".join(cell.itertext(etree.Element)))
            for down in range(min(span(cell, "rowspan"), len(lines) - number)):
                for right in range(span(cell, "colspan")):
                    held.setdefault((number + down, column + right), text)
            column += span(cell, "colspan")
    wide = max((column for _, column in held), default=-1) + 1
    return [[held.get((number, column), "") for column in range(wide)] for number in range(len(lines))]


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


def read(table: Any) -> Reading:
    """The independent reading of a table without tables in it."""
    rows = slots(table)
    first = next(
        (number for number, row in enumerate(rows) if any(is_figure(cell) or NIL.fullmatch(cell) for cell in row[1:])),
        len(rows),
    )
    joined = first_cells(table)
    reading = Reading(rows)
    for number, row in enumerate(rows[first:], start=first):
        for column, text in enumerate(row):
            if column == 0 or not is_figure(text) or row[column - 1] == text:
                continue
            words = list(dict.fromkeys(cell for cell in row[:column] if cell and not is_figure(cell)))
            above = [line[column] for line in rows[:first]]
            # A row with one text only tells about the table (its unit) or the rows below it.
            heads = [
                cell
                for cell, line in zip(above, rows[:first], strict=True)
                if cell and len({text for text in line if text and not UNIT.fullmatch(text)}) > 1
            ]
            heads = [cell for cell in dict.fromkeys(heads) if not UNIT.fullmatch(cell)]
            # Records of several rows (shares over their value) beside a cell over these rows: a heading for each row.
            record = [line for line, same in zip(rows, joined, strict=True) if same == joined[number]]
            if len(record) > 1 and len(heads) > len(record) and all(is_figure(line[column]) for line in record):
                place = record.index(row)
                heads = [*heads[: -len(record)], heads[place - len(record)]]
            reading.figures.append((words[:1], heads, text))
    return reading


@dataclass
class Verdict:
    """Figures found under their labels, under others, and not at all."""

    right: int = 0
    wrong: list[tuple[Any, str]] = field(default_factory=list[tuple[Any, str]])
    lost: list[tuple[Any, str]] = field(default_factory=list[tuple[Any, str]])

    def add(self, other: Verdict) -> None:
        """Add another table's."""
        self.right += other.right
        self.wrong += other.wrong
        self.lost += other.lost


def judge(reading: Reading, text: str) -> Verdict:
    """Each figure of a reading looked for in the table's text."""
    lines = [[squeezed(entry) for entry in line.split(" | ")] for line in text.split("\n")]
    verdict = Verdict()
    for words, heads, figure in reading.figures:
        best = "lost"
        for entries in lines:
            whole = "".join(entries)
            if any(word not in whole for word in words):
                continue
            under = [
                entry for entry in entries if re.search(rf"(?:^|[^0-9,.△▲\-]){re.escape(figure)}(?:$|[^0-9,.])", entry)
            ]
            if any(all(head.strip("()（）") in entry for head in heads) for entry in under):
                best = "right"
                break
            if under:
                best = "wrong"
        if best == "right":
            verdict.right += 1
        else:
            getattr(verdict, best).append(((words, heads, figure), text))
    return verdict


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


def main() -> None:
    """Print figures right, wrong and lost by source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=0, help="how many figures that are not right to print")
    parser.add_argument("--length", type=int, default=700, help="characters of each")
    parser.add_argument("--tables", default="labelled")
    options = parser.parse_args()
    totals: dict[str, Verdict] = {}
    counts: Counter[str] = Counter()
    for name, root in pages():
        for table in root.iter("table"):
            if table.find(".//table") is not None or CONTENTS.search("".join(table.itertext())):
                continue  # contents lists are no tables of figures; their page numbers have no heading
            reading = read(table)
            body = html.Element("div")
            after, parent, place = table.tail, table.getparent(), table.getparent().index(table)
            body.append(table)
            text = page_text(body, tables=options.tables).text
            parent.insert(place, table)
            table.tail = after
            counts["tables"] += 1
            totals.setdefault(name.split("/")[0], Verdict()).add(judge(reading, text))
    for name, verdict in totals.items():
        every = verdict.right + len(verdict.wrong) + len(verdict.lost)
        print(
            f"{name}: {every} figures, right {verdict.right / every:.4%}, wrong {len(verdict.wrong)}, lost {len(verdict.lost)}"
        )
    print(dict(counts))
    shown: set[str] = set()
    for verdict in totals.values():
        shown.clear()
        for kind in ("wrong", "lost"):
            for figure, text in getattr(verdict, kind):
                if len(shown) < options.show and text not in shown and all(label.strip("-") for label in figure[1]):
                    shown.add(text)
                    print(f"--- {kind}: {figure}\n{text[: options.length]}")


if __name__ == "__main__":
    main()
