"""Every shipped task on its published files: who knows the answers scores 1.0, a constant answer is marked, a scratch model runs.

The files of some are not to be had here: they are tested on small files of the published form (`SMALL_FILES`).
"""

# pyright: standard

from pathlib import Path

import pytest

from evaluate.tasks.test_field_benchmarks import always_the_same, build, knowing
from model.tiny import save_tiny
from realdata import need_real_data
from tekio.evaluate import evaluate
from tekio.evaluate.results.degenerate import baselines, why_degenerate
from tekio.evaluate.results.metrics import measures
from tekio.evaluate.tasks import shipped_tasks
from tekio.recipe import RecipePath
from tekio.recipe.evaluate import EvaluateConfig, TaskConfig
from tekio.store import read_json

PUBLISHED = {
    "chabsa": "chabsa",
    "chabsa_entities": "chabsa",
    "cma_basics": "fin-harness",
    "cpa_audit": "fin-harness",
    "cpa_audit_nan": "fin-harness",
    "economy_watchers": "economy-watchers",
    "fp2": "fin-harness",
    "jaquad": "jaquad",
    "jcommonsenseqa": "jglue",
    "jfinqa": "jfinqa",
    "jfinqa_consistency": "jfinqa",
    "jfinqa_numerical": "jfinqa",
    "jfinqa_temporal": "jfinqa",
    "jmmlu_finance": "jmmlu",
    "jmmlu_general": "jmmlu",
    "jnli": "jglue",
    "jnli_greedy": "jglue",
    "jnli_paper": "jglue",
    "jsquad": "jglue",
    "security_sales_1": "fin-harness",
}
SMALL_FILES = {
    "edinet_earnings": "evaluate/tasks/test_field_benchmarks.py",
    "edinet_fraud": "evaluate/tasks/test_field_benchmarks.py",
    "edinet_industry": "evaluate/tasks/test_field_benchmarks.py",
    "ja_vg_vqa": "evaluate/tasks/test_generation_tasks.py",
    "jf_icr": "evaluate/tasks/test_field_benchmarks.py",
    "jnli_paper_1shot": "evaluate/tasks/test_generation_tasks.py",
    "jnli_paper_2shot": "evaluate/tasks/test_generation_tasks.py",
    "jnli_paper_3shot": "evaluate/tasks/test_generation_tasks.py",
    "llm_jp_eval": "evaluate/tasks/test_field_benchmarks.py",
    "marc_ja": "evaluate/tasks/test_published_files.py",
    "mgsm_ja": "evaluate/tasks/test_field_benchmarks.py",
    "niilc": "evaluate/tasks/test_field_benchmarks.py",
    "pfmt_bench_fin_ja": "evaluate/test_pfmt.py",
}


def test_every_shipped_task_is_held_somewhere():
    assert sorted({*PUBLISHED, *SMALL_FILES}) == sorted(shipped_tasks())
    tests = Path(__file__).parents[2]
    for task, place in SMALL_FILES.items():
        assert task.partition("_1shot")[0].partition("_2shot")[0].partition("_3shot")[0] in (tests / place).read_text()


@pytest.mark.heavy
@pytest.mark.real
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_who_knows_the_answers_is_right_and_who_always_says_the_same_is_marked(name: str):
    built = build(name, need_real_data(PUBLISHED[name]))
    found = {key: one.observed for key, one in measures(built, knowing(built)).items() if not key.endswith("_norm")}
    if name == "chabsa":  # 258 neutral items can only be answered wrongly
        assert found["acc_without_neutral"] == 1.0
        assert found["f1"] == pytest.approx(1.0, abs=0.03)
    else:
        assert found == {key: pytest.approx(0.0 if key == "mae" else 1.0) for key in found}
    assert why_degenerate(built, knowing(built)) is None
    assert why_degenerate(built, always_the_same(built), baselines(built)) is not None
    assert built.spec.license != "unknown"


@pytest.mark.heavy
@pytest.mark.real
def test_a_scratch_model_runs_on_all_of_them(tmp_path: Path):
    tasks = [
        TaskConfig(task=name, data=RecipePath.of(need_real_data(folder)), limit=2) for name, folder in PUBLISHED.items()
    ]
    models = {"scratch": save_tiny(tmp_path / "model")}
    config = EvaluateConfig(tasks=tasks, resamples=100, max_new_tokens=4)
    evaluate(config, tmp_path / "out", models=models, corpus=None, seed=17)
    found = read_json(tmp_path / "out" / "results.json")["tasks"]
    assert [task["task"] for task in found] == list(PUBLISHED)
    assert all(task["n"] == 2 for task in found)
    assert all(task["scores"]["scratch"]["metrics"][task["headline"]]["value"] is not None for task in found)


def test_marc_ja_is_read_in_the_form_that_jglues_script_writes(tmp_path: Path):
    folder = tmp_path / "marc_ja-v1.1"
    folder.mkdir()
    lines = [
        f'{{"sentence": "商品{number}の感想。", "label": "{("positive", "negative")[number % 2]}", "review_id": "R{number}"}}\n'
        for number in range(6)
    ]
    (folder / "valid-v1.1.json").write_text("".join(lines))
    built = build("marc_ja", tmp_path)
    assert {name: one.observed for name, one in measures(built, knowing(built)).items()}[built.headline] == 1.0
    assert why_degenerate(built, always_the_same(built), baselines(built)) is not None
