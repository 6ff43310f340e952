"""Readings by look: lines that stand out, sentences that ask, places of a repeated structure that ask."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.marks import RULER, is_furniture, question_likeness
from tekio.instruct.harvest.readings.elements import Question, Reading
from tekio.text.html import tag_of


def by_strong(page: Page) -> list[Question]:
    """Lines that stand out by weight or colour only."""
    found: list[Question] = []
    previous: Block | None = None
    for block in page.main():
        if block.strong and block.size >= 5 and not block.heading and not is_furniture(block.text):
            # Two bold lines after each other in one element are one question broken by <br>.
            before = previous if found and previous is found[-1].blocks[-1] else None
            if before is not None and before.node is block.node and not question_likeness(before.text):
                found[-1].blocks.append(block)
                previous = block
                continue
            found.append(Question([block], block.node))
        previous = block
    return found


def by_questions(page: Page) -> list[Question]:
    """Blocks that are a question sentence, with nothing else to tell them from the answers."""
    return [
        Question([block], block.node)
        for block in page.main()
        if block.size <= 200 and block.href is None and question_likeness(block.text) >= 1.0
    ]


def by_repetition(page: Page) -> list[Reading]:
    """Blocks that stand at equal places of a repeated structure, of which most are questions: then all of them are.

    The place of a block is the path of elements and class names above it. Nothing needs to be known about the names, so
    generated class names, table cells and shapes nobody has listed are read alike.
    """
    places: dict[tuple[str, ...], list[Block]] = {}
    for block in page.main():
        places.setdefault(place_of(block), []).append(block)
        sign = _REPEATED_SIGN.match(block.text)
        if sign:
            places.setdefault((*place_of(block), sign[0]), []).append(block)
        if (label := counted_label(block.text)) is not None:
            rest = replace(block, text=block.text[label[1] :], lead="", alt="")
            places.setdefault((*place_of(block), label[0]), []).append(rest)
    if page.flow:
        places[("margin",)] = _above_indented(page.main())
    readings: list[Reading] = []
    for blocks in places.values():
        asked = [block for block in blocks if question_likeness(block.text) >= 1.0 and block.size <= 200]
        apart = sum(later.index > earlier.index + 1 for earlier, later in pairwise(blocks))
        most = len(asked) * 2 > len(blocks) or (
            len(asked) * 2 == len(blocks) and all(question_likeness(block.text) > 0 for block in blocks)
        )
        if len(asked) >= 2 and most and apart == len(blocks) - 1:
            readings.append(
                Reading("repeated", [Question([block], block.node) for block in blocks], 0.86, explicit=False)
            )
    return readings


def _above_indented(main: list[Block]) -> list[Block]:
    """Lines at the margin with text moved in below them; not the title of a section behind a rule."""
    found: list[Block] = []
    for before, block, following in zip(main, main[1:], main[2:], strict=False):
        moved_in = (following.node.get("class") or "").startswith("indent") and not block.node.get("class")
        if moved_in and tag_of(block.node) == "p" and not RULER.match(before.text) and block.qa_mark is None:
            found.append(block)
    return found


_COUNTED_LABEL = re.compile(
    r"^[\s　]*(?P<open>[（(【\[［〔<＜《〈≪])[\s　]*(?P<a>[^0-9０-９①-⑳（()）【】\[\]［］〔〕<>＜＞《》〈〉≪≫。、]{0,8})(?:[0-9０-９]{1,2}|[①-⑳一二三四五六七八九十])(?P<b>[^0-9０-９（()）【】\[\]［］〔〕<>＜＞《》〈〉≪≫。、]{0,6})[)）】\]］〕>＞》〉≫][\s　]*[:：]?[\s　]*(?=\S)"
)


def counted_label(text: str) -> tuple[str, int] | None:
    """A label in brackets that counts (【1点目】, 〔その2〕) without its number, and where the text goes on; None for (1)."""
    found = _COUNTED_LABEL.match(text)
    if found is None or not (found["a"] or found["b"]):
        return None
    return f"{found['open']}{found['a']}#{found['b']}", found.end()


_REPEATED_SIGN = re.compile(r"^(?:[◆■●▼▽○◎◇□★☆▲△・※*＊>＞✓✔☑🔶🔷🔸🔹❓❔-]|[0-9０-９]{1,2}[.．、)）])")


def place_of(block: Block) -> tuple[str, ...]:
    """The elements and class names above a block."""
    nodes = [block.node, *block.node.iterancestors()]
    return tuple(f"{tag_of(node)}.{(node.get('class') or '').strip()}" for node in nodes)
