"""Which rows a step trains on: a pure function of the seed and the step, whatever the number of devices.

An epoch goes once through the domain's rows in a shuffled order. With replay, rows of general text are mixed in so that
they make up the wanted share of the tokens that are learned; they come from a stream of their own that goes on from
epoch to epoch, so all of the general text is used before any of it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tekio.train.packing import Rows
from tekio.train.seeds import permutation


@dataclass(frozen=True)
class RowRef:
    """A row of one of the stores: 0 the domain, 1 replay."""

    store: int
    row: int


@dataclass(frozen=True)
class Schedule:
    """The order of rows. domain, replay: rows per epoch. available: rows of replay there are."""

    seed: int
    domain: int
    replay: int
    available: int
    batch: int
    epochs: float
    max_steps: int | None = None

    @property
    def epoch_rows(self) -> int:
        return self.domain + self.replay

    @property
    def rows(self) -> int:
        """Rows over all epochs."""
        return max(1, round(self.epochs * self.epoch_rows))

    @property
    def steps(self) -> int:
        """Optimizer steps: the last one may be smaller than a batch."""
        whole = -(-self.rows // self.batch)
        return min(whole, self.max_steps) if self.max_steps else whole

    def at(self, step: int) -> list[RowRef]:
        """The rows of step `step` (from 0)."""
        places = range(step * self.batch, min((step + 1) * self.batch, self.rows))
        found: list[RowRef] = []
        for place in places:
            epoch, offset = divmod(place, self.epoch_rows)
            number = int(_order(self.seed, epoch, self.epoch_rows)[offset])
            if number < self.domain:
                found.append(RowRef(0, number))
            else:
                lap, position = divmod(epoch * self.replay + number - self.domain, self.available)
                found.append(RowRef(1, int(_replay_order(self.seed, lap, self.available)[position])))
        return found

    def epoch(self, step: int) -> float:
        """How many epochs are done after `step` steps."""
        return min(step * self.batch, self.rows) / self.epoch_rows


def make_schedule(
    stores: Sequence[Rows], *, seed: int, share: float, batch: int, epochs: float, max_steps: int | None
) -> Schedule:
    """The order for a domain store and, when `share` > 0, a store of general text.

    share: part of the learned tokens that is to come from the general text.
    """
    domain = stores[0]
    replay = available = 0
    if share > 0 and len(stores) > 1 and len(stores[1]):
        available = len(stores[1])
        domain_tokens = float(domain.targets.sum())
        a_row = float(stores[1].targets.sum()) / available
        replay = max(1, round(domain_tokens * share / (1 - share) / a_row))
    return Schedule(seed, len(domain), replay, available, batch, epochs, max_steps)


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, count: int) -> npt.NDArray[np.int64]:
    return permutation(count, seed, "rows", epoch)


@lru_cache(maxsize=4)
def _replay_order(seed: int, lap: int, count: int) -> npt.NDArray[np.int64]:
    return permutation(count, seed, "replay", lap)
