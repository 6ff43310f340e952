"""Model folders with one thing wrong, for attack tests."""

# pyright: standard

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

UP, DOWN = "model.layers.0.mlp.up_proj.weight", "model.layers.1.mlp.down_proj.weight"


def copy(base: Path, out: Path) -> Path:
    shutil.copytree(base, out)
    return out


def with_tensors(base: Path, out: Path, change: Callable[[dict[str, torch.Tensor]], Any]) -> Path:
    """A copy whose weights went through `change`."""
    copy(base, out)
    for name in ("model.safetensors", "adapter_model.safetensors"):
        if (out / name).is_file():
            tensors = load_file(out / name)
            change(tensors)
            save_file(tensors, out / name, metadata={"format": "pt"})
    return out


def with_header(base: Path, out: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """A copy whose safetensors header went through `change`; the data stays."""
    copy(base, out)
    path = out / "model.safetensors"
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    changed = change(header)
    text = changed if isinstance(changed, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + size :])
    return out


def with_json(base: Path, out: Path, name: str, change: Callable[[dict[str, Any]], Any]) -> Path:
    """A copy in which a JSON file went through `change`."""
    copy(base, out)
    values = json.loads((out / name).read_text())
    change(values)
    (out / name).write_text(json.dumps(values))
    return out


def set_value(name: str, value: float) -> Callable[[dict[str, torch.Tensor]], Any]:
    """One value of a tensor replaced."""

    def change(tensors: dict[str, torch.Tensor]) -> None:
        tensors[name].view(-1)[-1] = value

    return change


def overlap(header: dict[str, Any]) -> None:
    """The last tensor of two of one size takes the place of the first."""
    first, second = (name for name in header if name.endswith("q_proj.weight"))
    header[second]["data_offsets"] = header[first]["data_offsets"]


def twice(header: dict[str, Any]) -> bytes:
    """The same tensor named twice in the header."""
    text = json.dumps(header)
    name = UP
    return (text[:-1] + f", {json.dumps(name)}: {json.dumps(header[name])}}}").encode()


TENSORS: dict[str, tuple[Callable[[dict[str, torch.Tensor]], Any], str]] = {
    "missing": (lambda t: t.pop(UP), f"missing: {UP}"),
    "missing norm": (lambda t: t.pop("model.norm.weight"), r"missing: model\.norm\.weight"),
    "missing embedding": (lambda t: t.pop("model.embed_tokens.weight"), "missing: .*embed_tokens"),
    "missing output layer": (lambda t: t.pop("lm_head.weight"), "missing: lm_head.weight"),
    "unexpected": (lambda t: t.update({"model.extra.weight": torch.zeros(3)}), r"unexpected: model\.extra\.weight"),
    "third layer": (
        lambda t: t.update({"model.layers.2.mlp.up_proj.weight": t[UP].clone()}),
        r"unexpected: model\.layers\.2",
    ),
    "misshapen": (lambda t: t.update({UP: t[UP].T.contiguous()}), f"misshapen: {UP}"),
    "renamed": (lambda t: t.update({"model.layers.0.mlp.up.weight": t.pop(UP)}), f"missing: {UP}; unexpected"),
    "nan": (set_value(DOWN, float("nan")), f"NaN or infinity.*{DOWN}|{DOWN}"),
    "infinite": (set_value("lm_head.weight", float("inf")), "lm_head.weight"),
    "minus infinite": (set_value("model.norm.weight", float("-inf")), "model.norm.weight"),
}
HEADERS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "overlap": (overlap, "overlaps|unnamed bytes"),
    "twice": (twice, f"{UP}: twice"),
    "wrong size": (lambda h: h[UP].update(shape=[1, 1]), f"{UP}: .* bytes for F32"),
    "negative": (lambda h: h[UP].update(shape=[-64, -32]), UP),
    "unknown type": (lambda h: h[UP].update(dtype="F31"), "F31"),
    "outside": (lambda h: h[DOWN].update(data_offsets=[0, 10**12]), "bytes for F32"),
    "not a table": (lambda _: b"[]", "no table"),
    "deep": (lambda _: b"[" * 100_000, "damaged"),
    "not utf-8": (lambda _: b"\xff\xfe{}", "damaged"),
}
