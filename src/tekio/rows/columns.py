"""Column maps: which column of a file is which field. A name that the file does not have is an error, never an empty text."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, cast

from tekio.errors import Text, UsageError
from tekio.text.unreadable import UnreadableError

SHOWN = 40


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


def plain_name(name: object) -> str:
    """A column's name as it is compared with known ones: full-width letters as ASCII, no quotes, blanks or end marks."""
    return unicodedata.normalize("NFKC", str(name)).strip(" \t\r\n\"'.:")


def joined_columns(column: str) -> list[str]:
    """The columns of `a+b`, whose texts stand one below the other."""
    return [name.strip() for name in column.split("+")]


def has_column(names: Collection[str], wanted: str) -> bool:
    """Whether a column is among `names`; `a.b` may also be a field inside the record `a`."""
    return wanted in names or ("." in wanted and wanted.partition(".")[0] in names)


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
