"""torch.compile where it pays: the decoder only, rows of one shape, and quietly not where there is no compiler."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (torch has no complete type information)

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

from tekio.errors import TekioError, Text
from tekio.recipe.train import TrainingConfig
from tekio.train.loss import Body
from tekio.train.process_group import World
from tekio.train.schedule import Schedule

WORTH_FLOPS = 6e13
"""Arithmetic of a run from which compiling (half a minute) pays on a CPU: about ten minutes of one core."""


def has_compiler() -> bool:
    """Whether a C++ compiler is there (torch.compile needs one on a CPU)."""
    return any(shutil.which(name) for name in ("g++", "c++", "clang++"))


def wants_compile(parameters: int, config: TrainingConfig, schedule: Schedule, *, device: str, world: World) -> bool:
    """Whether to compile: by the recipe and the amount of work only, never by a clock, so that repeats agree."""
    if config.compile == "always" and not (device.startswith("cuda") or has_compiler()):
        raise TekioError(
            Text("torch.compile needs a C++ compiler.", "torch.compile には C++ コンパイラが要ります。"),
            where="compile: always",
            fix=Text("Install g++, or set `compile: auto`.", "g++ を入れるか `compile: auto` に。"),
        )
    if config.compile != "auto":
        return config.compile == "always"
    if world.size > 1 or config.gradient_checkpointing:
        return False
    if device.startswith("cuda"):
        return True
    tokens = schedule.steps * schedule.batch * config.sequence_length
    return has_compiler() and 6.0 * parameters * tokens > WORTH_FLOPS


def compile_decoder(
    body: Body, config: TrainingConfig, schedule: Schedule, *, device: str, world: World
) -> tuple[Body, bool]:
    """`body` with a compiled decoder where that is wanted and possible, and whether it is."""
    if body.head is None or not wants_compile(
        sum(item.numel() for item in body.model.parameters()), config, schedule, device=device, world=world
    ):
        return body, False
    import torch

    compiled: Any = torch.compile(body.decoder, dynamic=False)
    return replace(body, decoder=compiled), True
