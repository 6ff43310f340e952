"""Whether a document is the rule whose articles stand in it (a law, by-laws, terms of a contract), or quotes some of another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tekio.knowledge.facts import facts_of
from tekio.knowledge.passages import Passage

_NAME = re.compile(
    "(?:法|令|律|規則|規程|規定|条例|条約|協定|約款|定款|特約|契約書|約定書|覚書|要綱|要領|細則|準則|内規|訓令|告示|綱領|憲章|議定書|する件|の件)"
    r"(?:[ \u3000]*抄)?(?:[ \u3000]*[（(〔［][^（）()〔〕［］]*[）)〕］])*$"
)
_PART = re.compile(
    "^第[〇一二三四五六七八九十0-9０-９]+(?:編|章|節|款)(?![〇一二三四五六七八九十]).*関係$|関係法令$|法令関係$"
)
"""Parts of a circular: their articles are those of the law that it is about (第8編 酒類行政法令関係)."""
MOST_OF = 0.6
"""Of a document's characters, in articles that begin with the first."""


def is_rule(title: str, passages: Sequence[Passage]) -> bool:
    """Whether 「title第三条」 is the name of an article of this document.

    It is where the title ends as the names of rules do, or where most of the text stands in articles that begin with the first.
    A page on tax that quotes articles of a company's by-laws is none.
    """
    if _PART.search(title.strip()):
        return False
    if _NAME.search(title.strip()):
        return True
    articles = [passage for passage in passages if passage.kind == "article"]
    if not articles or not _is_first(articles[0]):
        return False
    return sum(len(passage.text) for passage in articles) >= MOST_OF * sum(len(passage.text) for passage in passages)


def _is_first(article: Passage) -> bool:
    number = next((fact.value for fact in facts_of(article.heading) if fact.kind == "article"), "")
    return number == "1"
