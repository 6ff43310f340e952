"""Sentences of a legal or explanatory text, and the same without what stands in parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tekio.knowledge.passages import ARTICLE_START, Passage

_OPEN, _CLOSE = "（(「『〔［", "）)」』〕］"
PARAGRAPH = re.compile(r"(?:[2-9２-９]|[1-9１-９][0-9０-９])[ \u3000]")
ITEM = re.compile(
    r"[ \u3000]*([一二三四五六七八九十]{1,3}|[イロハニホヘトチリヌ]|[（(][0-9０-９一二三四五六七八九十]{1,2}[）)]|[①-⑳])[ \u3000]+"
)


_LEADS_ON = re.compile(
    r"次の(?!(?:各?(?:年|期|月|日|回|事業|会計|保険|営業|課税)|四半期))|次に(?:掲げる|定める|規定する|よる|より|おいて)|左の|各号の"
    r"|(?:^|[、はがをにで])第[一二三四五六七八九十]{1,3}号(?:又は|及び|から|に)|(?:イ|ロ|ハ)(?:又は|及び|から|に)[イロハニホヘ定掲]?"
)


def leads_on(sentence: str) -> bool:
    """Whether a sentence says nothing without the list below it: 次のいずれかに該当するもの, 第一号に掲げる額を第二号に掲げる額で除して."""
    return _LEADS_ON.search(sentence) is not None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the number of its paragraph (項) in its article; 0 where it stands in none."""

    text: str
    paragraph: int


def sentences(text: str) -> list[str]:
    """Sentences of a text; a full stop within brackets ends none."""
    found: list[str] = []
    depth, start = 0, 0
    for place, character in enumerate(text):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth = max(0, depth - 1)
        elif character == "\n" or (character == "。" and depth == 0):
            if sentence := text[start : place + 1].strip():
                found.append(sentence)
            start = place + 1
            if character == "\n":
                depth = 0
    if rest := text[start:].strip():
        found.append(rest)
    return found


def article_sentences(text: str, article: str, *, leading: bool = False) -> Iterator[Sentence]:
    """Whole sentences of an article, without its number; items (一, 二, イ) are none.

    article: its number as it stands (`第三条`). A paragraph that refers to items below it is left out: it says nothing alone;
    leading: it is given all the same.
    """
    paragraph = 1
    for line in text.split("\n"):
        bare = line.strip()
        if bare.startswith(article):
            bare = bare[len(article) :].strip()
        elif match := PARAGRAPH.match(bare):
            paragraph = int(match[0])
            bare = bare[match.end() :].strip()
        elif ITEM.match(line) or bare[:1] in "（(":
            continue
        for sentence in sentences(bare):
            if sentence.endswith("。") and (leading or not leads_on(sentence)):
                yield Sentence(sentence, paragraph)


def article_number(passage: Passage) -> str:
    """An article's number as it stands in its text."""
    found = ARTICLE_START.match(passage.text) or ARTICLE_START.search(passage.text.partition("\n")[2])
    return found[1] if found else passage.heading.split("（")[0]


def without_parentheses(text: str) -> str:
    """The text without what stands in parentheses, nested ones too; as it is where they do not match."""
    kept: list[str] = []
    depth = 0
    for character in text:
        if character in "（(":
            depth += 1
        elif character in "）)":
            depth -= 1
            if depth < 0:
                return text
        elif not depth:
            kept.append(character)
    return "".join(kept) if not depth else text
