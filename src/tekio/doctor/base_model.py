"""The base model a recipe names: whether its files are one."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from tekio.doctor.findings import Finding, failure
from tekio.errors import Message, TekioError, Text
from tekio.progress import size_words
from tekio.recipe import Recipe


def check_base(recipe: Recipe) -> Iterator[Finding]:
    """Whether the base is a whole model in safetensors with its own tokenizer."""
    if recipe.base is None or recipe.base.model is None:
        return
    folder = recipe.base.model.path
    if not (folder / "config.json").is_file():
        what = Text("This is not a model folder.", "モデルのフォルダではありません。")
        fix = Text(
            "base.model: a folder in Hugging Face layout, downloaded beforehand. Without one: `base: {scratch: ...}`, as "
            "`tekio init --scratch` writes it.",
            "base.model には Hugging Face 形式のフォルダ（事前にダウンロードしたもの）を指定してください。なければ "
            "`base: {scratch: ...}`（`tekio init --scratch` が書き出します）。",
        )
        why = Text("config.json is missing.", "config.json がありません。")
        yield failure("base.model", TekioError(what, where=recipe.base.model.written, why=why, fix=fix))
    elif not list(folder.glob("*.safetensors")):
        words = Text(
            "no safetensors weights (pickled checkpoints are not loaded)",
            "safetensors の重みがありません(pickle は読みません)",
        )
        yield Finding("failure", "base.model", words, TekioError(words, where=folder))
    else:
        size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        yield _sound_model("base.model", folder, size_words(size))


def _sound_model(subject: Message, folder: Path, size: str) -> Finding:
    """Whether the folder's files are a whole model: every tensor, finite values, the tokenizer's own ids."""
    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
        return Finding("ok", subject, size)  # the missing library is a finding of its own
    from tekio.model.check import check_model

    try:
        found = check_model(folder)
    except TekioError as error:
        return failure(subject, error)
    parameters = f"{found.parameters / 1e6:,.1f} M"
    return Finding(
        "ok",
        subject,
        Text(
            f"{size}, {parameters} parameters, all finite; {found.tokens:,} token ids in {found.rows:,} rows",
            f"{size}、パラメータ {parameters}(すべて有限)、ID {found.tokens:,} 個に {found.rows:,} 行",
        ),
    )
