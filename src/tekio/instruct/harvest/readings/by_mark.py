"""Readings by marks: Q and A, numbers of two lists, speakers, arrows, answers' marks alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from itertools import pairwise
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.flow import questions_of
from tekio.instruct.harvest.marks import ASKING_SPEAKER, FAREWELL, INVITATION, METADATA, is_furniture, question_likeness
from tekio.instruct.harvest.readings.elements import Question


def by_marks(page: Page) -> list[Question]:
    marked: list[Block] = []
    main = page.main()
    for block, following in zip(main, [*main[1:], None], strict=False):
        mark = block.qa_mark
        if mark is None or mark.kind != "question":
            continue
        told = following.qa_mark if following is not None else None
        if mark.alone and marked and told is not None and told.kind == "answer" and not told.glued:
            continue  # a mark with no question behind it: a picture in the question before
        marked.append(block)
    asked = questions_of(page, marked)
    return [
        part for block, until in zip(asked, [*asked[1:], None], strict=False) for part in _parts(page, block, until)
    ]


_PART = re.compile(
    r"^[\s　・]*(?:[(（]\s*([0-9０-９]{1,2}|[ア-オａ-ｅa-e一二三四五六七八九])\s*[)）]|([①-⑳⑴-⒇])|([ア-オ])[.．、　\s])"
)


def _parts(page: Page, block: Block, until: Block | None) -> list[Question]:
    """One question, or its parts where (1), (2) ... below it are answered one by one."""
    span = [
        item
        for item in page.blocks[block.index + 1 : until.index if until is not None else len(page.blocks)]
        if not item.outside
    ]
    told = [at for at, item in enumerate(span) if (mark := item.qa_mark) and mark.kind == "answer" and not mark.glued]
    if len(told) < 2:
        return [Question([block], block.node)]
    firsts = [at for at, item in enumerate(span[: told[0]]) if _PART.match(item.text)]
    starts = [
        max((at for at in range(before + 1, after) if _PART.match(span[at].text)), default=-1)
        for before, after in pairwise(told)
    ]
    numbered = _PART.match(block.text[mark.end :]) if (mark := block.qa_mark) is not None else None
    if (not firsts and not numbered) or not all(start >= 0 for start in starts):
        return [Question([block], block.node)]
    stem = [block, *span[: firsts[-1]]] if firsts else []
    parts = [Question([span[start]], span[start].node, stem=stem) for start in starts]
    return [Question([block], block.node), *parts]


_MARK_NUMBER = re.compile(r"[0-9０-９]+(?:[-－‐−–—ー.．・の][0-9０-９]+)*")


def _mark_number(block: Block, end: int) -> str:
    found = _MARK_NUMBER.search(block.text[:end] or block.lead or block.alt)
    return unicodedata.normalize("NFKC", found[0]) if found else ""


def by_numbered_lists(page: Page) -> list[Question]:
    """All questions first (Q1, Q2 ...), then all answers (A1, A2 ...): the number says which belongs to which."""
    main = page.main()
    if listed := _two_lists(main) or _key_below(main):
        return listed
    questions: dict[str, int] = {}
    answers: dict[str, int] = {}
    for number, block in enumerate(main):
        mark = block.qa_mark
        name = _mark_number(block, mark.end) if mark is not None else ""
        if mark is not None and mark.kind == "question" and answers:
            return []  # questions and answers in turn
        if mark is not None and name:
            (questions if mark.kind == "question" else answers).setdefault(name, number)
    named = [name for name in questions if name in answers]
    if len(named) < 2:
        return []
    starts = [*sorted(answers.values()), len(main)]
    found: list[Question] = []
    for name in named:
        asked, told = main[questions[name]], main[answers[name] : starts[starts.index(answers[name]) + 1]]
        if answers[name] == starts[-2]:
            told = [block for block in told if block.index < end_around(page, told[0].node, told[0].index)] or told[:1]
        found.append(Question([asked], asked.node, told))
    return found


_KEY = re.compile(
    r"^[【〔［\[■◆●○<＜「]*\s*(?:クイズの|問題の)?(?:解答|正解|正答|答え|こたえ)(?:一覧|編|と解説)?\s*[】〕］\]>＞」]*$"
)


def _key_below(main: list[Block]) -> list[Question]:
    """Numbered questions, and below a line such as 【解答】 the same numbers with the solutions."""
    at = next((place for place, block in enumerate(main) if place and _KEY.match(block.text)), None)
    if at is None:
        return []
    asked, told = _numbered_marks(main[:at]), _numbered_marks(main[at + 1 :])
    if len(asked) < 2 or set(asked) != set(told):
        return []
    found: list[Question] = []
    for name, blocks in asked.items():
        mark = told[name][0].qa_mark
        first = replace(told[name][0], text=told[name][0].text[mark.end if mark else 0 :], lead="", alt="")
        if first.text:
            found.append(Question(blocks, blocks[0].node, [first, *told[name][1:]]))
    return found


def _numbered_marks(blocks: list[Block]) -> dict[str, list[Block]]:
    """Number -> the blocks from its mark to the next."""
    found: dict[str, list[Block]] = {}
    for block in blocks:
        mark = block.qa_mark
        name = _mark_number(block, mark.end) if mark is not None and not mark.glued else ""
        if name and name not in found:
            found[name] = [block]
        elif found and not name and not block.heading:
            found[next(reversed(found))].append(block)
    return found


_ITEM_NUMBER = re.compile(r"^(?:[(（]?[0-9０-９]{1,3}[.．、)）]|[①-⑳])\s*")


def _two_lists(main: list[Block]) -> list[Question]:
    """A list below 「質問」 and one of as many items below 「回答」."""
    marks = [(at, mark.kind) for at, block in enumerate(main) if (mark := block.qa_mark) is not None and mark.alone]
    for (asked_at, first), (told_at, second) in pairwise(marks):
        if first != "question" or second != "answer":
            continue
        asked, told = _items(main[asked_at + 1 : told_at]), _items(main[told_at + 1 :])
        told = told[: len(asked)]
        if (
            len(asked) >= 2
            and len(asked) == len(told)
            and sum(question_likeness(item[0].text) > 0 for item in asked) >= 2
        ):
            return [Question(item, item[0].node, answer) for item, answer in zip(asked, told, strict=True)]
    return []


def _items(blocks: list[Block]) -> list[list[Block]]:
    """The items of a numbered list, without their numbers; a heading ends it."""
    items: list[list[Block]] = []
    for block in blocks:
        number = _ITEM_NUMBER.match(block.text)
        if block.heading or not (items or number or block.mark[:1].isdigit()):
            break  # text above a list makes the list a part of one question
        if number or block.mark[:1].isdigit():
            items.append([replace(block, text=block.text[number.end() :] if number else block.text, mark="")])
        elif items and block.indent >= items[-1][0].indent and (block.indent or items[-1][0].node is block.node):
            items[-1].append(block)
        elif items:
            break
    return items


_THEN_ANSWER = re.compile(
    r"(?<=[。．？?！!」）)は])[\s　]*(?=[（(【\[［]?(?:[AＡ]|答え?|回答|お答え)[0-9０-９]{0,3}[.．:：)）】\]］])"
)


def by_inline(page: Page) -> list[Question]:
    """Question and answer in one line or paragraph: 「Q：…か。A：…」."""
    found: list[Question] = []
    for block in page.main():
        mark = block.qa_mark
        if mark is None or mark.kind != "question" or mark.alone:
            continue
        told = _THEN_ANSWER.search(block.text, mark.end + 1)
        if told is not None and told.end() < len(block.text):
            asked = replace(block, text=block.text[: told.start()])
            found.append(
                Question([asked], block.node, [replace(block, text=block.text[told.end() :], lead="", alt="")])
            )
    return found if len(found) >= 2 else _by_inner_arrows(page)


_ARROW_INSIDE = re.compile(r"^(?P<asked>[^→⇒➡]{4,120}?)[\s　]*[→⇒➡]+[\s　]*(?P<told>[^→⇒➡]+)$")


def _by_inner_arrows(page: Page) -> list[Question]:
    """Lines of one list with an arrow between question and answer: 「…か → …」."""
    lines = [(block, found) for block in page.main() if (found := _ARROW_INSIDE.match(block.text)) and not block.href]
    asking = sum(question_likeness(found["asked"]) >= 1.0 for _, found in lines)
    if asking < 2 or asking * 10 < 7 * len(lines):
        return []
    return [
        Question(
            [replace(block, text=found["asked"])], block.node, [replace(block, text=found["told"], lead="", alt="")]
        )
        for block, found in lines
    ]


def by_speakers(page: Page) -> list[Question]:
    """Lines that begin with who asks; an entry of a table of contents (「（問６）… ………5」) is nobody who speaks."""
    return [
        Question([block], block.node)
        for block in page.main()
        if ASKING_SPEAKER.match(block.text) and not _LISTED.search(block.text)
    ]


_LISTED = re.compile(r"[…‥⋯・.．]{3,}[\s　]*[0-9０-９]{0,3}$|[…‥⋯]{3,}|[.．・]{5,}")


def end_around(page: Page, node: Any, start: int) -> int:
    """The end of the closest element around `node` that holds more than the one block the anchor is in."""
    above = node
    while above is not None:
        end = page.range_of(above)[1]
        if end > start + 1:
            return end
        above = above.getparent()
    return len(page.blocks)


def by_answer_marks(page: Page) -> list[Question]:
    """Only the answers are marked (「回答」, 「A」): what stands before each mark, up to a heading, is its question."""
    found: list[Question] = []
    main = page.main()
    for number, block in enumerate(main):
        mark = block.qa_mark
        if mark is None or mark.kind != "answer" or mark.glued or mark.consults:
            continue
        start = found[-1].blocks[-1].index if found else -1
        before = [
            item
            for item in main[:number]
            if item.index > start and not is_furniture(item.text) and not METADATA.match(item.text)
        ]
        near = [item for item in reversed(before) if question_likeness(item.text) >= 1.0 or item.heading]
        asked = near[0] if near else before[-1] if before else None
        if asked is None or asked.qa_mark is not None:
            return []  # the questions have marks, too
        found.append(Question([asked], asked.node))
    return found


_ARROW = re.compile(r"^[→⇒➡➔►▶]\s*\S")


_SIGN = re.compile(r"^[◆■●▼▽○◎◇□★☆▲△・※]")


def by_arrows(page: Page) -> list[Question]:
    """Lines that begin with one sign and are followed by a line that begins with an arrow (◆ question, ⇒ answer)."""
    signs: dict[str, list[Block]] = {}
    for block, following in pairwise(page.main()):
        sign = _SIGN.match(block.text)
        if sign and _ARROW.match(following.text) and block.href is None and following.href is None:
            signs.setdefault(sign[0], []).append(block)
    asked = max(signs.values(), key=len, default=list[Block]())
    return [Question([block], block.node) for block in asked] if len(asked) >= 2 else []


_QUOTED = re.compile(r"^[>＞|｜┃][\s　]*")


def by_quotes(page: Page) -> list[Question]:
    """A mail that quotes what was asked line by line (`> 1. …`) and answers below each: the last quoted paragraph above is the question."""
    found: list[Question] = []
    before: Block | None = None
    ended = False
    for block in page.main():
        quoted = _QUOTED.match(block.text)
        if quoted is not None:
            text = block.text[quoted.end() :]
            if text:
                before = replace(block, text=text)
            continue
        if before is not None and question_likeness(before.text) > 0 and not FAREWELL.match(before.text):
            found.append(Question([before], before.node, [block]))
            ended = False
        elif INVITATION.match(block.text) or FAREWELL.match(block.text):
            ended = True
        elif before is None and not ended and found and found[-1].answer is not None:
            found[-1].answer.append(block)
        before = None
    return found if len(found) >= 2 else []
