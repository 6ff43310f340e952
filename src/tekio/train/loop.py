"""The training loop: one for pre-training and tuning, on one device.

Every step is a pure function of weights, optimizer state, random state and step number, so an interrupted run that goes
on from its last checkpoint gives the same weights and the same `metrics.jsonl`, bit for bit on a CPU.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.progress import Progress
from tekio.recipe.train import TrainingConfig
from tekio.train.allocator import keep_buffers
from tekio.train.checkpoint import load_checkpoint, save_checkpoint
from tekio.train.held_out import HeldOut, measure
from tekio.train.loss import Body, split_model, token_loss_sum
from tekio.train.optimizer import learning_rate, make_optimizer
from tekio.train.order import Schedule
from tekio.train.packing import Rows

CHECKPOINT_SECONDS = 120.0
MICRO_TOKENS = {"cpu": 4096, "cuda": 16_384}


@dataclass
class Job:
    """What a loop needs. stores: the domain's rows, then replay's. held_out: name -> rows. Paths are in the workspace."""

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


@dataclass
class Outcome:
    """What a loop did. trained, masked: tokens over all steps. stopped: `done` or why it ended early."""

    steps: int
    epochs: float
    trained: int = 0
    masked: int = 0
    before: dict[str, HeldOut] = field(default_factory=dict[str, HeldOut])
    after: dict[str, HeldOut] = field(default_factory=dict[str, HeldOut])
    stopped: str = "done"
    micro_batch_rows: int = 0
    threads: int = 1
    precision: str = "fp32"


def choose_precision(precision: str, device: str) -> str:
    """`auto` is bf16 autocast on a GPU and fp32 on a CPU."""
    return ("fp32" if device == "cpu" else "bf16") if precision == "auto" else precision


def micro_batch(config: TrainingConfig, device: str) -> int:
    """Rows per forward pass: the recipe's, else as many as make a reasonable number of tokens on the device."""
    if config.micro_batch_rows:
        return min(config.micro_batch_rows, config.batch_rows)
    tokens = MICRO_TOKENS["cpu" if device == "cpu" else "cuda"]
    return max(1, min(config.batch_rows, tokens // config.sequence_length))


def train(job: Job) -> Outcome:
    """Run (or go on with) a training job. Raises `TekioError` when the loss stops being a number."""
    import torch

    keep_buffers()
    model, config, schedule = job.model, job.config, job.schedule
    precision = choose_precision(config.precision, job.device)
    kind = job.device.split(":")[0]

    def autocast() -> Any:
        return torch.autocast(kind, torch.bfloat16) if precision == "bf16" else nullcontext()

    if config.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    body = split_model(model, vocabulary=job.vocabulary, device=job.device)
    optimizer = make_optimizer(model, config.optimizer)
    state = load_checkpoint(job.checkpoints, model, optimizer)
    outcome = Outcome(schedule.steps, schedule.epoch(schedule.steps))
    outcome.micro_batch_rows, outcome.precision = micro_batch(config, job.device), precision
    outcome.threads = torch.get_num_threads()
    log = MetricsLog(job.metrics, 0 if state is None else int(state["metrics_bytes"]))
    first = 0
    if state is None:
        outcome.before = measure(body, job.held_out, device=job.device, padding=job.padding, autocast=autocast)
        if outcome.before:
            log.write(_line(0, 0.0, 0, None, config.optimizer.learning_rate, None, outcome.before))
    else:
        first = int(state["step"])
        outcome.trained, outcome.masked = int(state["trained"]), int(state["masked"])
        outcome.before = {name: HeldOut(**values) for name, values in state["before"].items()}
    model.train()
    saved = time.monotonic()
    with job.timing.open("a", encoding="utf-8") as timing, Progress(job.label, schedule.steps) as progress:
        progress.done = first
        for step in range(first, schedule.steps):
            clock = time.monotonic()
            rate = learning_rate(config.optimizer, step, schedule.steps)
            loss, norm, tokens, masked = _step(job, body, optimizer, step, rate, outcome.micro_batch_rows, autocast)
            outcome.trained += tokens
            outcome.masked += masked
            done, last = step + 1, step + 1 == schedule.steps
            held_out: dict[str, HeldOut] = {}
            if last or (config.evaluate_every and done % config.evaluate_every == 0):
                held_out = measure(body, job.held_out, device=job.device, padding=job.padding, autocast=autocast)
                outcome.after = held_out
            log.write(_line(done, schedule.epoch(done), outcome.trained, loss, rate, norm, held_out))
            seconds = time.monotonic() - clock
            timing.write(
                json.dumps({"step": done, "seconds": round(seconds, 4), "tokens_per_second": round(tokens / seconds)})
                + "\n"
            )
            progress.advance(note=f"loss {loss:.3f}, {tokens / seconds:,.0f} tokens/s")
            if not last and _due(config, done, saved):
                log.sync()
                counts = {"trained": outcome.trained, "masked": outcome.masked}
                before = {name: item.as_dict() for name, item in outcome.before.items()}
                save_checkpoint(
                    job.checkpoints, done, model, optimizer, {"metrics_bytes": log.bytes, "before": before, **counts}
                )
                saved = time.monotonic()
    log.close()
    model.eval()
    return outcome


def _due(config: TrainingConfig, done: int, saved: float) -> bool:
    if config.checkpoint_every:
        return done % config.checkpoint_every == 0
    return time.monotonic() - saved >= CHECKPOINT_SECONDS


def _step(
    job: Job, body: Body, optimizer: Any, step: int, rate: float, rows_at_once: int, autocast: Any
) -> tuple[float, float, int, int]:
    """One optimizer step. Returns mean loss, gradient norm, supervised and other tokens."""
    import torch

    refs = job.schedule.at(step)
    tokens = sum(int(job.stores[ref.store].targets[ref.row]) for ref in refs)
    total, places = torch.zeros((), dtype=torch.float64), 0
    for start in range(0, len(refs), rows_at_once):
        ids, positions, learned = read_batch(job.stores, refs[start : start + rows_at_once], job.padding)
        places += ids.numel()
        batch = [item.to(job.device, non_blocking=True) for item in (ids, positions, learned)]
        with autocast():
            loss = token_loss_sum(body, *batch)
        (loss / max(1, tokens)).backward()
        total += loss.detach().double().cpu()
    mean = float(total) / max(1, tokens)
    norm = float(torch.nn.utils.clip_grad_norm_(job.model.parameters(), job.config.optimizer.clip_norm))
    if not (mean == mean and norm == norm and abs(norm) != float("inf")):
        raise TekioError(
            Text("The loss is not a number any more.", "損失が数でなくなりました。"),
            where=f"step {step + 1}",
            fix=Text("Lower the learning rate or add warm-up steps.", "学習率を下げるか warm-up を増やしてください。"),
        )
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return mean, norm, tokens, places - tokens


def read_batch(stores: Sequence[Rows], refs: Sequence[Any], padding: int) -> tuple[Any, Any, Any]:
    """Rows of several stores as tensors (ids, positions, flags) of shape (rows, width)."""
    import numpy as np
    import torch

    parts = [stores[ref.store].read([ref.row], padding) for ref in refs]
    ids, positions, learned = (torch.from_numpy(np.concatenate(column)) for column in zip(*parts, strict=True))
    return ids, positions, learned


def _line(
    step: int,
    epoch: float,
    tokens: int,
    loss: float | None,
    rate: float,
    norm: float | None,
    held_out: Mapping[str, HeldOut],
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "step": step,
        "epoch": round(epoch, 6),
        "tokens": tokens,
        "loss": loss,
        "learning_rate": rate,
        "gradient_norm": norm,
    }
    if held_out:
        line["held_out"] = {name: item.as_dict() for name, item in held_out.items()}
    return line


class MetricsLog:
    """`metrics.jsonl`, cut back to what the checkpoint knew so that no step stands in it twice."""

    def __init__(self, path: Path, keep: int) -> None:
        path.touch()
        os.truncate(path, keep)
        self.file = path.open("ab")
        self.bytes = keep

    def write(self, row: dict[str, Any]) -> None:
        data = (json.dumps(row, allow_nan=False) + "\n").encode()
        self.file.write(data)
        self.bytes += len(data)

    def sync(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        self.file.close()
