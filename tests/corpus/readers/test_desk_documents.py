"""Fifteen files from the desks of a bank, an insurer and a broker, each with what an editor reads in it (`benchmarks/documents/desk_*.py`).

First measurement, before a reader was looked at: 515 of 578 checks (`benchmarks/desk_documents.py`). They are no longer blind.
"""

# pyright: basic

import importlib
import shutil
from functools import cache
from pathlib import Path

import pytest

from corpus.readers.held_reading import failing_checks

desk = importlib.import_module("desk_documents")

STILL_ODD = {
    "loan_page.mhtml": ["leave 年会費が無料", "field as_of 2025-07-01"],
}
"""A frame that no page shows is a document of its own; the day in a table's caption is not that of the page."""


@cache
def files():
    return {held.name: held for held in desk.all_held(prints=shutil.which("soffice") is not None)}


NAMES = [held.name for held in desk.all_held(prints=False)]


@pytest.mark.parametrize("name", [*NAMES, "clauses.pdf", "monthly.pdf"])
def test_a_file_says_what_an_editor_reads_in_it(name, tmp_path: Path):
    if name not in files():
        pytest.skip("PDF files are printed by LibreOffice")
    assert failing_checks(files()[name], tmp_path) == STILL_ODD.get(name, [])
