"""Text of scanned pages by Tesseract, a program of its own: https://tesseract-ocr.github.io/.

Horizontal Japanese (`jpn`) is tried first, vertical (`jpn_vert`) where that is unsure; the surer reading is taken. Both
children have a deadline. What the program is, and its language data, decides the text: `tesseract_identity` is for the stage's key.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tekio.hashes import sha256_file

PROGRAM = "tesseract"
LANGUAGES = ("jpn", "jpn_vert")
DPI = 300
SURE = 85.0
"""Confidence of the horizontal reading, of 100, from which the vertical one is not tried."""
MEMORY = 3 << 30
DARK, CLEAN = 160, 0.001
"""What a dot of ink is at most, of 255; the share of a row's dots that may be ink in a row without: specks."""
GAP, LEAST_BAND = 24, 0.12
"""Rows of dots between tiers at least (2 mm), and the share of the page that a tier has."""
ROW_FIGURES = 2
_FIGURE = re.compile("[(（△▲]?[0-9][0-9,.]*[)）%％]?")
_DIGIT = re.compile("[0-9]")
MIN_COLUMNS = 12
"""Lines that a tier has at least: a gap in fewer may be one between letters."""


@dataclass(frozen=True)
class Scan:
    """A page as it was recognised. confidence: the words' mean, weighted by their characters, of 100. language: `jpn` or `jpn_vert`.

    failed: why there is no text: `too_slow`, `not_drawn`, `tesseract_failed`. figures, unsure: lines that are not in the text: rows of
    figures, whose columns and signs recognition loses (△9.3 became ムハ9.3), and those less sure than asked for.
    """

    text: str
    confidence: float
    language: str
    failed: str = ""
    figures: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def tesseract_problem() -> str:
    """What is missing for recognition: the program, a language; empty when nothing is."""
    if shutil.which(PROGRAM) is None:
        return PROGRAM
    missing = [name for name in LANGUAGES if name not in _languages()[1]]
    return f"{PROGRAM}: {', '.join(missing)}" if missing else ""


@cache
def tesseract_identity() -> str:
    """The program's version and the hashes of its Japanese language data; empty where it is not installed."""
    if shutil.which(PROGRAM) is None:
        return ""
    version = _asked("--version").split("\n", 1)[0].strip()
    folder, names = _languages()
    files = [folder / f"{name}.traineddata" for name in LANGUAGES if name in names]
    return " ".join([version, *(f"{file.stem}:{sha256_file(file)[:16]}" for file in files if file.is_file())])


@cache
def _languages() -> tuple[Path, frozenset[str]]:
    lines = _asked("--list-langs").split("\n")
    folder = lines[0].partition('"')[2].partition('"')[0]
    return Path(folder), frozenset(line.strip() for line in lines[1:] if line.strip())


def _asked(option: str) -> str:
    try:
        done = subprocess.run([PROGRAM, option], capture_output=True, timeout=30, env=_environment(), check=False)  # noqa: S603 (a fixed name, no shell)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "TESSDATA_PREFIX") if name in os.environ
    }
    return kept | {"OMP_THREAD_LIMIT": "1"}  # the same text whatever the number of cores


def recognise(raw: bytes, page: int, seconds: int, least: float = 0.0) -> Scan:
    """The text of a page (counted from 1) of a PDF. seconds: deadline of each child. least: confidence that a line needs."""
    picture, failed = _run([sys.executable, "-m", "tekio.text.pdf.render", str(MEMORY), str(seconds), str(page), str(DPI)], raw, seconds)  # fmt: skip
    if not picture.startswith(b"P5"):
        return Scan("", 0.0, "", failed or "not_drawn")
    best = _read(picture, LANGUAGES[0], seconds, least)
    if best.confidence < SURE:
        upright = _read(picture, LANGUAGES[1], seconds, least)
        if upright.confidence > best.confidence:
            parts = bands(picture)
            best = (
                upright
                if len(parts) < 2
                else _joined_parts([_read(part, LANGUAGES[1], seconds, least) for part in parts])
            )
    return best


def _read(picture: bytes, language: str, seconds: int, least: float) -> Scan:
    """A picture as Tesseract reads it in a language."""
    mode = {"jpn": "3", "jpn_vert": "5"}[language]
    command = [PROGRAM, "stdin", "stdout", "-l", language, "--psm", mode, "--dpi", str(DPI), "tsv"]
    output, failed = _run(command, picture, seconds)
    return (
        Scan("", 0.0, language, failed) if failed else _read_words(output.decode("utf-8", "replace"), language, least)
    )


def _joined_parts(parts: list[Scan]) -> Scan:
    """The tiers of a page one after the other; its confidence is that of all their letters."""
    if failed := next((part for part in parts if part.failed), None):
        return failed
    letters = [len("".join(part.text.split())) for part in parts]
    mean = sum(size * part.confidence for size, part in zip(letters, parts, strict=True)) / max(sum(letters), 1)
    return Scan(
        "\n\n".join(part.text for part in parts if part.text),
        round(mean, 1),
        parts[0].language,
        figures=tuple(line for part in parts for line in part.figures),
        unsure=tuple(line for part in parts for line in part.unsure),
    )


def bands(picture: bytes) -> list[bytes]:
    """The tiers of a page of vertical lines: parts of a picture (PGM) between rows without ink, each a good part of its height."""
    header = re.match(rb"P5\s+([0-9]+)\s+([0-9]+)\s+255\s", picture)
    if header is None:
        return [picture]
    wide, high = int(header[1]), int(header[2])
    dots = np.frombuffer(picture, np.uint8, wide * high, header.end()).reshape(high, wide)
    inked = (dots < DARK).sum(axis=1) > CLEAN * wide
    places = np.flatnonzero(inked)
    if not len(places):
        return [picture]
    gaps = [(int(a) + 1, int(b)) for a, b in pairwise(places) if b - a > GAP]
    cuts = [0]
    for begin, end in gaps:
        if begin - cuts[-1] >= LEAST_BAND * high and int(places[-1]) - end >= LEAST_BAND * high:
            cuts.append((begin + end) // 2)
    edges = [*cuts, high]
    if any(_columns(dots[above:below]) < MIN_COLUMNS for above, below in pairwise(edges)):
        return [picture]
    return (
        [b"P5 %d %d 255\n" % (wide, below - above) + dots[above:below].tobytes() for above, below in pairwise(edges)]
        if len(edges) > 2
        else [picture]
    )


def _columns(dots: NDArray[np.uint8]) -> int:
    """Lines that run down: strips of ink with nothing between them."""
    inked = (dots < DARK).any(axis=0)
    return int((np.diff(inked.astype(np.int8), prepend=0) == 1).sum())


def _run(command: list[str], given: bytes, seconds: int) -> tuple[bytes, str]:
    """(a child's output, why there is none). The child and what it started end at the deadline."""
    environment = _environment() | {"PYTHONPATH": str(Path(__file__).parents[3])}
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=seconds, env=environment, check=False)  # noqa: S603 (fixed names, no shell)
    except subprocess.TimeoutExpired:
        return b"", "too_slow"
    except OSError:
        return b"", "tesseract_failed"
    return (done.stdout, "") if done.returncode == 0 else (b"", "tesseract_failed")


def _read_words(table: str, language: str, least: float = 0.0) -> Scan:
    """Tesseract's table of words as lines; a blank line between blocks. Rows of figures and unsure lines stand apart."""
    lines: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for row in table.split("\n")[1:]:
        values = row.rstrip("\r").split("\t")
        if len(values) >= 12 and values[0] == "5" and values[11].strip():
            word = values[11].strip()
            lines.setdefault(tuple(values[2:5]), []).append((word, max(float(values[10]), 0.0)))
    words = [word for line in lines.values() for word in line]
    texts: list[str] = []
    figures: list[str] = []
    unsure: list[str] = []
    block = ""
    for key, line in lines.items():
        text = _joined([word for word, _ in line])
        if language == "jpn" and _is_row_of_figures(text):
            figures.append(text)
            continue
        if _sure(line) < least:
            unsure.append(text)
            continue
        if block and key[0] != block:
            texts.append("")
        block = key[0]
        texts.append(text)
    return Scan("\n".join(texts), round(_sure(words), 1), language, "", tuple(figures), tuple(unsure))


def _sure(words: list[tuple[str, float]]) -> float:
    """How sure words are together, by their characters."""
    return sum(len(word) * sure for word, sure in words) / max(sum(len(word) for word, _ in words), 1)


def _is_row_of_figures(line: str) -> bool:
    """Whether a line is a row of a table: figures that stand apart, and no sentence."""
    pieces = [piece for piece in re.split(r"[\s|｜]+", line) if _DIGIT.search(piece)]
    hiragana = sum("\u3041" <= letter <= "\u3096" for letter in line)
    return len(pieces) >= ROW_FIGURES and any(map(_FIGURE.fullmatch, pieces)) and hiragana < 0.1 * len(line)


def _joined(words: list[str]) -> str:
    """Words of a line: Japanese ones without blanks."""
    text = words[0]
    for word in words[1:]:
        text += " " + word if text[-1].isascii() and word[0].isascii() else word
    return text
