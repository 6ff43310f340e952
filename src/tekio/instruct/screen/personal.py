"""Personal data in records: counted, masked or a reason to reject, as for documents.

Telephone numbers of offices and postal codes are in half of all answers of public pages and are nobody's; they have a mode
of their own. Everything else (e-mail, mobile numbers, My Number, cards, accounts, policies) is a person's.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from tekio.instruct.candidate import Row
from tekio.recipe.instruct import RecordPersonalDataConfig
from tekio.records import InstructionRecord
from tekio.text.kernels.codepoints import code_points
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.find import Span, mask

OFFICE_PHONE, POSTAL_CODE = "office_phone", "postal_code"
_MOBILE = re.compile(r"(?:\+81[- ]?|0)[789]0")


def screen_personal_data(rows: Sequence[Row], config: RecordPersonalDataConfig, seed: int) -> Counter[str]:
    """Look through the living `rows`, do what the recipe says, and return how often each kind was found.

    A masked record keeps its id and says in `meta.extra.masked` what was replaced, by kind.
    """
    living = [row for row in rows if row.alive]
    texts: list[str] = []
    owners: list[tuple[Row, int]] = []
    for row in living:
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
            counts[kind] += 1
            found.setdefault(id(row), []).append((place, span, kind))
            by_row[id(row)] = row
    salt = config.salt or hashlib.sha256(f"tekio personal data {seed}".encode()).hexdigest()[:32]
    for key, spans in found.items():
        _treat(by_row[key], spans, config, salt)
    return counts


def _treat(row: Row, found: list[tuple[int, Span, str]], config: RecordPersonalDataConfig, salt: str) -> None:
    modes = {kind: config.offices if kind in (OFFICE_PHONE, POSTAL_CODE) else config.mode for _, _, kind in found}
    dropped = sorted(kind for kind, mode in modes.items() if mode == "drop")
    if dropped:
        row.reject("personal_data", {"kinds": dropped})
        return
    if any(mode == "report" and kind not in (OFFICE_PHONE, POSTAL_CODE) for kind, mode in modes.items()):
        row.flags.append("personal_data")
    masked = [(place, span, kind) for place, span, kind in found if modes[kind] == "mask"]
    for place in {place for place, _, _ in masked}:
        spans = [span for at, span, _ in masked if at == place]
        _replace(row.record, place, mask(_texts(row.record)[place], spans, salt))
    if masked:
        row.record.meta.extra["masked"] = dict(sorted(Counter(kind for _, _, kind in masked).items()))


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
