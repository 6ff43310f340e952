"""The loss: sum of token losses over the supervised tokens, without ever holding all logits of a large vocabulary.

The caller divides by the number of supervised tokens of the whole step (all devices, all micro-batches), so neither
accumulation nor the number of devices nor the batch size of an evaluation changes what is computed.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tekio.train.fused_loss import fused_loss_sum

CHUNK_LOGITS = 64_000_000
"""Logits held at once (256 MB in fp32)."""
GATHER_BELOW = 0.7
"""When a smaller share of the places is supervised, only those go through the output layer."""


@dataclass(frozen=True)
class Body:
    """How to reach a model's hidden states and its output layer. head None: only whole logits are available."""

    model: Any
    decoder: Any
    head: Any


def split_model(model: Any, *, vocabulary: int, device: str = "cpu") -> Body:
    """Find decoder and output layer, and check that together they are the model.

    Models that change logits after the output layer (soft-capping, scaling) fail the check and keep their own path.
    """
    import torch

    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    decoder = getattr(inner, inner.base_model_prefix, None) if getattr(inner, "base_model_prefix", "") else None
    head = inner.get_output_embeddings() if hasattr(inner, "get_output_embeddings") else None
    if decoder is None or head is None:
        return Body(model, None, None)
    ids = torch.arange(8, device=device)[None] % vocabulary
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        whole = model(input_ids=ids, use_cache=False).logits
        parts = head(decoder(input_ids=ids, use_cache=False).last_hidden_state)
    model.train(was_training)
    same = whole.shape == parts.shape and torch.allclose(whole.float(), parts.float(), rtol=1e-4, atol=1e-5)
    return Body(model, decoder, head) if same else Body(model, None, None)


def token_loss_sum(body: Body, ids: Any, positions: Any, learned: Any, *, train: bool = True) -> Any:
    """Sum of the losses of the supervised tokens of a micro-batch, a scalar tensor in fp32.

    ids, positions, learned: (rows, width); a flag says that the token at its place is a target.
    """
    import torch

    targets = torch.where(learned[:, 1:], ids[:, 1:], -100).reshape(-1)
    if body.head is None:
        logits = body.model(input_ids=ids, position_ids=positions, use_cache=False).logits
        return _loss(logits[:, :-1].reshape(-1, logits.shape[-1]), targets)
    hidden = body.decoder(input_ids=ids, position_ids=positions, use_cache=False).last_hidden_state
    hidden = hidden[:, :-1].reshape(-1, hidden.shape[-1])
    kept = targets >= 0
    if float(kept.float().mean()) < GATHER_BELOW:
        places = kept.nonzero().squeeze(1)
        hidden, targets = hidden.index_select(0, places), targets.index_select(0, places)
    return chunked_loss_sum(hidden, body.head, targets, train=train)


def token_log_probabilities(body: Body, ids: Any, positions: Any, learned: Any, *, train: bool = True) -> Any:
    """Log-likelihoods (nats, fp32) of the supervised tokens at their places less one, zeros elsewhere: (rows, width - 1).

    Only those places go through the output layer, at most `CHUNK_LOGITS` logits at a time.
    """
    import torch
    from torch.utils.checkpoint import checkpoint

    targets = torch.where(learned[:, 1:], ids[:, 1:], -100).reshape(-1)
    places = (targets >= 0).nonzero().squeeze(1)
    goal = targets.index_select(0, places)
    if body.head is None:
        logits = body.model(input_ids=ids, position_ids=positions, use_cache=False).logits
        picked = logits[:, :-1].reshape(-1, logits.shape[-1]).index_select(0, places)
        found = [_losses(picked, goal)]
    else:
        hidden = body.decoder(input_ids=ids, position_ids=positions, use_cache=False).last_hidden_state
        hidden = hidden[:, :-1].reshape(-1, hidden.shape[-1]).index_select(0, places)
        size = max(1, CHUNK_LOGITS // body.head.weight.shape[0])
        found = []
        for start in range(0, max(1, hidden.shape[0]), size):
            piece, wanted = hidden[start : start + size], goal[start : start + size]
            if train and hidden.shape[0] > size:
                found.append(checkpoint(_head_losses, body.head, piece, wanted, use_reentrant=False))
            else:
                found.append(_head_losses(body.head, piece, wanted))
    values = -torch.cat(found)
    return values.new_zeros(targets.shape[0]).index_put((places,), values).reshape(ids.shape[0], -1)


def loss_module(body: Body) -> Any:
    """The loss as a module, so that a wrapper (DDP, FSDP2, DeepSpeed) sees one forward pass: `module(*batch, train)`."""
    import torch

    class LossModule(torch.nn.Module):
        """Holds the model; `forward` is `token_loss_sum`."""

        def __init__(self) -> None:
            super().__init__()
            self.model = body.model

        def example(self, device: Any) -> tuple[Any, ...]:
            ids = torch.zeros((1, 8), dtype=torch.long, device=device)
            return ids, torch.arange(8, device=device)[None], torch.ones_like(ids, dtype=torch.bool)

        def forward(self, ids: Any, positions: Any, learned: Any, train: bool = True) -> Any:
            return token_loss_sum(body, ids, positions, learned, train=train)

    return LossModule()


def chunked_loss_sum(hidden: Any, head: Any, targets: Any, *, train: bool = True, limit: int = CHUNK_LOGITS) -> Any:
    """Cross-entropy sum of `head(hidden)` against `targets` (-100: not supervised), at most `limit` logits at a time.

    Where the output layer is a plain matrix, its gradients are taken chunk by chunk in the forward pass (as Liger's
    fused loss does, arXiv 2410.10989), so no logits are kept or computed twice. Other layers (adapters on the output
    layer, ZeRO-3's absent weights) compute a chunk's logits again in the backward pass.
    """
    from torch.utils.checkpoint import checkpoint

    size = max(1, limit // head.weight.shape[0])
    if _is_plain(head):
        return fused_loss_sum(hidden, head.weight, head.bias, targets, size)
    if hidden.shape[0] <= size:
        return _loss(head(hidden), targets)
    total = hidden.new_zeros((), dtype=_float32())
    for start in range(0, hidden.shape[0], size):
        piece, wanted = hidden[start : start + size], targets[start : start + size]
        if train:
            total = total + checkpoint(_head_loss, head, piece, wanted, use_reentrant=False)
        else:
            total = total + _head_loss(head, piece, wanted)
    return total


def _is_plain(head: Any) -> bool:
    import torch

    return type(head) is torch.nn.Linear and not hasattr(head.weight, "ds_id")


def _head_loss(head: Any, hidden: Any, targets: Any) -> Any:
    return _loss(head(hidden), targets)


def _head_losses(head: Any, hidden: Any, targets: Any) -> Any:
    return _losses(head(hidden), targets)


def _losses(logits: Any, targets: Any) -> Any:
    import torch

    return torch.nn.functional.cross_entropy(logits.float(), targets, reduction="none")


def _loss(logits: Any, targets: Any) -> Any:
    import torch

    return torch.nn.functional.cross_entropy(logits.float(), targets, ignore_index=-100, reduction="sum")


def _float32() -> Any:
    import torch

    return torch.float32
