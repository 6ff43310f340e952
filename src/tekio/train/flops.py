"""Model FLOPs of training and the share of the device's peak they reach (model-FLOPs utilisation, MFU).

Counted as in PaLM (arXiv 2204.02311, appendix B): 6 FLOPs a parameter and token for forward and backward, and 12 x layers
x heads x head size x length of the text for attention. What is computed again (gradient checkpointing) is not counted.
Two things are taken more exactly: the input embeddings are looked up, not multiplied, and do not count; with frozen
weights (LoRA) no gradients of those weights are computed, which leaves 4 FLOPs instead of 6.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (torch has no complete type information)

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tekio.artifacts.training import MachineSpeed, StepSpeed
from tekio.errors import Text

# Dense bf16 peaks with fp32 accumulation, FLOP/s, from the makers' data sheets (without sparsity); by part of the name
# torch gives, the more special ones first.
BF16_PEAKS: tuple[tuple[str, float], ...] = (
    ("GB200", 2.5e15),
    ("B200", 2.25e15),
    ("H200", 989e12),
    ("H100 PCIe", 756e12),
    ("H100 NVL", 835e12),
    ("GH200", 989e12),
    ("H100", 989e12),
    ("H800", 989e12),
    ("H20", 148e12),
    ("A100", 312e12),
    ("A800", 312e12),
    ("A30", 165e12),
    ("A10G", 70e12),
    ("A10", 125e12),
    ("A6000", 155e12),
    ("L40S", 362e12),
    ("L40", 181e12),
    ("L4", 121e12),
    ("RTX 6000 Ada", 182e12),
    ("RTX 4090", 165e12),
    ("RTX 3090", 71e12),
    ("MI300X", 1307e12),
    ("MI250", 383e12),
)
RECURRENT = {"mamba", "mamba2", "falcon_mamba", "rwkv", "xlstm"}
"""Model types without attention over the whole text."""
MEASURED_SIZE = 768
"""Edge of the square matrices a CPU's peak is measured with."""


@dataclass(frozen=True)
class ModelFlops:
    """FLOPs of training on one token. matrices: of weights. attention: per token of the text's length."""

    matrices: float
    attention: float

    def of(self, tokens: float, squares: float) -> float:
        """FLOPs of a step. tokens: all places computed. squares: sum over texts of their length squared."""
        return self.matrices * tokens + self.attention * squares


def model_flops(model: Any) -> ModelFlops:
    """What a token costs in `model` (its trainable weights decide between 6 and 4 FLOPs a parameter)."""
    import torch

    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    text = inner.config.get_text_config()
    head = inner.get_output_embeddings() if hasattr(inner, "get_output_embeddings") else None
    tables = {id(module.weight) for module in inner.modules() if isinstance(module, torch.nn.Embedding)}
    if head is not None:
        tables.discard(id(head.weight))  # a tied table is multiplied with at the end
    total = sum(
        item.numel() * (6.0 if item.requires_grad else 4.0) for item in model.parameters() if id(item) not in tables
    )
    heads = int(getattr(text, "num_attention_heads", None) or 0)
    if not heads or text.model_type in RECURRENT:
        return ModelFlops(total, 0.0)  # a state of fixed size: no part grows with the text's length
    size = int(getattr(text, "head_dim", None) or int(text.hidden_size) // heads)
    return ModelFlops(total, 12.0 * int(text.num_hidden_layers) * heads * size)


def device_peak(device: str, precision: str) -> tuple[float | None, str]:
    """FLOP/s the device can reach and how that is known: a GPU's data sheet (bf16), a CPU's own matrix product.

    None for a GPU that is not in the table, or in fp32, where no figure would be fair (TF32 may be in use or not).
    """
    import torch

    if device.startswith("cuda"):
        name = torch.cuda.get_device_name(device)
        found = next((peak for part, peak in BF16_PEAKS if part.lower() in name.lower()), None)
        return (found, f"{name}, data sheet, dense bf16") if precision == "bf16" else (None, name)
    return measured_peak("bf16" if precision == "bf16" else "fp32"), f"measured matrix product, {precision}"


def measured_peak(precision: str) -> float:
    """FLOP/s of the best of a few matrix products on the CPU, with the threads torch has."""
    import torch

    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    one = torch.ones((MEASURED_SIZE, MEASURED_SIZE), dtype=kind)
    best = float("inf")
    for _ in range(12):
        clock, used = time.perf_counter(), time.process_time()
        torch.mm(one, one)
        # On a busy machine the clock runs on while others compute; the processor time of the threads does not.
        spent = (time.process_time() - used) / torch.get_num_threads()
        best = min(best, time.perf_counter() - clock, spent if spent > 0 else float("inf"))
    return 2.0 * MEASURED_SIZE**3 / best


@dataclass(frozen=True)
class Meter:
    """Turns the sizes of a step into speed. peak: FLOP/s of all devices together, None if not known; source: from where."""

    cost: ModelFlops
    peak: float | None
    source: str

    def about(self) -> MachineSpeed:
        """What stands at the head of `timing.jsonl`."""
        return MachineSpeed(
            flops_per_token=self.cost.matrices,
            attention_flops_per_token_and_length=self.cost.attention,
            peak_flops_per_second=self.peak,
            peak_source=self.source,
        )

    def speed(
        self, rows: Sequence[tuple[int, int]], learned: int, stepped: float, *, step: int, seconds: float
    ) -> StepSpeed:
        """Of one step. rows: tokens and sum of squared text lengths of each row. learned: tokens that carry loss.

        stepped: seconds of the optimizer step, of which the speed is; seconds: with everything around it.
        """
        flops = self.cost.of(sum(tokens for tokens, _ in rows), sum(squares for _, squares in rows)) / stepped
        return StepSpeed(
            step=step,
            seconds=round(seconds, 4),
            tokens_per_second=round(learned / stepped),
            flops_per_second=round(flops),
            utilisation=None if self.peak is None else round(flops / self.peak, 4),
        )


def speed_words(speed: StepSpeed) -> Text:
    """A line of `Meter.speed` as people read it."""
    flops = speed.flops_per_second
    work = f"{flops / 1e12:.1f} TFLOP/s" if flops >= 1e12 else f"{flops / 1e9:.1f} GFLOP/s"
    en, ja = f"{speed.tokens_per_second:,} tokens/s, {work}", f"毎秒 {speed.tokens_per_second:,} トークン、{work}"
    if speed.utilisation is None:
        return Text(en, ja)
    return Text(f"{en} ({speed.utilisation:.0%} of peak)", f"{ja}（最大性能の {speed.utilisation:.0%}）")
