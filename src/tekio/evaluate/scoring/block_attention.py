"""Attention of long rows in pieces, each with the keys that can stand before it and no others.

A token of a row looks at itself and at tokens to its left (`token_tree`), so half of a long row's mask is closed. torch computes what is closed too
wherever a mask is given; in pieces it does not. The numbers are the same but for the order of rounding.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (parts of torch have no complete type information)

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from torch.overrides import TorchFunctionMode

PIECE = 128
"""Queries computed at once. Rows of less than two pieces are computed whole."""


class BlockAttention(TorchFunctionMode):
    """While this is entered, attention under `mask` is computed in pieces, any other is left as it is. mask: of rows of trees, [B, 1, T, P + T]."""

    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.mask = mask

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = kwargs or {}
        if func is scaled_dot_product_attention and len(args) == 3 and given.get("dropout_p", 0.0) == 0.0:
            mask = given.get("attn_mask")
            if mask is not None and not given.get("is_causal") and self._is_ours(args[0], args[1], mask):
                others = {name: value for name, value in given.items() if name not in ("attn_mask", "dropout_p")}
                return in_pieces(args[0], args[1], args[2], mask, **others)
        return func(*args, **given)

    def _is_ours(self, query: Tensor, key: Tensor, mask: Tensor) -> bool:
        """Whether an attention is that of the batch's rows (a model may hand the mask on as a view), and long enough."""
        return (
            mask.data_ptr() == self.mask.data_ptr()
            and mask.shape[-2:] == self.mask.shape[-2:] == (query.shape[-2], key.shape[-2])
            and query.shape[-2] >= 2 * PIECE
        )


def in_pieces(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, **others: Any) -> Tensor:
    """`scaled_dot_product_attention` under a mask that lets no query look at keys to the right of its own place. mask: [B, 1, T, P + T]."""
    before = key.shape[-2] - query.shape[-2]
    pieces: list[Tensor] = []
    for start in range(0, query.shape[-2], PIECE):
        end = min(start + PIECE, query.shape[-2])
        seen = before + end
        pieces.append(
            scaled_dot_product_attention(
                query[..., start:end, :],
                key[..., :seen, :],
                value[..., :seen, :],
                attn_mask=mask[..., start:end, :seen],
                **others,
            )
        )
    return torch.cat(pieces, dim=-2)
