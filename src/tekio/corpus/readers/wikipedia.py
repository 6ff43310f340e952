"""Wikipedia dumps (MediaWiki export XML, usually bzip2): streamed page by page, wikitext to text.

Export format 0.11; text from wikitext with mwparserfromhell. Templates are not expanded: the few that stand for text are
replaced by it, the others are left out and counted in `meta.templates_left_out`. Pages that are not taken are named
(`not_an_article`, `redirect`, `disambiguation`, `not_selected`).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml and mwparserfromhell are not fully typed)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from tekio.corpus.readers.faults import part_rows
from tekio.corpus.readers.rows import (
    Rejected,
    Rows,
    UnitFile,
    make_document,
    option_int,
    option_list,
    option_tables,
)
from tekio.corpus.readers.wiki_tables import table_html
from tekio.corpus.readers.wiki_templates import NOTES, calendar_text, template_text, years_between
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.rows.lines import Readable
from tekio.text.html import page_text, parse_html_text
from tekio.text.raised import END, LOWERED, START, write_raised
from tekio.text.tables.render import Count, Tables
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import refuse_doctype, require_memory

MAX_PAGE_CHARACTERS = 4_000_000
_CATEGORY = re.compile(r"\[\[\s*(?:Category|カテゴリ)\s*:\s*([^\]|]+)", re.IGNORECASE)
_REDIRECT = re.compile(r"^\s*#(?:REDIRECT|転送)", re.IGNORECASE)
_DISAMBIGUATION = re.compile(
    r"\{\{\s*(?:aimai|曖昧さ回避|disambig|人名の曖昧さ回避|地名の曖昧さ回避)\s*[|}]", re.IGNORECASE
)
_MEDIA = re.compile(r"^\s*:?(?:file|image|media|ファイル|画像|category|カテゴリ)\s*:", re.IGNORECASE)
_LANGUAGE_LINK = re.compile(r"^[a-z]{2,3}(?:-[a-z]+)*:")
_LEFT_OUT_TAGS = frozenset(("ref", "references", "gallery", "timeline", "score", "syntaxhighlight", "source"))
HOLE, HELD, HEADED, LOST = "\ue001", "\ue002", "\ue003", "\ue004"
"""Stands where a template or formula was that showed something; where one held a few letters; before a heading, with its level behind; where a part of a word was."""
LONGEST_HELD = 6
"""Letters of a template that may be a part of a word: a rare kanji in its font."""
_SENTENCE = re.compile(r"[^。]*(?:。[」』）)]*|$)")
_BROKEN = re.compile(
    f"(?:^|[、，（(「『はがをにでとのもへや約第]|から|より|まで)[ \u3000]*{HOLE}[ \u3000]*(?:[（(]|[はがをにでとのもへや年月日円人社件回歳％%]|から|まで|より|など|という|である|です|だっ)"
    f"|(?:[はがをにでとのもへや]|から|より|まで|[0-9０-９])[ \u3000]*{HOLE}[ \u3000]*[+＋△▲-]?[0-9０-９]"
    f"|(?:[がを約]|(?<=[一-龥ァ-ヶーA-Za-z0-9）)])の)[ \u3000]*{HOLE}[ \u3000]*[、。）)]|は{HOLE}[。）)]"
)
"""A word was where a particle, a unit or the verb follows and no noun stands before, where a clause ends with a particle, or a sign before or between figures."""
_PART_OF_WORD = re.compile(f"(?<=[のがをはにでと一-龥ァ-ヶー々]){HELD}(?=[一-龥ァ-ヶー々])")
"""A part of a word: kanji or katakana stand right behind what held a few letters."""
_MATH = (
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"\1/\2"),
    (re.compile(r"\\(?:mathrm|text|textrm|mbox|operatorname|mathit|mathbf|left|right|displaystyle)\s*"), ""),
    (re.compile(r"\\(?:times|cdot)(?![A-Za-z])"), "×"),
    (re.compile(r"\\div(?![A-Za-z])"), "÷"),
    (re.compile(r"\\leq?(?![A-Za-z])"), "≦"),
    (re.compile(r"\\geq?(?![A-Za-z])"), "≧"),
    (re.compile(r"\\pm(?![A-Za-z])"), "±"),
    (re.compile(r"\\sum(?![A-Za-z])"), "Σ"),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\[,;:! ]|~"), " "),
    (re.compile(r"\{([A-Za-z0-9+\-*/=. %×÷]*)\}"), r"\1"),
)
_EMPTY_BRACKETS = re.compile(rf"[（(][\s、,;；{HOLE}]*[）)]")
_LOOSE_COMMA = re.compile(r"(?<=[（(])[、,，\s]+|(?<![、,，\s])[、,，\s]+(?=[）)])|(?<=、)[、，]+")
"""A comma beside a bracket, or a second one: what stood there was left out."""
_POWER = re.compile(f"(?<=(?<![0-9])10){START}([-−]?[0-9]+){END}")
"""A power of ten: notes of Wikipedia are `ref` elements, never raised figures."""
_NAMESPACE = re.compile("-?[0-9]{1,9}")
_SWITCH = re.compile(r"__[A-Z]{3,20}__")
_VARIANT = re.compile(r"-\{(?:[a-z-]+:)?([^{};]*)(?:;[^{}]*)?\}-")


MAX_PARSING = 200_000_000
"""What is open at once times the characters of a page: the parser takes about six seconds for it."""
_NOT_WIKITEXT = re.compile(
    r"<(math|chem|nowiki|pre|source|syntaxhighlight|timeline|score)\b[^<>]*(?<!/)>.*?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(
    r"\n|\{\{|\}\}|\{\||\|\}|\[\[|\]\]|\]|\[(?=https?:|//)|<!--|-->|</[a-z][a-z0-9]*|<[a-z][a-z0-9]*(?=(?P<closed>[^<>]*/>)?)",
    re.IGNORECASE,
)
_CLOSES = {"}}": "{{", "|}": "{|", "]]": "[[", "]": "[", "-->": "<!--"}
_SINGLE = frozenset(("br", "wbr", "hr", "img", "meta", "link", "li", "dt", "dd", "td", "th", "tr", "p"))


@dataclass(frozen=True)
class WikiPage:
    """One page of a dump."""

    title: str
    namespace: int
    page: str
    revision: str
    timestamp: str
    text: str


def read_wikipedia(source: SourceConfig, file: UnitFile) -> Rows:
    """The articles of a dump.

    Options: `categories` and `keywords` (an article is taken when a category contains one of the first, or the keywords
    stand in it at least `min_keyword_hits` times, default 3; without both every article is taken), `min_characters`.
    """
    given = False
    with file.open() as stream:
        for page in iter_pages(stream):
            given = True
            yield from _guarded(source, file, page)
    if not given:
        yield Rejected(file.uri, "no_pages", {"bytes": file.bytes}, whole_file=True)


def _guarded(source: SourceConfig, file: UnitFile, page: WikiPage) -> Rows:
    """The row of a page; whatever goes wrong with it is this page's and not the dump's."""

    def rows() -> Rows:
        yield from _rows(source, file, page)

    for row in part_rows(file, f"{file.uri}#page={page.page}", rows()):
        if isinstance(row, Rejected):
            row.measured = {"title": page.title} | row.measured
        yield row


def iter_pages(stream: Readable) -> Iterator[WikiPage]:
    """The pages of an export stream; memory is bounded by a page. Raises `UnreadableError` (`bad_xml`, `doctype`)."""
    head = stream.read(1 << 16)
    refuse_doctype(head)
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    try:
        while head:
            parser.feed(head)
            for _, element in parser.read_events():
                if element.tag.rpartition("}")[2] == "page":
                    yield _page(element)
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
            head = stream.read(1 << 18)
        parser.close()
    except etree.XMLSyntaxError as error:
        require_memory(error)
        raise UnreadableError("bad_xml", {"error": str(error)[:200]}) from error


def _page(element: Any) -> WikiPage:
    def text(path: str) -> str:
        return element.findtext("{*}" + path.replace("/", "/{*}")) or ""

    namespace = text("ns")
    return WikiPage(
        title=text("title"),
        namespace=int(namespace) if _NAMESPACE.fullmatch(namespace) else 0,
        page=text("id"),
        revision=text("revision/id"),
        timestamp=text("revision/timestamp"),
        text=text("revision/text"),
    )


def _rows(source: SourceConfig, file: UnitFile, page: WikiPage) -> Rows:
    """The article of a page, or why it is none, and a refusal for each table that was left out."""
    dropped: list[str] = []
    row = _row(source, file, page, dropped)
    for place, text in enumerate(dropped if isinstance(row, Document) else (), start=1):
        left = make_document(source, file, text, part=f"page={page.page};table={place}")
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(text.split()))}, left)
    yield row


def _row(source: SourceConfig, file: UnitFile, page: WikiPage, dropped: list[str]) -> Document | Rejected:
    uri = f"{file.uri}#page={page.page}"
    if page.namespace != 0:
        return Rejected(uri, "not_an_article", {"namespace": page.namespace, "title": page.title})
    if _REDIRECT.match(page.text):
        return Rejected(uri, "redirect", {"title": page.title})
    if _DISAMBIGUATION.search(page.text):
        return Rejected(uri, "disambiguation", {"title": page.title})
    if len(page.text) > MAX_PAGE_CHARACTERS:
        return Rejected(uri, "too_large", {"characters": len(page.text), "limit": MAX_PAGE_CHARACTERS})
    categories = [name.strip() for name in _CATEGORY.findall(page.text)]
    if not _selected(source, page, categories):
        return Rejected(uri, "not_selected", {"title": page.title})
    if (depth := open_at_once(page.text)) * len(page.text) > MAX_PARSING:
        measured = {"open": depth, "characters": len(page.text), "limit": MAX_PARSING}
        return Rejected(uri, "too_deep", {"title": page.title} | measured)
    try:
        text, left_out = plain_text(page.text, page.timestamp[:10], option_tables(source))
        dropped += left_out.dropped
    except RecursionError:
        return Rejected(uri, "too_deep", {"title": page.title, "characters": len(page.text)})
    document = make_document(
        source,
        file,
        text,
        part=f"page={page.page}",
        title=page.title,
        published=page.timestamp[:10] or None,
        as_of=page.timestamp[:10] or None,
        group=page.title,
        meta={
            "page_id": page.page,
            "revision": page.revision,
            "url": f"https://ja.wikipedia.org/w/index.php?oldid={page.revision}",
            "categories": categories[:50],
            "templates_left_out": left_out.templates,
            "sentences_left_out": left_out.sentences,
            "transforms": ["wikitext"],
        }
        | left_out.count.meta(),
    )
    if len(text) < option_int(source, "min_characters", 1):
        return Rejected(uri, "no_text", {"characters": len(text)}, document)
    return document


def open_at_once(wikitext: str) -> int:
    """How many templates, tables, links, comments or elements of one name are open at once, at most.

    The parser, which is in C, reads the rest of the page again for each that is never closed; a page of Wikipedia has a few
    dozen. What elements hold that are not wikitext (formulas, code) is not looked at.
    """
    depth: Counter[str] = Counter()
    most = 0
    for found in _MARKUP.finditer(_NOT_WIKITEXT.sub("", wikitext)):
        mark = found[0].lower()
        if mark == "\n":
            depth["["] = 0  # an address ends with its line
        elif mark in _CLOSES or mark.startswith("</"):
            name = _CLOSES.get(mark) or f"<{mark[2:]}"
            depth[name] = max(depth[name] - 1, 0)
        elif not found["closed"] and mark[1:] not in _SINGLE:
            depth[mark] += 1
            most = max(most, depth[mark])
    return most


def _selected(source: SourceConfig, page: WikiPage, categories: list[str]) -> bool:
    wanted, keywords = option_list(source, "categories"), option_list(source, "keywords")
    if not wanted and not keywords:
        return True
    if any(name in category for category in categories for name in wanted):
        return True
    hits = sum(page.text.count(word) for word in keywords)
    return bool(keywords) and hits >= option_int(source, "min_keyword_hits", 3)


@dataclass
class LeftOut:
    """What an article holds and its text does not. sentences: those that made no sense without a template or formula.

    today: the day (ISO) that templates count years to. tables: how they are written. count: their cells. dropped: the text of those left out.
    """

    templates: int = 0
    sentences: int = 0
    today: str = ""
    tables: Tables = "labelled"
    count: Count = field(default_factory=Count)
    dropped: list[str] = field(default_factory=list[str])


def plain_text(wikitext: str, today: str = "", tables: Tables = "labelled") -> tuple[str, LeftOut]:
    """(text of an article, what was left out): headings, paragraphs and tables; no files, references or categories.

    today: the day of the revision.
    """
    import mwparserfromhell

    left_out = LeftOut(today=today, tables=tables)
    pieces = list(_pieces(mwparserfromhell.parse(wikitext, skip_style_tags=True).nodes, left_out))
    raised = _POWER.sub(r"^\1", "".join(pieces))
    text = write_raised(raised.replace("'''", "").replace("''", ""))
    text = _VARIANT.sub(r"\1", _SWITCH.sub("", _EMPTY_BRACKETS.sub("", text)))
    text, left_out.sentences = _without_broken(_without_empty_sections(text))
    text = "\n".join(_LOOSE_COMMA.sub("", line) for line in text.split("\n"))
    lines = [re.sub(r"^[*#:;]+\s*", "・" if line[:1] in "*#" else "", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line != "・")).strip("\n"), left_out


_HEADING = re.compile(f"{HEADED}([1-6])")


def _without_empty_sections(text: str) -> str:
    """`text` without headings below which nothing stands (脚注 over a list of sources that is left out), and without their marks."""
    if HEADED not in text:
        return text
    kept: list[str] = []
    below = -1  # what follows: 0 text, the level of a heading, -1 nothing
    for line in reversed(text.split("\n")):
        found = _HEADING.match(line.lstrip())
        if found is None:
            below = 0 if line.strip(f" \t*#:;・{HOLE}{HELD}") else below
            kept.append(line)
        elif below == 0 or below > int(found[1]):
            below = int(found[1])
            kept.append(line)
    return _HEADING.sub("", "\n".join(reversed(kept)))


def _without_broken(text: str) -> tuple[str, int]:
    """`text` without the sentences that lost a word of theirs, and how many those were."""
    if HELD in text:
        text = _PART_OF_WORD.sub(LOST, text).replace(HELD, HOLE)
    if HOLE not in text and LOST not in text:
        return text, 0
    gone = 0
    lines: list[str] = []
    for line in text.split("\n"):
        if HOLE not in line and LOST not in line:
            lines.append(line)
            continue
        kept: list[str] = []
        for sentence in _SENTENCE.findall(line):
            if LOST in sentence or (_BROKEN.search(sentence) and sentence.replace(HOLE, "").strip()):
                gone += 1
            else:
                kept.append(sentence.replace(HOLE, ""))
        lines.append("".join(kept))
    return "\n".join(lines), gone


def _pieces(nodes: list[Any], left_out: LeftOut) -> Iterator[str]:
    for node in nodes:
        kind = type(node).__name__
        if kind == "Text":
            yield str(node.value)
        elif kind == "Wikilink":
            title = str(node.title)
            if not _MEDIA.match(title) and not (node.text is None and _LANGUAGE_LINK.match(title)):
                yield from _pieces(node.text.nodes, left_out) if node.text is not None else [title.lstrip(":")]
        elif kind == "ExternalLink":
            yield from _pieces(node.title.nodes, left_out) if node.title is not None else []
        elif kind == "Heading":
            yield f"{HEADED}{node.level}{''.join(_pieces(node.title.nodes, left_out)).strip()}"
        elif kind == "Tag":
            name = str(node.tag).strip().lower()
            if name == "br":
                yield "\n"
            elif name in ("li", "dd", "dt") and node.wiki_markup:
                yield str(node.wiki_markup)
            elif name in ("sup", "sub") and node.contents is not None:
                yield START if name == "sup" else LOWERED
                yield from _pieces(node.contents.nodes, left_out)
                yield END
            elif name == "math":
                yield _formula(str(node.contents or "")) or HOLE
            elif name == "table":
                yield f"\n{_table(node, left_out)}\n"
            elif name not in _LEFT_OUT_TAGS and node.contents is not None:
                yield from _pieces(node.contents.nodes, left_out)
        elif kind == "HTMLEntity":
            yield str(node.normalize())
        elif kind == "Template":
            yield from _template(node, left_out)


def _table(table: Any, left_out: LeftOut) -> str:
    """A table as those of pages are written. What it shows by templates that are not known is a hole as in text."""

    def text_of(nodes: list[Any]) -> str:
        told = "".join(_pieces(nodes, left_out))
        plain = write_raised(_POWER.sub(r"^\1", told)).replace("'''", "").replace("''", "")
        return "\n".join(re.sub(r"^[*#:;]+[ ]*", "", line) for line in plain.split("\n"))

    read = page_text(parse_html_text(table_html(table, text_of)), tables=left_out.tables)
    left_out.count.add(read.tables)
    left_out.dropped += read.dropped
    return read.text


def _formula(tex: str) -> str | None:
    """A formula in one line, where that can be read; None for others."""
    if len(tex) > 200:
        return None
    for _ in range(3):
        for pattern, shown in _MATH:
            tex = pattern.sub(shown, tex)
    tex = " ".join(tex.split())
    return None if re.search(r"[\\{}&]", tex) or not tex else tex


def _template(node: Any, left_out: LeftOut) -> Iterator[str]:
    name = str(node.name).strip().lower()
    if told := calendar_text(name, left_out.today):
        yield told
        return
    known = name in ("年数", "経過年数", "age") or template_text(name, {}) is not None
    if not known:
        left_out.templates += 1
        if not NOTES.match(name):
            given = str(node.params[0].value).strip() if len(node.params) == 1 and not node.params[0].showkey else ""
            yield HELD if 0 < len(given) <= LONGEST_HELD and given.isalpha() else HOLE
        return
    values = {str(item.name).strip(): "".join(_pieces(item.value.nodes, left_out)).strip() for item in node.params}
    if name in ("年数", "経過年数", "age"):
        years = years_between(values, left_out.today)
        left_out.templates += years is None
        yield years or HOLE
        return
    yield template_text(name, values) or ""
