"""What each of two `torchrun` processes does in test_prefer_shared.py: `prefer` by each strategy, whole and cut off."""

# pyright: standard

import contextlib
import sys
from pathlib import Path
from typing import Any

import torch

from tekio.train import loop
from tekio.train.process_group import join_world
from train.test_prefer import learned

OPTIONS: dict[str, Any] = {"max_steps": 4, "epochs": 4, "checkpoint_every": 2, "evaluate_every": 2, "batch_rows": 3}


class Stop(Exception):  # noqa: N818
    """Ends a run as a kill would."""


def cut_off(root: Path, out: Path, place: int, options: dict[str, Any]) -> None:
    """Begin the stage and stop before step `place`: after the reference was computed, or after a checkpoint."""
    plain = loop._step

    def step(job: Any, strategy: Any, number: int, *rest: Any) -> Any:
        if number == place:
            raise Stop
        return plain(job, strategy, number, *rest)

    loop._step = step
    try:
        with contextlib.suppress(Stop):
            learned(root, out, **options)
    finally:
        loop._step = plain
    assert not out.exists()


def main() -> None:
    torch.set_num_threads(1)
    root, out, strategies, parts = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(","), sys.argv[4].split(",")
    world = join_world()
    for strategy in strategies:
        for part in parts:
            options = OPTIONS | {"strategy": strategy, "tuned": "full" if part == "full" else "tune"}
            place = out / f"{strategy}-{part}" / "prefer"
            if part == "cut":
                for step in (0, 3):
                    cut_off(root, place, step, options)
                    world.barrier()
            learned(root, place, **options)
            world.barrier()


if __name__ == "__main__":
    main()
