"""Ways of telling a document again without a model: name -> what it makes of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tekio.study.material import Draft, LeftOut, Material
from tekio.study.strategies.figures import changes, figures, shares
from tekio.study.strategies.lists import lists
from tekio.study.strategies.questions import cloze, questions
from tekio.study.strategies.statutes import captions, definitions, duties, references

Strategy = Callable[[Material, int], Iterator[Draft | LeftOut]]
"""(document, wordings) -> drafts of rows."""

STRATEGIES: dict[str, Strategy] = {
    "figures": figures,
    "changes": changes,
    "shares": shares,
    "definitions": definitions,
    "duties": duties,
    "references": references,
    "captions": captions,
    "questions": questions,
    "cloze": cloze,
    "lists": lists,
}
