"""Kills training runs and repeats them; run by test_kill.py in a process of its own: `killing.py FOLDER MODE`.

The libraries are imported once; every attempt is a forked child that is ended by SIGKILL: at a named place of the code
by itself (as a power cut would, nothing is flushed or tidied up), or by the parent after a random time. Prints how every
attempt ended as JSON; the last attempt of each series is left alone.
"""

# pyright: standard

import contextlib
import importlib
import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.prefer import PairsConfig, PreferConfig
from tekio.recipe.train import AnnealConfig, ArchitectureConfig, OptimizerConfig, PretrainConfig
from tekio.store import stage as store_stage
from tekio.train import checkpoint, loop, make_base, objective, preference, pretrain, shared_stage, training, tune
from train.tiny_inputs import base_config, make_corpus, make_pairs, make_records, pretrain_config, tune_config

prefer_stage = importlib.import_module("tekio.train.prefer")  # (the package names the function alike)
SEED = 7
WIDE = ArchitectureConfig(hidden_size=32, layers=2, heads=2, context_length=1024)
"""A pair of answers is longer than the other stages' rows."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(plain: Callable[..., Any], call: int, *, before: bool) -> Callable[..., Any]:
    """`plain`, with a kill before or after its `call`-th call (from 1)."""
    calls = 0

    def wrapped(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if before and calls == call:
            die()
        found = plain(*arguments, **options)
        if calls == call:
            die()
        return found

    return wrapped


def half_written(plain: Callable[..., Any], call: int) -> Callable[..., Any]:
    """A `save_file` that dies in its `call`-th call with half of the bytes written."""
    calls = 0

    def wrapped(tensors: Any, path: Any, *rest: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        plain(tensors, path, *rest, **options)
        if calls == call:
            os.truncate(path, Path(path).stat().st_size // 2)
            die()

    return wrapped


def at_step(step: int) -> None:
    plain = loop._step

    def wrapped(job: Any, strategy: Any, number: int, *rest: Any) -> Any:
        if number == step:
            die()
        return plain(job, strategy, number, *rest)

    loop._step = wrapped


def in_checkpoint(call: int) -> None:
    import safetensors.torch

    safetensors.torch.save_file = half_written(safetensors.torch.save_file, call)


def replacing(module: Any, name: str, call: int, *, before: bool) -> None:
    setattr(module, name, dying(getattr(module, name), call, before=before))


def measuring(call: int, *, before: bool) -> None:
    """In the `call`-th measurement, whatever is minimised."""
    replacing(objective, "measure", call, before=before)
    replacing(preference.PairLoss, "measure", call, before=before)


def steps(first: int, last: int) -> dict[str, Callable[[], object]]:
    return {f"step {step}": lambda step=step: at_step(step) for step in range(first, last)}


# In the order in which one run can pass them: a checkpoint is written after steps 2, 4, ...; a kill goes back to the last.
PLACES: dict[str, Callable[[], object]] = {
    "rows not yet written": lambda: replacing(shared_stage, "build_rows", 1, before=True),
    "rows written": lambda: replacing(shared_stage, "build_rows", 1, before=False),
    "first measurement": lambda: measuring(1, before=False),
    **steps(0, 2),
    "half of the first checkpoint": lambda: in_checkpoint(1),
    "checkpoint written, not yet renamed": lambda: replacing(checkpoint, "write_json", 1, before=False),
    **steps(2, 4),
    "two checkpoints, the old one not yet deleted": lambda: replacing(checkpoint, "sync_folder", 1, before=False),
    **steps(4, 5),
    "log written, no checkpoint": lambda: replacing(loop, "_due", 1, before=True),
    "before validation": lambda: measuring(1, before=True),
    "after validation": lambda: measuring(1, before=False),
    **steps(5, 8),
    "half of a later checkpoint": lambda: in_checkpoint(1),
    **steps(8, 12),
    "weights saved": lambda: [replacing(training, f"save_{kind}", 1, before=False) for kind in ("model", "adapter")],
    "summary not yet written": lambda: replacing(training, "write_artifact", 1, before=True),
    "files being hashed": lambda: replacing(store_stage, "sha256_file", 3, before=True),
    "scratch files being deleted": lambda: replacing(store_stage, "_drop_unlisted", 1, before=True),
}

BEFORE_PAIRS: dict[str, Callable[[], object]] = {
    "pairs not yet read": lambda: replacing(prefer_stage, "build_pairs", 1, before=True),
    "pairs written": lambda: replacing(prefer_stage, "build_pairs", 1, before=False),
}
REFERENCE: dict[str, Callable[[], object]] = {
    "reference of the training pairs not yet written": lambda: replacing(preference, "write_atomic", 1, before=True),
    "reference of the validation pairs not yet computed": lambda: replacing(
        preference, "write_atomic", 1, before=False
    ),
}


def places_of(stage: str) -> dict[str, Callable[[], object]]:
    """Where a stage is killed, in the order in which one run can pass them."""
    if stage != "prefer":
        return PLACES
    rows = dict(list(PLACES.items())[:2])
    return BEFORE_PAIRS | rows | REFERENCE | {name: arm for name, arm in PLACES.items() if name not in rows}


def _annealed() -> PretrainConfig:
    """Best weights kept, and text of another domain mixed in over the last third of the steps."""
    rate = OptimizerConfig(learning_rate=3e-3, warmup_steps=2, schedule="wsd", decay_share=0.34)
    return pretrain_config(keep="best", optimizer=rate, anneal=AnnealConfig(domains=["general"], share=0.6))


def attempt(work: Callable[[], object], arm: Callable[[], object], seconds: float | None = None) -> str:
    """Run `work` in a forked child; how it ended. seconds: kill it from outside after so long."""
    child = os.fork()
    if child == 0:
        try:
            arm()
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return ended(status)
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
    return ended(os.waitpid(child, 0)[1])


def ended(status: int) -> str:
    return "killed" if os.WIFSIGNALED(status) else "done" if os.WEXITSTATUS(status) == 0 else "failed"


def works(root: Path, out: Path) -> dict[str, Callable[[], object]]:
    """The stages, written below `out` from the inputs below `root`."""
    before = {"base": root / "base", "corpus": root / "corpus", "seed": SEED}
    return {
        "pretrain": lambda: pretrain(_annealed(), out / "pretrain", **before),  # type: ignore[arg-type]
        "tune": lambda: tune(
            tune_config(max_steps=12, evaluate_every=5),
            out / "tune",
            model=root / "pretrain",
            records=root / "instruct",
            seed=SEED,
        ),
        "prefer": lambda: prefer_stage.prefer(
            PreferConfig(
                pairs=[PairsConfig(name="set", path=RecipePath.of(root / "pairs.jsonl"), license="CC0-1.0")],
                sequence_length=1024,
                batch_rows=2,
                max_steps=12,
                epochs=20,
                threads=1,
                evaluate_every=5,
                checkpoint_every=2,
                max_dropped=1.0,
            ),
            tune_config(),
            out / "prefer",
            model=root / "tune",
            seed=SEED,
            screen=ScreenConfig(off=["personal_data"]),
        ),
    }


def reference(root: Path, stages: list[str]) -> None:
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_pairs(root / "pairs.jsonl")
    make_base(base_config(architecture=WIDE), root / "base", corpus=root / "corpus", seed=SEED)
    for stage, work in works(root, root).items():
        if "prefer" in stages or stage != "prefer":
            work()


def remember_imports(work: Callable[[], object], place: Path) -> None:
    """Do `work`, then note what it imported."""
    work()
    place.write_text("\n".join(sys.modules))


def import_all(place: Path) -> None:
    """Import what a child needed, so that later children need not (the parent itself must not train: it forks)."""
    for name in place.read_text().split():
        if name.split(".")[0] in ("torch", "transformers", "peft", "tekio", "pyarrow", "tokenizers", "safetensors"):
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def beside(root: Path, out: Path) -> Path:
    """A folder in which adapters find their base where the undisturbed run has it."""
    out.mkdir(parents=True)
    if "tune" in out.name:
        (out / "pretrain").symlink_to(root / "pretrain")
    return out


def main() -> None:
    torch.set_num_threads(1)
    root, mode = Path(sys.argv[1]), sys.argv[2]
    root.mkdir(exist_ok=True)
    imports = root / "imports.txt"
    named = sys.argv[4].split(",")
    ends: dict[str, list[str]] = {
        "reference": [attempt(lambda: remember_imports(lambda: reference(root, named), imports), lambda: None)]
    }
    import_all(imports)
    source = random.Random(int(sys.argv[3]))
    for stage in named:
        places = places_of(stage)
        if mode == "chain":  # one run killed at every place in turn
            work = works(root, beside(root, root / f"chain-{stage}"))[stage]
            ends[f"chain-{stage}"] = [attempt(work, arm) for arm in places.values()] + [attempt(work, lambda: None)]
        if mode == "apart":  # a run for every place
            for number, (name, arm) in enumerate(places.items()):
                work = works(root, beside(root, root / f"apart-{number}-{stage}"))[stage]
                ends[f"apart-{number}-{stage}"] = [attempt(work, arm), attempt(work, lambda: None)]
                print(name, stage, ends[f"apart-{number}-{stage}"], file=sys.stderr, flush=True)
        for number in range(12 if mode == "apart" else 1):
            place = f"random-{number}-{stage}"
            work, found = works(root, beside(root, root / place))[stage], []
            while len(found) < 4 and "done" not in found:
                found.append(attempt(work, lambda: None, source.uniform(0.05, 0.9)))
            ends[place] = [*found, attempt(work, lambda: None)]
    print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.0f} s in children", file=sys.stderr)
    print(json.dumps(ends))


if __name__ == "__main__":
    main()
