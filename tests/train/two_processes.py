"""What each of two `torchrun` processes does in test_strategy.py; also called with one process for comparison."""

# pyright: standard

import contextlib
import json
import sys
from pathlib import Path

import torch

from tekio.model.load import load_tokenizer, load_weights
from tekio.recipe.train import LoraConfig, OptimizerConfig, PretrainConfig
from tekio.train import loop
from tekio.train.adapter import add_adapter
from tekio.train.loop import Job, Outcome, train
from tekio.train.packing import Example, Rows, build_rows
from tekio.train.process_group import World, join_world
from tekio.train.schedule import make_schedule
from tekio.train.stopping import Watch

STEPS = 6


class Stop(Exception):  # noqa: N818
    """Ends a run as a kill would, after the checkpoint of step 3."""


def stores(folder: Path) -> tuple[Rows, Rows]:
    """Rows with very uneven numbers of targets, and held-out rows."""
    source = torch.Generator().manual_seed(3)
    examples = []
    for number in range(60):
        ids = torch.randint(4, 300, (int(torch.randint(5, 60, (1,), generator=source)),), generator=source).tolist()
        examples.append(Example(ids, [number % 3 > 0 and place > 2 for place in range(len(ids))], len(ids)))
    return build_rows(folder / "rows", examples, 64), build_rows(folder / "held", examples[:7], 64)


def run(
    root: Path,
    out: Path,
    strategy: str,
    *,
    lora: bool = False,
    world: World | None = None,
    stop: bool = False,
    best: bool = False,
) -> tuple[Outcome, list[dict]]:
    """best: a rate at which the loss soon rises again, measured at every step; stops early, keeps the best weights."""
    world = world or World()
    rows, held = stores(root / "stores")
    steps = 3 * STEPS if best else STEPS
    config = PretrainConfig(
        sequence_length=64,
        batch_rows=7,
        micro_batch_rows=2,
        max_steps=steps,
        epochs=10,
        strategy=strategy,  # type: ignore[arg-type]
        checkpoint_every=3,
        evaluate_every=1 if best else 3,
        keep="best" if best else "last",
        early_stop=2 if best else 0,
        optimizer=OptimizerConfig(learning_rate=0.05 if best else 3e-3, clip_norm=0.5, weight_decay=0.1),
    )
    model = load_weights(root / "base")
    if lora:
        torch.manual_seed(1)
        model = add_adapter(model, LoraConfig(dropout=0.0))
    out.mkdir(parents=True, exist_ok=True)
    schedule = make_schedule([rows], seed=5, share=0, batch=7, epochs=10, max_steps=steps)
    metrics = out / "metrics.jsonl"
    job = Job(
        label="test",
        model=model,
        config=config,
        schedule=schedule,
        stores=[rows],
        held_out={"finance": held},
        vocabulary=len(load_tokenizer(root / "base")),
        padding=3,
        device="cpu",
        metrics=metrics,
        timing=out / f"timing{world.rank}",
        checkpoints=out / "checkpoints",
        watch=Watch(
            ["finance"],
            patience=config.early_stop,
            best_folder=out / "best" if best else None,
            writes=world.first,
        ),
        world=world,
    )
    plain = loop._step

    def stopping(job, strategy, step, *rest):
        if stop and step == 3:
            raise Stop
        return plain(job, strategy, step, *rest)

    loop._step = stopping
    try:
        outcome = train(job)
    finally:
        loop._step = plain
    if outcome.weights is None:
        outcome.weights = {name: item.detach().clone() for name, item in model.state_dict().items()}
    return outcome, [json.loads(line) for line in metrics.open()] if world.first else []


def finish(place: Path, outcome: Outcome, lines: list[dict], world: World) -> None:
    from safetensors.torch import save_file

    stopped = world.agree(outcome.stopped)
    assert stopped == outcome.stopped, "the processes do not stop for the same reason"
    if world.first:
        save_file(
            {key: item.contiguous().clone() for key, item in (outcome.weights or {}).items()},
            place / "weights.safetensors",
        )
        found = {"engine": outcome.engine, "lines": lines, "stopped": outcome.stopped, "kept": outcome.kept_step}
        (place / "result.json").write_text(json.dumps(found))


def main() -> None:
    torch.set_num_threads(1)
    root, out, strategies = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(",")
    world = join_world()
    for name in strategies:
        for lora in (False, True):
            finish(out / f"{name}-{lora}", *run(root, out / f"{name}-{lora}", name, lora=lora, world=world), world)
        place = out / f"best-{name}"
        finish(place, *run(root, place, name, best=True, world=world), world)
        place = out / f"stopped-{name}"
        with contextlib.suppress(Stop):
            run(root, place, name, world=world, stop=True)
        if name.startswith("zero"):
            finish(place, *run(root, place, name, world=world), world)
    if "fsdp2" in strategies:
        run(root, out / "from-1", "fsdp2", world=world)
    world.barrier()


if __name__ == "__main__":
    main()
