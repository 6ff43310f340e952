"""Preference tuning: what the loss is, what is packed, what is left when it is killed, and what people decided as pairs."""

# pyright: standard

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tekio.instruct.preferences.build import build_pairs
from tekio.instruct.preferences.pair import read_pairs
from tekio.model.load import adapter_info, load_model, load_tokenizer
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.prefer import PairsConfig, PreferConfig
from tekio.recipe.train import ArchitectureConfig, LoraConfig, OptimizerConfig
from tekio.store import Workspace, read_json, read_jsonl
from tekio.train import loop, make_base, prefer, tune
from tekio.train.packing import best_fit, build_rows
from tekio.train.prefer import pair_examples
from tekio.train.preference import PairLoss
from train.tiny_inputs import base_config, make_corpus, make_pairs, make_records, tune_config

WIDTH = 1024
WIDE = ArchitectureConfig(hidden_size=32, layers=2, heads=2, context_length=WIDTH)
TUNE: dict[str, Any] = {
    "max_steps": 6,
    "lora": LoraConfig(rank=8, alpha=16, dropout=0.1),
    "optimizer": OptimizerConfig(learning_rate=1e-2),
}
SCREEN = ScreenConfig(off=["personal_data"])


def prefer_config(file: Path, **options: Any) -> PreferConfig:
    values: dict[str, Any] = {
        "pairs": [PairsConfig(name="desk", path=RecipePath.of(file), license="CC0-1.0")],
        "sequence_length": WIDTH,
        "batch_rows": 4,
        "max_steps": 6,
        "threads": 1,
        "max_dropped": 1.0,
        "optimizer": OptimizerConfig(learning_rate=1e-3, schedule="constant"),
    }
    return PreferConfig(**(values | options))


def learned(run: Path, out: Path, *, tuned: str = "tune", **options: Any) -> list[dict[str, Any]]:
    """The metrics of a run of `prefer`."""
    method = "full" if tuned == "full" else "lora"
    tuning = tune_config(**TUNE, method=method)
    config = prefer_config(run / "pairs.jsonl", **options)
    prefer(config, tuning, out, model=run / tuned, seed=7, screen=SCREEN)
    return list(read_jsonl(out / "metrics.jsonl"))


def rows_of_an_epoch(run: Path, folder: Path) -> int:
    """Packed rows that the training pairs make: a batch of so many is an epoch."""
    folder.mkdir()
    space = Workspace(folder, 7)
    build_pairs(prefer_config(run / "pairs.jsonl"), SCREEN, "internal", space, special_tokens=[], key=None)
    tokenizer = load_tokenizer(run / "tune/adapter")
    pairs = pair_examples(tokenizer, read_pairs(folder / "train.jsonl"), template="alpaca-japanese")
    sizes = [sum(len(one.ids) for one in both) for both in pairs]
    return len(best_fit([size for size in sizes if size <= WIDTH], WIDTH))


def tuned_models(root: Path) -> None:
    """A base, pairs, and the base tuned with an adapter (`tune/`) and in full (`full/`)."""
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_pairs(root / "pairs.jsonl")
    make_base(base_config(max_steps=4, architecture=WIDE), root / "base", corpus=root / "corpus", seed=7)
    for name, method in (("tune", "lora"), ("full", "full")):
        tune(tune_config(**TUNE, method=method), root / name, model=root / "base", records=root / "instruct", seed=7)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("prefer")
    tuned_models(root)
    return root


def log_likelihood(model: Any, ids: list[int], flags: list[bool]) -> torch.Tensor:
    """Of the flagged tokens, one text alone, straight from the model's logits."""
    logits = model(input_ids=torch.tensor([ids])).logits[0]
    scores = torch.log_softmax(logits.double(), -1)
    return torch.stack([scores[place - 1, ids[place]] for place in range(1, len(ids)) if flags[place]]).sum()


@pytest.mark.parametrize("tuned", ["tune", "full"])
def test_losses_and_figures_are_those_of_the_formula(run: Path, tmp_path: Path, tuned: str):
    """Adam by hand on unpacked pairs, with the tuned model as reference, gives every loss, reward and norm of the run."""
    beta, rate, smoothing = 0.3, 1e-3, 0.1
    options: dict[str, Any] = {"beta": beta, "label_smoothing": smoothing, "max_steps": 3}
    options["batch_rows"] = rows_of_an_epoch(run, tmp_path / "pairs")
    options["optimizer"] = OptimizerConfig(learning_rate=rate, schedule="constant", clip_norm=1e9)
    lines = learned(run, tmp_path / "prefer", tuned=tuned, epochs=3, **options)
    loaded = load_model(run / tuned, dtype="fp32", device="cpu")
    model, tokenizer = loaded.model, loaded.tokenizer
    for name, item in model.named_parameters():
        item.requires_grad_(tuned == "full" or "lora_" in name)
    pairs = list(pair_examples(tokenizer, read_pairs(tmp_path / "prefer/train.jsonl"), template="alpaca-japanese"))
    pairs = [both for both in pairs if sum(len(one.ids) for one in both) <= WIDTH]
    assert len(pairs) == read_json(tmp_path / "prefer/summary.json")["preference"]["pairs"] > 10

    def both_of(pair: Any) -> list[torch.Tensor]:
        return [log_likelihood(model, list(one.ids), list(one.learned)) for one in pair]

    with torch.no_grad():
        before = [both_of(pair) for pair in pairs]
    trained = [item for item in model.parameters() if item.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), weight_decay=0.0)
    for step in range(3):
        losses, rewards = [], []
        for pair, reference in zip(pairs, before, strict=True):
            chosen, rejected = (now - then for now, then in zip(both_of(pair), reference, strict=True))
            margin = beta * (chosen - rejected)
            losses.append(
                -(1 - smoothing) * torch.nn.functional.logsigmoid(margin)
                - smoothing * torch.nn.functional.logsigmoid(-margin)
            )
            rewards.append((beta * chosen.item(), beta * rejected.item()))
        optimizer.zero_grad()
        loss = torch.stack(losses).mean()
        loss.backward()
        norm = math.sqrt(sum(float(item.grad.square().sum()) for item in trained))
        optimizer.step()
        line = next(line for line in lines if line["step"] == step + 1)
        assert line["loss"] == pytest.approx(loss.item(), abs=1e-5)
        assert line["gradient_norm"] == pytest.approx(norm, rel=1e-3)
        figures = line["pairs"]
        chosen, rejected = (sum(side) / len(pairs) for side in zip(*rewards, strict=True))
        assert figures["chosen"] == pytest.approx(chosen, abs=1e-5)
        assert figures["margin"] == pytest.approx(chosen - rejected, abs=1e-5)
        if step:  # before the first step all margins are 0, and which side of it is rounding's
            assert figures["accuracy"] == sum(one > other for one, other in rewards) / len(pairs)
    assert lines[1]["loss"] == pytest.approx(math.log(2), abs=1e-6)


def test_packed_pairs_learn_what_each_learns_alone(run: Path, tmp_path: Path):
    rows = rows_of_an_epoch(run, tmp_path / "pairs")
    packed = learned(run, tmp_path / "packed", batch_rows=rows, epochs=3, max_steps=3)
    pairs = read_json(tmp_path / "packed/summary.json")["preference"]["pairs"]
    alone = learned(run, tmp_path / "alone", packing=False, batch_rows=pairs, epochs=3, max_steps=3)
    assert read_json(tmp_path / "packed/summary.json")["rows"] < read_json(tmp_path / "alone/summary.json")["rows"]
    for one, other in zip(packed, alone, strict=True):
        assert one["loss"] == (None if other["loss"] is None else pytest.approx(other["loss"], abs=1e-5))


def test_the_preferred_answers_gain_and_validation_pairs_say_so(run: Path, tmp_path: Path):
    optimizer = OptimizerConfig(learning_rate=1e-2, schedule="constant")
    learned(run, tmp_path / "prefer", max_steps=None, epochs=6, optimizer=optimizer)
    summary = read_json(tmp_path / "prefer/summary.json")
    before, after = (summary[f"held_out_{when}"]["validation"]["pairs"] for when in ("before", "after"))
    assert (before["margin"], before["loss"]) == (pytest.approx(0, abs=1e-5), pytest.approx(math.log(2), abs=1e-5))
    assert after["margin"] > 0.05
    assert after["accuracy"] > 0.9
    assert after["loss"] < before["loss"]
    assert summary["kind"] == "prefer"


def test_the_adapter_goes_on_and_fits_the_same_base(run: Path, tmp_path: Path):
    learned(run, tmp_path / "prefer", max_steps=1)
    info = adapter_info(tmp_path / "prefer/adapter")
    assert info is not None
    assert info.base == (run / "base/model").resolve()
    assert (
        load_tokenizer(tmp_path / "prefer/adapter").chat_template == load_tokenizer(run / "tune/adapter").chat_template
    )


def test_both_answers_of_a_pair_stand_in_one_row(run: Path, tmp_path: Path):
    learned(run, tmp_path / "prefer", max_steps=1)
    tokenizer = load_tokenizer(run / "tune/adapter")
    pairs = list(pair_examples(tokenizer, read_pairs(tmp_path / "prefer/train.jsonl"), template="alpaca-japanese"))
    fitting = [one for both in pairs if sum(len(text.ids) for text in both) <= WIDTH for one in both]
    rows = build_rows(tmp_path / "rows", fitting, WIDTH, together=2)
    for row in range(len(rows)):
        items = rows.row_items[rows.row_starts[row] : rows.row_starts[row + 1]]
        assert np.array_equal(items[0::2] + 1, items[1::2])
        assert not (items[0::2] % 2).any()


def test_earlier_answers_of_a_conversation_are_context(run: Path, tmp_path: Path):
    turns = [
        {"role": "user", "content": "金利とは。"},
        {"role": "assistant", "content": "お金の値段です。"},
        {"role": "user", "content": "では国債とは。"},
    ]
    row = {"prompt": turns, "chosen": "国の借金です。", "rejected": "株です。"}
    (tmp_path / "pairs.jsonl").write_text(
        json.dumps(row, ensure_ascii=False)
        + "\n"
        + json.dumps({"prompt": "利率とは。", "chosen": "割合です。", "rejected": "山です。"}, ensure_ascii=False)
        + "\n"
    )
    prefer(
        prefer_config(tmp_path / "pairs.jsonl", max_steps=1, validation_share=0.0),
        tune_config(**TUNE),
        tmp_path / "prefer",
        model=run / "tune",
        seed=7,
        screen=SCREEN,
    )
    tokenizer = load_tokenizer(run / "tune/adapter")
    both = next(pair_examples(tokenizer, read_pairs(tmp_path / "prefer/train.jsonl"), template="alpaca-japanese"))
    answers = [
        tokenizer.decode([token for token, flag in zip(one.ids, one.learned or [], strict=True) if flag])
        for one in both
    ]
    assert [text.removesuffix(tokenizer.eos_token) for text in answers] == ["国の借金です。", "株です。"]


class Killed(BaseException):
    """What no code catches."""


@pytest.mark.parametrize("place", ["reference", "step 1", "step 3", "validation"])
def test_a_run_that_was_cut_off_goes_on_to_the_same_bytes(
    place: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """After the reference was computed, before and after a checkpoint, and in the last measurement."""
    options: dict[str, Any] = {"max_steps": 4, "epochs": 4, "checkpoint_every": 2, "evaluate_every": 2, "keep": "best"}
    whole = learned(run, tmp_path / "whole/prefer", **options)
    with monkeypatch.context() as patch:
        plain_step, plain_measure = loop._step, PairLoss.measure
        measured = 0

        def step(job: Any, strategy: Any, number: int, *rest: Any) -> Any:
            if place == f"step {number}" or (place == "reference" and number == 0):
                raise Killed
            return plain_step(job, strategy, number, *rest)

        def measure(*arguments: Any) -> Any:
            nonlocal measured
            measured += 1
            if place == "validation" and measured == 3:
                raise Killed
            return plain_measure(*arguments)

        patch.setattr(loop, "_step", step)
        patch.setattr(PairLoss, "measure", measure)
        with pytest.raises(Killed):
            learned(run, tmp_path / "cut/prefer", **options)
    assert not (tmp_path / "cut/prefer").exists()
    assert learned(run, tmp_path / "cut/prefer", **options) == whole
    for name in ("adapter/adapter_model.safetensors", "metrics.jsonl", "summary.json", "train.jsonl", "pairs.json"):
        one, other = ((tmp_path / folder / "prefer" / name).read_bytes() for folder in ("whole", "cut"))
        assert one == other, name


def test_a_repeated_stage_has_the_same_bytes(run: Path, tmp_path: Path):
    one, other = (learned(run, tmp_path / name / "prefer", max_steps=3) for name in "ab")
    assert one == other
    weights = [(tmp_path / name / "prefer/adapter/adapter_model.safetensors").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]
