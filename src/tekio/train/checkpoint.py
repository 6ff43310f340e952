"""Checkpoints: whole or absent, safetensors and JSON only, never a pickle.

A checkpoint is a folder `step-NNNNNNNN` written under another name, synced, and renamed. It holds the trainable
weights, the optimizer's state and where the metrics file stood, which is all a run needs to go on as if it had not been
interrupted: the data position is the step number, and random numbers are seeded anew at every step.

Sharded runs write through torch's distributed checkpoint in its safetensors form, each process its own part; they can
be read by another number of processes.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tekio.store import files_below, read_json, sync_file, sync_folder, write_json
from tekio.train.world import World

PREFIX = "step-"
MOMENTS = ("exp_avg", "exp_avg_sq", "step")


def trainable_weights(model: Any) -> dict[str, Any]:
    """The trainable parameters by name (tied ones once)."""
    return {name: item for name, item in model.named_parameters() if item.requires_grad}


def save_checkpoint(
    folder: Path, step: int, model: Any, optimizer: Any, state: dict[str, Any], *, world: World, sharded: bool
) -> None:
    """Write checkpoint `step` and delete older ones; every process calls it. state: plain JSON values of the caller."""
    import torch

    working = folder / f"working-{step:08d}"
    if world.first:
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
    world.barrier()
    tensors = _tensors(model, optimizer)
    if sharded:
        import torch.distributed.checkpoint as dcp

        dcp.save(tensors, storage_writer=dcp.HuggingFaceStorageWriter(str(working / "shards"), save_distributed=True))
    elif world.first:
        from safetensors.torch import save_file

        save_file(tensors, working / "state.safetensors")
    world.barrier()
    if world.first:
        write_json(working / "state.json", {"step": step, "threads": torch.get_num_threads(), **state})
        for path in files_below(working):
            sync_file(path)
        working.rename(folder / f"{PREFIX}{step:08d}")
        sync_folder(folder)
        for old in checkpoints(folder)[:-1]:
            shutil.rmtree(old)
    world.barrier()


def checkpoints(folder: Path) -> list[Path]:
    """The complete checkpoints in `folder`, oldest first."""
    return sorted(path for path in folder.glob(f"{PREFIX}*") if (path / "state.json").is_file())


def load_checkpoint(folder: Path, model: Any, optimizer: Any, *, sharded: bool) -> dict[str, Any] | None:
    """Put the newest checkpoint into model and optimizer; returns its state, or None if there is none.

    A sharded checkpoint may be read by any number of processes and by a run that is not sharded, and the other way.
    """
    import torch

    found = checkpoints(folder)
    if not found:
        return None
    newest = found[-1]
    state: dict[str, Any] = read_json(newest / "state.json")
    _materialise(model, optimizer)
    tensors = _tensors(model, optimizer)
    if (newest / "shards").is_dir():
        import torch.distributed.checkpoint as dcp

        alone = not torch.distributed.is_initialized()
        dcp.load(tensors, storage_reader=dcp.HuggingFaceStorageReader(str(newest / "shards")), no_dist=alone)
    else:
        from safetensors.torch import load_file

        saved = load_file(newest / "state.safetensors")
        for name, item in tensors.items():
            _copy(item, saved[name], sharded)
    torch.set_num_threads(int(state["threads"]))  # sums are taken in another order with another number of threads
    return state


def _tensors(model: Any, optimizer: Any) -> dict[str, Any]:
    """Weights and optimizer state under one name each; the tensors themselves, not copies."""
    found: dict[str, Any] = {}
    for name, item in trainable_weights(model).items():
        found[f"model|{name}"] = item.detach()
        # A parameter the optimizer does not know (a gathered copy of a shard) must not pass for the real one: KeyError.
        found |= {f"optimizer|{name}|{key}": optimizer.state[item][key] for key in MOMENTS}
    return found


def _materialise(model: Any, optimizer: Any) -> None:
    """Give every parameter the optimizer state it will have, so that there is something to load into."""
    import torch

    fused = bool(optimizer.defaults.get("fused"))
    for item in trainable_weights(model).values():
        # As AdamW makes it: the step counter lives beside the parameter only for the fused kernel.
        counter = torch.zeros((), dtype=torch.float32, device=item.device if fused else "cpu")
        optimizer.state[item] = {
            "step": counter,
            "exp_avg": torch.zeros_like(item.detach()),
            "exp_avg_sq": torch.zeros_like(item.detach()),
        }


def _copy(target: Any, value: Any, sharded: bool) -> None:
    import torch

    with torch.no_grad():
        if sharded and hasattr(target, "device_mesh"):
            from torch.distributed.tensor import distribute_tensor

            value = distribute_tensor(value.to(target.device), target.device_mesh, target.placements)
        target.copy_(value)
