"""AdamW whose two moments are held in bf16: 4 bytes a parameter instead of 8.

The update is computed in fp32; what is stored is rounded stochastically, up or down with the probability that keeps its mean
(as torchao's bf16 optimizers round weights). Rounded to the nearest, a second moment would stand still: with `beta2` 0.999
it changes by 0.1 % a step, and bf16 tells apart numbers 0.4 % from each other.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportUntypedBaseClass=false
# (torch has no complete type information)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

CHUNK = 1 << 20
"""Values at a time, so that the fp32 copies of a large matrix's moments are never held whole."""
EPSILON = 1e-8


class HalfStateAdamW(torch.optim.Optimizer):
    """AdamW (decoupled weight decay, arXiv 1711.05101) for fp32 weights, moments in bf16; whole or sharded parameters.

    The random numbers of the rounding depend on the step and the parameter only, so replicas stay equal and a resumed run gives
    the same bits.
    """

    def __init__(self, groups: list[dict[str, Any]], *, lr: float, betas: tuple[float, float]) -> None:
        super().__init__(groups, {"lr": lr, "betas": betas, "weight_decay": 0.0})

    def init_state(self, item: Any) -> None:
        """Give a parameter the state it has before its first step."""
        self.state[item] = {
            "step": torch.zeros((), dtype=torch.float32),
            "exp_avg": torch.zeros_like(item.detach(), dtype=torch.bfloat16),
            "exp_avg_sq": torch.zeros_like(item.detach(), dtype=torch.bfloat16),
        }

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Update every parameter that has a gradient."""
        loss = closure() if closure is not None else None
        number = 0
        for group in self.param_groups:
            for item in group["params"]:
                number += 1
                if item.grad is None:
                    continue
                if not self.state[item]:
                    self.init_state(item)
                self.state[item]["step"] += 1
                _update(item, self.state[item], group, number)
        return loss


def _update(item: Any, state: dict[str, Any], group: dict[str, Any], number: int) -> None:
    parts = [_own_part(tensor).view(-1) for tensor in (item, item.grad, state["exp_avg"], state["exp_avg_sq"])]
    (beta1, beta2), rate, step = group["betas"], group["lr"], int(state["step"])
    draw = torch.Generator(parts[0].device).manual_seed(step * 1_000_003 + number)
    for weight, gradient, stored_first, stored_second in zip(*(part.split(CHUNK) for part in parts), strict=True):
        first = stored_first.to(torch.float32, copy=True).lerp_(gradient, 1 - beta1)
        second = stored_second.to(torch.float32, copy=True).mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        stored_first.copy_(stochastic_bf16(first, draw))
        stored_second.copy_(stochastic_bf16(second, draw))
        scale = second.div_(1 - beta2**step).sqrt_().add_(EPSILON)
        weight.mul_(1 - rate * group["weight_decay"]).addcdiv_(first, scale, value=-rate / (1 - beta1**step))


def _own_part(tensor: Any) -> Any:
    """The tensor itself, or this process' shard of it, without history and in one piece."""
    local = tensor.to_local() if hasattr(tensor, "to_local") else tensor
    return local.detach()


def stochastic_bf16(values: Any, draw: Any) -> Any:
    """fp32 `values` in bf16, each rounded to one of its two neighbours so that the expected value is the value itself."""
    noise = torch.randint(0, 1 << 16, values.shape, dtype=torch.int32, device=values.device, generator=draw)
    bits = (values.view(torch.int32) + noise) & -65_536
    return bits.view(torch.float32).bfloat16()
