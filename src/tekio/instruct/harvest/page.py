"""One page: pairs with topic, anchor, date and confidence, and the remainder; every character is in one of them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page, render
from tekio.instruct.harvest.choose import Chosen, choose
from tekio.instruct.harvest.confidence import Sketch, confidences
from tekio.instruct.harvest.evidence import page_evidence
from tekio.instruct.harvest.flow import MAX_TITLE, number_of, same_text
from tekio.instruct.harvest.labels import mark_labels
from tekio.instruct.harvest.marks import RULER, TELLING_SPEAKER, is_furniture, question_likeness, undecorated
from tekio.instruct.harvest.question_text import question_text
from tekio.instruct.harvest.structured import structured_pairs
from tekio.instruct.harvest.trail import page_trail, site_name
from tekio.instruct.harvest.trim import TOPIC_LINE
from tekio.instruct.harvest.walk import read_page
from tekio.instruct.screen.defects import empty_answer
from tekio.instruct.screen.editorial import suggestions
from tekio.text.dates import iso_date
from tekio.text.html import parse_html, tag_of

_AS_OF = re.compile(
    r"((?:令和|平成|昭和|[RrHh]\.?|[12][09])[0-9０-９元年月日./．\-\s一二三四五六七八九十]{2,18}?日?)\s*(?:現在|時点|版|更新|改[訂正]|掲載|公表|作成|末)"
    r"|(?:更新日|最終更新|掲載日|公開日|作成日|現在日|改訂日|公表日)\s*[:：]?\s*((?:令和|平成|昭和|[RrHh]\.?|[12][09])[0-9０-９元年月日./．\-\s]{2,18})"
)
ARROW = re.compile(r"^[→⇒➡➔►]\s*(?=\S)")
"""An arrow stands for the A in front of an answer."""
ANSWER_SIGNS = frozenset("●○◎◇◆■□▼▽▶▷★☆※")
_LEADING_NUMBER = re.compile(
    r"^(?:[0-9０-９]{1,3}\s*[.．、)）:：](?![0-9０-９])|第?[0-9０-９]{1,2}位(?=[\s　:：.．])[:：.．]?|[(（][0-9０-９]{1,3}[)）]|[①-⑳](?![及又はがのとから～、・])|No\.?\s*[0-9]+|[0-9０-９]{1,2}[-－][0-9０-９]{1,3}[.．\s　]|[・●■◆○◎▼▶►Ｑ]\s*)[\s　]*"
)


@dataclass
class HarvestedPair:
    """One question with its answer and where it comes from. confidence: how likely it is right (`confidence.py`)."""

    question: str
    answer: str
    topic: str
    anchor: str
    as_of: str | None
    confidence: float
    reading: str
    suggestions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@dataclass
class Remainder:
    """A piece of main content that is in no pair. kind: `topic`, `furniture`, `unanswered`, `index`, `text`."""

    kind: str
    text: str


@dataclass
class HarvestedPage:
    """What a page gave. `main_characters` = `pair_characters` + the characters of the remainder, spaces not counted."""

    pairs: list[HarvestedPair]
    remainder: list[Remainder]
    main_characters: int
    pair_characters: int
    outside_characters: int
    title: str
    silence: str = ""
    """Why a page that looks like questions and answers gives no pair."""
    missing: list[str] = field(default_factory=list[str])
    """Entries of its table of contents that no pair answers."""
    trail: list[str] = field(default_factory=list[str])
    """Where in its site the page stands, from the top down."""
    site: str = ""
    """Whose site it is, where the page says so."""

    @property
    def coverage(self) -> float:
        """Share of the main content that is in pairs."""
        return self.pair_characters / self.main_characters if self.main_characters else 0.0


def harvest_html(raw: bytes, *, declared: str | None = None, only: list[str] | None = None) -> HarvestedPage:
    """Pairs and remainder of an HTML page. Raises `UnreadableError` when it cannot be read at all."""
    return harvest_tree(parse_html(raw, declared=declared), flow=False, only=only)


def harvest_tree(root: Any, *, flow: bool, only: list[str] | None = None) -> HarvestedPage:
    """Pairs and remainder of a page (lxml). flow: text that was given a structure, so there is no structured data in it."""
    trail, site = page_trail(root), site_name(root)  # before the page's furniture is cut off
    structured = None if flow else structured_pairs(root)
    found = harvest_page(marked_page(root, flow=flow), structured, only)
    found.trail, found.site = trail, site
    return found


def marked_page(root: Any, *, flow: bool) -> Page:
    """The blocks of a parsed page with all that marks them, ready for `choose`."""
    page = read_page(root)
    page.flow = flow
    page.opening = _first_lines(page) if flow or not page.title else ""
    mark_labels(page)
    return page


def _first_lines(page: Page) -> str:
    """What a text has for a title: its first lines that are short, no sentences and no questions."""
    told: list[str] = []
    for block in page.main()[:3]:
        text = block.text.strip()
        if RULER.match(text) or not undecorated(text):
            continue
        if (
            block.qa_mark is not None
            or block.size > MAX_TITLE
            or text.endswith(("。", "．"))
            or (text[:1] in ANSWER_SIGNS and text[-1:] not in ANSWER_SIGNS)
        ):
            break
        told.append(text)
    return " ".join(told)


def harvest_page(
    page: Page, structured: list[tuple[str, str]] | None = None, only: list[str] | None = None
) -> HarvestedPage:
    """Pairs and remainder of a page that is already cut into blocks."""
    chosen = choose(page, only)
    evidence = page_evidence(page)
    day = page_date(page)
    topics = _topics(page, chosen)
    pairs = [_harvested(page, item, topics, day) for item in chosen]
    named = {id(pair) for item, pair in zip(chosen, pairs, strict=True) if item.pair.named}
    _drop_counting_lead(pairs, [item.pair.question for item in chosen])
    _drop_common_number(pairs)
    _drop_common_sign(pairs)
    _drop_common_end(pairs, ["".join(block.text for block in item.pair.question).strip() for item in chosen])
    _drop_common_lead(pairs, [item.pair.question[0].lead for item in chosen])
    # What is no pair after all stays in the remainder.
    chosen = [item for item, pair in zip(chosen, pairs, strict=True) if _says_something(pair)]
    pairs = [pair for pair in pairs if _says_something(pair)]
    taken = {block.index for item in chosen for block in (*item.pair.question, *item.pair.answer)}
    if structured and (not only or "jsonld" in only):
        _add_structured(page, pairs, structured, taken, day)
        pairs = [pair for pair in pairs if _says_something(pair)]
    main = page.main()
    asked = {_bare(pair.question) for pair in pairs}
    remainder = [Remainder(_kind(block, asked), block.text or block.alt) for block in main if block.index not in taken]
    total = sum(block.size for block in main)
    told = sum(block.size for block in main if block.index in taken)
    _judge(pairs, named, evidence=evidence, coverage=told / total if total else 0.0)
    found = {_bare(pair.question) for pair in pairs} | {_bare(topic) for topic in topics.values()}
    numbers = _numbers_answered(page, [item.pair.question for item in chosen])
    return HarvestedPage(
        silence="" if pairs else _silence(page, evidence=evidence),
        missing=[
            entry.text
            for entry in page.contents
            if not any(same_text(entry.text, asked) for asked in found)
            and not _listed_title(entry.text, page)
            and entry.number not in numbers
        ],
        pairs=pairs,
        remainder=[item for item in remainder if item.text],
        main_characters=total,
        pair_characters=told,
        outside_characters=sum(block.size for block in page.blocks if block.outside),
        title=page.title,
    )


def _numbers_answered(page: Page, questions: Sequence[Sequence[Block]]) -> set[str]:
    """The numbers of the questions found, where the contents list gives each number once: it may call a question by a title."""
    listed = [entry.number for entry in page.contents]
    if not all(listed) or len(set(listed)) < len(listed):
        return set()
    return {number for blocks in questions if (number := number_of("".join(block.text for block in blocks)))}


def _says_something(pair: HarvestedPair) -> bool:
    return bool(pair.question.strip()) and bool(pair.answer.strip()) and empty_answer(pair.answer) is None


def _judge(pairs: list[HarvestedPair], named: set[int], *, evidence: bool, coverage: float) -> None:
    sketches = [Sketch(pair.question, pair.answer, pair.reading, id(pair) in named) for pair in pairs]
    for pair, value in zip(pairs, confidences(sketches, evidence=evidence, coverage=coverage), strict=True):
        pair.confidence = value


def _silence(page: Page, *, evidence: bool) -> str:
    """Why nothing was taken from a page that looks like questions: `questions_without_answers`, `no_question_found`, or ""."""
    asked = [block for block in page.main() if question_likeness(block.text) >= 1.0 and block.size <= 200]
    marked = [
        block
        for block in page.main()
        if (mark := block.qa_mark) is not None and mark.kind == "question" and not mark.glued
    ]
    if marked or len(asked) >= MANY_QUESTIONS:
        return "questions_without_answers"
    return "no_question_found" if evidence else ""


def _listed_title(entry: str, page: Page) -> bool:
    """A contents entry that is the title above a question's mark, with the question itself below it."""
    return any(same_text(entry, page.blocks[index].text) for index in page.titles)


MANY_QUESTIONS = 3
"""So many sentences that ask make a page look like questions."""


def page_date(page: Page) -> str | None:
    """The day the page says its content holds for, or was last changed (ISO)."""
    for block in reversed(page.blocks):
        if block.size > 200:
            continue
        found = _AS_OF.search(block.text)
        if found:
            day = iso_date(found[1] or found[2])
            if day:
                return day
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\s\u3000。、.．?？!！]+", "", text)


def _kind(block: Block, asked: set[str]) -> str:
    if block.foreign or is_furniture(block.text):
        return "furniture"
    if _bare(_LEADING_NUMBER.sub("", block.text)) in asked:
        return "index"
    if question_likeness(block.text) >= 1.0 and (block.heading or block.strong or block.href):
        return "unanswered"
    return "topic" if block.heading or TOPIC_LINE.match(block.text) else "text"


def _topics(page: Page, chosen: list[Chosen]) -> dict[int, str]:
    """First block of each question -> the trail of headings above it."""
    taken = {block.index for item in chosen for block in (*item.pair.question, *item.pair.answer)}
    firsts = {item.pair.question[0].index for item in chosen}
    trail: list[tuple[int, str]] = []
    topics: dict[int, str] = {}
    for block in page.blocks:
        if block.index in firsts:
            # The page's own title says nothing about one question among others of the page.
            topics[block.index] = " > ".join(text for _, text in trail)
        level = block.heading
        if block.outside or block.index in taken or not block.text:
            continue
        if not level and block.index in page.titles:
            level, text = 8, _asked_title(block)
            while trail and trail[-1][0] >= level:
                trail.pop()
            trail.append((level, text))
            continue
        if (
            not level
            and block.size <= 40
            and (TOPIC_LINE.match(block.text) or tag_of(block.node) in ("legend", "caption"))
        ):
            level = 7
        if level and not _LABEL.match(block.text):
            while trail and trail[-1][0] >= level:
                trail.pop()
            trail.append((level, block.text.strip()))
    return topics


_LABEL = re.compile(
    r"^\s*[【〔［《〈「(（]?\s*(?:ご?(?:回答|質問)|答え?|解答|解説|説明|理由|[照紹]会|(?:照会|回答)要旨|問|Q|A|Ｑ|Ａ|注)\s*[】〕］》〉」)）]?\s*$"
)
"""A heading that says what kind of text follows, not what it is about."""


def _asked_title(block: Block) -> str:
    mark = block.qa_mark
    return block.text[mark.end :].strip() if mark is not None else block.text.strip()


def _anchor(page: Page, blocks: list[Block]) -> str:
    """`#id` of the question, or of the closest element around it that has one."""
    node = blocks[0].node
    for below in node.iterdescendants() if node is not None else ():
        if tag_of(below) and (below.get("id") or (tag_of(below) == "a" and below.get("name"))):
            start, end = page.range_of(below)
            if start <= blocks[0].index < max(end, start + 1):
                return "#" + str(below.get("id") or below.get("name"))
    while node is not None:
        if node.get("id"):
            return "#" + str(node.get("id"))
        node = node.getparent()
    return ""


def _answer_text(blocks: list[Block], question: list[Block]) -> str:
    first, asked = blocks[0], question[0]
    text = first.text
    mark = first.qa_mark
    if mark is not None and mark.glued:
        before = asked.qa_mark
        mark = mark if before is not None and before.glued else None
    if mark is not None and mark.kind == "answer":
        text = text[mark.end :]
    else:
        speaker = TELLING_SPEAKER.match(text)
        if speaker:
            text = text[speaker.end() :]
    return render(blocks, ARROW.sub("", text))


_BARE_NUMBER = re.compile(r"^([0-9０-９]{1,3})[\s　]+(?=\D)")


def _drop_common_number(pairs: list[HarvestedPair]) -> None:
    """Numbers that count the questions of a page and stand before them without a sign (「3　相続登記を…」)."""
    found = [_BARE_NUMBER.match(pair.question) for pair in pairs]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) >= 3 and len(numbers) >= 0.8 * len(pairs) and _counts_up(numbers):
        for pair, match in zip(pairs, found, strict=True):
            pair.question = pair.question[match.end() :] if match else pair.question


_COUNT = re.compile(r"(?:No\.?|№|#|＃)?[\s　]*([0-9０-９]{1,3})[\s　]*[.．:：)）]?", re.IGNORECASE)


def _drop_counting_lead(pairs: list[HarvestedPair], questions: list[list[Block]]) -> None:
    """Numbers that count the questions in a box of their own (`<em>1</em>`): no part of the text they stand right before."""
    heads = [blocks[0].lead or (blocks[0].text if len(blocks) > 1 else "") for blocks in questions]
    found = [_COUNT.fullmatch(head.strip()) for head in heads]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) < 2 or len(numbers) < 0.8 * len(pairs) or not _counts_up(numbers):
        return
    for pair, head, blocks in zip(pairs, heads, questions, strict=True):
        asked = question_text(blocks).strip()  # what a number without a box takes with it is not known here
        if head and asked.startswith(head):
            pair.question = asked.removeprefix(head).lstrip(" 　.．:：") or pair.question


def _counts_up(numbers: list[int]) -> bool:
    """1, 2, 3 ..., perhaps again from 1 in the next section."""
    return numbers == sorted(set(numbers)) or (
        numbers[0] == 1 and all(later in (earlier + 1, 1) for earlier, later in pairwise(numbers))
    )


def _drop_common_sign(pairs: list[HarvestedPair]) -> None:
    """A sign in front of every answer of a page (◆ question, ● answer) is a mark."""
    signs = {pair.answer[:1] for pair in pairs}
    if len(pairs) >= 3 and len(signs) == 1 and signs <= ANSWER_SIGNS:
        for pair in pairs:
            pair.answer = pair.answer[1:].lstrip(" 　")


def _drop_common_lead(pairs: list[HarvestedPair], leads: list[str]) -> None:
    """The same words in a box of their own in front of every question are decoration."""
    if len(pairs) >= 3 and len(set(leads)) == 1 and leads[0]:
        for pair in pairs:
            pair.question = pair.question.removeprefix(leads[0]).strip() or pair.question


_UNFOLDS = re.compile(
    r"[\s　]*[（(\[［【]?(?:(?:答え|回答)を)?(?:開く|ひらく|開閉(?:する)?|閉じる|とじる|表示(?:する)?|見る|展開(?:する)?|詳細|[Oo]pen|OPEN)[)）\]］】]?$"
)
_LAST_SENTENCE = re.compile(r"[？?。]([^？?。]+)$")


def _drop_common_end(pairs: list[HarvestedPair], asked: list[str]) -> None:
    """The same word behind every question of a page, whatever it asks in, is what its accordion says to a screen reader.

    asked: the questions as the page has them.
    """
    if len(pairs) < MANY_QUESTIONS:
        return
    behind = Counter(found[1] for text in asked if (found := _LAST_SENTENCE.search(text)))
    unfolds = Counter(found[0] for text in asked if (found := _UNFOLDS.search(text)))
    for end, count in (*behind.most_common(1), *unfolds.most_common(1)):
        word = end.strip(" 　")
        told = bool(_UNFOLDS.fullmatch(end)) or (2 * count >= len(pairs) and question_likeness(word) == 0)
        if told and len(word) <= MAX_END and all(text.endswith(word) for text in asked):
            for pair in pairs:
                pair.question = pair.question.removesuffix(word).rstrip(" 　") or pair.question
            return


MAX_END = 16


def _question(blocks: list[Block]) -> str:
    text = question_text(blocks).strip()
    without = _LEADING_NUMBER.sub("", text) if "\n" not in text else text
    return without if len(without) >= 3 else text


def _harvested(page: Page, item: Chosen, topics: dict[int, str], day: str | None) -> HarvestedPair:
    question, answer = _question(item.pair.question), _answer_text(item.pair.answer, item.pair.question)
    return HarvestedPair(
        question=question,
        answer=answer,
        topic=topics.get(item.pair.question[0].index, ""),
        anchor=_anchor(page, item.pair.question),
        as_of=day,
        confidence=0.0,
        reading=item.reading,
        suggestions=suggestions(question, answer, day),
    )


def _add_structured(
    page: Page, pairs: list[HarvestedPair], structured: list[tuple[str, str]], taken: set[int], day: str | None
) -> None:
    """Pairs that only JSON-LD has. Where the page shows their text too, the blocks count as covered."""
    known = {_bare(pair.question) for pair in pairs}
    for question, answer in structured:
        asked = _bare(question)
        # Search engines are told the question with the site's name behind it, or cut.
        if asked in known or any(len(other) >= 8 and (other in asked or asked in other) for other in known):
            continue
        known.add(_bare(question))
        pairs.append(HarvestedPair(question, answer, "", "", day, 0.0, "jsonld", suggestions(question, answer, day)))
        shown = _bare(question + answer)
        for block in page.main():
            if block.index not in taken and len(_bare(block.text)) >= 4 and _bare(block.text) in shown:
                taken.add(block.index)
