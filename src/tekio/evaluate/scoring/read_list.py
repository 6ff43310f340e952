"""Several answers at once, read from a reply in words: 「ア、ウ」, 「正しいのはアとエです」, a verdict on each line.

Marks (A, ア, 1, ①) are read as `parse_reply` reads one answer: what is denied does not count, the last conclusion does, and "A or C" is
no answer. Entries in words have to be there, all of them, with nothing beside them but what joins them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, cast

from tekio.evaluate.scoring.parse_reply import (
    CONCLUSIONS,
    KINDS_OF_MARKS,
    MOST_CHARACTERS,
    NEXT_QUESTION,
    UNSURE,
    asserted,
    plain_text,
)

_CIRCLED = {ord(circle): f"{digit} " for circle, digit in zip("①②③④⑤⑥⑦⑧⑨", "123456789", strict=True)}
_JOINING = (
    r"[\s、,.。・/;&:()\[\]「」『』【】\"'`*•‣-]|と|および|及び|ならびに|並びに|and|選択肢|番|です|である|のみ|だけ|"
    r"の?(?:[二三四五]|\d)つ(?:です)?(?=[\s。]*$)"
)
_RIGHT_ONES = re.compile(
    r"(?:正しい|適切な|妥当な|該当する|当てはまる|あてはまる|適合する)(?:もの|選択肢|記述|番号|組合?せ|組み合わせ)?(?:の番号)?は、?"
)
_EITHER = re.compile(r"[」』)\]】\s]*(?:または|又は|もしくは|あるいは|か、?|(?i:\bor\b))[\s「『(\[【]*")
_NO = re.compile(r"誤|不適|×|✕|✗|☓|ない|なし|せず|ません|間違|違う|(?i:\b(?:false|no|wrong|incorrect)\b)")
_YES = re.compile(r"正し|適切|妥当|○|〇|◯|✓|✔|該当|当てはま|あてはま|(?i:\b(?:true|yes|correct)\b)")


def kind_of(entries: Iterable[str]) -> str | None:
    """The row of marks that all entries belong to (`KINDS_OF_MARKS`); None where they are words, or marks of several rows."""
    found = [_digits(entry) for entry in entries]
    return next(
        (marks for marks in KINDS_OF_MARKS if found and all(len(one) == 1 and one in marks for one in found)), None
    )


def same_marks(reply: str, wanted: Iterable[str], kind: str) -> bool:
    """Whether a reply gives exactly these marks."""
    return read_marks(reply, kind) == frozenset(map(_digits, wanted))


def read_marks(reply: str, kind: str) -> frozenset[str] | None:
    """The marks of a row that a reply gives as its answers; None where none can be read, or a choice is left open."""
    text = plain_text(reply[-MOST_CHARACTERS:].replace("**", ""))
    if kind == KINDS_OF_MARKS[3]:
        text = text.translate(_CIRCLED)
    head = NEXT_QUESTION.split(text, maxsplit=1)[0].strip()
    text = head or text
    for found in (_array(text, kind), _lines(text, kind)):
        if found:
            return found
    for marker in (_RIGHT_ONES, CONCLUSIONS):
        for match in reversed(list(marker.finditer(text))[-20:]):
            rest = re.split(r"(?<=。)|\n|\.\s", text[match.end() :].lstrip("\n "), maxsplit=1)[0]
            if (bare := _only_marks(rest, kind)) or (bare := _said(rest, kind)):
                return bare
    return None if UNSURE.search(text) else _said(text, kind)


def only_these(reply: str, wanted: Iterable[str]) -> bool:
    """Whether a reply's first line holds these words, each once, and nothing else but what joins them."""
    rest = plain_text(reply).split("\n", 1)[0]
    for word in sorted(wanted, key=len, reverse=True):
        if rest.count(word) != 1:
            return False
        rest = rest.replace(word, "\n")
    rest = CONCLUSIONS.sub("", rest, count=1)
    return re.fullmatch(rf"(?:{_JOINING})*", rest) is not None


def _digits(mark: str) -> str:
    return mark.translate(_CIRCLED).strip()


def _array(text: str, kind: str) -> frozenset[str] | None:
    """The marks of a JSON array."""
    match = re.search(r"\[[^\[\]{}]*\]", text)
    try:
        values: Any = json.loads(match[0]) if match else None
    except ValueError:
        return None
    names = [str(value).strip() for value in cast("list[Any]", values)] if isinstance(values, list) else []
    return frozenset(names) if len(names) > 1 and all(len(one) == 1 and one in kind for one in names) else None


def _lines(text: str, kind: str) -> frozenset[str] | None:
    """The marks of the lines a reply begins with: bare ones, a bullet each, a mark with its text, a mark with a verdict."""
    found: set[str] = set()
    judged: dict[str, bool] = {}
    for number, raw in enumerate(filter(str.strip, text.splitlines())):
        line = raw.strip() if kind == KINDS_OF_MARKS[3] else re.sub(r"^\s*\d+[.)]\s+", "", raw).strip()
        named = re.match(rf"[-・*•]?\s*[(「]?([{kind}])[)」]?\s*[.:)、,]?\s*(.*)$", line)
        verdict = named[2] if named and _only_marks(line, kind) is None else ""
        if named and len(verdict) < 60 and (_NO.search(verdict) or _YES.search(verdict)):
            judged[named[1]] = _NO.search(verdict) is None
        elif bare := _only_marks(line, kind):
            found |= bare
        elif named and re.match(rf"[-・*•]?\s*[(「]?[{kind}][)」]?\s*[.:)]", line):
            found.add(named[1])
        elif number:
            break
        else:
            return None
    if len(judged) > 1:
        return frozenset(mark for mark, right in judged.items() if right)
    return frozenset(found) or None


def _only_marks(text: str, kind: str) -> frozenset[str] | None:
    """The marks of a text that holds nothing else (「アウ」, "A and C"); None for any other."""
    if not re.fullmatch(rf"(?:{_JOINING}|[{kind}])*", text):
        return None
    counted = re.sub(r"(?<=\S)\s*の?(?:[二三四五]|\d)つ(?:です)?[\s。]*$", "", text)
    marks = re.sub(_JOINING, " ", counted)
    return frozenset(mark for mark in marks if mark in kind) or None


def _said(text: str, kind: str) -> frozenset[str] | None:
    names = [(mark,) for mark in kind]
    found = asserted(text, names)
    marks = "|".join(sorted(kind[number] for number in found))
    if not found or re.search(rf"(?:{marks})(?:{_EITHER.pattern})(?:{marks})", text):
        return None
    return frozenset(kind[number] for number in found)
