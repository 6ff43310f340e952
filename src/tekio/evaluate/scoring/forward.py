"""Calls of a causal language model: hidden states where they are needed, projected to the vocabulary only there.

Works with any causal LM of transformers. What a model can do (a cache, a tree-shaped attention mask, a projection taken
apart) is not read from its name but tried once on a few tokens (`tekio.evaluate.scoring.capability`).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeArgument=false, reportPrivateImportUsage=false
# (transformers and parts of torch have no complete type information)

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer

from tekio.evaluate.scoring.batching import Row
from tekio.evaluate.scoring.block_attention import BlockAttention
from tekio.evaluate.scoring.encode import Ids

PROJECTED_VALUES = 1 << 25
"""Logits held at once (values, not bytes): 128 MiB in float32, whatever the vocabulary."""


@dataclass(frozen=True)
class ScoringModel:
    """A causal LM ready to score, and what it has been seen to do right.

    tree: scores behind a cached prefix and with a tree mask. apart: the output projection can be applied to chosen
    hidden states. window: sequences up to so many tokens may use the tree (sliding-window attention), None: any.
    """

    model: Any
    device: torch.device
    dtype: torch.dtype
    tree: bool = False
    apart: bool = False
    window: int | None = None

    def able(self, *, tree: bool, apart: bool) -> ScoringModel:
        """The same model with these capabilities."""
        return replace(self, tree=tree, apart=apart)


def scoring_model(model: Any, device: torch.device | str | None = None) -> ScoringModel:
    """Wrap a model (in evaluation mode) without trying anything; `device`: where inputs go, default the weights'."""
    parameter = next(model.parameters())
    model.eval()
    return ScoringModel(
        model, torch.device(device or parameter.device), parameter.dtype, window=attention_window(model)
    )


def attention_window(model: Any) -> int | None:
    """The smallest number of tokens any layer looks back to (sliding or chunked attention), None for all."""
    config = model.config.get_text_config() if hasattr(model.config, "get_text_config") else model.config
    kinds = getattr(config, "layer_types", None)
    found: list[int] = []
    for name, kind in (("sliding_window", "sliding_attention"), ("attention_chunk_size", "chunked_attention")):
        size = getattr(config, name, None)
        used = kinds is None or kind in kinds
        if name == "sliding_window" and getattr(config, "use_sliding_window", True) is False and kinds is None:
            used = False
        if isinstance(size, int) and used:
            found.append(size)
    return min(found, default=None)


# --- the prefix cache --------------------------------------------------------------------------------------------


class _PrefixLayer(DynamicLayer):
    """One layer's keys and values of a prefix, lent to every row of a batch; the rows' own are not kept.

    (Only a layer's copy for the batch exists at a time, so memory does not grow with rows x prefix x layers.)
    """

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        super().__init__()
        self.keys, self.values = keys, values
        self.dtype, self.device = keys.dtype, keys.device
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        rows = key_states.shape[0]
        keys, values = self.keys, self.values
        assert keys is not None
        assert values is not None
        return (
            torch.cat([keys.expand(rows, -1, -1, -1), key_states], dim=-2),
            torch.cat([values.expand(rows, -1, -1, -1), value_states], dim=-2),
        )


@dataclass(frozen=True)
class Prefix:
    """The keys and values of the tokens a group of rows begins with (batch size 1)."""

    length: int
    cache: Cache | None


def compute_prefix(scoring: ScoringModel, ids: Ids) -> Prefix:
    """Run the model over `ids` once and keep its keys and values."""
    if not ids:
        return Prefix(0, None)
    cache = DynamicCache()
    inputs = torch.tensor([ids], device=scoring.device)
    last = torch.tensor([len(ids) - 1], device=scoring.device)
    with torch.inference_mode():
        _logits(scoring, inputs, last, {"past_key_values": cache, "use_cache": True})
    layers = [_PrefixLayer(layer.keys, layer.values) for layer in cast("list[Any]", cache.layers)]
    return Prefix(len(ids), Cache(layers=list(layers)))


# --- one forward pass --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What to read from a batch: after flat position `places[source]` (row x width + column), the token `token`."""

    places: list[int]
    sources: list[int]
    tokens: list[int]


def read_batch(
    scoring: ScoringModel, inputs: Tensor, reading: Reading, arguments: dict[str, Any] | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Log-probability (natural, from float32 logits) of every token of `reading`, and whether it is the likeliest.

    inputs: [B, T] ids. arguments: what else the model is called with.
    """
    device = scoring.device
    places = torch.tensor(reading.places, device=device)
    sources = torch.tensor(reading.sources, device=device)
    tokens = torch.tensor(reading.tokens, device=device)
    with torch.inference_mode(), _attention(scoring, arguments or {}):
        if scoring.apart:
            hidden = _hidden(scoring, inputs, places, arguments or {})
            found = _project(scoring, hidden, sources, tokens)
        else:
            found = _read(_logits(scoring, inputs, places, arguments or {}), sources, tokens)
    return found[0].double().cpu().numpy(), found[1].cpu().numpy()


def _attention(scoring: ScoringModel, arguments: dict[str, Any]) -> AbstractContextManager[object]:
    """Attention in pieces where it helps: under the mask of trees, on a CPU."""
    if scoring.device.type == "cpu" and "attention_mask" in arguments:
        return BlockAttention(arguments["attention_mask"])
    return nullcontext()


def _project(scoring: ScoringModel, hidden: Tensor, sources: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """The output projection in pieces, so that a large vocabulary does not need much memory."""
    head = scoring.model.get_output_embeddings()
    size = max(16, PROJECTED_VALUES // head.weight.shape[0])
    values: list[Tensor] = []
    best: list[Tensor] = []
    order = torch.argsort(sources, stable=True)
    ordered, wanted = sources[order], tokens[order]
    for start in range(0, hidden.shape[0], size):
        first, last = torch.searchsorted(ordered, torch.tensor([start, start + size], device=ordered.device)).tolist()
        if first == last:
            continue
        logits = head(hidden[start : start + size])
        value, greedy = _read(logits, ordered[first:last] - start, wanted[first:last])
        values.append(value)
        best.append(greedy)
    back = torch.argsort(order)
    return torch.cat(values)[back], torch.cat(best)[back]


def _read(logits: Tensor, sources: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    logits = logits.float()
    total = torch.logsumexp(logits, dim=-1)
    best = logits.argmax(dim=-1)
    return logits[sources, tokens] - total[sources], best[sources] == tokens


def _hidden(scoring: ScoringModel, inputs: Tensor, places: Tensor, arguments: dict[str, Any]) -> Tensor:
    """What enters the output projection at flat `places`: [N, H]. The projection itself sees one position a row."""
    kept: list[Tensor] = []

    def pick(_module: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
        kept.append(given[0].reshape(-1, given[0].shape[-1])[places])
        return (given[0][:, :1], *given[1:])

    handle = scoring.model.get_output_embeddings().register_forward_pre_hook(pick)
    try:
        scoring.model(input_ids=inputs, **arguments)
    finally:
        handle.remove()
    return kept[0]


def _logits(scoring: ScoringModel, inputs: Tensor, places: Tensor, arguments: dict[str, Any]) -> Tensor:
    """The model's own logits at flat `places`: [N, V]; for models that do something after the projection."""
    head = scoring.model.get_output_embeddings()
    if head is None:
        logits = scoring.model(input_ids=inputs, **arguments).logits
        return logits.reshape(-1, logits.shape[-1])[places]

    def pick(_module: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
        return (given[0].reshape(-1, given[0].shape[-1])[places].unsqueeze(0), *given[1:])

    handle = head.register_forward_pre_hook(pick)
    try:
        return scoring.model(input_ids=inputs, **arguments).logits[0]
    finally:
        handle.remove()


# --- batches -----------------------------------------------------------------------------------------------------


def pad(rows: Sequence[Sequence[int]], width: int, value: int = 0) -> list[list[int]]:
    """Rows filled up on the right to `width`."""
    return [[*row, *([value] * (width - len(row)))] for row in rows]


def tree_inputs(scoring: ScoringModel, rows: Sequence[Row], prefix: Prefix) -> tuple[Tensor, dict[str, Any]]:
    """Ids [B, T] and the arguments for rows of trees behind `prefix`: positions, additive mask [B, 1, T, P + T], cache."""
    width = max(row.length for row in rows)
    closed = torch.finfo(scoring.dtype).min
    seen = np.zeros((len(rows), 1, width, prefix.length + width), dtype=np.bool_)
    seen[..., : prefix.length] = True
    for number, row in enumerate(rows):
        seen[number, 0, : row.length, prefix.length : prefix.length + row.length] = row.tree.mask()
        # Padding looks at itself, so that no row of the softmax is empty.
        seen[number, 0, range(row.length, width), range(prefix.length + row.length, prefix.length + width)] = True
    open_places = torch.from_numpy(seen).to(scoring.device)
    mask = torch.zeros(seen.shape, dtype=scoring.dtype, device=scoring.device).masked_fill_(~open_places, closed)
    positions = torch.tensor(pad([row.tree.depths for row in rows], width), device=scoring.device) + prefix.length
    inputs = torch.tensor(pad([row.tree.tokens for row in rows], width), device=scoring.device)
    arguments: dict[str, Any] = {
        "attention_mask": mask,
        "position_ids": positions,
        "use_cache": prefix.cache is not None,
    }
    if prefix.cache is not None:
        arguments["past_key_values"] = prefix.cache
    return inputs, arguments


def plain_inputs(scoring: ScoringModel, rows: Sequence[Sequence[int]]) -> tuple[Tensor, dict[str, Any]]:
    """Ids [B, T] padded on the right; a causal model needs no mask for that."""
    width = max(len(row) for row in rows)
    return torch.tensor(pad(rows, width), device=scoring.device), {"use_cache": False}
