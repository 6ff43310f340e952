"""What a PDF file is called: what its first page shows in large print, else what the file itself says.

Programs write the name of a file or of themselves into the field for the title (`Microsoft Word - 稟議書.docx`), so it comes second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import median

from tekio.text.dates import iso_date
from tekio.text.pdf.line_ends import PlacedLine
from tekio.text.titles import joined_title

LARGE = 1.3
"""Size of a title at least, of the text's."""
WITHIN = 12
"""Lines of the first page among which the title begins."""
MOST_LINES, LONGEST, FEWEST = 4, 120, 4
ALIKE = 0.15
"""Share by which the sizes of a title's lines may differ."""
_BY_PROGRAM = re.compile(r"microsoft |無題|untitled|\.(?:docx?|xlsx?|pptx?|pdf|jtd|html?|indd|ai)$|^(?:slide|document|文書|book|sheet) ?[0-9]*$", re.IGNORECASE)  # fmt: skip


def pdf_title(pages: Sequence[Sequence[PlacedLine]], first: str, told: str) -> str | None:
    """The title of a file. pages: its lines in reading order. first: the text of its first page. told: its field for the title."""
    told = " ".join(told.split())
    written = {"".join(line.split()): line for line in first.split("\n")}
    if shown := _shown(pages, written):
        return shown
    return told if FEWEST <= len(told) <= LONGEST and not _BY_PROGRAM.search(told) else None


def _shown(pages: Sequence[Sequence[PlacedLine]], written: Mapping[str, str]) -> str:
    """written: the lines of the first page by their text without white space."""
    first: Sequence[PlacedLine] = pages[0] if pages else ()
    sizes = [line.size for page in pages for line in page for _ in range(min(len(line.text), 80))]
    if not first or not sizes:
        return ""
    body = median(sizes)
    largest = max((line.size for line in first[:WITHIN]), default=0.0)
    if largest < LARGE * body:
        return ""
    begin = next(number for number, line in enumerate(first) if line.size == largest)
    title, before = "", None
    for line in first[begin : begin + MOST_LINES]:
        if line.size < (1 - ALIKE) * largest or (before is not None and line.part != before.part):
            break
        if iso_date(line.text) is not None and len(line.text) <= 16:
            break  # the day on a title page
        title, before = joined_title(title, written.get(line.text, line.text)), line
    letters = sum(char.isalpha() for char in title)
    return title if letters >= FEWEST and len(title) <= LONGEST else ""
