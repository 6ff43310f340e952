"""`make effect-small` on a smaller cut of the same real files: both recipes, one after the other, end in the same tables."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from realdata import REAL_DATA, REPOSITORY, need_real_data
from tekio.cli import main
from tekio.store import read_json, verify_folder

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

PARTS = "aozora chabsa economy-watchers edinet-samples fin-harness jfinteb jglue laws-2013 nta/pages.zip nta/shitsugi tanshin"
STAGES = {
    "effect": ["corpus", "base", "pretrain", "instruct", "tune", "evaluate", "compare", "report"],
    "effect-jafin": ["corpus", "exam", "base", "instruct", "tune", "evaluate", "compare", "report"],
}


def fewer_members(place: Path, folder: Path) -> Path:
    """A zip of forty of another's files, which would all be read before a limit is applied."""
    small = folder / f"{place.parent.name}-{place.name}"
    with zipfile.ZipFile(place) as whole, zipfile.ZipFile(small, "w") as few:
        names = [one.filename for one in whole.infolist() if 0 < one.file_size < 50_000]
        for name in names[:: len(names) // 40]:
            few.writestr(name, whole.read(name))
    return small


def cut(name: str, folder: Path) -> Path:
    """A recipe with few documents, records, items and steps; every source, reader, task and option of the variant stays."""
    recipe = yaml.safe_load((REPOSITORY / "recipes" / "effect" / name).read_text("utf-8"))
    small: dict[str, Any] = recipe["variants"]["small"]
    recipe["variants"] = {"small": small}
    for source in recipe["corpus"]["sources"]:
        source["limit"] = 60 if source["reader"] == "edinet" else 24
        if source["name"] in ("tax", "laws"):
            place = REAL_DATA / source["path"].split("/data}/", 1)[1]
            source["path"] = str(fewer_members(place, folder))
        source["path"] = (
            source["path"]
            .replace("aozora/*/*", "aozora/00002*/*")
            .replace("*.md", "56*.md")
            .replace("tanshin/*", "tanshin/ア*")
        )
    recipe["corpus"]["held_out"]["share"] = 0.3
    for harvest in recipe["instruct"]["harvest"]:
        harvest["path"] = harvest["path"].replace("*.md", "56*.md")
    for expand in recipe["instruct"].get("expand", []):
        expand["limit"] = 40
        expand["path"] = expand["path"].replace("2022*", "202206*")
    recipe["instruct"]["validation_share"] = 0.2
    if "scratch" in small["base"]:
        scratch = small["base"]["scratch"]
        scratch["tokenizer"]["vocabulary"] = 3000
        scratch["architecture"] |= {"hidden_size": 32, "layers": 1, "heads": 2}
        scratch |= {"max_steps": 3, "batch_rows": 4}
        small["pretrain"]["max_steps"] = 3
    if "exam" in recipe:
        recipe["exam"] |= {"seen": 12, "unseen": 6}
    recipe["tune"] |= {"batch_rows": 4, "max_dropped": 1}
    small["tune"]["max_steps"] = 3
    for task in small["evaluate"]["tasks"]:
        task["limit"] = 6
    small["evaluate"]["perplexity"]["max_documents"] = 4
    recipe["compare"] |= {"validation_prompts": 2, "max_new_tokens": 8}
    path = folder / name
    path.write_text(yaml.safe_dump(recipe, allow_unicode=True), "utf-8")
    return path


def test_both_recipes_run_and_end_in_the_tables_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for part in PARTS.split():
        need_real_data(part)
    monkeypatch.setitem(os.environ, "TEKIO_REAL_DATA", str(REAL_DATA))
    monkeypatch.setitem(os.environ, "EFFECT_RUN", str(tmp_path / "effect"))
    for run, name in (("effect", "finance-cpt.yaml"), ("effect-jafin", "jafin-like.yaml")):
        asked = ["run", str(cut(name, tmp_path)), "--variant", "small", "--out", str(tmp_path / run)]
        assert main(asked) == 0
        folder = tmp_path / run / "small"
        assert [problem for stage in STAGES[run] for problem in verify_folder(folder / stage)] == []

    cpt, jafin = (read_json(tmp_path / run / "small" / "evaluate" / "results.json")["tasks"] for run in STAGES)
    scores = {one["task"]: set(one["scores"]) for one in cpt}
    assert set(scores) >= {
        "economy_watchers",
        "chabsa",
        "fp2",
        "jcommonsenseqa",
        "perplexity:tax",
        "perplexity:general",
    }
    assert scores["chabsa"] == {"base", "pretrained", "tuned"}
    scores = {one["task"]: set(one["scores"]) for one in jafin}
    assert set(scores) >= {"chabsa", "cma_basics", "fp2", "security_sales_1", "perplexity:finance"}
    assert scores["chabsa"] == {"base", "tuned"}
    exam = read_json(tmp_path / "effect-jafin" / "small" / "evaluate" / "exam.json")
    assert {(one["model"], one["half"]) for one in exam["scores"]} == {
        (model, half) for model in ("base", "tuned") for half in ("seen", "unseen")
    }
    # the second begins where the first ended
    base = tmp_path / "effect-jafin" / "small" / "base"
    start = (base / read_json(base / "place.json")["folder"]).resolve()
    assert start == (tmp_path / "effect" / "small" / "pretrain" / "model").resolve()
