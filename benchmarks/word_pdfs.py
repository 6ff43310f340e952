"""Paragraphs of PDF files against the documents they were printed from: does a reader of the PDF get the writer's paragraphs?

    python benchmarks/word_pdfs.py FOLDER [--show N]

FOLDER holds pairs of one name, `a.docx` and `a.pdf`, as ministries publish them side by side. python-docx says what the
paragraphs are (text outside of tables and contents lists, 40 characters and more); a paragraph of the PDF is right when the
same characters stand on one line of its training text, behind a mark of at most four characters (word processors number by
themselves); white space, digits and marks of lists and notes aside. `there`: its characters follow each other somewhere, over whatever lines. Nothing of
Tekio reads the .docx.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import unicodedata
from pathlib import Path

import docx
import pyarrow.parquet as pq

from tekio.corpus import build_corpus
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig

LONG, MARK = 40, 4
_ASIDE = re.compile(r"\(注[0-9]+\)|[0-9\s・●■○◆▪•*\uf000-\uf0ff－–-]+")


def bare(text: str) -> str:
    """A line's characters, without what programs add."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", text))


def paragraphs(path: Path) -> list[str]:
    """The paragraphs of a .docx that python-docx tells of."""
    lines: list[str] = []
    for paragraph in docx.Document(str(path)).paragraphs:
        style = paragraph.style.name if paragraph.style is not None else ""
        if not (style or "").lower().startswith("toc"):
            lines += paragraph.text.split("\n")
    return [text for text in map(bare, lines) if len(text) >= LONG]


def read(folder: Path, work: Path) -> dict[str, list[str]]:
    """The lines of each PDF's training text."""
    recipe = {
        "sources": [{"name": "pdf", "path": str(folder / "*.pdf"), "license": "CC0-1.0", "reader": "pdf"}],
        "duplicates": {"exact": False, "near": False},
        "filters": {"preset": "none"},
    }
    build_corpus(CorpusConfig.model_validate(recipe, context={"base": folder}), work / "corpus", seed=1, engine=LocalEngine(1))  # fmt: skip
    lines: dict[str, list[str]] = {}
    for file in sorted((work / "corpus").glob("train/*.parquet")) + sorted(
        (work / "corpus").glob("held_out/*.parquet")
    ):
        for row in pq.read_table(file).to_pylist():
            lines[Path(row["uri"].split("#")[0]).stem] = [bare(line) for line in row["text"].split("\n")]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--show", type=int, default=0, help="how many paragraphs that are not right to print of each file"
    )
    arguments = parser.parse_args()
    total = right = there = 0
    with tempfile.TemporaryDirectory() as work:
        read_lines = read(arguments.folder, Path(work))
        for path in sorted(arguments.folder.glob("*.docx")):
            if path.stem not in read_lines:
                continue
            lines = read_lines[path.stem]
            whole, single = "".join(lines), {line[cut:] for line in lines for cut in range(MARK + 1)}
            wanted = paragraphs(path)
            exact, inside = sum(text in single for text in wanted), sum(text in whole for text in wanted)
            print(f"{path.stem:20} {len(wanted):4} paragraphs: {exact:4} right, {inside:4} there")
            for text in [text for text in wanted if text not in single][: arguments.show]:
                print("   ", "parted" if text in whole else "apart ", text[:100])
            total, right, there = total + len(wanted), right + exact, there + inside
    print(f"{'all':20} {total:4} paragraphs: {right:4} right ({right / max(total, 1):.1%}), {there:4} there")


if __name__ == "__main__":
    main()
