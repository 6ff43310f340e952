"""What a step minimises: the token losses of texts, or preferences between answers (`tekio.train.preference`)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (torch has no complete type information)

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from tekio.artifacts.training import HeldOut, PairFigures
from tekio.train.held_out import measure
from tekio.train.loss import Body, loss_module
from tekio.train.packing import Rows
from tekio.train.process_group import World
from tekio.train.schedule import RowRef
from tekio.train.strategy import Strategy


class Objective(Protocol):
    """What the loop asks of a loss. Sums are of a micro-batch; what they are divided by is counted over the whole step."""

    def module(self, body: Body) -> Any:
        """A module whose `forward(*batch, train)` gives the loss sum, alone or as the first of several sums; its
        `example(device)` is a batch of the least size.
        """
        ...

    def begin(self, strategy: Strategy, stores: Sequence[Rows], held_out: Mapping[str, Rows], at: Place) -> None:
        """What must be known of the model as it is before the first step. Called by every process, before a checkpoint is read."""
        ...

    def count(self, rows: Rows, row: int) -> int:
        """What the loss sum of a row is a sum over."""
        ...

    def beside(self, rows: Rows, chosen: Sequence[int], count: int) -> list[Any]:
        """What a batch of rows holds beside ids, positions and flags."""
        ...

    def figures(self, sums: Sequence[float], count: int) -> PairFigures | None:
        """The sums of a step after the first, in words."""
        ...

    def measure(self, strategy: Strategy, model: Any, stores: Mapping[str, Rows], at: Place) -> dict[str, HeldOut]:
        """The loss on held-out rows by name; the model stays in the mode it was in."""
        ...


class Place:
    """Where a loop computes: device, padding id, autocast context, processes."""

    def __init__(self, device: str, padding: int, autocast: Callable[[], Any], world: World) -> None:
        self.device, self.padding, self.autocast, self.world = device, padding, autocast, world


class TokenLoss:
    """Cross-entropy of the next token over all supervised tokens."""

    def module(self, body: Body) -> Any:
        return loss_module(body)

    def begin(self, strategy: Strategy, stores: Sequence[Rows], held_out: Mapping[str, Rows], at: Place) -> None:
        pass

    def count(self, rows: Rows, row: int) -> int:
        return int(rows.targets[row])

    def beside(self, rows: Rows, chosen: Sequence[int], count: int) -> list[Any]:
        del rows, chosen, count
        return []

    def figures(self, sums: Sequence[float], count: int) -> PairFigures | None:
        del sums, count
        return None

    def measure(self, strategy: Strategy, model: Any, stores: Mapping[str, Rows], at: Place) -> dict[str, HeldOut]:
        return measure(
            strategy.loss,
            model,
            stores,
            device=at.device,
            padding=at.padding,
            autocast=at.autocast,
            world=at.world,
        )


def read_batch(
    objective: Objective, stores: Sequence[Rows], refs: Sequence[RowRef], padding: int, count: int
) -> list[Any]:
    """Rows of several stores as tensors (ids, positions, flags, what the objective adds) of `count` rows, filled up with empty ones."""
    import numpy as np
    import torch

    parts = [
        [*stores[ref.store].read([ref.row], padding), *objective.beside(stores[ref.store], [ref.row], 1)]
        for ref in refs
    ]
    if len(refs) < count:
        empty = count - len(refs)
        parts.append([*stores[0].read([], padding, empty), *objective.beside(stores[0], [], empty)])
    return [torch.from_numpy(np.concatenate(column)) for column in zip(*parts, strict=True)]
