"""Nineteen files as a bank holds them, each with what an editor reads in it (`benchmarks/documents/bank_*.py`).

First measurement, before anything was mended on them: 397 of 481 checks (`benchmarks/bank_documents.py`). They are no longer blind.
"""

# pyright: basic

import importlib
import sys
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))
bank = importlib.import_module("bank_documents")
judge = importlib.import_module("documents.held")


@pytest.mark.parametrize("held", bank.all_held(), ids=lambda held: held.name)
def test_a_file_says_what_an_editor_reads_in_it(held, tmp_path: Path):
    (tmp_path / held.name).write_bytes(held.raw)
    documents, _ = read(tmp_path / held.name)
    source = SourceConfig(name="test", path=RecipePath.of(tmp_path))
    config = CorpusConfig(sources=[source], personal_data=PersonalDataConfig(mode="report"))
    texts = clean_texts([document.text for document in documents], config, None).texts
    readings = [
        judge.Reading(text, {name: str(getattr(document, name)) for name in ("title", "published", "as_of")})
        for document, text in zip(documents, texts, strict=True)
    ]
    assert [said for said, passed in judge.checked(held, readings) if not passed] == []
