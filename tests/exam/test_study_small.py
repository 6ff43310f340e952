"""The shipped recipe on real data, in a small cut: every stage runs, every question is accounted for, the verdict is on the page."""

# pyright: standard

import os
from pathlib import Path

import pytest

from tekio.artifacts.exam import Exam
from tekio.artifacts.exam_results import ExamResults
from tekio.artifacts.model import read_artifact
from tekio.pipeline import run_recipe
from tekio.recipe import Recipe, load_recipe

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("TEKIO_REAL_DATA", ROOT.parent / "shared" / "data"))

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not (DATA / "nta").is_dir(), reason="the real data is not here"),
]


def small(recipe: Recipe) -> Recipe:
    """A cut that two cores run in a few minutes; the zip of laws is left out, it is read whole."""
    assert recipe.corpus is not None
    assert recipe.exam is not None
    assert recipe.base is not None
    assert recipe.base.scratch is not None
    assert recipe.pretrain is not None
    sources = [one.model_copy(update={"limit": 60}) for one in recipe.corpus.sources if one.name != "laws"]
    scratch = recipe.base.scratch.model_copy(update={"max_steps": 6})
    return recipe.model_copy(
        update={
            "corpus": recipe.corpus.model_copy(update={"sources": sources}),
            "exam": recipe.exam.model_copy(update={"seen": 50, "unseen": 20, "sources": ["tax-answers", "filings"]}),
            "base": recipe.base.model_copy(update={"scratch": scratch}),
            "pretrain": recipe.pretrain.model_copy(update={"max_steps": 3}),
        }
    )


def test_the_whole_chain_ends_in_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TEKIO_REAL_DATA", str(DATA))
    run = run_recipe(small(load_recipe(ROOT / "recipes" / "study-small.yaml")), tmp_path / "run")
    exam = read_artifact(Exam, run / "exam" / "exam.json")
    assert exam.considered == exam.items + sum(exam.rejected.values())
    assert exam.plan["seen"].n == 50
    found = read_artifact(ExamResults, run / "evaluate" / "exam.json")
    assert found.exam == exam.sha256
    assert [one.model for one in found.advice] == ["pretrained"]
    assert {(one.half, one.book) for one in found.scores} == {
        ("seen", "closed"),
        ("seen", "retrieved"),
        ("seen", "oracle"),
        ("unseen", "closed"),
        ("unseen", "oracle"),
    }
    assert found.retrieval is not None
    assert found.retrieval.hit.share is not None
    assert found.retrieval.hit.share > 0.7
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    assert "Train, look it up, or both?" in page[: page.index("<nav")]
