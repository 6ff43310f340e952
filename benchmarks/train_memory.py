"""Peak memory of training: what the estimate says before a run, and what the process then takes (CPU, resident set).

    python benchmarks/train_memory.py [--only NAME ...] [--times N]

Each shape trains three steps in a process of its own; measured is the peak above the process' size before the model is
made. With recomputed activations runs differ by a quarter: `--times 3` takes the highest of three. `logits-100k` is the loss
alone: 4,096 places of a vocabulary of 100,000, whole logits beside Tekio's chunks.
"""

# pyright: standard

import argparse
import gc
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from training_job import random_rows, training_job

CHECKPOINTED = {"gradient_checkpointing": True}
# hidden, layers, vocabulary, rows at once, row width, recipe options, adapter
SHAPES = {
    "full": (512, 6, 8_192, 4, 512, {}, False),
    "lora": (512, 6, 8_192, 4, 512, {}, True),
    "lora, frozen in bf16": (512, 6, 8_192, 4, 512, {"precision": "bf16"}, True),
    "qlora": (512, 6, 8_192, 4, 512, {"precision": "bf16", "quantize": "nf4"}, True),
    "lora, attention only": (512, 6, 8_192, 4, 512, {"lora": {"targets": "attention"}}, True),
    "full, checkpointing": (512, 12, 8_192, 8, 512, CHECKPOINTED, False),
    "full, checkpointing 6 of 12": (512, 12, 8_192, 8, 512, CHECKPOINTED | {"checkpointed_layers": 6}, False),
    "full, checkpointing 3 of 12": (512, 12, 8_192, 8, 512, CHECKPOINTED | {"checkpointed_layers": 3}, False),
    "full, 8-bit AdamW": (768, 8, 8_192, 1, 512, {"optimizer": {"kind": "adamw8bit"}}, False),
    "full, AdamW in bf16": (768, 8, 8_192, 1, 512, {"optimizer": {"state": "bf16"}}, False),
    "full, 768 x 8": (768, 8, 8_192, 1, 512, {}, False),
    "full, bf16": (512, 6, 8_192, 4, 512, {"precision": "bf16"}, False),
    "100k vocabulary": (256, 4, 100_000, 8, 512, {}, False),
    "full, mask": (512, 6, 8_192, 4, 512, {"attention": "mask"}, False),
}


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def reset_peak() -> None:
    """Let the peak of the resident set begin anew (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def one(name: str) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from tekio.recipe.train import PretrainConfig, TuneConfig
    from tekio.train import loop
    from tekio.train.adapter import add_adapter
    from tekio.train.attention import register_varlen
    from tekio.train.estimate import frozen_type, memory_need, shape_of
    from tekio.train.quantized import load_quantized

    torch.set_num_threads(1)
    hidden, layers, vocabulary, rows, width, options, lora = SHAPES[name]
    out = Path(tempfile.mkdtemp())
    store = random_rows(out, vocabulary, rows, width)
    common = {"sequence_length": width, "batch_rows": rows, "micro_batch_rows": rows, "compile": "never", **options}
    config = TuneConfig(**common) if lora else PretrainConfig(**common)  # type: ignore[arg-type]
    register_varlen()
    if importlib.util.find_spec("bitsandbytes") is not None:
        importlib.import_module("bitsandbytes")
    with torch.device("meta"):
        torch.nn.Linear(8, 8)
    before = resident()
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=hidden,
            intermediate_size=hidden * 8 // 3 // 16 * 16,
            num_hidden_layers=layers,
            num_attention_heads=8,
            max_position_embeddings=width,
            tie_word_embeddings=False,
        )
    )
    shape = shape_of(model, config)
    if lora:
        assert isinstance(config, TuneConfig)
        if config.quantize != "none":
            model.save_pretrained(out / "base")
            del model
            gc.collect()
            before = resident()
            reset_peak()
            model = load_quantized(out / "base", device="cpu", checkpointing=False)
        elif frozen_type(config, "cpu") == "bf16":
            for item in model.parameters():
                item.data = item.data.bfloat16()
        model = add_adapter(model, config.lora)
    need = memory_need(shape, config)
    probed = 0.0 if isinstance(config, TuneConfig) and config.quantize != "none" else None
    loop.train(training_job(model, config, store, out, vocabulary=vocabulary, steps=3, probed=probed))
    print(json.dumps({"estimate": sum(vars(need).values()), "measured": peak() - before, "parts": vars(need)}))


def loss_alone(chunked: bool) -> None:
    import torch

    from tekio.train.allocator import keep_buffers
    from tekio.train.loss import chunked_loss_sum

    torch.set_num_threads(1)
    keep_buffers()
    head = torch.nn.Linear(256, 100_000, bias=False)
    hidden, targets = torch.randn(4096, 256, requires_grad=True), torch.randint(0, 100_000, (4096,))
    before = resident()
    if chunked:
        chunked_loss_sum(hidden, head, targets).backward()
    else:
        torch.nn.functional.cross_entropy(head(hidden), targets, reduction="sum").backward()
    print(json.dumps({"measured": peak() - before}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[*SHAPES, "logits-100k"])
    parser.add_argument("--times", type=int, default=1, help="runs of each shape; the one that takes most counts")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        loss_alone(given.one == "chunked") if given.one in ("chunked", "whole") else one(given.one)
        return

    def run(name: str) -> dict:
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, __file__, "--one", name], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        return json.loads(done.stdout.strip().splitlines()[-1])

    for name in given.only:
        if name == "logits-100k":
            whole, chunked = (run(kind)["measured"] for kind in ("whole", "chunked"))
            print(
                f"loss, 4,096 places, vocabulary 100,000: whole logits {whole / 1e6:,.0f} MB, chunks {chunked / 1e6:,.0f} MB"
            )
            continue
        found = max((run(name) for _ in range(given.times)), key=lambda item: item["measured"])
        parts = ", ".join(f"{key} {value / 1e6:,.0f}" for key, value in found["parts"].items())
        error = found["estimate"] / found["measured"] - 1
        print(
            f"{name:20} estimate {found['estimate'] / 1e6:7,.0f} MB, measured {found['measured'] / 1e6:7,.0f} MB, "
            f"error {error:+.0%}  ({parts})",
            flush=True,
        )


if __name__ == "__main__":
    main()
