"""Tables of wikitext as the elements of HTML, so that they are written as the tables of pages are: every figure with its labels."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (mwparserfromhell is not fully typed)

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

_SPANS = ("rowspan", "colspan")
_CELLS, _GROUPS = ("td", "th"), ("thead", "tbody", "tfoot")
TextOf = Callable[[list[Any]], str]


def table_html(table: Any, text_of: TextOf) -> str:
    """A parsed table (`{|` or `<table>`) as HTML. text_of: the text of nodes.

    What the parser takes for a cell that begins with `+` is the caption. Text that stands in no cell stays where it is.
    """
    written: list[str] = []
    above: list[str] = []  # cells above the first `|-`: a row
    for node in _held(table):
        name = _name(node)
        caption = name == "caption" or (str(getattr(node, "wiki_markup", "")) == "|" and str(node.contents)[:1] == "+")
        if name in ("tr", *_GROUPS) and above:
            written.append(f"<tr>{''.join(above)}</tr>")
            above = []
        if name == "tr":
            written.append(f"<tr>{_row(node, text_of)}</tr>")
        elif name in _GROUPS:
            written.append(f"<{name}>{''.join(f'<tr>{_row(row, text_of)}</tr>' for row in _held(node))}</{name}>")
        elif caption:
            written.append(f"<caption>{_lines(text_of(_held(node)).strip().removeprefix('+').strip())}</caption>")
        else:
            (above if name in _CELLS else written).append(_cell(node, text_of))
    written += [f"<tr>{''.join(above)}</tr>"] if above else []
    return f"<table>{''.join(written)}</table>"


def _held(node: Any) -> list[Any]:
    contents = getattr(node, "contents", None)
    return contents.nodes if contents is not None else []


def _name(node: Any) -> str:
    return str(node.tag).strip().lower() if type(node).__name__ == "Tag" else ""


def _row(row: Any, text_of: TextOf) -> str:
    return "".join(_cell(node, text_of) for node in _held(row))


def _cell(node: Any, text_of: TextOf) -> str:
    """A cell, or the text of what is none."""
    name = _name(node)
    if name not in _CELLS:
        return _lines(text_of([node]).strip())
    spans = "".join(
        f' {span}="{escape(str(attribute.value).strip())}"'
        for attribute in node.attributes
        if (span := str(attribute.name).strip().lower()) in _SPANS
    )
    return f"<{name}{spans}>{_lines(text_of(_held(node)).strip())}</{name}>"


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))
