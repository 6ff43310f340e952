"""HTML pages beside lists of what an editor would keep, leave out, and in which order.

    python benchmarks/page_text.py FOLDER [--failures]

FOLDER holds pages and NAME.gold.json with `must_contain`, `must_not_contain`, `order`, `cells`, or with `must_contain_in_order` for the first and the
third; what `optional` lists counts neither way. Two pieces in one line are in order: a row of a table repeats the heads of its columns. Compared without white space
and with widths made equal (NFKC). Office files of the folder are read too (`--office`). A cell counts as right when one line of the text holds its row label, its
column label and its value (every part of a label of two rows).
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

from tekio.corpus.readers.dispatch import read_unit
from tekio.corpus.readers.rows import Rejected, Unit, UnitFile
from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath

PAGES = (".html", ".htm")


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def text_of(path: Path) -> tuple[str, list[str]]:
    """(the text of a file as a build reads it, reasons of refusal)."""
    source = SourceConfig(name="pages", path=RecipePath.of(path.parent))
    rows = list(read_unit(source, Unit("pages", (UnitFile(path, path.name, path.stat().st_size),))))
    texts = [row.text for row in rows if not isinstance(row, Rejected)]
    config = CorpusConfig(sources=[source], personal_data=PersonalDataConfig(mode="report"))
    return "\n".join(clean_texts(texts, config, None).texts), [row.reason for row in rows if isinstance(row, Rejected)]


def in_order(raw: str, wanted: list[str]) -> int:
    """How many neighbours of `wanted` stand in the text in this order, or in one line."""
    lines = [plain(line) for line in raw.split("\n")]
    text = "".join(lines)
    found = 0
    for first, second in pairwise(map(plain, wanted)):
        here = text.find(first)
        found += (here >= 0 and text.find(second, here + len(first)) >= 0) or any(
            first in line and second in line for line in lines
        )
    return found


def cell_is_there(text: str, cell: Any) -> bool:
    row, column, value = (cell[key] for key in ("row", "column", "value")) if isinstance(cell, dict) else cell
    labels = [plain(part) for part in (*str(row).split(), *str(column).split())]
    return any(
        all(label in line for label in labels) and plain(str(value)) in line for line in map(plain, text.split("\n"))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failures", action="store_true", help="print what is missing and what is too much")
    parser.add_argument("--office", action="store_true", help="the other files of the folder instead of the pages")
    asked = parser.parse_args()
    sums = [0] * 8
    for gold in sorted(asked.folder.glob("*.gold.json")):
        stem = gold.name.removesuffix(".gold.json")
        path = next(path for path in sorted(asked.folder.glob(f"{stem}.*")) if path != gold)
        if (path.suffix.lower() in PAGES) is asked.office:
            continue
        truth: dict[str, list[Any]] = json.loads(gold.read_text(encoding="utf-8"))
        if ordered_pieces := truth.get("must_contain_in_order"):
            truth |= {"must_contain": ordered_pieces, "order": ordered_pieces}
        raw, refused = text_of(path)
        text = plain(raw)
        missing = [piece for piece in truth.get("must_contain", []) if plain(piece) not in text]
        strict = text
        for piece in map(plain, truth.get("optional", [])):
            strict = strict.replace(piece, "\n")
        unwanted = [piece for piece in truth.get("must_not_contain", []) if plain(piece) in strict]
        pairs = max(len(truth.get("order", [])) - 1, 0)
        ordered = in_order(raw, truth.get("order", []))
        wrong = [cell for cell in truth.get("cells", []) if not cell_is_there(raw, cell)]
        own = [
            len(truth.get("must_contain", [])) - len(missing),
            len(truth.get("must_contain", [])),
            len(unwanted),
            len(truth.get("must_not_contain", [])),
            ordered,
            pairs,
            len(truth.get("cells", [])) - len(wrong),
            len(truth.get("cells", [])),
        ]
        sums = [total + value for total, value in zip(sums, own, strict=True)]
        print(
            "{:30} kept {}/{}  unwanted {}/{}  order {}/{}  cells {}/{}  {}".format(path.name, *own, " ".join(refused))
        )
        if asked.failures:
            for name, pieces in (("missing", missing), ("unwanted", unwanted), ("cell", wrong)):
                for piece in pieces:
                    print(f"    {name}: {piece}")
    print("{:30} kept {}/{}  unwanted {}/{}  order {}/{}  cells {}/{}".format("all", *sums))


if __name__ == "__main__":
    main()
