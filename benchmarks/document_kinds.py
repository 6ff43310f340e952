"""Small inputs of many kinds (tables, pages, dates, filings, PDF, wrapped and broken text, personal data) beside what an editor reads.

    python benchmarks/document_kinds.py [--failures] [--keep FOLDER] [--without-pdf]

Written by `benchmarks/documents/kinds_*.py` before its author had looked at a reader, the second round before a look at what reads its kinds; the build is the command a user gives, its
settings the defaults. PDF files are printed by Chromium, which must be installed for them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bank_documents import built, print_checks
from documents import kinds_filings, kinds_pages, kinds_prints, kinds_second, kinds_tables, kinds_texts
from documents.held import Held


def all_held(*, prints: bool = True) -> dict[str, list[Held]]:
    """Every input, by round; prints: the PDF files too."""
    first = [
        *kinds_tables.all_tables(),
        *kinds_pages.all_pages(),
        *kinds_texts.all_texts(),
        *kinds_filings.all_filings(),
    ]
    return {
        "first": [*first, *(kinds_prints.all_prints() if prints else ())],
        "second": kinds_second.all_second() if prints else [],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="print what is wrong and what was rejected")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a new folder for files and corpus, to look at")
    parser.add_argument(
        "--without-pdf", action="store_true", help="leave out what Chromium prints, and the second round"
    )
    asked = parser.parse_args()
    rounds = all_held(prints=not asked.without_pdf)
    with tempfile.TemporaryDirectory() as temporary:
        readings, rejected = built(asked.keep or Path(temporary) / "work", [*rounds["first"], *rounds["second"]])
    for name, files in rounds.items():
        right, total = print_checks(files, readings, failures=asked.failures)
        print(f"{name:26} {right:3} of {total:3} right in {len(files)} files")
    print(f"{len(rejected)} rows rejected")
    if asked.failures:
        print(*rejected, sep="\n")


if __name__ == "__main__":
    main()
