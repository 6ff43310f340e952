"""The table of sources: ours beside the paper's, with what is not at hand and what the records are about."""

import json
import re
from pathlib import Path

import pytest

from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import read_artifact
from tekio.cli import main
from tekio.engine import LocalEngine
from tekio.instruct import build_instructions
from tekio.instruct.check import config_problems
from tekio.instruct.source_table import source_table, table_lines
from tekio.recipe import load_recipe
from tekio.recipe.instruct import InstructConfig
from tekio.recipe.paper_sources import EXPECTED_SOURCES
from tekio.store import read_json, read_jsonl

ROOT = Path(__file__).parents[2]


def page(number: int, section: str) -> str:
    return (
        f"1. [ホーム](https://a.example/)\n2. [法令等](https://a.example/l)\n3. [{section}](https://a.example/s)\n4. 題{number}\n\n"
        f"# 題{number}\n\n## 【照会要旨】\n\n{number}番目の資産を譲渡した場合、譲渡所得は課税されますか。\n\n"
        f"## 【回答要旨】\n\n{number}番目の資産の譲渡による所得は、課税の対象となります。\n"
    )


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    (tmp_path / "nta").mkdir()
    for number in range(6):
        (tmp_path / "nta" / f"{number}.md").write_text(
            page(number, "所得税" if number < 4 else "法人税"), encoding="utf-8"
        )
    rows = [
        {"id": str(n), "url": "", "title": f"用語{n}", "text": f"用語{n}は、架空の金融用語である。"} for n in range(4)
    ]
    (tmp_path / "wiki.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    return tmp_path


RECIPE = """
name: r
engine: {workers: 1}
instruct:
  harvest:
    - {name: nta-shitsugi, path: nta, license: PDL-1.0, optional: true}
    - {name: boj, path: boj, license: boj-terms, optional: true}
  expand:
    - {name: wikipedia, path: wiki.jsonl, template: wikipedia-summary, optional: true}
    - {name: own, path: wiki.jsonl, template: question-answer, optional: true}
  expected: jafin
  limit: 8
  validation_share: 0.25
  split: exact
"""


def test_a_build_ends_in_the_table(inputs: Path, capsys: pytest.CaptureFixture[str]):
    (inputs / "r.yaml").write_text(RECIPE, encoding="utf-8")
    assert (
        main(["--lang", "en", "instruct", "build", str(inputs / "r.yaml")]) == 3
    )  # `own` gave nothing, and is at hand
    said = capsys.readouterr().err
    assert re.search(r"National Tax Agency +not known +6 +6 +[1-6]  taxes: 所得税 [1-4]", said)
    assert re.search(r"Bank of Japan +not known +– +– +–  questions and explanations", said)
    assert re.search(r"total +1,490 +8 +14 +8", said)
    funnel = read_json(inputs / "runs" / "r" / "instruct" / "funnel.json")
    assert [source["files"] for source in funnel["sources"]] == [6, 0, 1, 1]
    assert (funnel["totals"]["rows_train"], funnel["totals"]["rows_validation"]) == (6, 2)
    assert funnel["totals"]["rejected"] == {"missing_field": 4, "over_limit": 2}
    assert (
        sum(funnel["sources"][0]["topics"].values()) + 0
        == funnel["sources"][0]["rows_train"] + funnel["sources"][0]["rows_validation"]
    )
    table = source_table(read_artifact(InstructFunnel, inputs / "runs" / "r" / "instruct" / "funnel.json"))
    assert any("国税庁" in line for line in table_lines(table, "ja"))


def test_the_limit_over_all_takes_the_same_whatever_the_workers(inputs: Path):
    (inputs / "r.yaml").write_text(RECIPE, encoding="utf-8")
    config = load_recipe(inputs / "r.yaml").instruct
    assert config is not None
    kept = []
    for workers in (1, 2):
        build_instructions(config, inputs / f"out{workers}", seed=17, engine=LocalEngine(workers))
        kept.append(
            [
                row["id"]
                for name in ("train", "validation")
                for row in read_jsonl(inputs / f"out{workers}" / f"{name}.jsonl")
            ]
        )
    assert kept[0] == kept[1]
    assert len(kept[0]) == 8


def test_a_table_without_a_paper_has_no_column_for_one(inputs: Path):
    config = InstructConfig.model_validate(
        {"harvest": [{"name": "pages", "path": str(inputs / "nta")}], "validation_share": 0}
    )
    build_instructions(config, inputs / "out", seed=17, engine=LocalEngine(1))
    table = source_table(read_artifact(InstructFunnel, inputs / "out" / "funnel.json"))
    assert table_lines(table, "en") == [
        "Sources:",
        "  source  files  made  kept  topics",
        "  pages       6     6     6  所得税 4, 法人税 2",
        "  total       6     6     6",
    ]


def test_no_source_at_hand_is_said_before_anything_is_built(tmp_path: Path):
    (tmp_path / "r.yaml").write_text(
        "name: r\ninstruct:\n  expand: [{name: a, path: a, template: jmrd, optional: true}]\n", encoding="utf-8"
    )
    config = load_recipe(tmp_path / "r.yaml").instruct
    assert config is not None
    assert [error.explain("en").splitlines()[0] for error in config_problems(config)] == [
        "Error: None of the sources of `instruct` is at hand."
    ]


def test_what_is_said_for_all_of_expand_goes_before_the_sources(tmp_path: Path):
    config = InstructConfig.model_validate(
        {
            "expand": [{"name": "a", "path": str(tmp_path), "template": "jesc"}],
            "translation": True,
            "phrasing": "original",
        }
    )
    assert [(source.translation, source.phrasing) for source in config.expanded] == [(True, "original")]


@pytest.mark.parametrize(
    ("paper", "variant"), [("stormy", "from-sources"), ("stormy", "from-sources-english"), ("jafin", "pages")]
)
def test_every_source_of_a_paper_recipe_stands_in_the_papers_table(paper: str, variant: str):
    config = load_recipe(ROOT / "recipes" / "papers" / f"{paper}.yaml").variant(variant).instruct
    assert config is not None
    assert config.expected == paper
    keys = {row.key for row in EXPECTED_SOURCES[paper].rows}
    for source in (*config.harvest, *config.expanded, *config.import_):
        assert source.optional
        assert any(source.name == key or source.name.startswith(f"{key}-") for key in keys)
    assert {source.translation for source in config.expanded} == {variant == "from-sources-english"}
