"""What charts and SmartArt in Office files say: a chart's figures as a table, a diagram's texts as lists.

Both lie in parts of their own (ECMA-376, part 1, 21.2 and 21.4); a shape only points to them.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from typing import Any

from tekio.text.office.chart_data import Referred, embedded, nowhere
from tekio.text.office.numbers import shown
from tekio.text.office.package import Package, attribute, child, local, number, tag

MAX_POINTS = 20_000
MAX_LEVELS = 20


def drawn(node: Any, package: Package, related: dict[str, tuple[str, str]]) -> list[str]:
    """HTML of the charts and diagrams that elements below `node` point to. related: relationships of the part it is in."""
    blocks: list[str] = []
    for below in node.iter():
        name = local(below)
        if name == "chart":
            part = related.get(attribute(below, "id"), ("", ""))[1]
            blocks += chart(package.part(part), embedded(package, part))
        elif name == "relIds":
            blocks += diagram(package.part(related.get(attribute(below, "dm"), ("", ""))[1]))
    return blocks


def text_boxes(node: Any) -> list[str]:
    """HTML of the paragraphs in the text boxes and shapes of a sheet's drawing, by their anchors from the top down."""
    boxes: list[tuple[int, int, list[str]]] = []
    for anchor in [] if node is None else node:
        begin = child(anchor, "from")
        row, column = ((child(begin, name).text if child(begin, name) is not None else "") for name in ("row", "col"))
        bodies = [below for below in anchor.iter() if local(below) == "txBody" and not _is_second_form(below)]
        paragraphs = [below for body in bodies for below in body if local(below) == "p"]
        texts = [tag("p", text) for below in paragraphs if (text := _rich(below))]
        boxes += [(number(row), number(column), texts)] if texts else []
    return [text for _, _, texts in sorted(boxes, key=lambda box: box[:2]) for text in texts]


def _is_second_form(node: Any) -> bool:
    """Whether a shape is drawn once more here, for old programs."""
    return any(local(above) == "Fallback" for above in node.iterancestors())


def chart(root: Any, referred: Referred = nowhere) -> list[str]:
    """The title and the figures of a chart as it was last saved: a row a category, a column a series.

    referred: what formulas refer to in the chart's workbook, for figures of which the chart has no copy.
    """
    space = child(root, "chart")
    if space is None:
        return []
    title = _rich(child(space, "title", "tx", "rich"))
    series = [node for node in space.iter() if local(node) == "ser"]
    names: list[str] = []
    columns: list[dict[int, str]] = []
    labels: dict[int, str] = {}
    for place, one in enumerate(series, start=1):
        given = _told(child(one, "tx"), referred)
        names.append(next(iter(given.values()), f"系列{place}"))
        for wanted in ("cat", "xVal"):
            labels = labels or _told(child(one, wanted), referred)
        values: dict[int, str] = {}
        for wanted in ("val", "yVal"):
            values = values or _told(child(one, wanted), referred)
        columns.append(values)
    places = sorted(set().union(*columns))[:MAX_POINTS]
    head = f"<tr>{tag('th', '')}{''.join(tag('th', name) for name in names)}</tr>"
    rows = [
        f"<tr>{tag('td', labels.get(place, str(place + 1)))}{''.join(tag('td', column.get(place, '')) for column in columns)}</tr>"
        for place in places
    ]
    blocks = [tag("p", title)] if title else []
    return [*blocks, f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"] if rows else blocks


def _told(node: Any, referred: Referred) -> dict[int, str]:
    """The points of a name, of labels or of values: the chart's own copy, or those of the cells it refers to."""
    found: dict[int, str] = {}
    for below in [] if node is None else node:
        cached = next((inner for inner in below if local(inner).endswith("Cache")), below)
        found = found or _points(cached)
    return found or referred(_formula(node))


def _formula(node: Any) -> str:
    return "" if node is None else next((below.text or "" for below in node.iter() if local(below) == "f"), "")


def _points(node: Any) -> dict[int, str]:
    """The points below an element by their index; numbers as their format shows them; labels of levels joined."""
    levels = [] if node is None else [below for below in node.iter() if local(below) == "lvl"]
    if not levels:
        return {} if node is None else _one_level(node)
    joined: dict[int, str] = {}
    outer = [_one_level(level) for level in reversed(levels)]  # the innermost stands first in the file
    reached = [""] * len(outer)
    for place in sorted(set().union(*outer)):
        reached = [points.get(place, before) for points, before in zip(outer, reached, strict=True)]
        joined[place] = " ".join(label for label in reached if label)
    return joined


def _one_level(node: Any) -> dict[int, str]:
    code = next((below.text or "" for below in node.iter() if local(below) == "formatCode"), "General")
    found: dict[int, str] = {}
    for point in node.iter():
        if local(point) != "pt" or len(found) >= MAX_POINTS:
            continue
        value = child(point, "v")
        text = "" if value is None else (value.text or "")
        found[number(attribute(point, "idx"))] = _value(text, code) if local(point.getparent()) == "numCache" else text
    if not found:
        text = next((below.text or "" for below in node.iter() if local(below) == "v"), "")
        found = {0: text} if text else {}
    return found


def _value(text: str, code: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    return shown(int(value) if value.is_integer() and abs(value) < 1e15 else value, code)


def _rich(node: Any) -> str:
    return "" if node is None else "".join(below.text or "" for below in node.iter() if local(below) == "t").strip()


def diagram(root: Any) -> list[str]:
    """The texts of a SmartArt diagram in their order, as nested lists."""
    points = child(root, "ptLst")
    if points is None:
        return []
    texts: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for point in points:
        key = attribute(point, "modelId")
        paragraphs = [] if child(point, "t") is None else [node for node in child(point, "t") if local(node) == "p"]
        texts[key] = "\n".join(line for node in paragraphs if (line := _rich(node)))
        kinds[key] = attribute(point, "type", "node")
    below: dict[str, list[tuple[int, str]]] = {}
    links = child(root, "cxnLst")
    for link in [] if links is None else links:
        if attribute(link, "type", "parOf") == "parOf":
            order = number(attribute(link, "srcOrd"))
            below.setdefault(attribute(link, "srcId"), []).append((order, attribute(link, "destId")))
    seen: set[str] = set()

    def written(key: str, level: int) -> str:
        items: list[str] = []
        for _, inner in sorted(below.get(key, [])):
            if inner in seen or level > MAX_LEVELS or kinds.get(inner) not in ("node", "asst"):
                continue
            seen.add(inner)
            deeper = written(inner, level + 1)
            if texts.get(inner) or deeper:
                text = tag("span", texts.get(inner, "")) if texts.get(inner) else ""
                items.append(f"<li>{text}{deeper}</li>")
        return f"<ul>{''.join(items)}</ul>" if items else ""

    lists = [written(key, 0) for key, kind in kinds.items() if kind == "doc"]
    rest = [
        tag("p", text) for key, text in texts.items() if text and key not in seen and kinds[key] in ("node", "asst")
    ]
    return [*(part for part in lists if part), *rest]
