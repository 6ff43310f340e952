"""A tracker: the numbers of every step in a CSV file that a spreadsheet opens."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tekio.plugins import Tracker

COLUMNS: Sequence[str] = ("step", "loss", "learning_rate", "tokens_per_second")


class Table:
    """`<training>.csv` in the tracker's folder. A training that goes on after a kill goes on in its file."""

    def __init__(self, folder: Path, name: str, step: int) -> None:
        path = folder / f"{name.replace('/', '-')}.csv"
        known = list(csv.DictReader(path.open(encoding="utf-8"))) if path.is_file() else []
        self.file = path.open("w", newline="", encoding="utf-8")
        self.writer = csv.DictWriter(self.file, COLUMNS, extrasaction="ignore")
        self.writer.writeheader()
        self.writer.writerows(row for row in known if int(row["step"]) < step)  # later ones come again

    def settings(self, values: Mapping[str, Any]) -> None:
        """Told once; this table does not need them."""

    def line(self, step: int, values: Mapping[str, float]) -> None:
        """A row; flushed, so that it can be read while the training goes on."""
        self.writer.writerow({"step": step, **values})
        self.file.flush()

    def close(self) -> None:
        """The training has ended."""
        self.file.close()


TRACKER = Tracker("table", "1", Table)
