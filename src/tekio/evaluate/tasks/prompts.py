"""Rendering prompts: Jinja in a sandbox, every newline kept, an unknown variable is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tekio.errors import Text, UsageError
from tekio.time_limit import TooLongError, time_limit

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_SOURCE = 100_000


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    # autoescape is for HTML; a prompt is plain text
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return _environment().from_string(source)


def render(source: str, values: Mapping[str, Any], *, task: str, part: str) -> str:
    """`source` with the item's values filled in.

    Raises `UsageError` naming the task and the part for a template that is wrong, too long, or asks for what is not
    there or not allowed.
    """
    where = f"task {task}, {part}"
    if len(source) > MAX_SOURCE:
        raise UsageError(
            Text("The template is too long.", "テンプレートが長すぎます。"),
            where=where,
            why=Text(f"It has {len(source):,} characters.", f"{len(source):,} 文字あります。"),
            fix=Text(f"At most {MAX_SOURCE:,} characters", f"{MAX_SOURCE:,} 文字まで"),
        )
    try:
        with time_limit():
            return _compiled(source).render(values)
    except (TooLongError, TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise UsageError(
            Text("The prompt cannot be rendered.", "プロンプトを作れません。"),
            where=where,
            why=_why(error),
            fix=Text(f"It sees: {', '.join(sorted(values))}", f"使える名前: {', '.join(sorted(values))}"),
        ) from error


def _why(error: Exception) -> Text:
    """Why Jinja stopped."""
    if name := re.fullmatch(r"'(.+)' is undefined", str(error)):
        return Text(f"There is no name `{name[1]}`.", f"`{name[1]}` という名前はありません。")
    if isinstance(error, TemplateSyntaxError):
        return Text(f"It is no valid template: {error}", f"テンプレートの書き方が違います（{error}）")
    return Text(f"{type(error).__name__}: {error}", f"{type(error).__name__}: {error}")


def choice_values(fields: Mapping[str, Any], options: tuple[str, ...], position: int) -> dict[str, Any]:
    """What the template of a scored option sees."""
    return {
        **fields,
        "choice": options[position],
        "letter": letter(position),
        "index": position,
        "number": position + 1,
    }


def letter(position: int) -> str:
    """A, B, C ... for an option; empty past Z."""
    return LETTERS[position : position + 1]
