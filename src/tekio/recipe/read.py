"""Reading YAML so that every complaint has a line and a column.

PyYAML's own loader makes `5e-7` a string, lets the last of two equal keys win, turns `on` into True, `0123` into 83 and
`12:30:45` into 45045. We compose nodes only and resolve scalars by the YAML 1.2 core schema, which has none of that.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tekio.errors import RecipeError, Text, WrongValueError
from tekio.recipe.hints import encoding_of, hint_of_list, hint_of_syntax, hint_of_value, wide_space
from tekio.recipe.reasons import any_of, reason_of
from tekio.yaml_reasons import MOST_OFTEN, cure_of_yaml, reason_of_yaml

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 50
MAX_DIGITS = 300

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?((\.[0-9]+|[0-9][0-9_]*\.[0-9_]*)([eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+)")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass
class Marks:
    """Where each key and value stands: location in the data -> (line, column), both from 1."""

    file: str
    lines: list[str]
    values: dict[Location, tuple[int, int]] = field(default_factory=dict[Location, tuple[int, int]])
    keys: dict[Location, tuple[int, int]] = field(default_factory=dict[Location, tuple[int, int]])

    def where(self, mark: tuple[int, int] | None) -> str:
        """`file:line:column`, and below it the line itself with a caret."""
        if mark is None:
            return self.file
        line, column = mark
        text = self.lines[line - 1].rstrip("\n") if line <= len(self.lines) else ""
        caret = " " * _display_width(text[: column - 1]) + "^"
        return f"{self.file}:{line}:{column}\n    {text}\n    {caret}"

    def nearest(self, location: Location) -> tuple[int, int] | None:
        """The mark of `location` or of the closest thing around it."""
        for end in range(len(location), -1, -1):
            found = self.values.get(location[:end])
            if found:
                return found
        return None


def _display_width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _scalar(node: yaml.ScalarNode) -> Any:
    if node.style is not None:  # quoted or block text is a string
        return node.value
    text: str = node.value
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise WrongValueError(f"a number of {len(text):,} digits", f"{len(text):,} 桁の数値です")
        return int(text.replace("_", ""))
    if _SPECIAL_FLOAT.fullmatch(text) or _FLOAT.fullmatch(text):
        return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    return text


class _Builder:
    """Turns composed nodes into plain values and remembers where each stands."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.count = 0

    def refuse(self, node: yaml.Node, what: Text, fix: Text | None = None) -> RecipeError:
        mark = (node.start_mark.line + 1, node.start_mark.column + 1)
        return RecipeError(what, where=self.marks.where(mark), fix=fix)

    def build(self, node: yaml.Node, location: Location) -> Any:
        self.count += 1
        if self.count > MAX_NODES:
            raise self.refuse(node, Text("The file has too many values (aliases?).", "値が多すぎます(エイリアス?)。"))
        if len(location) > MAX_DEPTH:
            raise self.refuse(node, Text("The file is nested too deeply.", "入れ子が深すぎます。"))
        self.marks.values.setdefault(location, (node.start_mark.line + 1, node.start_mark.column + 1))
        standard = node.tag.startswith("tag:yaml.org,2002:")
        if not standard or node.tag.startswith("tag:yaml.org,2002:python"):
            raise self.refuse(node, Text(f"The tag {node.tag} is not allowed.", f"タグ {node.tag} は使えません。"))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*location, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        try:
            return _scalar(node)
        except ValueError as error:
            raise self.refuse(
                node, Text(f"This number cannot be used: {error}.", f"この数値は使えません: {error}")
            ) from error

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.refuse(key_node, Text("A key must be a plain word.", "キーは単純な語にしてください。"))
            key: str = key_node.value
            if key in built:
                first = self.marks.keys[(*location, key)][0]
                raise self.refuse(
                    key_node,
                    Text(
                        f"The key `{key}` is a duplicate (first on line {first}).",
                        f"キー `{key}` が重複しています(最初は {first} 行目)。",
                    ),
                    Text("Delete one of them.", "どちらかを消してください。"),
                )
            self.marks.keys[(*location, key)] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            built[key] = self.build(value_node, (*location, key))
        return built


def read_yaml(path: Path, shown: str | None = None) -> tuple[dict[str, Any], Marks]:
    """The mapping in a YAML file and the marks of its parts.

    Raises `RecipeError` for a missing, oversized or malformed file, duplicate keys, tags and alias bombs.
    """
    name = shown or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RecipeError(
            Text("The recipe cannot be read.", "レシピを読めません。"), where=name, why=error.strerror or str(error)
        ) from error
    return parse_yaml(raw, name)


def parse_yaml(raw: bytes, name: str) -> tuple[dict[str, Any], Marks]:
    """As `read_yaml`, for bytes already read; `name` is shown in messages."""
    if len(raw) > MAX_BYTES:
        raise RecipeError(Text("The file is too large for a recipe.", "レシピとして大きすぎます。"), where=name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError(
            Text("The recipe is not UTF-8.", "レシピが UTF-8 ではありません。"),
            where=f"{name}: byte {error.start}",
            why=encoding_of(raw),
            fix=Text("Save it as UTF-8.", "UTF-8 で保存し直してください。"),
        ) from error
    marks = Marks(name, text.splitlines(keepends=True))
    try:
        node = cast("yaml.Node | None", yaml.compose(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else None
        hint = hint_of_syntax(marks.lines, _opened(error) or (place[0] - 1 if place else 1), place[0] if place else 0)
        raise RecipeError(
            Text("This is not valid YAML.", "YAML として正しくありません。"),
            where=marks.where(place),
            why=reason_of_yaml(error.problem),
            fix=hint or cure_of_yaml(error.problem, error.context, _opened(error)),
        ) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        raise RecipeError(
            Text("This is not valid YAML.", "YAML として正しくありません。"),
            where=marks.where((before.count("\n") + 1, len(before) - before.rfind("\n"))),
            why=reason_of_yaml(error.reason),
            fix=Text("Take the control character out.", "制御文字を取り除いてください。"),
        ) from error
    except RecursionError as error:
        raise RecipeError(Text("The file is nested too deeply.", "入れ子が深すぎます。"), where=name) from error
    except yaml.YAMLError as error:
        raise RecipeError(
            Text("This is not valid YAML.", "YAML として正しくありません。"),
            where=name,
            why=str(error),
            fix=MOST_OFTEN,
        ) from error
    if node is None:
        raise RecipeError(Text("The recipe is empty.", "レシピが空です。"), where=name)
    try:
        value: object = _Builder(marks).build(node, ())
    except RecursionError as error:
        raise RecipeError(Text("The file is nested too deeply.", "入れ子が深すぎます。"), where=name) from error
    if not isinstance(value, dict):
        raise RecipeError(
            Text("A recipe is a mapping of sections.", "レシピは節の対応表です。"), where=marks.where((1, 1))
        )
    return cast("dict[str, Any]", value), marks


def _opened(error: yaml.MarkedYAMLError) -> int | None:
    """The line (from 1) on which began what YAML could not finish."""
    return error.context_mark.line + 1 if error.context_mark else None


def validate(model: type[Model], value: Mapping[str, Any], marks: Marks, *, base: Path) -> Model:
    """`value` as `model`; paths are taken relative to `base`. All complaints come in one `RecipeError`."""
    try:
        return model.model_validate(value, context={"base": base})
    except ValidationError as error:
        complaints = [
            _complaint(model, details, marks) for details in _by_value(error.errors(include_url=False), marks)
        ]
        first = complaints[0]
        if len(complaints) == 1:
            raise first from None
        more = "\n".join(item.explain("en").removeprefix("Error: ") for item in complaints[1:])
        more_ja = "\n".join(item.explain("ja").removeprefix("エラー: ") for item in complaints[1:])
        said = first.fix or Text("Put this right.", "これを解消してください。")
        fix = said if isinstance(said, Text) else Text(said, said)
        raise RecipeError(
            first.what,
            where=first.where,
            why=first.why,
            fix=Text(f"{fix.en}\nAlso: {more}", f"{fix.ja}\nほかに: {more_ja}"),
        ) from None


def _by_value(details: list[ErrorDetails], marks: Marks) -> list[list[ErrorDetails]]:
    """The complaints, those about one and the same value together: a union refuses it once for each of its types."""
    found: dict[object, list[ErrorDetails]] = {}
    for number, detail in enumerate(details):
        alone = detail["type"] in ("missing", "extra_forbidden")
        found.setdefault(number if alone else _place(detail, marks), []).append(detail)
    return list(found.values())


def _place(detail: ErrorDetails, marks: Marks) -> Location:
    """Where a complaint is about, as the user wrote it: without the names that pydantic gives the types of a union."""
    location = tuple(detail["loc"])
    if detail["type"] in ("missing", "extra_forbidden"):
        return (*_written(location[:-1], marks), *location[-1:])
    return _written(location, marks) or location


def _complaint(model: type[BaseModel], details: list[ErrorDetails], marks: Marks) -> RecipeError:
    detail = details[0]
    location = tuple(part for part in detail["loc"])
    dotted = ".".join(str(part) for part in _place(detail, marks))
    if detail["type"] == "extra_forbidden":
        key = str(location[-1])
        known = _keys_at(model, location[:-1])
        close = difflib.get_close_matches(unicodedata.normalize("NFKC", key), known, n=1, cutoff=0.5)
        fix = (
            Text(f"Did you mean `{close[0]}`?", f"`{close[0]}` ではありませんか。")
            if close
            else Text(f"Known keys: {', '.join(known)}", f"使えるキー: {', '.join(known)}")
        )
        mark = marks.keys.get(_written(location, marks))
        if mark and key != key.strip():
            fix = wide_space(mark[0])
        return RecipeError(
            Text(f"Unknown key `{dotted}`.", f"知らないキー `{dotted}` です。"), where=marks.where(mark), fix=fix
        )
    written = _written(location, marks)
    mark = marks.values.get(written) or marks.nearest(written)
    if detail["type"] == "missing":
        return RecipeError(
            Text(f"The key `{dotted}` is needed here.", f"ここにキー `{dotted}` が必要です。"), where=marks.where(mark)
        )
    given = detail.get("input")
    shown = f" ({_as_written(given)})" if isinstance(given, str | int | float) or given is None else ""
    return RecipeError(
        Text(f"`{dotted}` has a value that cannot be used{shown}.", f"`{dotted}` の値が使えません{shown}。"),
        where=marks.where(mark),
        why=any_of([reason_of(item) for item in details]),
        fix=hint_of_list(given) if any(item["type"] == "list_type" for item in details) else hint_of_value(given),
    )


def _as_written(value: str | float | None) -> str:
    """A value as YAML writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _written(location: Location, marks: Marks) -> Location:
    """Drop the parts pydantic adds for unions (type or tag names), which the user did not write."""
    kept: Location = ()
    for part in location:
        if (*kept, part) in marks.values or (*kept, part) in marks.keys:
            kept = (*kept, part)
    return kept


def _keys_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The keys allowed at `location` below `model`, as they are written in a recipe."""
    models: list[type[BaseModel]] = [model]
    for part in location:
        following: list[type[BaseModel]] = []
        for item in models:
            written = {field.alias or name: field for name, field in item.model_fields.items()}
            if isinstance(part, str) and part in written:
                following.extend(_models_in(written[part].annotation))
            elif isinstance(part, int):
                following.append(item)
        models = following or models
    return sorted({field.alias or name for item in models for name, field in item.model_fields.items()})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    found: list[type[BaseModel]] = []
    for part in get_args(annotation):
        found.extend(_models_in(part))
    return found
