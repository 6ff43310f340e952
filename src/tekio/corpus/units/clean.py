"""Cleaning of texts: normalization, joining of wrapped lines, personal data. Each change is named."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tekio.recipe.corpus import CorpusConfig, NormalizeConfig, PersonalDataConfig
from tekio.text.kernels.codepoints import CodePoints, code_points, to_text
from tekio.text.kernels.normalize_batch import may_be_wrapped, normalize_texts, transform_names
from tekio.text.lines import join_lines
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.find import KINDS, PEOPLE, count_kinds, mask
from tekio.text.personal_data.person_names import find_people, may_hold_people, without_overlaps


@dataclass
class Cleaned:
    """Texts after cleaning, with what was done to each.

    transforms: number of a text -> names, in order, where anything changed. personal_data: number -> kind -> found.
    """

    texts: list[str]
    transforms: dict[int, tuple[str, ...]]
    points: CodePoints
    personal_data: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])


def salt_of(config: CorpusConfig, seed: int) -> str:
    """The key of the pseudonyms: the recipe's, or one made from the seed."""
    return config.personal_data.salt or hashlib.sha256(f"tekio personal data {seed}".encode()).hexdigest()[:32]


def modes_of(config: PersonalDataConfig) -> dict[str, str]:
    """What is done with each kind of personal data: report, mask or drop."""
    return {kind: config.people if kind in PEOPLE else config.mode for kind in KINDS}


def clean_texts(texts: Sequence[str], config: CorpusConfig, salt: str) -> Cleaned:
    """Clean a batch of texts by the recipe."""
    whole = list(texts)
    points = code_points(whole)
    joined = _join_wrapped(whole, points, config.normalize)
    if joined:
        points = code_points(whole)
    points, flags = normalize_texts(points, widths=config.normalize.widths)
    names = {number: transform_names(int(flags[number])) for number in np.flatnonzero(flags).tolist()}
    for number in names:
        whole[number] = to_text(points.codes[points.offsets[number] : points.offsets[number + 1]])
    for number in joined:
        names[number] = ("joined_lines", *names.get(number, ()))
    found = find_in_texts(whole, points)
    for number in may_hold_people(points) if config.personal_data.people != "off" else ():
        if people := find_people(whole[number]):
            found[number] = without_overlaps([*found.get(number, []), *people])
    counts = {number: count_kinds(found[number]) for number in sorted(found)}
    modes = modes_of(config.personal_data)
    masked = False
    for number in counts:
        if spans := [span for span in found[number] if modes[span.kind] == "mask"]:
            whole[number] = mask(whole[number], spans, salt)
            names[number] = (*names.get(number, ()), "masked_personal_data")
            masked = True
    if masked:
        points = code_points(whole)
    return Cleaned(whole, names, points, counts)


def _join_wrapped(texts: list[str], points: CodePoints, config: NormalizeConfig) -> list[int]:
    """Rejoin hard-wrapped texts in place; returns which were changed."""
    if config.join_lines == "never":
        return []
    looked = np.flatnonzero(may_be_wrapped(points)).tolist() if config.join_lines == "auto" else range(len(texts))
    changed: list[int] = []
    for number in looked:
        result = join_lines(texts[number], config.join_lines)
        if result.joined:
            texts[number] = result.text
            changed.append(number)
    return changed
