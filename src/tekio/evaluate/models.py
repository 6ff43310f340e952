"""Which models are compared: folders and endpoints, each under a label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import Text, UsageError
from tekio.recipe.section import plain_name
from tekio.store import read_json, sha256_json

_LABELLED = re.compile(r"([^=/]+)=(.+)", re.DOTALL)
_ADDRESS = re.compile(r"https?://")


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible server, by the address its `/chat/completions` lies below, and perhaps one of its models."""

    url: str
    model: str = ""

    @property
    def name(self) -> str:
        """The address as results show it."""
        return f"{self.url}#{self.model}" if self.model else self.url

    @property
    def sha256(self) -> str:
        """An identity for the stage's key: the address. What a server answers cannot be hashed beforehand."""
        return sha256_json({"endpoint": self.url} | ({"model": self.model} if self.model else {}))

    @classmethod
    def named(cls, address: str) -> Endpoint:
        """`http://HOST:PORT/v1`, or with `#NAME` behind it the model of that name."""
        url, _, model = address.partition("#")
        return cls(url.rstrip("/"), model)


Model = Path | Endpoint
ADAPTER_CONFIG = "adapter_config.json"


def adapter_base(path: Model) -> Path | None:
    """The base model folder an adapter folder names, if `path` is one and its base is there."""
    if isinstance(path, Endpoint):
        return None
    file = path / ADAPTER_CONFIG
    if not file.is_file():
        return None
    written = cast("dict[str, Any]", read_json(file)).get("base_model_name_or_path")
    base = (path / str(written)).resolve()
    return base if written and base.is_dir() else None


def named_models(words: Sequence[str]) -> dict[str, Model]:
    """Models of the command line: `LABEL=MODEL`, or MODEL labelled by its folder's name (or `endpoint`).

    Raises `UsageError` for a duplicate label or is no name, or a folder that is not there.
    """
    models: dict[str, Model] = {}
    for word in words:
        label, place = split_label(word)
        model: Model = Endpoint.named(place) if _ADDRESS.match(place) else Path(place).expanduser().resolve()
        if isinstance(model, Path) and not model.is_dir():
            raise UsageError(
                Text("There is no such model folder.", "モデルのフォルダがありません。"),
                where=place,
                fix=Text(
                    "Give a folder in Hugging Face or PEFT layout.",
                    "Hugging Face か PEFT 形式のフォルダを指定してください。",
                ),
            )
        label = label_named(label or _own_label(model))
        if label in models:
            raise UsageError(
                Text(f"Two models are called {label!r}.", f"{label!r} という名前のモデルが 2 つあります。"),
                fix=Text("Name them: LABEL=MODEL.", "名前=モデル で名付けてください。"),
            )
        models[label] = model
    return models


def label_named(label: str) -> str:
    """`label`, if it is a plain name. Raises `UsageError`."""
    try:
        return plain_name(label)
    except ValueError as error:
        raise UsageError(
            Text("This label cannot be used.", "この呼び名は使えません。"), where=label, why=str(error)
        ) from error


def split_label(word: str) -> tuple[str | None, str]:
    """`LABEL=MODEL` in its parts; the label is None if there is none."""
    found = _LABELLED.fullmatch(word)
    return (found[1], found[2]) if found and not _ADDRESS.match(word) else (None, word)


def _own_label(model: Model) -> str:
    if isinstance(model, Endpoint):
        return "endpoint"
    # A stage's model lies in `pretrain/model`, `tune/adapter`: the stage's name says more.
    name = model.parent.name if model.name in ("model", "adapter") else model.name
    return re.sub(r"[^\w.-]", "-", name).strip("-.")[:30] or "model"
