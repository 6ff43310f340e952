"""How the check of `study` takes what rows say of the columns of a table (segments, parts of equity), right and wrong.

    python benchmarks/study_columns.py [--per-report 6] [--seed 1] [--show 3]

Lines of earnings reports with three figures and more under headings that are no periods, with one unit of money in their passage. A heading is told
without the one over it (報告セグメント) and without the blanks of its lines, as people do. Knows nothing of the check. Prints by form the share refused of right rows and
the share of wrong ones that pass.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator

from corpus_data import real_data
from page_text import text_of
from row_tally import RIGHT, Tally
from tekio.knowledge.ground import Ground

UNIT = re.compile(r"[(（:：](百万円|千円)[)）]")
CELL = re.compile(r"([^:]{2,30}): (△?[0-9,]+)")
OVER = re.compile(r"^(?:報告セグメント|株主資本|その他の包括利益累計額) ")
OF_ALL = re.compile(r"合計|計|調整|全社|消去|その他|No\.")
FARTHEST = 60
Cells = list[tuple[str, str]]
Rows = dict[str, tuple[str, str]]
"""Form -> question (empty for a statement) and text."""


def amount(written: str) -> int:
    """A figure without its sign."""
    return int(written.replace(",", "").removeprefix("△"))


def short(heading: str) -> str:
    """A heading as it is told."""
    return "".join(OVER.sub("", re.sub(r"[（(][^（()）]*[)）]$", "", heading)).split())


def lines_of(lines: list[str]) -> Iterator[tuple[int, str, Cells]]:
    """(number, label, positive cells of columns that are told alone) of lines of such tables."""
    for number, line in enumerate(lines):
        label, *rest = line.split(" | ")
        cells = [CELL.fullmatch(cell) for cell in rest]
        if len(rest) < 3 or ":" in label or re.search("期|年|月", rest[0]):
            continue
        read = [(match[1].strip(), match[2]) for match in cells if match]
        told = [(name, value) for name, value in read if amount(value) and "△" not in value and not OF_ALL.search(name)]
        alone = len({value for _, value in told}) == len(told) and len({short(name) for name, _ in told}) == len(told)
        if len(read) == len(rest) and len(told) > 1 and alone:
            yield number, label.strip(), told


def rows_of(label: str, cells: Cells, unit: str, chance: random.Random) -> tuple[Rows, Rows]:
    """(right rows, wrong rows) about two cells of a line."""
    (one, value), (other, elsewhere) = ((short(name), figure) for name, figure in chance.sample(cells, 2))
    (more, high), (less, low) = sorted([(one, value), (other, elsewhere)], key=lambda cell: -amount(cell[1]))
    gap = f"{amount(high) - amount(low):,}{unit}"
    right = {
        "value": ("", f"{one}の{label}は{value}{unit}です。"),
        "value asked": (f"{one}の{label}はいくらですか。", f"{value}{unit}"),
        "two values": ("", f"{label}は、{one}が{value}{unit}、{other}が{elsewhere}{unit}です。"),
        "more": ("", f"{label}は、{more}が{less}より多い。"),
        "difference": ("", f"{more}の{label}は{less}より{gap}多い。"),
        "which is more": (f"{one}と{other}では、{label}はどちらが多いですか。", more),
    }
    wrong = {
        "the other's value": ("", f"{one}の{label}は{elsewhere}{unit}です。"),
        "the other's value asked": (f"{one}の{label}はいくらですか。", f"{elsewhere}{unit}"),
        "two values exchanged": ("", f"{label}は、{one}が{elsewhere}{unit}、{other}が{value}{unit}です。"),
        "more": ("", f"{label}は、{less}が{more}より多い。"),
        "difference": ("", f"{less}の{label}は{more}より{gap}多い。"),
        "which is more": (f"{one}と{other}では、{label}はどちらが多いですか。", less),
    }
    return right, wrong


def main() -> None:
    """Make the rows and check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-report", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    tally = Tally(given.show)
    for path in sorted((real_data() / "tanshin").rglob("*")):
        if path.suffix not in (".htm", ".html"):
            continue
        lines = text_of(path)[0].split("\n")
        found = [*lines_of(lines)]
        for place, label, cells in chance.sample(found, min(given.per_report, len(found))):
            begin = next((n for n in range(place, max(-1, place - FARTHEST), -1) if UNIT.search(lines[n])), None)
            passage = "\n".join(lines[begin : place + 4])
            units = set(UNIT.findall(passage))
            if begin is None or len(units) != 1:
                continue
            ground = Ground.of(passage, path.parent.name)
            for kind, rows in zip((RIGHT, "wrong"), rows_of(label, cells, units.pop(), chance), strict=True):
                for form, row in rows.items():
                    tally.look(kind, form, row, ground, f"|| {lines[place][:160]}")
    tally.tell()


if __name__ == "__main__":
    main()
