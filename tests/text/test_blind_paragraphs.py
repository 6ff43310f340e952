"""Wrapped and damaged texts that were written, with what an editor would make of them, without sight of the code."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, NormalizeConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.text.encoding import decode

FOLDER = Path(__file__).parent / "blind_paragraphs"
NAMES = sorted(path.name.removesuffix(".gold.txt") for path in FOLDER.glob("*.gold.txt"))


def lines(text: str) -> list[str]:
    return [line for line in ("".join(unicodedata.normalize("NFKC", raw).split()) for raw in text.split("\n")) if line]


@pytest.mark.parametrize("name", NAMES)
def test_comes_out_as_an_editor_would_have_it(name):
    config = CorpusConfig(
        sources=[SourceConfig(name="texts", path=RecipePath.of("texts"))],
        personal_data=PersonalDataConfig(mode="report"),
        normalize=NormalizeConfig(contents_lists="keep"),
    )
    text = decode((FOLDER / f"{name}.txt").read_bytes()).text.replace("\r\n", "\n")
    found = clean_texts([text], config, None).texts[0]
    assert Counter(lines(found)) == Counter(lines((FOLDER / f"{name}.gold.txt").read_text(encoding="utf-8")))
