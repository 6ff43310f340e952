"""What stands around the text of an article inside its own part of the page: what to read next, who wrote it, links at its end.

No class tells these; their headings do, and that nothing but links stands behind the last sentence.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from tekio.text.html import HEADINGS, letters_of, tag_of, take_out, whole_text
from tekio.text.site_navigation import FILE_LINK, PHRASES

_LEADS = re.compile(
    r"(?:あわせて|併せて)(?:読みたい|ご覧ください).{0,6}|関連(?:する)?(?:記事|情報|リンク|ページ|サービス|コンテンツ|商品|キーワード|ワード|タグ|トピックス?|用語|FAQ|(?:よくある)?ご?質問)(?:一覧)?|(?:この|本)記事(?:を書いた|の)(?:人|ライター|著者|筆者|執筆者)"
    r"|(?:この|本)記事への(?:コメント|感想)|(?:人気|アクセス|閲覧)(?:記事)?ランキング|(?:おすすめ|オススメ|お勧め)の?(?:記事|商品|コンテンツ|関連記事)|(?:最近|よく)(?:見|読)(?:た|まれている)(?:ページ|記事)"
    r"|コメント[（(][0-9０-９]+件?[)）]|[0-9０-９]+件のコメント|コメントを(?:残す|書く|投稿(?:する)?|送信(?:する)?)|トラックバック(?:[（(][0-9０-９]+[)）])?"
    r"|(?:こちらの|この)?(?:商品|記事|ページ)を(?:見た|読んだ)(?:人|方)は.{0,20}|こちらの(?:商品|記事|ページ)も.{1,14}|最近の(?:変更|更新|投稿|記事)|(?:最新|新着)(?:の)?(?:記事|お知らせ|ニュース)(?:一覧)?|新着情報"
)
"""Headings of what a site puts below an article."""
_BLOCKS = ("p", "div", "ul", "ol", "dl", "section", "center", "td", "tr", "table", "tbody", "nav", "font", "article")
_HREFS = etree.XPath("descendant::a/@href")
_CONTENTS = re.compile(
    "目次|もくじ|index|contents|(?:この(?:ページ|記事)の)?(?:内容|項目|目次)(?:一覧)?", re.IGNORECASE
)
_NUMBER = re.compile("^[▼▽▲△▶►●○■□◆◇→⇒↓・>＞»※]*(?:[0-9０-９]{1,3}[.．、)）]?)?")
FEWEST_CONTENTS, CONTENTS_SHARE = 2, 0.6
"""Links that a list of contents has at least, and how many of them are headings below."""
_FILES = re.compile("(?:関連|添付|参考|ダウンロード)(?:ファイル|資料|書類|文書)(?:一覧)?|(?:ファイルの?)?ダウンロード")
_SEPARATORS = re.compile(r"[|｜／/・>＞«»‹›\[\]【】]")
MOST_BLOCKS_ABOVE = 300
"""Blocks above a headline that are looked at."""
MOST_IN_BAR = 40
MOST_LETTERS_OF_BAR = 2_000
"""Links of a bar above a heading, and letters with the blanks between them."""
MOST = 0.3
"""Of the letters of the main part, what such a section may hold at most."""


def drop_ends(main: Any) -> None:
    """Take sections that lead to other pages, lists of contents, and links behind the last sentence, out of the main part, in place."""
    _drop_contents(main)
    if next(main.iter("h1", "h2"), None) is not None:
        for block in _links_above(main):
            take_out(block)
    whole = letters_of(main)
    for heading in [node for node in main.iter(*HEADINGS) if _LEADS.fullmatch(_words(node))]:
        section = _section(heading, main)
        if sum(map(letters_of, section)) <= MOST * whole:
            for node in section:
                take_out(node)
    for lead in [node for node in main.iter("p", "div", "span") if len(node) == 0 and _LEADS.fullmatch(_words(node))]:
        parent = lead.getparent()
        # A box of its own that begins with the words.
        if parent is None or parent is main or tag_of(parent) != "div" or parent.index(lead) > 0:
            continue
        if letters_of(parent) <= MOST * whole and not (parent.text or "").strip():
            take_out(parent)
    if any(PHRASES.match(_words(link)) for link in main.iter("a")):
        for block in [node for node in main.iter("p", "div", "ul", "ol") if _is_tools(node)]:
            take_out(block)
    for files in [node for node in main.iter("ul", "ol") if _lists_files(node)]:
        title = files.getprevious()
        if title is not None and (_names_files(title) or _heads_only(title, files)):
            take_out(title)
        take_out(files)
    while (last := _last_block(main)) is not None and _leads_on(last) and letters_of(last) <= MOST * whole:
        take_out(last)


def _links_above(main: Any) -> list[Any]:
    """Blocks above the first heading that hold links only, several: tabs of the site's editor, its bars."""
    found: list[Any] = []
    inside: set[Any] = set()
    for count, node in enumerate(main.iter("p", "div", "ul", "ol", "h1", "h2")):
        if tag_of(node) in ("h1", "h2") or count > MOST_BLOCKS_ABOVE:
            return found
        if node is main or node in inside or len(whole_text(node)) > MOST_LETTERS_OF_BAR:
            continue
        links = list(node.iter("a"))
        words = _bare(node) if len(links) > 1 and len(links) <= MOST_IN_BAR else ""
        if words and sum(len(_bare(link)) for link in links) == len(words):
            found.append(node)
            inside.update(node.iter())
    return []  # no heading: nothing stands above it


def _drop_contents(main: Any) -> None:
    """Take out the lists of links to the headings of the main part, with the word over them."""
    inside = {value.getparent() for value in _HREFS(main) if value.startswith("#") and len(value) > 1}
    if len(inside) < FEWEST_CONTENTS:
        return
    headings = {_unnumbered(node) for node in main.iter(*HEADINGS, "dt")}
    for listing in [node for node in main.iter("ul", "ol") if _is_contents(node, inside, headings)]:
        title = listing.getprevious()
        if title is not None and tag_of(title) in (*HEADINGS, "p", "div") and _CONTENTS.fullmatch(_words(title)):
            take_out(title)
        take_out(listing)


def _is_contents(listing: Any, inside: set[Any], headings: set[str]) -> bool:
    links = list(listing.iter("a"))
    if len(links) < FEWEST_CONTENTS or not all(link in inside for link in links):
        return False
    if sum(len(_words(link)) for link in links) != len(_words(listing)):
        return False
    return sum(_unnumbered(link) in headings for link in links) >= CONTENTS_SHARE * len(links)


def _unnumbered(node: Any) -> str:
    return _NUMBER.sub("", _words(node))


def _words(node: Any) -> str:
    return "".join(whole_text(node).split())


def _section(heading: Any, main: Any) -> list[Any]:
    """A heading with what it heads: its own part of the page, or what follows it up to the next heading as high."""
    parent = heading.getparent()
    first = next((node for node in parent if isinstance(node.tag, str)), None) if parent is not None else None
    if parent is None:
        return []
    if parent is not main and first is heading and tag_of(parent) in ("section", "div", "aside", "nav"):
        return [parent]
    section = [heading]
    for node in heading.itersiblings():
        if tag_of(node) in HEADINGS and tag_of(node) <= tag_of(heading):
            break
        section.append(node)
    return section


def _last_block(node: Any) -> Any:
    """The innermost last block of a part of the page whose text ends it; None where loose text does."""
    found = None
    while True:
        below = [child for child in node if isinstance(child.tag, str)]
        while below and not _words(below[-1]) and not (below[-1].tail or "").strip():
            below.pop()
        if not below or (below[-1].tail or "").strip() or tag_of(below[-1]) not in _BLOCKS:
            return found
        node = found = below[-1]
        if tag_of(node) in ("p", "ul", "ol", "dl"):
            return found


def _is_tools(block: Any) -> bool:
    """Whether a block holds links only, several, and one of them is a phrase of sites (print, share): its tools."""
    links = list(block.iter("a"))
    if len(links) < 2 or not any(PHRASES.match(_words(link)) for link in links):
        return False
    return sum(len(_bare(link)) for link in links) == len(_bare(block))


def _bare(node: Any) -> str:
    return _SEPARATORS.sub("", _words(node))


def _lists_files(node: Any) -> bool:
    """Whether a list names files to load, several of them; one annex that the text speaks of is named in it."""
    items = [item for item in node if tag_of(item) == "li"]
    return len(items) > 1 and all(FILE_LINK.fullmatch(_words(item)) for item in items)


def _names_files(title: Any) -> bool:
    return tag_of(title) in (*HEADINGS, "p", "div") and _FILES.fullmatch(_words(title)) is not None


def _heads_only(heading: Any, block: Any) -> bool:
    """Whether a heading stands over a block and nothing else: the next heading, as high, or the end follows."""
    if tag_of(heading) not in HEADINGS or (block.tail or "").strip() or (heading.tail or "").strip():
        return False
    following = block.getnext()
    while following is not None and not _words(following):
        following = following.getnext()
    return following is None or (tag_of(following) in HEADINGS and tag_of(following) <= tag_of(heading))


def _leads_on(block: Any) -> bool:
    """Whether a block holds links only, or a phrase of the site."""
    words = _words(block)
    if not words or PHRASES.match(words):
        return True
    if FILE_LINK.fullmatch(words):
        return False
    linked = sum(len(_words(link)) for link in block.iter("a"))
    return linked > 0 and linked >= len(words) - 2 and "。" not in words
