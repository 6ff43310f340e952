"""The short import of transformers changes the time of a start and nothing else."""

# pyright: standard

import subprocess
import sys
from pathlib import Path

import pytest
import torch
import transformers

from evaluate.exam import exam_config, write_exam
from model.tiny import tiny_tokenizer
from tekio.evaluate import evaluate
from tekio.model.fast_import import import_lean, is_lean, is_plain

SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 256,
    "initializer_range": 0.2,
}
GROUPED = SIZES | {"num_key_value_heads": 2}
KINDS = {
    "Llama": GROUPED,
    "Qwen2": GROUPED,
    "Qwen3": GROUPED | {"head_dim": 8},
    "Mistral": GROUPED | {"sliding_window": 16},
    "Gemma": GROUPED | {"head_dim": 8},
    "GPTNeoX": SIZES,
    "GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256, "initializer_range": 0.2},
}
SCRIPT = """
import json, sys
from tekio.cli import build_parser
parsed = build_parser("en").parse_args(sys.argv[1:])
parsed.language = "en"
code = parsed.action(parsed)
unwanted = ("torch._dynamo", "torch.distributed.tensor", "sklearn", "accelerate", "peft", "PIL", "pandas")
assert not [name for name in unwanted if name in sys.modules], [name for name in unwanted if name in sys.modules]
import torch._dynamo  # what was left out is there as soon as somebody asks
assert torch._dynamo.disable.__module__.startswith("torch._dynamo")
assert torch.distributed.is_available()
import accelerate
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lean")
    tokenizer = tiny_tokenizer()
    for name, sizes in KINDS.items():
        torch.manual_seed(0)
        config = getattr(transformers, f"{name}Config")(vocab_size=400, bos_token_id=1, eos_token_id=2, **sizes)
        kind = f"{name}LMHeadModel" if name == "GPT2" else f"{name}ForCausalLM"
        getattr(transformers, kind)(config).save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)
    return folder


def test_all_families_give_the_same_bytes(models: Path, tmp_path: Path):
    task = write_exam(tmp_path / "exam", items=6)
    words = [str(models / name) for name in KINDS]
    command = [sys.executable, "-c", SCRIPT, "evaluate", *words, "--suite", str(task), "--out", str(tmp_path / "lean")]
    subprocess.run([*command, "--templates", "all"], check=True)
    evaluate(
        exam_config(task), tmp_path / "usual", models={name: models / name for name in KINDS}, corpus=None, seed=17
    )
    usual = {path.relative_to(tmp_path / "usual") for path in (tmp_path / "usual" / "items").rglob("*.jsonl")}
    assert len(usual) == 2 * len(KINDS)
    for path in usual:
        assert (tmp_path / "lean" / path).read_bytes() == (tmp_path / "usual" / path).read_bytes(), path


def test_a_process_that_has_the_compiler_imports_as_usual():
    import torch._dynamo  # noqa: F401  # pyright: ignore[reportUnusedImport]

    assert not import_lean()
    assert not is_lean()


def test_only_plain_language_models_take_the_short_import(models: Path, tmp_path: Path):
    assert is_plain(models / "Llama")
    assert not is_plain(tmp_path)
    for special in ("quantization_config", "vision_config", "auto_map"):
        (tmp_path / "config.json").write_text(f'{{"model_type": "llama", "{special}": {{}}}}')
        assert not is_plain(tmp_path)
    (tmp_path / "config.json").write_text("[]")
    assert not is_plain(tmp_path)
