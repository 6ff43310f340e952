"""Cleaning of texts: normalization, joining of wrapped lines, personal data. Each change is named."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from tekio.recipe.corpus import CorpusConfig, NormalizeConfig
from tekio.text.candidates import find_in_texts
from tekio.text.codepoints import CodePoints, code_points
from tekio.text.lines import join_lines
from tekio.text.normalize import normalize
from tekio.text.personal_data import count_kinds, mask


@dataclass
class Cleaned:
    """Texts after cleaning, with what was done to each.

    transforms: names per text, in order. personal_data: kind -> found, for texts where something was found.
    """

    texts: list[str]
    transforms: list[tuple[str, ...]]
    points: CodePoints
    personal_data: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])


def salt_of(config: CorpusConfig, seed: int) -> str:
    """The key of the pseudonyms: the recipe's, or one made from the seed."""
    return config.personal_data.salt or hashlib.sha256(f"tekio personal data {seed}".encode()).hexdigest()[:32]


def clean_text(text: str, config: NormalizeConfig) -> tuple[str, tuple[str, ...]]:
    """One text normalized and rejoined, and the names of the transforms that changed it."""
    joined = join_lines(text, config.join_lines)
    normal = normalize(joined.text, widths=config.widths)
    return normal.text, (("joined_lines", *normal.transforms) if joined.joined else normal.transforms)


def clean_texts(texts: Sequence[str], config: CorpusConfig, salt: str) -> Cleaned:
    """Clean a batch of texts by the recipe. Lone surrogates, which no file format may hold, become U+FFFD."""
    whole: list[str] = []
    transforms: list[tuple[str, ...]] = []
    for text in texts:
        cleaned, names = clean_text(text, config.normalize)
        if max(cleaned, default="") >= "\ud800" and not _encodable(cleaned):
            cleaned = cleaned.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            names = (*names, "lone_surrogates")
        whole.append(cleaned)
        transforms.append(names)
    points = code_points(whole)
    found = find_in_texts(whole, points)
    counts = {number: count_kinds(spans) for number, spans in found.items()}
    if found and config.personal_data.mode == "mask":
        for number, spans in found.items():
            whole[number] = mask(whole[number], spans, salt)
            transforms[number] = (*transforms[number], "masked_personal_data")
        points = code_points(whole)
    return Cleaned(whole, transforms, points, counts)


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
