"""Readings by elements and their attributes: definition lists, details, headings, class names, anchors, microdata."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page, heading_level
from tekio.instruct.harvest.marks import is_furniture
from tekio.instruct.harvest.readings.by_mark import end_around
from tekio.instruct.harvest.readings.elements import Question, blocks_of, elements, joined, squeezed
from tekio.text.html import tag_of

QUESTION_CLASS = re.compile(
    r"質問$|(?:^|-)(?:q|question|questions|quest|ques|que|qst|qstn|toi|shitsumon|situmon|qtext|qtxt|qttl"
    r"|(?:faq|qa|qanda)-(?:title|ttl|head|header|heading|hd|item-title|q|label|name|tit)"
    r"|acc(?:ordion)?-(?:title|ttl|trigger|head|header|heading|btn|button|label|toggle|opener|summary|tit))(?:$|-(?:text|txt|inner|title|ttl|box|wrap|area|body|label))"
)


ANSWER_CLASS = re.compile(
    r"回答$|(?:^|-)(?:a|answer|answers|answ|ans|kotae|kaitou|atext|atxt"
    r"|(?:faq|qa|qanda)-(?:body|content|contents|detail|a|text|txt)"
    r"|acc(?:ordion)?-(?:body|content|contents|panel|detail|inner|box))(?:$|-(?:text|txt|inner|box|wrap|area|body))"
)


def by_elements(name: str, around: str, *, outer: bool) -> Callable[[Page], list[Question]]:
    """Elements that are questions by what they are: `dt` in `dl`, `summary` in `details`.

    outer: leave out those inside the answer of another one (a list of terms, a note that opens, within an answer).
    """

    def read(page: Page) -> list[Question]:
        nodes = elements(page, [name])
        if outer:
            nodes = [node for node in nodes if _depth(node, around) <= 1]
        return [Question(blocks, node) for node in nodes if (blocks := blocks_of(page, node))]

    return read


def _depth(node: Any, tag: str) -> int:
    return sum(tag_of(above) == tag for above in node.iterancestors())


def by_row_heads(page: Page) -> list[Question]:
    """Header cells that are alone in their row; the rows below hold the answer."""
    found: list[Question] = []
    for node in elements(page, ["th"]):
        row = node.getparent()
        cells = [child for child in row if tag_of(child) in ("td", "th")] if row is not None else []
        blocks = blocks_of(page, node)
        if len(cells) == 1 and blocks:
            found.append(Question(blocks, node))
    return found


def _class_tokens(node: Any) -> list[str]:
    tokens: list[str] = []
    for token in (node.get("class") or "").split():
        dashed = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", token)
        tokens.append(re.sub(r"[-_]+", "-", dashed).lower().strip("-"))
    return tokens


def by_classes(page: Page) -> list[Question]:
    """Elements whose class names call them questions."""
    found: list[Question] = []
    taken = 0
    for node in page.root.iter():
        if not tag_of(node) or tag_of(node) in ("body", "html", "dl", "ul", "ol", "table", "section", "details"):
            continue
        if not any(QUESTION_CLASS.search(token) for token in _class_tokens(node)):
            continue
        if any(
            QUESTION_CLASS.search(token) is None and ANSWER_CLASS.search(token)
            for below in node.iterdescendants()
            if tag_of(below)
            for token in _class_tokens(below)
        ):
            continue  # a box around question and answer
        blocks = blocks_of(page, node)
        if blocks and blocks[0].index >= taken and sum(block.size for block in blocks) <= 600:
            taken = blocks[-1].index + 1
            found.append(Question(blocks, node))
    _name_answers(page, found)
    return found


def _name_answers(page: Page, questions: list[Question]) -> None:
    """Where each question is followed by exactly one element whose name says answer, that element is the answer."""
    named: list[list[Block]] = []
    end = 0
    for node in page.root.iter():
        if tag_of(node) and any(ANSWER_CLASS.search(token) for token in _class_tokens(node)):
            blocks = blocks_of(page, node)
            if blocks and blocks[0].index >= end and len(joined(blocks)) > 1:
                named.append(blocks)
                end = blocks[-1].index + 1
    starts = [item.blocks[-1].index for item in questions]
    answers: list[list[Block]] = []
    for number, start in enumerate(starts):
        until = questions[number + 1].blocks[0].index if number + 1 < len(starts) else len(page.blocks)
        between = [blocks for blocks in named if start < blocks[0].index and blocks[-1].index < until]
        around = sum(block.size for block in page.blocks[start + 1 : until] if not block.outside)
        if len(between) != 1 or (number + 1 < len(starts) and sum(block.size for block in between[0]) * 2 < around):
            return
        answers.append(between[0])
    for question, blocks in zip(questions, answers, strict=True):
        question.answer = blocks


def by_heading(level: int) -> Callable[[Page], list[Question]]:
    def read(page: Page) -> list[Question]:
        nodes = [node for node in page.root.iter() if heading_level(node) == level]
        return [Question(blocks, node) for node in nodes if (blocks := blocks_of(page, node))]

    return read


def by_anchors(page: Page) -> list[Question]:
    """A list of links to places on the page: the link is the question, what stands at its target the answer."""
    links: list[tuple[Block, Any]] = []
    for block in page.main():
        if block.href and block.href.startswith("#") and not is_furniture(block.text):
            target = page.ids.get(block.href[1:])
            if target is not None and page.range_of(target)[0] > block.index:
                links.append((block, target))
    if len(links) < 2:
        return []
    starts = sorted({page.range_of(target)[0] for _, target in links})
    found: list[Question] = []
    for block, target in links:
        start = page.range_of(target)[0]
        end = next((other for other in starts if other > start), None)
        if end is None:
            end = end_around(page, target, start)
        answer = [item for item in page.blocks[start:end] if not item.outside]
        question = squeezed(block.text)
        if answer and squeezed(answer[0].text).endswith(question):
            # The question is repeated at its target; then it is the question, and the list an index.
            found.append(Question([answer[0]], answer[0].node, answer[1:]))
        else:
            found.append(Question([block], block.node, answer))
    return found


def by_microdata(page: Page) -> list[Question]:
    """schema.org Question with acceptedAnswer as attributes of elements."""
    found: list[Question] = []
    for node in page.root.iter():
        if not tag_of(node) or not (node.get("itemtype") or "").rstrip("/").endswith("/Question"):
            continue
        below = [item for item in node.iterdescendants() if tag_of(item)]
        name = next((item for item in below if "name" in (item.get("itemprop") or "").split()), None)
        told = next((item for item in below if "acceptedAnswer" in (item.get("itemprop") or "").split()), None)
        if name is None or told is None:
            continue
        question, answer = blocks_of(page, name), blocks_of(page, told)
        if question and answer:
            found.append(Question(question, name, answer))
    return found
