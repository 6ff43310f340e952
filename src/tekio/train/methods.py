"""Which training methods fit a model on a device: bytes by part, from the model's configuration alone.

The parts are those of `tekio.train.estimate`: weights, gradients and moments are exact, activations fitted to processes on a
CPU (`benchmarks/train_memory.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tekio.errors import Language, Text
from tekio.instruct.dataset.show import columns
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


_FITS: dict[Fit, Text] = {
    "yes": Text("yes", "可"),
    "close": Text("hardly: within the estimate's error", "僅差(推定の誤差内)"),
    "checkpointing": Text("with gradient_checkpointing", "gradient_checkpointing で可"),
    "no": Text("no", "不可"),
}
_HEAD = Text(
    "method\tweights\tbf16 copies\tgradients\toptimizer\tactivations\tlogits\ttotal\tcheckpointed\tfits",
    "方法\t重み\tbf16 の写し\t勾配\toptimizer\t活性\tlogits\t計\t再計算時の計\t収まるか",
)


def method_lines(shape: Shape, found: Sequence[Row], length: int, held: Text, language: Language) -> list[str]:
    """The table for a terminal, in GB. length: tokens of a row. held: the device and its memory, in words."""
    lines = [_HEAD.to(language).split("\t")]
    for row in found:
        numbers = [*vars(row.need).values(), row.need.total, row.again]
        words = [f"{value / 1e9:,.1f}" for value in numbers]
        lines.append([row.method.to(language), *words, _FITS[row.fits].to(language)])
    above = Text(
        f"{shape.parameters / 1e6:,.1f} M parameters, rows of {length:,} tokens, {held.en}; GB on one device:",
        f"パラメータ {shape.parameters / 1e6:,.1f} M、1 行 {length:,} トークン、{held.ja}。1 装置の GB:",
    )
    below = Text(
        "Weights, gradients and optimizer are exact, activations fitted to processes on a CPU (docs/performance.md).",
        "重み・勾配・optimizer は正確な値、活性は CPU での実測に合わせた推定です(docs/performance.md)。",
    )
    return [above.to(language), *columns(lines), below.to(language)]
