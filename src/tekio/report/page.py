"""The page: sandboxed Jinja with escaping on, every text made visible, no script, nothing from outside."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from tekio.errors import Message, Text
from tekio.report import number_format
from tekio.visible import shorten, visible

MAX_SHOWN = 1200
_EMPTY_LINES = re.compile(r"\A\n+|\n{3,}")


def both(english: Message, japanese: str | None = None, *values: object) -> Markup:
    """A text in both languages; the style sheet shows the chosen one. A plain string is the same in both.

    values: put in place of `{}` in each language.
    """
    if isinstance(english, Text):
        english, japanese = english.en, english.ja
    if values:
        english, japanese = english.format(*values), (japanese or english).format(*values)
    if japanese is None or japanese == english:
        return escape(visible(english))
    return Markup('<span class="en" lang="en">{}</span><span class="ja" lang="ja">{}</span>').format(
        visible(english), visible(japanese)
    )


def finalize(value: Any) -> Any:
    """What Jinja prints for an expression: texts in both languages, strings with hidden characters shown."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Text):
        return both(value)
    if value is None:
        return number_format.NONE
    return visible(value) if isinstance(value, str) else value


def cut(text: str, limit: int = MAX_SHOWN) -> Markup:
    """A long text's beginning, and how much is not shown. Runs of line breaks are counted instead of drawn."""
    shown, left_out = shorten(_EMPTY_LINES.sub(lambda match: f"⏎×{len(match[0])}\n", text), limit)
    if not left_out:
        return escape(visible(shown))
    more = both(f"… {left_out:,} more characters", f"… 残り {left_out:,} 文字")
    return escape(visible(shown)) + Markup('<span class="more">{}</span>').format(more)


def ending(text: str, limit: int = 220) -> Markup:
    """A long text's end (where a prompt asks its question)."""
    hidden = max(0, len(text) - limit)
    shown = escape(visible(text[hidden:].strip()))
    return Markup('<span class="more">…</span> {}').format(shown) if hidden else shown


def environment() -> ImmutableSandboxedEnvironment:
    """The template environment of the page."""
    made = ImmutableSandboxedEnvironment(
        loader=PackageLoader("tekio.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared: dict[str, Any] = {"t": both}
    filters: dict[str, Any] = {"count": number_format.count, "share": number_format.share, "cut": cut, "ending": ending}
    made.globals.update(shared)
    made.filters.update(filters)
    return made


def render(contents: dict[str, Any]) -> str:
    """The whole page."""
    return environment().get_template("report.html.jinja").render(contents)
