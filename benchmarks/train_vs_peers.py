"""Useful tokens per CPU second of one training step: Tekio beside a bare PyTorch loop, HF Trainer and TRL.

    python benchmarks/train_vs_peers.py --peers-python /path/to/environment/with/trl/bin/python [--steps 30] [--rounds 2]
    python benchmarks/train_vs_peers.py --peers-python ... --small --rounds 8      held-out loss with eight seeds
    ... --kept FILE      every measurement is kept there and not done again: repeat the command after an interruption

Same model (Llama, 4 layers, hidden 256, vocabulary 8,192, 7.4 M parameters), same texts (made up, with the lengths of
real Japanese documents: median about 127 tokens, cut at 512), same optimizer, about 4,096 tokens a step, one thread. Every contender runs
in a process of its own, in turn, for several rounds; the median counts. Only tokens that carry loss are counted, and
CPU time, because it does not change when other programs run. The first steps (compiling, warming up) are left out.

All use AdamW (fused), clip 1.0, a linear decay. Contenders: `bare` (hand-written loop over blocks of concatenated texts, texts not kept apart), `bare-rows` (the same
loop over packed rows whose texts are kept apart), both compiled, bf16 autocast, allocator settings; `tekio`;
`tekio-free-mkl` (Tekio without asking MKL for repeatable bits; compare in fp32, bf16 products are not MKL's);
`trainer` (transformers.Trainer with its default padding); `trl` (SFTTrainer, packing=True), both as they come.
What Tekio is given here a recipe gives: `precision: bf16`, `compile: always` (`auto` compiles runs of ten minutes and
more); packing, the attention and the allocator settings are what `tekio run` does by itself.
Each ends by measuring the loss on the same held-out texts, so that speed is not bought with another result. Every round
has a seed of its own for the first weights and the order of the texts (the same for all contenders of the round); with three
rounds and more the difference to Tekio's loss is printed with its t interval, paired by seed. `--small` takes a model of
0.8 M parameters and 2,048 tokens a step, so that many seeds can be run.
"""

# pyright: standard
# pyright: reportMissingImports=false

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VOCABULARY, WIDTH, TOKENS_A_STEP = 8192, 512, 4096
HIDDEN, MIDDLE, LAYERS, PADDED_TEXTS = 256, 688, 4, 24
SMALL = {
    "VOCABULARY": 2048,
    "WIDTH": 256,
    "TOKENS_A_STEP": 2048,
    "HIDDEN": 128,
    "MIDDLE": 336,
    "LAYERS": 2,
    "PADDED_TEXTS": 15,
}
LEARNING_RATE = 3e-3
WARM_UP = 4
SOURCE = Path(__file__).resolve().parents[1] / "src"
MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "4294967296",
    "MALLOC_TOP_PAD_": "268435456",
}


def texts(count: int, seed: int) -> list[list[int]]:
    """Token sequences with something to learn: frequent and rare tokens, and each makes a few others likely."""
    import numpy as np

    zipf = 1.0 / np.arange(1, VOCABULARY - 8 + 1)
    table = 8 + np.random.default_rng(1).choice(VOCABULARY - 8, (VOCABULARY, 8), p=zipf / zipf.sum())
    source = np.random.default_rng(seed)
    found = []
    for size in np.clip(source.lognormal(4.85, 0.9, count).astype(int), 8, WIDTH - 1):
        tokens = [1, int(source.integers(8, VOCABULARY))]
        while len(tokens) < size:
            tokens.append(int(table[tokens[-1], source.integers(0, 8)]))
        found.append([*tokens, 2])
    return found


def new_model(seed: int):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=HIDDEN,
            intermediate_size=MIDDLE,
            num_hidden_layers=LAYERS,
            num_attention_heads=4,
            max_position_embeddings=WIDTH,
            bos_token_id=1,
            eos_token_id=2,
            pad_token_id=3,
        )
    )


def held_out_loss(model) -> float:
    """Token mean over 60 texts, each alone."""
    import torch

    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for ids in texts(60, 99):
            row = torch.tensor([ids])
            logits = model(input_ids=row, use_cache=False).logits[0, :-1].float()
            total += float(torch.nn.functional.cross_entropy(logits, row[0, 1:], reduction="sum"))
            count += len(ids) - 1
    return total / count


def finish(stamps: list[float], tokens: list[int], model, **more) -> None:
    seconds = stamps[-1] - stamps[WARM_UP]
    useful = sum(tokens[WARM_UP:])
    print(json.dumps({"tokens_per_cpu_second": useful / seconds, "loss": held_out_loss(model), **more}))


def bare(steps: int, data: list[list[int]], *, seed: int, rows: bool, precision: str, compiled: bool) -> None:
    import numpy as np
    import torch

    model = new_model(seed).train()
    decoder = torch.compile(model.model, dynamic=False) if compiled else model.model
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    batch = TOKENS_A_STEP // WIDTH
    if rows:
        sys.path.insert(0, str(SOURCE))
        from tekio.train.packing import Example, build_rows

        store = build_rows(Path(tempfile.mkdtemp()) / "rows", [Example(ids) for ids in data], WIDTH)
        arrays = store.read(range(min(len(store), steps * batch)), 3)
        ids, positions, learned = (torch.from_numpy(item) for item in arrays)
    else:
        flat = np.concatenate([np.array(item) for item in data])
        flat = flat[: len(flat) // WIDTH * WIDTH].reshape(-1, WIDTH)
        ids = torch.from_numpy(flat)
        positions = torch.arange(WIDTH)[None].expand_as(ids)
        learned = torch.ones_like(ids, dtype=torch.bool)
        learned[:, 0] = False
    order = np.random.default_rng(5 + seed).permutation(len(ids))
    stamps, tokens = [time.process_time()], []
    for step in range(steps):
        chosen = torch.from_numpy(order[[(step * batch + place) % len(order) for place in range(batch)]])
        x, p, flags = ids[chosen], positions[chosen], learned[chosen]
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 - step / steps)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            hidden = decoder(input_ids=x, position_ids=p, use_cache=False).last_hidden_state[:, :-1]
            logits = model.lm_head(hidden)
        target = torch.where(flags[:, 1:], x[:, 1:], -100).reshape(-1)
        loss = torch.nn.functional.cross_entropy(logits.float().view(-1, VOCABULARY), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        stamps.append(time.process_time())
        tokens.append(int(flags.sum()))
    finish(stamps, tokens, model)


def tekio(steps: int, data: list[list[int]], *, seed: int, precision: str, compiled: bool) -> None:
    sys.path.insert(0, str(SOURCE))
    from tekio.recipe.train import OptimizerConfig, PretrainConfig
    from tekio.train import loop
    from tekio.train.packing import Example, build_rows
    from tekio.train.schedule import make_schedule
    from tekio.train.stopping import Watch

    out = Path(tempfile.mkdtemp())
    store = build_rows(out / "rows", [Example(ids) for ids in data], WIDTH)
    batch = TOKENS_A_STEP // WIDTH
    config = PretrainConfig(
        sequence_length=WIDTH,
        batch_rows=batch,
        micro_batch_rows=batch,
        precision=precision,  # type: ignore[arg-type]
        compile="always" if compiled else "never",
        optimizer=OptimizerConfig(learning_rate=LEARNING_RATE),
    )
    schedule = make_schedule([store], seed=5 + seed, share=0, batch=batch, epochs=100, max_steps=steps)
    model = new_model(seed)
    stamps: list[float] = []
    tokens: list[int] = []
    reading = 0.0
    plain_step, plain_read = loop._step, loop.read_batch

    def timed_step(*arguments):
        stamps.append(time.process_time())  # the interval holds everything the loop does besides the step, too
        result = plain_step(*arguments)
        tokens.append(result[2])
        return result

    def timed_read(*arguments):
        nonlocal reading
        started = time.process_time()
        result = plain_read(*arguments)
        reading += time.process_time() - started
        return result

    loop._step, loop.read_batch = timed_step, timed_read
    job = loop.Job(
        label="tekio",
        model=model,
        config=config,
        schedule=schedule,
        stores=[store],
        held_out={},
        vocabulary=VOCABULARY,
        padding=3,
        device="cpu",
        metrics=out / "metrics.jsonl",
        timing=out / "timing.jsonl",
        checkpoints=out / "checkpoints",
        watch=Watch([]),
    )
    outcome = loop.train(job)
    stamps.append(time.process_time())
    finish(
        stamps,
        tokens,
        model,
        data_share=reading / (stamps[-1] - stamps[0]),
        fill=store.fill,
        attention=outcome.attention,
    )


def trainer(steps: int, data: list[list[int]], *, seed: int, precision: str) -> None:
    from transformers import (
        DataCollatorForSeq2Seq,
        PreTrainedTokenizerFast,
        Trainer,
        TrainerCallback,
        TrainingArguments,
    )

    model, stamps, tokens = new_model(seed), [], []

    class Clock(TrainerCallback):
        def on_step_begin(self, *arguments, **more):
            stamps.append(time.process_time())

    rows = [{"input_ids": ids, "labels": list(ids), "attention_mask": [1] * len(ids)} for ids in data]
    arguments = TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        max_steps=steps,
        per_device_train_batch_size=PADDED_TEXTS,
        seed=42 + seed,
        learning_rate=LEARNING_RATE,
        adam_beta2=0.95,
        bf16=precision == "bf16",
        use_cpu=True,
        report_to=[],
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
        optim="adamw_torch_fused",
    )
    plain = DataCollatorForSeq2Seq(tiny_tokenizer(PreTrainedTokenizerFast), padding=True)

    def collate(items):
        tokens.append(sum(len(item["input_ids"]) - 1 for item in items))
        return plain(items)

    Trainer(model=model, args=arguments, train_dataset=rows, data_collator=collate, callbacks=[Clock()]).train()  # type: ignore[arg-type]
    stamps.append(time.process_time())
    finish(stamps, tokens[:steps], model)


def trl(steps: int, data: list[list[int]], *, seed: int, precision: str) -> None:
    from datasets import Dataset
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    model, stamps = new_model(seed), []

    class Clock(TrainerCallback):
        def on_step_begin(self, *arguments, **more):
            stamps.append(time.process_time())

    arguments = SFTConfig(
        output_dir=tempfile.mkdtemp(),
        max_steps=steps,
        per_device_train_batch_size=TOKENS_A_STEP // WIDTH,
        seed=42 + seed,
        learning_rate=LEARNING_RATE,
        adam_beta2=0.95,
        bf16=precision == "bf16",
        use_cpu=True,
        report_to=[],
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
        packing=True,
        max_length=WIDTH,
        gradient_checkpointing=False,
        optim="adamw_torch_fused",
    )
    made = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_dict({"input_ids": data}),
        processing_class=tiny_tokenizer(PreTrainedTokenizerFast),
        callbacks=[Clock()],
    )
    tokens: list[int] = []
    plain = made.data_collator

    def collate(items):
        batch = plain(items)
        tokens.append(int((batch["labels"] != -100).sum()))
        return batch

    made.data_collator = collate
    made.train()
    stamps.append(time.process_time())
    finish(stamps, tokens[:steps], model)


def tiny_tokenizer(kind):
    from tokenizers import Tokenizer, models

    words = {f"t{number}": number for number in range(VOCABULARY)}
    core = Tokenizer(models.WordLevel(words, unk_token="t0"))
    return kind(tokenizer_object=core, bos_token="t1", eos_token="t2", pad_token="t3", unk_token="t0")


def compare_losses(results: dict[str, list[dict]]) -> None:
    """Tekio's held-out loss less each contender's, paired by seed: mean, 95 % t interval, and how far seeds alone move it."""
    import numpy as np
    from scipy import stats

    losses = {name: {row["seed"]: row["loss"] for row in rows} for name, rows in results.items()}
    own = losses.pop("tekio", {})
    for name, others in losses.items():
        seeds = sorted(set(own) & set(others))
        if len(seeds) < 3:
            continue
        gaps = np.array([own[seed] - others[seed] for seed in seeds])
        low, high = stats.t.interval(0.95, len(gaps) - 1, gaps.mean(), stats.sem(gaps))
        word = "within noise" if low <= 0 <= high else "not noise"
        spread = np.std([own[seed] for seed in seeds], ddof=1)
        print(
            f"held-out loss, tekio less {name}: {gaps.mean():+.4f} [{low:+.4f}, {high:+.4f}], {len(seeds)} seeds: {word} "
            f"(Tekio's own standard deviation over seeds {spread:.4f})"
        )


CONTENDERS = ("bare", "bare-rows", "tekio", "trainer", "trl")
MKL_AS_IT_COMES = {"MKL_CBWR": "OFF", "MKL_DYNAMIC": "TRUE"}
TARGETS = {"bare": 0.95, "trainer": 3.0, "trl": 3.0}


def run_one(name: str, steps: int, precision: str, compiled: bool, seed: int) -> None:
    import torch

    torch.set_num_threads(1)
    data = texts(max(400, steps * 30), 7)
    if name.startswith("bare"):
        bare(steps, data, seed=seed, rows=name == "bare-rows", precision=precision, compiled=compiled)
    elif name.startswith("tekio"):
        tekio(steps, data, seed=seed, precision=precision, compiled=compiled)
    else:
        {"trainer": trainer, "trl": trl}[name](steps, data, seed=seed, precision=precision)


def read_kept(path: Path | None) -> dict[str, dict]:
    """Measurements of earlier calls by what was measured (`--one NAME --steps ...`)."""
    if path is None or not path.is_file():
        return {}
    return {row["what"]: row["found"] for row in map(json.loads, path.read_text().splitlines())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--peers-python", default=sys.executable, help="python with transformers, accelerate, trl, datasets"
    )
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--precision", choices=["bf16", "fp32"], default="bf16")
    parser.add_argument("--eager", action="store_true", help="do not compile the loops that can be compiled")
    parser.add_argument("--only", nargs="*", default=CONTENDERS)
    parser.add_argument("--small", action="store_true", help="0.8 M parameters, for the losses of many seeds")
    parser.add_argument("--seed", type=int, default=0, help="of the first round; each further round takes the next")
    parser.add_argument("--kept", type=Path, help="file of measurements, one a line; those in it are not done again")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.small:
        globals().update(SMALL)
    if given.one:
        run_one(given.one, given.steps, given.precision, not given.eager, given.seed)
        return
    results: dict[str, list[dict]] = {name: [] for name in given.only}
    kept = read_kept(given.kept)
    for seed in range(given.seed, given.seed + given.rounds):
        for name in given.only:
            peer = name in ("trainer", "trl")
            # The bare loops get the allocator settings as anyone would give them; Tekio makes them itself.
            environment = os.environ | {"OMP_NUM_THREADS": "1"} | (MALLOC if name.startswith("bare") else {})
            if name == "tekio-free-mkl":
                environment |= MKL_AS_IT_COMES
            words = [given.peers_python if peer else sys.executable, __file__, "--one", name]
            words += ["--steps", str(given.steps), "--precision", given.precision, "--seed", str(seed)]
            words += ["--eager"] * given.eager + ["--small"] * given.small
            what = " ".join(words[3:])
            if what in kept:
                results[name].append(kept[what])
                continue
            done = subprocess.run(words, env=environment, capture_output=True, text=True)
            if done.returncode:
                print(f"{name} failed:\n{done.stderr[-3000:]}", file=sys.stderr)
                continue
            results[name].append(json.loads(done.stdout.strip().splitlines()[-1]) | {"seed": seed})
            print(name, json.dumps(results[name][-1]), flush=True)
            if given.kept:
                with given.kept.open("a") as file:
                    file.write(json.dumps({"what": what, "found": results[name][-1]}) + "\n")
    medians = {
        name: statistics.median(item["tokens_per_cpu_second"] for item in rows)
        for name, rows in results.items()
        if rows
    }
    best = max((medians[name] for name in ("bare", "bare-rows") if name in medians), default=None)
    print(f"\n{'contender':12} {'tokens/CPU-s':>14} {'to best bare':>14} {'held-out loss':>14}")
    for name, rate in medians.items():
        ratio = f"{rate / best:.2f}" if best else "-"
        print(f"{name:12} {rate:14,.0f} {ratio:>14} {statistics.median(item['loss'] for item in results[name]):14.4f}")
    compare_losses(results)
    if "tekio" in medians:
        for peer, target in TARGETS.items():
            other = best if peer == "bare" else medians.get(peer)
            if other:
                ratio = medians["tekio"] / other
                print(f"tekio / {peer}: {ratio:.2f} (wanted {target}: {'holds' if ratio >= target else 'missed'})")
        share = statistics.median(item["data_share"] for item in results["tekio"])
        print(f"reading data: {share:.2%} of Tekio's step (wanted below 1 %)")
    if "tekio-free-mkl" in medians and "tekio" in medians:
        print(f"tekio-free-mkl / tekio: {medians['tekio-free-mkl'] / medians['tekio']:.3f}")


if __name__ == "__main__":
    main()
