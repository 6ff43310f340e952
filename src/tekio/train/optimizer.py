"""AdamW in its several forms, and the learning rate as a pure function of the step."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportMissingImports=false
# (torch and bitsandbytes have no complete type information; the latter is an extra)

from __future__ import annotations

import importlib.util
import math
from typing import Any

from tekio.errors import TekioError, Text, UsageError
from tekio.recipe.train import OptimizerConfig, TrainingConfig


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
    groups = [group for group in groups if group["params"]]
    rate, betas = config.learning_rate, (config.beta1, config.beta2)
    if config.kind != "adamw":
        return _of_bitsandbytes(model, groups, config)
    if config.state == "bf16":
        from tekio.train.half_state import HalfStateAdamW

        return HalfStateAdamW(groups, lr=rate, betas=betas)
    return torch.optim.AdamW(groups, lr=rate, betas=betas, fused=fused)


def _of_bitsandbytes(model: Any, groups: list[dict[str, Any]], config: OptimizerConfig) -> Any:
    """bitsandbytes' AdamW (arXiv 2110.02861). Embeddings keep 32 bits, as transformers' Trainer sets it: their gradients are
    too uneven for 8.
    """
    import bitsandbytes
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Embedding):
            manager = bitsandbytes.optim.GlobalOptimManager.get_instance()
            manager.override_config(module.weight, "optim_bits", 32)
    name = {"adamw8bit": "AdamW8bit", "paged-adamw": "PagedAdamW", "paged-adamw8bit": "PagedAdamW8bit"}[config.kind]
    return getattr(bitsandbytes.optim, name)(
        groups, lr=config.learning_rate, betas=(config.beta1, config.beta2), weight_decay=0.0
    )


SHARDED = ("fsdp2", "zero1", "zero2", "zero3")


def require_optimizer(config: TrainingConfig, *, device: str, processes: int = 1, stage: str = "") -> None:
    """Raise `TekioError` when the recipe's optimizer cannot be had here, with what is missing; `UsageError` when it does not go
    with the strategy.
    """
    kind, strategy = config.optimizer.kind, config.strategy
    where = f"{stage}.optimizer.kind: {kind}" if stage else f"optimizer.kind: {kind}"
    if strategy == "auto" and (processes > 1 or config.offload):
        strategy = "fsdp2"
    if config.optimizer.state == "bf16" and strategy.startswith("zero"):
        raise UsageError(
            Text(
                "DeepSpeed keeps the moments itself; `state: bf16` is not for it.",
                "DeepSpeed はモーメントを自ら保持するため、`state: bf16` は使えません。",
            ),
            where=where.replace(f"kind: {kind}", "state: bf16"),
            fix=Text("Take strategy fsdp2.", "strategy: fsdp2 にしてください。"),
        )
    if kind == "adamw":
        return
    if strategy in SHARDED:
        raise UsageError(
            Text(
                f"The optimizer `{kind}` cannot be sharded by {strategy}.",
                f"最適化手法 `{kind}` は {strategy} で分割できません。",
            ),
            where=where,
            fix=Text(
                "Take `state: bf16`, `offload: true`, or strategy ddp.", "`state: bf16`、`offload: true`、ddp から。"
            ),
        )
    missing: list[Text] = []
    if importlib.util.find_spec("bitsandbytes") is None:
        install = "pip install 'tekio[quantize]'"
        missing.append(Text(f"the package bitsandbytes ({install})", f"bitsandbytes（{install}）"))
    if kind.startswith("paged") and not device.startswith("cuda"):
        missing.append(Text(f"a CUDA device (this is {device})", f"CUDA の装置（ここは {device}）"))
    if missing:
        raise TekioError(
            Text(f"The optimizer `{kind}` cannot be used here.", f"最適化手法 `{kind}` はここでは使えません。"),
            where=where,
            why=Text(
                f"missing: {', '.join(one.en for one in missing)}",
                f"不足: {'、'.join(one.ja for one in missing)}",
            ),
            fix=Text(
                "Take `kind: adamw`, with `state: bf16` for half the bytes.",
                "`kind: adamw`(半分で済む `state: bf16`)に。",
            ),
        )


def set_rate(optimizer: Any, rate: float) -> None:
    """Give every group the rate of the step, times its own scale."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["scale"]
