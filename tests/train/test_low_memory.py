"""Optimizers, offload and layers that save memory: the loss is that of the plain run, a kill changes nothing, refusals have names."""

# pyright: standard

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tekio.errors import TekioError, UsageError
from tekio.recipe.train import LoraConfig, OptimizerConfig, PretrainConfig, TrainingConfig
from tekio.store import read_json, read_jsonl
from tekio.train import loop, make_base, pretrain
from tekio.train.optimizer import require_optimizer
from train.tiny_inputs import base_config, make_corpus, pretrain_config

bitsandbytes = pytest.mark.skipif(
    importlib.util.find_spec("bitsandbytes") is None, reason="bitsandbytes is not installed"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("low-memory")
    make_corpus(root / "corpus")
    make_base(base_config(max_steps=2), root / "base", corpus=root / "corpus", seed=7)
    return root


def trained(run: Path, out: Path, **options: Any) -> list[float]:
    config = pretrain_config(max_steps=4, **options)
    pretrain(config, out, base=run / "base", corpus=run / "corpus", seed=7)
    return [line["loss"] for line in read_jsonl(out / "metrics.jsonl") if line["loss"] is not None]


LORA = {"method": "lora", "lora": LoraConfig(rank=64, dropout=0.0, targets=["down_proj", "up_proj"])}
WAYS: dict[str, tuple[dict[str, Any], float]] = {
    "offload": ({"offload": True}, 1e-5),
    "moments in bf16": ({"optimizer": OptimizerConfig(state="bf16")}, 1e-3),
    "one layer computed again": ({"gradient_checkpointing": True, "checkpointed_layers": 1}, 1e-6),
    "8-bit moments": ({"optimizer": OptimizerConfig(kind="adamw8bit")}, 1e-3),
    "8-bit moments of an adapter": (LORA | {"optimizer": OptimizerConfig(kind="adamw8bit")}, 1e-3),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[bitsandbytes] if name.startswith("8-bit") else []) for name in WAYS]
)
def test_the_loss_is_that_of_the_plain_run_and_a_kill_changes_no_bit(
    run: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    options, near = WAYS[name]
    plain = {key: value for key, value in options.items() if key in ("method", "lora")}
    if "optimizer" in options:
        plain["optimizer"] = OptimizerConfig()
    losses = trained(run, tmp_path / "whole", **options)
    assert losses == pytest.approx(trained(run, tmp_path / "plain", **plain), abs=near)
    step = loop._step

    def killed(job: Any, strategy: Any, number: int, *rest: Any) -> Any:
        if number == 3:
            raise KeyboardInterrupt
        return step(job, strategy, number, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "_step", killed)
        with pytest.raises(KeyboardInterrupt):
            trained(run, tmp_path / "killed", checkpoint_every=1, **options)
    assert trained(run, tmp_path / "killed", checkpoint_every=1, **options) == losses
    for file in sorted((tmp_path / "whole").rglob("*.safetensors")):
        own, other = load_file(file), load_file(tmp_path / "killed" / file.relative_to(tmp_path / "whole"))
        assert all(torch.equal(own[key], other[key]) for key in own)


def test_the_offload_is_what_runs(run: Path, tmp_path: Path):
    trained(run, tmp_path / "o", offload=True)
    assert read_json(tmp_path / "o" / "summary.json")["engine"] == "FSDP2 (fully_shard, CPU offload), 1 process"


def test_more_layers_than_there_are_cannot_be_computed_again(run: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="the model has 2 that"):
        trained(run, tmp_path / "x", gradient_checkpointing=True, checkpointed_layers=3)


@bitsandbytes
def test_qlora_on_a_cpu_learns_and_is_merged_into_the_full_weights(run: Path, tmp_path: Path):
    options = LORA | {"quantize": "nf4", "precision": "bf16", "optimizer": OptimizerConfig(learning_rate=3e-3)}
    losses = trained(run, tmp_path / "q", **options)
    full = trained(run, tmp_path / "f", **{**options, "quantize": "none"})
    assert losses == pytest.approx(full, abs=0.1)  # 4 bits move a small model's loss a little
    summary = read_json(tmp_path / "q" / "summary.json")
    assert summary["held_out_after"]["finance"]["loss"] < summary["held_out_before"]["finance"]["loss"]
    base = load_file(run / "base/model/model.safetensors")
    merged = load_file(tmp_path / "q/model/model.safetensors")
    moved = [name for name in base if not torch.equal(base[name], merged[name])]
    assert moved
    assert all("mlp" in name for name in moved)


@pytest.mark.parametrize(
    ("config", "kind", "words"),
    [
        (PretrainConfig(optimizer=OptimizerConfig(kind="paged-adamw8bit")), TekioError, "a CUDA device"),
        (PretrainConfig(optimizer=OptimizerConfig(kind="adamw8bit"), strategy="fsdp2"), UsageError, "sharded by fsdp2"),
        (PretrainConfig(optimizer=OptimizerConfig(kind="adamw8bit"), offload=True), UsageError, "sharded by fsdp2"),
        (PretrainConfig(optimizer=OptimizerConfig(state="bf16"), strategy="zero2"), UsageError, "DeepSpeed keeps"),
    ],
)
def test_optimizers_that_cannot_be_had_are_refused_by_name(config: TrainingConfig, kind: type[TekioError], words: str):
    with pytest.raises(kind, match="optimizer") as refused:
        require_optimizer(config, device="cpu", stage="pretrain")
    assert words in refused.value.explain("en")


def test_a_missing_package_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(TekioError) as refused:
        require_optimizer(TrainingConfig(optimizer=OptimizerConfig(kind="adamw8bit")), device="cuda:0", stage="tune")
    assert "tune.optimizer.kind: adamw8bit" in refused.value.explain("en")
    assert "pip install 'tekio[quantize]'" in refused.value.explain("ja")
