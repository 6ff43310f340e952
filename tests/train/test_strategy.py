"""Two processes compute what one computes, whichever strategy shares the work; and what was asked for is what runs."""

# pyright: standard

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from model.tiny import save_tiny
from tekio.errors import TekioError, UsageError
from tekio.model.load import load_weights
from tekio.train.held_out import measure
from tekio.train.loss import split_model, token_loss_sum
from tekio.train.process_group import World
from tekio.train.strategy import assert_engine
from train.two_processes import STEPS, Stop, finish, run, stores

TESTS = Path(__file__).parents[1]


def launch(root: Path, out: Path, strategies: str) -> None:
    paths = os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])
    environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "DS_ACCELERATOR": "cpu"}
    environment.pop("RANK", None)
    words = [
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        str(TESTS / "train" / "two_processes.py"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", *words, str(root), str(out), strategies],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    save_tiny(folder / "base")
    torch.set_num_threads(1)
    for lora in (False, True):
        run(folder, folder / f"single-{lora}", "single", lora=lora)
    finish(folder / "single-best", *run(folder, folder / "single-best", "single", best=True), World())
    return folder


@pytest.fixture(scope="module")
def torch_runs(root: Path) -> Path:
    out = root / "torch"
    with pytest.raises(Stop):
        run(root, out / "from-1", "single", stop=True)
    launch(root, out, "ddp,fsdp2")
    return out


def same_as_single(root: Path, place: Path, lora: bool) -> str:
    result = json.loads((place / "result.json").read_text())
    single = [json.loads(line) for line in (root / f"single-{lora}" / "metrics.jsonl").open()]
    assert [line["step"] for line in result["lines"]] == [line["step"] for line in single]
    for one, two in zip(single, result["lines"], strict=True):
        assert one["tokens"] == two["tokens"]
        for key in ("loss", "gradient_norm"):
            assert two[key] == (None if one[key] is None else pytest.approx(one[key], abs=1e-5, rel=1e-5))
        if "held_out" in one:
            found, wanted = two["held_out"]["finance"], one["held_out"]["finance"]
            assert found["loss"] == pytest.approx(wanted["loss"], abs=1e-5)
            assert found["tokens"] == wanted["tokens"]
    return result["engine"]


@pytest.mark.parametrize("lora", [False, True])
@pytest.mark.parametrize(("strategy", "engine"), [("ddp", "DistributedDataParallel"), ("fsdp2", "FSDP2")])
def test_two_processes_give_the_losses_of_one(root: Path, torch_runs: Path, strategy: str, engine: str, lora: bool):
    assert engine in same_as_single(root, torch_runs / f"{strategy}-{lora}", lora)
    names = set(load_file(torch_runs / f"{strategy}-{lora}" / "weights.safetensors"))
    assert any("lora_A" in name for name in names) == lora
    assert not any(name.startswith("module.") for name in names)


def same_best_as_single(root: Path, place: Path) -> None:
    """Stopped for the same reason, kept the weights of the same step, and these are those of one process."""
    found, single = (json.loads((folder / "result.json").read_text()) for folder in (place, root / "single-best"))
    assert single["stopped"].startswith("held-out loss no longer falls")
    assert (found["stopped"], found["kept"]) == (single["stopped"], single["kept"])
    assert 0 < found["kept"] < len(single["lines"]) - 1
    [line] = [line for line in found["lines"] if line["step"] == found["kept"]]
    wanted = line["held_out"]["finance"]["loss"]
    assert wanted == min(line["held_out"]["finance"]["loss"] for line in found["lines"] if line["step"])
    assert wanted == pytest.approx(single["lines"][single["kept"]]["held_out"]["finance"]["loss"], abs=1e-3)
    assert loss_of(root, load_file(place / "weights.safetensors")) == pytest.approx(wanted, abs=1e-5)


def loss_of(root: Path, weights: dict[str, torch.Tensor]) -> float:
    """The held-out loss of these weights in a model of one process."""
    model = load_weights(root / "base")
    model.load_state_dict(weights)
    body = split_model(model, vocabulary=300)
    _, held = stores(root / "stores")
    found = measure(
        partial(token_loss_sum, body),
        model,
        {"finance": held},
        device="cpu",
        padding=3,
        autocast=nullcontext,
        world=World(),
    )
    return found["finance"].loss


@pytest.mark.parametrize("strategy", ["ddp", "fsdp2"])
def test_the_best_weights_are_kept_and_the_stop_is_agreed(root: Path, torch_runs: Path, strategy: str):
    same_best_as_single(root, torch_runs / f"best-{strategy}")


@pytest.mark.skipif(importlib.util.find_spec("deepspeed") is None, reason="DeepSpeed is not installed")
@pytest.mark.heavy
def test_deepspeed_gives_the_losses_of_one(root: Path):
    launch(root, root / "deepspeed", "zero1,zero2,zero3")
    for stage in (1, 2, 3):
        for lora in (False, True):
            assert f"ZeRO-{stage}" in same_as_single(root, root / "deepspeed" / f"zero{stage}-{lora}", lora)
        same_best_as_single(root, root / "deepspeed" / f"best-zero{stage}")
        same_as_single(root, root / "deepspeed" / f"stopped-zero{stage}", False)  # killed at 3 and gone on from there
        place = root / "deepspeed" / f"stopped-zero{stage}" / "checkpoints"
        assert {path.suffix for path in place.rglob("*") if path.is_file()} == {".safetensors", ".json"}


def losses(place: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (place / "metrics.jsonl").open()][1:]


def test_a_sharded_run_goes_on_with_one_process(root: Path, torch_runs: Path):
    """Killed on two processes after step 3, resumed on one from torch's distributed checkpoint."""
    place = root / "resumed-on-1"
    shutil.copytree(torch_runs / "stopped-fsdp2", place)
    *_, checkpoint = sorted((place / "checkpoints").glob("step-*"))
    assert {path.suffix for path in checkpoint.rglob("*") if path.is_file()} == {".safetensors", ".json"}
    outcome, _ = run(root, place, "single")
    assert outcome.steps == STEPS
    assert losses(place) == pytest.approx(losses(root / "single-False"), abs=1e-5)


def test_a_run_of_one_process_goes_on_with_two(root: Path, torch_runs: Path):
    assert losses(torch_runs / "from-1") == pytest.approx(losses(root / "single-False"), abs=1e-5)


def test_a_strategy_that_does_not_fit_is_refused(root: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="torchrun"):
        run(root, tmp_path, "fsdp2")
    with pytest.raises(UsageError, match="2 process"):
        run(root, tmp_path, "single", world=World(0, 2))


def test_another_engine_than_the_one_asked_for_is_an_error():
    with pytest.raises(TekioError, match=r"fsdp2 was requested, but DistributedDataParallel is in use"):
        assert_engine(False, "fsdp2", "DistributedDataParallel")
