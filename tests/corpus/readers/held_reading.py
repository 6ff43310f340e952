"""What the files of a blind set (`benchmarks/documents/held.py`) are read as, cleaned as a build cleans them."""

# pyright: basic

import importlib
import sys
from pathlib import Path

from corpus.readers.corpus_reading import read
from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))
judge = importlib.import_module("documents.held")


def failing_checks(held, folder: Path) -> list[str]:
    """The checks of a file that do not hold."""
    (folder / held.name).write_bytes(held.raw)
    documents, _ = read(folder / held.name)
    source = SourceConfig(name="test", path=RecipePath.of(folder))
    config = CorpusConfig(sources=[source], personal_data=PersonalDataConfig(mode="report"))
    texts = clean_texts([document.text for document in documents], config, None).texts
    readings = [
        judge.Reading(text, {name: str(getattr(document, name)) for name in ("title", "published", "as_of")})
        for document, text in zip(documents, texts, strict=True)
    ]
    return [said for said, passed in judge.checked(held, readings) if not passed]
