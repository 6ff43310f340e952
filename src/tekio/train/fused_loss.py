"""Output layer and cross-entropy in one, chunk by chunk: the gradients are ready when the loss is.

For a chunk of places the gradient of the loss sum with respect to the logits is `softmax - one-hot`; from it follow the
gradients of the hidden states and of the matrix at once, and the chunk's logits can be forgotten. So logits are computed
once and never held for more than a chunk, and a chunk stays in the cache of a CPU.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportUnknownParameterType=false
# (torch has no complete type information)

from __future__ import annotations

from functools import lru_cache
from typing import Any

CPU_LOGITS = 4_000_000
"""On a CPU a chunk is smaller (16 MB in fp32), so that it stays in the cache."""


def fused_loss_sum(hidden: Any, weight: Any, bias: Any, targets: Any, chunk: int) -> Any:
    """Cross-entropy sum of `hidden @ weight.T + bias` against `targets` (-100: not supervised), a scalar in fp32.

    hidden: (places, size). weight: (vocabulary, size). chunk: places at a time, at most. Products are taken in the
    autocast type where autocast is on, sums over the vocabulary in fp32.
    """
    import torch

    kind = hidden.device.type
    if torch.is_autocast_enabled(kind):
        dtype = torch.get_autocast_dtype(kind)
    else:
        dtype = torch.promote_types(hidden.dtype, weight.dtype)
    if kind == "cpu":
        chunk = min(chunk, max(64, CPU_LOGITS // weight.shape[0]))
    found: Any = _function().apply(hidden, weight, bias, targets, max(1, chunk), dtype)
    return found


@lru_cache(maxsize=1)
def _function() -> Any:
    import torch

    class FusedLoss(torch.autograd.Function):
        """`fused_loss_sum`; the gradients of the sum are kept instead of the logits."""

        @staticmethod
        def forward(  # pyright: ignore[reportIncompatibleMethodOverride]  # the base takes anything
            ctx: Any, hidden: Any, weight: Any, bias: Any, targets: Any, chunk: int, dtype: Any
        ) -> Any:
            wanted = ctx.needs_input_grad
            matrix = weight.to(dtype)
            by_hidden = torch.empty_like(hidden) if wanted[0] else None
            by_weight = torch.zeros_like(weight, dtype=torch.float32) if wanted[1] else None
            by_bias = torch.zeros_like(bias, dtype=torch.float32) if bias is not None and wanted[2] else None
            total = torch.zeros((), dtype=torch.float32, device=hidden.device)
            with torch.autocast(hidden.device.type, enabled=False):
                for start in range(0, hidden.shape[0], chunk):
                    piece = hidden[start : start + chunk].to(dtype)
                    goal = targets[start : start + chunk]
                    valid = goal >= 0
                    column = goal.clamp_min(0)[:, None]
                    scores = piece @ matrix.t()
                    if bias is not None:
                        scores += bias.to(dtype)
                    logs = torch.log_softmax(scores, -1, dtype=torch.float32)
                    total -= logs.gather(1, column).squeeze(1).mul_(valid).sum()
                    if not any(wanted[:3]):
                        continue
                    slope = logs.exp_()
                    slope.scatter_add_(1, column, slope.new_full((1, 1), -1.0).expand_as(column))
                    if by_bias is not None:
                        by_bias += (slope * valid[:, None]).sum(0)
                    slope = slope.to(dtype)
                    # Places without a target are zeroed in the narrow factors; the wide one is left alone.
                    if by_hidden is not None:
                        by_hidden[start : start + chunk] = (slope @ matrix).mul_(valid[:, None])
                    if by_weight is not None:
                        piece = piece * valid[:, None]
                        if dtype == torch.float32:
                            by_weight.addmm_(slope.t(), piece)
                        else:
                            by_weight += slope.t() @ piece
            ctx.found = by_hidden, by_weight, by_bias
            ctx.types = hidden.dtype, weight.dtype, None if bias is None else bias.dtype
            return total

        @staticmethod
        def backward(ctx: Any, *gradient: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            found = [
                None if item is None else item.mul_(gradient[0]).to(kind)
                for item, kind in zip(ctx.found, ctx.types, strict=True)
            ]
            ctx.found = (None, None, None)
            return (*found, None, None, None)

    return FusedLoss
