"""One short training of a model on made-up tokens, as `train_memory.py` and `tuning_costs.py` measure it (CPU)."""

# pyright: standard

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

if TYPE_CHECKING:
    from tekio.recipe.train import PretrainConfig, TuneConfig
    from tekio.train.loop import Job
    from tekio.train.packing import Rows


def random_rows(out: Path, vocabulary: int, rows: int, width: int) -> Rows:
    """Packed rows of `width` for forty steps of `rows`, of texts of a quarter of a row, always the same."""
    import torch

    from tekio.train.packing import Example, build_rows

    draw = torch.Generator().manual_seed(1)
    examples = [Example(torch.randint(8, vocabulary, (width // 4,), generator=draw).tolist()) for _ in range(40 * rows)]
    return build_rows(out / "rows", examples, width)


def training_job(
    model: Any,
    config: PretrainConfig | TuneConfig,
    store: Rows,
    out: Path,
    *,
    vocabulary: int,
    steps: int,
    probed: float | None = None,
) -> Job:
    """The job of so many steps over `store`; files go to `out`. probed: of a model whose packing was measured before."""
    from tekio.train import loop
    from tekio.train.schedule import make_schedule
    from tekio.train.stopping import Watch

    return loop.Job(
        label="benchmark",
        model=model,
        config=config,
        schedule=make_schedule([store], seed=1, share=0, batch=config.batch_rows, epochs=100, max_steps=steps),
        probed=probed,
        stores=[store],
        held_out={},
        vocabulary=vocabulary,
        padding=3,
        device="cpu",
        metrics=out / "metrics.jsonl",
        timing=out / "timing.jsonl",
        checkpoints=out / "checkpoints",
        watch=Watch([]),
    )
