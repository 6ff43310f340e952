"""Greedy decoding of many prompts at a time: what they share is read once, and a row that has ended makes room for the next.

Rows are padded on the left and masked. The keys and values of the longest beginning that all prompts share are computed once. A row that
ends leaves the batch at once; when a quarter of the places is free, the next prompts are read and join. So no row waits for the
longest answer of its batch, which is what `transformers.generate` makes it do.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false
# (transformers and parts of torch have no complete type information)

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache

SHORTEST_PREFIX = 8
"""Shared beginnings below this are not worth the copy."""
SPARE_COLUMNS = 32
"""Columns that are padding in all rows are cut off from so many on."""
NO_NUMBER = -1
"""In the place of a token: the model gave NaN or infinity there, and the row ends."""
Ended = Callable[[Sequence[int]], bool]


@dataclass
class _Row:
    """A prompt being continued. length: tokens that the model has seen or is about to see of it."""

    number: int
    length: int
    produced: list[int] = field(default_factory=list[int])


@dataclass
class _Batch:
    """Rows in flight. cache: their keys and values, padded on the left; mask: [rows, columns], 1 where a token stands."""

    rows: list[_Row]
    cache: Any
    mask: Tensor

    def keep(self, places: Sequence[int]) -> None:
        """Only the rows at `places` stay, and no column that none of them needs."""
        chosen = torch.tensor(places, device=self.mask.device)
        self.rows = [self.rows[place] for place in places]
        self.mask = self.mask[chosen]
        unused = int(self.mask.any(dim=0).long().argmax())
        start = unused if unused >= SPARE_COLUMNS else 0
        self.mask = self.mask[:, start:]
        for layer in self.cache.layers:
            layer.keys, layer.values = layer.keys[chosen, :, start:], layer.values[chosen, :, start:]

    def join(self, other: _Batch) -> None:
        """The rows of another batch stand behind these."""
        width = max(self.mask.shape[1], other.mask.shape[1])
        self.mask = torch.cat([_widened(one.mask, width, 1) for one in (self, other)])
        for own, new in zip(self.cache.layers, other.cache.layers, strict=True):
            own.keys = torch.cat([_widened(own.keys, width, 2), _widened(new.keys, width, 2)])
            own.values = torch.cat([_widened(own.values, width, 2), _widened(new.values, width, 2)])
        self.rows = [*self.rows, *other.rows]


def can_decode(model: Any) -> bool:
    """Whether a model's cache and positions are of the plain kind: full attention, keys and values, position ids."""
    config = model.config.get_text_config() if hasattr(model.config, "get_text_config") else model.config
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    names = _arguments(model)
    sliding = isinstance(getattr(config, "sliding_window", None), int) and getattr(config, "use_sliding_window", True)
    return (
        kinds == {"full_attention"}
        and not (sliding and not getattr(config, "layer_types", None))
        and not getattr(config, "is_encoder_decoder", False)
        and not getattr(model, "_is_stateful", False)
        and {"position_ids", "past_key_values", "attention_mask"} <= names
    )


def decode_greedy(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    ended: Ended,
    capacity: int,
    device: Any,
    prefill_tokens: int = 8192,
) -> list[list[int]]:
    """The likeliest continuation of each prompt, at most `max_new_tokens` tokens, up to and with the one after which `ended`;
    up to `NO_NUMBER` where the model gave no numbers.

    capacity: rows in flight. prefill_tokens: tokens of prompts that are read at once. Prompts are taken in their order.
    """
    found: list[list[int]] = [[] for _ in prompts]
    decoder = _Decoder(model, prompts, device)
    queue = list(range(len(prompts)))
    batch: _Batch | None = None
    with torch.inference_mode():
        while queue or batch is not None:
            free = capacity - (len(batch.rows) if batch else 0)
            if queue and (batch is None or free >= max(1, capacity // 4)):
                room = max(1, prefill_tokens // max(1, max(len(prompts[number]) for number in queue[:free])))
                taken, queue = queue[: min(free, room)], queue[min(free, room) :]
                newcomers, tokens = decoder.read(taken)
                _take(newcomers, tokens, found, ended, max_new_tokens)
                if newcomers.rows and batch is not None:
                    batch.join(newcomers)
                elif newcomers.rows:
                    batch = newcomers
                continue
            assert batch is not None
            _take(batch, decoder.step(batch), found, ended, max_new_tokens)
            if not batch.rows:
                batch = None
    return found


def _arguments(model: Any) -> set[str]:
    """What the model is called with; an adapter passes everything on to its base."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return set(inspect.signature(base.forward).parameters)


class _Decoder:
    """The calls of the model."""

    def __init__(self, model: Any, prompts: Sequence[Sequence[int]], device: Any) -> None:
        self.model, self.prompts, self.device = model, prompts, device
        self.last_only = {"logits_to_keep": 1} if "logits_to_keep" in _arguments(model) else {}
        shared = _shared(prompts) if len(prompts) > 1 else 0
        self.shared = shared if shared >= SHORTEST_PREFIX else 0
        self.prefix: Any = None

    def read(self, numbers: Sequence[int]) -> tuple[_Batch, list[int]]:
        """The prompts `numbers` as a batch, and the first token of each continuation."""
        rest = [list(self.prompts[number][self.shared :]) for number in numbers]
        width = max(map(len, rest))
        ids = torch.zeros((len(rest), width), dtype=torch.long)
        mask = torch.zeros((len(rest), self.shared + width), dtype=torch.long)
        mask[:, : self.shared] = 1
        for place, row in enumerate(rest):
            ids[place, width - len(row) :] = torch.tensor(row)
            mask[place, self.shared + width - len(row) :] = 1
        mask = mask.to(self.device)
        cache = self._prefix_for(len(rest))
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, self.shared :]
        tokens = self._call(ids.to(self.device), mask, positions, cache)
        rows = [_Row(number, len(self.prompts[number])) for number in numbers]
        return _Batch(rows, cache, mask), tokens

    def step(self, batch: _Batch) -> list[int]:
        """The next token of each row."""
        last = torch.tensor([[row.produced[-1]] for row in batch.rows], device=self.device)
        positions = torch.tensor([[row.length - 1] for row in batch.rows], device=self.device)
        batch.mask = torch.cat([batch.mask, torch.ones_like(last)], dim=1)
        return self._call(last, batch.mask, positions, batch.cache)

    def _call(self, ids: Tensor, mask: Tensor, positions: Tensor, cache: Any) -> list[int]:
        answer = self.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            **self.last_only,
        )
        best, tokens = answer.logits[:, -1].max(dim=-1)  # (NaN is larger than all numbers)
        return tokens.masked_fill(~best.isfinite(), NO_NUMBER).tolist()

    def _prefix_for(self, rows: int) -> Any:
        """A cache of `rows` rows that holds what all prompts begin with."""
        cache = DynamicCache()
        if not self.shared:
            return cache
        if self.prefix is None:
            self.prefix = DynamicCache()
            ids = torch.tensor([list(self.prompts[0][: self.shared])], device=self.device)
            positions = torch.arange(self.shared, device=self.device)[None]
            self._call(ids, torch.ones_like(ids), positions, self.prefix)
        for number, layer in enumerate(self.prefix.layers):
            cache.update(layer.keys.expand(rows, -1, -1, -1), layer.values.expand(rows, -1, -1, -1), number)
        return cache


def _take(batch: _Batch, tokens: Sequence[int], found: list[list[int]], ended: Ended, most: int) -> None:
    """Append a token to each row; rows that have ended leave the batch with what they produced."""
    staying: list[int] = []
    for place, (row, token) in enumerate(zip(batch.rows, tokens, strict=True)):
        row.produced.append(token)
        row.length += 1
        if token == NO_NUMBER or len(row.produced) >= most or ended(row.produced):
            found[row.number] = row.produced
        else:
            staying.append(place)
    if len(staying) == len(batch.rows):
        return
    if staying:
        batch.keep(staying)
    else:
        batch.rows = []


def _shared(prompts: Sequence[Sequence[int]]) -> int:
    """How many ids all prompts begin with, short of a whole prompt."""
    rows = [tuple(prompt) for prompt in prompts]
    first, last = min(rows), max(rows)
    limit = min(map(len, prompts)) - 1
    count = 0
    while count < limit and first[count] == last[count]:
        count += 1
    return count


def _widened(tensor: Tensor, width: int, dimension: int) -> Tensor:
    """Zeros before it along a dimension, up to `width`."""
    missing = width - tensor.shape[dimension]
    if not missing:
        return tensor
    shape = list(tensor.shape)
    shape[dimension] = missing
    return torch.cat([tensor.new_zeros(shape), tensor], dim=dimension)
