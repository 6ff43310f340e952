"""Training speed on one GPU: Tekio beside HF Trainer and TRL, in one call.

    python benchmarks/gpu_train.py [--shape llama qwen3] [--mode cpt lora] [--only tekio trainer trl] [--steps 20]

1.3-billion-class Llama and Qwen3 shapes with random weights, bf16, rows of 2,048 tokens, made-up texts with the lengths
of real documents. Prints useful tokens/s after warm-up, the share of the GPU's dense bf16 peak they use (model FLOPs:
6 x parameters plus 12 x layers x hidden x mean text length, a token; recomputation is not counted; LoRA: 4 x), and
peak memory. `--peak` names the peak of the card in TFLOP/s (H100 and H200 SXM: 989).
"""

# pyright: standard
# pyright: reportMissingImports=false

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WIDTH, VOCABULARY, WARM_UP = 2048, 64_000, 5
SOURCE = Path(__file__).resolve().parents[1] / "src"


def texts(count: int) -> list[list[int]]:
    import numpy as np

    source = np.random.default_rng(7)
    sizes = np.clip(source.lognormal(5.6, 1.0, count).astype(int), 16, WIDTH)
    return [[1, *source.integers(8, VOCABULARY, size - 2).tolist(), 2] for size in sizes]


def new_model(shape: str):
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    options = {
        "vocab_size": VOCABULARY,
        "hidden_size": 2048,
        "intermediate_size": 5632,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "num_key_value_heads": 16 if shape == "llama" else 8,
        "head_dim": 128,
        "max_position_embeddings": WIDTH,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 3,
    }
    with torch.device("cuda"):
        return AutoModelForCausalLM.from_config(AutoConfig.for_model(shape, **options))


def with_lora(model):
    sys.path.insert(0, str(SOURCE))
    from tekio.recipe.train import LoraConfig
    from tekio.train.adapter import add_adapter

    return add_adapter(model, LoraConfig(rank=16))


def report(model, stamps: list[float], tokens: list[int], mean_length: float, peak: float, lora: bool) -> None:
    import torch

    torch.cuda.synchronize()
    seconds, useful = stamps[-1] - stamps[WARM_UP], sum(tokens[WARM_UP:])
    parameters = sum(item.numel() for item in model.parameters())
    flops = (4 if lora else 6) * parameters + 12 * 24 * 2048 * mean_length
    line = {
        "tokens_per_second": round(useful / seconds),
        "utilisation": round(useful / seconds * flops / (peak * 1e12), 3),
        "peak_memory_gb": round(torch.cuda.max_memory_allocated() / 1e9, 1),
        "parameters": parameters,
    }
    print(json.dumps(line))


def tekio(shape: str, lora: bool, steps: int, rows: int, peak: float) -> None:
    sys.path.insert(0, str(SOURCE))
    import torch

    from tekio.recipe.train import OptimizerConfig, PretrainConfig
    from tekio.train import loop
    from tekio.train.order import make_schedule
    from tekio.train.packing import Example, build_rows
    from tekio.train.stopping import Watch

    data, out = texts(steps * rows * 8), Path(tempfile.mkdtemp())
    store = build_rows(out / "rows", [Example(ids) for ids in data], WIDTH)
    model = with_lora(new_model(shape)) if lora else new_model(shape)
    config = PretrainConfig(
        sequence_length=WIDTH,
        batch_rows=rows,
        micro_batch_rows=rows,
        precision="bf16",
        compile="always",
        optimizer=OptimizerConfig(learning_rate=1e-5),
    )
    schedule = make_schedule([store], seed=5, share=0, batch=rows, epochs=100, max_steps=steps)
    stamps: list[float] = []
    tokens: list[int] = []
    plain = loop._step

    def timed(*arguments):
        torch.cuda.synchronize()
        stamps.append(time.perf_counter())
        result = plain(*arguments)
        tokens.append(result[2])
        return result

    loop._step = timed
    job = loop.Job(
        label="tekio",
        model=model,
        config=config,
        schedule=schedule,
        stores=[store],
        held_out={},
        vocabulary=VOCABULARY,
        padding=3,
        device="cuda:0",
        metrics=out / "metrics.jsonl",
        timing=out / "timing.jsonl",
        checkpoints=out / "checkpoints",
        watch=Watch([]),
    )
    loop.train(job)
    torch.cuda.synchronize()
    stamps.append(time.perf_counter())
    report(model, stamps, tokens, sum(map(len, data)) / len(data), peak, lora)


def peer(name: str, shape: str, lora: bool, steps: int, rows: int, peak: float) -> None:
    import torch
    from tokenizers import Tokenizer, models
    from transformers import (
        DataCollatorForSeq2Seq,
        PreTrainedTokenizerFast,
        Trainer,
        TrainerCallback,
        TrainingArguments,
    )

    words = {f"t{number}": number for number in range(VOCABULARY)}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="t0")),
        bos_token="t1",
        eos_token="t2",
        pad_token="t3",
        unk_token="t0",
    )
    data = texts(steps * rows * 8)
    model = with_lora(new_model(shape)) if lora else new_model(shape)
    stamps: list[float] = []
    tokens: list[int] = []

    class Clock(TrainerCallback):
        def on_step_begin(self, args, state, control, **more):
            torch.cuda.synchronize()
            stamps.append(time.perf_counter())

    common = {
        "output_dir": tempfile.mkdtemp(),
        "max_steps": steps,
        "per_device_train_batch_size": rows,
        "learning_rate": 1e-5,
        "bf16": True,
        "report_to": [],
        "save_strategy": "no",
        "logging_strategy": "no",
        "disable_tqdm": True,
        "optim": "adamw_torch_fused",
    }
    if name == "trainer":
        items = [{"input_ids": ids, "labels": list(ids), "attention_mask": [1] * len(ids)} for ids in data]
        collator = DataCollatorForSeq2Seq(tokenizer, padding=True)
        made = Trainer(
            model=model,
            args=TrainingArguments(**common),
            train_dataset=items,  # type: ignore[arg-type]
            data_collator=collator,
            callbacks=[Clock()],
        )
    else:
        from datasets import Dataset
        from trl import SFTConfig, SFTTrainer

        made = SFTTrainer(
            model=model,
            args=SFTConfig(packing=True, max_length=WIDTH, gradient_checkpointing=False, **common),
            train_dataset=Dataset.from_dict({"input_ids": data}),
            processing_class=tokenizer,
            callbacks=[Clock()],
        )
    plain = made.data_collator

    def collate(items):
        batch = plain(items)
        tokens.append(int((batch["labels"] != -100).sum()))
        return batch

    made.data_collator = collate
    made.train()
    torch.cuda.synchronize()
    stamps.append(time.perf_counter())
    report(model, stamps, tokens[:steps], sum(map(len, data)) / len(data), peak, lora)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", nargs="*", default=["llama", "qwen3"])
    parser.add_argument("--mode", nargs="*", default=["cpt", "lora"])
    parser.add_argument("--only", nargs="*", default=["tekio", "trainer", "trl"])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rows", type=int, default=8, help="rows of 2,048 tokens a step")
    parser.add_argument("--peak", type=float, default=989.0, help="dense bf16 peak of the card, TFLOP/s")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        shape, mode = given.shape[0], given.mode[0]
        run = tekio if given.one == "tekio" else lambda *rest: peer(given.one, *rest)
        run(shape, mode == "lora", given.steps, given.rows, given.peak)
        return
    for shape in given.shape:
        for mode in given.mode:
            for name in given.only:
                words = [sys.executable, __file__, "--one", name, "--shape", shape, "--mode", mode]
                words += ["--steps", str(given.steps), "--rows", str(given.rows), "--peak", str(given.peak)]
                done = subprocess.run(words, capture_output=True, text=True)
                shown = (
                    done.stdout.strip().splitlines()[-1] if done.returncode == 0 else f"failed: {done.stderr[-600:]}"
                )
                print(f"{shape:6} {mode:5} {name:8} {shown}", flush=True)


if __name__ == "__main__":
    main()
