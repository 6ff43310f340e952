"""How well the phrases of conduct are found on sentences of an author who had not seen the rules: recall and precision by kind.

    PYTHONPATH=src python benchmarks/conduct_phrases.py tests/compare/conduct/blind_1.jsonl [--show]

A row has `text`, `label` (断定的判断, 利益保証, 個別銘柄推奨 or null) and `span`, the words that the label is for. Found: a finding of that kind that touches
the span. False: a finding of a kind that the row does not have.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

from tekio.compare.phrases import conduct

KINDS = {"断定的判断": "assertion", "利益保証": "guarantee", "個別銘柄推奨": "recommendation"}


@dataclass
class Count:
    """What was there and what was found of one kind."""

    rows: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list[str])
    false: list[str] = field(default_factory=list[str])


def measure(file: Path) -> dict[str, Count]:
    """The counts of every kind over the rows of `file`."""
    counts = {kind: Count() for kind in KINDS.values()}
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text: str = row["text"]
        wanted = KINDS.get(row["label"] or "")
        start = text.find(row["span"]) if row["span"] else -1
        end = start + len(row["span"] or "")
        findings = conduct(text)
        if wanted:
            counts[wanted].rows += 1
            if any(item.kind == wanted and item.start < end and start < item.end for item in findings):
                counts[wanted].found += 1
            else:
                counts[wanted].missed.append(text)
        for kind in {item.kind for item in findings} - {wanted}:
            counts[kind].false.append(text)
    return counts


def main() -> None:
    """Print a line for each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true", help="print the rows that are missed or falsely found")
    arguments = parser.parse_args()
    for kind, count in measure(arguments.file).items():
        shown = count.found + len(count.false)
        precision = count.found / shown if shown else float("nan")
        print(
            f"{kind:15} rows {count.rows:3}  recall {count.found}/{count.rows} = {count.found / count.rows:.3f}"
            f"  precision {count.found}/{shown} = {precision:.3f}"
        )
        if arguments.show:
            for name, texts in (("missed", count.missed), ("false", count.false)):
                for text in texts:
                    print(f"    {name}: {text}")


if __name__ == "__main__":
    main()
