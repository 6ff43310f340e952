"""The processes that train together: this one alone, or those `torchrun` started."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from typing import Any

BACKEND_OF_GPU = "cpu:gloo,cuda:nccl"
"""What is offloaded is clipped and saved on the CPU, so its tensors need a backend too."""


@dataclass(frozen=True)
class World:
    """rank: number of this process, from 0. size: how many there are."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process writes files and messages."""
        return self.rank == 0

    def barrier(self) -> None:
        """Wait until every process is here."""
        if self.size > 1:
            import torch.distributed as dist

            dist.barrier()

    def total(self, *values: float) -> list[float]:
        """Each value summed over all processes, in double precision."""
        if self.size == 1:
            return list(values)
        import torch
        import torch.distributed as dist

        device = "cuda" if torch.cuda.is_available() else "cpu"
        summed = torch.tensor(values, dtype=torch.float64, device=device)
        dist.all_reduce(summed)
        return summed.tolist()

    def agree(self, value: Any) -> Any:
        """The value the first process has, in every process (plain values)."""
        if self.size == 1:
            return value
        import torch.distributed as dist

        box = [value]
        dist.broadcast_object_list(box, src=0)
        return box[0]


def join_world() -> World:
    """Join the process group that `torchrun` describes in the environment; alone without it. Safe to call again."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1 or "RANK" not in os.environ:
        return World()
    import torch
    import torch.distributed as dist

    if not dist.is_initialized():
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        dist.init_process_group(BACKEND_OF_GPU if torch.cuda.is_available() else "gloo")
        _leave_at_end()
    return World(dist.get_rank(), dist.get_world_size())


def _leave_at_end() -> None:
    """Leave the group before Python ends: a thread of gloo that is still there aborts the process then, now and then, and
    `torchrun` calls a run failed that has written all it should.

    On GPUs torch ends its groups itself: to leave one there waits for the others, which a process that failed must not.
    """
    import torch
    import torch.distributed as dist

    if not torch.cuda.is_available():
        atexit.register(lambda: dist.destroy_process_group() if dist.is_initialized() else None)


def group_of_one() -> None:
    """A process group of this process alone, for what torch only does within one (FSDP2's offload). No network is used."""
    import torch
    import torch.distributed as dist

    if not dist.is_initialized():
        backend = BACKEND_OF_GPU if torch.cuda.is_available() else "gloo"
        dist.init_process_group(backend, store=dist.HashStore(), rank=0, world_size=1)
        _leave_at_end()


def local_device(device: str) -> str:
    """The device of this process: with several GPUs on a machine, the one of its local rank."""
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if device.startswith("cuda") else device
