"""Preference tuning on two processes learns what one learns, whichever strategy shares the work, and goes on after a kill."""

# pyright: standard

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tekio.store import read_json, read_jsonl
from train.prefer_two_processes import OPTIONS
from train.test_prefer import learned, tuned_models

pytestmark = pytest.mark.heavy
TESTS = Path(__file__).parents[1]
WEIGHTS = {"tune": "adapter/adapter_model.safetensors", "full": "model/model.safetensors"}


def launch(root: Path, out: Path, strategies: str, parts: str) -> None:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)]),
        "OMP_NUM_THREADS": "1",
        "DS_ACCELERATOR": "cpu",
    }
    environment.pop("RANK", None)
    words = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    words += [str(TESTS / "train" / "prefer_two_processes.py"), str(root), str(out), strategies, parts]
    done = subprocess.run(
        [sys.executable, "-m", *words], env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tuned models, and what one process makes of their pairs."""
    folder = tmp_path_factory.mktemp("shared")
    tuned_models(folder)
    for tuned in WEIGHTS:
        learned(folder, folder / f"alone-{tuned}" / "prefer", tuned=tuned, **OPTIONS)
    return folder


def same_as_alone(root: Path, shared: Path, tuned: str, engine: str) -> None:
    alone = root / f"alone-{tuned}" / "prefer"
    one, two = (read_json(folder / "summary.json") for folder in (alone, shared))
    assert engine in two["engine"]
    assert (two["preference"], two["tokens"], two["steps"]) == (one["preference"], one["tokens"], one["steps"])
    for single, other in zip(*(list(read_jsonl(place / "metrics.jsonl")) for place in (alone, shared)), strict=True):
        found = [line.get("held_out", {}).get("validation", {}).get("pairs") for line in (single, other)]
        for name in ("loss", "gradient_norm"):
            wanted = single[name]
            assert other[name] == (None if wanted is None else pytest.approx(wanted, abs=1e-5, rel=1e-5)), name
        for mine, theirs in ([single.get("pairs"), other.get("pairs")], found):
            assert (mine is None) == (theirs is None)
            for name, value in (mine or {}).items():
                # Before the first step all margins are 0; which side of it each lies on is rounding's.
                wide = 1.0 if name == "accuracy" and single["step"] < 2 else 1e-5
                assert theirs[name] == pytest.approx(value, abs=wide), (name, single["step"])
    weights = [load_file(folder / WEIGHTS[tuned]) for folder in (alone, shared)]
    assert {name: item.shape for name, item in weights[0].items()} == {
        name: item.shape for name, item in weights[1].items()
    }


ENGINES = {"ddp": "DistributedDataParallel", "fsdp2": "FSDP2"}


@pytest.fixture(scope="module")
def shared(root: Path) -> Path:
    launch(root, root / "shared", ",".join(ENGINES), "adapter")
    return root / "shared"


@pytest.mark.parametrize("strategy", ENGINES)
def test_two_processes_learn_what_one_learns(root: Path, shared: Path, strategy: str):
    same_as_alone(root, shared / f"{strategy}-adapter" / "prefer", "tune", ENGINES[strategy])


@pytest.mark.parametrize("strategy", [*ENGINES, "zero1", "zero2", "zero3"])
def test_all_weights_and_a_run_cut_off_twice_are_the_same(root: Path, tmp_path: Path, strategy: str):
    """Cut off once the reference is known, and after a checkpoint; the other way round the same bytes as without."""
    if strategy.startswith("zero") and importlib.util.find_spec("deepspeed") is None:
        pytest.skip("deepspeed is not installed")
    launch(root, tmp_path, strategy, "adapter,full,cut")
    engine = ENGINES.get(strategy, f"ZeRO-{strategy[-1]}")
    same_as_alone(root, tmp_path / f"{strategy}-full" / "prefer", "full", engine)
    for part in ("adapter", "cut"):
        same_as_alone(root, tmp_path / f"{strategy}-{part}" / "prefer", "tune", engine)
    for name in ("metrics.jsonl", "train.jsonl", "pairs.json", WEIGHTS["tune"]):
        whole, cut = (tmp_path / f"{strategy}-{part}" / "prefer" / name for part in ("adapter", "cut"))
        assert whole.read_bytes() == cut.read_bytes(), name
