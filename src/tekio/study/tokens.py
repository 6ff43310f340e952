"""Tokens of rows: counted by the base's tokenizer, or reckoned from characters where there is none yet."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (tokenizers has no complete type information)

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

TOKENIZER = "tokenizer.json"
Count = Callable[[Sequence[str]], list[int]]


def tokenizer_file(model: Path | None) -> Path | None:
    """The tokenizer of a base that the recipe names; None for one that is trained later, or without `tokenizers`."""
    if model is None or not (model / TOKENIZER).is_file() or importlib.util.find_spec("tokenizers") is None:
        return None
    return model / TOKENIZER


def counter(file: Path | None, characters_per_token: float) -> Count:
    """A function from texts to their numbers of tokens."""
    if file is None:
        return lambda texts: [round(len(text) / characters_per_token) for text in texts]
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda texts: [
        len(found.ids) for found in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    ]
