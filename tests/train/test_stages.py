"""The three stages: what they write, that they learn, that they repeat themselves exactly (kills: test_kill.py)."""

# pyright: standard

import json
import math
from pathlib import Path

import pytest

from tekio.errors import TekioError
from tekio.model.generate import generate
from tekio.model.load import load_model, model_folder
from tekio.recipe.paths import RecipePath
from tekio.recipe.train import BaseConfig, LoraConfig
from tekio.store import read_json, read_jsonl, verify_folder
from tekio.train import make_base, pretrain, tune
from train.tiny_inputs import base_config, make_corpus, make_records, pretrain_config, tune_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run: corpus, instruct, base, pretrain, tune."""
    root = tmp_path_factory.mktemp("run")
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_base(base_config(), root / "base", corpus=root / "corpus", seed=7)
    pretrain(pretrain_config(), root / "pretrain", base=root / "base", corpus=root / "corpus", seed=7)
    tune(tune_config(), root / "tune", model=root / "pretrain", records=root / "instruct", seed=7)
    return root


def artifact(folder: Path) -> str:
    return read_json(folder / "manifest.json")["artifact"]


def test_every_stage_leaves_a_sound_folder(run: Path):
    for stage in ("base", "pretrain", "tune"):
        assert verify_folder(run / stage) == []
        assert not (run / stage / "checkpoints").exists()
        summary = read_json(run / stage / "summary.json")
        tokens = summary["tokens"]
        assert tokens["in"] == tokens["trained"] + tokens["masked"] + tokens["dropped"]
        assert summary["packing"]["probe_error"] < 1e-4
        assert summary["threads"] == 1


def test_pretraining_lowers_bits_per_character_on_held_out_text(run: Path):
    summary = read_json(run / "pretrain" / "summary.json")
    before, after = summary["held_out_before"], summary["held_out_after"]
    assert set(before) == {"finance", "general"}
    assert after["finance"]["bits_per_character"] < 0.9 * before["finance"]["bits_per_character"]
    lines = list(read_jsonl(run / "pretrain" / "metrics.jsonl"))
    assert [line["step"] for line in lines] == list(range(13))
    assert [line["step"] for line in lines if "held_out" in line] == [0, 6, 12]
    assert lines[-1]["held_out"] == after


def test_the_tuned_adapter_loads_and_answers_with_its_template(run: Path):
    tuned = load_model(run / "tune")
    assert tuned.adapter is not None
    assert tuned.adapter.base == (run / "pretrain" / "model").resolve()
    config = read_json(run / "tune" / "adapter" / "adapter_config.json")
    assert config["base_model_name_or_path"] == "../../pretrain/model"
    assert "### 返答:" in tuned.tokenizer.chat_template
    assert generate(tuned, ["金利とは何ですか。"], max_new_tokens=4)[0].tokens > 0


def test_the_same_inputs_give_the_same_artifact(run: Path, tmp_path: Path):
    make_corpus(tmp_path / "corpus")
    make_records(tmp_path / "instruct")
    make_base(base_config(), tmp_path / "base", corpus=tmp_path / "corpus", seed=7)
    pretrain(pretrain_config(), tmp_path / "pretrain", base=tmp_path / "base", corpus=tmp_path / "corpus", seed=7)
    tune(tune_config(), tmp_path / "tune", model=tmp_path / "pretrain", records=tmp_path / "instruct", seed=7)
    for stage in ("base", "pretrain", "tune"):
        assert artifact(tmp_path / stage) == artifact(run / stage)


def test_another_seed_gives_another_model(run: Path, tmp_path: Path):
    make_base(base_config(), tmp_path / "base", corpus=run / "corpus", seed=8)
    assert artifact(tmp_path / "base") != artifact(run / "base")


def test_a_folder_of_the_users_is_only_named(run: Path, tmp_path: Path):
    config = BaseConfig(model=RecipePath.of(run / "pretrain" / "model"))
    make_base(config, tmp_path / "base", corpus=None, seed=1)
    about = read_json(tmp_path / "base" / "model.json")
    assert set(about) == {"format", "path", "sha256"}
    assert model_folder(tmp_path / "base") == (run / "pretrain" / "model").resolve()
    tune(
        tune_config(method="full", max_steps=2, lora=LoraConfig()),
        tmp_path / "tune",
        model=tmp_path / "base",
        records=run / "instruct",
        seed=1,
    )
    assert load_model(tmp_path / "tune").adapter is None


def test_a_domain_that_is_not_in_the_corpus_is_named(run: Path, tmp_path: Path):
    with pytest.raises(TekioError, match="finance, general"):
        pretrain(pretrain_config(domains=["law"]), tmp_path / "p", base=run / "base", corpus=run / "corpus", seed=1)


def test_metrics_hold_the_recipes_rate(run: Path, tmp_path: Path):
    from tekio.recipe.train import OptimizerConfig

    config = pretrain_config(optimizer=OptimizerConfig(learning_rate=5e-7), max_steps=2, evaluate_every=0)
    pretrain(config, tmp_path / "p", base=run / "base", corpus=run / "corpus", seed=1)
    rates = [json.loads(line)["learning_rate"] for line in (tmp_path / "p" / "metrics.jsonl").open()]
    assert rates == [5e-7, 5e-7, 2.5e-7]


@pytest.mark.parametrize("step", [0, 6])
def test_a_held_out_loss_that_is_no_number_is_a_message_with_step_and_file(
    run: Path, tmp_path: Path, monkeypatch, step
):
    """Not a ValueError of the JSON writer, and no folder that holds NaN."""
    from tekio.train import objective

    measure, calls = objective.measure, list[int]()

    def lost(*given, **named):
        found = measure(*given, **named)
        calls.append(len(calls))
        if calls[-1] == step // 6:
            found["finance"].loss = math.nan
        return found

    monkeypatch.setattr(objective, "measure", lost)
    with pytest.raises(TekioError, match="held-out text") as caught:
        pretrain(pretrain_config(), tmp_path / "pretrain", base=run / "base", corpus=run / "corpus", seed=7)
    assert "finance" in caught.value.explain("en")
    assert str(caught.value.where).endswith(f"metrics.jsonl: step {step}")
    assert "評価用文書" in caught.value.explain("ja")
    assert not (tmp_path / "pretrain").exists()
