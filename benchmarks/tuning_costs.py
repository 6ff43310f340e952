"""Time, memory, size on disk and answer latency of tuning all parameters and of an adapter, over sizes of the model (CPU, one thread).

    python benchmarks/tuning_costs.py [--sizes 5M 16M 44M 135M] [--out docs/studies/results/tuning-costs.json]

Weights are random: what is measured does not depend on what they know. Each cell trains in a process of its own, once two steps and once six; the
time of a step is a fourth of the difference in CPU seconds, which takes the start out. Memory is the peak above the process' size before the model is made.
A step is 4 rows of 512 tokens. An answer is 64 greedy tokens after a prompt of 64, one at a time: the tuned model, the adapter beside its base, the same merged.
"""

# pyright: standard

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from effect import STUDIES, fill_page
from train_memory import peak, resident
from training_job import random_rows, training_job

# hidden, layers, heads, key-value heads, intermediate, vocabulary
SIZES = {
    "5M": (256, 4, 4, 4, 688, 8_000),
    "16M": (416, 6, 8, 8, 1_120, 8_000),
    "44M": (640, 8, 10, 10, 1_712, 8_000),
    "135M": (576, 30, 9, 3, 1_536, 49_152),  # the shape of SmolLM2-135M
}
METHODS = ("full", "lora")
ROWS, WIDTH, PROMPT, ANSWER = 4, 512, 64, 64
PAGE = STUDIES / "tuning-costs.md"


def build(size: str, folder: Path):
    """A random model of a size, saved with a small tokenizer as a folder that Tekio loads."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from tekio.recipe.train import TokenizerConfig
    from tekio.train.tokenizer import train_tokenizer

    hidden, layers, heads, shared, intermediate, vocabulary = SIZES[size]
    tokenizer = train_tokenizer(["預金と為替と証券の話です。"] * 50, TokenizerConfig(kind="bpe", vocabulary=300))
    torch.manual_seed(1)
    before = resident()
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=hidden,
            intermediate_size=intermediate,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            num_key_value_heads=shared,
            max_position_embeddings=WIDTH,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return model, tokenizer, before


def train(size: str, method: str, steps: int) -> dict[str, float]:
    """CPU seconds and peak memory of so many steps; with six, also what the result weighs and how fast it answers."""
    import torch

    from tekio.recipe.train import LoraConfig, OptimizerConfig, TuneConfig
    from tekio.train import loop
    from tekio.train.adapter import add_adapter, save_adapter
    from tekio.train.attention import register_varlen

    torch.set_num_threads(1)
    register_varlen()
    out = Path(tempfile.mkdtemp())
    vocabulary = SIZES[size][-1]
    store = random_rows(out, vocabulary, ROWS, WIDTH)
    model, tokenizer, before = build(size, out / "base")
    config = TuneConfig(
        method="lora" if method == "lora" else "full",
        lora=LoraConfig(rank=16, alpha=32, dropout=0.0),
        sequence_length=WIDTH,
        batch_rows=ROWS,
        micro_batch_rows=ROWS,
        precision="bf16",
        compile="never",
        optimizer=OptimizerConfig(learning_rate=1e-4),
    )
    if method == "lora":
        for item in model.parameters():
            item.data = item.data.bfloat16()
        model = add_adapter(model, config.lora)
    job = training_job(model, config, store, out, vocabulary=vocabulary, steps=steps)
    begin = time.process_time()
    loop.train(job)
    found: dict[str, float] = {"seconds": time.process_time() - begin, "peak": peak() - before}
    if steps < 6:
        return found
    result = out / "tuned"
    if method == "lora":
        save_adapter(model, tokenizer, result, base=out / "base", final=result)
        found["disk"] = sum(file.stat().st_size for file in result.glob("adapter_model*"))
    else:
        for item in model.parameters():
            item.data = item.data.bfloat16()
        model.save_pretrained(result)
        tokenizer.save_pretrained(result)
        found["disk"] = sum(file.stat().st_size for file in result.glob("*.safetensors"))
    found["answer"] = answer_seconds(result)
    if method == "lora":
        from tekio.model.merge import merge_adapter

        merge_adapter(result, out / "merged")
        found["answer merged"] = answer_seconds(out / "merged")
    return found


def answer_seconds(folder: Path) -> float:
    """CPU seconds a token of an answer of one prompt, the prompt's own pass included; the best of three."""
    from dataclasses import replace

    from tekio.model.generate import generate_ids
    from tekio.model.load import load_model

    loaded = replace(load_model(folder), eos_ids=(-1,))  # random weights may end an answer anywhere
    ids = list(range(8, 8 + PROMPT))
    times: list[float] = []
    for _ in range(3):
        begin = time.process_time()
        [made] = generate_ids(loaded, [ids], max_new_tokens=ANSWER, rows=1)
        assert made.tokens == ANSWER
        times.append((time.process_time() - begin) / ANSWER)
    return min(times)


def measure(size: str, method: str) -> dict[str, float]:
    """One cell of the table: seconds a step, peak bytes, bytes on disk, seconds a token."""

    def run(steps: int) -> dict[str, float]:
        asked = [sys.executable, __file__, "--one", size, method, str(steps)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        return json.loads(done.stdout.strip().splitlines()[-1])

    few, many = run(2), run(6)
    return many | {"step": (many["seconds"] - few["seconds"]) / 4}


HEADS = {
    "en": "| model | method | CPU s a step | times LoRA | peak memory MB | on disk MB | ms a token | merged |",
    "ja": "| モデル | 方法 | 1 ステップの CPU 秒 | LoRA 比 | 最大メモリ MB | 保存 MB | 1 トークンの生成 ms | 統合後 |",
}


def table(values: dict[str, dict[str, dict[str, float]]], language: str) -> list[str]:
    """The page's table."""
    lines = [HEADS[language], "|---|---|---|---|---|---|---|---|"]
    for size, methods in values.items():
        for method, one in methods.items():
            ratio = one["step"] / methods["lora"]["step"]
            merged = f"{one['answer merged'] * 1000:.1f}" if "answer merged" in one else ""
            name = "LoRA r 16" if method == "lora" else {"en": "all parameters", "ja": "全パラメータ"}[language]
            lines.append(
                f"| {size} | {name} | {one['step']:.2f} | {ratio:.2f} | {one['peak'] / 1e6:,.0f} | {one['disk'] / 1e6:,.1f} | "
                f"{one['answer'] * 1000:.1f} | {merged} |"
            )
    return lines


def main() -> None:
    """Measure, keep and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=[*SIZES], choices=[*SIZES])
    parser.add_argument("--out", type=Path, default=STUDIES / "results" / "tuning-costs.json")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        size, method, steps = given.one
        print(json.dumps(train(size, method, int(steps))))
        return
    values: dict[str, dict[str, dict[str, float]]] = {}
    for size in given.sizes:
        values[size] = {method: measure(size, method) for method in METHODS}
        print("\n".join(table({size: values[size]}, "en")[2:]), flush=True)
    told = {"date": time.strftime("%Y-%m-%d"), "values": values}
    given.out.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    if PAGE.is_file() and given.out == parser.get_default("out"):
        fill_page(PAGE, {"en": table(values, "en"), "ja": table(values, "ja")})


if __name__ == "__main__":
    main()
