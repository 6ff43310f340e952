"""How jfinqa compares a reply's answer with the gold (its evaluation specification, sections 2.1 to 2.3), its gaps included: a unit
at the end is dropped with its multiplier (192百万円 equals 192億円), of the rest every character that belongs to no number;
万 is no multiplier, and 42.5 % equals 42.5.
"""

from __future__ import annotations

import re
import unicodedata

TOLERANCE = 0.01
UNITS = ("百万円", "千円", "億円", "兆円", "円", "ドル", "ポイント", "pt", "bps")
MULTIPLIERS = (("千", 1e3), ("百万", 1e6), ("億", 1e8), ("兆", 1e12))


def normalized(answer: str) -> str:
    """NFKC, △ and ▲ at the beginning as minus, no commas between digits, no した or しました at the end, lower case."""
    text = unicodedata.normalize("NFKC", answer.strip())
    text = re.sub(r"^[△▲]", "-", text)
    text = re.sub(r"(?<=\d),(?=\d)", "", text)
    ending = next((word for word in ("しました", "した") if text.endswith(word)), "")
    return text.removesuffix(ending).lower().strip()


def number(answer: str) -> float | None:
    """The number an answer is, with the first multiplier it contains; None where the rest is none."""
    text = normalized(answer)
    for unit in UNITS:
        text = text.removesuffix(unit)
    factor = 1.0
    for word, value in MULTIPLIERS:
        if word in text:
            text, factor = text.replace(word, ""), value
            break
    try:
        return float(re.sub(r"[^\d.+-]", "", text)) * factor
    except ValueError:
        return None


def same_text(reply: str, gold: str) -> bool:
    """Its exact match."""
    return normalized(reply) == normalized(gold)


def same_number(reply: str, gold: str) -> bool:
    """Its numerical match: within 1 % of the gold; equal texts where either is no number; 0 is only 0."""
    given, wanted = number(reply), number(gold)
    if given is None or wanted is None:
        return same_text(reply, gold)
    return given == 0 if wanted == 0 else abs(given - wanted) / abs(wanted) <= TOLERANCE
