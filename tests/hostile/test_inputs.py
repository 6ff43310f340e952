"""The hostile set is large enough, and each of its own inputs is refused with the reason stated."""

# pyright: standard

import json
from pathlib import Path

import pytest

from hostile.inputs import READERS, RECIPES, TABLES
from tekio.corpus import build_corpus
from tekio.documents import read_documents
from tekio.engine import LocalEngine
from tekio.errors import RecipeError
from tekio.recipe import load_recipe
from tekio.recipe.corpus import CorpusConfig


def test_the_set_has_at_least_120_inputs():
    assert sum(map(len, TABLES.values())) >= 120


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, set[str]], int]:
    """Reasons by file of one build over all of them, and the rows that were kept."""
    base = tmp_path_factory.mktemp("build")
    (base / "data").mkdir()
    for name, (content, _) in READERS.items():
        (base / "data" / name).write_bytes(content)
    (base / "data" / "良い.txt").write_text("これは良い文書です。最後まで読まれます。", encoding="utf-8")
    source = {"name": "outside", "path": "data", "license": "CC0-1.0"}
    config = CorpusConfig.model_validate({"sources": [source], "filters": {"preset": "none"}}, context={"base": base})
    out = base / "run" / "corpus"
    build_corpus(config, out, seed=1, engine=LocalEngine(1))
    reasons: dict[str, set[str]] = {}
    for row in read_documents(out / "rejected"):
        name = str(row["uri"]).split("#")[0].split("!/")[0]
        reasons.setdefault(name, set()).add(str(row["rejected_by"]))
    totals = json.loads((out / "funnel.json").read_text(encoding="utf-8"))["totals"]
    return reasons, totals["rows_train"] + totals["rows_held_out"]


@pytest.mark.parametrize("name", READERS)
def test_a_file_is_refused_for_its_reason(built: tuple[dict[str, set[str]], int], name: str):
    assert built[0].get(name, set()) & READERS[name][1], built[0].get(name)


def test_the_good_file_beside_them_is_kept(built: tuple[dict[str, set[str]], int]):
    assert built[1] == 1
    assert "良い.txt" not in built[0]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_refused_for_its_reason(tmp_path: Path, name: str):
    line, words = RECIPES[name]
    (tmp_path / "recipe.yaml").write_text(f"name: x\n{line}\n", encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(tmp_path / "recipe.yaml")
    assert words in caught.value.explain("en")
