"""What a source has touched is named stage by stage, and the recipe without it can be run."""

import shutil

import pytest
import yaml

from report.report_fixture import training, write_stage
from tekio.cli import main
from tekio.errors import RecipeError, UsageError
from tekio.forget import recipe_without, touched
from tekio.pipeline import run_recipe
from tekio.recipe import load_recipe
from tekio.store import write_json

TEXT = "{}の会社の売上高は増加し、営業利益は減少した。"
RECIPE = """\
tekio: 1
name: both
corpus:
  sources:
    - {name: old, path: old, license: CC0-1.0, filters: {preset: none}}
    - {name: new, path: new, license: CC0-1.0, filters: {preset: none}}
  held_out: {share: 0}
instruct:
  import:
    - {name: faq, path: faq.jsonl, license: CC0-1.0}
    - {name: more, path: more.jsonl, license: CC0-1.0}
report: {}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forget")
    for name in ("old", "new"):
        (folder / name).mkdir()
        (folder / name / "a.txt").write_text(TEXT.format(name), encoding="utf-8")
    for name in ("faq", "more"):
        row = f'{{"instruction": "{name}とは何ですか。", "input": "", "output": "{name}の説明です。"}}\n'
        (folder / f"{name}.jsonl").write_text(row, encoding="utf-8")
    (folder / "r.yaml").write_text(RECIPE, encoding="utf-8")
    recipe = load_recipe(folder / "r.yaml")
    run_recipe(recipe, folder / "run")
    return folder


def test_what_comes_after_a_source_is_named_with_what_it_holds(place):
    recipe = load_recipe(place / "r.yaml")
    found = touched(recipe, place / "run", "old")
    assert [(item.stage, item.work, item.finished) for item in found] == [
        ("corpus", "made again", True),
        ("report", "measured again", True),
    ]
    assert found[0].told.en.startswith(f"1 documents to train on ({len(TEXT.format('old'))} characters)")
    found = touched(recipe, place / "run", "faq")
    assert [item.stage for item in found] == ["instruct", "report"]
    assert found[0].told.en == "1 records of it, 0 made from its documents"


def test_what_a_model_was_trained_on_is_counted_over_all_epochs_and_records_too(place, tmp_path):
    """`epochs` of a source are its passes in one epoch of the training."""
    run = tmp_path / "run"
    shutil.copytree(place / "run", run)
    packed = {"documents": 1, "characters": 23, "tokens": 20, "epochs": 0.5}
    write_stage(
        run, "pretrain", training("pretrain", 4, 2.0, 1.0, epochs=8.0, sources={"old": packed | {"learned": 80}})
    )
    write_stage(run, "tune", training("tune", 4, 2.0, 1.0, epochs=3.0, sources={"records:instruct": packed}))
    recipe = tmp_path / "m.yaml"
    stages = "base: {model: m}\npretrain: {}\ntune: {}\n"
    recipe.write_text((place / "r.yaml").read_text(encoding="utf-8") + stages, encoding="utf-8")

    def said(source, text=""):
        recipe.write_text(recipe.read_text(encoding="utf-8").replace("tune: {}", f"tune: {{{text}}}"), encoding="utf-8")
        return {item.stage: (item.told.en, item.told.ja) for item in touched(load_recipe(recipe), run, source)}

    assert said("old")["pretrain"] == ("trained on 20 tokens of it, 4 times", "そのうち 20 トークンを 4 回学習")
    assert said("old")["tune"][0].startswith("no token of it")
    assert said("new")["pretrain"][0].startswith("no token of it")
    assert said("faq")["tune"][0] == "trained on up to 1 records of it or made from it"
    assert said("faq", "sources: [more]")["tune"][0].startswith("no token of it")


def test_the_recipe_without_it_runs_and_holds_nothing_of_it(place, capsys):
    assert (
        main(
            [
                "forget",
                str(place / "r.yaml"),
                "--source",
                "old",
                "--run",
                str(place / "run"),
                "--out",
                str(place / "w.yaml"),
            ]
        )
        == 0
    )
    assert "corpus: 1 documents" in capsys.readouterr().out
    plain = yaml.safe_load((place / "w.yaml").read_text(encoding="utf-8"))
    assert [item["name"] for item in plain["corpus"]["sources"]] == ["new"]
    assert [item["name"] for item in plain["instruct"]["import"]] == ["faq", "more"]
    assert main(["run", str(place / "w.yaml"), "--out", str(place / "without")]) == 0
    assert "old" not in (place / "without" / "corpus" / "funnel.json").read_text(encoding="utf-8")


def test_an_unknown_source_is_answered_with_those_there_are(place):
    with pytest.raises(UsageError) as caught:
        touched(load_recipe(place / "r.yaml"), place / "run", "none")
    assert "old, new, faq, more" in caught.value.explain("en")


def test_pairs_of_answers_are_a_source_too(place, tmp_path):
    text = RECIPE.replace(
        "report: {}",
        """base: {model: m}
tune: {}
prefer: {pairs: [{name: review, path: pairs.jsonl}, {name: house, path: other.jsonl}]}
report: {}""",
    )
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
    recipe = load_recipe(tmp_path / "r.yaml")
    counts = {"rows_in": 8, "rows_used": 6, "validation": 0, "rejected": {"one_answer": 2}, "personal_data": {}}
    sources = [{"name": "review", "train": 3, **counts}, {"name": "house", "train": 1, **counts}]
    write_stage(tmp_path / "run", "prefer", {"pairs.json": {"sources": sources, "licenses": {"unknown": 4}}})
    write_json(tmp_path / "run" / "prefer" / "summary.json", {})
    found = touched(recipe, tmp_path / "run", "review")
    assert [(item.stage, item.told.en) for item in found] == [
        ("prefer", "3 pairs of its answers"),
        ("report", "not finished"),
    ]
    without = recipe_without(recipe, "review")
    assert "review" not in yaml.safe_load(without)["prefer"]["pairs"][0]["name"]
    (tmp_path / "w.yaml").write_text(without, encoding="utf-8")
    with pytest.raises(RecipeError, match=r"prefer\.pairs"):
        recipe_without(load_recipe(tmp_path / "w.yaml"), "house")


def test_a_section_is_not_left_to_mean_another_thing(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.txt").write_text("文", encoding="utf-8")
    (tmp_path / "r.yaml").write_text(
        "name: one\ncorpus: {sources: [{name: a, path: a}, {name: b, path: a}]}\nexam: {sources: [a]}\n",
        encoding="utf-8",
    )
    recipe = load_recipe(tmp_path / "r.yaml")
    with pytest.raises(RecipeError, match=r"exam\.sources"):
        recipe_without(recipe, "a")
    assert "name: a\n" in recipe_without(recipe, "b")


def test_the_recipe_without_it_stands_beside_the_recipe(place, tmp_path):
    words = ["forget", str(place / "r.yaml"), "--source", "old", "--out", str(tmp_path / "w.yaml")]
    assert main(words) == 2
    assert not (tmp_path / "w.yaml").exists()


def sections(recipe, source):
    """What a recipe says without its name, its place and one source."""
    plain = recipe.plain()
    for key in ("name", "out"):
        del plain[key]
    plain["corpus"]["sources"] = [item for item in plain["corpus"]["sources"] if item["name"] != source]
    return plain


def test_everything_else_of_a_recipe_stays_as_it_was(tmp_path):
    """Also what is switched off: a value of none is not the default everywhere."""
    text = RECIPE.replace("  held_out: {share: 0}\n", "  held_out: {share: 0}\n  duplicates: {lines: null}\n")
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
    recipe = load_recipe(tmp_path / "r.yaml")
    assert recipe.corpus is not None
    assert recipe.corpus.duplicates.lines is None
    (tmp_path / "w.yaml").write_text(recipe_without(recipe, "old"), encoding="utf-8")
    assert sections(load_recipe(tmp_path / "w.yaml"), "old") == sections(recipe, "old")
