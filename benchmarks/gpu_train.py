"""Training speed on one GPU: Tekio beside HF Trainer, TRL, Trainer with Liger's kernels and Unsloth, in one call.

    python benchmarks/gpu_train.py [--size 1.3b 8b] [--shape llama qwen3] [--mode cpt lora qlora] [--only tekio trainer ...] [--steps 20]
    python benchmarks/gpu_train.py --tiny --device cpu [--peers-python PYTHON]      a dry check of the script itself

Llama and Qwen3 shapes of 1.3 and 8 billion parameters with random weights, bf16 (the base of an adapter held in bf16, of `qlora` in 4
bits), rows of 2,048 tokens, made-up texts with the lengths of real documents. `tekio` is the default (attention chosen by the probe,
compiled on a GPU); `tekio-varlen`, `-flash`, `-flex`, `-mask` name the attention, `tekio-plain` compiles nothing. Prints useful tokens/s
after warm-up, the share of the GPU's dense bf16 peak they use (model FLOPs as in `tekio.train.flops`, the same count for all;
recomputation is not counted), and peak memory (of a CPU: the process'). What is not installed, or by `tekio.train.estimate` does not
fit into the device, is left out by name. The peak comes from the table there, or from `--peak` (TFLOP/s); of a CPU it is measured.
"""

# pyright: standard
# pyright: reportMissingImports=false

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

WARM_UP = 5
LEFT_OUT = 3  # exit code
TEKIO = ("tekio", "tekio-varlen", "tekio-flash", "tekio-flex", "tekio-mask", "tekio-plain")
PEERS = ("trainer", "trl", "liger", "unsloth")
PACKAGES = {"trl": "trl", "liger": "liger_kernel", "unsloth": "unsloth"}
SIZES = {  # vocabulary, hidden, feed-forward, layers, heads
    "1.3b": (64_000, 2048, 5632, 24, 16),
    "8b": (128_256, 4096, 14_336, 32, 32),
}
SOURCE = Path(__file__).resolve().parents[1] / "src"


class LeftOut(Exception):  # noqa: N818
    """What cannot be run here."""


@dataclass(frozen=True)
class Setting:
    """What is trained on what. width: tokens a row. peak: FLOP/s, None: find out. again: gradient checkpointing."""

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
    again: bool = False

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


def new_base(shape: str, mode: str, setting: Setting):
    """The model before any adapter, with random weights; the same for all contenders."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    options = {
        "vocab_size": setting.vocabulary,
        "hidden_size": setting.hidden,
        "intermediate_size": setting.middle,
        "num_hidden_layers": setting.layers,
        "num_attention_heads": setting.heads,
        "num_key_value_heads": setting.heads
        if setting.hidden < 4096 and shape == "llama"
        else max(1, setting.heads // 4),
        "head_dim": setting.hidden // setting.heads,
        "max_position_embeddings": setting.width,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 3,
    }
    config = AutoConfig.for_model(shape, **options)
    sys.path.insert(0, str(SOURCE))
    require_room(config, mode, setting)
    kind = torch.float32 if mode == "cpt" else torch.bfloat16
    with torch.device(setting.device):
        return AutoModelForCausalLM.from_config(config, dtype=kind)


def new_model(shape: str, mode: str, setting: Setting):
    """The model to train, adapter included."""
    model = new_base(shape, mode, setting)
    if mode == "qlora":
        from tekio.train.quantized import load_quantized

        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)
            del model
            model = load_quantized(Path(folder), device=setting.device, checkpointing=setting.again)
    return model if mode == "cpt" else with_lora(model)


def unsloth_model(shape: str, mode: str, setting: Setting, tokenizer):
    """The same model through Unsloth's own loading and adapter, as its documentation has it. Not run: no GPU was at hand."""
    from unsloth import FastLanguageModel

    with tempfile.TemporaryDirectory() as folder:
        new_base(shape, mode, setting).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        model, _ = FastLanguageModel.from_pretrained(
            folder, max_seq_length=setting.width, load_in_4bit=mode == "qlora", full_finetuning=mode == "cpt"
        )
    if mode == "cpt":
        return model
    from tekio.train.adapter import linear_layers

    again = "unsloth" if setting.again else False
    return FastLanguageModel.get_peft_model(
        model, r=16, lora_alpha=16, target_modules=linear_layers(model), use_gradient_checkpointing=again
    )


def tekio_config(mode: str, setting: Setting, **more):
    """How Tekio's recipe would say it."""
    sys.path.insert(0, str(SOURCE))
    from tekio.recipe.train import LoraConfig, OptimizerConfig, PretrainConfig

    return PretrainConfig(
        sequence_length=setting.width,
        batch_rows=setting.rows,
        micro_batch_rows=setting.rows,
        precision="bf16",
        method="full" if mode == "cpt" else "lora",
        lora=LoraConfig(rank=16),
        frozen="bf16" if mode != "cpt" else "auto",
        quantize="nf4" if mode == "qlora" else "none",
        gradient_checkpointing=setting.again,
        optimizer=OptimizerConfig(learning_rate=1e-5),
        **more,
    )


def require_room(config, mode: str, setting: Setting) -> None:
    """Raise `LeftOut` when the estimate says that the device has not the memory, or a package is missing."""
    import torch
    from transformers import AutoModelForCausalLM

    from tekio.progress import size_words
    from tekio.train.estimate import available_memory, memory_need, shape_of

    if mode == "qlora" and importlib.util.find_spec("bitsandbytes") is None:
        raise LeftOut("bitsandbytes is not installed")
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    wanted = tekio_config(mode, setting)
    need = memory_need(shape_of(model, wanted), wanted, device=setting.device).total
    there = available_memory(setting.device)
    if need > there:
        raise LeftOut(f"would need about {size_words(need)}, {size_words(there)} are free")


def with_lora(model):
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


def tekio(name: str, shape: str, mode: str, setting: Setting) -> None:
    sys.path.insert(0, str(SOURCE))
    from tekio.errors import TekioError
    from tekio.train import loop
    from tekio.train.packing import Example, build_rows
    from tekio.train.schedule import make_schedule
    from tekio.train.stopping import Watch

    data, out = texts(setting), Path(tempfile.mkdtemp())
    store = build_rows(out / "rows", [Example(ids) for ids in data], setting.width)
    model = new_model(shape, mode, setting)
    word = name.partition("-")[2]
    config = tekio_config(
        mode,
        setting,
        attention=word if word in ("varlen", "flash", "flex", "mask") else "auto",
        compile="always" if setting.cuda and word != "plain" else "never",
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
        probed=0.0 if mode == "qlora" else None,
    )
    try:
        outcome = loop.train(job)
    except TekioError as error:
        raise LeftOut(error.explain("en").replace("\n", " ")) from error
    setting.wait()
    stamps.append(time.perf_counter())
    report(model, setting, stamps, tokens, data, attention=outcome.attention, compiled=outcome.compiled)


def peer(name: str, shape: str, mode: str, setting: Setting) -> None:
    package = PACKAGES.get(name)
    if package and importlib.util.find_spec(package) is None:
        raise LeftOut(f"{package} is not installed")
    if name in ("unsloth", "liger") and not setting.cuda:
        raise LeftOut("needs a GPU")
    if name == "unsloth":
        import unsloth  # noqa: F401 (before transformers, which it rewrites)
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
    made_by = unsloth_model(shape, mode, setting, tokenizer) if name == "unsloth" else None
    model = made_by or new_model(shape, mode, setting)
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
        "gradient_checkpointing": setting.again,
        "use_liger_kernel": name == "liger",
    }
    if name in ("trainer", "liger"):
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
            args=SFTConfig(packing=True, max_length=setting.width, **common),
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


def settings(size: str, mode: str, given) -> Setting:
    peak = given.peak * 1e12 if given.peak else None
    if given.tiny:
        return Setting(given.device, 256, 1000, 64, 176, 2, 4, 2, 8, peak)
    made = Setting(given.device, 2048, *SIZES[size], given.rows, given.steps, peak)
    return replace(made, rows=max(1, given.rows // 4), again=True) if size == "8b" else made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", nargs="*", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--shape", nargs="*", default=["llama", "qwen3"])
    parser.add_argument("--mode", nargs="*", default=["cpt", "lora", "qlora"], choices=["cpt", "lora", "qlora"])
    parser.add_argument("--only", nargs="*", default=[*TEKIO, *PEERS], choices=[*TEKIO, *PEERS])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument(
        "--rows", type=int, default=8, help="rows of 2,048 tokens a step (8b: a quarter of them, layers computed again)"
    )
    parser.add_argument("--peak", type=float, help="dense bf16 peak of the device, TFLOP/s")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--tiny", action="store_true", help="a model of two small layers: is the script sound?")
    parser.add_argument(
        "--peers-python", default=sys.executable, help="python with transformers, accelerate, trl, datasets"
    )
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--beside", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        sys.path += [given.beside] if given.beside else []  # what Tekio needs and the peers' environment has not
        run = tekio if given.one in TEKIO else peer
        try:
            run(given.one, given.shape[0], given.mode[0], settings(given.size[0], given.mode[0], given))
        except LeftOut as reason:
            print(reason)
            raise SystemExit(LEFT_OUT) from reason
        return
    failed = False
    for size in ["tiny"] if given.tiny else given.size:
        known = size if size in SIZES else next(iter(SIZES))
        print(json.dumps(asdict(settings(known, given.mode[0], given))))
        for shape, mode, name in [(s, m, n) for s in given.shape for m in given.mode for n in given.only]:
            python = sys.executable if name in TEKIO else given.peers_python
            words = [python, __file__, "--one", name, "--size", known, "--shape", shape, "--mode", mode]
            words += [] if name in TEKIO else ["--beside", sysconfig.get_path("purelib")]
            words += ["--device", given.device, "--steps", str(given.steps), "--rows", str(given.rows)]
            words += ["--tiny"] * given.tiny + (["--peak", str(given.peak)] if given.peak else [])
            done = subprocess.run(words, capture_output=True, text=True)
            last = (done.stdout.strip().splitlines() or [""])[-1]
            if done.returncode == LEFT_OUT:
                last = f"left out: {last}"
            elif done.returncode:
                last, failed = f"failed: {done.stderr[-600:]}", True
            print(f"{size:4} {shape:6} {mode:5} {name:12} {last}", flush=True)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
