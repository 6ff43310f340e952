"""JSON as RFC 8259 has it, and no more: duplicate keys, NaN and absurd nesting are refused, whole numbers keep their digits.

orjson parses; the colons of the same bytes (outside of strings each is one member) show duplicate keys, which any parser would
drop in silence. Whole numbers over 64 bits, which orjson rounds, are read again by Python.
"""

from __future__ import annotations

import json
from typing import Any, cast

import numpy as np
import orjson
from numpy.typing import NDArray

from tekio.text.kernels.compiled import compiled
from tekio.text.unreadable import UnreadableError


@compiled
def _members(data: NDArray[np.uint8]) -> int:
    """The colons outside of strings."""
    colons = 0
    string, escaped = False, False
    for byte in data:
        if string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                string = False
        elif byte == 0x22:
            string = True
        elif byte == 0x3A:
            colons += 1
    return colons


_NESTED = frozenset((dict, list, float))


def _keys(value: Any) -> tuple[int, bool]:
    """(members of all objects in a value, whether a number in it may be a long whole number that orjson rounded)."""
    if type(value) is dict and _NESTED.isdisjoint(map(type, cast("dict[str, Any]", value).values())):
        return len(cast("dict[str, Any]", value)), False  # most records are flat
    count, rounded = 0, False
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            members = cast("dict[str, Any]", item)
            count += len(members)
            waiting += [inner for inner in members.values() if isinstance(inner, (dict, list, float))]
        elif isinstance(item, list):
            waiting += [inner for inner in cast("list[Any]", item) if isinstance(inner, (dict, list, float))]
        elif isinstance(item, float) and abs(item) >= 2**63:
            rounded = True
    return count, rounded


def loads(raw: bytes) -> Any:
    """The value of JSON in UTF-8. Raises `UnreadableError`: `bad_json`, `duplicate_key`, or `broken_encoding` (not UTF-8)."""
    try:
        value: Any = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as broken:
            raise UnreadableError("broken_encoding", {"byte": broken.start, "bytes": len(raw)}) from error
        raise UnreadableError("bad_json", {"error": str(error)[:200]}) from error
    keys, rounded = _keys(value)
    if rounded:
        try:
            return strict_json(raw.decode("utf-8"))
        except DuplicateKeyError as error:
            raise UnreadableError("duplicate_key", {"different": keys}) from error
    # As many colons as members: none stands in a text, and no member was dropped. Else the scan tells.
    if raw.count(b":") != keys and (members := _members(np.frombuffer(raw, dtype=np.uint8))) != keys:
        raise UnreadableError("duplicate_key", {"members": members, "different": keys})
    return value


class DuplicateKeyError(ValueError):
    """Two members of an object have the same name."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKeyError("duplicate key")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def strict_json(text: str) -> Any:
    """The value of a JSON text. Raises `ValueError` for duplicate keys, NaN, damage and absurd nesting."""
    value, end = decode_json(text.strip(), 0)
    if text.strip()[end:]:
        raise ValueError("text after the value")
    return value


def decode_json(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at `text[start]` and where it ends. Raises `ValueError`."""
    try:
        return _decoder.raw_decode(text, start)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
