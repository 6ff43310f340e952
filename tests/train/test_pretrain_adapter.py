"""Continual pre-training with an adapter: what is trained, how the frozen base is held, what the later stages get."""

# pyright: standard

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tekio.model.load import adapter_info, load_model, model_folder
from tekio.pipeline import model_folders
from tekio.recipe import load_recipe
from tekio.recipe.train import LoraConfig, PretrainConfig
from tekio.store import read_json, read_jsonl
from tekio.train import make_base, pretrain, tune
from tekio.train.estimate import Shape, memory_need
from train.tiny_inputs import base_config, make_corpus, make_records, pretrain_config, tune_config

LORA: dict[str, Any] = {"method": "lora", "lora": LoraConfig(rank=8, alpha=16, dropout=0.0)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pretrain-adapter")
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_base(base_config(max_steps=4), root / "base", corpus=root / "corpus", seed=7)
    pretrain(pretrain_config(**LORA), root / "pretrain", base=root / "base", corpus=root / "corpus", seed=7)
    return root


def test_only_the_adapter_learns_and_held_out_text_gets_easier(run: Path):
    summary = read_json(run / "pretrain/summary.json")
    assert summary["method"] == "lora"
    assert 0 < summary["trainable_parameters"] < summary["parameters"] / 2
    before, after = (summary[name]["finance"]["bits_per_character"] for name in ("held_out_before", "held_out_after"))
    assert after < before
    info = adapter_info(run / "pretrain/adapter")
    assert info is not None
    assert info.base == (run / "base/model").resolve()
    assert info.targets == ("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj")


def test_the_model_beside_it_is_the_base_with_the_adapter_added(run: Path):
    base, merged = (load_file(run / name / "model/model.safetensors") for name in ("base", "pretrain"))
    adapter = load_file(run / "pretrain/adapter/adapter_model.safetensors")
    changed = 0
    for name, weight in merged.items():
        stem = f"base_model.model.{name.removesuffix('.weight')}"
        wanted = base[name].double()
        if f"{stem}.lora_A.weight" in adapter:
            changed += 1
            low, high = (adapter[f"{stem}.lora_{side}.weight"].double() for side in "BA")
            wanted = wanted + 2.0 * low @ high  # alpha / rank
        assert torch.allclose(weight.double(), wanted, atol=1e-7)
    assert changed == len(adapter) // 2


def test_later_stages_take_the_merged_model(run: Path, tmp_path: Path):
    assert model_folder(run / "pretrain") == run / "pretrain/model"
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(f"tekio: 1\nname: x\nbase: {{model: {run}/base/model}}\n", encoding="utf-8")
    assert model_folders(load_recipe(recipe), run)["pretrained"] == run / "pretrain/model"
    tune(tune_config(max_steps=1), tmp_path / "tune", model=run / "pretrain", records=run / "instruct", seed=7)
    assert load_model(tmp_path / "tune").adapter is not None


def test_a_base_frozen_in_bf16_learns_the_same(run: Path, tmp_path: Path):
    """Half the bytes for what is not trained; the adapter stays in fp32."""
    losses: dict[str, list[float]] = {}
    for frozen in ("fp32", "bf16"):
        config = pretrain_config(**LORA, precision="bf16", frozen=frozen)
        out = tmp_path / frozen
        pretrain(config, out, base=run / "base", corpus=run / "corpus", seed=7)
        losses[frozen] = [line["loss"] for line in read_jsonl(out / "metrics.jsonl") if line["loss"] is not None]
        stored = load_file(out / "adapter/adapter_model.safetensors")
        assert {item.dtype for item in stored.values()} == {torch.float32}
    assert losses["bf16"] == pytest.approx(losses["fp32"], rel=0.01)


@pytest.mark.parametrize(
    ("options", "gigabytes"),
    [
        ({"method": "full"}, 8 * (6 + 4 + 8)),  # weights and their bf16 copies, gradients, two moments
        ({"frozen": "fp32"}, 8 * 6),
        ({"frozen": "bf16"}, 8 * 2),
    ],
)
def test_what_a_model_of_eight_billion_holds(options: dict[str, Any], gigabytes: float):
    values: dict[str, Any] = {"method": "lora", "precision": "bf16"} | options
    config = PretrainConfig(**values)
    trained = 8_000_000_000 if config.method == "full" else 40_000_000
    need = memory_need(Shape(8_000_000_000, trained, 4096, 14336, 32, 128_000), config, device="cuda:0")
    held = need.weights + need.copies + need.gradients + need.optimizer
    assert held / 1e9 == pytest.approx(gigabytes, rel=0.06)
