"""The base of every recipe section: unknown keys are refused, values do not change after reading."""

from __future__ import annotations

import math
import re
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator

from tekio.errors import WrongValueError

LONGEST_NAME = 100


def plain_name(value: str) -> str:
    """`value`, if it may become the name of a file or folder. Raises `ValueError` with the rule."""
    if not re.fullmatch(r"\w[\w.-]*", value) or value.endswith(".") or len(value.encode()) > LONGEST_NAME:
        raise WrongValueError(
            "a name has letters, digits, `_`, `-` and `.` only, begins with a letter, a digit or `_`, and is no longer than "
            f"{LONGEST_NAME} bytes",
            "名前に使えるのは文字、数字、`_`、`-`、`.` だけで、文字、数字、`_` のいずれかで始まり、"
            f"{LONGEST_NAME} バイト以内です",
        )
    return value


PlainName = Annotated[str, AfterValidator(plain_name)]
"""A name that may become the name of a file or folder: no separator, no `..`, nothing hidden."""


_WRONG_TYPES = {
    "a finite number is expected": "有限の数値を指定してください",
    "a number is expected, not true or false": "true/false ではなく数値を指定してください",
    "a number is expected, not text": "文字列ではなく数値を指定してください",
    "true or false is expected, not text": "文字列ではなく true か false を指定してください",
    "true or false is expected, not a number": "数値ではなく true か false を指定してください",
}
"""What `_wrong_type` says, in Japanese."""


def _wrong_type(value: object, kind: Any) -> str | None:
    """What is wrong with a value's type for a field of type `kind`; None if nothing is seen here."""
    if isinstance(value, float) and not math.isfinite(value):
        return "a finite number is expected"
    if kind is Any and isinstance(value, list | dict):  # a reader's or a template's own options
        parts = cast("list[object]", list(value.values()) if isinstance(value, dict) else value)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        return next((wrong for item in parts if (wrong := _wrong_type(item, Any))), None)
    if get_origin(kind) is Annotated:
        return _wrong_type(value, get_args(kind)[0])
    choices = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    if isinstance(value, list) and (lists := [item for item in choices if get_origin(item) is list]):
        found = (_wrong_type(item, get_args(lists[0])[0]) for item in cast("list[object]", value))
        return next((item for item in found if item), None)
    if isinstance(value, dict) and (mappings := [item for item in choices if get_origin(item) is dict]):
        found = (_wrong_type(item, get_args(mappings[0])[1]) for item in cast("dict[str, object]", value).values())
        return next((item for item in found if item), None)
    if bool not in choices and isinstance(value, bool) and {int, float}.intersection(choices):
        return "a number is expected, not true or false"
    if str not in choices and isinstance(value, str) and {int, float, bool}.intersection(choices):
        return "a number is expected, not text" if bool not in choices else "true or false is expected, not text"
    if (
        bool in choices
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and not {int, float}.intersection(choices)
    ):
        return "true or false is expected, not a number"
    return None


class Section(BaseModel):
    """A part of a recipe. The docstring of each field is its documentation (shown by `tekio init` and in docs)."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_silent_conversion(cls, value: Any, info: ValidationInfo) -> Any:
        """`true` is not 1 and `"5"` is not 5: a wrong type is refused, not converted."""
        kind = cls.model_fields[info.field_name].annotation if info.field_name else None
        wrong = _wrong_type(value, kind)
        if wrong:
            raise WrongValueError(wrong, _WRONG_TYPES[wrong])
        return value

    def plain(self) -> dict[str, Any]:
        """The section as plain JSON values, paths as the user wrote them: what goes into keys and manifests."""
        return self.model_dump(mode="json")
