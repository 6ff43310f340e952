"""How the documents of a corpus lie along one measured statistic, kept and rejected, with the limits of each source.

From the counts in `corpus/measures`, without any text.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute
from markupsafe import Markup

from tekio.report.charts import WIDTH, element, line, svg, words
from tekio.text.kernels.measure import COLUMNS
from tekio.text.statistics import Floats, statistics
from tekio.view.documents import DocumentTable

pc: Any = pyarrow.compute  # its functions are made at run time

BINS = 40
LEFT, RIGHT, TOP, HEIGHT = 60.0, 20.0, 16.0, 220.0
STATUSES = ("train", "held_out", "rejected")
STYLES = {"train": "kept", "held_out": "aside", "rejected": "rejected"}


@dataclass(frozen=True)
class Histogram:
    """edges: `BINS` + 1 values; even for shares, on the scale of log(1 + value) for other statistics.

    counts: status -> rows in each bin; what is below 0 or no number counts as 0. looked_at: rows they are of; complete: all there are.
    """

    statistic: str
    edges: Sequence[float]
    counts: Mapping[str, Sequence[int]]
    looked_at: int
    complete: bool

    @property
    def share(self) -> bool:
        """Whether the statistic lies between 0 and 1."""
        return self.edges[-1] <= 1.0


def histogram(measures: DocumentTable, statistic: str, *, seconds: float = math.inf) -> Histogram:
    """The rows of every status along one statistic of `tekio.text.statistics`. Raises `TekioError` for a damaged table.

    seconds: how long it reads; what was read by then is shown.
    """
    until = time.monotonic() + seconds
    looked_at = 0
    values: dict[str, list[Floats]] = {status: [] for status in STATUSES}
    highest = 0.0
    for batch in measures.values([*COLUMNS, "status"]):
        counts = np.column_stack([batch.column(name).to_numpy(zero_copy_only=False) for name in COLUMNS])
        found = np.maximum(np.nan_to_num(statistics(counts)[statistic]), 0)
        highest = max(highest, float(found.max(initial=0)))
        status = batch.column("status")
        for name in STATUSES:
            values[name].append(found[pc.equal(status, name).to_numpy(zero_copy_only=False)])
        looked_at += len(batch)
        if time.monotonic() > until:
            break
    edges = np.linspace(0, 1, BINS + 1) if highest <= 1 else np.expm1(np.linspace(0, np.log1p(highest), BINS + 1))
    edges[-1] = max(edges[-1], highest)  # rounding must not push the largest out
    counted = {
        name: np.histogram(np.concatenate(parts) if parts else [], edges)[0].tolist() for name, parts in values.items()
    }
    return Histogram(statistic, edges.tolist(), counted, looked_at, looked_at >= measures.rows)


def histogram_chart(found: Histogram, limits: Sequence[tuple[str, float]], labelled_by: str) -> Markup:
    """Stacked bars, a dashed line for each limit (source, value)."""
    totals = [sum(found.counts[name][at] for name in STATUSES) for at in range(BINS)]
    highest = max(totals, default=0) or 1
    width = (WIDTH - LEFT - RIGHT) / BINS
    bottom = TOP + HEIGHT
    parts = [line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis")]
    for at in range(BINS):
        top = bottom
        for name in STATUSES:
            size = HEIGHT * found.counts[name][at] / highest
            if size:
                top -= size
                style = f"part {STYLES[name]}"
                parts.append(element("rect", x=LEFT + at * width, y=top, width=width, height=size, _class=style))
    parts += [
        words(LEFT + at * width, bottom + 18, _number(found, found.edges[at]), "middle", "tick")
        for at in range(0, BINS + 1, 8)
    ]
    parts.append(words(LEFT - 6, TOP + 8, f"{highest:,}", "end", "tick"))
    for number, (name, value) in enumerate(limits):
        x = LEFT + width * float(np.interp(value, found.edges, range(BINS + 1)))
        parts += [
            line(x, TOP, x, bottom, "level"),
            words(x + 4, TOP + 12 + 14 * (number % 6), f"{name} {_number(found, value)}", "start", "tick"),
        ]
    return svg(bottom + 28, Markup("").join(parts), labelled_by)


def _number(found: Histogram, value: float) -> str:
    return f"{value:.2f}" if found.share else f"{value:,.0f}"
