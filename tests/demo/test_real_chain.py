"""The recipe of `make real` on a small cut of the same real files."""

import os
from pathlib import Path

import pytest
import yaml

from realdata import REAL_DATA, REPOSITORY, need_real_data
from tekio.pipeline import run_recipe, wanted_stages
from tekio.recipe import load_recipe
from tekio.store import read_json, verify_folder

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]


def small_cut(folder: Path) -> Path:
    """The real recipe with few documents, records, items and steps; every source, reader and task stays."""
    recipe = yaml.safe_load((REPOSITORY / "recipes" / "real-small.yaml").read_text(encoding="utf-8"))
    for source in recipe["corpus"]["sources"]:
        source["limit"] = 60 if source["reader"] == "edinet" else 12  # most rows of filings are headings or superseded
    recipe["corpus"]["held_out"]["share"] = 0.3
    scratch = recipe["base"]["scratch"]
    scratch["tokenizer"]["vocabulary"] = 3000
    scratch["architecture"] |= {"hidden_size": 64, "layers": 2}
    for section in (scratch, recipe["pretrain"], recipe["tune"]):
        section |= {"sequence_length": 256, "batch_rows": 2, "max_steps": 4, "evaluate_every": 0}
    recipe["tune"]["max_dropped"] = 1  # half the width of the real recipe
    recipe["instruct"]["expand"][0]["limit"] = 40
    recipe["instruct"]["validation_share"] = 0.3
    for task in recipe["evaluate"]["tasks"]:
        task["limit"] = 8
    recipe["evaluate"]["perplexity"]["max_documents"] = 4
    recipe["compare"] |= {"validation_prompts": 2, "max_new_tokens": 8}
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe | {"out": "run"}, allow_unicode=True), encoding="utf-8")
    return path


def test_the_whole_chain_runs_on_real_files(tmp_path, monkeypatch):
    for part in ("aozora", "chabsa", "economy-watchers", "edinet-samples", "fin-harness", "jfinteb", "jglue"):
        need_real_data(part)
    monkeypatch.setitem(os.environ, "TEKIO_REAL_DATA", str(REAL_DATA))
    recipe = load_recipe(small_cut(tmp_path))
    run = run_recipe(recipe)
    assert [problem for name in wanted_stages(recipe) for problem in verify_folder(run / name)] == []
    funnel = read_json(run / "corpus" / "funnel.json")
    for source in funnel["sources"]:
        kept = source["rows_train"] + source["rows_held_out"]
        assert source["rows_in"] == kept + sum(source["rejected"].values())
        assert kept > 0, source["name"]
    tasks = {task["task"]: task for task in read_json(run / "evaluate" / "results.json")["tasks"]}
    assert set(tasks) >= {"chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1", "jcommonsenseqa"}
    assert set(tasks) >= {"perplexity:finance", "perplexity:general"}
    assert (run / "report" / "report.html").stat().st_size > 20_000
