"""Early stop, forgetting budget, best weights, adapter variants, precision, gradient checkpointing, no packing."""

# pyright: standard

import json
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from model.tiny import save_tiny
from tekio.artifacts.training import HeldOut, stopped_words
from tekio.errors import TekioError
from tekio.model.load import load_model
from tekio.recipe.train import LoraConfig, OptimizerConfig, PretrainConfig, TuneConfig
from tekio.store import read_json, read_jsonl
from tekio.train import make_base, pretrain, tune
from tekio.train.adapter import add_adapter, choose_targets
from tekio.train.optimizer import learning_rate, make_optimizer, set_rate
from tekio.train.stopping import Watch
from train.tiny_inputs import base_config, make_corpus, make_records, pretrain_config, tune_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("options")
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_base(base_config(max_steps=4), root / "base", corpus=root / "corpus", seed=7)
    return root


def metrics(folder: Path) -> list[dict[str, Any]]:
    return list(read_jsonl(folder / "metrics.jsonl"))


def losses(folder: Path) -> list[float]:
    return [line["loss"] for line in metrics(folder)[1:]]


def run_pretrain(run: Path, out: Path, **options: Any) -> dict[str, Any]:
    pretrain(pretrain_config(**options), out, base=run / "base", corpus=run / "corpus", seed=7)
    return read_json(out / "summary.json")


def test_micro_batches_do_not_change_the_loss(run: Path, tmp_path: Path):
    for rows in (8, 3, 1):
        run_pretrain(run, tmp_path / str(rows), micro_batch_rows=rows, max_steps=4)
    assert losses(tmp_path / "3") == pytest.approx(losses(tmp_path / "8"), abs=1e-5)
    assert losses(tmp_path / "1") == pytest.approx(losses(tmp_path / "8"), abs=1e-5)


def test_gradient_checkpointing_and_single_text_rows_learn_the_same_tokens(run: Path, tmp_path: Path):
    plain = run_pretrain(run, tmp_path / "plain", max_steps=4)
    run_pretrain(run, tmp_path / "checkpointed", max_steps=4, gradient_checkpointing=True)
    assert losses(tmp_path / "checkpointed") == pytest.approx(losses(tmp_path / "plain"), abs=1e-6)
    apart = run_pretrain(run, tmp_path / "apart", max_steps=4, packing=False)
    assert apart["tokens"]["trained"] == plain["tokens"]["trained"]
    assert apart["packing"]["fill"] < plain["packing"]["fill"]
    first = metrics(tmp_path / "apart")[0]["held_out"]["finance"]["loss"]
    assert first == pytest.approx(metrics(tmp_path / "plain")[0]["held_out"]["finance"]["loss"], abs=1e-5)


def test_bf16_follows_fp32(run: Path, tmp_path: Path):
    run_pretrain(run, tmp_path / "fp32", max_steps=6)
    summary = run_pretrain(run, tmp_path / "bf16", max_steps=6, precision="bf16")
    assert summary["precision"] == "bf16"
    assert losses(tmp_path / "bf16") == pytest.approx(losses(tmp_path / "fp32"), abs=0.03)
    assert losses(tmp_path / "bf16") != losses(tmp_path / "fp32")


def test_a_forgetting_budget_that_is_passed_stops_the_run_and_is_reported(run: Path, tmp_path: Path):
    options = {"forgetting_budget": 0.0, "evaluate_every": 2, "optimizer": OptimizerConfig(learning_rate=0.3)}
    manifest = pretrain(pretrain_config(**options), tmp_path / "p", base=run / "base", corpus=run / "corpus", seed=7)
    summary = read_json(tmp_path / "p" / "summary.json")
    assert summary["steps"] < 12
    assert summary["stopped"].startswith("forgetting budget")
    assert stopped_words(summary["stopped"]).ja.startswith("忘却の上限を超過: 一般文書 1 文字あたり +")
    assert manifest.counts["limits_passed"][0].startswith("pretrain: forgetting budget")


def test_early_stop_keeps_the_best_weights(run: Path, tmp_path: Path):
    options = {"early_stop": 2, "keep": "best", "evaluate_every": 1, "max_steps": 40, "replay": {"share": 0.0}}
    summary = run_pretrain(run, tmp_path / "p", optimizer=OptimizerConfig(learning_rate=0.05), **options)
    measured = {line["step"]: line["held_out"]["finance"]["loss"] for line in metrics(tmp_path / "p") if line["step"]}
    best = min(measured, key=lambda step: measured[step])
    assert summary["stopped"].startswith("held-out loss no longer falls")
    assert "損失が下がらなくなった" in stopped_words(summary["stopped"]).ja
    assert summary["kept"] == {"rule": "best", "step": best}
    assert summary["steps"] == best + 2
    assert summary["held_out_after"]["finance"]["loss"] == measured[best]


def lost(loss: float) -> HeldOut:
    return HeldOut(loss=loss, bits_per_character=1.0, tokens=1, characters=1, pairs=None)


def test_the_watch_survives_a_checkpoint():
    watch = Watch(["finance"], patience=3)
    watch.start({"general": lost(1.0)})
    watch.see(1, {"finance": lost(2.0)}, dict)
    watch.see(2, {"finance": lost(3.0)}, dict)
    other = Watch(["finance"], patience=3)
    other.restore(json.loads(json.dumps(watch.state())))
    assert other == watch


@pytest.mark.parametrize("variant", ["lora", "rslora", "dora", "pissa"])
def test_every_adapter_variant_gives_after_loading_what_was_trained(run: Path, tmp_path: Path, variant: Any):
    captured: dict[str, Any] = {}
    from tekio.train import training

    plain = training.save_adapter

    def catching(model: Any, tokenizer: Any, folder: Path, **options: Any) -> None:
        ids = torch.arange(20)[None] + 5
        with torch.no_grad():
            captured["logits"] = model(ids).logits
        plain(model, tokenizer, folder, **options)

    training.save_adapter = catching
    try:
        config = tune_config(lora=LoraConfig(variant=variant, rank=4, plus_ratio=4.0), max_steps=3)
        tune(config, tmp_path / "tune", model=run / "base", records=run / "instruct", seed=7)
    finally:
        training.save_adapter = plain
    loaded = load_model(tmp_path / "tune", device="cpu")
    base = load_model(run / "base", device="cpu")
    ids = torch.arange(20)[None] + 5
    with torch.no_grad():
        assert torch.allclose(loaded.model(ids).logits, captured["logits"], atol=1e-4)
        assert not torch.allclose(base.model(ids).logits, captured["logits"], atol=1e-3)


def test_a_base_in_four_bits_is_refused_by_what_is_missing(run: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *rest: None if name == "bitsandbytes" else find_spec(name, *rest)
    )
    with pytest.raises(TekioError, match="4 bits") as caught:
        tune(tune_config(quantize="nf4"), tmp_path / "tune", model=run / "base", records=run / "instruct", seed=7)
    assert "bitsandbytes" in caught.value.explain("en")
    assert "quantize: none" in caught.value.explain("en")


def test_lora_plus_gives_b_matrices_their_own_rate(tmp_path: Path):
    model = add_adapter(load_model(save_tiny(tmp_path / "base")).model, LoraConfig())
    optimizer = make_optimizer(model, OptimizerConfig(), plus_ratio=16.0)
    set_rate(optimizer, 1e-4)
    names = {id(item): name for name, item in model.named_parameters()}
    rates = {names[id(item)]: group["lr"] for group in optimizer.param_groups for item in group["params"]}
    assert {rate for name, rate in rates.items() if "lora_B" in name} == {1e-4 * 16.0}
    assert {rate for name, rate in rates.items() if "lora_A" in name} == {1e-4}


def test_wrong_adapter_targets_are_named_with_the_right_ones(tmp_path: Path):
    model = load_model(save_tiny(tmp_path / "base")).model
    assert choose_targets(model, "attention") == ["q_proj", "v_proj"]
    everything = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
    assert choose_targets(model, "all-linear") == everything
    with pytest.raises(TekioError, match="q_proj") as caught:
        choose_targets(model, ["query_key_value"])
    assert "query_key_value" in caught.value.explain()


@pytest.mark.parametrize("schedule", ["linear", "cosine", "constant"])
def test_learning_rates_match_the_published_schedules(schedule: Any):
    """Reference: transformers' schedulers (paper B's linear decay)."""
    from transformers import get_constant_schedule, get_cosine_schedule_with_warmup, get_linear_schedule_with_warmup

    config = OptimizerConfig(learning_rate=5e-7, schedule=schedule)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=5e-7)
    reference = {
        "linear": lambda: get_linear_schedule_with_warmup(optimizer, 0, 10),
        "cosine": lambda: get_cosine_schedule_with_warmup(optimizer, 0, 10),
        "constant": lambda: get_constant_schedule(optimizer),
    }[schedule]()
    for step in range(10):
        assert learning_rate(config, step, 10) == pytest.approx(reference.get_last_lr()[0])
        optimizer.step()
        reference.step()


def test_wsd_is_the_published_schedule():
    """Reference: transformers' own, with the decay of arXiv 2405.18392."""
    from transformers import get_wsd_schedule

    config = OptimizerConfig(learning_rate=1e-3, schedule="wsd", decay_share=0.3)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1e-3)
    reference = get_wsd_schedule(optimizer, 0, 6, num_training_steps=20, decay_type="1-sqrt")
    for step in range(20):
        assert learning_rate(config, step, 20) == pytest.approx(reference.get_last_lr()[0])
        optimizer.step()
        reference.step()


def test_tuning_has_the_second_moment_of_its_published_recipes():
    assert TuneConfig().optimizer.beta2 == 0.999
    assert TuneConfig(optimizer=OptimizerConfig(learning_rate=1e-4)).optimizer.beta2 == 0.999
    assert TuneConfig(optimizer=OptimizerConfig(beta2=0.95)).optimizer.beta2 == 0.95
    assert PretrainConfig().optimizer.beta2 == 0.95


def test_warm_up_rises_to_the_rate():
    config = OptimizerConfig(learning_rate=1.0, warmup_steps=4)
    rates = [learning_rate(config, step, 10) for step in range(10)]
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rates[5] < 1.0
    assert rates[-1] > 0.0


def test_a_loss_that_is_no_number_ends_the_run_with_advice(run: Path, tmp_path: Path):
    with pytest.raises(TekioError, match="learning rate"):
        run_pretrain(run, tmp_path / "p", optimizer=OptimizerConfig(learning_rate=1e30, clip_norm=1e9))


def test_a_sequence_longer_than_the_context_is_refused(run: Path, tmp_path: Path):
    with pytest.raises(TekioError, match="256"):
        run_pretrain(run, tmp_path / "p", sequence_length=512)


def test_the_measured_loss_does_not_depend_on_the_batch(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from tekio.train import held_out

    found = []
    for tokens in (64, 8192):
        monkeypatch.setattr(held_out, "MEASURE_TOKENS", tokens)
        summary = run_pretrain(run, tmp_path / str(tokens), max_steps=1)
        found.append(summary["held_out_before"]["finance"])
    assert found[0]["loss"] == pytest.approx(found[1]["loss"], rel=1e-6)
    bits = found[0]["loss"] * found[0]["tokens"] / math.log(2) / found[0]["characters"]
    assert found[0]["bits_per_character"] == pytest.approx(bits, rel=1e-6)


def test_tied_weights_are_saved_once(run: Path):
    names = set(load_file(run / "base" / "model" / "model.safetensors"))
    assert "model.embed_tokens.weight" in names
    assert "lm_head.weight" not in names
