"""Markdown from outside as an lxml tree: CommonMark with tables (markdown-it-py), read as scrapes of web pages write it.

The tree is what `tekio.text.html.parse_html_text` gives, so whatever reads pages reads Markdown unchanged.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tekio.text.html import parse_html_text
from tekio.text.markdown_dialects import write_dialects, write_simple_tables
from tekio.text.tables.from_html import UNSURE_HEADS

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


_DELIMITER = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL_END = re.compile(r"(?<!\\)\|")


def _cells(line: str) -> int:
    return len(_CELL_END.split(line.strip().strip("|")))


_WIDENED = "<!--widened-->"
"""What stands in a heading that a table did not have."""
_UNSURE = re.compile(rf"<table>(?=\s*<thead>(?:(?!</thead>).)*{_WIDENED})", re.DOTALL)


def widen_tables(text: str) -> str:
    """Tables whose rows have more cells than their heading, with a heading as wide: the rule of Markdown drops the rest.

    Where most rows have more, headings that stood over several columns have lost them (scrapes write no spans): none of
    the headings is sure then, and `markdown_html` says so.
    """
    lines = text.split("\n")
    for at in range(1, len(lines)):
        if "|" not in lines[at] or "|" not in lines[at - 1] or not _DELIMITER.match(lines[at]):
            continue
        end = at + 1
        while end < len(lines) and "|" in lines[end]:
            end += 1
        widths, head = [_cells(line) for line in lines[at + 1 : end]], _cells(lines[at - 1])
        width = max(widths, default=0)
        if width > head == _cells(lines[at]):
            mark = _WIDENED if 2 * sum(own > head for own in widths) > len(widths) > 1 else ""
            lines[at - 1] = lines[at - 1].rstrip().removesuffix("|") + " |" + f" {mark} |" * (width - head)
            lines[at] = lines[at].rstrip().removesuffix("|") + "|" + " --- |" * (width - head)
    return "\n".join(lines)


_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_ROW = re.compile(r"^ {0,3}\|.*[^|\s].* \| .*\|[ \t\r]*$")


def head_tables(text: str) -> str:
    """Rows between bars without a line of marks, as scrapes write tables of forms: a table with an empty heading.

    CommonMark takes such rows for one paragraph, in which they run together.
    """
    if " | " not in text:
        return text
    lines = text.split("\n")
    made: list[str] = []
    fence, at = "", 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if opened:
            fence = "" if fence and opened[1].startswith(fence) else fence or opened[1]
        if fence or not _ROW.match(lines[at]):
            made.append(lines[at])
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].lstrip(" ").startswith("|"):
            end += 1
        rows = lines[at:end]
        if not any(_DELIMITER.match(row) for row in rows):
            width = max(map(_cells, rows))
            made += ["", "|" + "  |" * width, "|" + " --- |" * width]
        made += rows
        at = end
    return "\n".join(made)


_TASK = re.compile(r"^([ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)\[([ xX])\](?=[ \t])", re.MULTILINE)
_TOC = re.compile(r"^[ \t]*\[\[?_?toc_?\]\]?[ \t]*$", re.IGNORECASE | re.MULTILINE)


def write_marks(text: str) -> str:
    """Boxes of task lists as the page shows them (☑, ☐), and no place-holder of a contents list: neither is in CommonMark."""
    if "[" not in text:
        return text
    return _TOC.sub("", _TASK.sub(lambda found: f"{found[1]}{'☐' if found[2] == ' ' else '☑'}", text))


_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*")


def write_notes(text: str) -> str:
    """Footnotes (`[^1]` and `[^1]: text`, not in CommonMark) as marks and paragraphs of their own; a parser drops the texts."""
    if "[^" not in text:
        return text
    lines = text.split("\n")
    marks: list[str] = []
    fence = ""
    for at, line in enumerate(lines):
        opened = _FENCE.match(line)
        if opened:
            fence = "" if fence and opened[1].startswith(fence) else fence or opened[1]
        elif not fence and (note := _NOTE.match(line)):
            marks.append(note[1])
            lines[at] = f"\n（注{note[1]}）{line[note.end() :]}"
    if not marks:
        return text
    known = re.compile("|".join(re.escape(f"[^{mark}]") for mark in sorted(set(marks), key=len, reverse=True)))
    return known.sub(lambda found: f"（注{found[0][2:-1]}）", "\n".join(lines))


_POWER = re.compile(
    r"(?<![\\$])\$(?P<before>(?:[0-9.,]+\s*(?:\\times|\\cdot|×)\s*)?[0-9A-Za-z.]{1,12})\^(?:(?P<one>[0-9A-Za-z])|\{(?P<more>[-+]?[0-9A-Za-z]{1,6})\})\$"
    r"|(?P<base>[0-9)])\^(?P<raised>[-+]?[0-9]{1,4})\^(?![0-9^])"
)


def write_powers(text: str) -> str:
    """Powers as a formula (`$10^6$`) or in the marks of Pandoc (`10^-4^`) as 10^6 and 10^-4, as other formats write them."""

    def written(found: re.Match[str]) -> str:
        if found["base"]:
            return f"{found['base']}^{found['raised']}"
        before = re.sub(r"\s*\\(?:times|cdot)\s*", "×", found["before"])
        return f"{before}^{found['one'] or found['more']}"

    return _POWER.sub(written, text) if "^" in text else text


def front_matter(text: str) -> dict[str, str]:
    """The plain fields of a Markdown text's YAML front matter (title, date), names in lower case."""
    found = _FRONT_MATTER.match(text.removeprefix("\ufeff"))
    lines = [] if found is None else found[0].split("\n")[1:-1]
    fields = (line.partition(":") for line in lines if line[:1].isalpha())
    return {
        name.strip().lower(): value.strip().strip("'\"") for name, colon, value in fields if colon and value.strip()
    }


def markdown_html(text: str) -> str:
    """The HTML of a Markdown text (raw HTML in it stays what it is), without its YAML front matter."""
    body = _FRONT_MATTER.sub("", text.removeprefix("\ufeff"), count=1)
    body = write_dialects(widen_tables(head_tables(write_simple_tables(body))))
    html = _parser().render(write_powers(write_notes(write_marks(body))))
    if _WIDENED not in html:
        return html
    return _UNSURE.sub(f'<table {UNSURE_HEADS}="">', html).replace(_WIDENED, "")


def parse_markdown(text: str) -> Any:
    """The tree of a Markdown text. Raises `UnreadableError` for what the limits of HTML refuse (`tekio.text.html`)."""
    return parse_html_text(f"<html><body>{markdown_html(text)}</body></html>")
