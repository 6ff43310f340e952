"""HTML pages: the main text of an article, without navigation, banners and footers.

The page's own marks decide first (`main`, `article`, role=main); without them, the smallest part of the page that holds
most of its text outside of links. What is left out is counted in `meta.left_out_characters`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from lxml import etree

from tekio.corpus.readers.layout_cells import MENU_LINKS, holds_blocks, is_broken, is_menu
from tekio.corpus.readers.page_facts import (
    bare,
    first_heading,
    modified_date,
    page_date,
    page_headline,
    page_title,
    stamped_day,
)
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables, option_text
from tekio.recipe.corpus import SourceConfig
from tekio.text.circled import join_circles
from tekio.text.consent_bars import consent_bars
from tekio.text.hidden import drop_hidden
from tekio.text.html import (
    DEFAULT_LIMITS,
    MAX_TABLE_NESTING,
    SKIPPED,
    PageText,
    letters_of,
    page_text,
    parse_html,
    tag_of,
    take_out,
    whole_text,
)
from tekio.text.page_ends import drop_ends
from tekio.text.page_labels import show_labels
from tekio.text.page_widgets import drop_widgets, without_widgets
from tekio.text.site_navigation import MOST_OF_HEADINGS, drop_site_path, is_list_of_links, without_phrases
from tekio.text.tables.render import Tables

ASIDE_TAGS = frozenset(("nav", "aside", "footer", "header", "form", "menu", "dialog", "button"))
_ASIDE_NAMES = re.compile(
    r"(?:^|[-_ ])(?:nav|navi|navigation|gnav|menu|bread-?crumbs?|crumbs?|topic-?path|pan-?kuzu|footer|header|sidebar|side|share|sns|social"
    r"|banner|ad|ads|advertisement|feedback|helpful|enquete|related|reco|recommends?|recommendation|ribbonrow|ranking|pager|pagination|pagetop|totop|skip|search|cookie|consent|gdpr|login|comments?|respond|feedback|enquete|questionnaire|editsection|likes|ticker|top-?bar|adsby\w+|toc|table-?of-?contents|mokuji|cta|paywall|newsletter|subscribe|prevnext|prev-next|tags|taglist|suitebar|quicklaunch|recycle|access-?counter|counter|author(?:-?(?:box|info|mini|profile|area))?|byline|btn|btns|btn-?(?:box|area|wrap|list))"
    r"(?:$|[-_ 0-9])",
    re.IGNORECASE,
)
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")  # sideNavBox
_REFERENCE = re.compile(r"\[[0-9]{1,3}\]")
_ICON = re.compile("開く|閉じる|開閉|表示|[+＋−－▼▽∨]|open|close", re.IGNORECASE)
_LETTER = re.compile(r"[^\W_]")
_HEADINGS = ("h1", "h2", "h3", "h4")
_ASIDE_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu"}

# Attributes are looked for by their names, not elements by a condition: libxml2 takes a fiftieth of the time.
_MARKED = [
    etree.XPath(path) for path in ("//main", "//@role[.='main']/..", "//@itemprop[.='articleBody']/..", "//article")
]
_NAMED = etree.XPath("//@id/.. | //@class/.. | //@role/..")
MAX_FRAMES = 20
BESIDE = 1.15
"""How much text at most, headings apart, stands beside a body that its headline is not in."""
LEAST_SECTION = 40
"""Characters of sentences below a headline from which they are a section of the article."""
LEAST_COPY = 40
"""Characters from which an element that stands twice is a copy."""
_FOLDS_ALONE = re.compile(r"[\n -~ぁ-ゖ一-鿿]")
"""A character before which a text may be cut without folding (NFKC) to something else: it joins none before it."""
_PIECES = etree.XPath("count(descendant::text())")
MOST_COMPARED = 3_000_000
"""Characters and pieces of text of a page that are read to find such elements."""


def read_html(source: SourceConfig, file: UnitFile) -> Rows:
    """An HTML page. Options: `encoding`, `tables` (labelled, lines, markdown, drop), `part` (main, all), `max_file_bytes`."""
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
    tables = option_tables(source)
    whole = option_text(source, "part", "main") == "all"
    characters, frames = letters_of(root), frames_of(root)
    if not whole:
        drop_hidden(root)
        show_labels(root)
        for bar in consent_bars(root):
            take_out(bar)
        drop_copies(root)
    headline, changed = "" if whole else page_headline(root), modified_date(root) or stamped_day(root)
    published = page_date(root)
    read = page_text(root, tables=tables) if whole else main_text(root, tables)
    text = join_circles(read.text)
    if text and headline and not _has_line(text, headline) and bare(headline) not in bare(text):
        text = f"{headline}\n{text}"
    title = page_title(root)
    name = PurePosixPath(file.name)
    if title and title.casefold() in (name.name.casefold(), name.stem.casefold()):
        title = first_heading(text)  # no one's title, but what the file is called
    left_out = 0 if whole else max(characters - read.characters, 0)
    document = make_document(
        source,
        file,
        text,
        part=part,
        uri=uri,
        title=title,
        published=published,
        told_as_of=changed,
        meta={"left_out_characters": left_out, "transforms": ["html" if whole else "html_main"]}
        | ({"frames": frames} if frames else {})
        | read.tables.meta(),
    )
    for number, dropped in enumerate(read.dropped, start=1):
        place = f"table={number}"
        left = make_document(
            source, file, dropped, part=f"{part};{place}" if part else place, uri=uri and f"{uri};{place}"
        )
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(dropped.split()))}, left)
    if not text.strip():
        reason, shown = ("frames", {"frames": frames}) if frames else ("no_text", {"characters": characters})
        yield Rejected(document.uri, reason, shown, document, whole_file=not part)
        return
    if read.links_only:
        yield Rejected(document.uri, "links_only", {"characters": characters}, document)
        return
    yield document


def frames_of(root: Any) -> list[str]:
    """The addresses of a page's frames: what they show is another page's text, and is not read here."""
    found = [frame.get("src") or "" for tag in ("frame", "iframe") for frame in root.iter(tag)]
    return [address[:500] for address in found if address][:MAX_FRAMES]


def drop_copies(root: Any) -> None:
    """Take out an element that holds word for word what one beside it held: sites write a part once for each size of screen.

    Elements in elements are read again at each depth, up to `MOST_COMPARED` characters and pieces of text a page.
    """
    read = 0
    for parent in list(root.iter("body", "div", "main", "article", "section", "form", "td")):
        beside = [child for child in parent if tag_of(child) in ("div", "section", "article")]
        if len(beside) < 2:
            continue
        texts = [whole_text(child) for child in beside]
        begin = [_beginning(text) for text in texts]
        often = Counter(begin)
        seen: set[str] = set()
        for child, text, beginning in zip(beside, texts, begin, strict=True):
            if len(beginning) < LEAST_COPY or often[beginning] < 2:
                continue
            whole = bare(text)
            if whole in seen:
                take_out(child)
            seen.add(whole)
        read += sum(map(len, texts)) + sum(int(_PIECES(child)) for child in beside)
        if read > MOST_COMPARED:
            return


def _has_line(text: str, line: str) -> bool:
    """Whether a line stands in a text as it is, which is quickly seen."""
    return f"\n{line}\n" in f"\n{text}\n"


def _beginning(text: str) -> str:
    """The first `LEAST_COPY` characters of `bare(text)`, without folding all of it."""
    cut = _FOLDS_ALONE.search(text, 3 * LEAST_COPY)
    if cut and len(found := bare(text[: cut.start()])) >= LEAST_COPY:
        return found[:LEAST_COPY]
    return bare(text)[:LEAST_COPY]


class _Page:
    """What is asked of a page's elements again and again, found once: which hold a headline, which hold links."""

    def __init__(self, root: Any) -> None:
        self._headlines = _holders(root, "h1")
        self._wrappers = _wrapping_forms(root)
        self._links = _holders(root, "a")
        self._named: set[Any] = set(_NAMED(root))
        self._asides: dict[Any, bool] = {}  # of elements that were asked about

    @property
    def has_links(self) -> bool:
        return bool(self._links)

    def is_aside(self, node: Any, tag: str) -> bool:
        """Whether an element is navigation, banner, footer or the like, by its tag, role or name."""
        if tag not in ASIDE_TAGS and node not in self._named:
            return False
        found = self._asides.get(node)
        if found is None:
            found = self._asides[node] = self._is_aside(node, tag)
        return found

    def _is_aside(self, node: Any, tag: str) -> bool:
        if tag in ("html", "body", "main", "article") or node in self._wrappers:
            return False
        if tag == "button" and opens_panel(node):
            return False
        if tag in ASIDE_TAGS or node.get("role") in _ASIDE_ROLES:
            above = node.getparent()
            if tag == "footer" and above is not None and tag_of(above) == "blockquote":
                return False  # who said it
            return not (tag == "header" and node in self._headlines)
        if tag in _HEADINGS:  # `entry-header` names a heading, what lies around it says whether it is one of the text
            return False
        if not any(_names_aside(value) for value in (node.get("id"), node.get("class")) if value):
            return False
        # `article__header` with the headline is no page header; what holds links is one.
        return node not in self._headlines or node in self._links


@lru_cache(maxsize=4096)
def _names_aside(value: str) -> bool:
    """Whether an id or class names an aside; the pages of a site have the same ones."""
    return _ASIDE_NAMES.search(_CAMEL.sub("-", value)) is not None


def opens_panel(button: Any) -> bool:
    """Whether a button is the heading of a panel that it opens, as a question is of its answer: text stands behind it, no menu."""
    if button.get("aria-expanded") is None or letters_of(button) < 4:
        return False
    above = button.getparent()
    heads = button if above is None or tag_of(above) not in (*_HEADINGS, "dt") else above
    panel = heads.getnext()
    if panel is None or tag_of(panel) in ("nav", "menu"):
        return False
    return letters_of(panel) - sum(letters_of(link) for link in panel.iter("a")) >= 10


def _wrapping_forms(root: Any) -> set[Any]:
    """The forms that wrap the page (WebForms, SharePoint): they hold most of its text or its headline, and are no forms."""
    forms = list(root.iter("form"))
    if not forms:
        return set()
    whole = letters_of(root)
    return {
        form
        for form in forms
        if letters_of(form) >= 0.5 * whole or next(form.iter("h1", "main", "article"), None) is not None
    }


def _holders(root: Any, tag: str) -> set[Any]:
    """The elements above elements of one tag."""
    found: set[Any] = set()
    for node in root.iter(tag):
        above = node.getparent()
        while above is not None and above not in found:
            found.add(above)
            above = above.getparent()
    return found


def main_text(root: Any, tables: Tables = "lines") -> PageText:
    """The text of the page's main part (see the module)."""
    page = _Page(root)
    main = _marked_main(root)
    if main is None:
        body = root.find("body") if tag_of(root) == "html" else root
        body = root if body is None else body
        main = _densest(body, page) if page.has_links else body  # a page without links is a document, not a site's
    asides = [node for node in main.iter("*") if node is not main and page.is_aside(node, tag_of(node))]
    kept = letters_of(main) if asides else 0
    for node in asides:
        parent = node.getparent()
        # An "aside" that holds most of the text is none: the name of its class misleads.
        if parent is None or letters_of(node) > 0.5 * kept:
            continue
        take_out(node)
    for button in main.iter("button"):
        for icon in [
            part for part in button.iter() if part is not button and _ICON.fullmatch(bare("".join(part.itertext())))
        ]:
            take_out(icon)
    for mark in [node for node in main.iter("sup") if _REFERENCE.fullmatch(bare(whole_text(node)))]:
        if "reference" in (mark.get("class") or "").split():
            take_out(mark)
    links_only = is_list_of_links(root if _is_headings(main) else main)
    drop_site_path(main)
    drop_widgets(main)
    drop_ends(main)
    read = page_text(main, tables=tables)
    text, left_out = without_widgets(read.text)
    text, phrases = without_phrases(text)
    characters = letters_of(main) - left_out - phrases
    return PageText(text.strip("\n"), read.dropped, read.tables, characters, links_only or is_list_of_links(main))


def _is_headings(main: Any) -> bool:
    """Whether a part of a page holds headings only."""
    letters = letters_of(main)
    if letters > MOST_OF_HEADINGS:
        return False
    return tag_of(main) in _HEADINGS or sum(map(letters_of, main.iter(*_HEADINGS))) >= letters


def _marked_main(root: Any) -> Any:
    for path in _MARKED:
        found = path(root)
        if len(found) == 1 and letters_of(found[0]) >= 100:
            return found[0]
    return None


class _Weight(NamedTuple):
    """Below an element, outside of links and asides: characters of text, headings, headlines, characters of headings, the highest heading.

    Levels count down from 10: an h1 is 9, an h3 7.
    """

    text: int
    headings: int
    headlines: int
    titles: int
    level: int

    @property
    def body(self) -> int:
        """Characters outside of headings."""
        return self.text - self.titles


_NOTHING = _Weight(0, 0, 0, 0, 0)


class _Weights:
    """The weights of the elements below `body`; what lies in a link or aside weighs nothing."""

    def __init__(self, body: Any, page: _Page) -> None:
        self._sums: dict[Any, list[int]] = {}
        parents: list[Any] = []
        for node in body.iter("*"):
            tag, parent = tag_of(node), node.getparent()
            if node is not body:
                above = self._sums.get(parent)
                if above is None:
                    continue
                if (tail := node.tail) and not _is_foot(tail):
                    above[0] += _weight_of(tail)
                if tag in SKIPPED or tag == "a" or page.is_aside(node, tag):
                    continue
            text = node.text
            if text and _is_foot(text):
                text = None
            level = 10 - int(tag[1]) if tag in _HEADINGS else 0
            self._sums[node] = [_weight_of(text) if text else 0, int(level > 0), int(tag == "h1"), 0, level]
            parents.append(parent)
        for (node, own), parent in zip(reversed(self._sums.items()), reversed(parents), strict=True):
            if tag_of(node) in _HEADINGS:
                own[3] = own[0]
            if node is body:
                break
            above = self._sums[parent]
            above[0] += own[0]
            above[1] += own[1]
            above[2] += own[2]
            above[3] += own[3]
            above[4] = max(above[4], own[4])

    def of(self, node: Any) -> _Weight:
        """The weight of an element."""
        own = self._sums.get(node)
        return _Weight(*own) if own else _NOTHING


def _weight_of(text: str) -> int:
    """Characters of a piece of text; bars and brackets between links are none."""
    return len(text.strip()) if _LETTER.search(text) else 0


def _is_foot(text: str) -> bool:
    """Whether text is a site's foot, which is long beside a short notice."""
    return "opyright" in text or "©" in text


def _densest(body: Any, page: _Page) -> Any:
    """The deepest element that holds most of the text that is neither in a link nor in an aside."""
    weights = _Weights(body, page)
    whole = weights.of(body)
    chosen, tables = body, 0
    while True:
        children = [child for child in chosen if isinstance(child.tag, str)]
        best = max(children, key=lambda child: weights.of(child).text, default=None)
        if best is None or tag_of(best) in ("p", "ul", "ol", "dl"):
            break
        tables += tag_of(best) == "table"
        if tag_of(best) == "table" and (tables > MAX_TABLE_NESTING or not _lays_out(best, weights)):
            break
        own, above = weights.of(best), weights.of(chosen)
        most = own.text >= 0.8 * whole.text
        nearly_all = own.text >= 0.9 * above.text and own.text >= 0.5 * whole.text
        # Notices around the article have no headings, sections of an article do.
        headed = own.text >= 0.5 * above.text and own.headlines > 0 and own.headings == above.headings
        if not (most or nearly_all or headed):
            break
        if own.headlines == 0 < above.headlines and _below_headline(children, best, weights) >= LEAST_SECTION:
            break
        chosen = best
    # The headline of an article often stands beside its body.
    while chosen is not body:
        parent = chosen.getparent()
        own, above = weights.of(chosen), weights.of(parent)
        lacks = (own.headings == 0 < above.headings) or own.level < above.level
        if not lacks or above.body > BESIDE * own.body:
            break
        chosen = parent
    return chosen


def _below_headline(children: list[Any], best: Any, weights: _Weights) -> int:
    """The text between a page's headline and the densest element beside it: sections of the same article."""
    text, headed = 0, False
    for child in children:
        if child is best:
            return text if headed else 0
        own = weights.of(child)
        if own.headlines and own.titles:
            headed = True
        elif headed and "。" in whole_text(child):
            text += own.body
    return 0


def _lays_out(table: Any, weights: _Weights) -> bool:
    """Whether a table lays out the page: one of its cells holds most of its text, and blocks; menus may stand beside it."""
    whole, text = letters_of(table), weights.of(table).text
    rows = [row for part in table for row in ([part] if tag_of(part) == "tr" else part) if tag_of(row) == "tr"]
    links = sum(1 for _ in table.iter("a"))
    return any(
        tag_of(cell) == "td"
        and (
            (letters_of(cell) >= 0.7 * whole and holds_blocks(cell))
            or (
                weights.of(cell).text >= 0.8 * text
                and links - sum(1 for _ in cell.iter("a")) >= MENU_LINKS
                and (holds_blocks(cell) or (is_broken(cell) and any(map(is_menu, row))))
            )
        )
        for row in rows
        for cell in row
    )
