"""Training: a base model from scratch, continual pre-training, instruction tuning. See docs/training.md."""

from __future__ import annotations

from tekio.train.prefer import prefer
from tekio.train.residual import residual
from tekio.train.stages import make_base, pretrain, tune
from tekio.train.sweep import sweep

__all__ = ["make_base", "prefer", "pretrain", "residual", "sweep", "tune"]
