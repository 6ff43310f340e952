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

from tekio.errors import Text, UsageError
from tekio.model.added_words import ADDED_WORDS, added_ids, extended_tokenizer, pieces_inside
from tekio.model.load import load_tokenizer, load_weights, model_folder
from tekio.model.merge import save_folder, stored_type
from tekio.store import read_json, require_apart, require_new

LONGEST_TERM = 200
"""Characters of a term. A tokenizer's time grows with the square of a word's length."""
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
    """Terms with the number of tokens they cost inside a text and the pieces, the most expensive (per character) first."""
    rows: list[tuple[str, int, list[str]]] = []
    for term in terms:
        if len(term) > LONGEST_TERM:
            raise UsageError(
                Text("This is no term: it is too long.", "用語として長すぎます。"),
                where=f"{term[:40]}…",
                why=f"{len(term):,} > {LONGEST_TERM}",
                fix=Text("Write one term per line.", "1 行に 1 語を書いてください。"),
            )
        alone = tokenizer(term, add_special_tokens=False, verbose=False)["input_ids"]
        ids = pieces_inside(tokenizer.backend_tokenizer, term) or alone  # without a blank put before every text
        rows.append((term, len(ids), [str(tokenizer.decode([token])) for token in ids]))
    return sorted(rows, key=lambda row: (-row[1] / max(1, len(row[0])), row[0]))


def extend_vocabulary(model: Path, out: Path, words: Sequence[str]) -> list[str]:
    """Write `model` with new tokens for `words` into `out`; returns those added, as the tokenizer spells them.

    A new token's input and output embedding is the mean of the embeddings of the pieces it was made of inside a text, so
    the model reads it at first as a blur of what it read so far. Words that already are one token are left out. Ids and
    rows that were there stay as they are, rows of padding are used before the tables grow, and what was added is written
    to `added_words.json`. Raises `TekioError`, and writes nothing, when nothing is left to add or a text would not come
    back as before.
    """
    import torch

    require_new(out)
    require_apart(out, [model])
    folder = model_folder(model)
    tokenizer, network = load_tokenizer(folder), load_weights(folder, dtype="fp32")
    made, added = extended_tokenizer(tokenizer, words, folder)
    needed, rows = max(added.pieces) + 1, network.get_input_embeddings().weight.shape[0]
    if needed > rows:
        network.resize_token_embeddings(needed, mean_resizing=False)
    tables = [network.get_input_embeddings().weight]
    head = network.get_output_embeddings()
    if head is not None and head.weight is not tables[0]:
        tables.append(head.weight)
    bias: Any = getattr(head, "bias", None)
    if bias is not None:
        tables.append(bias)
    with torch.no_grad():
        for table in tables:
            for place, pieces in added.pieces.items():
                table[place] = table[torch.tensor(pieces)].mean(0)
    earlier = added_ids(folder)
    table = added.as_dict()
    if earlier:
        before = read_json(folder / ADDED_WORDS)
        table |= {key: before[key] | table[key] for key in ("words", "parts")} | {"first": before["first"]}
    save_folder(network, made, out, stored_type(folder), extra={ADDED_WORDS: table})
    return list(added.ids)
