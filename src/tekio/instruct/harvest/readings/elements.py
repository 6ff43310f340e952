"""What the readings of a page share: a candidate question, a reading, and the blocks of elements."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.text.html import tag_of


@dataclass
class Question:
    """Blocks that would be a question; `node` is the element that holds it; `answer` when its place is known."""

    blocks: list[Block]
    node: Any
    answer: list[Block] | None = None
    certain: bool = False
    """The page calls it question and its answer answer, in so many words."""
    named: bool = False
    """The columns of question and answer are called that and nothing else: where each begins and ends is written there."""
    stem: list[Block] = field(default_factory=list[Block])
    """What several parts of one question have in common: 「問1　…について」 above (1) and (2)."""


@dataclass
class Reading:
    """One way to read a page. `explicit`: the page itself says what is a question (marks, microdata, names)."""

    name: str
    questions: list[Question]
    prior: float
    explicit: bool
    marked: bool = False
    """Q and A marks: text between the question's mark and the answer's mark belongs to the question."""


def blocks_of(page: Page, node: Any) -> list[Block]:
    """The blocks of an element that belong to the main content."""
    start, end = page.range_of(node)
    return [block for block in page.blocks[start:end] if not block.outside]


def elements(page: Page, names: Iterable[str]) -> list[Any]:
    """All elements with one of these tags, in order."""
    wanted = set(names)
    return [node for node in page.root.iter() if tag_of(node) in wanted]


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def whole(page: Page, node: Any) -> list[Block]:
    """The blocks of an element that is nothing but these blocks (an inline element may be a part of one)."""
    blocks = blocks_of(page, node)
    shown = squeezed("".join(node.itertext()))
    told = squeezed("".join(block.text for block in blocks))
    if not told:
        return []
    # Ruby readings and hidden scripts make the element's own text longer, never shorter.
    return blocks if len(told) <= len(shown) * 1.05 + 2 else []


def joined(blocks: list[Block]) -> str:
    """The texts of the blocks, one behind the other."""
    return "".join(block.text for block in blocks)
