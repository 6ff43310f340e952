"""Which training methods fit a model on a device: bytes by part, from the model's configuration alone.

The parts are those of `tekio.train.estimate`: weights, gradients and moments are exact, activations fitted to processes on a
CPU (`benchmarks/train_memory.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tekio.errors import Text
from tekio.recipe.train import MethodConfig, OptimizerConfig
from tekio.train.estimate import MEMORY_MARGIN, Need, Shape, memory_need, model_without_weights, shape_of

GPU = "cuda:0"
Fit = Literal["yes", "close", "checkpointing", "no"]

METHODS: tuple[tuple[Text, dict[str, Any]], ...] = (
    (Text("full", "全パラメータ"), {"method": "full"}),
    (
        Text("full, moments in bf16", "全パラメータ、モーメント bf16"),
        {"method": "full", "optimizer": OptimizerConfig(state="bf16")},
    ),
    (
        Text("full, adamw8bit", "全パラメータ、adamw8bit"),
        {"method": "full", "optimizer": OptimizerConfig(kind="adamw8bit")},
    ),
    (Text("full, offload", "全パラメータ、offload"), {"method": "full", "offload": True}),
    (Text("lora", "LoRA"), {"method": "lora"}),
    (Text("lora, quantize: nf4 (QLoRA)", "LoRA、quantize: nf4(QLoRA)"), {"method": "lora", "quantize": "nf4"}),
)
"""Each method by its name and the recipe's keys that ask for it."""


@dataclass(frozen=True)
class Row:
    """A method's bytes on one device; again: the total with `gradient_checkpointing`.

    fits: `yes`; `close`: only without the margin that the estimate has; `checkpointing`: with it only; `no`.
    """

    method: Text
    need: Need
    again: int
    fits: Fit


def methods_of(folder: Path, config: MethodConfig, *, device: str, memory: float) -> tuple[Shape, list[Row]]:
    """The model's shape and a row for each method. folder: with `config.json`; weights are not read. memory: bytes of the device.

    Raises `TekioError` when the configuration cannot be used.
    """
    model = model_without_weights(folder)
    return shape_of(model), list(_rows(model, config, device=device, memory=memory))


def _rows(model: Any, config: MethodConfig, *, device: str, memory: float) -> Iterator[Row]:
    for name, keys in METHODS:
        if keys.get("offload") and not device.startswith("cuda"):
            continue  # a CPU has no other memory to wait in
        if "optimizer" in keys:
            own = config.optimizer.model_copy(update=keys["optimizer"].model_dump(exclude_unset=True))
            keys = keys | {"optimizer": own}
        chosen = config.model_copy(update={"quantize": "none", "offload": False} | keys)
        shape = shape_of(model, chosen)
        whole, again = (
            memory_need(shape, chosen.model_copy(update={"gradient_checkpointing": value}), device=device)
            for value in (False, True)
        )
        yield Row(name, whole, again.total, _fit(whole.total, again.total, memory))


def _fit(whole: int, again: int, memory: float) -> Fit:
    if MEMORY_MARGIN * whole <= memory:
        return "yes"
    if MEMORY_MARGIN * again <= memory:
        return "checkpointing"
    return "close" if min(whole, again) <= memory else "no"
