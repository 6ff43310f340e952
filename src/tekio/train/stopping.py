"""When to stop early, and which weights to keep: by held-out loss, and by how much general text may be forgotten."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (torch has no complete type information)

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.artifacts.model import parse
from tekio.artifacts.training import HeldOut
from tekio.documents import GENERAL

FORGETTING = "forgetting budget"
NO_PROGRESS = "held-out loss no longer falls"
BEST_FILE = "best.safetensors"


@dataclass
class Watch:
    """Watches the measurements of a run.

    names: the held-out sets whose mean loss counts (the domains trained on, or `validation`). patience: measurements
    without a new lowest loss after which the run stops; 0: never. budget: bits per character that general text may get
    worse over the start; None: any. best_folder: where the best weights are kept; None: they are not.
    """

    names: Sequence[str]
    patience: int = 0
    budget: float | None = None
    best_folder: Path | None = None
    writes: bool = True
    best: float = math.inf
    best_step: int = 0
    since_best: int = 0
    general_before: float | None = None
    best_measured: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def start(self, measured: Mapping[str, HeldOut]) -> None:
        """The measurement before the first step."""
        if GENERAL in measured:
            self.general_before = measured[GENERAL].bits_per_character

    def see(self, step: int, measured: Mapping[str, HeldOut], weights: Callable[[], Mapping[str, Any]]) -> str | None:
        """Take note of a measurement. Returns why the run should stop now, or None.

        weights: gives the trainable weights, whole; called (in every process) when they are to be kept.
        """
        losses = [_judged(measured[name]) for name in self.names if name in measured]
        if losses:
            mean = sum(losses) / len(losses)
            if mean < self.best:
                self.best, self.best_step, self.since_best = mean, step, 0
                self.best_measured = {name: item.plain() for name, item in measured.items()}
                self._keep(weights)
            else:
                self.since_best += 1
        if self.budget is not None and self.general_before is not None and GENERAL in measured:
            risen = measured[GENERAL].bits_per_character - self.general_before
            if risen > self.budget:
                return f"{FORGETTING}: general text +{risen:.4f} bits per character, allowed {self.budget:g}"
        if self.patience and self.since_best >= self.patience:
            return f"{NO_PROGRESS}: best at step {self.best_step}"
        return None

    def put_back(
        self, put: Callable[[Mapping[str, Any]], None], step: int, after: dict[str, HeldOut]
    ) -> tuple[int, dict[str, HeldOut]]:
        """Hand the best weights to `put`. Returns their step and measurement (the given ones if none were kept)."""
        if self.best_folder is None or not (self.best_folder / BEST_FILE).is_file() or not self.best_measured:
            return step, after
        from safetensors.torch import load_file

        put(load_file(self.best_folder / BEST_FILE))
        return self.best_step, {name: parse(HeldOut, values) for name, values in self.best_measured.items()}

    def state(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        return {
            "best": None if math.isinf(self.best) else self.best,
            "best_step": self.best_step,
            "since_best": self.since_best,
            "general_before": self.general_before,
            "best_measured": self.best_measured,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """The opposite of `state`. Newer best weights than the checkpoint's are made again on the way."""
        self.best = math.inf if state["best"] is None else float(state["best"])
        self.best_step, self.since_best = int(state["best_step"]), int(state["since_best"])
        self.general_before, self.best_measured = state["general_before"], dict(state["best_measured"])

    def _keep(self, weights: Callable[[], Mapping[str, Any]]) -> None:
        if self.best_folder is None:
            return
        found = weights()
        if not self.writes:
            return
        from safetensors.torch import save_file

        self.best_folder.mkdir(parents=True, exist_ok=True)
        working = self.best_folder / ("." + BEST_FILE)
        save_file({name: item.contiguous() for name, item in found.items()}, working)
        working.replace(self.best_folder / BEST_FILE)


def _judged(item: HeldOut) -> float:
    """What is to fall: the loss that is trained."""
    return item.loss if item.pairs is None else item.pairs.loss
