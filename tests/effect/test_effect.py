"""The studies of the effect: what their tables say follows from the values on file, and the values from a design."""

# pyright: standard

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from tekio.errors import TekioError
from tekio.store import sha256_file

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
spec = importlib.util.spec_from_file_location("effect", ROOT / "benchmarks" / "effect.py")
assert spec is not None
assert spec.loader is not None
effect = sys.modules["effect"] = importlib.util.module_from_spec(spec)  # pydantic looks the types up there
spec.loader.exec_module(effect)

DESIGNS = sorted(effect.DESIGNS.glob("*.yaml"))
DONE = [path for path in DESIGNS if (effect.RESULTS / f"{path.stem}.json").is_file()]


def values_of(path: Path):
    return json.loads((effect.RESULTS / f"{path.stem}.json").read_text("utf-8"))


@pytest.fixture
def design():
    return effect.Design.model_validate(
        {
            "study": "small",
            "asked_by": "a paper",
            "question": "Does it?",
            "question_ja": "するか。",
            "recipe": str(ROOT / "recipes" / "effect" / "finance-cpt.yaml"),
            "once": [],
            "reference": "none",
            "arms": {name: {"en": name, "ja": name} for name in ("none", "some", "much")},
            "seeds": [1, 2, 3, 4],
            "measures": {
                "loss": {"of": ["bits.a", "bits.b"], "en": "loss", "ja": "損失"},
                "right": {"of": ["task.acc"], "en": "right", "ja": "正解", "percent": True},
            },
            "planned": "something",
        }
    )


VALUES = {
    "none": {str(s): {"loss": v, "right": r} for s, v, r in ((1, 5.0, 30), (2, 5.1, 31), (3, 4.9, 29), (4, 5.05, 30))},
    "some": {str(s): {"loss": v, "right": r} for s, v, r in ((1, 4.8, 33), (2, 4.95, 30), (3, 4.7, 32), (4, 4.8, 31))},
    "much": {str(s): {"loss": v, "right": r} for s, v, r in ((1, 4.5, 30), (2, 4.7, 31), (3, 4.3, 29), (4, 4.6, 30))},
}


def test_gains_are_paired_t_tests_after_holm_as_scipy_and_statsmodels_have_them(design):
    found = effect.gains(design, VALUES)
    plain = {}
    for arm, name in found:
        pairs = [(VALUES[arm][s][name], VALUES["none"][s][name]) for s in "1234"]
        if any(a != b for a, b in pairs):
            test = stats.ttest_rel([one for one, _ in pairs], [other for _, other in pairs])
            plain[arm, name] = test.pvalue
            ends = test.confidence_interval()
            assert found[arm, name][0].low == pytest.approx(ends.low)
            assert found[arm, name][0].high == pytest.approx(ends.high)
        else:
            plain[arm, name] = 1.0
    adjusted = multipletests([plain[key] for key in found], method="holm")[1]
    assert adjusted is not None
    assert [p for _, p in found.values()] == pytest.approx(list(adjusted))


def test_the_difference_that_could_be_seen_has_a_power_of_four_in_five(design):
    one = effect.gains(design, VALUES)["some", "loss"][0]
    pairs = [VALUES["some"][s]["loss"] - VALUES["none"][s]["loss"] for s in "1234"]
    size = effect.detectable(one) / stats.tstd(pairs)
    assert TTestPower().power(size, nobs=4, alpha=0.05) == pytest.approx(0.8, abs=0.06)


def test_a_seed_that_one_arm_lacks_is_left_out_of_the_pairs(design):
    short = {**VALUES, "some": {seed: VALUES["some"][seed] for seed in "12"}}
    assert effect.gains(design, short)["some", "loss"][0].n == 2
    assert "+" in effect.table(design, short, "en")[-1] or effect.table(design, short, "ja")


def test_seeds_that_all_say_the_same_have_a_difference_and_no_test(design):
    same = {
        **VALUES,
        "some": {seed: {**VALUES["none"][seed], "right": VALUES["none"][seed]["right"] + 2} for seed in "1234"},
    }
    [line] = [line for line in effect.table(design, same, "en") if line.startswith("| some |") and "+2.0" in line]
    assert line.endswith("| +2.0 | – | – |")


def test_changes_are_merged_into_a_section_and_nothing_else_moves():
    from tekio.recipe import load_recipe

    recipe = load_recipe(ROOT / "recipes" / "effect" / "finance-cpt.yaml")
    assert recipe.pretrain is not None
    made = effect.changed(recipe.pretrain, {"max_steps": 5}, {"optimizer": {"learning_rate": 1e-5}})
    assert (made.max_steps, made.optimizer.learning_rate) == (5, 1e-5)
    assert made.optimizer.weight_decay == recipe.pretrain.optimizer.weight_decay
    assert recipe.pretrain.max_steps != 5


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_every_design_is_one_and_changes_only_what_the_recipe_knows(path):
    from tekio.recipe import load_recipe

    read = effect.read_design(path)
    recipe = load_recipe(ROOT / read.recipe)
    assert read.study == path.stem
    assert 5 <= len(read.seeds) <= 8
    for arm in read.arms.values():
        for step in arm.steps:
            for stage, change in step.items():
                if stage != "residual":
                    effect.changed(getattr(recipe, stage), read.common.get(stage, {}), change)


def test_rates_are_swept_only_where_it_is_asked_for():
    from tekio.recipe import load_recipe

    recipe = load_recipe(ROOT / "recipes" / "effect" / "jafin-like.yaml")
    small, whole = recipe.variant("small").sweep, recipe.variant("general-sweep").sweep
    assert recipe.variant("general").sweep is None
    assert small is not None
    assert whole is not None
    assert (small.learning_rate, small.seeds) == ([5e-4, 3e-3], [17, 18])
    assert (whole.learning_rate, whole.seeds) == ([3e-4, 5e-4, 3e-3], [17, 18, 19])


def test_a_design_with_a_reference_that_is_no_arm_is_refused(tmp_path):
    text = DESIGNS[0].read_text("utf-8")
    file = tmp_path / "wrong.yaml"
    file.write_text(re.sub(r"(?m)^reference: .*$", "reference: nobody", text), "utf-8")
    with pytest.raises(TekioError, match="nobody"):
        effect.read_design(file)


@pytest.mark.parametrize("path", DONE, ids=lambda path: path.stem)
def test_a_page_shows_what_is_on_file_and_the_design_is_the_one_that_ran(path):
    read, told = effect.read_design(path), values_of(path)
    assert told["design_sha256"] == sha256_file(path)
    page = (effect.STUDIES / f"{path.stem}.md").read_text("utf-8")
    for language in ("en", "ja"):
        assert "\n".join(effect.table(read, told["values"], language)) in page


@pytest.mark.parametrize("path", DONE, ids=lambda path: path.stem)
def test_a_design_is_older_in_the_history_than_its_result(path):
    def first(file: Path) -> str:
        asked = ["git", "-C", str(ROOT), "log", "--diff-filter=A", "--format=%H", "--", str(file.relative_to(ROOT))]
        return (subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split() or [""])[-1]

    design, result = first(path), first(effect.RESULTS / f"{path.stem}.json")
    if not design or not result:
        pytest.skip("no history here")
    asked = ["git", "-C", str(ROOT), "merge-base", "--is-ancestor", design, result]
    assert design != result
    assert subprocess.run(asked, check=False).returncode == 0


SMALL = """
tekio: 1
name: small
corpus:
  sources:
    - {name: general, domain: general, path: general.jsonl, license: CC0-1.0, filters: {preset: none}}
    - {name: finance, domain: finance, path: finance.jsonl, license: CC0-1.0, filters: {preset: none}}
  duplicates: {near: false}
  held_out: {share: 0.2}
base:
  scratch:
    tokenizer: {kind: bpe, vocabulary: 400}
    architecture: {hidden_size: 32, layers: 1, heads: 2, context_length: 64}
    sequence_length: 64
    batch_rows: 4
    max_steps: 4
pretrain: {sequence_length: 64, batch_rows: 4, max_steps: 3, epochs: 50}
report: {title: small, language: en}
"""


def test_a_small_study_runs_from_the_documents_to_the_table_and_goes_on(tmp_path, monkeypatch, capsys):
    for domain, words in (("general", "山と川と本の話"), ("finance", "金利と国債と決算の話")):
        rows = [json.dumps({"text": f"{number}番目の{words}。" * 6}, ensure_ascii=False) for number in range(40)]
        (tmp_path / f"{domain}.jsonl").write_text("\n".join(rows), "utf-8")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(SMALL, "utf-8")
    design = tmp_path / "small.yaml"
    design.write_text(
        f"""
study: small
asked_by: nobody
question: Does replay help?
question_ja: 混合は効くか。
recipe: {recipe}
once: [corpus, base]
reference: none
arms:
  base: {{en: base, ja: 学習前}}
  none: {{en: none, ja: なし, steps: [{{pretrain: {{}}}}]}}
  half: {{en: half, ja: 半分, steps: [{{pretrain: {{replay: {{share: 0.5}}}}}}]}}
seeds: [1, 2]
measures: {{finance: {{of: [bits.finance], en: finance, ja: 金融}}, general: {{of: [bits.general], en: general, ja: 一般}}}}
planned: nothing
""",
        "utf-8",
    )
    monkeypatch.setattr(effect, "RESULTS", tmp_path / "results")
    read = effect.read_design(design)
    effect.run_study(read, design, tmp_path / "run", [1])
    result = effect.run_study(read, design, tmp_path / "run", [1, 2])
    found = json.loads(result.read_text("utf-8"))["values"]
    assert set(found) == {"base", "none", "half"}
    assert all(set(seeds) == {"1", "2"} for seeds in found.values())
    assert found["none"]["1"]["finance"] < found["base"]["1"]["finance"]  # three steps do teach something
    assert capsys.readouterr().out.count("half 1:") == 1  # what was there was not made again
    assert "[" in "\n".join(effect.table(read, found, "ja"))


def test_an_arm_may_start_from_a_base_of_its_own_and_is_compared_with_it(tmp_path, monkeypatch):
    for domain, words in (("general", "山と川と本の話"), ("finance", "金利と国債と決算の話")):
        rows = [json.dumps({"text": f"{number}番目の{words}。" * 6}, ensure_ascii=False) for number in range(40)]
        (tmp_path / f"{domain}.jsonl").write_text("\n".join(rows), "utf-8")
    (tmp_path / "recipe.yaml").write_text(SMALL, "utf-8")
    design = tmp_path / "sizes.yaml"
    design.write_text(
        f"""
study: sizes
asked_by: nobody
question: Does size matter?
question_ja: 大きさは効くか。
recipe: {tmp_path / "recipe.yaml"}
once: [corpus, base]
reference: m
arms:
  m: {{en: base, ja: 学習前}}
  m-cpt: {{en: trained, ja: 学習後, steps: [{{pretrain: {{}}}}]}}
  s: {{en: small base, ja: 小・学習前, against: s, base: &s {{architecture: {{hidden_size: 16}}}}}}
  s-cpt: {{en: small, ja: 小, against: s, base: *s, steps: [{{pretrain: {{}}}}]}}
seeds: [1, 2]
measures: {{finance: {{of: [bits.finance], en: finance, ja: 金融}}}}
planned: nothing
""",
        "utf-8",
    )
    monkeypatch.setattr(effect, "RESULTS", tmp_path / "results")
    read = effect.read_design(design)
    found = json.loads(effect.run_study(read, design, tmp_path / "run", [1, 2]).read_text("utf-8"))["values"]
    assert found["s"]["1"] != found["m"]["1"]
    [small] = (tmp_path / "run" / "effect" / "bases").iterdir()
    assert json.loads((small / "model" / "config.json").read_text("utf-8"))["hidden_size"] == 16
    gains = effect.gains(read, found)
    assert set(gains) == {("m-cpt", "finance"), ("s-cpt", "finance")}
    assert gains["s-cpt", "finance"][0].mean == pytest.approx(
        sum(found["s-cpt"][seed]["finance"] - found["s"][seed]["finance"] for seed in "12") / 2
    )
    assert sum("| reference |" in line for line in effect.table(read, found, "en")) == 2
