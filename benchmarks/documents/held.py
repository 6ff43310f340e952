"""Files as a bank, broker or insurer holds them, each with what an editor would read in it, and how a reading is judged.

Every check is about a line: a sentence, an item with its number, a figure with its labels stands in one line or it is wrong.
White space does not count and widths are equal (NFKC), but a raised figure is not a figure on the line, and ① is not 1.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
CIRCLED = {chr(0x2460 + at): f"○{at + 1}○" for at in range(20)}

Words = str | tuple[str, ...]
"""One text, or several of which any will do."""


@dataclass(frozen=True)
class Cell:
    """A figure and the labels it must stand with: `value` and its heads in one entry of a line that has all its row labels."""

    rows: tuple[str, ...]
    heads: tuple[str, ...]
    value: Words


@dataclass(frozen=True)
class Held:
    """A file. keep: one line has it. leave: no line has it; never: so spelled, white space too. once: the text has it one time.

    order: each stands behind the one before.

    fields: what the document table's columns say (`title`, `published`, `as_of`) of the document that has the first of `keep`.
    """

    name: str
    raw: bytes
    keep: tuple[Words, ...] = ()
    leave: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()
    fields: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Reading:
    """A document of the table: its text and its columns as text."""

    text: str
    columns: dict[str, str]


def folded(text: str) -> str:
    """`text` without white space, widths equal, raised figures as `^6`, ① as ○1○."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", lambda run: "^" + run[0].translate(RAISED), text)
    text = "".join(CIRCLED.get(char, char) for char in text)
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("〜", "~").replace("−", "-")


def checked(held: Held, readings: list[Reading]) -> list[tuple[str, bool]]:
    """Every check of a file in words, and whether the documents read from it pass."""
    lines = [line for reading in readings for line in reading.text.split("\n")]
    plain = [folded(line) for line in lines]
    whole = "\n".join(plain)
    entries = [[folded(entry) for entry in line.split(" | ")] for line in lines]
    found = [(f"keep {words}", any(one in line for one in _folded(words) for line in plain)) for words in held.keep]
    found += [(f"leave {words}", folded(words) not in whole) for words in held.leave]
    found += [(f"never {words}", not any(words in line for line in lines)) for words in held.never]
    found += [(f"once {words}", whole.count(folded(words)) == 1) for words in held.once]
    joined = whole.replace("\n", "")
    for first, second in zip(held.order, held.order[1:], strict=False):
        here = joined.find(folded(first))
        behind = here >= 0 and joined.find(folded(second), here + len(folded(first))) >= 0
        found.append((f"order {first} < {second}", behind))
    found += [(f"cell {cell.rows} {cell.heads} {cell.value}", _stands(cell, entries)) for cell in held.cells]
    firsts = [one for words in held.keep[:1] for one in _folded(words)]
    own = next((reading for reading in readings if any(one in folded(reading.text) for one in firsts)), None)
    for name, value in held.fields.items():
        found.append((f"field {name} {value}", own is not None and folded(value) in folded(own.columns.get(name, ""))))
    return found


def _folded(words: Words) -> list[str]:
    return [folded(one) for one in ((words,) if isinstance(words, str) else words)]


def _stands(cell: Cell, lines: list[list[str]]) -> bool:
    values = [re.compile(rf"(?<![0-9,.△▲^-]){re.escape(one)}(?![0-9,.^])") for one in _folded(cell.value)]
    rows, heads = ([folded(label) for label in labels] for labels in (cell.rows, cell.heads))
    return any(
        all(label in "".join(entries) for label in rows)
        and any(all(head in entry for head in heads) and any(one.search(entry) for one in values) for entry in entries)
        for entries in lines
    )
