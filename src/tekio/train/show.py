"""Show, before training, which tokens carry loss: learned tokens on green, context dim, one mark a token."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (tokenizers have no complete type information)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tekio.train.packing import Example

LEARNED, CONTEXT, RESET = "\x1b[30;42m", "\x1b[2m", "\x1b[0m"


def show_example(tokenizer: Any, example: Example, *, colour: bool = True) -> str:
    """One example as text. Without colour learned stretches stand in 【 】. Special tokens are shown by name."""
    flags = list(example.learned) if example.learned is not None else [False] + [True] * (len(example.ids) - 1)
    pieces: list[str] = []
    for start, end, learned in stretches(flags):
        text = spelled(tokenizer, list(example.ids[start:end]))
        if colour:
            on = LEARNED if learned else CONTEXT
            pieces.append("\n".join(f"{on}{line}{RESET}" if line else "" for line in text.split("\n")))
        else:
            pieces.append(f"【{text}】" if learned else text)
    learned_tokens = sum(flags)
    rate = example.characters / learned_tokens if learned_tokens else 0.0
    tail = f"[{len(flags)} tokens, {learned_tokens} learned, {rate:.2f} characters a learned token]"
    return "".join(pieces) + "\n" + tail


def stretches(flags: Sequence[bool]) -> list[tuple[int, int, bool]]:
    """Runs of equal flags: (start, end, flag)."""
    found: list[tuple[int, int, bool]] = []
    start = 0
    for place in range(1, len(flags) + 1):
        if place == len(flags) or flags[place] != flags[start]:
            found.append((start, place, bool(flags[start])))
            start = place
    return found


def spelled(tokenizer: Any, ids: list[int]) -> str:
    """The text of token ids, special tokens by name; control characters that could move a terminal are replaced."""
    text = str(tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))
    return "".join(c if c in "\n\t" or c.isprintable() else "\ufffd" for c in text)
