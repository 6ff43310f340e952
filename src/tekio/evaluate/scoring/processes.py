"""Several processes on one evaluation (`torchrun`, `accelerate launch`): who we are, and waiting for each other.

Each process takes every n-th batch of the same plan and stores its scores beside the others'; nothing else is shared,
so the results do not depend on how many there are.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false
# (accelerate has no complete type information)

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from tekio.evaluate.scoring.local import Share


@dataclass(frozen=True)
class Processes:
    """A process among its peers. wait: returns when all of them have come here."""

    rank: int
    world: int
    wait: Callable[[], None]
    own_device: str | None = None

    @property
    def share(self) -> Share:
        return Share(self.rank, self.world)

    def device(self, wanted: str) -> str:
        """The device to use: with several processes and `auto`, the one that is this process's own."""
        return self.own_device if wanted == "auto" and self.own_device else wanted


def _alone() -> None:
    return None


@contextmanager
def start_processes() -> Generator[Processes]:
    """Join the peers that a launcher started (`WORLD_SIZE` > 1), or be alone."""
    if int(os.environ.get("WORLD_SIZE", "1")) <= 1:
        yield Processes(0, 1, _alone)
        return
    import torch
    from accelerate import PartialState

    state = PartialState(cpu=not torch.cuda.is_available())
    yield Processes(int(state.process_index), int(state.num_processes), state.wait_for_everyone, str(state.device))
    state.wait_for_everyone()
    state.destroy_process_group()
