"""The `watch` section: trackers that follow the training, none by default."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import Field, model_validator

from tekio.errors import WrongValueError
from tekio.recipe.installed import TrackerName
from tekio.recipe.section import Section


class WatchConfig(Section):
    """Who follows the training besides `metrics.jsonl`. Not part of any result: a tracker that fails is left out."""

    trackers: list[TrackerName] = Field(default_factory=list[TrackerName])
    """`tensorboard`, `mlflow`, `wandb` or one of an installed package (docs/plugins.md); their files go to
    `<run>/watch/<tracker>`."""
    project: str = "tekio"
    """MLflow experiment or W&B project."""
    network: bool = False
    """`false`: MLflow's file store and W&B's offline mode, whatever the environment says. `true`: also `mlflow_uri` and
    `wandb_url`, on a server of your own network (public addresses stay closed)."""
    mlflow_uri: str | None = None
    wandb_url: str | None = None

    @model_validator(mode="after")
    def _only_with_network(self) -> WatchConfig:
        for name, value in (("mlflow_uri", self.mlflow_uri), ("wandb_url", self.wandb_url)):
            if value is None:
                continue
            if not self.network:
                raise WrongValueError(f"`{name}` needs `network: true`", f"`{name}` には `network: true` が必要です")
            parts = urlsplit(value)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise WrongValueError(f"`{name}` is no http address", f"`{name}` が http のアドレスではありません")
        return self
