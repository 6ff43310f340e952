"""Attention inside each text of a packed row, computed text by text instead of under a mask.

`transformers`' sdpa path builds a block-diagonal mask for a packed row and computes all of its places; most of them are
masked out. A variable-length kernel computes only what stands inside a text. Which one is used is chosen here and must
pass the probe on the loaded model (`choose_attention`); sdpa with its mask is always there as the last choice.

- `varlen` on a CPU: torch's own flash kernel, called once a text (as one custom operator, so that torch.compile keeps it
  in the graph); on a GPU `torch.nn.attention.varlen`.
- `flash_attention_2`, `flex_attention`: `transformers`' own, which find the borders of texts from `position_ids` too.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportUnknownParameterType=false
# (torch and transformers have no complete type information)

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from tekio.errors import TekioError, Text
from tekio.train.packing_probe import (
    TOLERANCE,
    Packed,
    packed_logits,
    require_safe_packing,
    require_safe_rounded,
    without_adapter,
)

VARLEN = "tekio_varlen"
MASK = "mask"
"""The model's own attention (sdpa, or eager where it has no other) under a mask."""
NAMES = {"varlen": VARLEN, "flash": "flash_attention_2", "flex": "flex_attention"}
ORDER = {"cpu": ("varlen", MASK), "cuda": ("flash", "varlen", "flex", MASK)}
NOISE = 2.0
"""A kernel in bf16 may be so many times as far from fp32 as sdpa in bf16 is."""


@dataclass(frozen=True)
class Choice:
    """name: as in the recipe. error: of the packing probe with it, relative. refused: candidate -> why it is not used.

    own: what `transformers` calls the attention the model had before.
    """

    name: str
    error: float
    refused: dict[str, str]
    own: str


def choose_attention(
    model: Any, wanted: str, *, width: int, vocabulary: int, device: str = "cpu", bf16: bool = False
) -> Choice:
    """Put the first attention that passes the probe into the model and say which it is.

    wanted: `auto`, or one of `NAMES`, which is then used or refused with `TekioError`. width: tokens a row. bf16: the
    forward pass runs in bf16 autocast. Raises `TekioError` naming the model type when texts of a row mix with sdpa.
    """
    import torch

    own = str(without_adapter(model).config._attn_implementation)
    rounded = model.get_input_embeddings().weight.dtype == torch.bfloat16
    require = require_safe_rounded if rounded else require_safe_packing
    sound = require(model, vocabulary=vocabulary, device=device)
    reference = packed_logits(model, vocabulary=vocabulary, device=device)
    kind = device.split(":")[0]
    refused: dict[str, str] = {}
    for name in ORDER.get(kind, (MASK,)) if wanted == "auto" else (wanted,):
        if name == MASK:
            return Choice(name, sound, refused, own)
        problem = obstacle(model, name, width=width, kind=kind, bf16=bf16)
        if problem is None:
            try:
                error, allowed = _probe(model, name, own, reference, vocabulary=vocabulary, device=device, bf16=bf16)
                if error <= allowed:
                    return Choice(name, max(sound, error), refused, own)
                problem = f"logits differ by {error:.2g} (allowed {allowed:.2g})"
            except (RuntimeError, ValueError, ImportError, NotImplementedError) as failed:
                problem = (str(failed).strip() or type(failed).__name__).splitlines()[0]
            set_attention(model, own)
        refused[name] = problem
    raise TekioError(
        Text(f"Attention `{wanted}` cannot be used here.", f"attention `{wanted}` は使えません。"),
        where="attention",
        why=refused[wanted],
        fix=Text("Use `attention: auto`.", "`attention: auto` にしてください。"),
    )


def set_attention(model: Any, name: str) -> None:
    """Switch the model's attention to one of `NAMES`, or to what `transformers` calls `name`."""
    if name == "varlen":
        register_varlen()
    inner = without_adapter(model)
    wanted = NAMES.get(name, name)
    if inner.config._attn_implementation != wanted:
        inner.set_attn_implementation(wanted)


def obstacle(model: Any, name: str, *, width: int, kind: str, bf16: bool) -> str | None:
    """Why candidate `name` cannot be tried on this model and device, or None."""
    config = model.config.get_text_config()
    if name == "flash" and importlib.util.find_spec("flash_attn") is None:
        return "the package flash-attn is not installed"
    if name in ("flash", "varlen") and kind == "cuda" and not bf16:
        return "the kernel takes bf16 only"
    if name == "flex" and kind == "cpu":
        return "torch has no backward pass for it on a CPU"
    if name == "varlen":
        if kind == "cuda" and importlib.util.find_spec("torch.nn.attention.varlen") is None:
            return "this torch has no variable-length kernel"
        window = getattr(config, "sliding_window", None)
        if window is not None and int(window) < width and getattr(config, "use_sliding_window", True):
            return f"sliding window of {window} tokens"
        for key in ("attention_dropout", "attn_pdrop", "attn_logit_softcapping"):
            if getattr(config, key, None):
                return f"{key} {getattr(config, key)}"
    return None


def _probe(
    model: Any, name: str, own: str, reference: Packed, *, vocabulary: int, device: str, bf16: bool
) -> tuple[float, float]:
    """How far the candidate's logits are from the own attention's in fp32, by their spread, and how far they may be."""
    import torch

    kind = device.split(":")[0]

    def measured(attention: str) -> float:
        set_attention(model, attention)
        with torch.autocast(kind, torch.bfloat16) if bf16 else nullcontext():
            found = packed_logits(model, vocabulary=vocabulary, device=device, alone=False)
        return reference.distance(found)

    allowed = max(TOLERANCE, NOISE * measured(own)) if bf16 else TOLERANCE
    return measured(name), allowed


@lru_cache(maxsize=1)
def register_varlen() -> None:
    """Make the variable-length attention known to torch and transformers (no mask is then built)."""
    import torch
    from transformers import AttentionInterface

    # The number of texts is only known on the way, which a compiled graph cannot hold; it breaks at this call.
    kernels = {"cpu": _cpu_operator(), "cuda": torch.compiler.disable(_on_gpu)}
    AttentionInterface.register(VARLEN, partial(_attend, kernels))


def _attend(
    kernels: Mapping[str, Any],
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    dropout: float = 0.0,
    scaling: float | None = None,
    position_ids: Any = None,
    **_: Any,
) -> tuple[Any, None]:
    """`transformers`' attention interface, given a kernel by kind of device. Without `position_ids` a row is one text."""
    import torch

    del module
    if attention_mask is not None or dropout:
        raise NotImplementedError("variable-length attention takes neither masks nor dropout")
    kind = query.device.type
    if torch.is_autocast_enabled(kind):
        # A CPU's kernel is a quarter faster in fp32 than in bf16 (docs/performance.md), and exact.
        dtype = torch.float32 if kind == "cpu" else torch.get_autocast_dtype(kind)
        query, key, value = (item.to(dtype) for item in (query, key, value))
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = (item.repeat_interleave(groups, dim=1) for item in (key, value))
    rows, width = query.shape[0], query.shape[2]
    if position_ids is None:
        position_ids = torch.arange(width, device=query.device)[None]
    positions = position_ids.expand(rows, width)
    scale = query.shape[-1] ** -0.5 if scaling is None else float(scaling)
    return kernels["cuda" if kind == "cuda" else "cpu"](query, key, value, positions, scale), None


def _cpu_operator() -> Any:
    """torch's flash kernel called once a text, as one operator with its gradient, so that a compiled graph can hold it.

    It takes (rows, heads, width, size) each and gives (rows, width, heads, size).
    """
    import torch

    forward: Any = torch.library.custom_op(
        "tekio::varlen",
        _texts_forward,
        mutates_args=(),
        schema="(Tensor query, Tensor key, Tensor value, Tensor positions, float scale) -> (Tensor, Tensor)",
    )
    backward: Any = torch.library.custom_op(
        "tekio::varlen_backward",
        _texts_backward,
        mutates_args=(),
        schema="(Tensor gradient, Tensor query, Tensor key, Tensor value, Tensor out, Tensor sums, Tensor positions, "
        "float scale) -> (Tensor, Tensor, Tensor)",
    )

    def fake_forward(query: Any, key: Any, value: Any, positions: Any, scale: float) -> tuple[Any, Any]:
        del key, value, positions, scale
        return torch.empty_like(query), query.new_empty(query.shape[:3], dtype=torch.float32)

    def fake_backward(gradient: Any, query: Any, key: Any, value: Any, *rest: Any) -> tuple[Any, Any, Any]:
        del gradient, rest
        return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)

    def keep(ctx: Any, inputs: Any, output: Any) -> None:
        query, key, value, positions, ctx.scale = inputs
        ctx.save_for_backward(query, key, value, *output, positions)

    def differentiate(ctx: Any, gradient: Any, _: Any) -> tuple[Any, ...]:
        query, key, value, out, sums, positions = ctx.saved_tensors
        return (*backward(gradient, query, key, value, out, sums, positions, ctx.scale), None, None)

    forward.register_fake(fake_forward)
    backward.register_fake(fake_backward)
    forward.register_autograd(differentiate, setup_context=keep)

    def operator(query: Any, key: Any, value: Any, positions: Any, scale: float) -> Any:
        return forward(query, key, value, positions, scale)[0].transpose(1, 2)

    return operator


def _texts_forward(query: Any, key: Any, value: Any, positions: Any, scale: float) -> tuple[Any, Any]:
    """The output and the logarithm of the softmax' sums, text by text."""
    import torch

    aten: Any = torch.ops.aten
    out = torch.empty_like(query)
    sums = query.new_empty(query.shape[:3], dtype=torch.float32)
    for row, start, end in spans(positions):
        place = (slice(row, row + 1), slice(None), slice(start, end))
        out[place], sums[place] = aten._scaled_dot_product_flash_attention_for_cpu(
            query[place], key[place], value[place], 0.0, True, scale=scale
        )
    return out, sums


def _texts_backward(
    gradient: Any, query: Any, key: Any, value: Any, out: Any, sums: Any, positions: Any, scale: float
) -> tuple[Any, Any, Any]:
    """The gradients of query, key and value, text by text."""
    import torch

    aten: Any = torch.ops.aten
    found = torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)
    for row, start, end in spans(positions):
        place = (slice(row, row + 1), slice(None), slice(start, end))
        parts = aten._scaled_dot_product_flash_attention_for_cpu_backward(
            *(item[place] for item in (gradient, query, key, value, out, sums)), 0.0, True, scale=scale
        )
        for whole, part in zip(found, parts, strict=True):
            whole[place] = part
    return found


def spans(positions: Any) -> Iterator[tuple[int, int, int]]:
    """(row, start, end) of the texts of packed rows, from positions (rows, width) that restart at each text."""
    width = int(positions.shape[1])
    starts: list[list[int]] = (positions == 0).nonzero().tolist()
    if not starts or any(starts[0]):
        starts.insert(0, [0, 0])
    for number, (row, start) in enumerate(starts):
        following = starts[number + 1] if number + 1 < len(starts) else [row + 1, 0]
        yield row, start, following[1] if following[0] == row else width


def _on_gpu(query: Any, key: Any, value: Any, positions: Any, scale: float) -> Any:
    """All texts of all rows as one list of lengths, through torch's variable-length kernel."""
    import torch
    from torch.nn.attention.varlen import varlen_attn

    rows, heads, width, size = query.shape
    starts = (positions.reshape(-1) == 0).nonzero().squeeze(1).to(torch.int32)
    borders = torch.cat([starts, starts.new_tensor([rows * width])])
    flat = [item.transpose(1, 2).reshape(rows * width, heads, size) for item in (query, key, value)]
    # The longest text bounds the kernel's grid only; a whole row is always enough and needs no word from the device.
    kernel: Any = varlen_attn
    found = kernel(*flat, borders, borders, width, width, window_size=(-1, 0), scale=scale)
    return found.reshape(rows, width, heads, size)
