"""Numbers, dates, articles and names of an answer that stand neither in its prompt nor in the passage given with it.

Not a mistake by itself: an answer from knowledge says what the question does not. It is what a reader has to look up.
"""

from __future__ import annotations

from tekio.artifacts.answers import Found
from tekio.knowledge.facts import facts_of
from tekio.knowledge.ground import Ground


def ungrounded(text: str, prompt: str, passage: str | None) -> list[Found]:
    """The facts of an answer that were not given, each named once, in order. Compared are values, not spellings (`tekio.knowledge.grounding`)."""
    ground = Ground.of(passage or "", prompt)
    found: dict[tuple[str, str], Found] = {}
    for fact in facts_of(text):
        if not ground.find(fact, text)[0]:
            found.setdefault(
                (fact.kind, fact.value), Found(kind=fact.kind, text=fact.text, start=fact.start, end=fact.end)
            )
    return list(found.values())
