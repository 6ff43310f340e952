"""The paper recipes load with the papers' settings, and run small."""

# pyright: standard

from pathlib import Path

import pytest

from tekio.recipe import load_recipe
from tekio.recipe.papers import EXPECTED, expected_and_obtained, paper_of, small_scale

ROOT = Path(__file__).parents[2]
PAPERS = sorted((ROOT / "recipes" / "papers").glob("*.yaml"))


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem)
def test_a_paper_recipe_runs_small_with_its_own_method(path: Path):
    recipe = load_recipe(path)
    demo = load_recipe(ROOT / "src" / "tekio" / "demo" / "recipe.yaml")
    small, differences = small_scale(recipe, demo)
    assert paper_of(recipe) == paper_of(small) == path.stem.split("-")[0]
    for stage in ("pretrain", "tune", "evaluate"):
        assert (getattr(small, stage) is None) == (getattr(recipe, stage) is None)
    if recipe.tune is not None and small.tune is not None:
        assert (small.tune.loss_on, small.tune.truncated) == (recipe.tune.loss_on, recipe.tune.truncated)
        assert (small.tune.lora.rank, small.tune.template) == (recipe.tune.lora.rank, recipe.tune.template)
        assert small.instruct == demo.instruct
    assert small.base is not None
    assert small.base.scratch is not None
    assert any("learning_rate" in item.en for item in differences)


def test_qfin_has_the_papers_settings():
    config = load_recipe(ROOT / "recipes" / "papers" / "qfin.yaml").pretrain
    assert config is not None
    assert (config.optimizer.learning_rate, config.optimizer.final_learning_rate) == (5e-7, 0.0)
    assert (config.sequence_length, config.batch_rows, config.epochs) == (2048, 24, 5)
    assert (config.precision, config.gradient_checkpointing) == ("bf16", True)


def test_the_table_sets_the_papers_number_beside_ours():
    results = {
        "tasks": [
            {
                "task": "cma_basics",
                "n": 38,
                "headline": "accuracy",
                "scores": {
                    "base": {"metrics": {"accuracy": {"value": 0.5, "low": 0.3, "high": 0.7}}, "degenerate": None}
                },
            },
            {"task": "exam", "n": 9, "headline": "accuracy", "scores": {}},
        ]
    }
    rows = expected_and_obtained("qfin", results)
    assert len(rows) == len(EXPECTED["qfin"]) + 1
    cma = next(row for row in rows if row["expected"] and row["expected"]["task"] == "cma_basics")
    assert cma["expected"]["after"] == pytest.approx(0.5263, abs=1e-4)
    assert cma["obtained"]["scores"]["base"]["low"] == 0.3
    assert rows[0]["obtained"] is None
    assert rows[-1]["expected"] is None


def test_the_papers_overall_means_follow_from_its_rows():
    """Paper B prints .4335 and .4716 as means of the five tasks."""
    rows = EXPECTED["qfin"]
    assert sum(row.before or 0 for row in rows) / 5 == pytest.approx(0.4335, abs=5e-5)
    assert sum(row.after or 0 for row in rows) / 5 == pytest.approx(0.4716, abs=5e-5)
