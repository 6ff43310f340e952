"""Text of scanned pages by Tesseract, a program of its own: https://tesseract-ocr.github.io/.

Horizontal Japanese (`jpn`) is tried first, vertical (`jpn_vert`) where that is unsure; the surer reading is taken. Both
children have a deadline. What the program is, and its language data, decides the text: `tesseract_identity` is for the stage's key.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tekio.hashes import sha256_file

PROGRAM = "tesseract"
LANGUAGES = ("jpn", "jpn_vert")
DPI = 300
SURE = 85.0
"""Confidence of the horizontal reading, of 100, from which the vertical one is not tried."""
MEMORY = 3 << 30


@dataclass(frozen=True)
class Scan:
    """A page as it was recognised. confidence: the words' mean, weighted by their characters, of 100. language: `jpn` or `jpn_vert`.

    failed: why there is no text: `too_slow`, `not_drawn`, `tesseract_failed`.
    """

    text: str
    confidence: float
    language: str
    failed: str = ""


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


def recognise(raw: bytes, page: int, seconds: int) -> Scan:
    """The text of a page (counted from 1) of a PDF. seconds: deadline of each child."""
    picture, failed = _run([sys.executable, "-m", "tekio.text.pdf.render", str(MEMORY), str(seconds), str(page), str(DPI)], raw, seconds)  # fmt: skip
    if not picture.startswith(b"P5"):
        return Scan("", 0.0, "", failed or "not_drawn")
    best: Scan | None = None
    for language, mode in zip(LANGUAGES, ("3", "5"), strict=True):
        command = [PROGRAM, "stdin", "stdout", "-l", language, "--psm", mode, "--dpi", str(DPI), "tsv"]
        output, failed = _run(command, picture, seconds)
        scan = Scan("", 0.0, language, failed) if failed else _read_words(output.decode("utf-8", "replace"), language)
        if best is None or scan.confidence > best.confidence:
            best = scan
        if best.confidence >= SURE:
            break
    return best or Scan("", 0.0, "", "tesseract_failed")


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


def _read_words(table: str, language: str) -> Scan:
    """Tesseract's table of words as lines; a blank line between blocks."""
    lines: dict[tuple[str, ...], list[str]] = {}
    weight = total = 0.0
    for row in table.split("\n")[1:]:
        values = row.rstrip("\r").split("\t")
        if len(values) < 12 or values[0] != "5" or not values[11].strip():
            continue
        word = values[11].strip()
        lines.setdefault(tuple(values[2:5]), []).append(word)
        weight += len(word)
        total += len(word) * max(float(values[10]), 0.0)
    texts: list[str] = []
    block = ""
    for key, words in lines.items():
        if block and key[0] != block:
            texts.append("")
        block = key[0]
        texts.append(_joined(words))
    return Scan("\n".join(texts), round(total / weight, 1) if weight else 0.0, language)


def _joined(words: list[str]) -> str:
    """Words of a line: Japanese ones without blanks."""
    text = words[0]
    for word in words[1:]:
        text += " " + word if text[-1].isascii() and word[0].isascii() else word
    return text
