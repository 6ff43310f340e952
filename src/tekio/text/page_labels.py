"""Labels that a page shows otherwise than as text: headings and marks in cells that are pictures, tabs, breaks for telephones.

In place, before a page is read: the words of a picture become text, a tab's name the heading of its panel.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from tekio.text.html import HEADINGS, take_out, whole_text

_MARK = re.compile(
    r"[○◯〇×✕✖✗╳△▲●◎☆★✓✔✅☑－―−-]|丸|まる|マル|二重丸|三角|さんかく|(?:ばつ|バツ|ペケ)|あり|なし|有り?|無し?|(?:非|未)?対応|対象外?|可能?|不可|不要|要|必要|必須|任意|はい|いいえ|無料|有料"
    r"|[0-9０-９][0-9０-９,，.．]{0,11}(?:円|%|％|年|か月|回|件)?"
)
"""What the picture in a cell stands for, where that is a value; other pictures illustrate."""
_TELEPHONE = re.compile(
    r"(?:^|[-_ ])(?:sp|mb|mobile|smartphone|smp|xs)(?:[-_]?(?:only|view|show|disp|display|visible|block|inline|br))?(?:$|[-_ ])",
    re.IGNORECASE,
)
_DESK = re.compile(
    r"(?:^|[-_ ])(?:pc|desktop|lg|wide)(?:[-_]?(?:only|view|show|disp|display|visible|block|inline|br))?(?:$|[-_ ])",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?:^|[-_ ])(?:label|tag|cat|category|icon|ico|badge|genre|type|mark)(?:$|[-_ 0-9])", re.IGNORECASE)
_NAME_OF_DAY = re.compile(r"(?:公開|更新|掲載|投稿|作成|発行|登録|最終更新|最終変更)(?:年月)?日?[:：]?")
_READING = re.compile(r"(?:^|[-_ ])(?:yomi|yomigana|furigana|kana|hurigana|reading|rubi)(?:$|[-_ 0-9])", re.IGNORECASE)
_KANA = re.compile("[（(]?[ぁ-ゖァ-ヺー・]+[)）]?")
_LETTER = re.compile("[QＱAＡ][0-9０-９]{0,3}")
"""The letter of a question or an answer, drawn as an icon."""
_INLINE = ("span", "time", "a", "em", "strong", "b", "i")
_ENDS_AS_DAY = re.compile(r"[0-9０-９][日)）]?$|日$|[月火水木金土日][)）]$")
_BEGINS_AS_DAY = re.compile(r"(?:20|19|２０|１９|令和|平成|昭和|[RHS][0-9])")
_TYPED_MARK = re.compile(r"mso-list\s*:\s*Ignore", re.IGNORECASE)
_LISTS = etree.XPath("//@role[.='tablist']/..")
LONGEST_FIELD = 80
"""Letters in a field to write in that are none of the page's text; terms to agree to are longer."""
SHORTEST_COPY = 6
"""Letters from which text written for telephones and again for wide screens is a copy."""
MOST_COMPARED = 1_000_000
"""Letters of a page that are read to find what it holds twice."""
MOST_LETTERS = 80
"""Letters of a picture's words that are a heading, of a tab's name."""


def show_labels(root: Any) -> None:
    """Write the labels of a page as text, in its tree."""
    _name_pictures(root)
    _place_tabs(root)
    for one in [one for one in root.iter("br") if _TELEPHONE.search(one.get("class") or "")]:
        take_out(one)
    for reading in [one for one in root.iter("span", "small", "p", "div") if _is_reading(one)]:
        take_out(reading)
    for field in [field for field in root.iter("textarea") if len(whole_text(field)) <= LONGEST_FIELD]:
        take_out(field)
    _drop_telephone_copies(root)
    for tag in root.iter("span", "em", "i", "strong", "time"):
        if _TAG.search(tag.get("class") or "") or _NAME_OF_DAY.fullmatch((tag.text or "").strip()):
            _set_apart(tag)
    for mark in root.iter("span"):
        if _TYPED_MARK.search(mark.get("style") or ""):
            words = " ".join(whole_text(mark).split())
            for child in list(mark):
                mark.remove(child)
            mark.text = f"{words} "


def _is_reading(node: Any) -> bool:
    """Whether an element is the reading beside a word, in kana, as `rt` is."""
    if not _READING.search(node.get("class") or ""):
        return False
    words = "".join(whole_text(node).split())
    return 0 < len(words) <= MOST_LETTERS and _KANA.fullmatch(words) is not None


def _set_apart(tag: Any) -> None:
    """A label (重要, お知らせ, 公開日) that a sheet draws as a box: a blank between it and the day beside it."""
    before, above, following = tag.getprevious(), tag.getparent(), tag.getnext()
    words = (before.tail if before is not None else above.text if above is not None else "") or ""
    if not words and before is not None and before.tag in _INLINE:
        words = whole_text(before)
    if _ENDS_AS_DAY.search(words):
        tag.text = f" {tag.text or ''}"
    behind = tag.tail or ""
    if not behind and following is not None and following.tag in _INLINE:
        behind = whole_text(following)
    if _BEGINS_AS_DAY.match(behind) or (behind[:1].strip() and _LETTER.fullmatch((tag.text or "").strip())):
        tag.tail = f" {tag.tail or ''}"


def _name_pictures(root: Any) -> None:
    """The words of pictures that are all that a heading or cell shows."""
    asked: set[Any] = set()
    for picture in root.iter("img"):
        words = " ".join((picture.get("alt") or "").split())
        if not 0 < len(words) <= MOST_LETTERS:
            continue
        above, linked = picture.getparent(), False
        while above is not None and above.tag in ("a", "span", "b", "strong", "font", "center", "p", "div", "picture"):
            linked = linked or above.tag == "a"
            above = above.getparent()
        if above is None or above in asked:
            continue
        asked.add(above)
        if whole_text(above).strip():
            continue
        heads = above.tag in HEADINGS and not linked
        if heads or (above.tag in ("td", "th") and _MARK.fullmatch(words)):
            picture.tail = words + (picture.tail or "")


def _place_tabs(root: Any) -> None:
    """The names of tabs as headings of their panels, where each names one."""
    places: dict[str, Any] | None = None
    for tabs in _LISTS(root):
        if places is None:
            places = {node.get("id"): node for node in root.iter("*") if node.get("id")}
        named: list[Any] = [node for node in tabs.iter("*") if node.get("role") == "tab"]
        panels: list[Any] = [places.get(_target(tab)) for tab in named]
        if not named or any(panel is None or _is_below(panel, tabs) for panel in panels):
            continue
        for tab, panel in zip(named, panels, strict=True):
            name = " ".join(whole_text(tab).split())
            if not 0 < len(name) <= MOST_LETTERS or "".join(whole_text(panel).split()).startswith(
                name.replace(" ", "")
            ):
                continue
            heading: Any = etree.Element("p")
            heading.text, heading.tail, panel.text = name, panel.text, None
            panel.insert(0, heading)
        take_out(tabs)


def _target(tab: Any) -> str:
    own = tab.get("aria-controls")
    if own:
        return own.split()[0]
    link = tab if tab.tag == "a" else tab.find(".//a")
    href = (link.get("href") or "") if link is not None else ""
    return href[1:] if href.startswith("#") else ""


def _is_below(node: Any, above: Any) -> bool:
    return any(one is above for one in node.iterancestors())


def _is_for(node: Any, shown: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether an element's class names one size of screen and not the other, as columns of a grid do (col-xs-6 col-lg-3)."""
    name = node.get("class") or ""
    return shown.search(name) is not None and other.search(name) is None


def _drop_telephone_copies(root: Any) -> None:
    """Text written twice, for telephones and for wide screens, by the names of the two elements beside each other."""
    read = 0
    for node in [node for node in root.iter("*") if _is_for(node, _TELEPHONE, _DESK)]:
        words = "".join(whole_text(node).split())
        read += len(words)
        if read > MOST_COMPARED:
            return
        for beside in (node.getprevious(), node.getnext()):
            if (
                len(words) >= SHORTEST_COPY
                and beside is not None
                and isinstance(beside.tag, str)
                and _is_for(beside, _DESK, _TELEPHONE)
                and "".join(whole_text(beside).split()) == words
            ):
                take_out(node)
                break
