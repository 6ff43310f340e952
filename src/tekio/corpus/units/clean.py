"""Cleaning of texts: repair, normalization, personal data. Each change is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tekio.documents import Document
from tekio.recipe.corpus import CorpusConfig, NormalizeConfig, PersonalDataConfig
from tekio.text.contents_list import drop_contents
from tekio.text.kernels.codepoints import CodePoints, code_points, exchanged, to_text
from tekio.text.kernels.normalize_batch import normalize_texts, transform_names
from tekio.text.kernels.repair_candidates import DAMAGED, LEADERS, MARKED, PAGED, WRAPPED, repair_candidates
from tekio.text.lines import join_lines
from tekio.text.mojibake import repair_mojibake
from tekio.text.page_furniture import take_out_pages
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.find import KINDS, PEOPLE, count_kinds
from tekio.text.personal_data.nested import mask_values
from tekio.text.personal_data.person_names import find_people, may_hold_people, without_overlaps
from tekio.text.personal_data.pseudonyms import PseudonymKey, mask, read_key
from tekio.text.reference_marks import drop_reference_marks

# What is dropped is replaced too: the row goes to rejected/, and its units are kept beside the corpus.
_REPLACING = frozenset({"mask", "drop"})


@dataclass
class Cleaned:
    """Texts after cleaning, with what was done to each.

    transforms: number of a text -> names, in order, where anything changed. personal_data: number -> kind -> found.
    left_out: number -> reason (`contents_list`, `page_furniture`) -> lines taken out.
    replaced: number -> value -> kind, of the values that pseudonyms stand for now; never written.
    marks: number -> marks of references taken out.
    """

    texts: list[str]
    transforms: dict[int, tuple[str, ...]]
    points: CodePoints
    personal_data: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])
    left_out: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])
    replaced: dict[int, dict[str, str]] = field(default_factory=dict[int, dict[str, str]])
    marks: dict[int, int] = field(default_factory=dict[int, int])


def key_of(config: PersonalDataConfig) -> PseudonymKey | None:
    """The key of the pseudonyms; None where nothing is replaced. Raises `TekioError` for a file that is none."""
    return read_key(config.key_file) if replaces(config) else None


def replaces(config: PersonalDataConfig) -> bool:
    """Whether any personal data is replaced by pseudonyms."""
    return not _REPLACING.isdisjoint(modes_of(config).values())


def modes_of(config: PersonalDataConfig) -> dict[str, str]:
    """What is done with each kind of personal data: report, mask or drop."""
    return {kind: config.people if kind in PEOPLE else config.mode for kind in KINDS}


def clean_texts(
    texts: Sequence[str], config: CorpusConfig, key: PseudonymKey | None, *, joined: AbstractSet[int] = frozenset()
) -> Cleaned:
    """Clean a batch of texts by the recipe. key: of the pseudonyms, None where nothing is replaced.

    joined: numbers of texts whose wrapped lines their reader has rejoined, who saw where they stood.
    """
    whole = list(texts)
    points = code_points(whole)
    repaired = _repair(whole, points, config.normalize, joined)
    points = exchanged(points, {number: whole[number] for number in repaired})
    points, flags = normalize_texts(points, widths=config.normalize.widths)
    names = {number: transform_names(int(flags[number])) for number in np.flatnonzero(flags).tolist()}
    for number in names:
        whole[number] = to_text(points.codes[points.offsets[number] : points.offsets[number + 1]])
    for number, repair in repaired.items():
        names[number] = (*repair.transforms, *names.get(number, ()))
    found = find_in_texts(whole, points)
    for number in may_hold_people(points) if config.personal_data.people != "off" else ():
        if people := find_people(whole[number]):
            found[number] = without_overlaps([*found.get(number, []), *people])
    counts = {number: count_kinds(found[number]) for number in sorted(found)}
    modes = modes_of(config.personal_data)
    replaced: dict[int, dict[str, str]] = {}
    for number in counts:
        spans = [span for span in found[number] if modes[span.kind] in _REPLACING]
        if spans and key is not None:
            replaced[number] = {whole[number][span.start : span.end]: span.kind for span in spans}
            whole[number] = mask(whole[number], spans, key)
            names[number] = (*names.get(number, ()), "masked_personal_data")
    points = exchanged(points, {number: whole[number] for number in replaced})
    left_out = {number: repair.left_out for number, repair in repaired.items() if repair.left_out}
    marks = {number: repair.marks for number, repair in repaired.items() if repair.marks}
    return Cleaned(whole, names, points, counts, left_out, replaced, marks)


def clean_beside(
    documents: Sequence[Document],
    measured: Sequence[Any],
    cleaned: Cleaned,
    task: tuple[PersonalDataConfig, PseudonymKey],
) -> tuple[list[Document], list[Any]]:
    """Documents and what was measured of them with their titles, uris, groups and `meta` treated as their texts were.

    The id of a document with a pseudonym is made again under the key: it is a hash of text that could be guessed.
    """
    config, key = task
    modes = modes_of(config)
    places = [_place_in_file(item.uri) for item in documents]  # our own: no one's number
    groups = [None if item.group == item.id else item.group for item in documents]
    beside = [
        [item.title, item.uri[:place], group, item.meta, about]
        for item, about, place, group in zip(documents, measured, places, groups, strict=True)
    ]
    # Rows of one file without anything of their own beside them are one value.
    first: dict[tuple[Any, ...] | int, int] = {}
    same = [
        first.setdefault(
            number if item.meta or about or number in cleaned.replaced else (item.title, values[1], values[2]), number
        )
        for number, (item, about, values) in enumerate(zip(documents, measured, beside, strict=True))
    ]
    looked = list(first.values())
    masked = mask_values(
        [beside[number] for number in looked],
        key,
        lambda span, _: modes[span.kind] in _REPLACING,
        people=config.people in _REPLACING,
        known=[cleaned.replaced.get(number, {}) for number in looked],
    )
    by_first = dict(zip(looked, masked, strict=True))
    made: list[Any] = []
    for number, at in enumerate(same):
        unchanged = by_first[at] is beside[at]
        made.append(
            beside[number] if unchanged else by_first[at] if at == number else [*by_first[at][:3], *beside[number][3:]]
        )
    kept: list[Document] = []
    for number, (item, old, new) in enumerate(zip(documents, beside, made, strict=True)):
        if new is not old or number in cleaned.replaced:
            title, uri, group, meta, _ = new
            identity = key.identity(item.id)
            group = identity if groups[number] is None else group
            uri = f"{uri}{item.uri[places[number] :]}"
            item = replace(item, id=identity, title=title, uri=uri, group=group, meta=meta)
            names = cleaned.transforms.get(number, ())
            if "masked_personal_data" not in names:
                cleaned.transforms[number] = (*names, "masked_personal_data")
        kept.append(item)
    return kept, [new[4] for new in made]


_PLACE = re.compile(r"(?:byte|row|line|page)=(?:0|[1-9][0-9]*)")


def _place_in_file(uri: str) -> int:
    """Where the place in its file begins (`#byte=1234567`), which a reader wrote; the uri's length where there is none."""
    cut = uri.rfind("#")
    return cut if cut >= 0 and _PLACE.fullmatch(uri, cut + 1) else len(uri)


@dataclass(frozen=True)
class _Repair:
    """What was done to one text: names of transforms, the lines left out, by reason, and the marks of references."""

    transforms: tuple[str, ...]
    left_out: dict[str, int]
    marks: int


def _repair(
    texts: list[str], points: CodePoints, config: NormalizeConfig, done: AbstractSet[int] = frozenset()
) -> dict[int, _Repair]:
    """Repair texts in place as an editor would (`tekio.text`); returns what was done to those that changed."""
    flags = repair_candidates(points, wrapped=config.join_lines != "never")
    changed: dict[int, _Repair] = {}
    looked = range(len(texts)) if config.join_lines == "always" else np.flatnonzero(flags).tolist()
    for number in looked:
        known = int(flags[number])
        before = text = texts[number]
        names: list[str] = []
        left_out: dict[str, int] = {}
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if known & DAMAGED and config.mojibake:
            repaired = repair_mojibake(text)
            if repaired.lines:
                text = repaired.text
                names.append("mojibake")
        if known & LEADERS and config.contents_lists == "drop":
            without = drop_contents(text)
            if without.removed:
                text = without.text
                left_out["contents_list"] = len(without.removed)
                names.append("contents_list")
        if config.join_lines != "never":
            if known & PAGED:
                unpaged = take_out_pages(text)
                if unpaged.removed or unpaged.moved:
                    text = unpaged.text
                    left_out["page_furniture"] = len(unpaged.removed)
                    names.append("page_furniture")
            wrapped = known & (WRAPPED | PAGED | DAMAGED) and number not in done
            if wrapped or config.join_lines == "always":
                joined = join_lines(text, config.join_lines)
                if joined.joined:
                    text = joined.text
                    names.append("joined_lines")
        marks = 0
        if known & MARKED and config.reference_marks == "drop":
            text, marks = drop_reference_marks(text)
            if marks:
                names.append("reference_marks")
        if names and text != before:
            texts[number] = text
            changed[number] = _Repair(tuple(names), left_out, marks)
    return changed
