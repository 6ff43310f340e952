"""The same number written otherwise: 1 234, 1'234, 1,234（単位：千円）, 令和7年; each as `parse_number` reads it.

Nothing is guessed: a plain space parts thousands only where a clause begins with the number, a unit in brackets belongs to the number
before it, one that stands above to the numbers below that have none, and an era's year is a year of the calendar (7年 is not 令和7年).
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from itertools import islice

from tekio.text.dates import ERA_LETTERS, ERAS, japanese_number

_NARROW = r"[\u00a0\u2007\u2008\u2009\u202f'’]"
_PARTED = re.compile(rf"(?<![\d.,])(?!0)\d{{1,3}}(?:{_NARROW}\d{{3}})+(?!\d|{_NARROW}\d)")
"""Thousands parted by a space that no line is broken at (BIPM), or by an apostrophe."""
_SPACED = re.compile(r"(?:(?<=^)|(?<=[\n:=は約「(+\-−△▲¥$€]))([ ]*)((?!0)\d{1,3}(?:[ ]\d{3})+)(?![ ]?\d)")
_ORDINAL = re.compile(r"([①-⑳⑴-⒇⒈-⒛])(?=\s*\d)")
"""A number of a list before another number: in compatibility form ①300 is 1300."""
_MOST_STATED = 20
_ERA_YEAR = re.compile(
    rf"({'|'.join(ERAS)}|(?<![A-Za-z])[{''.join(ERA_LETTERS)}](?=\d))[ ]*(元|\d{{1,2}}|[一二三四五六七八九十]{{1,3}})年(?!代)"
)
_AMOUNT = r"[十百千万億兆]*(?:円|米?ドル|ユーロ|%|パーセント|ポイント|bps?)|[十百千万億兆]+(?:株|人|口|件)|[人件]|株(?=[ ]*[)\]](?:[。、\n]|です|$))"
_ENGLISH = r"(?:in\s+)?(?P<scale>thousand|million|billion|trillion)s?\s+(?:of\s+)?(?P<money>yen|dollars|euros)|(?:in\s+)?(?P<only>yen|dollars|euros)"
_STATED = re.compile(
    rf"[(\[【〔]\s*単位\s*[:は]?\s*(?P<named>[^()\[\]【】〔〕\d\s]{{1,12}})\s*[)\]】〕]"
    rf"|(?:^|(?<=\n))[ ]*単位\s*[:は]\s*(?P<line>[^()\[\]【】〔〕\d\s]{{1,12}})(?=\s)"
    rf"|[(\[]\s*(?:(?P<bare>{_AMOUNT})|{_ENGLISH})\s*[)\]]",
    re.IGNORECASE,
)
"""What says the unit of a number beside it, or of those below it."""


def one_form(reply: str) -> str:
    """A reply in compatibility form (NFKC) with its numbers as `parse_number` reads them but for their units in brackets."""
    joined = _ORDINAL.sub(r"\1、", _PARTED.sub(lambda found: re.sub(_NARROW, "", found[0]), reply))
    text = unicodedata.normalize("NFKC", joined)
    text = _SPACED.sub(lambda found: found[1] + found[2].replace(" ", ""), text)
    return _ERA_YEAR.sub(_in_our_calendar, text)


def _in_our_calendar(found: re.Match[str]) -> str:
    year = japanese_number(found[2])
    return f"{ERAS[ERA_LETTERS.get(found[1], found[1])] + year - 1}年" if year else found[0]


def with_stated_units(text: str, number: re.Pattern[str], *, heeded: bool = True) -> str:
    """The text with units in brackets where a unit is read, behind the number. number: `parse_number.NUMBER`. heeded: else they
    are left out.
    """
    for _ in range(_MOST_STATED):
        found = next(
            (one for one in islice(_STATED.finditer(text), _MOST_STATED) if _is_stated(text, one, number)), None
        )
        if found is None:
            break
        unit = _unit(found) if heeded else ""
        before, after = text[: found.start()], text[found.end() :]
        beside = _last_number(before, number)
        if beside is not None:
            own = _has_unit(beside, number)
            text = f"{before.rstrip()}{'' if own else unit}{' ' if own else ''}{after}"
        else:
            text = before + number.sub(
                lambda one, unit=unit: one[0] if _has_unit(one, number) else f"{one[0].rstrip()}{unit}", after
            )
    return text


def _is_stated(text: str, found: re.Match[str], number: re.Pattern[str]) -> bool:
    """Whether a statement can be heeded: one without 単位 says something only of a bare number right before it."""
    if found["named"] or found["line"]:
        return True
    beside = _last_number(text[: found.start()], number)
    return beside is not None and not _has_unit(beside, number)


def _unit(found: re.Match[str]) -> str:
    if found["only"]:
        return f" {found['only']}"
    if found["scale"]:
        return f" {found['scale']} {found['money']}"
    return found["named"] or found["line"] or found["bare"]


def _last_number(before: str, number: re.Pattern[str]) -> re.Match[str] | None:
    """The number that a text ends with."""
    last = next(iter(deque(number.finditer(before), maxlen=1)), None)
    return last if last is not None and last.end() == len(before) else None


def _has_unit(found: re.Match[str], number: re.Pattern[str]) -> bool:
    """Whether a number has a unit, a currency or a scale of its own, or is written in kanji."""
    named = [name for name in number.groupindex if name.startswith("u") and name[1:].isdecimal()]
    own = found["scale"] or found["currency"] or any(found[name] is not None for name in named)
    return bool(own) or not re.fullmatch(r"[\d,.]+", found["body"])
