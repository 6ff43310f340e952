"""Trackers follow a training, offline, and can never stop it. W&B through a stand-in for its documented API."""

# pyright: standard

import sys
import types
from pathlib import Path

import pytest
from pydantic import ValidationError

from tekio.offline import close_network, open_network
from tekio.recipe.watch import WatchConfig
from tekio.store import read_jsonl, verify_folder
from tekio.train import make_base
from tekio.train.trackers import Followers, following
from train.tiny_inputs import base_config, make_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


def trained(root: Path, corpus: Path, *trackers: str) -> Path:
    config = WatchConfig(trackers=list(trackers))  # pyright: ignore[reportArgumentType]
    close_network()
    try:
        with following(config, root):
            make_base(base_config(max_steps=3), root / "base", corpus=corpus, seed=7)
    finally:
        open_network()
    return root / "base"


def losses(stage: Path) -> dict[int, float]:
    return {row["step"]: row["loss"] for row in read_jsonl(stage / "metrics.jsonl") if row["loss"] is not None}


def test_tensorboard_reads_back_what_the_metrics_say(tmp_path: Path, corpus: Path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    stage = trained(tmp_path, corpus, "tensorboard")
    events = accumulator.EventAccumulator(str(tmp_path / "watch" / "tensorboard" / "base")).Reload()
    read = {event.step: event.value for event in events.Scalars("loss")}
    assert read == {step: pytest.approx(value, rel=1e-6) for step, value in losses(stage).items()}
    assert "held_out/general/bits_per_character" in events.Tags()["scalars"]
    assert verify_folder(stage) == []


def test_mlflows_file_store_reads_back_what_the_metrics_say(tmp_path: Path, corpus: Path):
    tracking = pytest.importorskip("mlflow.tracking")
    stage = trained(tmp_path, corpus, "mlflow")
    client = tracking.MlflowClient(tracking_uri=(tmp_path / "watch" / "mlflow").as_uri())
    experiment = client.get_experiment_by_name("tekio")
    [run] = client.search_runs([experiment.experiment_id])
    read = {item.step: item.value for item in client.get_metric_history(run.info.run_id, "loss")}
    assert read == {step: pytest.approx(value) for step, value in losses(stage).items()}
    assert run.info.status == "FINISHED"


class StandIn(types.ModuleType):
    """What wandb documents: init(project, name, id, resume, dir, mode) -> run with config.update, log, finish."""

    def __init__(self, failing: bool = False) -> None:
        super().__init__("wandb")
        self.started: list[dict] = []
        self.lines: list[tuple[int, dict]] = []
        self.finished = False
        self.failing = failing
        self.config = types.SimpleNamespace(update=lambda values, allow_val_change: None)

    def init(self, **options):
        self.started.append(options)
        return self

    def log(self, values: dict, step: int) -> None:
        if self.failing and step == 2:
            raise RuntimeError("disk quota")
        self.lines.append((step, values))

    def finish(self) -> None:
        self.finished = True


def test_wandb_is_offline_whatever_the_environment_says(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch):
    stand_in = StandIn()
    monkeypatch.setitem(sys.modules, "wandb", stand_in)
    monkeypatch.setenv("WANDB_MODE", "online")
    stage = trained(tmp_path, corpus, "wandb")
    assert [options["mode"] for options in stand_in.started] == ["offline"]
    assert {step: values["loss"] for step, values in stand_in.lines if "loss" in values} == losses(stage)
    assert stand_in.finished


def test_a_failing_tracker_is_said_once_and_training_gives_the_same_bytes(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    stand_in = StandIn(failing=True)
    monkeypatch.setitem(sys.modules, "wandb", stand_in)
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)  # as if it were not installed
    monkeypatch.setitem(sys.modules, "mlflow", None)
    failed = trained(tmp_path / "a", corpus, "wandb", "mlflow")
    said = capsys.readouterr().err
    assert said.count("disk quota") == 1
    assert said.count("pip install mlflow-skinny") == 1
    plain = trained(tmp_path / "b", corpus)
    for name in ("metrics.jsonl", "model/model.safetensors"):
        assert (failed / name).read_bytes() == (plain / name).read_bytes()


def test_a_server_needs_the_recipes_word():
    with pytest.raises(ValidationError, match="network: true"):
        WatchConfig(trackers=["mlflow"], mlflow_uri="http://10.0.0.5:5000")
    with pytest.raises(ValidationError, match="no http address"):
        WatchConfig(network=True, wandb_url="ftp://x")
    assert WatchConfig(network=True, mlflow_uri="http://10.0.0.5:5000").mlflow_uri


def test_a_public_server_stays_closed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("mlflow.tracking")
    config = WatchConfig(trackers=["mlflow"], network=True, mlflow_uri="http://8.8.8.8:5000")
    followers = Followers(config, tmp_path, "tune", {})
    followers.line({"step": 0, "loss": 1.0})
    assert "own network" in capsys.readouterr().err
    assert followers.trackers == {}
