"""The training loop: one for pre-training and tuning, alone or on several devices.

Every step is a pure function of weights, optimizer state and step number (random numbers are seeded anew for each), so
an interrupted run that goes on from its last checkpoint gives the same weights and the same `metrics.jsonl`, bit for
bit on a CPU. The loss of a step is the token sum over the supervised tokens of its whole batch, on however many devices.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from tekio.artifacts.model import parse
from tekio.artifacts.training import HeldOut, PairFigures
from tekio.errors import Message, TekioError, Text, UsageError
from tekio.model.causal import require_causal
from tekio.progress import Progress
from tekio.recipe.train import TrainingConfig
from tekio.train.allocator import keep_buffers
from tekio.train.attention import choose_attention, set_attention
from tekio.train.compilation import compile_decoder
from tekio.train.flops import Meter, device_peak, model_flops, speed_words
from tekio.train.log import MetricsLog, metrics_line
from tekio.train.loss import split_model
from tekio.train.objective import Objective, Place, TokenLoss, read_batch
from tekio.train.optimizer import learning_rate
from tekio.train.packing import Rows
from tekio.train.process_group import World
from tekio.train.schedule import Schedule
from tekio.train.seeds import derived_seed
from tekio.train.stopping import Watch
from tekio.train.strategy import Strategy, make_strategy
from tekio.train.trackers import open_trackers

CHECKPOINT_SECONDS = 120.0
MICRO_TOKENS = {"cpu": 4096, "cuda": 16_384}


@dataclass
class Job:
    """What a loop needs. stores: the domain's rows, then replay's. held_out: name -> rows. Paths are in the workspace.

    probed: the packing probe's error where it was taken elsewhere (a base in 4 bits); the model's attention then stays.
    """

    label: str
    model: Any
    config: TrainingConfig
    schedule: Schedule
    stores: Sequence[Rows]
    held_out: Mapping[str, Rows]
    vocabulary: int
    padding: int
    device: str
    metrics: Path
    timing: Path
    checkpoints: Path
    watch: Watch
    world: World = field(default_factory=World)
    plus_ratio: float = 1.0
    probed: float | None = None
    objective: Objective = field(default_factory=TokenLoss)


@dataclass
class Outcome:
    """What a loop did. steps, epochs: done. trained: supervised tokens over all steps. stopped: `done` or why earlier.

    weights: all weights, whole, on the first process (None where the model itself holds them).
    """

    steps: int = 0
    epochs: float = 0.0
    trained: int = 0
    before: dict[str, HeldOut] = field(default_factory=dict[str, HeldOut])
    after: dict[str, HeldOut] = field(default_factory=dict[str, HeldOut])
    stopped: str = "done"
    kept_step: int = 0
    micro_batch_rows: int = 0
    threads: int = 1
    precision: str = "fp32"
    engine: str = ""
    compiled: bool = False
    attention: str = "mask"
    own_attention: str = ""
    probe_error: float | None = None
    weights: dict[str, Any] | None = None


def choose_precision(precision: str, device: str) -> str:
    """`auto` is bf16 autocast on a GPU and fp32 on a CPU."""
    return ("fp32" if device == "cpu" else "bf16") if precision == "auto" else precision


def micro_batch(config: TrainingConfig, device: str) -> int:
    """Rows per forward pass: the recipe's, else as many as make a reasonable number of tokens on the device."""
    if config.micro_batch_rows:
        return min(config.micro_batch_rows, config.batch_rows)
    tokens = MICRO_TOKENS["cpu" if device == "cpu" else "cuda"]
    return max(1, min(config.batch_rows, tokens // config.sequence_length))


@dataclass
class _Run:
    """A job under way. saved: when the last checkpoint was written."""

    job: Job
    outcome: Outcome
    strategy: Strategy
    place: Place
    log: MetricsLog
    meter: Meter | None
    saved: float = 0.0

    def measure(self) -> dict[str, HeldOut]:
        """The losses on held-out text."""
        found = self.job.objective.measure(self.strategy, self.job.model, self.job.held_out, self.place)
        _require_numbers(found, self.outcome.steps, self.job.metrics)
        return found


def train(job: Job) -> Outcome:
    """Run (or go on with) a training job. Raises `TekioError` when the loss stops being a number."""
    import torch

    keep_buffers()
    config, world = job.config, job.world
    outcome = Outcome(threads=torch.get_num_threads(), micro_batch_rows=micro_batch(config, job.device))
    outcome.precision = choose_precision(config.precision, job.device)
    meter = _begin_meter(job, outcome.precision) if world.first else None  # before the strategy takes parameters apart
    strategy = _prepare(job, outcome)
    place = Place(job.device, job.padding, partial(_autocast, job.device, outcome.precision), world)
    job.objective.begin(strategy, job.stores, job.held_out, place)
    state = strategy.load(job.checkpoints)
    followers = open_trackers(job.metrics.parent, config.plain())
    begin = 0 if state is None else int(state["metrics_bytes"])
    log = MetricsLog(job.metrics, begin, writes=world.first, followers=followers)
    run = _Run(job, outcome, strategy, place, log, meter)
    _begin(run) if state is None else _go_on(run, state)
    job.model.train()
    _take_steps(run)
    log.close()
    job.model.eval()
    _finish(run)
    return outcome


def _begin_meter(job: Job, precision: str) -> Meter:
    """The meter of speed; what it measures against stands first in `timing.jsonl`."""
    peak, source = device_peak(job.device, precision)
    meter = Meter(model_flops(job.model), None if peak is None else peak * job.world.size, source)
    with job.timing.open("a", encoding="utf-8") as timing:
        timing.write(json.dumps(meter.about().plain()) + "\n")
    return meter


def _autocast(device: str, precision: str) -> Any:
    import torch

    return torch.autocast(device.split(":")[0], torch.bfloat16) if precision == "bf16" else nullcontext()


def _begin(run: _Run) -> None:
    """Measure before the first step."""
    outcome, job = run.outcome, run.job
    outcome.before = run.measure()
    job.watch.start(outcome.before)
    if outcome.before:
        rate = job.config.optimizer.learning_rate
        run.log.write(metrics_line(0, 0.0, 0, None, rate, None, outcome.before))


def _go_on(run: _Run, state: Mapping[str, Any]) -> None:
    """Take up what the last checkpoint counted."""
    outcome = run.outcome
    outcome.steps, outcome.trained = int(state["step"]), int(state["trained"])
    outcome.threads = int(state["threads"])
    outcome.before = {name: parse(HeldOut, values) for name, values in state["before"].items()}
    run.job.watch.restore(state["watch"])


def _take_steps(run: _Run) -> None:
    """Step after step to the end, or until it is stopped, with what is measured and kept between them."""
    job, outcome, steps = run.job, run.outcome, run.job.schedule.steps
    run.saved = time.monotonic()
    with (
        job.timing.open("a", encoding="utf-8") as timing,
        Progress(job.label, steps, quiet=not job.world.first, done=outcome.steps) as progress,
    ):
        while outcome.steps < steps and outcome.stopped == "done":
            progress.advance(note=_one_step(run, timing))
            due = job.world.agree(_due(job.config, outcome.steps, run.saved))
            if due and outcome.steps < steps and outcome.stopped == "done":
                _checkpoint(run)


def _one_step(run: _Run, timing: IO[str]) -> Message:
    """A step, its line in `metrics.jsonl` and in `timing`; what the terminal says of it."""
    import torch

    job, outcome, schedule = run.job, run.outcome, run.job.schedule
    clock, step = time.monotonic(), outcome.steps
    rate = learning_rate(job.config.optimizer, step, schedule.steps)
    torch.manual_seed(derived_seed(schedule.seed, "step", step, job.world.rank))
    loss, norm, tokens, pairs = _step(job, run.strategy, step, rate, outcome.micro_batch_rows, run.place.autocast)
    stepped = time.monotonic() - clock
    outcome.trained += tokens
    outcome.steps += 1
    outcome.epochs = schedule.epoch(outcome.steps)
    measured: dict[str, HeldOut] = {}
    every = job.config.evaluate_every
    if outcome.steps == schedule.steps or (every and outcome.steps % every == 0):
        measured = outcome.after = run.measure()
        outcome.stopped = job.watch.see(outcome.steps, measured, run.strategy.trainable) or "done"
    run.log.write(metrics_line(outcome.steps, outcome.epochs, outcome.trained, loss, rate, norm, measured, pairs))
    seconds = time.monotonic() - clock
    if run.meter is None:
        return ""
    sizes = [job.stores[ref.store].size(ref.row) for ref in schedule.at(step)]
    speed = run.meter.speed(sizes, tokens, stepped, step=outcome.steps, seconds=seconds)
    timing.write(json.dumps(speed.plain()) + "\n")
    words = speed_words(speed)
    return Text(f"loss {loss:.3f}, {words.en}", f"損失 {loss:.3f}、{words.ja}")


def _checkpoint(run: _Run) -> None:
    """Keep weights, optimizer and counts, from which a killed run goes on."""
    outcome = run.outcome
    run.log.sync()
    counts = {"trained": outcome.trained, "watch": run.job.watch.state(), "metrics_bytes": run.log.bytes}
    counts["before"] = {name: item.plain() for name, item in outcome.before.items()}
    run.strategy.save(run.job.checkpoints, outcome.steps, counts)
    run.saved = time.monotonic()


def _finish(run: _Run) -> None:
    """The model as it is kept: with its own attention, at its best step where asked, whole on the first process."""
    job, outcome, strategy = run.job, run.outcome, run.strategy
    if outcome.own_attention:
        set_attention(job.model, outcome.own_attention)  # what is saved and used from here on knows nothing of rows
    outcome.kept_step = outcome.steps
    if job.config.keep == "best":
        job.world.barrier()  # the first process has written them
        outcome.kept_step, outcome.after = job.watch.put_back(strategy.put, outcome.steps, outcome.after)
    if strategy.sharded:
        outcome.weights = strategy.weights()


def _prepare(job: Job, outcome: Outcome) -> Strategy:
    model, config = job.model, job.config
    if config.gradient_checkpointing:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # transformers is about to rename it
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        checkpoint_first_layers(model, config.checkpointed_layers)
        if hasattr(model, "enable_input_require_grads"):
            model.enable_input_require_grads()  # frozen embeddings (LoRA) would cut the recomputed graph off
    require_causal(model, vocabulary=job.vocabulary, device=job.device)
    outcome.probe_error = job.probed
    if config.packing and job.probed is None:
        choice = choose_attention(
            model,
            config.attention,
            width=config.sequence_length,
            vocabulary=job.vocabulary,
            device=job.device,
            bf16=outcome.precision == "bf16",
        )
        outcome.attention, outcome.own_attention, outcome.probe_error = choice.name, choice.own, choice.error
    body = split_model(model, vocabulary=job.vocabulary, device=job.device)
    body, outcome.compiled = compile_decoder(body, config, job.schedule, device=job.device, world=job.world)
    strategy = make_strategy(config.strategy, job.objective.module(body), config, job.world, plus_ratio=job.plus_ratio)
    outcome.engine = strategy.engine
    return strategy


def require_layers(model: Any, count: int) -> list[Any]:
    """The layers of the model that can be computed again. Raises `UsageError` when they are fewer than `count`."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    layers = [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]
    if count > len(layers):
        raise UsageError(
            Text(
                f"{count} layers are to be computed again; the model has {len(layers)} that can be.",
                f"再計算の対象は {count} 層ですが、可能な層は {len(layers)} です。",
            ),
            where="checkpointed_layers",
        )
    return layers


def checkpoint_first_layers(model: Any, count: int) -> None:
    """Of the layers that are all set to be computed again, leave it to the first `count` (0: all)."""
    for layer in require_layers(model, count)[count:] if count else []:
        layer.gradient_checkpointing = False


def _due(config: TrainingConfig, done: int, saved: float) -> bool:
    if config.checkpoint_every:
        return done % config.checkpoint_every == 0
    return time.monotonic() - saved >= CHECKPOINT_SECONDS


def _step(
    job: Job, strategy: Strategy, step: int, rate: float, rows_at_once: int, autocast: Any
) -> tuple[float, float, int, PairFigures | None]:
    """One optimizer step. Returns the mean loss, the gradient norm, the supervised tokens of the whole batch, and what else
    the objective counts.
    """
    import torch

    refs, world = job.schedule.at(step), job.world
    tokens = sum(int(job.stores[ref.store].targets[ref.row]) for ref in refs)
    count = sum(job.objective.count(job.stores[ref.store], ref.row) for ref in refs)
    mine = refs[world.rank :: world.size]
    passes = math.ceil(math.ceil(len(refs) / world.size) / rows_at_once)  # the same number in every process
    totals: list[float] = []
    for number in range(passes):
        chosen = mine[number * rows_at_once : (number + 1) * rows_at_once]
        batch = [
            item.to(job.device, non_blocking=True)
            for item in read_batch(job.objective, job.stores, chosen, job.padding, rows_at_once)
        ]
        with strategy.accumulating(number == passes - 1):
            with autocast():
                sums = strategy.loss(*batch).reshape(-1)
            strategy.backward(sums[0] * (world.size / max(1, count)))
        found: list[float] = sums.detach().tolist()
        totals = [one + other for one, other in zip(totals or [0.0] * len(found), found, strict=True)]
    totals = world.total(*totals)
    mean = totals[0] / max(1, count)
    norm = strategy.step(rate) if math.isfinite(mean) else math.nan
    if not (math.isfinite(mean) and math.isfinite(norm)):
        raise TekioError(
            Text("The loss is no longer a number.", "損失が数でなくなりました。"),
            where=f"step {step + 1}",
            fix=Text("Lower the learning rate or add warm-up steps.", "学習率を下げるか warm-up を増やしてください。"),
        )
    if job.device.startswith("cuda") and step == 0:
        torch.cuda.reset_peak_memory_stats()
    return mean, norm, tokens, job.objective.figures(totals, count)


def _require_numbers(measured: Mapping[str, HeldOut], step: int, metrics: Path) -> None:
    """Raise `TekioError` if the loss on held-out text is none: nothing could be said of the model, and no file holds NaN."""
    lost = [name for name, item in measured.items() if not math.isfinite(item.loss)]
    if not lost:
        return
    before = Text(
        "The model gives none before any training: its weights overflow or are damaged.",
        "学習前から数になりません。重みがあふれているか壊れています。",
    )
    raise TekioError(
        Text(
            f"The loss on held-out text ({', '.join(lost)}) is not a number.",
            f"評価用文書({'、'.join(lost)})の損失が数になりません。",
        ),
        where=f"{metrics}: step {step}",
        why=before if step == 0 else None,
        fix=Text("Lower the learning rate or add warm-up steps.", "学習率を下げるか warm-up を増やしてください。")
        if step
        else Text("Choose another base, or precision fp32.", "別の基盤か precision: fp32 を使ってください。"),
    )
