"""Model and adapter folders with one thing wrong: how a copy of a sound one is changed, and the words of the refusal."""

# pyright: standard

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import hostile as parts
from model.hostile import HEADERS, TENSORS
from model.test_weights import ADAPTERS, sharded


@dataclass(frozen=True)
class HostileModel:
    """make: takes the sound folder and the place of the copy. words: a pattern. base: the sound folder is a `model` or an `adapter`."""

    make: Callable[[Path, Path], Any]
    words: str
    base: str = "model"


def file(name: str, content: bytes) -> Callable[[Path, Path], Any]:
    """A copy in which a file holds something else."""

    def make(base: Path, out: Path) -> None:
        parts.copy(base, out)
        (out / name).write_bytes(content)

    return make


def without(name: str) -> Callable[[Path, Path], Any]:
    def make(base: Path, out: Path) -> None:
        parts.copy(base, out)
        (out / name).unlink()

    return make


def settings(name: str, **values: Any) -> Callable[[Path, Path], Any]:
    """A copy with other values in a JSON file."""
    return lambda base, out: parts.with_json(base, out, name, lambda found: found.update(values))


class Evil:
    """What unpickling would run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("unpickled",))


def pickled(base: Path, out: Path) -> None:
    """Weights as a pickle instead of safetensors."""
    parts.copy(base, out)
    (out / "model.safetensors").unlink()
    (out / "pytorch_model.bin").write_bytes(pickle.dumps(Evil()))


def huge_header(base: Path, out: Path) -> None:
    """A header that says it is 2^60 bytes long."""
    parts.copy(base, out)
    path = out / "model.safetensors"
    path.write_bytes((1 << 60).to_bytes(8, "little") + path.read_bytes()[8:])


def more_ids_than_rows(base: Path, out: Path) -> None:
    """A token that no row of the embedding stands for."""

    def change(values: dict[str, Any]) -> None:
        token = {"id": 90_000, "content": "日本銀行券", "single_word": False, "lstrip": False, "rstrip": False}
        values["added_tokens"].append(token | {"normalized": False, "special": False})

    parts.with_json(base, out, "tokenizer.json", change)


def own_code(base: Path, out: Path) -> None:
    """A tokenizer that is a program."""
    parts.copy(base, out)
    path = out / "tokenizer_config.json"
    values = json.loads(path.read_text())
    values |= {"auto_map": {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}, "tokenizer_class": "Evil"}
    path.write_text(json.dumps(values))
    (out / "evil.py").write_text("raise SystemExit(3)\n")


def named_elsewhere(base: Path, out: Path) -> None:
    """An index that names a file outside of the folder."""
    sharded(base, out)
    path = out / "model.safetensors.index.json"
    values = json.loads(path.read_text())
    values["weight_map"] = dict.fromkeys(values["weight_map"], "../../../etc/passwd")
    path.write_text(json.dumps(values))


def with_index(index: Any) -> Callable[[Path, Path], Any]:
    """Weights in shards whose index holds something else."""

    def make(base: Path, out: Path) -> None:
        sharded(base, out)
        (out / "model.safetensors.index.json").write_text(json.dumps(index))

    return make


def _tensors(change: Any) -> Callable[[Path, Path], Any]:
    return lambda base, out: parts.with_tensors(base, out, change)


def _header(change: Any) -> Callable[[Path, Path], Any]:
    return lambda base, out: parts.with_header(base, out, change)


MODELS: dict[str, HostileModel] = {
    **{f"tensor {name}": HostileModel(_tensors(change), words) for name, (change, words) in TENSORS.items()},
    **{f"header {name}": HostileModel(_header(change), words) for name, (change, words) in HEADERS.items()},
    **{
        f"adapter {name}": HostileModel(_tensors(change), words, "adapter")
        for name, (change, words) in ADAPTERS.items()
    },
    "pickle": HostileModel(pickled, "safetensors"),
    "header of 2^60 bytes": HostileModel(huge_header, "damaged"),
    "no weights": HostileModel(without("model.safetensors"), "safetensors"),
    "cut weights": HostileModel(file("model.safetensors", b"\0" * 6), "damaged"),
    "shards outside": HostileModel(named_elsewhere, "weight file is missing.*etc/passwd"),
    "index a list": HostileModel(with_index([]), "model.safetensors.index.json"),
    "index without a map": HostileModel(with_index({"weight_map": 5}), "model.safetensors.index.json"),
    "index of numbers": HostileModel(with_index({"weight_map": {"a": 5}}), "weight file is missing"),
    "no configuration": HostileModel(without("config.json"), "config.json"),
    "configuration no JSON": HostileModel(file("config.json", b"{"), "config.json"),
    "configuration a list": HostileModel(file("config.json", b"[]"), "config.json"),
    "configuration of unknown kind": HostileModel(settings("config.json", model_type="evil"), "evil|config.json"),
    "configuration with more layers": HostileModel(settings("config.json", num_hidden_layers=3), "missing: .*layers.2"),
    "configuration with fewer layers": HostileModel(
        settings("config.json", num_hidden_layers=1), "unexpected: .*layers.1"
    ),
    "configuration with other width": HostileModel(settings("config.json", hidden_size=64), "misshapen"),
    "more ids than rows": HostileModel(more_ids_than_rows, "日本銀行券"),
    "empty tokenizer": HostileModel(file("tokenizer.json", b""), "tokenizer"),
    "tokenizer no JSON": HostileModel(file("tokenizer.json", b"\xff"), "tokenizer"),
    "tokenizer of unknown kind": HostileModel(file("tokenizer.json", b'{"model": {"type": "Evil"}}'), "tokenizer"),
    "tokenizer of deep JSON": HostileModel(file("tokenizer.json", b"[" * 100_000), "tokenizer"),
    "tokenizer is a program": HostileModel(own_code, "tokenizer|code"),
    "adapter no configuration": HostileModel(
        without("adapter_config.json"), "adapter_config.json|config.json", "adapter"
    ),
    "adapter configuration no JSON": HostileModel(file("adapter_config.json", b"{"), "adapter_config.json", "adapter"),
    "adapter base gone": HostileModel(
        settings("adapter_config.json", base_model_name_or_path="../nowhere"), "nowhere", "adapter"
    ),
    "adapter of other rank": HostileModel(settings("adapter_config.json", r=8), "does not fit|misshapen", "adapter"),
    "adapter without targets": HostileModel(
        settings("adapter_config.json", target_modules=["evil_proj"]), "evil_proj|unexpected|missing", "adapter"
    ),
    "adapter of unknown kind": HostileModel(
        settings("adapter_config.json", peft_type="EVIL"), "EVIL|adapter", "adapter"
    ),
    "adapter pickle": HostileModel(
        lambda base, out: (
            without("adapter_model.safetensors")(base, out),
            (out / "adapter_model.bin").write_bytes(pickle.dumps(Evil())),
        ),
        "safetensors",
        "adapter",
    ),
}
