"""Where the blocks behind a question stop being its answer: a heading of a new topic, a table's next row, the next section of a document."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.flow import EXPLAINS, MAX_TITLE, SECTION, is_title, without_leaders
from tekio.instruct.harvest.marks import ABOUT_DOCUMENT, CODA
from tekio.instruct.harvest.readings.elements import Question
from tekio.text.html import tag_of

MAX_TOPIC = 40


MAX_TITLE_OF_ROW = 12


def up_to_coda(blocks: list[Block]) -> list[Block]:
    """Up to a heading such as 「お問い合わせ先」."""
    for number, block in enumerate(blocks):
        if number and block.heading and block.size <= MAX_TOPIC and CODA.match(block.text):
            return blocks[:number]
    return blocks


def cut_at_topic(blocks: list[Block], question: Question, told_at: int | None, *, nested: bool) -> list[Block]:
    """nested: the blocks are an item of their own; only a heading such as 「関連する質問」 ends the answer in it."""
    level = question.blocks[0].heading
    told = next((block.text.strip() for block in blocks if block.index == told_at), "")
    label = told[:1] if _IN_BRACKETS.fullmatch(told) else None
    for number, block in enumerate(blocks):
        if told_at is not None and block.index <= told_at:
            continue  # the answer's mark may stand in a heading, as the question's does
        row_head = question.blocks[0].cell is not None and tag_of(block.node) == "th"
        named = tag_of(block.node) == "dt" and block.node.getparent() in question.blocks[0].node.iterancestors()
        text = block.text.strip()
        labelled = label is not None and text.startswith(label) and _IN_BRACKETS.fullmatch(text) is not None
        apart = bool(block.heading or block.strong or row_head or named or labelled) and block.size <= MAX_TOPIC
        if number and apart and CODA.match(block.text):
            return blocks[:number]
        if not block.heading or (nested and not (told_at is not None and level and block.heading <= level)):
            continue
        if level and block.heading > level:
            continue
        if not level and _is_subheading(blocks, number):
            continue
        return blocks[:number]
    return blocks


def cut_at_row(blocks: list[Block], told_at: int | None) -> list[Block]:
    """Up to the next row with a head where the answer's mark is the head of its row (管理番号, 質問, 回答, 担当課)."""
    mark = next((block for block in blocks if block.index == told_at), None)
    if mark is None or mark.cell is None or mark.qa_mark is None or not mark.qa_mark.alone:
        return blocks
    table = _table_of(mark)
    for number, block in enumerate(blocks):
        if block.index > mark.index and block.cell is not None and block.cell[1] == mark.cell[1]:
            head = tag_of(block.node) == "th" or (tag_of(mark.node) != "th" and block.size <= MAX_TITLE_OF_ROW)
            if block.cell[0] > mark.cell[0] and head and _table_of(block) is table:
                return blocks[:number]
    return blocks


def _table_of(block: Block) -> Any:
    return next((above for above in block.node.iterancestors() if tag_of(above) == "table"), None)


def cut_in_flow(page: Page, blocks: list[Block], following: Question | None, told_at: int) -> list[Block]:
    """The answer in a document of lines: all of it up to the next section, coda or question; explanations belong to it."""
    level = next((block.heading for block in blocks if block.index == told_at), 0) or 6
    for number, block in enumerate(blocks):
        if block.index <= told_at or not number:
            continue
        text = block.text.strip()
        if (
            block.size <= MAX_TOPIC
            and CODA.match(text)
            and (block.heading or block.strong or _IN_BRACKETS.fullmatch(text))
        ):
            return blocks[:number]
        if following is None and 0 < block.heading <= level and not EXPLAINS.match(text):
            return blocks[:number]
        if following is None and ABOUT_DOCUMENT.match(text):
            return blocks[:number]
        if SECTION.match(text) and not EXPLAINS.match(text) and (block.heading or following is not None):
            rest = blocks[number:]
            if all(item.size <= MAX_TITLE and (item.heading or SECTION.match(item.text)) for item in rest):
                return blocks[:number]
    while len(blocks) > 1 and following is not None and blocks[-1].index > told_at:
        last = blocks[-1]
        if (
            last.index in page.titles
            or _opens_section(page, blocks)
            or is_title(last, following.blocks[0])
            or _PAGE_NUMBER.match(last.text)
            or (last.heading and not EXPLAINS.match(last.text))
        ):
            blocks = blocks[:-1]
        else:
            break
    return blocks


_IN_BRACKETS = re.compile(r"[【\[［〔〈《＜<][^【】\[\]［］〔〕〈〉《》＜＞<>。]+[】\]］〕〉》＞>]")
"""A title of plain text: all of its line in brackets."""
_NUMBERED_TITLE = re.compile(r"^[\s\u3000]*([0-9０-９]{1,2})(?:[.．、][\s\u3000]*|[\s\u3000]+)(?=[^0-9０-９\s])")


def _opens_section(page: Page, blocks: list[Block]) -> bool:
    """Whether the last line is the title of the next section: the page has listed it, or it counts on from the last one.

    The title of the first section stands right before the first question; a list's item has its predecessor in the answer.
    """
    last = blocks[-1]
    text = last.text.strip()
    counted = _NUMBERED_TITLE.match(text)
    if not counted or last.size > MAX_TOPIC or text.endswith(("。", "．", "：", ":")):
        return False
    number = int(counted[1])
    items = [item for block in blocks[:-1] if (item := _number_of_title(block)) is not None]
    if items and items[-1] == number - 1:
        return False
    before = page.main()
    before = before[: next((at for at, block in enumerate(before) if block.index >= blocks[0].index), 0)]
    told = [block for block in before if _number_of_title(block) is not None and block.size <= MAX_TOPIC]
    if any(_same_line(block.text, text) for block in told):
        return True
    # The latest title so far stands between an answer and a question.
    above = [
        block
        for block, following in pairwise(before)
        if block in told and (mark := following.qa_mark) is not None and mark.kind == "question"
    ]
    return bool(above) and _number_of_title(above[-1]) == number - 1


def _number_of_title(block: Block) -> int | None:
    found = _NUMBERED_TITLE.match(block.text)
    return int(found[1]) if found else None


def _same_line(listed: str, text: str) -> bool:
    """A line of a contents list, perhaps with dots and a page number behind it."""
    one, two = ("".join(without_leaders(line).split()) for line in (listed, text))
    return one == two


_PAGE_NUMBER = re.compile(r"^[-－–—‐\s]*[0-9０-９]{1,4}[-－–—‐\s]*$")


def _is_subheading(blocks: list[Block], number: int) -> bool:
    """A heading inside an answer: deep, and text that is no heading follows it before the next question."""
    following = blocks[number + 1 :]
    return blocks[number].heading >= 4 and any(not block.heading and block.size > 0 for block in following)
