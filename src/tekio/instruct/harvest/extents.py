"""Where an answer ends: the blocks after a question that belong to it.

If the item around the question holds text after it (a list item, a card, a details element), the answer ends with the
item. If questions and answers are siblings, it ends at the next question, at a heading that opens a new topic, or with
their common parent.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.cut import MAX_TOPIC, cut_at_row, cut_at_topic, cut_in_flow, up_to_coda
from tekio.instruct.harvest.marks import (
    CHAIR,
    FAREWELL,
    INVITATION,
    METADATA,
    RULER,
    TAIL,
    TELLING_SPEAKER,
    is_furniture,
    is_lone_mark,
    question_likeness,
)
from tekio.instruct.harvest.readings.elements import Question, Reading
from tekio.instruct.harvest.trim import (
    MAX_METADATA,
    is_contact,
    is_listed,
    is_signature,
    is_topic_line,
    of_question,
    without_details,
    without_end,
    without_entry_head,
    without_furniture,
)
from tekio.text.html import tag_of

FLAT = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "font", "span", "b", "strong", "tr", "td"])
"""Elements that cannot hold a whole item: lists and tables of the answer stand beside them."""


@dataclass
class Pair:
    """Blocks of one question and of its answer (empty: the question has none)."""

    question: list[Block]
    answer: list[Block]
    stem: int = 0
    """So many of the question's first blocks belong to other parts of it, too."""
    named: bool = False
    """`Question.named`."""


def _chain(node: Any) -> list[Any]:
    return [*reversed(list(node.iterancestors())), node]


def _common(first: list[Any], second: list[Any]) -> int:
    """How many elements two chains share from the root."""
    depth = 0
    for one, two in zip(first, second, strict=False):
        if one is not two:
            break
        depth += 1
    return depth


def pair_up(page: Page, reading: Reading) -> list[Pair]:
    """The answers of a reading's questions, in order of the page."""
    questions = sorted(reading.questions, key=lambda item: item.blocks[0].index)
    chains = [_chain(item.node) for item in questions]
    shared = [_common(one, two) for one, two in pairwise(chains)]
    pairs: list[Pair] = []
    flat: list[tuple[int, Any]] = []
    for number, question in enumerate(questions):
        if question.answer is not None:
            if question.named:
                pairs.append(Pair(question.blocks, question.answer, named=True))
                continue
            answer = without_details(without_end(without_furniture(up_to_coda(question.answer))))
            while answer and answer[-1].heading:
                answer = answer[:-1]  # the title of what comes next
            inside = {block.index for block in answer}
            if any(other.blocks[0].index in inside for other in questions if other is not question):
                answer = []  # the panel of a whole category, or of a tab
            if page.flow and number + 1 == len(questions):
                answer = _without_tail(answer, answer, flow=True)
            pairs.append(Pair(question.blocks, answer))
            continue
        depth = max(shared[number - 1 : number] + shared[number : number + 1], default=0)
        end = questions[number + 1].blocks[0].index if number + 1 < len(questions) else len(page.blocks)
        begin = question.blocks[-1].index + 1
        told_at = _first_answer_mark(page.blocks[begin:end], _marked_by(question)) if reading.marked else None
        limit, parent = _limit(page, chains[number], depth, begin, told_at)
        blocks = [block for block in page.blocks[begin : min(end, limit)] if not block.outside]
        following = questions[number + 1] if number + 1 < len(questions) else None
        blocks = _before_its_row(blocks, question, following)
        if page.flow and told_at is not None:
            blocks = cut_in_flow(page, blocks, following, told_at)
        else:
            blocks = cut_at_row(cut_at_topic(blocks, question, told_at, nested=parent is None), told_at)
        if parent is not None:
            flat.append((len(pairs), parent))
        pairs.append(_finish(question, blocks, reading, last=number + 1 == len(questions), flow=page.flow))
    if reading.marked and not page.flow:
        _part_titles(page, pairs)
    _trim_last(pairs, flat)
    _share_answers(questions, pairs)
    return pairs


def _part_titles(page: Page, pairs: list[Pair]) -> None:
    """Where most marked headings are titles with the question in a paragraph below, the title is the topic.

    「問1－1　開示の時期」, then what is asked, then 「答」.
    """
    titled = [
        pair
        for pair in pairs
        if len(pair.question) > 1
        and not pair.stem
        and pair.question[0].heading
        and (mark := pair.question[0].qa_mark) is not None
        and not mark.alone
        and not pair.question[1].heading
        and question_likeness(pair.question[0].text[mark.end :]) < 1.0
    ]
    asking = sum(any(question_likeness(block.text) >= 1.0 for block in pair.question[1:]) for pair in titled)
    if len(titled) < MIN_TITLED or 3 * len(titled) < 2 * len(pairs) or 2 * asking < len(titled):
        return
    for pair in titled:
        page.titles.add(pair.question[0].index)
        pair.question = pair.question[1:]


MIN_TITLED = 2


def drop_named_topics(pairs: list[Pair]) -> None:
    """Without a short line whose class name stands behind answers only, never in one: the title of the next section."""
    inside = {name for pair in pairs for block in pair.answer[:-1] if (name := _class_of(block))}
    for pair in pairs[:-1]:
        last = pair.answer[-1] if len(pair.answer) > 1 else None
        if last is None or last.cell is not None or last.size > MAX_TOPIC or last.text.endswith(("。", "．")):
            continue
        name = _class_of(last)
        if name and name not in inside and _class_of(pair.answer[-2]) != name and _class_of(pair.answer[0]) != name:
            pair.answer = pair.answer[:-1]


def _class_of(block: Block) -> str:
    """The class name of a block's element; how far text is moved in (`plain.py`) is none."""
    name = (block.node.get("class") or "").strip()
    return "" if _MOVED_IN.fullmatch(name) else name


_MOVED_IN = re.compile(r"indent[0-9]+")


def _share_answers(questions: list[Question], pairs: list[Pair]) -> None:
    """Two `dt` in front of one `dd`, or an answer that says so (「回答（上の2問に共通）」): the answer is both questions'."""
    for number in range(len(pairs) - 2, -1, -1):
        node, following = questions[number].node, questions[number + 1].node
        while node is not None and tag_of(node) != "dt":
            node = node.getparent()
        while following is not None and tag_of(following) != "dt":
            following = following.getparent()
        side_by_side = node is not None and following is not None and node.getnext() is following
        if not pairs[number].answer and (side_by_side or _says_shared(pairs[number + 1].answer)):
            pairs[number].answer = list(pairs[number + 1].answer)


_SHARED = re.compile(r"共通|(?:上|右|以上|前)の[\s　]*[0-9０-９二三四五][\s　]*(?:つ|問|件|点)")


def _says_shared(answer: list[Block]) -> bool:
    mark = answer[0].qa_mark if answer else None
    return mark is not None and mark.kind == "answer" and _SHARED.search(answer[0].text[: mark.end]) is not None


_LETTER_MARK = re.compile(r"^[AaＡ](?:[、,，･・…／/及又と]|[\s　]+[BbＢ](?![a-zａ-ｚ]))")


def _is_answer_mark(block: Block, asked: Block) -> bool:
    """Whether the block marks the answer to the question that begins with `asked`.

    `A社は…` and 「A、Bの夫婦は…」 count only where the question is marked `Q社は…`, too; アドバイス only below 相談内容.
    """
    mark = block.qa_mark
    marked = (
        mark is not None
        and mark.kind == "answer"
        and (_is_glued(asked) or not (mark.glued or _LETTER_MARK.match(block.text)))
        and (not mark.consults or _consults(asked))
    )
    return marked or TELLING_SPEAKER.match(block.text) is not None


def _consults(block: Block) -> bool:
    mark = block.qa_mark
    return mark is not None and mark.consults


def _is_glued(block: Block) -> bool:
    mark = block.qa_mark
    return mark is None or mark.glued


def _first_answer_mark(blocks: list[Block], asked: Block) -> int | None:
    return next((block.index for block in blocks if not block.outside and _is_answer_mark(block, asked)), None)


def _limit(page: Page, chain: list[Any], depth: int, begin: int, told_at: int | None) -> tuple[int, Any]:
    """(one after the last block an answer may have, the common parent when questions and answers are siblings).

    told_at: where the answer's mark is, if there is one; an item that ends before it is not the whole item.
    """
    if depth == 0:  # the only question: the closest element that holds text after it
        for node in reversed(chain[:-1]):
            if tag_of(node) in ("header", "hgroup"):
                continue  # the title's surroundings: author, date
            end = page.range_of(node)[1]
            if (told_at is None or told_at < end) and any(not block.outside for block in page.blocks[begin:end]):
                return end, None
        return len(page.blocks), None
    if depth < len(chain):
        branch = chain[depth]
        end = page.range_of(branch)[1]
        holds = any(not block.outside and not is_furniture(block.text) for block in page.blocks[begin:end])
        if holds and tag_of(branch) not in FLAT and (told_at is None or told_at < end):
            return end, None
    parent = chain[depth - 1]
    return page.range_of(parent)[1], parent


def _before_its_row(blocks: list[Block], question: Question, following: Question | None) -> list[Block]:
    """Without the cells at the head of the next question's row: its number, its category."""
    row = following.blocks[0].cell if following is not None else None
    own = question.blocks[0].cell
    if row is None or own is None or own[0] == row[0]:
        return blocks
    while blocks and (cell := blocks[-1].cell) is not None and cell[0] == row[0]:
        blocks = blocks[:-1]
    return blocks


def _marked_by(question: Question) -> Block:
    """The block with the question's mark; a part of a question has it in what the parts share."""
    return (question.stem or question.blocks)[0]


def _finish(question: Question, blocks: list[Block], reading: Reading, *, last: bool, flow: bool) -> Pair:
    asked, told = list(question.blocks), blocks
    if reading.marked:
        for number, block in enumerate(blocks):
            if _is_answer_mark(block, _marked_by(question)):
                asked += of_question(blocks[:number])
                told = _below_its_name(blocks[number:])
                break
        else:
            alone = asked[0].qa_mark
            if alone is not None and alone.alone and told:
                asked, told = [*asked, told[0]], told[1:]
    else:
        told = _from_its_mark(told, question.blocks[0])
    told = without_entry_head(without_furniture(told))
    while (
        len(told) > 1 and told[0].size <= MAX_METADATA and (METADATA.match(told[0].text) or _BADGE.match(told[0].text))
    ):
        told = told[1:]
    if last:
        told = _without_tail(told, blocks, flow=flow)
    if reading.name == "speakers":
        led = next((at for at, block in enumerate(told) if at and CHAIR.match(block.text)), None)
        told = told[:led]
    told = told if flow else without_details(without_end(told))
    emphatic = any(not block.strong for block in told)  # where all is bold, bold says nothing
    while len(told) > 1 and is_topic_line(told[-1], emphatic=emphatic) and not is_listed(told):
        told = told[:-1]
    return Pair([*question.stem, *asked], told, stem=len(question.stem))


def _below_its_name(told: list[Block]) -> list[Block]:
    """Without who answers, where the answer's own mark stands alone in the next line (回答者：…, 回答内容)."""
    if len(told) < 3 or told[0].qa_mark is not None:
        return told
    mark = told[1].qa_mark
    return told[1:] if mark is not None and mark.kind == "answer" and mark.alone else told


_BADGE = re.compile(r"^(?:(?:最終)?更新日?|公開日?|掲載日?|NEW|新着)$")


def _without_tail(told: list[Block], blocks: list[Block], *, flow: bool) -> list[Block]:
    """The last answer of a page without what the page says about itself, signatures and farewells below it."""
    drawn = {block.index for block in blocks if RULER.match(block.text)}
    for number, block in enumerate(told):
        if number > 0 and (
            TAIL.match(block.text)
            or block.after_rule
            or block.index - 1 in drawn
            or is_contact(block, told[number - 1])
        ):
            told = told[:number]
            break
    if flow and len(told) > 1 and is_signature(told[-1], told[-2]):
        told = told[:-1]
    while len(told) > 1 and (INVITATION.match(told[-1].text) or FAREWELL.match(told[-1].text)):
        told = told[:-1]
    return told


def _from_its_mark(blocks: list[Block], asked: Block) -> list[Block]:
    """From a lone answer mark on, when only a short line or two (a category, a number) stands before it."""
    for number, block in enumerate(blocks[:4]):
        if (
            is_lone_mark(block.text)
            and _is_answer_mark(block, asked)
            and sum(item.size for item in blocks[:number]) <= MAX_TOPIC
        ):
            return blocks[number:]
    return blocks


def _trim_last(pairs: list[Pair], flat: list[tuple[int, Any]]) -> None:
    """The last answer among siblings may have swallowed what follows the list; its predecessors show how long answers are."""
    by_parent: dict[Any, list[int]] = {}
    for number, parent in flat:
        by_parent.setdefault(parent, []).append(number)
    for parent, numbers in by_parent.items():
        if len(numbers) < 3:
            continue
        shapes = [_siblings(pairs[number].answer, parent) for number in numbers]
        usual = shapes[0]
        if len(usual) == 1 and all([tag_of(node) for node in shape] == [tag_of(usual[0])] for shape in shapes[:-1]):
            last, kept = numbers[-1], shapes[-1][:1]
            if len(shapes[-1]) > 1 and tag_of(usual[0]) != "p":
                pairs[last].answer = [block for block in pairs[last].answer if _siblings([block], parent) == kept]


def _siblings(blocks: list[Block], parent: Any) -> list[Any]:
    """The children of `parent` that hold the blocks, in order."""
    found: list[Any] = []
    for block in blocks:
        node = block.node
        while node is not None and node.getparent() is not parent:
            node = node.getparent()
        if node is not None and (not found or found[-1] is not node):
            found.append(node)
    return found
