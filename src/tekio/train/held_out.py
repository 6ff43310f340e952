"""Loss on text that is never trained on: token mean and bits per character, the same whatever the batch size."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tekio.train.loss import Body, token_loss_sum
from tekio.train.packing import Rows

MEASURE_TOKENS = 8192


@dataclass(frozen=True)
class HeldOut:
    """One measurement. loss: nats a target token. bits_per_character: comparable between tokenizers."""

    loss: float
    bits_per_character: float
    tokens: int
    characters: int

    def as_dict(self) -> dict[str, float | int]:
        return vars(self).copy()


def measure(body: Body, stores: Mapping[str, Rows], *, device: str, padding: int, autocast: Any) -> dict[str, HeldOut]:
    """The loss of every store (domain -> rows). Models are left in the mode they were in."""
    import torch

    was_training = body.model.training
    body.model.eval()
    found: dict[str, HeldOut] = {}
    try:
        for name, rows in sorted(stores.items()):
            total, at_once = 0.0, max(1, MEASURE_TOKENS // rows.width)
            for start in range(0, len(rows), at_once):
                chosen = list(range(start, min(start + at_once, len(rows))))
                batch = [torch.from_numpy(item).to(device) for item in rows.read(chosen, padding)]
                with torch.inference_mode(), autocast():
                    total += float(token_loss_sum(body, *batch, train=False))
            count = rows.count
            if count.trained:
                bits = total / math.log(2) / count.characters if count.characters else 0.0
                found[name] = HeldOut(total / count.trained, bits, count.trained, count.characters)
    finally:
        body.model.train(was_training)
    return found
