"""The names of a recipe's stages, in the order they run."""

from __future__ import annotations

from typing import Literal, get_args

StageName = Literal[
    "corpus",
    "exam",
    "study",
    "base",
    "pretrain",
    "instruct",
    "residual",
    "tune",
    "prefer",
    "sweep",
    "evaluate",
    "compare",
    "report",
]
STAGES: tuple[StageName, ...] = get_args(StageName)
