"""Fifteen files from the desks of a bank, an insurer and a broker (approvals, clauses, rules, minutes, charts, loans, letters, exports) beside what an editor reads.

    python benchmarks/desk_documents.py [--failures] [--keep FOLDER] [--without-pdf]

Written by `benchmarks/documents/desk_*.py` before its author had looked at a reader; the build is the command a user gives, its settings the
defaults. PDF files are printed by LibreOffice, which must be installed for them.
"""

from __future__ import annotations

from bank_documents import measure, options_of
from documents import desk_mail, desk_office, desk_prints, desk_texts, desk_word
from documents.held import Held


def all_held(*, prints: bool = True) -> list[Held]:
    """Every file; prints: the PDF files too."""
    written = [*desk_word.all_word(), *desk_office.all_office(), *desk_mail.all_mail(), *desk_texts.all_texts()]
    return [*written, *(desk_prints.all_prints() if prints else ())]


def main() -> None:
    parser = options_of(__doc__)
    parser.add_argument("--without-pdf", action="store_true", help="leave out what LibreOffice prints")
    asked = parser.parse_args()
    measure(all_held(prints=not asked.without_pdf), asked)


if __name__ == "__main__":
    main()
