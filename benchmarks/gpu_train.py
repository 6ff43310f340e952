"""Training speed on one GPU: Tekio beside HF Trainer and TRL, in one call.

    python benchmarks/gpu_train.py [--shape llama qwen3] [--mode cpt lora] [--only tekio trainer trl] [--steps 20]
    python benchmarks/gpu_train.py --tiny --device cpu [--peers-python PYTHON]      a dry check of the script itself

1.3-billion-class Llama and Qwen3 shapes with random weights, bf16, rows of 2,048 tokens, made-up texts with the lengths
of real documents. Prints useful tokens/s after warm-up, the share of the GPU's dense bf16 peak they use (model FLOPs as
in `tekio.train.flops`, the same count for all; recomputation is not counted), and peak memory (of a CPU: the process').
The peak comes from the table there, or from `--peak` (TFLOP/s); of a CPU it is measured.
"""

# pyright: standard
# pyright: reportMissingImports=false

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

WARM_UP = 5
SOURCE = Path(__file__).resolve().parents[1] / "src"


@dataclass(frozen=True)
class Setting:
    """What is trained on what. width: tokens a row. peak: FLOP/s, None: find out."""

    device: str
    width: int
    vocabulary: int
    hidden: int
    middle: int
    layers: int
    heads: int
    rows: int
    steps: int
    peak: float | None

    @property
    def cuda(self) -> bool:
        return self.device.startswith("cuda")

    def wait(self) -> None:
        import torch

        if self.cuda:
            torch.cuda.synchronize()


def texts(setting: Setting) -> list[list[int]]:
    import numpy as np

    source = np.random.default_rng(7)
    count = setting.steps * setting.rows * 8
    sizes = np.clip(source.lognormal(5.6, 1.0, count).astype(int), 16, setting.width)
    return [[1, *source.integers(8, setting.vocabulary, size - 2).tolist(), 2] for size in sizes]


def new_model(shape: str, setting: Setting):
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    options = {
        "vocab_size": setting.vocabulary,
        "hidden_size": setting.hidden,
        "intermediate_size": setting.middle,
        "num_hidden_layers": setting.layers,
        "num_attention_heads": setting.heads,
        "num_key_value_heads": setting.heads if shape == "llama" else setting.heads // 2,
        "head_dim": setting.hidden // setting.heads,
        "max_position_embeddings": setting.width,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 3,
    }
    with torch.device(setting.device):
        return AutoModelForCausalLM.from_config(AutoConfig.for_model(shape, **options))


def with_lora(model):
    sys.path.insert(0, str(SOURCE))
    from tekio.recipe.train import LoraConfig
    from tekio.train.adapter import add_adapter

    return add_adapter(model, LoraConfig(rank=16))


def report(model, setting: Setting, stamps: list[float], tokens: list[int], data: list[list[int]], **more) -> None:
    import torch

    sys.path.insert(0, str(SOURCE))
    from tekio.train.flops import device_peak, model_flops

    setting.wait()
    seconds, useful = stamps[-1] - stamps[WARM_UP], sum(tokens[WARM_UP:])
    squares = sum(len(ids) ** 2 for ids in data) / sum(len(ids) for ids in data)  # mean over tokens of a text's length
    rate = useful / seconds * model_flops(model).of(1, squares)
    peak = setting.peak or device_peak(setting.device, "bf16")[0]
    used = (
        torch.cuda.max_memory_allocated() if setting.cuda else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    )
    line = {
        "tokens_per_second": round(useful / seconds),
        "tflops": round(rate / 1e12, 3),
        "utilisation": None if peak is None else round(rate / peak, 3),
        "peak_memory_gb": round(used / 1e9, 1),
        "parameters": sum(item.numel() for item in model.parameters()),
    }
    print(json.dumps(line | more))


def tekio(shape: str, lora: bool, setting: Setting) -> None:
    sys.path.insert(0, str(SOURCE))
    from tekio.recipe.train import OptimizerConfig, PretrainConfig
    from tekio.train import loop
    from tekio.train.packing import Example, build_rows
    from tekio.train.schedule import make_schedule
    from tekio.train.stopping import Watch

    data, out = texts(setting), Path(tempfile.mkdtemp())
    store = build_rows(out / "rows", [Example(ids) for ids in data], setting.width)
    model = with_lora(new_model(shape, setting)) if lora else new_model(shape, setting)
    config = PretrainConfig(
        sequence_length=setting.width,
        batch_rows=setting.rows,
        micro_batch_rows=setting.rows,
        precision="bf16",
        compile="always" if setting.cuda else "never",
        optimizer=OptimizerConfig(learning_rate=1e-5),
    )
    schedule = make_schedule([store], seed=5, share=0, batch=setting.rows, epochs=100, max_steps=setting.steps)
    stamps: list[float] = []
    tokens: list[int] = []
    plain = loop._step

    def timed(*arguments):
        setting.wait()
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
        vocabulary=setting.vocabulary,
        padding=3,
        device=setting.device,
        metrics=out / "metrics.jsonl",
        timing=out / "timing.jsonl",
        checkpoints=out / "checkpoints",
        watch=Watch([]),
    )
    outcome = loop.train(job)
    setting.wait()
    stamps.append(time.perf_counter())
    report(model, setting, stamps, tokens, data, attention=outcome.attention, compiled=outcome.compiled)


def peer(name: str, shape: str, lora: bool, setting: Setting) -> None:
    from tokenizers import Tokenizer, models
    from transformers import (
        DataCollatorForSeq2Seq,
        PreTrainedTokenizerFast,
        Trainer,
        TrainerCallback,
        TrainingArguments,
    )

    words = {f"t{number}": number for number in range(setting.vocabulary)}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="t0")),
        bos_token="t1",
        eos_token="t2",
        pad_token="t3",
        unk_token="t0",
    )
    data = texts(setting)
    model = with_lora(new_model(shape, setting)) if lora else new_model(shape, setting)
    stamps: list[float] = []
    tokens: list[int] = []

    class Clock(TrainerCallback):
        def on_step_begin(self, args, state, control, **more):
            setting.wait()
            stamps.append(time.perf_counter())

    common = {
        "output_dir": tempfile.mkdtemp(),
        "max_steps": setting.steps,
        "per_device_train_batch_size": setting.rows,
        "learning_rate": 1e-5,
        "bf16": True,
        "use_cpu": not setting.cuda,
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
            args=SFTConfig(packing=True, max_length=setting.width, gradient_checkpointing=False, **common),
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
    setting.wait()
    stamps.append(time.perf_counter())
    report(model, setting, stamps, tokens[: setting.steps], data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", nargs="*", default=["llama", "qwen3"])
    parser.add_argument("--mode", nargs="*", default=["cpt", "lora"])
    parser.add_argument("--only", nargs="*", default=["tekio", "trainer", "trl"])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rows", type=int, default=8, help="rows of 2,048 tokens a step")
    parser.add_argument("--peak", type=float, help="dense bf16 peak of the device, TFLOP/s")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--tiny", action="store_true", help="a model of two small layers: is the script sound?")
    parser.add_argument(
        "--peers-python", default=sys.executable, help="python with transformers, accelerate, trl, datasets"
    )
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    peak = given.peak * 1e12 if given.peak else None
    if given.tiny:
        setting = Setting(given.device, 256, 1000, 64, 176, 2, 4, 2, 8, peak)
    else:
        setting = Setting(given.device, 2048, 64_000, 2048, 5632, 24, 16, given.rows, given.steps, peak)
    if given.one:
        run = tekio if given.one == "tekio" else lambda *rest: peer(given.one, *rest)
        run(given.shape[0], given.mode[0] == "lora", setting)
        return
    print(json.dumps(asdict(setting)))
    failed = False
    for shape in given.shape:
        for mode in given.mode:
            for name in given.only:
                python = sys.executable if name == "tekio" else given.peers_python
                words = [python, __file__, "--one", name, "--shape", shape, "--mode", mode, "--device", given.device]
                words += ["--steps", str(given.steps), "--rows", str(given.rows)] + ["--tiny"] * given.tiny
                words += ["--peak", str(given.peak)] if given.peak else []
                done = subprocess.run(words, capture_output=True, text=True)
                failed |= done.returncode != 0
                shown = (
                    done.stdout.strip().splitlines()[-1] if done.returncode == 0 else f"failed: {done.stderr[-600:]}"
                )
                print(f"{shape:6} {mode:5} {name:8} {shown}", flush=True)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
