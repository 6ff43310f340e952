"""`metrics.jsonl`: a line a step, cut back to what a checkpoint knew so that no step stands in it twice."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from tekio.artifacts.training import HeldOut, Measurement, PairFigures
from tekio.train.trackers import Followers


def metrics_line(
    step: int,
    epoch: float,
    tokens: int,
    loss: float | None,
    rate: float,
    norm: float | None,
    held_out: Mapping[str, HeldOut],
    pairs: PairFigures | None = None,
) -> Measurement:
    """One line (docs/formats.md). tokens: supervised tokens so far. loss: nats a token, mean of the step."""
    return Measurement(
        step=step,
        epoch=round(epoch, 6),
        tokens=tokens,
        loss=loss,
        learning_rate=rate,
        gradient_norm=norm,
        held_out=dict(held_out) or None,
        pairs=pairs,
    )


class MetricsLog:
    """The file, opened at byte `keep`. writes: False in processes that only count along. followers: are told each line."""

    def __init__(self, path: Path, keep: int, *, writes: bool = True, followers: Followers | None = None) -> None:
        self.bytes = keep
        self.file = None
        self.followers = followers if writes else None
        if writes:
            path.touch()
            os.truncate(path, keep)
            self.file = path.open("ab")

    def write(self, row: Measurement) -> None:
        """Append a line."""
        plain = row.plain()
        data = (json.dumps(plain, allow_nan=False) + "\n").encode()
        self.bytes += len(data)
        if self.file is not None:
            self.file.write(data)
        if self.followers is not None:
            self.followers.line(plain)

    def sync(self) -> None:
        """Make the lines durable, before a checkpoint refers to them."""
        if self.file is not None:
            self.file.flush()
            os.fsync(self.file.fileno())

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
        if self.followers is not None:
            self.followers.close()
