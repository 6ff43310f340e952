"""A recipe becomes ordered stages; the plan says what a run would do."""

import shutil

import pytest

from tekio import pipeline
from tekio.errors import NothingError, TekioError, Text
from tekio.pipeline import check_stages, examine_run, plan, run_recipe, stage_needs, verify_run, wanted_stages
from tekio.recipe import load_recipe
from tekio.run_folder import unfinished_stages
from tekio.store import run_stage


@pytest.fixture
def small(tmp_path):
    """A recipe with the stages that need no torch."""
    (tmp_path / "texts").mkdir()
    for number in range(6):
        text = f"これは{number}番目の試験文書です。" + "景気は緩やかに回復していると会社は見ています。" * (number + 2)
        (tmp_path / "texts" / f"{number}.txt").write_text(text)
    (tmp_path / "r.yaml").write_text(
        "name: small\ncorpus:\n  sources: [{name: texts, path: texts/*.txt, license: CC0-1.0}]\n"
        "  filters: {preset: none}\n  duplicates: {near: false}\n"
    )
    return load_recipe(tmp_path / "r.yaml")


def test_stages_come_in_their_order_and_know_what_they_read(tmp_path):
    (tmp_path / "r.yaml").write_text(
        "name: x\nbase: {model: m}\ntune: {}\ninstruct: {}\nevaluate: {}\ncorpus: {sources: [{name: a, path: b}]}\n"
    )
    recipe = load_recipe(tmp_path / "r.yaml")
    assert wanted_stages(recipe) == ["corpus", "base", "instruct", "tune", "evaluate", "report"]
    assert stage_needs(recipe, "tune") == ("base", "instruct")
    assert stage_needs(recipe, "evaluate") == ("base", "tune", "corpus", "instruct")
    assert stage_needs(recipe, "base") == ()
    check_stages(recipe)


def test_the_plan_changes_as_the_run_proceeds(small, tmp_path):
    run = tmp_path / "run"

    def statuses():
        return {stage.name: stage.status for stage in plan(small, run)}

    assert statuses() == {"corpus": "new", "report": "waits"}
    assert not run.exists()
    run_recipe(small, run, only="corpus")
    assert statuses() == {"corpus": "done", "report": "new"}
    run_recipe(small, run)
    assert statuses() == {"corpus": "done", "report": "done"}
    (tmp_path / "texts" / "0.txt").write_text("入力が変わると、その段階はやり直しになります。")
    assert statuses() == {"corpus": "redo", "report": "waits"}


def test_a_finished_stage_is_checked_again_when_its_numbers_change_and_not_when_its_input_is_gone(small, tmp_path):
    run, recipe = tmp_path / "run", tmp_path / "r.yaml"

    def failures():
        return [item for item in examine_run(load_recipe(recipe), run) if item.level == "failure"]

    run_recipe(small, run, only="corpus")
    shutil.rmtree(tmp_path / "texts")
    assert failures() == []
    recipe.write_text(recipe.read_text() + "  max_rejected_files: 0.5\n")
    assert [item.subject for item in failures()] == ["corpus.texts"]


def test_a_stage_waits_for_what_it_reads(small, tmp_path):
    with pytest.raises(TekioError, match="`report` reads `corpus`") as caught:
        run_recipe(small, tmp_path / "run", only="report")
    assert "--only corpus" in caught.value.explain("en")
    assert "--only corpus" in caught.value.explain("ja")
    with pytest.raises(TekioError, match="no stage `tune`"):
        run_recipe(small, tmp_path / "run", only="tune")


def test_verify_finds_a_changed_file_and_a_changed_parent(small, tmp_path):
    run = run_recipe(small, tmp_path / "run")
    assert verify_run(run) == {"corpus": [], "report": []}
    assert unfinished_stages(run) == []
    shutil.move(run / "report", tmp_path / "taken-away")
    assert unfinished_stages(run) == ["report"]
    shutil.move(tmp_path / "taken-away", run / "report")
    (run / "corpus" / "funnel.json").write_text("{}")
    assert "changed" in verify_run(run)["corpus"][0]
    (tmp_path / "texts" / "0.txt").write_text("入力が変わると、その段階はやり直しになります。")
    run_recipe(small, run, only="corpus")
    assert "another version of `corpus`" in verify_run(run)["report"][0]
    with pytest.raises(TekioError, match="no finished stage"):
        verify_run(tmp_path / "texts")


def test_what_reads_a_stage_that_found_nothing_is_left_out_and_the_report_is_written(tmp_path, monkeypatch):
    text = "name: x\ncorpus: {sources: [{name: s, path: a.txt, license: CC0-1.0}]}\nexam: {}\nevaluate: {exam: {}}\n"
    (tmp_path / "a.txt").write_text("本文です。", encoding="utf-8")
    (tmp_path / "recipe.yaml").write_text(text + "base: {scratch: {domains: [general]}}\n", encoding="utf-8")
    done: list[str] = []

    def run_one(_recipe, run, name, _engine):
        done.append(name)
        if name == "exam":
            raise NothingError(Text("no question", "問題なし"))
        return run_stage(name, run / name, config={}, inputs=[], seed=1, work=lambda _space: None)

    monkeypatch.setattr(pipeline, "run_one", run_one)
    monkeypatch.setattr(pipeline, "require_ready", lambda *_args, **_options: None)
    with pytest.raises(NothingError, match="no question"):
        run_recipe(load_recipe(tmp_path / "recipe.yaml"), tmp_path / "run")
    assert done == ["corpus", "exam", "base", "report"]
