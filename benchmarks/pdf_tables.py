"""Seventeen PDF files of tables, printed by Chromium: does every figure stand under the labels that an editor gives it?

    python benchmarks/pdf_tables.py [--failures] [--keep FOLDER]

The pages are those of `benchmarks/documents/printed_tables.py`, read by the reader of a corpus build. Every figure of a file is
there once. It is `right` where its line has the labels of its row and its entry those of its column, `bare` where its entry has
no label, `wrong` where it has others or a part of them, `lost` where no line of the text has it.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from documents.held import folded
from documents.printed_tables import Figure, Printed, all_printed
from table_forms import make_pdf
from tekio.corpus.readers.pdf import read_pdf
from tekio.corpus.readers.rows import Rejected, UnitFile
from tekio.recipe.corpus import SourceConfig

RIGHT, BARE, WRONG, LOST = "right", "bare", "wrong", "lost"


def judged(figures: Sequence[Figure], text: str) -> list[tuple[Figure, str]]:
    """What became of each figure in the text of its file."""
    lines = [unicodedata.normalize("NFKC", line).split(" | ") for line in text.split("\n")]
    folds = [[folded(entry) for entry in line] for line in lines]
    return [(figure, _verdict(figure, lines, folds)) for figure in figures]


def _verdict(figure: Figure, lines: list[list[str]], folds: list[list[str]]) -> str:
    shape = re.compile(rf"(?<![0-9,.△▲-]){re.escape(folded(figure.value))}(?![0-9,.])")
    rows, heads = ([folded(label) for label in labels] for labels in (figure.rows, figure.heads))
    found = LOST
    for line, fold in zip(lines, folds, strict=True):
        for entry, bare in zip(line, fold, strict=True):
            if not (shape.search(entry) or shape.search(bare)):
                continue
            if all(label in "".join(fold) for label in rows) and all(head in bare for head in heads):
                return RIGHT
            found = WRONG if ": " in entry else BARE
    return found


def text_of(path: Path) -> tuple[str, list[str]]:
    """(the training text of a PDF file, why pages of it were refused)."""
    source = SourceConfig.model_validate({"name": "prints", "path": str(path), "license": "internal"})
    rows = list(read_pdf(source, UnitFile(path, path.name, path.stat().st_size)))
    refused = [f"{row.uri}: {row.reason} {row.measured}" for row in rows if isinstance(row, Rejected)]
    return "\n".join(row.text for row in rows if not isinstance(row, Rejected)), refused


def printed(pages: Sequence[Printed], folder: Path) -> dict[str, Path]:
    """The files that Chromium prints."""
    return make_pdf({page.name: page.page for page in pages}, folder)


def told(counts: Counter[str]) -> str:
    """Counts in words."""
    return f"{counts.total():4} figures: " + ", ".join(
        f"{counts[kind]:3} {kind}" for kind in (RIGHT, BARE, WRONG, LOST)
    )


def main() -> None:
    """Print what became of the figures of each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="print the figures that are not right")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a folder for the files and their texts")
    asked = parser.parse_args()
    pages = list(all_printed())
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        paths = printed(pages, folder)
        for page in pages:
            text, refused = text_of(paths[page.name])
            paths[page.name].with_suffix(".txt").write_text(text, encoding="utf-8")
            results = judged(page.figures, text)
            counts = Counter(verdict for _, verdict in results)
            totals += counts
            print(f"{page.name:20} {told(counts)}", *refused, sep="\n    ")
            for figure, verdict in results if asked.failures else ():
                if verdict != RIGHT:
                    print(f"    {verdict}: {figure.rows} {figure.heads} {figure.value}")
    print(f"{'all':20} {told(totals)}")


if __name__ == "__main__":
    main()
