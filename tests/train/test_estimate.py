"""What is said before training is true: sizes, refusals, the share that does not fit, which tokens carry loss."""

# pyright: standard

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from model.tiny import save_tiny, tiny_tokenizer
from tekio.errors import TekioError
from tekio.model.load import load_weights
from tekio.recipe.train import ArchitectureConfig, LoraConfig
from tekio.train import estimate
from tekio.train.adapter import add_adapter
from tekio.train.estimate import fit_of_records, memory_need, model_shape, require_memory, scratch_shape, shape_of
from tekio.train.examples import document_examples, encode_record
from tekio.train.inputs import records_of
from tekio.train.new_model import new_model
from tekio.train.packing import Example
from tekio.train.show import show_example
from train.tiny_inputs import make_records, pretrain_config, tune_config


@pytest.mark.parametrize("tied", [True, False])
def test_the_shape_of_a_new_model_is_known_before_it_is_made(tied: bool):
    tokenizer = tiny_tokenizer()
    config = ArchitectureConfig(hidden_size=48, layers=3, heads=4, key_value_heads=2, tie_embeddings=tied)
    assert scratch_shape(config, len(tokenizer)) == shape_of(new_model(config, tokenizer))


def test_trainable_parameters_of_an_adapter_are_exact(tmp_path: Path):
    folder = save_tiny(tmp_path / "base")
    config = tune_config(lora=LoraConfig(rank=3))
    model = add_adapter(load_weights(folder), config.lora)
    actual = sum(item.numel() for item in model.parameters() if item.requires_grad)
    assert model_shape(folder, config).trainable == actual


def test_lora_and_checkpointing_need_less_memory():
    shape = scratch_shape(ArchitectureConfig(hidden_size=1024, layers=24, heads=8), 32_000)
    full = memory_need(shape, pretrain_config(sequence_length=2048, batch_rows=8, micro_batch_rows=8))
    less = memory_need(
        shape, pretrain_config(sequence_length=2048, batch_rows=8, micro_batch_rows=8, gradient_checkpointing=True)
    )
    assert full.weights == 4 * shape.parameters
    assert full.optimizer == 8 * shape.parameters
    assert less.activations < full.activations / 3
    sharded = memory_need(shape, pretrain_config(strategy="fsdp2"), devices=4)
    assert sharded.weights == shape.parameters


def test_training_that_cannot_fit_is_refused_beforehand(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(estimate, "available_memory", lambda device: 10_000_000)
    shape = scratch_shape(ArchitectureConfig(hidden_size=1024, layers=8, heads=8), 32_000)
    with pytest.raises(TekioError, match="gradient_checkpointing"):
        require_memory(shape, pretrain_config(), device="cpu")


def test_the_limit_of_a_container_counts(tmp_path: Path):
    """A stand-in for the kernel's files of control groups, versions 2 and 1."""
    (tmp_path / "memory.max").write_text("8000000000\n")
    (tmp_path / "memory.current").write_text("3000000000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 1000000000\n")
    assert list(estimate._free_of_group(tmp_path)) == [6_000_000_000]
    (tmp_path / "memory.max").write_text("max\n")
    old = tmp_path / "memory"
    old.mkdir()
    (old / "memory.limit_in_bytes").write_text("4000000000")
    (old / "memory.usage_in_bytes").write_text("1000000000")
    (old / "memory.stat").write_text("total_inactive_file 0\n")
    assert list(estimate._free_of_group(tmp_path)) == [3_000_000_000]
    (old / "memory.limit_in_bytes").write_text(str(2**63 - 4096))
    assert list(estimate._free_of_group(tmp_path)) == []
    assert list(estimate._free_of_group(tmp_path / "nothing")) == []


LIMITED = """
import resource, sys
import torch
from tekio.errors import TekioError
from tekio.recipe.train import ArchitectureConfig, PretrainConfig
from tekio.train.estimate import require_memory, scratch_shape
shape = scratch_shape(ArchitectureConfig(hidden_size=1024, layers=8, heads=8), 32_000)
config = PretrainConfig(sequence_length=512, micro_batch_rows=4)
require_memory(shape, config, device="cpu")
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 1_000_000_000, -1))
try:
    require_memory(shape, config, device="cpu")
except TekioError as refused:
    print(refused.explain("en"))
"""


def test_a_run_under_a_limit_is_refused_before_it_runs_out():
    """The same run that the machine could take is refused in a process that is allowed a gigabyte."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-c", LIMITED]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert "are free" in done.stdout
    assert "gradient_checkpointing" in done.stdout


@pytest.mark.heavy
def test_the_estimate_is_near_what_processes_take():
    """Within 15 % of the highest peak of the resident set of three runs, for five shapes."""
    script = Path(__file__).parents[2] / "benchmarks" / "train_memory.py"
    shapes = ["full", "lora", "full, checkpointing", "full, bf16", "100k vocabulary"]
    words = [sys.executable, str(script), "--times", "3", "--only", *shapes]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    errors = [int(found) for found in re.findall(r"error ([+-]\d+)%", done.stdout)]
    assert len(errors) == len(shapes)
    assert all(abs(error) <= 15 for error in errors), done.stdout


def test_the_share_of_records_that_do_not_fit_is_counted(tmp_path: Path):
    tokenizer, records = tiny_tokenizer(), records_of(make_records(tmp_path), "train")
    sizes = [
        len(example.ids)
        for r in records
        if (example := encode_record(tokenizer, r, template="alpaca-japanese")) is not None
    ]
    middle = sorted(sizes)[len(sizes) // 2]
    fit = fit_of_records(tokenizer, records, template="alpaca-japanese", width=middle)
    assert fit.records == len(records)
    assert fit.truncated == sum(size > middle for size in sizes) / len(sizes)
    assert fit.longest == max(sizes)


def test_shown_text_marks_what_is_learned_and_cannot_move_the_terminal():
    tokenizer = tiny_tokenizer()
    ids = tokenizer("質問:答え\x1b[2J", add_special_tokens=False)["input_ids"]
    prompt = len(tokenizer("質問:", add_special_tokens=False)["input_ids"])
    flags = [place >= prompt for place in range(len(ids))]
    plain = show_example(tokenizer, Example(ids, flags, 3), colour=False)
    assert plain.startswith("質問:【答え\ufffd[2J】\n")
    assert f"[{len(ids)} tokens, {sum(flags)} learned" in plain
    coloured = show_example(tokenizer, next(document_examples(tokenizer, ["金利"])))
    assert "\x1b[30;42m金利</s>\x1b[0m" in coloured
