"""Word files (.docx): headings, lists, tables, notes and text boxes; tracked changes as if accepted."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tekio.corpus.readers.ooxml import Package, attribute, child, local, number
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_tables
from tekio.recipe.corpus import SourceConfig
from tekio.text.raised import END, LOWERED, START, write_raised
from tekio.text.tables.grid import Cell, Grid, lay_out
from tekio.text.tables.render import Count, Tables, render
from tekio.text.unreadable import UnreadableError

MAX_DEPTH = 60
_SKIPPED = frozenset(["del", "moveFrom", "Fallback", "rPr", "pPr", "rt", "delText", "instrText", "fldData", "pict"])
_SEPARATE = frozenset(["p", "tbl"])


@dataclass(frozen=True)
class _Named:
    """A paragraph style: its name in lower case, and the list and level it puts its paragraphs in."""

    name: str
    list_id: str = ""
    level: int = 0


@dataclass
class _State:
    tables: Tables
    numbering: dict[tuple[str, int], tuple[str, str]]
    styles: dict[str, _Named]
    counters: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    count: Count = field(default_factory=Count)
    dropped: list[str] = field(default_factory=list[str])
    title: str = ""
    notes: list[str] = field(default_factory=list[str])


def read_word(source: SourceConfig, file: UnitFile) -> Rows:
    """A .docx file as one document. Options: `tables`."""
    package = Package(file)
    main = next((name for kind, name in package.related("").values() if kind == "officeDocument"), "word/document.xml")
    root = package.part(main)
    if root is None:
        raise UnreadableError("not_word", {"part": main})
    state = _State(
        option_tables(source), _numbering(package.part("word/numbering.xml")), _styles(package.part("word/styles.xml"))
    )
    lines = _blocks(child(root, "body"), state, 0)
    for part, name in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        notes = package.part(part)
        for note in [] if notes is None else notes:
            mark = f"{name}:{attribute(note, 'id')}"
            if local(note) == name and mark in state.notes:
                text = " ".join(_blocks(note, state, 0)).strip()
                lines.append(f"（注{state.notes.index(mark) + 1}）{text}")
    told = package.properties()
    meta = {key: told[key] for key in ("author", "created", "modified") if key in told}
    document = make_document(
        source,
        file,
        "\n".join(lines).strip("\n"),
        title=state.title or told.get("title"),
        meta=meta | {"transforms": ["word"]} | state.count.meta(),
    )
    yield from with_dropped(source, file, document.text, state.dropped)
    if not document.text.strip():
        yield Rejected(document.uri, "no_text", {}, document, whole_file=True)
        return
    yield document


def with_dropped(source: SourceConfig, file: UnitFile, _text: str, dropped: list[str]) -> Rows:
    """A refusal for each table that was left out."""
    for place, text in enumerate(dropped, start=1):
        left = make_document(source, file, text, part=f"table={place}")
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(text.split()))}, left)


def _styles(root: Any) -> dict[str, _Named]:
    """The file's styles by id. A style without a list of its own has that of the style it is based on."""
    found: dict[str, _Named] = {}
    based: dict[str, str] = {}
    for node in [] if root is None else root:
        if local(node) != "style":
            continue
        name, above = child(node, "name"), child(node, "basedOn")
        listed, level = child(node, "pPr", "numPr", "numId"), child(node, "pPr", "numPr", "ilvl")
        key = attribute(node, "styleId")
        found[key] = _Named(
            "" if name is None else attribute(name, "val").lower(),
            "" if listed is None else attribute(listed, "val"),
            0 if level is None else number(attribute(level, "val")),
        )
        based[key] = "" if above is None else attribute(above, "val")
    result: dict[str, _Named] = {}
    for key, style in found.items():
        above, steps = based[key], 0
        held = style
        while not held.list_id and above in found and steps < 20:
            held, above, steps = found[above], based[above], steps + 1
        result[key] = _Named(style.name, held.list_id, held.level)
    return result


def _numbering(root: Any) -> dict[tuple[str, int], tuple[str, str]]:
    """(list, level) -> (kind of number, its pattern) of the file's lists."""
    if root is None:
        return {}
    abstract: dict[str, dict[int, tuple[str, str]]] = {}
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for node in root:
        if local(node) == "abstractNum":
            levels: dict[int, tuple[str, str]] = {}
            for level in node:
                if local(level) == "lvl":
                    form, pattern = child(level, "numFmt"), child(level, "lvlText")
                    levels[number(attribute(level, "ilvl"))] = (
                        "bullet" if form is None else attribute(form, "val"),
                        "" if pattern is None else attribute(pattern, "val"),
                    )
            abstract[attribute(node, "abstractNumId")] = levels
    for node in root:
        if local(node) == "num" and (link := child(node, "abstractNumId")) is not None:
            for level, value in abstract.get(attribute(link, "val"), {}).items():
                found[attribute(node, "numId"), level] = value
    return found


def _blocks(node: Any, state: _State, depth: int) -> list[str]:
    """The paragraphs and tables below an element, as lines."""
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    lines: list[str] = []
    for below in [] if node is None else node:
        name = local(below)
        if name == "p":
            lines += _paragraph(below, state, depth)
        elif name == "tbl":
            rendered = render(_grid(below, state, depth), state.tables)
            state.count.add(rendered.count)
            state.dropped += [rendered.dropped] if rendered.dropped else []
            lines += rendered.lines
        elif name and name not in _SKIPPED and name != "sectPr":
            lines += _blocks(below, state, depth + 1)
    return lines


def _grid(table: Any, state: _State, depth: int) -> Grid:
    rows: list[list[Cell]] = []
    above: dict[int, Cell] = {}
    marked = 0
    for row in [node for node in table.iter() if local(node) == "tr" and _table_of(node) is table]:
        line: list[Cell] = []
        column = 0
        properties = child(row, "trPr")
        before = child(properties, "gridBefore")
        if before is not None and (skip := min(number(attribute(before, "val")), 60)):
            line.append(Cell("", width=skip))
            column += skip
        if child(properties, "tblHeader") is not None and marked == len(rows):
            marked += 1
        for cell in [node for node in row.iter() if local(node) == "tc" and _row_of(node) is row]:
            told = child(cell, "tcPr")
            span, merge = child(told, "gridSpan"), child(told, "vMerge")
            width = max(1, min(number(attribute(span, "val"), 1), 200)) if span is not None else 1
            if merge is not None and attribute(merge, "val", "continue") == "continue" and column in above:
                above[column].height += 1
            else:
                made = Cell("\n".join(_blocks(cell, state, depth + 1)).strip(), width)
                line.append(made)
                above.pop(column, None)
                if merge is not None:
                    above[column] = made
            column += width
        rows.append(line)
    return lay_out(rows, marked_rows=marked)


def _table_of(node: Any) -> Any:
    return next((above for above in node.iterancestors() if local(above) == "tbl"), None)


def _row_of(node: Any) -> Any:
    return next((above for above in node.iterancestors() if local(above) == "tr"), None)


def _paragraph(node: Any, state: _State, depth: int) -> list[str]:
    pieces: list[str] = []
    boxes: list[Any] = []
    _runs(node, pieces, boxes, state, depth)
    text = write_raised("".join(pieces)).strip()
    properties = child(node, "pPr")
    style = child(properties, "pStyle")
    named = state.styles.get("" if style is None else attribute(style, "val"), _Named(""))
    if text and not state.title and named.name in ("title", "heading 1", "表題", "見出し 1"):
        state.title = text[:300]
    lines = [line for part in text.split("\v") if (line := part.strip())]
    if lines and (mark := _mark(properties, named, state)):
        lines[0] = mark + lines[0]
    for box in boxes:
        lines += _blocks(box, state, depth + 1)
    return lines


def _mark(properties: Any, named: _Named, state: _State) -> str:
    """The bullet or number before a list item, its level shown by indentation."""
    listed, level_node = child(properties, "numPr", "numId"), child(properties, "numPr", "ilvl")
    list_id = named.list_id if listed is None else attribute(listed, "val")
    if list_id in ("", "0"):
        return ""
    level = min(named.level if level_node is None else number(attribute(level_node, "val")), 8)
    key = (list_id, level)
    kind, pattern = state.numbering.get(key, ("bullet", ""))
    if kind in ("bullet", "none"):
        return "  " * level + "・"
    state.counters[key] += 1
    for deeper in range(level + 1, 9):
        state.counters.pop((key[0], deeper), None)
    text = pattern or f"%{level + 1}."
    for place in range(level + 1):
        text = text.replace(f"%{place + 1}", str(state.counters[key[0], place] or 1))
    return f"{'  ' * level}{text} "


def _runs(node: Any, pieces: list[str], boxes: list[Any], state: _State, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    for below in node:
        name = local(below)
        if not name or name in _SKIPPED:
            continue
        if name == "txbxContent":
            boxes.append(below)
        elif name == "t":
            pieces.append(below.text or "")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name in ("br", "cr"):
            pieces.append("\v")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name in ("footnoteReference", "endnoteReference"):
            state.notes.append(f"{name.removesuffix('Reference')}:{attribute(below, 'id')}")
            pieces.append(f"{START}{len(state.notes)}{END}")
        elif name == "r":
            told = child(below, "rPr")
            if child(told, "vanish") is not None:
                continue
            raised = child(told, "vertAlign")
            mark = (
                {"superscript": START, "subscript": LOWERED}.get(attribute(raised, "val"))
                if raised is not None
                else None
            )
            start = len(pieces)
            _runs(below, pieces, boxes, state, depth + 1)
            if mark and len(pieces) > start and START not in pieces[start]:
                pieces[start:] = [mark, *pieces[start:], END]
        elif name not in _SEPARATE:
            _runs(below, pieces, boxes, state, depth + 1)
