"""What a run would refuse of an exam is said before it begins."""

from pathlib import Path

import pytest

from tekio.doctor.settings import check_settings
from tekio.doctor.sources import check_exam
from tekio.recipe import Recipe, load_recipe

CORPUS = "name: x\ncorpus: {sources: [{name: laws, path: docs, license: CC0-1.0}], held_out: {share: %s}}\n"


@pytest.fixture
def recipe(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "accepted.jsonl").write_text("{}\n")

    def made(exam: str, more: str = "", share: str = "0.1") -> Recipe:
        (tmp_path / "r.yaml").write_text(CORPUS % share + f"exam: {exam}\n{more}")
        return load_recipe(tmp_path / "r.yaml")

    return made


@pytest.mark.parametrize(
    ("exam", "place"), [("{sources: [law]}", "exam.sources"), ("{accepted: accepted.jsonl}", "exam.accepted")]
)
def test_what_cannot_be_asked_is_a_failure(recipe, exam, place):
    found = [item for item in check_exam(recipe(exam)) if item.level == "failure"]
    assert [item.subject for item in found] == [place]


def test_an_exam_that_can_be_made_is_none(recipe):
    assert [item for item in check_exam(recipe("{sources: [laws]}")) if item.level != "ok"] == []


def test_an_unseen_half_needs_held_out_documents(recipe):
    assert [item.level for item in check_exam(recipe("{}", share="0"))] == ["warning"]


def test_an_exam_alone_is_something_to_evaluate(recipe):
    more = "base: {model: m}\nevaluate: {models: [base], perplexity: {held_out: false}}\n"
    assert not [item for item in check_settings(recipe("{}", more)) if item.subject == "evaluate.tasks"]
