"""The paper recipes load with the papers' settings, name what they need, and run small with their own method."""

# pyright: standard

import subprocess
import sys
from pathlib import Path

import pytest

from tekio.artifacts.model import parse_artifact, write_artifact
from tekio.artifacts.results import Results
from tekio.cli import main
from tekio.demo.papers import at_small_scale
from tekio.errors import RecipeError, TekioError
from tekio.recipe import load_recipe
from tekio.recipe.papers import EXPECTED, paper_of, require_brought
from tekio.report.papers import expected_and_obtained, paper_lines
from tekio.store import read_json, verify_folder

ROOT = Path(__file__).parents[2]
PAPERS = sorted((ROOT / "recipes" / "papers").glob("*.yaml"))
VARIANTS = {"stormy": ["japanese", "english"], "qfin": [""], "jafin": ["llm-jp-1.3b", "line-1.7b", "line-3.6b"]}


@pytest.fixture(autouse=True)
def _no_real_data(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TEKIO_REAL_DATA", "/nowhere")


def test_there_are_three_papers():
    assert {path.stem for path in PAPERS} == set(VARIANTS) == set(EXPECTED)


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem)
def test_a_paper_recipe_runs_small_with_its_own_method(path: Path, tmp_path: Path):
    recipe = load_recipe(path)
    made, run = at_small_scale(recipe, tmp_path / "run")
    assert run == tmp_path / "run"
    assert [name for name, _ in made] == VARIANTS[path.stem]
    for (name, small), (_, whole) in zip(made, recipe.each_variant(), strict=True):
        assert paper_of(small) == path.stem
        assert small.paper is not None
        assert (small.paper.scale, small.paper.base) == ("small", name)
        for stage in ("pretrain", "tune", "instruct", "evaluate", "compare"):
            assert (getattr(small, stage) is None) == (getattr(whole, stage) is None)
        if whole.tune is not None and small.tune is not None:
            assert (small.tune.loss_on, small.tune.truncated) == (whole.tune.loss_on, whole.tune.truncated)
            assert (small.tune.lora.rank, small.tune.template) == (whole.tune.lora.rank, whole.tune.template)
        assert small.base is not None
        assert small.base.scratch is not None
        assert small.source_text is None
        assert any("learning_rate" in item.en for item in small.paper.differs)
        require_brought([small])


def test_the_english_base_gets_translation_pairs_and_the_japanese_one_none(tmp_path: Path):
    made = dict(at_small_scale(load_recipe(ROOT / "recipes/papers/stormy.yaml"), tmp_path)[0])
    english, japanese = made["english"], made["japanese"]
    assert english.instruct is not None
    assert japanese.instruct is not None
    assert [item.name for item in english.instruct.import_] == ["translations"]
    assert not japanese.instruct.import_
    assert english.base is not None
    assert english.base.scratch is not None
    assert english.base.scratch.domains == ["english"]


def test_the_settings_are_the_papers():
    qfin = load_recipe(ROOT / "recipes/papers/qfin.yaml").pretrain
    assert qfin is not None
    assert (qfin.optimizer.learning_rate, qfin.optimizer.final_learning_rate) == (5e-7, 0.0)
    assert (qfin.sequence_length, qfin.batch_rows, qfin.epochs) == (2048, 24, 5)
    assert (qfin.precision, qfin.gradient_checkpointing) == ("bf16", True)
    stormy = dict(load_recipe(ROOT / "recipes/papers/stormy.yaml").each_variant())
    for name, targets, length, epochs in (
        ("japanese", ["query_key_value"], 300, 10),
        ("english", ["q_proj", "v_proj"], 256, 5),
    ):
        tune = stormy[name].tune
        assert tune is not None
        assert (tune.lora.rank, tune.lora.alpha, tune.lora.dropout, tune.lora.targets) == (4, 16, 0.05, targets)
        assert (tune.sequence_length, tune.epochs, tune.batch_rows, tune.loss_on) == (length, epochs, 128, "all")
    for _, jafin in load_recipe(ROOT / "recipes/papers/jafin.yaml").each_variant():
        assert jafin.tune is not None
        assert (jafin.tune.sequence_length, jafin.tune.epochs) == (1024, 20)
        assert jafin.tune.lora.targets == "attention"


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem)
def test_what_is_missing_is_listed_with_the_command_that_brings_it(path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--lang", "en", "run", str(path)]) == 1
    said = capsys.readouterr().err
    for _, recipe in load_recipe(path).each_variant():
        assert recipe.paper is not None
        for item in recipe.paper.bring:
            assert item.path.written in said
            assert item.get in said
    assert "--scale small" in said


def test_what_is_there_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("JAFIN_LLMJP", "FIN_HARNESS", "CHABSA"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    recipe = load_recipe(ROOT / "recipes/papers/jafin.yaml").each_variant()[0][1]
    with pytest.raises(TekioError, match="1 things") as caught:
        require_brought([recipe])
    assert "Sakaji-Lab/JaFIn" in caught.value.explain("en")


def test_a_variant_replaces_only_what_it_names(tmp_path: Path):
    path = tmp_path / "r.yaml"
    path.write_text(
        "name: r\ntune: {epochs: 3, lora: {rank: 8, alpha: 32}}\n"
        "variants:\n  a: {base: {model: m}, tune: {lora: {rank: 2}}}\n  b: {base: {model: n}}\n"
    )
    (_, a), (_, b) = load_recipe(path).each_variant()
    assert a.tune is not None
    assert b.tune is not None
    assert (a.tune.epochs, a.tune.lora.rank, a.tune.lora.alpha) == (3, 2, 32)
    assert (b.tune.lora.rank, b.name) == (8, "r-b")
    path.write_text("name: r\nvariants:\n  a: {tune: {lora: {rang: 2}}}\n")
    with pytest.raises(RecipeError, match=r"variants\.a\.tune\.lora\.rang"):
        load_recipe(path)


def test_small_scale_is_refused_for_other_recipes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "r.yaml").write_text("name: r\n")
    assert main(["--lang", "en", "run", str(tmp_path / "r.yaml"), "--scale", "small"]) == 1
    assert "paper recipes" in capsys.readouterr().err


def results(low: float, high: float) -> Results:
    scores = {label: {"metrics": {"acc": {"value": 0.5, "low": low, "high": high}}} for label in ("base", "pretrained")}
    common = {"headline": "acc", "kind": "choice", "group": "finance", "higher_is_better": True}
    cma = {"task": "cma_basics", "n": 38, "scores": scores, **common}
    exam = {"task": "exam", "n": 9, "scores": {}, **common}
    plain = {"reference": "base", "confidence": 0.95, "models": {"base": {}, "pretrained": {}}, "tasks": [cma, exam]}
    return parse_artifact(Results, plain)


def test_the_table_sets_the_papers_number_beside_ours():
    rows = expected_and_obtained("qfin", results(0.3, 0.7))
    assert len(rows) == len(EXPECTED["qfin"]) + 1
    cma = next(row for row in rows if row.expected and row.expected.task == "cma_basics")
    assert cma.expected is not None
    assert cma.obtained is not None
    assert cma.expected.after == pytest.approx(0.5263, abs=1e-4)
    assert cma.obtained.scores["base"].low == 0.3
    assert cma.agrees is True
    apart = expected_and_obtained("qfin", results(0.3, 0.4))
    assert next(row for row in apart if row.obtained).agrees is False
    assert rows[0].obtained is None
    assert rows[-1].expected is None


def test_a_base_has_its_own_expected_values():
    line = [row.expected for row in expected_and_obtained("jafin", None, base="line-3.6b") if row.expected]
    assert [round(row.before or 0, 4) for row in line] == [0.3595, 0.2632, 0.1382, 0.24, 0.4211]
    unknown = expected_and_obtained("jafin", None, base="line-1.7b")
    assert {row.expected.before for row in unknown if row.expected} == {None}


def test_the_papers_overall_means_follow_from_its_rows():
    """Paper B prints .4335 and .4716 as means of the five tasks."""
    rows = EXPECTED["qfin"]
    assert sum(row.before or 0 for row in rows) / 5 == pytest.approx(0.4335, abs=5e-5)
    assert sum(row.after or 0 for row in rows) / 5 == pytest.approx(0.4716, abs=5e-5)


def test_a_full_run_ends_in_the_table_too(tmp_path: Path):
    """What a run of the recipe on real models would leave: the page, the summary and the terminal show the table."""
    from tekio.recipe.report import ReportConfig
    from tekio.report import write_report
    from tekio.store import describe_input, run_stage

    given = tmp_path / "input"
    given.write_text("x")
    run_stage(
        "evaluate",
        tmp_path / "evaluate",
        config={},
        inputs=[describe_input(given)],
        seed=1,
        work=lambda space: write_artifact(space.path / "results.json", results(0.3, 0.7)),
    )
    recipe = load_recipe(ROOT / "recipes/papers/qfin.yaml").plain()
    write_report(ReportConfig(), tmp_path / "report", run=tmp_path, recipe=recipe)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "Expected and obtained" in page
    assert "47.4" in page
    assert "52.6" in page
    said = "\n".join(line.en for line in paper_lines(tmp_path / "report"))
    assert "paper: 47.4 -> 52.6, n = 38" in said
    assert "inside our interval" in said
    assert "the cleaning rules are Tekio's" in said
    assert read_json(tmp_path / "report" / "summary.json")["paper"]["rows"][1]["agrees"] is True


@pytest.mark.heavy
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("paper", sorted(VARIANTS))
def test_one_command_runs_the_chain_small_and_ends_in_the_table(paper: str, tmp_path: Path):
    words = [sys.executable, "-m", "tekio", "--lang", "en", "run", str(ROOT / "recipes" / "papers" / f"{paper}.yaml")]
    words += ["--scale", "small", "--out", str(tmp_path / "run")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1700, check=False)
    assert done.returncode == 0, done.stderr
    for variant in VARIANTS[paper]:
        run = tmp_path / "run" / variant
        assert f"Expected and obtained: {paper}{f' / {variant}' if variant else ''}" in done.stdout
        assert "Expected and obtained" in (run / "report" / "report.html").read_text(encoding="utf-8")
        rows = read_json(run / "report" / "summary.json")["paper"]["rows"]
        assert len([row for row in rows if row["expected"]]) in (3, 5)
        assert [row for row in rows if row["obtained"]]
        for stage in ("base", "evaluate"):
            assert verify_folder(run / stage) == []
    repeated = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
    assert "done in" not in repeated.stderr


@pytest.mark.parametrize(("paper", "variant"), [("stormy", "from-sources"), ("jafin", "pages")])
def test_a_variant_that_runs_by_name_alone_asks_only_for_what_its_stage_needs(paper: str, variant: str):
    recipe = load_recipe(ROOT / "recipes/papers" / f"{paper}.yaml")
    assert variant in recipe.variants
    assert variant not in dict(recipe.each_variant())
    [(name, chosen)] = recipe.each_variant(variant)
    assert name == variant
    require_brought([chosen], "instruct")
    with pytest.raises(TekioError, match="missing"):
        require_brought([chosen])


def test_a_variant_that_runs_by_name_runs_small_too(tmp_path: Path):
    [(name, small)], _ = at_small_scale(load_recipe(ROOT / "recipes/papers/jafin.yaml"), tmp_path / "run", "pages")
    assert name == "pages"
    assert small.paper is not None
    assert small.paper.scale == "small"
