"""What programs write into Markdown beside CommonMark: Pandoc, Obsidian, Notion, GitHub and wikis, as CommonMark a parser knows.

Marks go, what they mark stays: `[text]{.class}`, `==text==`, `[[page|text]]`, `> [!note] title`, `::: name`. What a reader of the page
does not see goes: `%%comment%%`, embedded files (`![[file]]`), names of anchors. Nothing is touched inside fences of code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_NAME = r"[^\s{}\"'=#.]+"
_ATTRIBUTES = rf"\{{:?\s*(?:[#.]{_NAME}|{_NAME}=(?:\"[^\"]*\"|[^\s\"}}]+))(?:\s+(?:[#.]{_NAME}|{_NAME}=(?:\"[^\"]*\"|[^\s\"}}]+)))*\s*\}}"
_HEADING = re.compile(r" {0,3}#{1,6} ")
_HEADED = re.compile(rf"(?:{_ATTRIBUTES}|\{{-\}})$")
_AFTER = re.compile(rf"(?<=[\])`]){_ATTRIBUTES}")
_SPAN = re.compile(rf"(?<![!\]\\])\[([^\[\]\n]+)\]{_ATTRIBUTES}")
_DIV = re.compile(rf":{{3,}}[ \t]*(?:{_ATTRIBUTES}|[A-Za-z][\w-]*(?:[ \t]+[A-Za-z][\w-]*){{0,5}})")
_CALL_OUT = re.compile(r"^( {0,3}(?:>[ \t]?)+)\[![A-Za-z][\w-]*\][+-]?[ \t]*(.*)$")
_MARKED = re.compile(r"(?<![=\w<>!])==(?=[^\s=])([^=\n]{1,300}?)(?<=[^\s=])==(?!=)")
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]")
_PAGE_LINK = re.compile(
    r"(?<![!\\\[])\[\[(?!_?_?toc)([^\[\]|\n]{1,200})(?:\\?\|([^\[\]|\n]{1,200}))?\]\](?!\()", re.IGNORECASE
)
_MARK_ONLY = re.compile(r"(?:注|※|\*)?\s*[0-9０-９]*")
_COMMENT = re.compile(r"%%[^%\n]{1,2000}%%")
_LOWERED = re.compile(r"(?<=[A-Za-z])~([0-9]{1,3})~(?!~)")
_DEFINED = re.compile(r"^ {0,3}[:~](?: {1,3}|\t)(?=\S)")
_FIELD = re.compile(r"^[^\s:：、。|#>*+`<-][^\s:：、。|]{0,14}[:：](?: |(?=[^\s/]))[^\s|].{0,200}$")
LONGEST_MARK = 300
"""Characters of a line that may be a mark of a part, a field or a definition."""
_TERM = re.compile(r"^(?![-#>|:~*+=]|[0-9]+[.)] )[^|\n]{0,39}[^|\s]\s*$")
"""What stands above its definition (`:   …`)."""


def write_dialects(text: str) -> str:
    """A Markdown text without the marks of dialects."""
    lines = text.split("\n")
    code = _in_code(lines)
    plain = [line if inside else _line(line) for line, inside in zip(lines, code, strict=True)]
    found: list[str] = []
    for at, (line, inside) in enumerate(zip(plain, code, strict=True)):
        if inside or len(line) > LONGEST_MARK:
            found.append(line)
        elif _is_part(line):
            found.append("")
        elif told := _CALL_OUT.match(line):
            found += [f"{told[1]}{told[2]}", told[1].rstrip()] if told[2].strip() else [told[1].rstrip()]
        elif _DEFINED.match(line) and _is_row(next((above for above in reversed(found) if above.strip()), "")):
            found += ["", _DEFINED.sub("", line)]  # the caption of a table
        elif _DEFINED.match(line) and found and _TERM.match(found[-1]):
            found[-1] = f"{found[-1].rstrip()}：{_DEFINED.sub('', line)}"
        else:
            following = plain[at + 1] if at + 1 < len(plain) and not code[at + 1] else ""
            field = _FIELD.match(line) and _FIELD.match(following)
            found.append(f"{line.rstrip()}  " if field else line)
    return "\n".join(found)


def _is_part(line: str) -> bool:
    """Whether a line is the mark at which a part begins or ends: `::: {.note}`, `::: note`, `:::`."""
    bare = line.strip(" \t")
    if not bare.startswith(":::") or line.startswith("    "):
        return False
    return not bare.strip(":") or _DIV.fullmatch(bare.rstrip(": \t")) is not None


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|") or line.rstrip().endswith("|")


def _in_code(lines: list[str]) -> list[bool]:
    """Which lines stand in a fence of code, its marks too."""
    fence = ""
    found: list[bool] = []
    for line in lines:
        opened = _FENCE.match(line)
        found.append(bool(fence or opened))
        if opened:
            fence = "" if fence and opened[1].startswith(fence) else fence or opened[1]
    return found


def _line(line: str) -> str:
    if "{" in line:
        if _HEADING.match(line) and _HEADED.match(bare := line.rstrip(), bare.rfind("{")):
            line = bare[: bare.rfind("{")].rstrip()
        line = _AFTER.sub("", _SPAN.sub(r"\1", line))
    if "%%" in line:
        line = _COMMENT.sub("", line)
    if "[[" in line:
        line = _PAGE_LINK.sub(_page, _EMBEDDED.sub("", line))
    if "==" in line:
        line = _MARKED.sub(r"\1", line)
    return _LOWERED.sub(r"\1", line) if "~" in line else line


def _page(found: re.Match[str]) -> str:
    """The text of a link to a page; a number in two brackets is a mark of a note."""
    name = found[2] or found[1]
    return found[0] if not found[2] and _MARK_ONLY.fullmatch(name) else name.strip()


# --- tables of Pandoc that are told by their columns ----------------------------------------------------------------

_RULE = re.compile(r"^[ \t]*-{2,}(?:[ \t]+-{2,})+[ \t]*$")
_WHOLE_RULE = re.compile(r"^[ \t]*-{6,}[ \t]*$")
_CAPTION = re.compile(r"^[ \t]*(?:Table:|:)[ \t]+(?=\S)")


def write_simple_tables(text: str) -> str:
    """Pandoc's simple and multi-line tables (columns under `---- ----`) as tables with bars, their captions as paragraphs."""
    if "--" not in text:
        return text
    lines = text.split("\n")
    code = _in_code(lines)
    result: list[str] = []
    at = 0
    while at < len(lines):
        table = None if code[at] or not _RULE.match(lines[at]) else _table(lines, at)
        if table is None:
            result.append(lines[at])
            at += 1
            continue
        above, rows, at = table
        for _ in range(above):
            result.pop()
        result += ["", *rows, ""]
    return "\n".join(result)


def _table(lines: list[str], rule: int) -> tuple[int, list[str], int] | None:
    """(lines above that belong to it, its rows between bars, the line behind it) of the table with the column rule at `rule`."""
    begin = rule
    while begin and lines[begin - 1].strip() and rule - begin < 6 and not _WHOLE_RULE.match(lines[begin - 1]):
        begin -= 1
    framed = begin > 0 and _WHOLE_RULE.match(lines[begin - 1]) is not None
    if not framed and rule - begin > 1:
        return None  # a paragraph above: not a head of one line
    columns = [found.span() for found in re.finditer("-+", lines[rule])]
    end = rule + 1
    body: list[list[str]] = []
    group: list[str] = []
    while end < len(lines):
        line = lines[end]
        if _RULE.match(line) or _WHOLE_RULE.match(line) or (not line.strip() and not framed):
            break
        if line.strip():
            group.append(line)
        elif group:
            body.append(_joined(group, columns))
            group = []
        if not framed and group:
            body.append(_joined(group, columns))
            group = []
        end += 1
    if group:
        body.append(_joined(group, columns))
    if not body or not all(any(cells) for cells in body):
        return None
    if end < len(lines) and lines[end].strip():
        end += 1  # the closing rule
    head = _joined(lines[begin:rule], columns)
    after = end
    while after < len(lines) and not lines[after].strip():
        after += 1
    caption = (
        [_CAPTION.sub("", lines[after]).strip(), ""] if after < len(lines) and _CAPTION.match(lines[after]) else []
    )
    rows = [*caption, *_bars([head, ["---"] * len(columns), *body])]
    return rule - begin + framed, rows, after + 1 if caption else end


def _bars(rows: list[list[str]]) -> Iterator[str]:
    for cells in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _joined(lines: list[str], columns: list[tuple[int, int]]) -> list[str]:
    """The cells of a row told over several lines."""
    told = [_cells(line, columns) for line in lines] or [[""] * len(columns)]
    return [" ".join(filter(None, cells)) for cells in zip(*told, strict=True)]


def _cells(line: str, columns: list[tuple[int, int]]) -> list[str]:
    """A line cut between the columns; wide characters take two places."""
    ends = [begin for begin, _ in columns[1:]]
    cells = [""] * len(columns)
    place = column = 0
    for character in line:
        while column < len(ends) and place >= ends[column]:
            column += 1
        cells[column] += character
        place += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return [cell.strip() for cell in cells]
