"""Text of a tool beside the truth: sentences found whole, their order, figures under their labels, words too much.

A figure counts when any of several readings of the text has it in one row with its row labels and in one column with its
headings: HTML tables (spans expanded), Markdown tables, comma- and tab-separated lines, lines laid out in columns, and lines
whose every figure carries its labels. Each reading is tried on each tool's text.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import bisect
import csv
import html as entities
import re
import unicodedata
from dataclasses import dataclass

from lxml import html

from documents.truth import Figure, Truth

_TAGS = re.compile(r"</?[A-Za-z!][^<>]{0,300}>")
_LINKS = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_RULE = re.compile(r"[|:\-\s]+")
_CELL_ENDS = re.compile(r"(?<!\\)\|")


def squeezed(text: str) -> str:
    """`text` without white space, widths equal."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def bare(text: str) -> str:
    """A tool's text for looking for sentences: without markup, links, marks of Markdown."""
    plain = entities.unescape(_TAGS.sub("", _LINKS.sub(r"\1", text)))
    return re.sub(r"[*_\\#>`|]", "", squeezed(plain))


@dataclass
class Score:
    """Counts; `ordered` of `found`, the longest run of found sentences in their order."""

    sentences: int = 0
    found: int = 0
    ordered: int = 0
    figures: int = 0
    labelled: int = 0
    unwanted: int = 0
    kept_unwanted: int = 0

    def add(self, other: Score) -> None:
        """Add the counts of another document."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def judge(text: str, truth: Truth) -> tuple[Score, list[str]]:
    """(counts; what is missing or too much, in words)."""
    plain = bare(text)
    places = _places(plain, [bare(sentence) for sentence in truth.sentences])
    found = [place for place in places if place >= 0]
    tails: list[int] = []
    for place in found:  # longest increasing run, by patience sorting
        at = bisect.bisect_left(tails, place)
        tails[at : at + 1] = [place]
    readings = grids(text)
    lines = [[squeezed(entry) for entry in line.split(" | ")] for line in text.split("\n")]
    drawn = [_drawn(line) for line in text.split("\n")]
    missing = [
        figure
        for figure in truth.figures
        if not (
            any(_in_grid(figure, grid) for grid in readings) or _in_lines(figure, lines) or _in_layout(figure, drawn)
        )
    ]
    kept = [words for words in truth.unwanted if bare(words) in plain]
    said = [f"missing: {sentence}" for sentence, place in zip(truth.sentences, places, strict=True) if place < 0]
    said += [f"figure: {figure}" for figure in missing] + [f"unwanted: {words}" for words in kept]
    return (
        Score(
            len(truth.sentences),
            len(found),
            len(tails),
            len(truth.figures),
            len(truth.figures) - len(missing),
            len(truth.unwanted),
            len(kept),
        ),
        said,
    )


def _places(plain: str, sentences: list[str]) -> list[int]:
    """Where each sentence stands, -1 for none. One that the document has twice is looked for behind the first."""
    places: list[int] = []
    last: dict[str, int] = {}
    for sentence in sentences:
        again = plain.find(sentence, last[sentence] + 1) if sentence in last else -1
        place = again if again >= 0 else plain.find(sentence)
        last[sentence] = place
        places.append(place)
    return places


def grids(text: str) -> list[list[list[str]]]:
    """The tables in a text, squeezed: HTML, Markdown, comma- and tab-separated."""
    found: list[list[list[str]]] = []
    if "<table" in text:
        root = html.fromstring(f"<div>{text}</div>")
        found += [_expanded(table) for table in root.iter("table")]
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        line = line.strip()
        if line.startswith("|") and line.endswith("|") and len(line) > 2:
            if not _RULE.fullmatch(line):
                rows.append([squeezed(cell.replace("\\", "")) for cell in _CELL_ENDS.split(line[1:-1])])
        elif rows:
            found.append(rows)
            rows = []
    lines = text.split("\n")
    plain = [line.replace("\r", "").replace("\0", "") for line in lines]
    for mark in ("\t", ","):
        if sum(mark in line for line in lines) > 1:
            found.append([[squeezed(cell) for cell in row] for row in csv.reader(plain, delimiter=mark)])
    return found


def _expanded(table: html.HtmlElement) -> list[list[str]]:
    held: dict[tuple[int, int], str] = {}
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (number, column) in held:
                column += 1
            across, down = (int(cell.get(name) or 1) for name in ("colspan", "rowspan"))
            text = squeezed(str(cell.text_content()))
            held |= {(number + y, column + x): text for y in range(down) for x in range(across)}
            column += across
    wide = max((column for _, column in held), default=-1) + 1
    return [[held.get((number, column), "") for column in range(wide)] for number in range(len(rows))]


def _in_grid(figure: Figure, grid: list[list[str]]) -> bool:
    wanted = {squeezed(spelling) for spelling in figure.spellings}
    for number, row in enumerate(grid):
        for column, cell in enumerate(row):
            if cell not in wanted:
                continue
            left = "\n".join(row[:column])
            above = "\n".join(line[column] for line in grid[:number] if column < len(line))
            if all(squeezed(label) in left for label in figure.rows) and all(
                squeezed(head) in above for head in figure.heads
            ):
                return True
    return False


def _in_lines(figure: Figure, lines: list[list[str]]) -> bool:
    patterns = [re.compile(rf"(?<![0-9,.△▲-]){re.escape(squeezed(one))}(?![0-9,.])") for one in figure.spellings]
    for entries in lines:
        whole = "".join(entries)
        if all(squeezed(label) in whole for label in figure.rows) and any(
            all(squeezed(head) in entry for head in figure.heads) and any(one.search(entry) for one in patterns)
            for entry in entries
        ):
            return True
    return False


def _drawn(line: str) -> list[tuple[int, int, str]]:
    """(first column, column behind the last, text) of the pieces of a line between two blanks or more."""
    cells: list[tuple[int, int, str]] = []
    for piece in re.finditer(r"\S+(?: \S+)*", line):
        begin = sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in line[: piece.start()])
        long = sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in piece[0])
        cells.append((begin, begin + long, squeezed(piece[0])))
    return cells


def _in_layout(figure: Figure, lines: list[list[tuple[int, int, str]]]) -> bool:
    wanted = {squeezed(spelling) for spelling in figure.spellings}
    for number, cells in enumerate(lines):
        for begin, end, text in cells:
            if text not in wanted:
                continue
            near = lines[max(0, number - 30) : number]
            above = [other for line in near for low, high, other in line if low < end and begin < high]
            left = "\n".join(other for low, _, other in cells if low < begin)
            # A label over several rows stands in one of them, left of all figures.
            around = "\n".join(other for line in lines[max(0, number - 3) : number + 4] for _, _, other in line[:1])
            own = not figure.rows or squeezed(figure.rows[-1]) in left
            grouped = all(squeezed(label) in left + around for label in figure.rows[:-1])
            if own and grouped and all(any(squeezed(head) in other for other in above) for head in figure.heads):
                return True
    return False
