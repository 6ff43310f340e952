"""What is enumerated: items of an article, and glossaries (`語：説明`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tekio.knowledge.computed import Computed
from tekio.knowledge.formulas import is_unfilled
from tekio.knowledge.passages import Passage
from tekio.study.material import Draft, LeftOut, Material
from tekio.study.strategies.sentences import PARAGRAPH, leads_on, without_parentheses
from tekio.study.strategies.statutes import quoted_articles
from tekio.study.wording import listed, pick

_LEAD = re.compile(r"次の各号に掲げる|次に掲げる|次の各号|次のとおり")
_ITEM = re.compile(r"[ \u3000]*([一二三四五六七八九十]{1,3})[ \u3000]+(.+)$")
_SUB = re.compile(r"[ \u3000]*[イロハニホヘトチリヌ（(]")
_NUMERALS = ["", *"一二三四五六七八九", "十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十"]
_TELL = (
    "{law}{place}に掲げるものは、{items}の{count}つである。",
    "{law}{place}は、{count}つのものを掲げる。すなわち、{items}である。",
    "{items}は、{law}{place}に掲げられている（全{count}号）。",
)
_GLOSSARY = re.compile(
    r"^[ \u3000・■]*(?P<term>[^：:。、|]{2,30})[ \u3000]*[：:][ \u3000]*(?P<meaning>[^|]{10,300}。)$"
)
_TELL_TERM = (
    "{term}とは、{meaning}",
    "「{term}」の意味は次のとおりである。{meaning}",
    "次の説明は、「{term}」という語のものである。{meaning}",
)
_DEFINES = re.compile(
    r"(?:を(?:いう|いいます|指す|指します|意味する|意味します)|のこと(?:です|である|を(?:いう|いいます))?|の略称?(?:です|である)?)。$"
)
_NAMES_GLOSSARY = re.compile("用語|語句|略語|略称|凡例|定義|語彙|グロッサリ")
_STATES = re.compile(r"(?:である|です|もの|こと)。$")
_INSTRUCTS = re.compile("ください|記載し|記入し|[○〇]で囲")
_NO_TERM = re.compile(r"^[（(※①-⑳■□◆●○ⅠⅡⅢⅣⅤ]|^[0-9０-９]+[.．、)） ]|[「」『』]|[0-9０-９年月日欄]$")
_BRACKETS = ("（）", "()", "〈〉", "［］")
_MOST_ITEMS, _LONGEST_ITEM = 8, 80


def lists(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """Items of articles with their number, and terms with their explanations."""
    yield from quoted_articles(material, "lists")
    for passage in material.passages:
        if passage.kind == "article" and material.title and material.names_articles:
            yield from _items(material, passage, wordings)
        elif passage.kind == "section":
            yield from _glossary(material, passage, wordings)


def _items(material: Material, passage: Passage, wordings: int) -> Iterator[Draft | LeftOut]:
    paragraph, lead, found = 1, False, list[str]()
    supplement = "附則" if passage.path and passage.path[0][:1] == "附" else ""
    if supplement or passage.part > 1:
        return
    article = passage.heading.split("（")[0]
    for line in [*passage.text.split("\n"), "2 "]:
        item = _ITEM.match(line)
        if item and lead and item[1] == _NUMERALS[min(len(found) + 1, 20)]:
            found.append(item[2].strip())
        elif not _SUB.match(line):
            if lead and len(found) > 1:
                place = f"{article}第{paragraph}項" if paragraph > 1 else article
                yield from _told(material, passage, place, found, wordings)
            if match := PARAGRAPH.match(line.strip()):
                paragraph = int(match[0])
            lead, found = bool(_LEAD.search(line)), []


def _told(
    material: Material, passage: Passage, place: str, items: list[str], wordings: int
) -> Iterator[Draft | LeftOut]:
    if len(items) > _MOST_ITEMS or any(
        len(item) > _LONGEST_ITEM or "。" in without_parentheses(item) for item in items
    ):
        yield LeftOut("lists", passage, "long_list", {"items": len(items), "longest": max(map(len, items))})
        return
    if any(is_unfilled(item) for item in items):
        yield LeftOut("lists", passage, "not_filled_in", {"items": len(items)})
        return
    if any(leads_on(item) for item in items):
        yield LeftOut("lists", passage, "leads_to_a_list", {"items": len(items)})
        return
    count = f"{len(items)}"
    computed = (Computed("count", tuple(items), f"{count}つ"), Computed("count", tuple(items), f"{count}号"))
    plain = [without_parentheses(item) for item in items]
    words = {"law": material.title, "place": place, "items": listed([f"「{item}」" for item in plain]), "count": count}
    for wording in range(min(wordings, len(_TELL))):
        yield Draft("lists", passage, wording, pick(_TELL, place, wording).format(**words), computed=computed)
    question = f"{material.title}{place}に掲げられているものをすべて挙げてください。"
    yield Draft("lists", passage, 0, "\n".join(f"・{item}" for item in plain), question)


def _glossary(material: Material, passage: Passage, wordings: int) -> Iterator[Draft | LeftOut]:
    """Only what defines: 損害の原因：「地震」などと記入します is a form, アサガオ（学名：… half a name."""
    named = _NAMES_GLOSSARY.search("\n".join((material.title, passage.heading, passage.text.split("\n", 1)[0])))
    for line in passage.text.split("\n"):
        found = _GLOSSARY.match(line)
        if found is None:
            continue
        words = {"term": found["term"].strip(), "meaning": found["meaning"].strip()}
        open_bracket = any(words["term"].count(left) != words["term"].count(right) for left, right in _BRACKETS)
        defines = _DEFINES.search(words["meaning"]) or (named and _STATES.search(words["meaning"]))
        if _NO_TERM.search(words["term"]) or open_bracket or not defines or _INSTRUCTS.search(words["meaning"]):
            yield LeftOut("lists", passage, "defines_nothing", {"term": words["term"]})
            continue
        for wording in range(min(wordings, len(_TELL_TERM))):
            yield Draft("lists", passage, wording, pick(_TELL_TERM, words["term"], wording).format(**words))
        yield Draft("lists", passage, 0, words["meaning"], f"{words['term']}とは何ですか。")
