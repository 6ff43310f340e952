"""Does the model keep packed texts apart? Measured on the model itself before every packed run.

A row of several texts with restarting `position_ids` and no attention mask must give each text the logits it has alone.
Attention models of `transformers` do (it builds a block-diagonal mask from the positions); linear-attention and
convolution layers carry state across the border and leak. Such a model is refused by name, not trained on mixed text.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.small import SMALL_VOCABULARY, small_models

LENGTHS = ((7, 12, 5), (9, 15))
TOLERANCE = 1e-3
ROUNDED_TOLERANCE = 0.25
"""For weights in bf16, whose rounding alone moves logits by some hundredths of their spread; a leak is of the order 1."""
NOISE = 2.0
"""How much more than the model's own rounding the logits of packed texts may move, in bf16."""


@dataclass(frozen=True)
class Packed:
    """Logits of the probe's texts, each (tokens, vocabulary) in fp32: in packed rows, and (where asked for) alone."""

    together: list[Any]
    alone: list[Any]

    @property
    def spread(self) -> float:
        """Largest standard deviation of a text's logits alone."""
        return max([float(item.std()) for item in self.alone], default=0.0)

    def distance(self, other: Packed) -> float:
        """Largest difference between the texts alone here and packed in `other`, relative to the spread. NaN stays."""
        pairs = zip(self.alone, other.together, strict=True)
        found = [float((one - two).abs().max()) for one, two in pairs]
        worst = next((item for item in found if item != item), max(found))
        return worst / max(self.spread, 1e-12)


def probe_packing(model: Any, *, vocabulary: int, device: str = "cpu") -> float:
    """Largest difference between logits in a packed row and alone, relative to the spread of the logits.

    Five short texts in two rows. Sound models stay below 1e-5 in fp32; a leak is orders of magnitude above.
    """
    found = packed_logits(model, vocabulary=vocabulary, device=device)
    return found.distance(found)


def packed_logits(model: Any, *, vocabulary: int, device: str = "cpu", alone: bool = True) -> Packed:
    """The probe's texts through the model: two rows of several texts, and each text alone. The model stays as it was."""
    import torch

    texts = _texts(vocabulary)
    width = max(sum(row) for row in LENGTHS)
    ids = torch.zeros((len(LENGTHS), width), dtype=torch.long)
    positions = torch.zeros_like(ids)
    places: list[tuple[int, int, int]] = []
    for number, row in enumerate(texts):
        column = 0
        for item in row:
            places.append((number, column, column + len(item)))
            ids[number, column : column + len(item)] = item
            positions[number, column : column + len(item)] = torch.arange(len(item))
            column += len(item)
        positions[number, column:] = torch.arange(width - column)
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            rows = model(input_ids=ids.to(device), position_ids=positions.to(device), use_cache=False).logits.float()
            together = [rows[number, start:end] for number, start, end in places]
            apart = [item for row in texts for item in row] if alone else []
            single = [model(input_ids=item[None].to(device), use_cache=False).logits[0].float() for item in apart]
    finally:
        model.train(was_training)
    return Packed(together, single)


def _texts(vocabulary: int) -> list[list[Any]]:
    """Rows of texts of random tokens, always the same ones."""
    import torch

    generator = torch.Generator().manual_seed(20240923)
    top = min(vocabulary, 1 << 30)
    return [[torch.randint(0, top, (size,), generator=generator) for size in row] for row in LENGTHS]


def rounding_noise(model: Any, *, vocabulary: int, device: str = "cpu") -> float:
    """How far the logits of a text move, relative to their spread, when others *follow* it: by rounding alone.

    No token of a causal model sees what follows; but matrices of another shape are summed in another order.
    """
    import torch

    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            alone: list[Any] = []
            followed: list[Any] = []
            for row in _texts(vocabulary):
                for at, text in enumerate(row):
                    longer = torch.cat([text, *row[:at], *row[at + 1 :]])
                    alone.append(model(input_ids=text[None].to(device), use_cache=False).logits[0].float())
                    told = model(input_ids=longer[None].to(device), use_cache=False).logits[0].float()
                    followed.append(told[: len(text)])
    finally:
        model.train(was_training)
    found = Packed(followed, alone)
    return found.distance(found)


def require_safe_packing(model: Any, *, vocabulary: int, device: str = "cpu", tolerance: float = TOLERANCE) -> float:
    """The probe's error. Raises `TekioError` naming the model type when it is above `tolerance` (or not a number)."""
    error = probe_packing(model, vocabulary=vocabulary, device=device)
    if not error <= tolerance:
        kind = getattr(model.config, "model_type", type(model).__name__)
        raise TekioError(
            Text(
                f"Packed training would mix texts in a model of type {kind!r}.",
                f"モデル型 {kind!r} では、詰め込み学習で文書どうしが混ざります。",
            ),
            why=Text(
                f"A text's logits change by {error:.2g} (relative) when another stands before it in the row.",
                f"同じ行の前の文書によりロジットが {error:.2g}(相対)変わります。",
            ),
            fix=Text("Set `packing: false`: one text per row.", "`packing: false`(1 行 1 文書)にしてください。"),
        )
    return error


def require_safe_rounded(model: Any, *, vocabulary: int, device: str = "cpu") -> float:
    """Like `require_safe_packing` for a model held in bf16, where rounding would hide a small leak: the same kind of model,
    small and random, must be sound in fp32, and the model itself as far as bf16 can tell (`NOISE` times its own rounding).
    """
    if mixes_by_design(without_adapter(model).config):
        return require_safe_packing(model, vocabulary=vocabulary, device=device, tolerance=-1.0)
    noise = rounding_noise(model, vocabulary=vocabulary, device=device)
    tolerance = max(ROUNDED_TOLERANCE, NOISE * noise) if noise == noise else ROUNDED_TOLERANCE
    return require_safe_packing(model, vocabulary=vocabulary, device=device, tolerance=tolerance)


def without_adapter(model: Any) -> Any:
    """The model of `transformers` itself, where an adapter is around it."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def mixes_by_design(config: Any) -> bool:
    """Whether packed texts mix in models of this configuration, measured on a small random one; no weights are read.

    config: of `transformers`. Where none of that kind can be made small, what the class says of itself decides: models that
    carry state from token to token, or take no positions, mix.
    """
    import torch
    from transformers import AutoModelForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(20240923)
        for model in small_models(config):
            try:
                return not probe_packing(model, vocabulary=SMALL_VOCABULARY) <= TOLERANCE
            except Exception:  # noqa: BLE001, S112 (another way of making it small may give one that runs)
                continue
    with torch.device("meta"):
        whole = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    positions = "position_ids" in inspect.signature(whole.forward).parameters
    return bool(getattr(type(whole), "_is_stateful", False)) or not positions
