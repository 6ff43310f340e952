"""Count a corpus' documents by source and reason, and write those that were left out as CSV for a reviewer.

python examples/python/what_was_left_out.py runs/first left-out.csv
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from tekio import read_documents, read_manifest

COLUMNS = ["source", "uri", "title", "rejected_by", "measured"]


def counted(corpus: Path) -> Counter[tuple[str, str]]:
    """(source, `train`, `held_out` or the reason) -> documents. Every document of the inputs is in one of them."""
    found: Counter[tuple[str, str]] = Counter()
    for part in ("train", "held_out"):
        found.update((row["source"], part) for row in read_documents(corpus / part, ["source"]))
    rejected = read_documents(corpus / "rejected", ["source", "rejected_by"])
    found.update((row["source"], row["rejected_by"]) for row in rejected)
    return found


def main(run: str, table: str) -> int:
    """Print the counts, write the table. BOM and CRLF: Excel opens it as it is."""
    corpus = Path(run) / "corpus"
    if read_manifest(corpus) is None:
        print(f"{corpus} is no finished corpus", file=sys.stderr)
        return 1
    for (source, where), documents in sorted(counted(corpus).items()):
        print(f"{source}\t{where}\t{documents:,}")
    with Path(table).open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(read_documents(corpus / "rejected", COLUMNS))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
