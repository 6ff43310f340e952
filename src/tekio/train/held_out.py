"""Loss on text that is never trained on: token mean and bits per character, the same whatever the batch size."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tekio.artifacts.training import HeldOut
from tekio.train.packing import Rows
from tekio.train.process_group import World

MEASURE_TOKENS = 8192


def measure(
    loss: Callable[..., Any],
    model: Any,
    stores: Mapping[str, Rows],
    *,
    device: str,
    padding: int,
    autocast: Any,
    world: World,
) -> dict[str, HeldOut]:
    """The loss of every store (domain -> rows), shared between the processes. The model stays in the mode it was in.

    loss: `loss(ids, positions, learned, train=False)` gives the loss sum of a batch. All batches have one shape, the
    last is filled with empty rows, and every process does the same number of them.
    """
    import torch

    was_training = model.training
    model.eval()
    found: dict[str, HeldOut] = {}
    try:
        for name, rows in sorted(stores.items()):
            total, at_once = 0.0, max(1, min(len(rows), MEASURE_TOKENS // rows.width))
            batches = -(-len(rows) // at_once)
            for number in range(world.rank, -(-batches // world.size) * world.size, world.size):
                chosen = list(range(number * at_once, min((number + 1) * at_once, len(rows))))
                batch = [torch.from_numpy(item).to(device) for item in rows.read(chosen, padding, at_once)]
                with torch.no_grad(), autocast():
                    total += float(loss(*batch, train=False))
            count = rows.count
            [total] = world.total(total)
            if count.trained:
                bits = total / math.log(2) / count.characters if count.characters else 0.0
                found[name] = HeldOut(
                    loss=total / count.trained,
                    bits_per_character=bits,
                    tokens=count.trained,
                    characters=count.characters,
                    pairs=None,
                )
    finally:
        model.train(was_training)
    return found
