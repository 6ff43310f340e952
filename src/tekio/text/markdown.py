"""Markdown from outside as an lxml tree: CommonMark with tables (markdown-it-py), read as scrapes of web pages write it.

The tree is what `tekio.text.html.parse_html_text` gives, so whatever reads pages reads Markdown unchanged.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tekio.text.html import parse_html_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n(?:[A-Za-z_][\w-]*[ \t]*:[^\n]*\r?\n|[ \t]+[^\n]*\r?\n|-[ \t][^\n]*\r?\n)*?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)"
)
MAX_NESTING = 40
"""Levels of lists and quotations; deeper ones are read as text."""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Indented lines are paragraphs of Japanese text, not code; a bare address stays text.
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING, "linkify": False})
    return parser.enable(["table", "strikethrough"]).disable("code")


def markdown_html(text: str) -> str:
    """The HTML of a Markdown text (raw HTML in it stays what it is), without its YAML front matter."""
    return _parser().render(_FRONT_MATTER.sub("", text.removeprefix("\ufeff"), count=1))


def parse_markdown(text: str) -> Any:
    """The tree of a Markdown text. Raises `UnreadableError` for what the limits of HTML refuse (`tekio.text.html`)."""
    return parse_html_text(f"<html><body>{markdown_html(text)}</body></html>")
