"""The text of a question from its blocks: without its mark, its lines joined, its paragraphs and items kept."""

from __future__ import annotations

import re

from tekio.instruct.harvest.blocks import Block
from tekio.instruct.harvest.marks import ASKING_SPEAKER, is_lone_mark, undecorated, without_unfolding

MAX_LABEL = 15
"""Characters of a line that may be a name or a label."""


def question_text(blocks: list[Block]) -> str:
    """The question without its mark."""
    texts: list[str] = []
    nodes: list[object] = []
    plain = [block for block in blocks if not block.badge]
    if any(block.text and not is_lone_mark(block.text) for block in plain):
        blocks = plain
    for number, block in enumerate(blocks):
        text = block.text
        if number == 0:
            mark = block.qa_mark
            if mark is not None and mark.kind == "question":
                text = text[mark.end :]
            elif (speaker := ASKING_SPEAKER.match(text)) is not None:
                text = text[speaker.end() :]
        # A sign before the first line belongs to the page; on later lines it is an item's (○ ×) and stays.
        text = undecorated(text.strip()) if not number or not undecorated(text.strip()) else text.strip()
        if text:
            texts.append((block.mark if number else "") + without_unfolding(text))
            nodes.append(block.node)
    return join_lines(texts, nodes)


_SENTENCE_END = re.compile(r"[。．？?！!」』）)：:]$")


_ITEM = re.compile(
    r"^(?:[・●○◎■◆※]|[①-⑳⑴-⒇]|[(（][0-9０-９一二三四五六七八九十ア-ンａ-ｚa-z注例]{1,3}[)）]|[0-9０-９]{1,2}[.．\s　])"
)


def join_lines(texts: list[str], nodes: list[object]) -> str:
    """Lines of one question as one line, paragraphs and items of its own as lines; a space between words with spaces."""
    joined = ""
    for number, text in enumerate(texts):
        paragraph = number and nodes[number] is not nodes[number - 1] and _SENTENCE_END.search(joined)
        if paragraph or (len(joined) > MAX_LABEL and _ITEM.match(text)):
            joined += "\n" + text
        else:
            joined += (" " if joined and joined[-1].isascii() and text[:1].isascii() else "") + text
    return joined
