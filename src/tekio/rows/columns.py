"""Column maps: which column of a file is which field. A name that the file does not have is an error, never an empty text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, cast

from tekio.errors import Text, UsageError
from tekio.text.unreadable import UnreadableError

SHOWN = 40
MAX_DEPTH, MAX_FIELDS = 6, 200
"""How deep a record is looked into for its fields' names, and how many of them are names: keys of many more are data."""


class NotText(str):
    """What is shown of a column's bytes; no text of a document or record."""

    __slots__ = ()


def parse_columns(written: str) -> dict[str, str]:
    """`question=質問,answer=回答` as field -> column. Raises `UsageError` for what is no such list."""
    found: dict[str, str] = {}
    for item in written.split(","):
        field, equals, column = (part.strip() for part in item.partition("="))
        if not equals or not field or not column or field in found:
            raise UsageError(
                Text(f"Not a list of columns: {written!r}.", f"列の指定が違います: {written!r}。"),
                fix="question=質問,answer=回答",
            )
        found[field] = column
    return found


_NOTE = re.compile(r"(?<=.)(?:\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|[※*].*)\s*\Z", re.DOTALL)


def plain_name(name: object) -> str:
    """A column's name as it is compared with known ones: full-width letters as ASCII, no quotes, blanks or end marks, no note
    behind it (「質問（50字以内）」「回答※必須」).
    """
    bare = unicodedata.normalize("NFKC", str(name)).strip(" \t\r\n\"'.:")
    return _NOTE.sub("", bare).strip(" \t\r\n\"'.:") or bare


def joined_columns(column: str) -> list[str]:
    """The columns of `a+b`, whose texts stand one below the other."""
    return [name.strip() for name in column.split("+")]


def has_column(names: Collection[str] | Mapping[str, Any], wanted: str) -> bool:
    """Whether a column is among `names` (of a file, or a row itself); `a.b` may also be a field inside the record `a`.

    Names of a file hold those fields too where its rows were looked at (`nested_names`); a record of which none is known may have it.
    """
    if wanted in names:
        return True
    first, dot, _ = wanted.partition(".")
    if not dot or first not in names:
        return False
    if isinstance(names, Mapping):
        return _has_field(cast("Mapping[str, Any]", names), wanted)
    return not any(name.startswith(f"{first}.") for name in names)


def _has_field(row: Mapping[str, Any], wanted: str) -> bool:
    """Whether the records of a row lead to a field; one that is empty (null) may have it."""
    value: Any = row
    for part in wanted.split("."):
        if value is None:
            return True
        if not isinstance(value, dict) or part not in value:
            return False
        value = cast("dict[str, Any]", value)[part]
    return True


def nested_names(row: Mapping[str, Any]) -> list[str]:
    """The columns of a row and the fields inside its records as `a.b`; of a record with very many fields its own name alone."""
    found: list[str] = []
    for name, value in row.items():
        fields = list(islice(_fields(name, value, MAX_DEPTH), MAX_FIELDS + 1))
        found += [name, *fields] if len(fields) <= MAX_FIELDS else [name]
    return found


def _fields(name: str, value: Any, depth: int) -> Iterator[str]:
    if depth and isinstance(value, dict):
        for inner, below in cast("dict[str, Any]", value).items():
            yield f"{name}.{inner}"
            yield from _fields(f"{name}.{inner}", below, depth - 1)


def missing_columns(wanted: Iterable[str], names: Collection[str]) -> UnreadableError | None:
    """The refusal of a file without some of the wanted columns, naming those that exist; None when all are there."""
    missing = [name for name in dict.fromkeys(wanted) if not has_column(names, name)]
    if not missing:
        return None
    return UnreadableError("missing_column", {"missing": missing, "columns": [str(name) for name in names][:SHOWN]})


def lookup(row: dict[str, Any], name: str) -> Any:
    """A column's value; `a.b` also finds a field inside a record; None when it is not there."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, Any]", value).get(part)
    return value
