"""Engines: "map a function over units of work", here or on a cluster.

A unit is a small picklable value (paths and byte ranges, never rows); the function reads and writes files and returns a
small summary. Results come back in the order of the units, so the outcome does not depend on the engine or the number
of workers. A worker that dies costs its unit, which is tried once more.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, cast

from tekio.errors import TekioError, Text
from tekio.offline import close_network


def _begin_worker() -> None:
    """What each worker process does first: no network, and no life after its parent's."""
    close_network()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process when its parent has: a killed run must not leave workers that wait for work for ever."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


Unit = TypeVar("Unit")
Result = TypeVar("Result")

TRIES = 3


class Engine(Protocol):
    """Runs `function(unit)` for every unit and yields the results in order."""

    @property
    def workers(self) -> int: ...

    def map(self, function: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]: ...


def available_cpus() -> int:
    """CPUs this process may use (respects affinity and Slurm's binding)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class LocalEngine:
    """Processes on this machine; with one worker everything runs in this process."""

    workers: int = 1

    def map(self, function: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        if self.workers <= 1 or len(units) <= 1:
            for unit in units:
                yield function(unit)
            return
        yield from self._map_processes(function, units)

    def _map_processes(self, function: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        # "spawn" because forking a process that holds threads (torch, Arrow) can deadlock.
        context = multiprocessing.get_context("spawn")
        next_unit, tries = 0, 0
        while next_unit < len(units):
            count = min(self.workers, len(units) - next_unit)
            with ProcessPoolExecutor(count, mp_context=context, initializer=_begin_worker) as pool:
                futures: list[Future[Result]] = [pool.submit(function, unit) for unit in units[next_unit:]]
                try:
                    for future in futures:
                        yield future.result()
                        next_unit, tries = next_unit + 1, 0
                except BrokenProcessPool as error:
                    tries += 1
                    if tries >= TRIES:
                        raise TekioError(
                            Text(
                                "A worker process died three times on the same unit.",
                                "同じ処理単位で作業プロセスが 3 回落ちました。",
                            ),
                            where=f"{_name_of(units[next_unit])} ({next_unit + 1}/{len(units)})",
                            why=Text(
                                "Usually memory: use fewer workers.",
                                "多くはメモリ不足です。workers を減らしてください。",
                            ),
                        ) from error
                finally:
                    for future in futures:
                        future.cancel()


def _name_of(unit: object) -> object:
    """What a unit is called in a message: a path, else the folder or first file it names, never all that is in it."""
    if isinstance(unit, Path | str | int):
        return unit
    if isinstance(unit, tuple):
        return next((part for part in cast("tuple[object, ...]", unit) if isinstance(part, Path)), "unit")
    return next(
        (found for name in ("folder", "unit", "path") if isinstance(found := getattr(unit, name, None), Path)), "unit"
    )


def make_engine(kind: str = "local", workers: int = 0, address: str | None = None) -> Engine:
    """The engine named in a recipe. `workers` 0 means all CPUs of this machine (or of the cluster)."""
    if kind == "local":
        return LocalEngine(workers or available_cpus())
    if kind == "ray":
        from tekio.engine_ray import RayEngine

        return RayEngine(workers=workers, address=address)
    raise TekioError(Text(f"Unknown engine {kind!r}.", f"engine {kind!r} はありません。"), fix="local, ray")
