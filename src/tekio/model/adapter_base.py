"""Which base an adapter was trained on, written beside it and asked again before it is put on one.

An adapter is a difference to one base. On another one of the same shape it loads without a word and means nothing: the
base before and after continual pre-training is the usual pair. The name in `adapter_config.json` is a path, and a path
can come to hold another model.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tekio.artifacts.model import read_artifact, write_artifact
from tekio.artifacts.training import AdapterBase
from tekio.errors import TekioError, Text
from tekio.model.weights import DERIVED, tensor_places, weight_files
from tekio.progress import remark

BASE_FILE = "trained_on.json"
PROBED = 1024
"""Bytes read at each end of a tensor: a moment for any model, and training moves every matrix."""


def write_adapter_base(adapter: Path, base: Path) -> None:
    """Record in the folder `adapter` that it was trained on `base`; the same bytes wherever the two lie."""
    kinds, digest = base_identity(base)
    write_artifact(adapter / BASE_FILE, AdapterBase(kinds=kinds, sha256=digest))


def require_same_base(adapter: Path, base: Path) -> None:
    """Raise `TekioError` if `adapter` was trained on another model than `base`. Where `base` is stored in another type of
    numbers than then, this cannot be told, and a remark says so. Adapters without a record (of others) pass.
    """
    file = adapter / BASE_FILE
    if not file.is_file() or not any(base.glob("*.safetensors")):
        return
    recorded = read_artifact(AdapterBase, file)
    kinds, digest = base_identity(base)
    if digest == recorded.sha256:
        return
    if kinds != recorded.kinds:
        remark(
            "adapter",
            Text(
                f"its base {base} holds {', '.join(kinds)}, it was trained on {', '.join(recorded.kinds)}: whether it is the "
                "same model was not checked",
                f"基盤モデル {base} は {'、'.join(kinds)}、学習時は {'、'.join(recorded.kinds)} のため、同じモデルかどうかは"
                "確認していません",
            ),
        )
        return
    raise TekioError(
        Text("The adapter was trained on another base model.", "別の基盤モデルで学習されたアダプタです。"),
        where=adapter,
        why=Text(
            f"the weights of {base} are not those it was trained on",
            f"{base} の重みは、学習に使われたものと異なります",
        ),
        fix=Text(
            "Name the base it was trained on in adapter_config.json (base_model_name_or_path, relative to the adapter), or "
            "train an adapter on this one.",
            "adapter_config.json の base_model_name_or_path（アダプタからの相対）に学習時の基盤モデルを指定するか、"
            "このモデルで学習し直してください。",
        ),
    )


def base_identity(folder: Path) -> tuple[list[str], str]:
    """The types of a model's numbers and a SHA-256 over name, shape and both ends of every tensor, however the tensors are
    parted into files.
    """
    found = [(name, path, place) for path in weight_files(folder) for name, place in tensor_places(path).items()]
    digest = hashlib.sha256()
    kinds: set[str] = set()
    for name, path, place in sorted(found, key=lambda item: item[0]):
        if DERIVED.search(name):
            continue
        kinds.add(place.tensor.kind)
        digest.update(f"{name}\x1f{place.tensor.kind}\x1f{place.tensor.shape}\x1f".encode("utf-8", "surrogatepass"))
        with path.open("rb") as file:
            for start in (place.start, max(place.start, place.end - PROBED)):
                file.seek(start)
                digest.update(file.read(min(PROBED, place.end - start)))
    return sorted(kinds), digest.hexdigest()
