"""Checkpoints: whole or absent, safetensors and JSON only, never a pickle.

A checkpoint is a folder `step-NNNNNNNN` written under another name, synced, and renamed. It holds the trainable
weights, the optimizer's state and where the metrics file stood, which is all a run needs to go on as if it had not been
interrupted: the data position is the step number, and random numbers are seeded anew at every step.

FSDP2 runs write through torch's distributed checkpoint in its safetensors form, each process its own part. ZeRO runs
gather the tensors and the first process writes them whole (DeepSpeed's own checkpoints are pickles). Each kind can be
read by any strategy and number of processes.

`state.json` names every other file with its SHA-256. Two checkpoints are kept; one whose files are not what it says (a
disk's error, a copy that broke off) is skipped for the older one, and without an older one the run begins anew.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tekio.errors import TekioError
from tekio.hashes import sha256_file
from tekio.store import files_below, read_json, sync_file, sync_folder, write_json
from tekio.train.process_group import World, join_world

PREFIX = "step-"
STATE_KEYS = ("exp_avg", "exp_avg_sq", "state1", "state2", "absmax1", "absmax2", "step")
"""What optimizers keep of a parameter: torch's names, then bitsandbytes' (whose code tables are constants)."""
STATE = "state.json"
KEPT = 2


def trainable_weights(model: Any) -> dict[str, Any]:
    """The trainable parameters by name (tied ones once)."""
    return {name: item for name, item in model.named_parameters() if item.requires_grad}


def save_checkpoint(
    folder: Path, step: int, tensors: Mapping[str, Any], state: dict[str, Any], *, world: World, shards: bool
) -> None:
    """Write checkpoint `step`; of the older ones the last is kept; every process calls it.

    tensors: weights and optimizer state by name; with `shards` each process' part of them, else all (in the first
    process). state: plain JSON values of the caller.
    """
    import torch

    working = folder / f"working-{step:08d}"
    if world.first:
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
    world.barrier()
    if shards:
        import torch.distributed.checkpoint as dcp

        writer = dcp.HuggingFaceStorageWriter(str(working / "shards"), save_distributed=True)
        dcp.save(dict(tensors), storage_writer=writer)
    elif world.first:
        from safetensors.torch import save_file

        save_file({name: item.contiguous() for name, item in tensors.items()}, working / "state.safetensors")
    world.barrier()
    if world.first:
        files = {str(path.relative_to(working)): sha256_file(path) for path in files_below(working)}
        write_json(working / STATE, {"step": step, "threads": torch.get_num_threads(), "files": files, **state})
        for path in files_below(working):
            sync_file(path)
        working.rename(folder / f"{PREFIX}{step:08d}")
        sync_folder(folder)
        for old in checkpoints(folder)[:-KEPT]:
            shutil.rmtree(old)
    world.barrier()


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in `folder` that were written to their end, oldest first."""
    return sorted(path for path in folder.glob(f"{PREFIX}*") if (path / STATE).is_file())


def is_sound(checkpoint: Path) -> bool:
    """Whether the files of a checkpoint are those its state names, by their SHA-256, and no others."""
    try:
        files = read_json(checkpoint / STATE)["files"]
        there = {str(path.relative_to(checkpoint)) for path in files_below(checkpoint)} - {STATE}
        return there == set(files) and all(sha256_file(checkpoint / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, TekioError):
        return False


def newest_sound(folder: Path) -> Path | None:
    """The newest checkpoint whose files are whole, or None. The first process looks, all get its answer.

    Damaged ones after it are removed by the first process, so that no later step is named in two histories.
    """
    world = join_world()
    name: str | None = None
    if world.first:
        for place in reversed(checkpoints(folder)):
            if is_sound(place):
                name = place.name
                break
            shutil.rmtree(place)
    name = world.agree(name)
    return None if name is None else folder / name


def newest_state(folder: Path) -> dict[str, Any] | None:
    """What the caller of the newest whole checkpoint noted, or None if there is none."""
    found = newest_sound(folder)
    return None if found is None else read_json(found / STATE)


def read_checkpoint(folder: Path, tensors: Mapping[str, Any]) -> None:
    """Fill `tensors` (whole or sharded ones, of the right shapes) from the newest checkpoint (see `newest_state`)."""
    import torch

    newest = checkpoints(folder)[-1]
    if (newest / "shards").is_dir():
        import torch.distributed.checkpoint as dcp

        # A process that wants whole tensors reads them by itself.
        sharded = any(hasattr(item, "device_mesh") for item in tensors.values())
        alone = not (torch.distributed.is_initialized() and sharded)
        dcp.load(dict(tensors), storage_reader=dcp.HuggingFaceStorageReader(str(newest / "shards")), no_dist=alone)
    else:
        from safetensors.torch import load_file

        saved = load_file(newest / "state.safetensors")
        for name, item in tensors.items():
            copy_into(item, saved[name])


def model_and_optimizer(model: Any, optimizer: Any) -> dict[str, Any]:
    """Weights and optimizer state under one name each; the tensors themselves, not copies."""
    import torch

    found: dict[str, Any] = {}
    for name, item in trainable_weights(model).items():
        found[f"model|{name}"] = item.detach()
        state = optimizer.state[item]
        if "step" not in state:  # a gathered copy of a shard must not pass for the real parameter
            raise KeyError(name)
        for key in (key for key in STATE_KEYS if key in state):
            value = state[key]
            found[f"optimizer|{name}|{key}"] = value if torch.is_tensor(value) else torch.tensor(float(value))
    return found


def put_counters(model: Any, optimizer: Any, tensors: Mapping[str, Any]) -> None:
    """Give an optimizer that counts its steps in plain numbers (bitsandbytes) what was read into `tensors`."""
    for name, item in trainable_weights(model).items():
        state = optimizer.state[item]
        if isinstance(state["step"], int):
            state["step"] = int(tensors[f"optimizer|{name}|step"])


def materialise(model: Any, optimizer: Any) -> None:
    """Give every parameter the optimizer state it will have, so that there is something to load into."""
    import torch

    if hasattr(optimizer, "init_state"):  # of another kind than torch's own
        _materialise_own(optimizer)
        return
    fused = bool(optimizer.defaults.get("fused"))
    for item in trainable_weights(model).values():
        # As AdamW makes it: the step counter lives beside the parameter only for the fused kernel.
        counter = torch.zeros((), dtype=torch.float32, device=item.device if fused else "cpu")
        optimizer.state[item] = {
            "step": counter,
            "exp_avg": torch.zeros_like(item.detach()),
            "exp_avg_sq": torch.zeros_like(item.detach()),
        }


def _materialise_own(optimizer: Any) -> None:
    from tekio.train.half_state import HalfStateAdamW

    for place, group in enumerate(optimizer.param_groups):
        for number, item in enumerate(group["params"]):
            if isinstance(optimizer, HalfStateAdamW):
                optimizer.init_state(item)
            else:
                optimizer.init_state(group, item, place, number)


def copy_into(target: Any, value: Any) -> None:
    """Copy a whole tensor into a tensor, or into this process' shard of it."""
    import torch

    with torch.no_grad():
        if hasattr(target, "device_mesh"):
            from torch.distributed.tensor import distribute_tensor

            value = distribute_tensor(value.to(target.device), target.device_mesh, target.placements)
        target.copy_(value)
