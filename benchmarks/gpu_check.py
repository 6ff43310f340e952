"""Is training right on this GPU? Probe, parity with fp32 on the CPU, saving ways, kill and resume; made for under 8 minutes.

    python benchmarks/gpu_check.py
    python benchmarks/gpu_check.py --tiny --device cpu      a dry check of the script itself

Prints one line a check and ends with 1 if one failed. A check that this machine has not the parts for is said to be left out.

- probe: each kind of attention (`varlen`, `flash`, `flex`, `mask`) keeps packed texts apart in bf16, or is refused with its reason;
- parity: twelve steps of a small Llama, full and LoRA, give the losses of fp32 on the CPU within bf16's error; exactly the same
  with `gradient_checkpointing`, within 1e-4 in fp32;
- saving: moments in bf16, `offload`, 8-bit and paged moments, QLoRA follow the plain run;
- kill: a run ended by SIGKILL and repeated ends with the losses of the undisturbed one (bit for bit on a CPU, 1e-5 on a GPU).
"""

# pyright: standard

import argparse
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is imported: threads that spin wait for a busy core
VOCABULARY, STEPS = 2048, 12


class LeftOut(Exception):  # noqa: N818
    """The machine has not what a check is about."""


def save_base(folder: Path, *, tiny: bool) -> Path:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    hidden = 64 if tiny else 512
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        intermediate_size=3 * hidden,
        num_hidden_layers=2 if tiny else 8,
        num_attention_heads=hidden // 64 or 1,
        max_position_embeddings=1024,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=3,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def losses(base: Path, out: Path, device: str, *, die_at: int | None = None, **options) -> list[float]:
    """Losses of the steps of one run; what lies in `out` is gone on with."""
    import torch

    from tekio.model.load import load_weights
    from tekio.recipe.train import LoraConfig, OptimizerConfig, PretrainConfig
    from tekio.train import loop
    from tekio.train.adapter import add_adapter
    from tekio.train.estimate import frozen_type
    from tekio.train.optimizer import require_optimizer
    from tekio.train.packing import Example, build_rows
    from tekio.train.quantized import load_quantized
    from tekio.train.schedule import make_schedule
    from tekio.train.stopping import Watch

    options.setdefault("optimizer", OptimizerConfig(learning_rate=1e-3))
    config = PretrainConfig(
        sequence_length=256, batch_rows=8, micro_batch_rows=4, compile="never", checkpoint_every=2, **options
    )
    require_optimizer(config, device=device)
    draw = torch.Generator().manual_seed(1)
    sizes = torch.randint(8, 250, (200,), generator=draw).tolist()
    texts = [Example([1, *torch.randint(8, VOCABULARY, (size,), generator=draw).tolist(), 2]) for size in sizes]
    store = build_rows(out / "rows", texts, 256)
    torch.manual_seed(2)
    if config.quantize != "none":
        model = load_quantized(base, device=device, checkpointing=False)
    else:
        held = frozen_type(config, device) if config.method == "lora" else "fp32"
        model = load_weights(base, dtype=held, device=device)
    if config.method == "lora":
        model = add_adapter(model, LoraConfig(rank=16, dropout=0.0)).to(device)
    job = loop.Job(
        label="check",
        model=model,
        config=config,
        schedule=make_schedule([store], seed=5, share=0, batch=8, epochs=100, max_steps=STEPS),
        stores=[store],
        held_out={},
        vocabulary=VOCABULARY,
        padding=3,
        device=device,
        metrics=out / "metrics.jsonl",
        timing=out / "timing.jsonl",
        checkpoints=out / "checkpoints",
        watch=Watch([]),
        probed=0.0 if config.quantize != "none" else None,
    )
    job.checkpoints.mkdir(parents=True, exist_ok=True)
    plain = loop._step

    def step(*arguments):
        if die_at is not None and arguments[2] == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(*arguments)

    loop._step = step
    try:
        loop.train(job)
    finally:
        loop._step = plain
    return [json.loads(line)["loss"] for line in job.metrics.open()]


def apart(one: list[float], two: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(one, two, strict=True))


def near(found: float, most: float) -> str:
    if not found <= most:
        raise AssertionError(f"losses differ by {found:.2g}, at most {most:g} was expected")
    return f"losses differ by {found:.2g} (at most {most:g})"


def checks(base: Path, work: Path, device: str, tiny: list[str]) -> dict[str, Callable[[], str]]:
    """The checks by name; each says what it found or raises."""
    import torch

    from tekio.errors import TekioError
    from tekio.model.load import load_weights
    from tekio.recipe.train import OptimizerConfig
    from tekio.train.attention import MASK, NAMES, choose_attention

    known: dict[str, list[float]] = {}

    def run(name: str, where: str = device, **options) -> list[float]:
        if name not in known:
            try:
                known[name] = losses(base, work / name, where, **options)
            except TekioError as error:
                raise LeftOut(error.explain("en").replace("\n", " ")) from error
        return known[name]

    def probe(kind: str) -> str:
        model = load_weights(base, dtype="fp32", device=device)
        try:
            choice = choose_attention(model, kind, width=256, vocabulary=VOCABULARY, device=device, bf16=True)
        except TekioError as error:
            raise LeftOut(error.explain("en").replace("\n", " ")) from error
        return f"error {choice.error:.2g}"

    def reference(method: str) -> list[float]:
        return run(f"cpu-{method}", "cpu", method=method, precision="fp32")

    def same(name: str, method: str, most: float, **options) -> str:
        return near(apart(run(name, method=method, **options), reference(method)), most)

    def beside(name: str, most: float, **options) -> str:
        plain = run("plain", method="full", precision="bf16")
        return near(apart(run(name, **{"method": "full", "precision": "bf16"} | options), plain), most)

    def killed() -> str:
        whole = run("plain", method="full", precision="bf16")
        words = [
            sys.executable,
            __file__,
            "--base",
            str(base),
            "--out",
            str(work / "killed"),
            "--device",
            device,
            *tiny,
        ]
        first = subprocess.run([*words, "--die-at", "7"], capture_output=True, text=True)
        if first.returncode != -signal.SIGKILL:
            raise AssertionError(f"the run to be killed ended with {first.returncode}: {first.stderr[-300:]}")
        second = subprocess.run(words, capture_output=True, text=True)
        if second.returncode:
            raise AssertionError(second.stderr[-300:])
        found = json.loads(second.stdout.splitlines()[-1])
        return near(apart(found, whole), 0.0 if device == "cpu" else 1e-5)

    if device.startswith("cuda"):
        torch.backends.cuda.matmul.allow_tf32 = False
    made: dict[str, Callable[[], str]] = {f"probe {kind}": lambda kind=kind: probe(kind) for kind in (*NAMES, MASK)}
    made |= {
        "parity full, fp32": lambda: same("full-fp32", "full", 1e-4, precision="fp32"),
        "parity full, bf16": lambda: same("plain", "full", 0.05, precision="bf16"),
        "parity LoRA, bf16": lambda: same("lora", "lora", 0.05, precision="bf16"),
        "checkpointed": lambda: beside("again", 1e-2, gradient_checkpointing=True),
        "one layer checkpointed": lambda: beside("one", 1e-2, gradient_checkpointing=True, checkpointed_layers=1),
        "kill and resume": killed,
        "moments in bf16": lambda: beside("half", 0.02, optimizer=OptimizerConfig(learning_rate=1e-3, state="bf16")),
        "offload": lambda: beside("offload", 0.02, offload=True),
        "QLoRA": lambda: near(
            apart(run("qlora", method="lora", precision="bf16", quantize="nf4"), reference("lora")), 0.3
        ),
    }
    for kind in ("adamw8bit", "paged-adamw", "paged-adamw8bit"):
        own = OptimizerConfig(learning_rate=1e-3, kind=kind)  # type: ignore[arg-type]
        made[kind] = lambda kind=kind, own=own: beside(kind, 0.05, optimizer=own)
    if importlib.util.find_spec("bitsandbytes") is None:

        def no_library() -> str:
            raise LeftOut("bitsandbytes is not installed")

        made["QLoRA"] = no_library
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--tiny", action="store_true", help="two small layers: is the script sound?")
    parser.add_argument("--base", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--die-at", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.base:
        if given.tiny:
            import torch

            torch.set_num_threads(1)
        print(
            json.dumps(
                losses(given.base, given.out, given.device, die_at=given.die_at, method="full", precision="bf16")
            )
        )
        return
    if given.tiny:
        import torch

        torch.set_num_threads(1)
    started, failed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        base = save_base(Path(folder) / "base", tiny=given.tiny)
        for name, check in checks(base, Path(folder), given.device, ["--tiny"] * given.tiny).items():
            begun = time.monotonic()
            try:
                word, found = "ok      ", check()
            except LeftOut as reason:
                word, found = "left out", str(reason)
            except Exception as error:
                word, found = "FAILED  ", f"{type(error).__name__}: {error}"
                failed += 1
            print(f"{word} {name}: {found} [{time.monotonic() - begun:.1f} s]", flush=True)
    print(f"{failed} failed, {time.monotonic() - started:.0f} s on {given.device}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
