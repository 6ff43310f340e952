"""Nineteen files as a bank holds them, each with what an editor reads in it (`benchmarks/documents/bank_*.py`).

First measurement, before anything was mended on them: 397 of 481 checks (`benchmarks/bank_documents.py`). They are no longer blind.
"""

# pyright: basic

import importlib
from pathlib import Path

import pytest

from corpus.readers.held_reading import failing_checks

bank = importlib.import_module("bank_documents")


@pytest.mark.parametrize("held", bank.all_held(), ids=lambda held: held.name)
def test_a_file_says_what_an_editor_reads_in_it(held, tmp_path: Path):
    assert failing_checks(held, tmp_path) == []
