"""Fifteen files from the desks of a bank, an insurer and a broker, each with what an editor reads in it (`benchmarks/documents/desk_*.py`).

First measurement, before a reader was looked at: 515 of 578 checks (`benchmarks/desk_documents.py`). They are no longer blind.
"""

# pyright: basic

import importlib
import shutil
import sys
from functools import cache
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))
desk = importlib.import_module("desk_documents")
judge = importlib.import_module("documents.held")

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
    held = files()[name]
    (tmp_path / held.name).write_bytes(held.raw)
    documents, _ = read(tmp_path / held.name)
    source = SourceConfig(name="test", path=RecipePath.of(tmp_path))
    config = CorpusConfig(sources=[source], personal_data=PersonalDataConfig(mode="report"))
    texts = clean_texts([document.text for document in documents], config, None).texts
    readings = [
        judge.Reading(text, {name: str(getattr(document, name)) for name in ("title", "published", "as_of")})
        for document, text in zip(documents, texts, strict=True)
    ]
    wrong = [said for said, passed in judge.checked(held, readings) if not passed]
    assert wrong == STILL_ODD.get(name, [])
