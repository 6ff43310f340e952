"""Laws in e-Gov's standard XML (法令標準XMLスキーマ): articles, paragraphs and items as the printed law has them.

Tables go through the one grid (`tekio.text.tables`). Ruby readings are left out. The table of contents repeats the headings and is refused by name (`table_of_contents`);
figures have no text and are counted in `meta.figures`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables, option_text
from tekio.recipe.corpus import SourceConfig
from tekio.text.dates import ERAS, iso_date, japanese_number
from tekio.text.raised import END, LOWERED, START, write_raised
from tekio.text.tables.from_law import law_grid
from tekio.text.tables.render import Count, Tables, render
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import parse_xml

MAX_LAW_BYTES = 100_000_000
MAX_DEPTH = 200

_LINES = frozenset(
    [
        "LawNum",
        "LawTitle",
        "EnactStatement",
        "Preamble",
        "PartTitle",
        "ChapterTitle",
        "SectionTitle",
        "SubsectionTitle",
        "DivisionTitle",
        "ArticleCaption",
        "Article",
        "Paragraph",
        "Item",
        "SupplProvisionLabel",
        "AppdxTableTitle",
        "AppdxNoteTitle",
        "AppdxStyleTitle",
        "AppdxFormatTitle",
        "AppdxFigTitle",
        "AppdxTitle",
        "RelatedArticleNum",
        "Remarks",
        "RemarksLabel",
        "NoteStruct",
        "List",
        "Sublist1",
        "Sublist2",
        "Sublist3",
        "TableStructTitle",
        "ParagraphCaption",
        "ArithFormulaNum",
        "SupplNote",
        "AmendProvision",
        "NewProvision",
    ]
)
_TITLES = frozenset(["ArticleTitle", "ParagraphNum", "ItemTitle", "Column"])
_RAISED = {"Sup": START, "Sub": LOWERED}
_SUBITEM = re.compile(r"^Subitem[0-9]+$")
_SUBITEM_TITLE = re.compile(r"^Subitem[0-9]+Title$")
_ERA_NAMES = {"Meiji": "明治", "Taisho": "大正", "Showa": "昭和", "Heisei": "平成", "Reiwa": "令和"}


@dataclass
class _Writer:
    lines: list[str] = field(default_factory=list[str])
    open: list[str] = field(default_factory=list[str])
    figures: int = 0
    tables: Tables = "labelled"
    count: Count = field(default_factory=Count)
    dropped: list[str] = field(default_factory=list[str])

    def line(self) -> None:
        text = write_raised("".join(self.open).strip("\u3000 "), powers_only=True)
        if text:
            self.lines.append(text)
        self.open.clear()


def _name(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


@dataclass(frozen=True)
class LawText:
    """Lines of the printed law; figures without text; cells of its tables in and out, and the text of each left out."""

    text: str
    figures: int
    count: Count
    dropped: list[str]

    def meta(self) -> dict[str, Any]:
        """As it stands in a document's meta."""
        return {"figures": self.figures} | self.count.meta()


def law_text(node: Any, tables: Tables = "labelled", depth: int = 0) -> LawText:
    """The text below `node`. Raises `UnreadableError` (`too_deep`)."""
    writer = _Writer(tables=tables)
    _write(node, writer, depth)
    writer.line()
    return LawText("\n".join(writer.lines), writer.figures, writer.count, writer.dropped)


def _write_table(table: Any, writer: _Writer, depth: int) -> None:
    """A table as `tables` says; tables in its cells are text of the cells."""

    def cell(node: Any) -> str:
        inner = law_text(node, "lines", depth + 1)
        writer.figures += inner.figures
        return inner.text

    writer.line()
    rendered = render(law_grid(table, _name, cell), writer.tables)
    writer.lines += rendered.lines
    writer.count.add(rendered.count)
    writer.dropped += [rendered.dropped] if rendered.dropped else []


def _write(node: Any, writer: _Writer, depth: int) -> None:
    name = _name(node)
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    if not name or name in ("Rt", "TOC"):
        return
    if name == "Table":
        _write_table(node, writer, depth)
        return
    if name == "Fig":
        writer.figures += 1
    # The first paragraph of an article stands on the line of the article's title.
    first = name == "Paragraph" and bool(writer.open) and writer.open[-1] == "\u3000"
    if (name in _LINES or _SUBITEM.match(name)) and not first:
        writer.line()
    if name in _RAISED:
        writer.open.append(_RAISED[name])
    if node.text and node.text.strip():
        writer.open.append(_joined(node.text))
    for child in node:
        _write(child, writer, depth + 1)
        if child.tail and child.tail.strip():
            writer.open.append(_joined(child.tail))
    if name in _RAISED:
        writer.open.append(END)
    if name in _TITLES or _SUBITEM_TITLE.match(name):
        if "".join(node.itertext()).strip():
            writer.open.append("\u3000")
    elif name in _LINES and name not in ("Paragraph", "Article"):
        writer.line()


def _joined(text: str) -> str:
    """Text of an element; indentation and line breaks of the file are not part of the law."""
    if "\n" not in text:
        return text
    first, *between, last = text.split("\n")
    return "".join((first.rstrip(), *(line.strip() for line in between), last.lstrip()))


def promulgated(law: Any) -> str | None:
    """The day of promulgation from the attributes of the Law element, as ISO text."""
    era, year = _ERA_NAMES.get(law.get("Era") or ""), law.get("Year") or ""
    if era is None or not year.isdecimal():
        return None
    western = ERAS[era] + int(year) - 1
    month, day = law.get("PromulgateMonth") or "", law.get("PromulgateDay") or ""
    if month.isdecimal() and day.isdecimal():
        return f"{western:04d}-{int(month):02d}-{int(day):02d}"
    return f"{western:04d}"


_ENFORCED = re.compile(
    r"((?:令和|平成|昭和|大正|明治)[元〇一二三四五六七八九十0-9]+年[元〇一二三四五六七八九十0-9]+月[元〇一二三四五六七八九十0-9]+日)(?:から|より)[^。]{0,20}施行"
)
_AT_ONCE = re.compile(r"公布の日(?:から|より)[^。]{0,6}施行")
_AFTER = re.compile(r"公布の日から起算して([一二三四五六七八九十百0-9]+)(日|月|箇月|か月|年)を経過した日(?:から|より)")


def amended(law: Any) -> tuple[str | None, str | None]:
    """(promulgation of the latest amending law, the day from which the text holds) by the supplementary provisions.

    A provision's own date of enforcement, else the promulgation of its law, which is the earliest day possible where a
    cabinet order sets the day. (None, ...) for a law that was never amended.
    """
    promulgations: list[str] = []
    days: list[str] = []
    for node in law.iter():
        if _name(node) != "SupplProvision":
            continue
        number = node.get("AmendLawNum")
        published = iso_date(number) if number else promulgated(law)
        promulgations += [published] if number and published else []
        day = _enforced(law_text(node).text[:2000], published) or published
        days += [day] if day else []
    return max(promulgations, default=None), max(days, default=None)


def _enforced(text: str, published: str | None) -> str | None:
    """The day a supplementary provision names, by its first sentence that names one: the provisos behind it are of parts."""
    named, at_once, after = _ENFORCED.search(text), _AT_ONCE.search(text), _AFTER.search(text)
    first = min((found for found in (named, at_once, after) if found), key=lambda found: found.start(), default=None)
    if first is None or first is at_once:
        return published
    return iso_date(first[1]) if first is named else _days_after(published, japanese_number(first[1]), first[2])


def _days_after(published: str | None, count: int | None, unit: str) -> str | None:
    """The day that follows when so much time has passed from the day of promulgation, which counts as the first (民法143条)."""
    if published is None or len(published) != 10 or not count:
        return published
    day = dt.date.fromisoformat(published)
    if unit == "日":
        return (day + dt.timedelta(days=count)).isoformat()
    months = day.month - 1 + count * (12 if unit == "年" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1])).isoformat()


def _revision_day(root: Any, uri: str) -> str | None:
    """The day a revision came into force, by the file's name or e-Gov's answer (`amendment_enforcement_date`)."""
    named = re.search(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})|_(20[0-9]{2})([01][0-9])([0-3][0-9])_", uri)
    if named:
        return named[1] or f"{named[2]}-{named[3]}-{named[4]}"
    told = next((node for node in root.iter() if _name(node) == "amendment_enforcement_date"), None)
    return None if told is None else iso_date(told.text)


def read_law(source: SourceConfig, file: UnitFile) -> Rows:
    """A law. Options: `by` (law: one document; article: one an article of the main and supplementary provisions), `tables`."""
    tables = option_tables(source)
    root = parse_xml(file.read(option_int(source, "max_file_bytes", MAX_LAW_BYTES)))
    law = root if _name(root) == "Law" else next((node for node in root.iter() if _name(node) == "Law"), None)
    if law is None:
        raise UnreadableError("not_a_law", {"root": _name(root)})
    number = "".join(_texts(law, "LawNum")).strip()
    title = "".join(_texts(law, "LawTitle")).strip()
    latest, enforced = amended(law)
    first = promulgated(law)
    meta: dict[str, Any] = {"law_number": number, "law_type": law.get("LawType"), "transforms": ["law_xml"]}
    meta |= {"promulgated": first} if first else {}
    common: dict[str, Any] = {
        "published": latest or first,  # the text as amended was not published when the law first was
        "as_of": _revision_day(root, file.uri) or enforced,
        "group": number or None,
    }
    for contents in [node for node in law.iter() if _name(node) == "TOC"]:
        text = "\n".join(part.strip() for part in contents.itertext() if part.strip())
        document = make_document(source, file, text, part="TOC", title=title, meta=meta, **common)
        yield Rejected(f"{file.uri}#TOC", "table_of_contents", {"characters": len("".join(text.split()))}, document)
    if option_text(source, "by", "law") == "article":
        yield from _articles(source, file, law, title, meta, common, tables)
        return
    read = law_text(law, tables)
    yield from _dropped(source, file, read.dropped)
    if not read.text and not read.dropped:
        raise UnreadableError("no_text", {"title": title})
    if read.text:
        yield make_document(source, file, read.text, title=title or None, meta=meta | read.meta(), **common)


def _dropped(source: SourceConfig, file: UnitFile, dropped: list[str], part: str = "") -> Rows:
    """A refusal for each table that was left out."""
    for place, text in enumerate(dropped, start=1):
        left = make_document(source, file, text, part=f"{part}table={place}")
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(text.split()))}, left)


def _texts(law: Any, name: str) -> list[str]:
    node = next((node for node in law.iter() if _name(node) == name), None)
    return [law_text(node).text] if node is not None else []


def _articles(
    source: SourceConfig,
    file: UnitFile,
    law: Any,
    title: str,
    meta: dict[str, Any],
    common: dict[str, Any],
    tables: Tables,
) -> Rows:
    taken: list[Any] = []
    for node in law.iter():
        if _name(node) != "Article" or any(_name(parent) == "Article" for parent in node.iterancestors()):
            continue
        taken.append(node)
        where = next((parent for parent in node.iterancestors() if _name(parent) == "SupplProvision"), None)
        label = "suppl" if where is not None else "main"
        amending = where.get("AmendLawNum") if where is not None else None
        read = law_text(node, tables)
        part = f"{label}{f':{amending}' if amending else ''};article={node.get('Num') or len(taken)}"
        values = meta | {"article": node.get("Num"), "provision": label} | read.meta()
        if amending:
            values["amending_law"] = amending
        yield from _dropped(source, file, read.dropped, f"{part};")
        document = make_document(source, file, read.text, part=part, title=title or None, meta=values, **common)
        yield document if read.text else Rejected(document.uri, "no_text", {}, document)
    for node in taken:
        parent = node.getparent()
        if parent is not None:
            node.tail = None
            parent.remove(node)
    rest = law_text(law, tables)  # titles, enactment, provisions without articles, tables
    yield from _dropped(source, file, rest.dropped, "rest;")
    if rest.text:
        more = meta | rest.count.meta()
        yield make_document(source, file, rest.text, part="rest", title=title or None, meta=more, **common)
