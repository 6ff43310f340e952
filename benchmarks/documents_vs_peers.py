"""Documents of eleven formats: text kept, order, figures under their labels and speed, Tekio beside other tools.

    python benchmarks/documents_vs_peers.py --peers PYTHON [--docling PYTHON] [--formats docx,pdf] [--show 3] [--real 12]

PYTHON has markitdown[docx,pptx,xlsx,outlook,pdf], trafilatura, resiliparse, mail-parser, striprtf, pdfplumber;
`--docling` another with docling-slim[format-docx,format-pptx,format-xlsx,format-html] (its PDF reader loads models when
it runs and is left out). pandoc, LibreOffice, poppler and Chromium are found on the path.

Documents are made here with known words (`documents/`): headings, nested lists, merged tables, notes, tracked changes,
text boxes, columns, charts, speaker's notes, quoted mail. `--real`: also earnings reports of `../shared/data` (or
`TEKIO_REAL_DATA`) as HTML, as .docx by LibreOffice and as PDF by Chromium, against an independent reading of the HTML.

text: known sentences and headings found whole (white space, widths, marks of Markdown apart). order: the longest run of
found ones in their order, of all. tables: figures found in one row with their row labels and one column with all their
headings, by the best of several readings of the tool's output (`documents/judge.py`). unwanted: deleted text, menus kept.
CPU: seconds a document, without loading what is loaded once; for programs started for each file their start (of an
empty file) is taken off and shown apart. Tekio's text is what a build trains on: read, repaired, normalized. The last line
of a format has Tekio's CPU as a multiple of each tool's, `*`: one that Tekio is to be no slower than.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from lxml import html

import tables_vs_reading
from documents import office, pages
from documents.judge import Score, judge
from documents.truth import Figure, Truth, Writer
from tekio.corpus.readers import Rejected, Unit, UnitFile, read_unit
from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
PEERS = {
    "docx": ("markitdown", "docling", "pandoc", "libreoffice"),
    "pptx": ("markitdown", "docling"),
    "xlsx": ("markitdown", "docling", "libreoffice"),
    "eml": ("mailparser", "markitdown"),
    "msg": ("markitdown",),
    "rtf": ("pandoc", "libreoffice", "striprtf"),
    "epub": ("markitdown", "pandoc"),
    "mhtml": ("markitdown", "trafilatura", "resiliparse"),
    "md": ("markitdown", "docling", "pandoc"),
    "html": ("markitdown", "docling", "trafilatura", "resiliparse", "pandoc"),
    "pdf": ("markitdown", "pdftotext", "pdftotext -layout", "pdfplumber"),
}
NAMED = ("markitdown", "pandoc", "libreoffice", "pdftotext", "pdftotext -layout", "trafilatura")
"""The tools that Tekio is to be no slower than; the others are fast ones that read less, and docling."""
STARTS = 20
"""How often an empty file is read to know what a start costs."""
Documents = list[tuple[Path, Truth]]


@dataclass
class Result:
    """What a tool made of the files of a format."""

    score: Score
    cpu: float
    start: float = 0.0
    refused: int = 0
    error: str = ""
    said: list[str] = field(default_factory=list[str])


def make(kind: str, count: int, folder: Path) -> Documents:
    """`count` documents of a format with their truth."""
    made: Documents = []
    prints: list[tuple[Path, Path]] = []
    converts: list[Path] = []
    for number in range(count):
        writer = Writer(1_000 * sorted(PEERS).index(kind) + number)
        path = folder / f"{kind}{number}.{kind}"
        source = folder / f"{kind}{number}.source.html"
        if kind in ("docx", "pptx", "xlsx"):
            {"docx": office.docx, "pptx": office.pptx, "xlsx": office.xlsx}[kind](path, writer)
        elif kind in ("eml", "msg"):
            path.write_bytes(pages.eml(writer, number) if kind == "eml" else pages.msg(writer, number))
        elif kind == "html":
            path.write_text(pages.page(writer, number), encoding="utf-8")
        elif kind == "mhtml":
            path.write_bytes(pages.mhtml(pages.page(writer, number)))
        elif kind == "md":
            path.write_text(pages.markdown(writer), encoding="utf-8")
        elif kind == "rtf" and number % 2 == 0:
            path.write_bytes(pages.rich_text(writer))
        elif kind in ("rtf", "pdf") and number % 4 in (1, 3) and (kind == "rtf" or number % 4 == 3):
            word = folder / f"{kind}{number}.docx"
            office.docx(word, writer)
            converts.append(word)
            if kind == "pdf":
                writer.truth.unwanted.clear()  # deleted text is printed, struck through
        elif kind == "epub":
            pages.book(path, [pages.article(writer, sections=2), pages.article(writer)])
        else:
            body = (pages.article, pages.two_columns, pages.vertical)[number % 4](writer)
            if number % 4 == 0:
                body = f"<html><head><meta charset=utf-8><style>{pages.FONT}</style></head><body>{body}</body></html>"
            source.write_text(body, encoding="utf-8")
            prints.append((source, path))
        made.append((path, writer.truth))
    if prints:
        pages.print_pages(prints)
    if converts:
        pages.convert(converts, kind, folder)
    return made


def real(count: int, folder: Path) -> dict[str, Documents]:
    """Earnings reports as HTML, .docx and PDF, with an independent reading of the HTML."""
    made: dict[str, Documents] = {"html": [], "docx": [], "pdf": []}
    for number, source in enumerate(sorted((DATA / "tanshin").glob("*/*.htm"))[:count]):
        root = html.fromstring(source.read_bytes())
        truth = Truth()
        for table in root.iter("table"):
            if table.find(".//table") is None and not tables_vs_reading.CONTENTS.search("".join(table.itertext())):
                read = tables_vs_reading.read(table)
                truth.figures += [
                    Figure(tuple(words), tuple(heads), (figure,)) for words, heads, figure in read.figures
                ]
        for block in root.iter("p", "div", "td", "li"):
            if (
                block.find(".//p") is None
                and block.find(".//div") is None
                and not any(True for _ in block.iterancestors("table"))
            ):
                text = "".join(block.itertext()).split("。")
                truth.sentences += [f"{part.strip()}。" for part in text[:-1] if len(part.strip()) >= 15]
        truth.sentences = list(dict.fromkeys(truth.sentences))
        path = folder / f"real{number}.html"
        path.write_bytes(bytes(cast("bytes", html.tostring(root, encoding="utf-8", include_meta_content_type=True))))
        for kind in made:
            made[kind].append((path.with_suffix(f".{kind}"), truth))
    sources = [path for path, _ in made["html"]]
    pages.convert(sources, "docx:MS Word 2007 XML", folder)
    pages.print_pages([(path, path.with_suffix(".pdf")) for path in sources])
    return made


@cache
def settings(folder: Path) -> tuple[SourceConfig, CorpusConfig]:
    """A build reads its recipe once; the other tools are made once too."""
    source = SourceConfig(name="files", path=RecipePath.of(folder))
    return source, CorpusConfig(sources=[source], personal_data=PersonalDataConfig(mode="report"))


def tekio_text(path: Path) -> str:
    """The text of a file as a build trains on it."""
    source, config = settings(path.parent)
    rows = read_unit(source, Unit("files", (UnitFile(path, path.name, path.stat().st_size),)))
    texts = [row.text for row in rows if not isinstance(row, Rejected)]
    return "\n".join(clean_texts(texts, config, None).texts) if texts else ""


def cpu_now() -> float:
    """CPU seconds of this process, of its children that ended and of those that have not (in steps of 0.01 s)."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime + sum(map(_used_by, _children(os.getpid())))


def _children(process: int) -> list[int]:
    return [
        int(child) for path in Path(f"/proc/{process}/task").glob("*/children") for child in path.read_text().split()
    ]


def _used_by(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # its children that ended included
    return own + sum(map(_used_by, _children(process)))


def by_tekio(files: Documents, empty: Path | None) -> Result:
    """Tekio's result; `empty`: the file whose cost is its start (PDF files are read by a process each, forked from one that has loaded its libraries)."""
    tekio_text(files[0][0])
    start = 0.0
    if empty is not None:
        before = cpu_now()
        for _ in range(STARTS):
            tekio_text(empty)
        start = (cpu_now() - before) / STARTS
    before = cpu_now()
    texts = [tekio_text(path) for path, _ in files]  # the clock counts other processes in steps, so all at once
    result = Result(Score(), max((cpu_now() - before) / len(files) - start, 0.0), start)
    for (path, truth), text in zip(files, texts, strict=True):
        score, said = judge(text, truth)
        result.score.add(score)
        result.said += [f"{path.name} {line}" for line in said]
    return result


def by_peer(tool: str, python: str, files: Documents) -> tuple[str, Result]:
    """(name with version, a peer's result)."""
    command = [python, str(Path(__file__).parent / "peers" / "documents_text.py"), tool]
    given = json.dumps([str(path) for path, _ in files])
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        return tool, Result(Score(), 0.0, refused=len(files), error=done.stderr.strip().split("\n")[-1])
    told: dict[str, Any] = json.loads(done.stdout)
    used = cast("list[float]", told["cpu"])
    result = Result(Score(), sum(used) / len(files), told["start"], told["texts"].count(None), told.get("error", ""))
    for (path, truth), text in zip(files, told["texts"], strict=True):
        score, said = judge(text or "", truth)
        result.score.add(score)
        result.said += [f"{path.name} {line}" for line in said]
    return str(told["version"]), result


def share(part: int, whole: int) -> str:
    """A share, `-` of nothing."""
    return f"{part / whole:7.3f}" if whole else "      -"


def row(name: str, result: Result) -> str:
    """A tool's line."""
    score = result.score
    return (
        f"{name:34} {share(score.found, score.sentences)} {share(score.ordered, score.sentences)} "
        f"{share(score.labelled, score.figures)} {share(score.kept_unwanted, score.unwanted)} {result.cpu:9.4f} {result.start:7.3f}"
        + (f"  refused {result.refused} ({result.error})" if result.refused else "")
    )


def compare(name: str, kind: str, files: Documents, asked: argparse.Namespace, empty: Path | None) -> None:
    """Print every tool's line for the files of a format."""
    words, figures = sum(len(truth.sentences) for _, truth in files), sum(len(truth.figures) for _, truth in files)
    print(f"\n== {name}: {len(files)} documents, {words} sentences, {figures} figures")
    print(f"{'':34} {'text':>7} {'order':>7} {'tables':>7} {'unwant':>7} {'CPU s':>9} {'start':>7}")
    ours = by_tekio(files, empty)
    print(row(f"Tekio {version('tekio')}", ours), flush=True)
    ratios: list[str] = []
    for tool in PEERS[kind]:
        python = asked.docling if tool == "docling" else asked.peers
        if python:
            title, result = by_peer(tool, python, files)
            print(row(title, result), flush=True)
            if result.cpu > 0 and result.refused < len(files):
                ratios.append(f"{'*' if tool in NAMED else ''}{tool} {ours.cpu / result.cpu:.2f}")
            if asked.show_peer == tool:
                print("\n".join(f"    {line}" for line in result.said[: asked.show]))
    print("Tekio's CPU / theirs: " + ", ".join(ratios))
    for line in ours.said[: asked.show]:
        print(f"    {line}")


def main() -> None:
    """Make the documents, read them with every tool, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", required=True, help="python with the peers")
    parser.add_argument("--docling", help="python with docling-slim")
    parser.add_argument("--formats", default=",".join(PEERS))
    parser.add_argument("--documents", type=int, default=8, help="documents of each format")
    parser.add_argument("--real", type=int, default=0, help="earnings reports too")
    parser.add_argument("--show", type=int, default=0, help="print so many faults of Tekio")
    parser.add_argument("--show-peer", default="", help="and of this peer")
    parser.add_argument("--keep", type=Path, help="make the documents in this folder and keep them")
    asked = parser.parse_args()
    print(f"Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(exist_ok=True, parents=True)
        kinds = [kind for kind in asked.formats.split(",") if kind]
        empty = None
        if "pdf" in kinds:
            blank, empty = folder / "empty.html", folder / "empty.pdf"
            blank.write_text("<html><body><p>a</p></body></html>", encoding="utf-8")
            pages.print_pages([(blank, empty)])
        for kind in kinds:
            compare(f".{kind}", kind, make(kind, asked.documents, folder), asked, empty if kind == "pdf" else None)
        if asked.real:
            for kind, files in real(asked.real, folder).items():
                if kind in kinds:
                    compare(f"earnings reports as .{kind}", kind, files, asked, empty if kind == "pdf" else None)


if __name__ == "__main__":
    main()
