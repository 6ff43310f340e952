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


def is_japanese(char: str) -> bool:
    """Kana, kanji (with extensions), and the punctuation and full-width forms of Japanese text."""
    code = ord(char)
    return (
        0x3000 <= code <= 0x30FF  # punctuation, hiragana, katakana
        or 0x31F0 <= code <= 0x31FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF01 <= code <= 0xFF9F
        or 0x20000 <= code <= 0x323AF
    )


def japanese_share(text: str) -> float:
    """Share of the characters that are Japanese; white space and digits do not count. 0 for an empty text."""
    counted = [char for char in text if not char.isspace() and not char.isdigit()]
    return sum(map(is_japanese, counted)) / len(counted) if counted else 0.0


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
