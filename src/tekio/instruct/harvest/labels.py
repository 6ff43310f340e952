"""Labels that mean question and answer only together: 意見 and 考え方, 要望 and 回答, お客さまの声 and 改善内容, 問題 and 解答.

None of these words is a mark by itself (a page of opinions or of exercises has no answers). Where lines that begin with one of
the first kind are followed, time after time, by a line that begins with one of the second, they are marked as question
and answer (`Block.role`), and every reading of marks takes them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.marks import ASK_LABEL, TELL_LABEL, Kind, Mark, label_of, question_likeness
from tekio.instruct.harvest.readings.by_table import naming_cells
from tekio.text.html import tag_of

FEWEST = 2
"""So many pairs of labels make them marks; one alone may be a heading."""
MOST = 0.6
"""Of the lines with one label at least so many must be followed by an answer's."""


@dataclass(frozen=True)
class _Event:
    place: int
    kind: Kind
    name: str
    """The label; empty for a mark that is one by itself."""
    end: int


ANSWERS = re.compile(r"回答|解答|正解|正答|考え方|見解")


def mark_labels(page: Page) -> None:
    """Sets `role` of the blocks whose labels go together as question and answer, and of the names of columns."""
    for block in (*naming_cells(page), *_grades(page), *_lettered(page)):
        block.role = False
    main = page.main()
    events = _events(main)
    if not any(event.kind == "question" for event in events):
        _mark_answers_alone(main, events)
        return
    seen: Counter[str] = Counter(event.name for event in events if event.kind == "question" and event.name)
    if not seen and not any(event.name for event in events):
        return
    for block, event in _among_questions(main, events):
        block.role = Mark("question", event.end, event.end >= len(block.text))
    answered: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for event, following in pairwise(events):
        if event.kind == "question" and following.kind == "answer":
            answered[event.name] += 1
            told[following.name] += 1
    asks = {name for name, count in answered.items() if count >= FEWEST and count >= MOST * seen.get(name, 0)}
    for place, event in enumerate(events):
        block = main[event.place]
        if event.kind == "question":
            if event.name and event.name in asks:
                block.role = Mark("question", event.end, event.end >= len(block.text))
        elif event.name:
            before = events[place - 1] if place else None
            after = events[place + 1] if place + 1 < len(events) else None
            told_later = after is not None and after.kind == "answer" and not after.name
            if before is None or before.kind != "question" or before.name not in asks or told_later:
                continue
            # 「アドバイス」 behind an answer without a mark is a part of it; right behind its question it is the answer.
            near = event.place - before.place <= 1 + (before.end >= len(main[before.place].text))
            if before.name or (near and told[event.name] >= FEWEST) or ANSWERS.search(event.name):
                block.role = Mark("answer", event.end, event.end >= len(block.text))


def _mark_answers_alone(main: list[Block], events: list[_Event]) -> None:
    """「開発元の回答」 and its like, alone in their lines, right behind what asks."""
    replies = [event for event in events if event.name and ANSWERS.search(event.name) and event.place]
    replies = [event for event in replies if event.end >= len(main[event.place].text)]
    asked = sum(question_likeness(main[event.place - 1].text) >= 1.0 for event in replies)
    if len(replies) >= FEWEST and asked >= MOST * len(replies):
        for event in replies:
            main[event.place].role = Mark("answer", event.end, alone=True)


def _among_questions(main: list[Block], events: list[_Event]) -> list[tuple[Block, _Event]]:
    """A label between an answer and the next answer, where 質問 and 回答 take turns: 「ご要望：」 among 「ご質問：」."""
    turns = sum(
        event.kind == "question" and following.kind == "answer" and not event.name and not following.name
        for event, following in pairwise(events)
    )
    if turns < FEWEST:
        return []
    return [
        (main[event.place], event)
        for before, event, following in zip(events, events[1:], events[2:], strict=False)
        if event.name
        and (before.kind, event.kind, following.kind) == ("answer", "question", "answer")
        and not before.name
        and not following.name
        and following.place - event.place <= MOST_LINES
    ]


MOST_LINES = 3
"""So many lines a question with such a label may have."""


def _grades(page: Page) -> list[Block]:
    """Cells with a single `A` (or Q) beside or above one with the next letter: grades or classes of a table, no marks."""
    cells: dict[tuple[Any, str, int], dict[str, Block]] = {}
    for block in page.main():
        letter = unicodedata.normalize("NFKC", block.text.strip())
        if block.cell is None or len(letter) != 1 or not "A" <= letter <= "Z":
            continue
        table = next((above for above in block.node.iterancestors() if tag_of(above) == "table"), None)
        for way, place in zip(("row", "column"), block.cell, strict=True):
            cells.setdefault((table, way, place), {}).setdefault(letter, block)
    return [
        block
        for line in cells.values()
        for letter, block in line.items()
        if letter in "AQ" and chr(ord(letter) + 1) in line
    ]


_LETTER = re.compile(r"^[(（]?([A-Z])(?:[)）.．:：、]|[\s　])")


def _lettered(page: Page) -> list[Block]:
    """Lines that begin with A of which the next, or the next but one, begins with B: choices or voices, no answers."""
    letters: list[tuple[Block, str]] = []
    for block in page.main():
        found = _LETTER.match(unicodedata.normalize("NFKC", block.text))
        letters.append((block, found[1] if found else ""))
    lone = [at for at, (_, letter) in enumerate(letters) if letter == "A"]
    near = sum(any(other == "B" for _, other in letters[at + 1 : at + 3]) for at in lone)
    return [letters[at][0] for at in lone] if near * 2 > len(lone) else []


def _events(main: list[Block]) -> list[_Event]:
    events: list[_Event] = []
    for place, block in enumerate(main):
        mark = block.qa_mark
        if mark is not None and not mark.glued and not mark.consults:
            events.append(_Event(place, mark.kind, "", mark.end))
            continue
        if block.href is not None or block.role is False:
            continue
        for kind, pattern in (("question", ASK_LABEL), ("answer", TELL_LABEL)):
            found = pattern.match(block.text)
            if found:
                name = label_of(found[0])
                events.append(_Event(place, "question" if kind == "question" else "answer", name, found.end()))
                break
    return events
