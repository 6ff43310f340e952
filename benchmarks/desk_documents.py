"""Fifteen files from the desks of a bank, an insurer and a broker (approvals, clauses, rules, minutes, charts, loans, letters, exports) beside what an editor reads.

    python benchmarks/desk_documents.py [--failures] [--keep FOLDER] [--without-pdf]

Written by `benchmarks/documents/desk_*.py` before its author had looked at a reader; the build is the command a user gives, its settings the
defaults. PDF files are printed by LibreOffice, which must be installed for them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bank_documents import built, print_checks
from documents import desk_mail, desk_office, desk_prints, desk_texts, desk_word
from documents.held import Held


def all_held(*, prints: bool = True) -> list[Held]:
    """Every file; prints: the PDF files too."""
    written = [*desk_word.all_word(), *desk_office.all_office(), *desk_mail.all_mail(), *desk_texts.all_texts()]
    return [*written, *(desk_prints.all_prints() if prints else ())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="print what is wrong and what was rejected")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a new folder for files and corpus, to look at")
    parser.add_argument("--without-pdf", action="store_true", help="leave out what LibreOffice prints")
    asked = parser.parse_args()
    files = all_held(prints=not asked.without_pdf)
    with tempfile.TemporaryDirectory() as temporary:
        readings, rejected = built(asked.keep or Path(temporary) / "work", files)
    right, total = print_checks(files, readings, failures=asked.failures)
    print(f"{'all':24} {right:3} of {total:3} right, {len(rejected)} rows rejected")
    if asked.failures:
        print(*rejected, sep="\n")


if __name__ == "__main__":
    main()
