"""What can be measured of an answer without judging it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

REPEATED_PIECE = 5
OVERLAP_PIECE = 10


def pieces(text: str, length: int) -> list[str]:
    """All character n-grams of a text without white space, in order."""
    plain = "".join(text.split())
    return [plain[start : start + length] for start in range(len(plain) - length + 1)]


def repetition(text: str) -> float:
    """Share of character 5-grams that occurred before in the same text: 0 none, towards 1 an endless loop."""
    found = pieces(text, REPEATED_PIECE)
    return (len(found) - len(set(found))) / len(found) if found else 0.0


def overlaps(texts: Sequence[str], training_texts: Iterable[str]) -> list[float]:
    """For every text the share of its character 10-grams that also stand in a training text.

    A high share means that the answer recites what was trained on. The training texts are read once, as a stream;
    memory is that of the answers.
    """
    wanted = [pieces(text, OVERLAP_PIECE) for text in texts]
    searched = {piece for row in wanted for piece in row}
    seen: set[str] = set()
    for training_text in training_texts:
        seen.update(piece for piece in pieces(training_text, OVERLAP_PIECE) if piece in searched)
    return [sum(piece in seen for piece in row) / len(row) if row else 0.0 for row in wanted]
