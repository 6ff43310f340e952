"""What the weight files of a model or an adapter hold, and whether that is the model.

The safetensors format (https://huggingface.co/docs/safetensors): 8 bytes with the header's length, a JSON header
(tensor -> type, shape, place in the file), the data. The header is read here by itself, so that a damaged or foreign file
is refused by the tensor's name, and so that `tekio doctor` need not load a model to know.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch, transformers and safetensors have no complete type information)

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import Message, TekioError, Text
from tekio.model.causal import require_causal_folder
from tekio.store import read_json, read_json_object

SINGLE_FILE = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"
MAX_HEADER = 100_000_000
"""Bytes of a header; the library's own limit."""
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32,
    "U64": 64, "I64": 64, "F64": 64, "C64": 64,
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
DERIVED = re.compile(
    r"(^|\.)(rotary_emb\.inv_freq|(attn|attention|self_attn|self_attention)\.(bias|masked_bias)"
    r"|position_ids|embed_positions\._float_tensor)$"
)
"""Buffers of older checkpoints (causal masks, frequencies, positions) that hold nothing learned and are computed today."""
SHOWN = 5


@dataclass(frozen=True)
class Tensor:
    """One entry of a safetensors header."""

    kind: str
    shape: tuple[int, ...]
    file: str


@dataclass(frozen=True)
class Place:
    """A tensor and where its data stands in its file (bytes)."""

    tensor: Tensor
    start: int
    end: int


def _damaged(where: Path, why: Message) -> TekioError:
    return TekioError(
        Text("The weight file is damaged; the model cannot be loaded.", "重みのファイルが壊れており、読めません。"),
        where=where,
        why=why,
        fix=Text("Get the file again and compare its SHA-256.", "入手し直し、SHA-256 を照合してください。"),
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)}: twice")
    return found


def read_header(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file by name. Raises `TekioError` as `tensor_places` does."""
    return {name: place.tensor for name, place in tensor_places(path).items()}


def tensor_places(path: Path) -> dict[str, Place]:
    """The tensors of a safetensors file by name, and where their data stands.

    Raises `TekioError` that names the tensor when tensors overlap, leave holes, lie outside the file, or have a size that
    is not that of their type and shape.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(MAX_HEADER, size - 8):
                raise ValueError(f"header of {length} bytes in a file of {size}")
            header: object = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_unique)
        if not isinstance(header, dict):
            raise TypeError("no table of tensors")
        entries = sorted(_entries(cast("dict[str, Any]", header), path.name), key=lambda item: item[2:])
        position, before = 0, ""
        for name, tensor, start, end in entries:
            bits = math.prod(tensor.shape) * BITS[tensor.kind]
            if bits != 8 * (end - start):
                raise ValueError(f"{name}: {end - start} bytes for {tensor.kind} {list(tensor.shape)}")
            if start != position:
                raise ValueError(
                    f"{name} overlaps {before}"
                    if start < position
                    else f"{start - position} unnamed bytes before {name}"
                )
            position, before = end, name
        if position != size - 8 - length:
            raise ValueError(f"the data has {size - 8 - length} bytes, the tensors {position}")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _damaged(
            path, f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)
        ) from error
    return {name: Place(tensor, 8 + length + start, 8 + length + end) for name, tensor, start, end in entries}


def _entries(header: dict[str, Any], file: str) -> Iterator[tuple[str, Tensor, int, int]]:
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = (int(item) for item in entry["data_offsets"])
        shape = tuple(int(item) for item in entry["shape"])
        if not 0 <= start <= end or any(item < 0 for item in shape):
            raise ValueError(f"{name}: impossible place or shape")
        yield name, Tensor(str(entry["dtype"]), shape, file), start, end


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model folder. Raises `TekioError` when one is missing or it is not clear which count."""
    index, single = folder / WEIGHTS_INDEX, folder / SINGLE_FILE
    if not index.is_file():
        return [single]
    names = sorted(set(_weight_map(index).values()))
    for name in names:
        if Path(name).name != name or not (folder / name).is_file():
            raise TekioError(Text("A weight file is missing.", "重みのファイルがありません。"), where=folder / name)
    if single.is_file() and SINGLE_FILE not in names:
        raise TekioError(
            Text("The folder holds two sets of weights.", "重みが二組あります。"),
            where=folder,
            why=f"{SINGLE_FILE}, {WEIGHTS_INDEX}",
            fix=Text("Remove the one that is not the model's.", "モデルのものでない方を取り除いてください。"),
        )
    return [folder / name for name in names]


def read_headers(folder: Path) -> dict[str, Tensor]:
    """The tensors of all weight files of a model folder.

    Raises `TekioError` when a file is damaged, a tensor stands in two files, or files and index disagree.
    """
    found: dict[str, Tensor] = {}
    for path in weight_files(folder):
        for name, tensor in read_header(path).items():
            if name in found:
                raise _damaged(path, f"{name} also in {found[name].file}")
            found[name] = tensor
    index = folder / WEIGHTS_INDEX
    if index.is_file():
        listed = _weight_map(index)
        wrong = sorted(name for name in {*listed, *found} if name not in found or listed.get(name) != found[name].file)
        if wrong:
            raise _damaged(index, f"not where the index says: {_names(wrong)}")
    return found


def _weight_map(index: Path) -> dict[str, str]:
    """Tensor -> weight file. Raises `TekioError` for an index that holds no such table."""
    values: object = read_json(index)
    table = cast("dict[str, object]", values).get("weight_map") if isinstance(values, dict) else None
    if not isinstance(table, dict):
        raise _damaged(index, "no weight_map")
    return {name: str(file) for name, file in cast("dict[str, object]", table).items()}


def _names(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = f" … (+{len(listed) - SHOWN})" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more


SIZES = {
    "vocabulary": ("vocab_size",),
    "width": ("hidden_size", "n_embd", "d_model"),
    "inner": ("intermediate_size", "n_inner", "ffn_dim"),
    "layers": ("num_hidden_layers", "n_layer", "num_layers"),
}


def require_sizes(folder: Path, stored: Mapping[str, Tensor]) -> None:
    """Raise `TekioError` when config.json tells of a model far larger than the files: libraries would first make room for it."""
    config = read_json_object(folder / "config.json")
    inner: object = config.get("text_config")
    held = sum(math.prod(tensor.shape) for tensor in stored.values())
    for part in (config, cast("dict[str, object]", inner) if isinstance(inner, dict) else {}):
        told = {name: next((part[key] for key in keys if key in part), None) for name, keys in SIZES.items()}
        size = {name: value if type(value) is int else 0 for name, value in told.items()}
        asked = size["width"] * max(size["vocabulary"], size["inner"])
        if asked > 2 * held or size["layers"] > 100 * len(stored):
            numbers = {key: part[key] for keys in SIZES.values() for key in keys if key in part}
            listed = ", ".join(f"{key} {value}" for key, value in numbers.items())
            raise _not_of_this_model(folder, f"config.json: {listed}; the files hold {held:,} values")


def require_all_tensors(
    missing: Iterable[str],
    unexpected: Iterable[str],
    misshapen: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]],
    where: Path,
) -> None:
    """Raise `TekioError` that names tensors the model needs and the files lack, hold beyond it, or hold in another shape.

    misshapen: name -> (shape in the file, shape in the model). Computed buffers of older checkpoints are no surprise.
    """
    why: list[str] = []
    if missing := sorted(missing):
        why.append(f"missing: {_names(missing)}")
    if unexpected := sorted(name for name in unexpected if not DERIVED.search(name)):
        why.append(f"unexpected: {_names(unexpected)}")
    if misshapen:
        shapes = [f"{name} {list(one)} (model: {list(two)})" for name, (one, two) in sorted(misshapen.items())]
        why.append(f"misshapen: {_names(shapes)}")
    if why:
        raise _not_of_this_model(where, "; ".join(why))


def _not_of_this_model(where: Path, why: str) -> TekioError:
    return TekioError(
        Text("The weights are not those of this model.", "重みがこのモデルのものではありません。"),
        where=where,
        why=why,
        fix=Text(
            "Nothing is filled in or left out: get the files again, or the config.json they belong to.",
            "補完も無視もしません。ファイルを入手し直すか、対応する config.json を使ってください。",
        ),
    )


def require_loaded(info: Mapping[str, Any], where: Path) -> None:
    """`require_all_tensors` for what transformers says of a loading (`output_loading_info`; tied weights are not missing)."""
    misshapen = {str(name): (tuple(one), tuple(two)) for name, one, two in info["mismatched_keys"]}
    require_all_tensors(info["missing_keys"], info["unexpected_keys"], misshapen, where)


def require_finite(tensors: Iterable[tuple[str, Any]], where: Path) -> None:
    """Raise `TekioError` that names the first tensors that hold NaN or infinity."""
    import torch

    wrong: list[str] = []
    for name, item in tensors:
        if item.is_floating_point() and item.device.type != "meta":
            values = item.detach()
            plain = values if values.element_size() > 1 else values.float()
            # Least and greatest are NaN if any value is; one pass, no copy.
            if plain.numel() and not all(math.isfinite(float(edge)) for edge in torch.aminmax(plain)):
                wrong.append(name)
    if wrong:
        raise TekioError(
            Text("The weights hold NaN or infinity.", "重みに NaN か無限大があります。"),
            where=where,
            why=_names(wrong),
            fix=Text(
                "The file is damaged, the training diverged, or the precision is too small (--dtype fp32).",
                "破損か学習の発散、または精度不足です(--dtype fp32)。",
            ),
        )


def stored_tensors(folder: Path) -> Iterator[tuple[str, Any]]:
    """Every tensor of a model folder by name, one at a time, as stored."""
    from safetensors import safe_open

    for path in weight_files(folder):
        with safe_open(str(path), framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 (not a dictionary)
                yield name, file.get_tensor(name)


def check_weights(folder: Path) -> Any:
    """Everything that can be wrong with a model folder's weights, without a whole model in memory (for `tekio doctor`).

    Reads every weight file once, tensor by tensor, and builds the model without storage. Returns that model, on the
    meta device. Raises `TekioError`.
    """
    from transformers import AutoModelForCausalLM

    require_sizes(folder, read_headers(folder))
    require_causal_folder(folder)
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            device_map="meta",
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
    except Exception as error:
        raise TekioError(
            Text("The model cannot be loaded.", "モデルを読めません。"),
            where=folder,
            why=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
        ) from error
    model, info = loaded
    require_loaded(info, folder)
    require_finite(stored_tensors(folder), folder)
    return model
