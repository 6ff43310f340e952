"""Checkpoints: whole or absent, safetensors and JSON only, never a pickle.

A checkpoint is a folder `step-NNNNNNNN` written under another name, synced, and renamed. It holds the trainable
weights, the optimizer's state, the random number generators and where the metrics file stood, which is all a run needs
to go on as if it had not been interrupted: the data position is the step number itself.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tekio.store import files_below, read_json, sync_file, sync_folder, write_json

PREFIX = "step-"


def trainable_weights(model: Any) -> dict[str, Any]:
    """The trainable parameters by name (tied ones once)."""
    return {name: item for name, item in model.named_parameters() if item.requires_grad}


def save_checkpoint(folder: Path, step: int, model: Any, optimizer: Any, state: dict[str, Any]) -> None:
    """Write checkpoint `step` and delete older ones. state: plain JSON values of the caller."""
    import torch
    from safetensors.torch import save_file

    working = folder / f"working-{step:08d}"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    weights = trainable_weights(model)
    save_file({name: item.detach().contiguous() for name, item in weights.items()}, working / "weights.safetensors")
    names = {id(item): name for name, item in weights.items()}
    moments: dict[str, Any] = {}
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            moments[f"{names[id(parameter)]}|{key}"] = torch.as_tensor(value).detach().contiguous()
    save_file(moments, working / "optimizer.safetensors")
    save_file(_generators(), working / "random.safetensors")
    write_json(working / "state.json", {"step": step, "threads": torch.get_num_threads(), **state})
    for path in files_below(working):
        sync_file(path)
    working.rename(folder / f"{PREFIX}{step:08d}")
    sync_folder(folder)
    for old in checkpoints(folder)[:-1]:
        shutil.rmtree(old)


def checkpoints(folder: Path) -> list[Path]:
    """The complete checkpoints in `folder`, oldest first."""
    return sorted(path for path in folder.glob(f"{PREFIX}*") if (path / "state.json").is_file())


def load_checkpoint(folder: Path, model: Any, optimizer: Any) -> dict[str, Any] | None:
    """Put the newest checkpoint into model, optimizer and generators; returns its state, or None if there is none."""
    import torch
    from safetensors.torch import load_file

    found = checkpoints(folder)
    if not found:
        return None
    newest = found[-1]
    state: dict[str, Any] = read_json(newest / "state.json")
    weights = trainable_weights(model)
    device = next(iter(weights.values())).device
    saved = load_file(newest / "weights.safetensors", device=str(device))
    with torch.no_grad():
        for name, item in weights.items():
            item.copy_(saved[name])
    moments = load_file(newest / "optimizer.safetensors", device=str(device))
    for name, item in weights.items():
        values = {key.split("|")[1]: value for key, value in moments.items() if key.split("|")[0] == name}
        if values:
            optimizer.state[item] = values
    _restore_generators(load_file(newest / "random.safetensors"))
    torch.set_num_threads(int(state["threads"]))  # sums are taken in another order with another number of threads
    return state


def _generators() -> dict[str, Any]:
    import torch

    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states |= {f"cuda{number}": item for number, item in enumerate(torch.cuda.get_rng_state_all())}
    return states


def _restore_generators(states: dict[str, Any]) -> None:
    import torch

    torch.set_rng_state(states["cpu"])
    cuda = [states[name] for name in sorted(states) if name.startswith("cuda")]
    if cuda and torch.cuda.device_count() == len(cuda):
        torch.cuda.set_rng_state_all(cuda)
