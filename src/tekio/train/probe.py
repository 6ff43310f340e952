"""Does the model keep packed texts apart? Measured on the model itself before every packed run.

A row of several texts with restarting `position_ids` and no attention mask must give each text the logits it has alone.
Attention models of `transformers` do (it builds a block-diagonal mask from the positions); linear-attention and
convolution layers carry state across the border and leak. Such a model is refused by name, not trained on mixed text.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch has no complete type information)

from __future__ import annotations

from typing import Any

from tekio.errors import TekioError, Text

LENGTHS = ((7, 12, 5), (9, 15))
TOLERANCE = 1e-3


def probe_packing(model: Any, *, vocabulary: int, device: str = "cpu") -> float:
    """Largest difference between logits in a packed row and alone, relative to the spread of the logits.

    Five short texts in two rows. Sound models stay below 1e-5 in fp32; a leak is orders of magnitude above.
    """
    import torch

    generator = torch.Generator().manual_seed(20240923)
    top = min(vocabulary, 1 << 30)
    texts = [[torch.randint(0, top, (size,), generator=generator) for size in row] for row in LENGTHS]
    width = max(sum(row) for row in LENGTHS)
    ids = torch.zeros((len(LENGTHS), width), dtype=torch.long)
    positions = torch.zeros_like(ids)
    for number, row in enumerate(texts):
        column = 0
        for item in [*row, torch.zeros(width - sum(len(t) for t in row), dtype=torch.long)]:
            ids[number, column : column + len(item)] = item
            positions[number, column : column + len(item)] = torch.arange(len(item))
            column += len(item)
    was_training = model.training
    model.eval()
    worst, spread = 0.0, 0.0
    try:
        with torch.inference_mode():
            packed = model(input_ids=ids.to(device), position_ids=positions.to(device), use_cache=False).logits.float()
            for number, row in enumerate(texts):
                column = 0
                for item in row:
                    alone = model(input_ids=item[None].to(device), use_cache=False).logits[0].float()
                    piece = packed[number, column : column + len(item)]
                    difference = float((piece - alone).abs().max())
                    worst = difference if difference != difference else max(worst, difference)  # NaN stays
                    if worst != worst:
                        return worst
                    spread = max(spread, float(alone.std()))
                    column += len(item)
    finally:
        model.train(was_training)
    return worst / max(spread, 1e-12)


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
            fix=Text("Set `packing: false`: one text a row.", "`packing: false`(1 行 1 文書)にしてください。"),
        )
    return error
