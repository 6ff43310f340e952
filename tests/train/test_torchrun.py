"""`torchrun -m tekio train RECIPE`: a whole stage on several processes and nodes writes what one process writes."""

# pyright: standard

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tekio.recipe import load_recipe
from tekio.run_folder import writing_run
from tekio.store import read_json, read_jsonl, verify_folder
from tekio.train import make_base
from train.tiny_inputs import base_config, make_corpus, make_records

TESTS = Path(__file__).parents[1]
RECIPE = """
tekio: 1
name: two
seed: 7
corpus: {{sources: [{{name: made, domain: finance, path: "*.none", reader: jsonl, license: CC0-1.0}}]}}
base:
  scratch: {{sequence_length: 64}}
pretrain:
  {{sequence_length: 64, batch_rows: 8, max_steps: 40, threads: 1, evaluate_every: 3, checkpoint_every: 2,
   strategy: {strategy}, keep: best, early_stop: 3, replay: {{share: 0.25}}, optimizer: {{learning_rate: 1.0e-3}}}}
instruct: {{import: [{{name: made, path: none.jsonl, format: openai-messages, license: CC0-1.0}}]}}
tune:
  {{sequence_length: 256, batch_rows: 4, epochs: 2, threads: 1, strategy: {strategy}, lora: {{dropout: 0.0}}, max_dropped: 1,
   optimizer: {{learning_rate: 1.0e-3}}}}
"""
ONE_NODE = ["--standalone", "--nproc-per-node", "2"]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished inputs of a run."""
    root = tmp_path_factory.mktemp("torchrun")
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_base(base_config(), root / "base", corpus=root / "corpus", seed=7)
    return root


def new_run(inputs: Path, folder: Path, strategy: str) -> Path:
    shutil.copytree(inputs, folder / "run")
    (folder / "recipe.yaml").write_text(RECIPE.format(strategy=strategy))
    with writing_run(load_recipe(folder / "recipe.yaml"), folder / "run"):
        return folder


def started(folder: Path, launcher: list[str], stage: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(TESTS.parent / "src"), "OMP_NUM_THREADS": "1"}
    for name in ("RANK", "WORLD_SIZE"):
        environment.pop(name, None)
    words = [sys.executable, "-m", *launcher, "tekio", "train", str(folder / "recipe.yaml")]
    words += ["--out", str(folder / "run"), "--only", stage]
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors[-3000:]


def torchrun(*words: str) -> list[str]:
    return ["torch.distributed.run", *words, "-m"]


@pytest.fixture(scope="module")
def alone(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = new_run(inputs, tmp_path_factory.mktemp("alone"), "auto")
    finished(started(folder, [], "pretrain"))
    return folder / "run"


def same_stage(run: Path, alone: Path, stage: str, engine: str) -> None:
    """Sound, by the engine asked for, and with the losses of one process."""
    assert verify_folder(run / stage) == []
    one, two = (read_json(folder / stage / "summary.json") for folder in (alone, run))
    assert engine in two["engine"]
    for key in ("steps", "tokens", "kept", "stopped", "attention"):
        assert two[key] == one[key], key
    lines = [list(read_jsonl(folder / stage / "metrics.jsonl")) for folder in (alone, run)]
    assert len(lines[0]) == len(lines[1])
    for single, shared in zip(*lines, strict=True):
        assert shared["loss"] == (None if single["loss"] is None else pytest.approx(single["loss"], abs=1e-5))
        for name, found in single.get("held_out", {}).items():
            assert shared["held_out"][name]["loss"] == pytest.approx(found["loss"], abs=1e-5)
    part = "model/model.safetensors" if stage == "pretrain" else "adapter/adapter_model.safetensors"
    weights = [load_file(folder / stage / part) for folder in (alone, run)]
    assert {name: item.shape for name, item in weights[0].items()} == {
        name: item.shape for name, item in weights[1].items()
    }


@pytest.mark.heavy
def test_a_stage_on_two_processes_is_that_of_one(inputs: Path, alone: Path, tmp_path: Path):
    folder = new_run(inputs, tmp_path, "auto")
    finished(started(folder, torchrun(*ONE_NODE), "pretrain"))
    same_stage(folder / "run", alone, "pretrain", "FSDP2")


@pytest.mark.heavy
def test_two_nodes_meet_at_an_address_and_train_together(inputs: Path, alone: Path, tmp_path: Path):
    """Two `torchrun` agents of one process each, as on two machines that share a disk."""
    folder = new_run(inputs, tmp_path, "auto")
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    meet = ["--nnodes", "2", "--nproc-per-node", "1", "--rdzv-backend", "c10d", "--rdzv-id", "tekio"]
    meet += ["--rdzv-endpoint", f"localhost:{port}"]
    finished(*[started(folder, torchrun(*meet), "pretrain") for _ in range(2)])
    same_stage(folder / "run", alone, "pretrain", "FSDP2")


@pytest.mark.heavy
@pytest.mark.parametrize("strategy", ["ddp", "fsdp2", "zero1", "zero2", "zero3"])
def test_every_strategy_through_the_command_line_killed_and_repeated(
    inputs: Path, alone: Path, tmp_path: Path, strategy: str
):
    """Pre-training killed from outside once a checkpoint is there, repeated; then an adapter on top."""
    if strategy.startswith("zero"):
        pytest.importorskip("deepspeed")
    folder = new_run(inputs, tmp_path, strategy)
    process = started(folder, torchrun(*ONE_NODE), "pretrain")
    partial = folder / "run" / "pretrain.partial"
    while process.poll() is None and not list((partial / "checkpoints").glob("step-*")):
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)  # torchrun ends its processes
    process.wait()
    assert partial.exists(), "the run ended before it could be killed"
    finished(started(folder, torchrun(*ONE_NODE), "pretrain"))
    engine = {"ddp": "Distributed", "fsdp2": "FSDP2"}.get(strategy, f"ZeRO-{strategy[-1]}")
    same_stage(folder / "run", alone, "pretrain", engine)
    if not (alone / "tune").exists():
        finished(started(alone.parent, [], "tune"))
    shutil.rmtree(folder / "run" / "pretrain")
    shutil.copytree(alone / "pretrain", folder / "run" / "pretrain")
    finished(started(folder, torchrun(*ONE_NODE), "tune"))
    same_stage(folder / "run", alone, "tune", engine)


def test_a_whole_run_is_not_started_once_for_each_process(inputs: Path, tmp_path: Path):
    folder = new_run(inputs, tmp_path, "auto")
    environment = os.environ | {"PYTHONPATH": str(TESTS.parent / "src"), "WORLD_SIZE": "2", "RANK": "1"}
    words = [sys.executable, "-m", "tekio", "--lang", "en", "run", str(folder / "recipe.yaml")]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "tekio train" in done.stderr
