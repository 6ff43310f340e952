"""Which rows a step trains on: a pure function of the seed and the step, whatever the number of devices.

An epoch goes once through the domain's rows in a shuffled order. Where the recipe gives a source epochs or a weight of its
own, for replay of general text and for documents beside records, an epoch takes a certain number of rows of that source instead; they come from a
stream of their own that goes on from epoch to epoch, so all of a source is used before any of it is used again.

Annealing: from a certain step on, a part of the rows comes from another store, in an order of its own; the others go on with
the mixture where it was.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from tekio.train.packing import Rows
from tekio.train.seeds import permutation


@dataclass(frozen=True)
class RowRef:
    """A row of one of the stores."""

    store: int
    row: int


@dataclass(frozen=True)
class Part:
    """What a store is in the mix. rate: how often an epoch takes it (before shares are applied). share: part of an epoch's
    learned tokens that is to come from this store; 0: by its rate, or by the share of all replay.
    """

    rate: float = 1.0
    replay: bool = False
    share: float = 0.0


@dataclass(frozen=True)
class Stream:
    """The rows of one store. rows: there are; taken: an epoch takes; name: of its order, None for the epoch's own."""

    rows: int
    taken: int
    name: tuple[str | int, ...] | None


@dataclass(frozen=True)
class Annealing:
    """The last phase of a training. store: number of the store mixed in; begin: the first step; rows: of the phase; taken: of
    these from the store; share: of the phase's learned tokens that was asked for.
    """

    store: int
    begin: int
    rows: int
    taken: int
    share: float


@dataclass(frozen=True)
class Schedule:
    """The order of rows. streams: one a store."""

    seed: int
    streams: tuple[Stream, ...]
    batch: int
    epochs: float
    max_steps: int | None = None
    annealing: Annealing | None = None

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(stream.taken for stream in self.streams))

    @property
    def epoch_rows(self) -> int:
        return self._ends[-1]

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
        return [self._row(place) for place in range(step * self.batch, min((step + 1) * self.batch, self.rows))]

    def _row(self, place: int) -> RowRef:
        annealing = self.annealing
        if annealing is not None and place >= annealing.begin * self.batch:
            begin = annealing.begin * self.batch
            number = int(_lap_order(self.seed, ("annealing",), 0, annealing.rows)[place - begin])
            if number < annealing.taken:
                return self._streamed(annealing.store, number)
            place = begin + number - annealing.taken
        epoch, offset = divmod(place, self.epoch_rows)
        number = int(_order(self.seed, epoch, self.epoch_rows)[offset])
        store = bisect_right(self._ends, number)
        stream = self.streams[store]
        number -= self._ends[store] - stream.taken
        return RowRef(store, number) if stream.name is None else self._streamed(store, epoch * stream.taken + number)

    def _streamed(self, store: int, count: int) -> RowRef:
        """Row `count` (from 0) of those that a store gives in an order of its own."""
        stream = self.streams[store]
        assert stream.name is not None
        lap, position = divmod(count, stream.rows)
        return RowRef(store, int(_lap_order(self.seed, stream.name, lap, stream.rows)[position]))

    def epoch(self, step: int) -> float:
        """How many epochs of the mixture are done after `step` steps."""
        done, annealing = min(step * self.batch, self.rows), self.annealing
        if annealing is not None and step > annealing.begin:
            begin = annealing.begin * self.batch
            order = _lap_order(self.seed, ("annealing",), 0, annealing.rows)
            done = begin + int((order[: done - begin] >= annealing.taken).sum())
        return done / self.epoch_rows

    def takes(self, store: int) -> bool:
        """Whether any row is taken of a store."""
        annealed = self.annealing is not None and self.annealing.store == store and self.annealing.taken > 0
        return annealed or self.streams[store].taken > 0


def make_schedule(
    stores: Sequence[Rows],
    *,
    seed: int,
    share: float,
    batch: int,
    epochs: float,
    max_steps: int | None,
    parts: Sequence[Part] | None = None,
) -> Schedule:
    """The order for domain stores and, when `share` > 0, stores of general text.

    share: part of the learned tokens of an epoch that is to come from the general text. parts: what each store is;
    default: the first is the domain, the others are replay.
    """
    known = list(parts or [Part(replay=number > 0) for number in range(len(stores))])
    tokens = [float(store.targets.sum()) * part.rate for store, part in zip(stores, known, strict=True)]
    domain = sum(count for count, part in zip(tokens, known, strict=True) if not (part.replay or part.share))
    general = sum(count for count, part in zip(tokens, known, strict=True) if part.replay)
    left = 1 - (share if general else 0) - sum(part.share for part in known)
    streams: list[Stream] = []
    for number, (store, count, part) in enumerate(zip(stores, tokens, known, strict=True)):
        rows, rate, name = len(store), part.rate, None if part.rate == 1 else ("source", number)
        if part.replay:
            rate *= domain * share / left / general if share > 0 and general else 0
            name = ("replay",) if sum(item.replay for item in known) == 1 else ("replay", number)
        elif part.share:
            rate *= domain * part.share / left / count if count else 0
            name = ("share", number)
        taken = max(1, round(rows * rate)) if rows and rate else 0
        streams.append(Stream(rows, taken, name))
    return Schedule(seed, tuple(streams), batch, epochs, max_steps)


def annealed(schedule: Schedule, stores: Sequence[Rows], *, begin: int, share: float) -> Schedule:
    """`schedule` with the last of `stores` (which it does not know yet) mixed in from step `begin` on.

    share: part of the phase's learned tokens that is to come from that store. The number of steps stays as it is.
    """
    *mixture, store = stores
    rows = min(schedule.rows, schedule.steps * schedule.batch) - begin * schedule.batch
    each = [float(item.targets.sum()) / max(1, len(item)) for item in mixture]
    usual = sum(mean * stream.taken for mean, stream in zip(each, schedule.streams, strict=True)) / schedule.epoch_rows
    own = float(store.targets.sum()) / max(1, len(store))
    taken = round(rows * share * usual / (share * usual + (1 - share) * own)) if len(store) else 0
    streams = (*schedule.streams, Stream(len(store), 0, ("anneal",)))
    return replace(schedule, streams=streams, annealing=Annealing(len(mixture), begin, rows, taken, share))


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, count: int) -> npt.NDArray[np.int64]:
    return permutation(count, seed, "rows", epoch)


@lru_cache(maxsize=64)
def _lap_order(seed: int, name: tuple[str | int, ...], lap: int, count: int) -> npt.NDArray[np.int64]:
    return permutation(count, seed, *name, lap)
