"""Rendering templates: Jinja in a sandbox that cannot reach attributes, grow text without limit or change values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tekio.errors import TekioError, Text
from tekio.time_limit import TooLongError, time_limit

MAX_OUTPUT = 200_000
MAX_RANGE = 1000

Rendered = Callable[[Mapping[str, Any]], str]


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox still multiplies text and counts to 100,000; a template for instructions needs neither."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 (Jinja's)
        if operator == "*" and isinstance(left, int | float) and isinstance(right, int | float):
            return left * right
        if operator == "%" and isinstance(left, int | float) and isinstance(right, int | float):
            return left % right
        raise SecurityError(f"the operator {operator} is not allowed on these values")


def sandbox() -> ImmutableSandboxedEnvironment:
    """A Jinja environment for templates from outside."""
    environment = _Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    kept = {"dict": dict}
    environment.globals.clear()
    environment.globals.update(kept)
    for name in ("xmlattr", "pprint", "format", "center", "indent", "tojson", "random"):
        environment.filters.pop(name, None)
    return environment


def compile_text(environment: ImmutableSandboxedEnvironment, source: str, where: str) -> Rendered:
    """A function that renders `source` for a row. Raises `TekioError` when the template is malformed."""
    if "{" not in source:
        return lambda _: source
    try:
        template = environment.from_string(source)
    except TemplateError as error:
        raise TekioError(
            Text("A template is malformed.", "テンプレートの書き方が正しくありません。"), where=where, why=str(error)
        ) from error

    def render(row: Mapping[str, Any]) -> str:
        size, parts = 0, list[str]()
        try:
            with time_limit():
                for part in template.generate(row):
                    size += len(part)
                    if size > MAX_OUTPUT:
                        raise SecurityError("the rendered text is too long")
                    parts.append(part)
        except TooLongError as error:
            raise SecurityError(str(error)) from None
        return "".join(parts).strip()

    return render


def compile_condition(environment: ImmutableSandboxedEnvironment, source: str, where: str) -> Callable[[Any], bool]:
    """A function that says whether the Jinja expression `source` holds for a row."""
    if not source:
        return lambda _: True
    try:
        expression = environment.compile_expression(source, undefined_to_none=False)
    except TemplateError as error:
        raise TekioError(
            Text("A condition is malformed.", "条件の書き方が正しくありません。"), where=where, why=str(error)
        ) from error
    return lambda row: bool(expression(row))


def seeded_number(*parts: object) -> int:
    """A number from 0 to 2**64 - 1 that depends only on `parts` (never on the run, the machine or the order)."""
    content = json.dumps([str(part) for part in parts], ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()[:8], "big")
