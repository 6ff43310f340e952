"""The base of all models, and how their files are written and read.

Of the current format a file is read strictly: a missing, unknown or mistyped key is an error that names it (a field marked
`OMITTED` may be missing: it has no key where there is nothing to say). Of an older
format, what was added since is filled with "nothing" (null, an empty table, or the value its field names by `Older`) and
what is no longer known is left aside; of a newer one nothing is guessed.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator
from pydantic.fields import FieldInfo

from tekio.errors import TekioError, Text
from tekio.recipe.reasons import reason_of
from tekio.store import FORMAT, newer_format, read_json, read_jsonl, write_json, write_jsonl

Model = TypeVar("Model", bound="Part")


@dataclass(frozen=True)
class Older:
    """What a field is in files that were written before it was known."""

    value: object


def _is_null(value: object) -> bool:
    return value is None


OMITTED: Any = Field(exclude_if=_is_null)
"""Marks a field (`Annotated[int | None, OMITTED]`) whose key is not written where it is null."""


class Part(BaseModel):
    """A part of a file. Every field must be given when it is made, so that a renamed one is a type error."""

    model_config = ConfigDict(extra="forbid", strict=True, validate_by_name=True, validate_by_alias=True)

    def plain(self) -> dict[str, Any]:
        """The JSON values of the file; every key is always there, but for null fields marked `OMITTED`."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def upgraded(cls, given: dict[str, Any]) -> dict[str, Any]:
        """The values of an older file, with what has another name or meaning since."""
        return given

    @model_validator(mode="before")
    @classmethod
    def _of_older_format(cls, data: object, info: ValidationInfo) -> object:
        context = cast("dict[str, bool] | None", info.context)
        if context is None or not isinstance(data, dict):
            return data
        given = cast("dict[str, Any]", data)
        if not context["older"]:
            return {name: None for name, field in cls.model_fields.items() if field.exclude_if} | given
        given = cls.upgraded(given)
        known = {name: _key(name, field) for name, field in cls.model_fields.items()}
        kept = {name: given[key] for name, key in known.items() if key in given}
        for name in known.keys() - kept.keys():
            found = nothing_said(cls.model_fields[name])
            if found is not None:
                kept[name] = found.value
        return kept


class Artifact(Part):
    """A whole JSON file; `format` is the version it was written in (1: before there was a number)."""

    format: int = FORMAT

    def plain(self) -> dict[str, Any]:
        """The JSON values of the file, in the current format."""
        return super().plain() | {"format": FORMAT}


def _key(name: str, field: FieldInfo) -> str:
    """The key of a field in a file."""
    return field.alias or field.serialization_alias or name


def nothing_said(field: FieldInfo) -> Older | None:
    """What to read where an older file has no such key; None: the file cannot be read without it."""
    named = next((item for item in field.metadata if isinstance(item, Older)), None)
    if named is not None:
        return named
    annotation: Any = field.annotation
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType) and type(None) in get_args(annotation):
        return Older(None)
    empty: dict[Any, object] = {dict: {}, list: []}
    return Older(empty[origin]) if origin in empty else None


def parse(model: type[Model], plain: object, *, older: bool = False, where: object = None) -> Model:
    """Plain JSON values as `model`. older: they come from a file of an older format. Raises `TekioError` by name."""
    try:
        return model.model_validate(plain, context={"older": older})
    except ValidationError as error:
        wrong = [(".".join(str(part) for part in item["loc"]), reason_of(item)) for item in error.errors()]
        more = f"; … ({len(wrong)})" if len(wrong) > 5 else ""
        raise TekioError(
            Text("The file does not have the expected form.", "ファイルの形式が正しくありません。"),
            where=None if where is None else str(where),
            why=Text(
                "; ".join(f"{place}: {reason.en}" for place, reason in wrong[:5]) + more,
                "; ".join(f"{place}: {reason.ja}" for place, reason in wrong[:5]) + more,
            ),
            fix=Text(
                "Delete the stage's folder and run the same command again.",
                "この段階のフォルダを消して再実行してください。",
            ),
        ) from error


def read_artifact(model: type[Model], path: Path) -> Model:
    """A JSON file of ours. Raises `TekioError` if it is missing, damaged, of another form or of a newer format."""
    return parse_artifact(model, read_json(path), path)


def parse_artifact(model: type[Model], plain: object, where: object = None) -> Model:
    """The same from plain values."""
    values, version = _versioned(plain, where)
    if issubclass(model, Artifact):
        values = {"format": version, **values}
    return parse(model, values, older=version < FORMAT, where=where)


def _versioned(plain: object, where: object) -> tuple[dict[str, object], int]:
    if not isinstance(plain, dict):
        raise TekioError(
            Text("A JSON object is expected.", "JSON オブジェクトではありません。"),
            where=None if where is None else str(where),
        )
    values = cast("dict[str, object]", plain)
    version = values.get("format", 1)
    if not isinstance(version, int) or version > FORMAT:
        raise newer_format(version, where)
    return values, version


def write_artifact(path: Path, value: Part) -> None:
    """Write a JSON file, atomically, keys sorted."""
    write_json(path, value.plain())


def read_lines(model: type[Model], path: Path, *, older: bool = False) -> Iterator[Model]:
    """The lines of a JSON Lines file. older: the file beside it that bears a format is of an older one."""
    for number, row in enumerate(read_jsonl(path), 1):
        yield parse(model, row, older=older, where=f"{path}:{number}")


def is_older(path: Path) -> bool:
    """Whether the JSON file (if it is there) is of an older format; so are the JSON Lines files beside it."""
    return path.is_file() and _versioned(read_json(path), path)[1] < FORMAT


def write_lines(path: Path, rows: Iterable[Part]) -> int:
    """Write a JSON Lines file, atomically, keys in the model's order. Returns the number of rows."""
    return write_jsonl(path, (row.plain() for row in rows))
