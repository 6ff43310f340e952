"""Personal data in records: counted, masked or a reason to reject, as for documents.

Telephone numbers of offices and postal codes are in half of all answers of public pages and are nobody's; they have a mode
of their own. Everything else (e-mail, mobile numbers, My Number, cards, accounts, policies) is a person's.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tekio.instruct.candidate import Row
from tekio.recipe.instruct import RecordPersonalDataConfig
from tekio.records import InstructionRecord
from tekio.text.kernels.codepoints import code_points
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.find import Span
from tekio.text.personal_data.nested import mask_values
from tekio.text.personal_data.pseudonyms import PseudonymKey, mask, read_key

REPLACING = {"mask", "drop"}
"""Modes under which no value stays as it was: what is dropped goes to `rejected.jsonl`."""
OFFICE_PHONE, POSTAL_CODE = "office_phone", "postal_code"
_MOBILE = re.compile(r"(?:\+81[- ]?|0)[789]0")


def screen_personal_data(
    rows: Sequence[Row], config: RecordPersonalDataConfig, key: PseudonymKey | None
) -> Counter[str]:
    """Look through `rows`, do what the recipe says, and return how often each kind was found in those that are alive.

    A rejected row keeps no value that is masked or a reason to reject. A masked record gets an id made under `key` and says
    in `meta.extra.masked` what was replaced, by kind. key: None where nothing is replaced (`record_key`).
    """
    texts: list[str] = []
    owners: list[tuple[Row, int]] = []
    for row in rows:
        for place, text in enumerate(_texts(row.record)):
            texts.append(text)
            owners.append((row, place))
    found: dict[int, list[tuple[int, Span, str]]] = {}
    by_row: dict[int, Row] = {}
    counts: Counter[str] = Counter()
    for number, spans in find_in_texts(texts, code_points(texts)).items():
        row, place = owners[number]
        for span in spans:
            kind = _kind(span, texts[number])
            counts[kind] += row.alive
            found.setdefault(id(row), []).append((place, span, kind))
            by_row[id(row)] = row
    for place, spans in found.items():
        _treat(by_row[place], spans, config, key)
    if key is not None:
        _mask_beside(rows, config, key)
    return counts


def record_key(config: RecordPersonalDataConfig) -> PseudonymKey | None:
    """The key of the pseudonyms; None where nothing is replaced. Raises `TekioError` for a file that is none."""
    return read_key(config.key_file) if {config.mode, config.offices} & REPLACING else None


def _treat(
    row: Row, found: list[tuple[int, Span, str]], config: RecordPersonalDataConfig, key: PseudonymKey | None
) -> None:
    modes = {kind: _mode(kind, config) for _, _, kind in found}
    if row.alive:
        dropped = sorted(kind for kind, mode in modes.items() if mode == "drop")
        if dropped:
            row.reject("personal_data", {"kinds": dropped})
        elif any(mode == "report" and kind not in (OFFICE_PHONE, POSTAL_CODE) for kind, mode in modes.items()):
            row.flags.append("personal_data")
    masked = [(place, span, kind) for place, span, kind in found if modes[kind] in REPLACING]
    if not masked or key is None:
        return
    known: dict[str, str] = {}
    texts = _texts(row.record)
    for place in {place for place, _, _ in masked}:
        spans = [span for at, span, _ in masked if at == place]
        known |= {texts[place][span.start : span.end]: span.kind for span in spans}
        _replace(row.record, place, mask(texts[place], spans, key))
    row.record.meta.extra["masked"] = dict(sorted(Counter(kind for _, _, kind in masked).items()))
    _put_beside(row, mask_values([_beside(row)], key, _nothing_else, known=[known])[0])
    _new_identity(row.record, key)


def _nothing_else(_span: Span, _text: str) -> bool:
    return False


def _mode(kind: str, config: RecordPersonalDataConfig) -> str:
    return config.offices if kind in (OFFICE_PHONE, POSTAL_CODE) else config.mode


def _mask_beside(rows: Sequence[Row], config: RecordPersonalDataConfig, key: PseudonymKey) -> None:
    """Topics, groups, `meta.extra` and what was measured, treated as the texts are."""
    beside = [_beside(row) for row in rows]
    made = mask_values(beside, key, lambda span, text: _mode(_kind(span, text), config) in REPLACING)
    for row, old, new in zip(rows, beside, made, strict=True):
        if new is not old:
            _put_beside(row, new)
            if "masked" not in row.record.meta.extra:
                _new_identity(row.record, key)


def _beside(row: Row) -> list[Any]:
    meta = row.record.meta
    return [meta.topic, meta.group, meta.extra, row.measured]


def _put_beside(row: Row, values: list[Any]) -> None:
    meta = row.record.meta
    meta.topic, meta.group, meta.extra, row.measured = values


def _new_identity(record: InstructionRecord, key: PseudonymKey) -> None:
    """An id under the key: the old one is a hash of text that could be guessed."""
    old = record.id
    if old:
        record.id = key.identity(old)
        if record.meta.group == old:
            record.meta.group = record.id


def _texts(record: InstructionRecord) -> list[str]:
    return [*(turn["content"] for turn in record.messages), record.meta.input or ""]


def _replace(record: InstructionRecord, place: int, text: str) -> None:
    if place < len(record.messages):
        record.messages[place]["content"] = text
    else:
        record.meta.input = text


def _kind(span: Span, text: str) -> str:
    if span.kind != "phone":
        return span.kind
    return "phone" if _MOBILE.match(unicodedata.normalize("NFKC", text[span.start : span.end])) else OFFICE_PHONE
