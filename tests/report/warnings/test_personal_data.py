"""What the report says of personal data, by kind."""

from pathlib import Path
from typing import Any

import pytest

from tekio.corpus import build_corpus
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig
from tekio.report.gather import read_run
from tekio.report.warnings.personal_data import personal_data_cautions, treatment_of, treatment_words


@pytest.mark.parametrize(
    ("stage", "kind", "personal", "treatment"),
    [
        ("corpus", "phone", {"mode": "mask"}, "mask"),
        ("corpus", "person", {"mode": "mask"}, "report"),  # names have a mode of their own
        ("corpus", "address", {"mode": "mask", "people": "drop"}, "drop"),
        ("instruct", "office_phone", {}, "report"),
        ("instruct", "email", {}, "drop"),
    ],
)
def test_each_kind_has_the_treatment_of_the_recipe(stage: str, kind: str, personal: dict[str, Any], treatment: str):
    section: dict[str, Any] = {"personal_data": personal}
    assert treatment_of(stage, kind, {stage: section if stage == "corpus" else {"screen": section}}) == treatment


def test_what_is_only_counted_is_never_called_masked():
    words = treatment_words("corpus", "person", 12, {"corpus": {"personal_data": {"mode": "mask"}}})
    assert words.en == "counted only; up to 12 remain in the training text"
    assert "仮名" not in words.ja
    assert treatment_words("corpus", "phone", 3, None).en == "treatment not known"


@pytest.mark.parametrize(
    ("people", "title"),
    [("mask", "Personal data was found"), ("report", "Personal data was found, and some remains")],
)
def test_a_corpus_built_alone_says_by_its_manifest_what_was_done(tmp_path: Path, people: str, title: str):
    (tmp_path / "a.txt").write_text("契約者は早坂 花子、電話は03-1234-5678です。\n", encoding="utf-8")
    plain = {
        "sources": [{"name": "a", "path": str(tmp_path / "a.txt"), "license": "internal"}],
        "personal_data": {"people": people},
        "filters": {"preset": "none"},
    }
    config = CorpusConfig.model_validate(plain, context={"base": tmp_path})
    build_corpus(config, tmp_path / "run" / "corpus", seed=1, engine=LocalEngine(1))
    (caution,) = personal_data_cautions(read_run(tmp_path / "run", "run"), None)
    assert caution.title.en == title
    assert "not known" not in str(caution)
