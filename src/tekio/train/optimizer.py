"""AdamW and the learning rate as a pure function of the step."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import math
from typing import Any

from tekio.recipe.train import OptimizerConfig


def learning_rate(config: OptimizerConfig, step: int, steps: int) -> float:
    """The rate of step `step` (from 0) of `steps`: linear warm-up, then decay that reaches its end after the last step.

    Decays are those of `transformers`. Its warm-up begins with a step of rate 0, which reads a batch and learns nothing;
    here the rate rises from the first step on, over as many steps, and a rate of 0 is never used.
    """
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / (config.warmup_steps + 1)
    return config.final_learning_rate + (config.learning_rate - config.final_learning_rate) * _left(config, step, steps)


def _left(config: OptimizerConfig, step: int, steps: int) -> float:
    """How much of the way from the full to the final rate is left, from 1 to 0."""
    done = (step - config.warmup_steps) / max(1, steps - config.warmup_steps)
    match config.schedule:
        case "constant":
            return 1.0
        case "linear":
            return 1 - done
        case "cosine":
            return 0.5 * (1 + math.cos(math.pi * done))
        case "wsd":
            begin = decay_begin(config, steps)
            return 1.0 if step < begin else 1 - math.sqrt((step - begin) / max(1, steps - begin))


def decay_begin(config: OptimizerConfig, steps: int) -> int:
    """The first step (from 0) of the last phase of a `wsd` schedule: the first with a lower rate is the one after it."""
    return max(config.warmup_steps, steps - max(1, round(config.decay_share * steps)))


def make_optimizer(model: Any, config: OptimizerConfig, *, plus_ratio: float = 1.0, fused: bool = True) -> Any:
    """AdamW over the trainable parameters; vectors (norms, biases) are not decayed.

    plus_ratio: LoRA+ (arXiv 2402.12354): B matrices learn so many times faster; kept in each group as `scale`.
    """
    import torch

    named = [(name, item) for name, item in model.named_parameters() if item.requires_grad]
    fast = [item for name, item in named if plus_ratio != 1.0 and "lora_B" in name]
    chosen = {id(item) for item in fast}
    rest = [item for _, item in named if id(item) not in chosen]
    groups = [
        {"params": [item for item in rest if item.ndim >= 2], "weight_decay": config.weight_decay, "scale": 1.0},
        {"params": [item for item in rest if item.ndim < 2], "weight_decay": 0.0, "scale": 1.0},
        {"params": fast, "weight_decay": config.weight_decay, "scale": plus_ratio},
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=config.learning_rate,
        betas=(config.beta1, config.beta2),
        fused=fused,
    )


def set_rate(optimizer: Any, rate: float) -> None:
    """Give every group the rate of the step, times its own scale."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["scale"]
