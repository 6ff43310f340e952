"""How well a tokenizer fits Japanese domain text, and how to give it more words."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch, tokenizers and transformers have no complete type information)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.load import load_tokenizer, load_weights, model_folder
from tekio.model.merge import save_folder
from tekio.store import require_apart, require_new

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")


@dataclass(frozen=True)
class Efficiency:
    """A tokenizer on a text. characters_per_token: more is cheaper. byte_share: tokens that are less than a character."""

    characters: int
    tokens: int
    byte_tokens: int

    @property
    def characters_per_token(self) -> float:
        return self.characters / max(1, self.tokens)

    @property
    def byte_share(self) -> float:
        return self.byte_tokens / max(1, self.tokens)


def efficiency(tokenizer: Any, texts: Iterable[str]) -> Efficiency:
    """Measure `tokenizer` on texts. A token that stands for bytes of a character, alone not text, counts as byte token."""
    characters = tokens = partial = 0
    for text in texts:
        ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        characters += len(text)
        tokens += len(ids)
        for token, name in zip(ids, tokenizer.convert_ids_to_tokens(ids), strict=True):
            partial += bool(_BYTE.fullmatch(str(name))) or "\ufffd" in str(tokenizer.decode([token]))
    return Efficiency(characters, tokens, partial)


def term_table(tokenizer: Any, terms: Sequence[str]) -> list[tuple[str, int, list[str]]]:
    """Terms with the number of tokens they cost and the pieces, the most expensive (per character) first."""
    rows: list[tuple[str, int, list[str]]] = []
    for term in terms:
        ids = tokenizer(term, add_special_tokens=False, verbose=False)["input_ids"]
        rows.append((term, len(ids), [str(tokenizer.decode([token])) for token in ids]))
    return sorted(rows, key=lambda row: (-row[1] / max(1, len(row[0])), row[0]))


def extend_vocabulary(model: Path, out: Path, words: Sequence[str]) -> list[str]:
    """Write `model` with new tokens for `words` into `out`; returns those added.

    A new token's input and output embedding is the mean of the embeddings of the pieces it was made of before, so the
    model reads it at first as a blur of what it read so far. Words that already are one token are left out. Raises
    `TekioError` when nothing is left to add.
    """
    import torch

    require_new(out)
    require_apart(out, [model])
    folder = model_folder(model)
    tokenizer, network = load_tokenizer(folder), load_weights(folder, dtype="fp32")
    pieces = {word: tokenizer(word, add_special_tokens=False)["input_ids"] for word in dict.fromkeys(words) if word}
    new = [word for word, ids in pieces.items() if len(ids) > 1]
    if not new:
        raise TekioError(Text("Every word is already one token.", "すべての語がすでに 1 トークンです。"))
    tokenizer.add_tokens(new)
    network.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        for table in {
            id(item): item for item in (network.get_input_embeddings(), network.get_output_embeddings())
        }.values():
            for word in new:
                place = int(tokenizer.convert_tokens_to_ids(word))
                table.weight[place] = table.weight[torch.tensor(pieces[word])].mean(0)
    save_folder(network, tokenizer, out, "float32")
    return new
