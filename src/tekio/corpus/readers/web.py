"""HTML pages: the main text of an article, without navigation, banners and footers.

The page's own marks decide first (`main`, `article`, role=main); without them, the smallest part of the page that holds
most of its text outside of links. What is left out is counted in `meta.left_out_characters`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_text
from tekio.recipe.corpus import SourceConfig
from tekio.text.dates import iso_date
from tekio.text.html import DEFAULT_LIMITS, SKIPPED, Tables, block_text, inline_text, parse_html, tag_of

ASIDE_TAGS = frozenset(("nav", "aside", "footer", "header", "form", "menu", "dialog", "button"))
_ASIDE_NAMES = re.compile(
    r"(?:^|[-_ ])(?:nav|navi|navigation|gnav|menu|breadcrumbs?|topicpath|pankuzu|footer|header|sidebar|side|share|sns|social"
    r"|banner|ad|ads|advertisement|related|recommend|ranking|pager|pagination|pagetop|totop|skip|search|cookie|login)"
    r"(?:$|[-_ 0-9])",
    re.IGNORECASE,
)
_ASIDE_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu"}
_BOILERPLATE = re.compile(
    r"^(?:このページの(?:本文|先頭|トップ|上)へ.*|本文へ(?:移動|スキップ|ジャンプ).*|ページ(?:の先頭|トップ)へ.*|English|印刷(?:する|用ページ)?"
    r"|(?:文字サイズ|サイトマップ|お問い?合わせ|ホーム|トップ(?:ページ)?)|(?:次|前)の(?:ページ|記事)(?:へ)?|シェアする|ツイート)$"
)


def read_html(source: SourceConfig, file: UnitFile) -> Rows:
    """An HTML page. Options: `encoding`, `tables` (lines, markdown, drop), `part` (main, all), `max_file_bytes`."""
    raw = file.read(option_int(source, "max_file_bytes", DEFAULT_LIMITS.bytes))
    yield from html_rows(source, file, raw)


def html_rows(
    source: SourceConfig,
    file: UnitFile,
    raw: bytes,
    *,
    part: str = "",
    uri: str | None = None,
    declared: str | None = None,
) -> Rows:
    """The document of a page's bytes."""
    root = parse_html(raw, declared=declared or option_text(source, "encoding"))
    tables = option_text(source, "tables", "lines")
    if tables not in ("lines", "markdown", "drop"):
        raise ValueError(f"sources.{source.name}.options.tables: lines, markdown or drop, not {tables!r}")
    whole = option_text(source, "part", "main") == "all"
    text = block_text(root, tables=tables) if whole else main_text(root, tables)
    title = page_title(root)
    published = page_date(root)
    left_out = 0 if whole else max(_length(root) - len(re.sub(r"\s", "", text)), 0)
    document = make_document(
        source,
        file,
        text,
        part=part,
        uri=uri,
        title=title,
        published=published,
        meta={"left_out_characters": left_out, "transforms": ["html" if whole else "html_main"]},
    )
    if not text.strip():
        yield Rejected(document.uri, "no_text", {"characters": _length(root)}, document, whole_file=not part)
        return
    yield document


def _length(root: Any) -> int:
    """Characters of text below `root`, white space not counted."""
    total = 0
    for node in root.iter():
        if node.text and isinstance(node.tag, str) and tag_of(node) not in SKIPPED:
            total += len("".join(node.text.split()))
        if node.tail and node is not root:
            total += len("".join(node.tail.split()))
    return total


def page_title(root: Any) -> str | None:
    """`og:title`, else the only h1, else the title element."""
    named = root.xpath("string(//meta[@property='og:title']/@content)").strip()
    if named:
        return inline_text(named)
    headings = [inline_text(block_text(heading)).strip() for heading in root.iter("h1")]
    headings = [heading for heading in headings if heading]
    if len(headings) == 1:
        return headings[0].replace("\n", " ")[:300]
    title = inline_text(root.xpath("string(//title)")).strip()
    return title[:300] or None


def page_date(root: Any) -> str | None:
    """The page's publication date from its meta elements or time element, as ISO text."""
    for path in (
        "//meta[@property='article:published_time']/@content",
        "//meta[@name='date' or @name='pubdate' or @name='DC.date' or @itemprop='datePublished']/@content",
        "//time/@datetime",
        "//time",
    ):
        found = iso_date(root.xpath(f"string({path})"))
        if found:
            return found
    return None


def _is_aside(node: Any) -> bool:
    tag = tag_of(node)
    if tag in ("html", "body", "main", "article"):
        return False
    if tag in ASIDE_TAGS or node.get("role") in _ASIDE_ROLES:
        return not (tag == "header" and node.find(".//h1") is not None)
    return any(_ASIDE_NAMES.search(value) for value in (node.get("id"), node.get("class")) if value)


def main_text(root: Any, tables: Tables = "lines") -> str:
    """The text of the page's main part (see the module)."""
    main = _marked_main(root)
    if main is None:
        body = root.find("body") if tag_of(root) == "html" else root
        body = root if body is None else body
        main = _densest(body)
    asides = [node for node in main.iter() if node is not main and isinstance(node.tag, str) and _is_aside(node)]
    kept = _length(main)
    for node in asides:
        parent = node.getparent()
        # An "aside" that holds most of the text is none: the name of its class misleads.
        if parent is None or _length(node) > 0.5 * kept:
            continue
        _remove(node)
    lines = [line for line in block_text(main, tables=tables).split("\n") if not _BOILERPLATE.match(line.strip())]
    return "\n".join(lines).strip("\n")


def _remove(node: Any) -> None:
    """Take an element out of its tree and keep the text that follows it."""
    parent = node.getparent()
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _marked_main(root: Any) -> Any:
    for path in ("//main", "//*[@role='main']", "//*[@itemprop='articleBody']", "//article"):
        found = root.xpath(path)
        if len(found) == 1 and _length(found[0]) >= 100:
            return found[0]
    return None


def _densest(body: Any) -> Any:
    """The deepest element that holds most of the text that is neither in a link nor in an aside."""
    totals: dict[Any, int] = {}
    open_totals: list[int] = [0]
    outside = 0  # how many links and asides are open
    for event, node in etree.iterwalk(body, events=("start", "end")):
        left_out = node is not body and (tag_of(node) in SKIPPED or tag_of(node) == "a" or _is_aside(node))
        if event == "start":
            outside += left_out
            open_totals.append(0 if outside else len((node.text or "").strip()))
            continue
        outside -= left_out
        totals[node] = open_totals.pop()
        open_totals[-1] += totals[node] + (0 if outside else len((node.tail or "").strip()))
    chosen = body
    while True:
        best = max(
            (child for child in chosen if isinstance(child.tag, str)), key=lambda child: totals[child], default=None
        )
        if best is None or totals[best] < 0.8 * totals[body] or tag_of(best) in ("p", "table", "ul", "ol", "dl"):
            return chosen
        chosen = best
