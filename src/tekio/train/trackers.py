"""TensorBoard, MLflow, Weights & Biases and trackers of installed packages: they are told every line of `metrics.jsonl`, and can never stop a training.

A tracker's files lie in `<run>/watch/<tracker>`, outside of every stage, so no result depends on them. Whatever a tracker
raises (not installed, no disk, no server) is said once on the error stream, and the training goes on without it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportPrivateImportUsage=false
# (the trackers are optional and have no complete type information)

from __future__ import annotations

import hashlib
import importlib
import os
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tekio.errors import Text
from tekio.offline import allow_private_host
from tekio.plugins import Following, Tracker, load_part
from tekio.progress import remark
from tekio.recipe.watch import WatchConfig
from tekio.store import PARTIAL_SUFFIX

FOLDER = "watch"
PACKAGES = {"tensorboard": "tensorboard", "mlflow": "mlflow-skinny", "wandb": "wandb"}


@dataclass(frozen=True)
class _Watch:
    config: WatchConfig
    run: Path


_following: ContextVar[_Watch | None] = ContextVar("following", default=None)


@contextmanager
def following(config: WatchConfig, run: Path) -> Generator[None]:
    """Within this context trainings below `run` are followed by the trackers of `config`."""
    token = _following.set(_Watch(config, run))
    try:
        yield
    finally:
        _following.reset(token)


def open_trackers(stage: Path, settings: Mapping[str, Any]) -> Followers | None:
    """The trackers of the training in working folder `stage`, by the surrounding `following`; None without any."""
    found = _following.get()
    if found is None or not found.config.trackers:
        return None
    place = stage.with_name(stage.name.removesuffix(PARTIAL_SUFFIX))
    name = place.relative_to(found.run).as_posix() if place.is_relative_to(found.run) else place.name
    return Followers(found.config, found.run / FOLDER, name, settings)


class Followers:
    """All trackers of one training; a failing one is reported once and left out."""

    def __init__(self, config: WatchConfig, folder: Path, name: str, settings: Mapping[str, Any]) -> None:
        self.trackers: dict[str, Following] = {}
        self.last: tuple[float, float] | None = None
        self.settings = flat(settings)
        self.waiting: dict[str, Callable[[int], Following]] = {
            kind: _maker(kind, config, folder / kind, name) for kind in config.trackers
        }

    def line(self, row: Mapping[str, Any]) -> None:
        """Hand on one line of `metrics.jsonl`. The first one opens the trackers (a resumed training starts later)."""
        step = int(row["step"])
        for kind, make in list(self.waiting.items()):
            del self.waiting[kind]
            self._try(kind, lambda kind=kind, make=make: self._open(kind, make, step))
        values = flat({name: value for name, value in row.items() if name != "step" and value is not None})
        numbers = {name: float(value) for name, value in values.items() if isinstance(value, int | float)}
        now, tokens = time.monotonic(), float(row.get("tokens") or 0)
        if self.last is not None and now > self.last[0]:
            numbers["tokens_per_second"] = (tokens - self.last[1]) / (now - self.last[0])
        self.last = (now, tokens)
        for kind, tracker in list(self.trackers.items()):
            self._try(kind, lambda tracker=tracker: tracker.line(step, numbers))

    def close(self) -> None:
        """Close all."""
        for kind, tracker in list(self.trackers.items()):
            self._try(kind, tracker.close)

    def _open(self, kind: str, make: Callable[[int], Following], step: int) -> None:
        tracker = make(step)
        tracker.settings(self.settings)
        self.trackers[kind] = tracker

    def _try(self, kind: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a tracker must never stop a training
            self.trackers.pop(kind, None)
            missing = isinstance(error, ModuleNotFoundError)
            why = (
                f"pip install {PACKAGES[kind]}"
                if missing and kind in PACKAGES
                else f"{type(error).__name__}: {str(error)[:300]}"
            )
            text = Text(
                f"{kind} failed and no longer receives metrics; the training continues ({why})",
                f"{kind} は失敗したため記録を止め、学習は続けます({why})",
            )
            remark("watch", text)


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as `a/b/c`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found.update(flat(value, f"{prefix}{name}/"))
        else:
            found[f"{prefix}{name}"] = value
    return found


def _maker(kind: str, config: WatchConfig, folder: Path, name: str) -> Callable[[int], Following]:
    if kind == "tensorboard":
        return lambda step: _TensorBoard(folder / name, step)
    if kind == "mlflow":
        return lambda _: _MLflow(config, folder, name)
    if kind == "wandb":
        return lambda _: _Wandb(config, folder, name)
    return lambda step: _installed(kind, folder, name, step)


def _installed(kind: str, folder: Path, name: str, step: int) -> Following:
    """A tracker of an installed package."""
    part = load_part(Tracker, kind)
    if part is None:
        raise ModuleNotFoundError(kind)
    folder.mkdir(parents=True, exist_ok=True)
    return part.start(folder, name, step)


class _TensorBoard:
    def __init__(self, folder: Path, step: int) -> None:
        tensorboard = importlib.import_module("torch.utils.tensorboard")
        folder.mkdir(parents=True, exist_ok=True)
        # What an interrupted training wrote after its last checkpoint comes again.
        self.writer: Any = tensorboard.SummaryWriter(str(folder), purge_step=step)

    def settings(self, values: Mapping[str, Any]) -> None:
        self.writer.add_text("settings", "\n".join(f"    {name}: {value}" for name, value in values.items()))

    def line(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)
        self.writer.flush()

    def close(self) -> None:
        self.writer.close()


def _allow(url: str) -> None:
    host = urlsplit(url).hostname
    if host:
        allow_private_host(host)


class _MLflow:
    def __init__(self, config: WatchConfig, folder: Path, name: str) -> None:
        os.environ.update({"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ALLOW_FILE_STORE": "true"})
        # By default a dead server would hold the training up for minutes.
        os.environ.update({"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"})
        tracking = importlib.import_module("mlflow.tracking")
        uri = folder.resolve().as_uri()
        if config.network and config.mlflow_uri:
            uri = config.mlflow_uri
            _allow(uri)
        folder.mkdir(parents=True, exist_ok=True)
        self.client: Any = tracking.MlflowClient(tracking_uri=uri)
        known = self.client.get_experiment_by_name(config.project)
        experiment = known.experiment_id if known else self.client.create_experiment(config.project)
        tag = f"{folder.parent.parent.name}/{name}"
        same = self.client.search_runs([experiment], f"tags.tekio_stage = '{tag}'", max_results=1)
        # A training that goes on after a kill goes on in its run.
        self.run: str = same[0].info.run_id if same else self._new(experiment, tag)

    def _new(self, experiment: str, tag: str) -> str:
        return str(self.client.create_run(experiment, tags={"tekio_stage": tag}, run_name=tag).info.run_id)

    def settings(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self.client.set_tag(self.run, name, str(value)[:500])

    def line(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self.client.log_metric(self.run, name, value, step=step)

    def close(self) -> None:
        self.client.set_terminated(self.run)


class _Wandb:
    def __init__(self, config: WatchConfig, folder: Path, name: str) -> None:
        online = config.network and config.wandb_url is not None
        if online and config.wandb_url is not None:
            _allow(config.wandb_url)
            os.environ["WANDB_BASE_URL"] = config.wandb_url
        os.environ["WANDB_MODE"] = "online" if online else "offline"
        wandb = importlib.import_module("wandb")
        folder.mkdir(parents=True, exist_ok=True)
        tag = f"{folder.parent.parent.name}/{name}"
        self.run: Any = wandb.init(
            project=config.project,
            name=tag,
            id=hashlib.sha256(tag.encode()).hexdigest()[:16],
            resume="allow",
            dir=str(folder),
            mode="online" if online else "offline",
        )

    def settings(self, values: Mapping[str, Any]) -> None:
        self.run.config.update(dict(values), allow_val_change=True)

    def line(self, step: int, values: Mapping[str, float]) -> None:
        self.run.log(dict(values), step=step)

    def close(self) -> None:
        self.run.finish()
