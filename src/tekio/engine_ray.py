"""The Ray engine: units of work as core tasks on a Ray cluster. Tasks pass paths and byte ranges, never rows.

All nodes must see the input and run folders under the same paths (shared storage). Ray is an optional extra
(`pip install 'tekio[ray]'`); it is used because clusters that serve models run it already.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUnknownParameterType=false
# (Ray is optional and has no complete type information)

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from tekio.errors import PolicyError, TekioError, Text
from tekio.offline import close_network, open_network

Unit = TypeVar("Unit")
Result = TypeVar("Result")

TRIES = 2  # a unit whose worker died is tried so many times more


def _run(function: Callable[[Any], Any], unit: Any) -> Any:
    """What a worker of the cluster runs: the function with the network closed, but for this machine's Ray."""
    close_network(loopback=True)
    return function(unit)


class RayEngine:
    """Runs units on a Ray cluster, in order, with at most `workers` under way (0: one per CPU of the cluster).

    address: of the cluster (`auto` or `host:6379`); None joins the one this machine belongs to (`RAY_ADDRESS`), or
    starts one on this machine.
    """

    def __init__(self, workers: int = 0, address: str | None = None) -> None:
        self._ray = _connect(address)
        cpus = int(self._ray.cluster_resources().get("CPU", 1))
        self._workers = workers or cpus

    @property
    def workers(self) -> int:
        return self._workers

    def map(self, function: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        """`function(unit)` for every unit, in the order of the units. Errors of the function arrive as they were."""
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=TRIES, retry_exceptions=False)(_run)
        waiting = iter(units)
        under_way: deque[Any] = deque()
        try:
            for unit in waiting:
                under_way.append(task.remote(function, unit))
                if len(under_way) >= 2 * self._workers:  # one running, one ready per worker
                    yield _result(ray, under_way.popleft())
            while under_way:
                yield _result(ray, under_way.popleft())
        finally:
            for reference in under_way:
                ray.cancel(reference)


def _result(ray: Any, reference: Any) -> Any:
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        raise (error.cause if isinstance(error.cause, TekioError) else error) from error
    except ray.exceptions.RayError as error:
        raise TekioError(
            Text("A unit of work failed on the Ray cluster.", "Ray クラスタで処理単位が失敗しました。"),
            why=f"{type(error).__name__}: {error}",
            fix=Text(
                "Run the same command again to resume; finished units are kept.",
                "同じコマンドを繰り返すと、終わった単位は再利用されます。",
            ),
        ) from error


def _connect(address: str | None) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as error:
        raise TekioError(
            Text("The engine `ray` needs Ray.", "engine: ray には Ray が必要です。"), fix="pip install 'tekio[ray]'"
        ) from error
    if ray.is_initialized():
        return ray
    # The user named a cluster in the recipe: connecting to it is what was asked. Afterwards the guard stands again.
    open_network()
    try:
        # Workers must find the same code and path as this process, also from a source tree.
        environment = {"env_vars": {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}}
        ray.init(address=address, log_to_driver=False, include_dashboard=False, runtime_env=environment)
    except (ConnectionError, ValueError, RuntimeError, PolicyError) as error:
        raise TekioError(
            Text("The Ray cluster cannot be reached.", "Ray クラスタに接続できません。"),
            where=address or os.environ.get("RAY_ADDRESS"),
            why=str(error),
            fix=Text(
                "Start it with `ray start --head` or correct engine.address.",
                "`ray start --head` で起動するか engine.address を直してください。",
            ),
        ) from error
    finally:
        close_network(loopback=True)
    return ray
