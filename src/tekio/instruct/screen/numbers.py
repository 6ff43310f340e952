"""Numbers that contradict each other inside a record: Japanese and Western years, amounts told twice, units asked for."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from tekio.instruct.screen.patterns import beginning
from tekio.records import InstructionRecord

ERA_START = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
_ERA = r"(明治|大正|昭和|平成|令和)\s*(元|[0-9]{1,2})\s*年(?:度)?"
_ERA_THEN_WESTERN = re.compile(_ERA + r"\s*[(]\s*(?:西暦)?\s*([12][0-9]{3})\s*年?(?:度)?")
_WESTERN_THEN_ERA = re.compile(r"([12][0-9]{3})\s*年?(?:度)?\s*[(]\s*" + _ERA)
_UNITS = {"兆": 10**12, "億": 10**8, "百万": 10**6, "万": 10**4, "千": 10**3, "": 1}
_DIGIT = re.compile(r"\d")
# Possessive throughout, and never begun inside a number: a row of digits must not be cut in every possible way.
_PART = r"[0-9][0-9,]*+(?:\.[0-9]++)?+"
_UNIT = "(?:兆|億|百万|万|千)"
_WHOLE = rf"(?<![0-9,.])(?=[0-9])((?:{_PART}\s*+{_UNIT}\s*+)*+(?:{_PART}\s*+)?+)"
_AMOUNT = re.compile(rf"{_WHOLE}(円|ドル|ユーロ|株|人)")
_PIECE = re.compile(rf"({_PART})\s*({_UNIT})?")
_TOLD_TWICE = re.compile(rf"{_WHOLE}(円|ドル)\s*[(]\s*(?:約|およそ)?\s*{_WHOLE}\2\s*[)]")
_BEFORE_THE_SECOND = re.compile(r"(?:円|ドル)\s*[(]")
_ASKED_UNIT = beginning(
    "何単",
    r"(?:何|単位\s*[:は]?\s*)(兆|億|百万|万|千)?円(?:ですか|でしょうか|単位|で答え|$|[)）。?])",
)


def disagreements(record: InstructionRecord) -> list[dict[str, Any]]:
    """Every contradiction found: `{"kind", "found"}` with what was read. Empty when the record is sound."""
    told = f"{record.instruction}\n{record.meta.input or ''}\n{record.output}"
    if _DIGIT.search(told) is None:
        return []
    text = unicodedata.normalize("NFKC", told)
    return [*_years(text), *_amounts(text), *_units(record.instruction, record.output)]


def _years(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    pairs = [(match[0], match[1], match[2], match[3]) for match in _ERA_THEN_WESTERN.finditer(text)]
    pairs += [(match[0], match[2], match[3], match[1]) for match in _WESTERN_THEN_ERA.finditer(text)]
    for shown, era, year, western in pairs:
        told = ERA_START[era] + (1 if year == "元" else int(year)) - 1
        if told != int(western):
            found.append({"kind": "year", "found": shown, "expected": told})
    return found


def amount(text: str) -> float:
    """The value of an amount such as `1兆2,345億` or `1,234百万` (without its currency)."""
    total = 0.0
    for match in _PIECE.finditer(text):
        total += float(match[1].replace(",", "")) * _UNITS[match[2] or ""]
    return total


def _amounts(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if _BEFORE_THE_SECOND.search(text) is None:
        return found
    for match in _TOLD_TWICE.finditer(text):
        one, two = amount(match[1]), amount(match[3])
        if one and two and abs(one - two) > 0.05 * max(one, two):
            found.append({"kind": "amount", "found": match[0]})
    return found


def _units(question: str, answer: str) -> list[dict[str, Any]]:
    """A question that names the unit of its answer, and an answer in another unit."""
    asked = _ASKED_UNIT.search(unicodedata.normalize("NFKC", question))
    if asked is None or asked[1] is None:
        return []
    given = _AMOUNT.search(unicodedata.normalize("NFKC", answer))
    if given is None or given[2] != "円":
        return []
    pieces = [unit or "" for _, unit in _PIECE.findall(given[1])]
    return [] if asked[1] in pieces else [{"kind": "unit", "asked": f"{asked[1]}円", "found": given[0]}]
