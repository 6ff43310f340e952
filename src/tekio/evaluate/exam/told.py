"""Which exam items a study has told in their own wording, and how many are right without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from tekio.artifacts.exam import ExamItem, Half
from tekio.artifacts.exam_results import Right, ToldByStudy
from tekio.contamination.exam_wording import ExamWordings, Wording
from tekio.contamination.training_text import read_study, thresholds_of
from tekio.evaluate.exam.shares import right_of


def told_items(items: Mapping[Half, Sequence[ExamItem]], study: Path) -> set[str]:
    """The ids of items whose wording any training row of a study stage has."""
    wordings = (Wording(one.id, one.wording, one.told) for own in items.values() for one in own)
    search = ExamWordings(wordings, thresholds_of(study))
    return search.items_in_all(text for _, _, text in read_study(study))


def told_by_study(
    items: Mapping[Half, Sequence[ExamItem]],
    study: Path,
    closed: Mapping[tuple[Half, str], Sequence[float]],
    confidence: float,
) -> list[ToldByStudy]:
    """By half: items that a study told, and right answers without them. closed: (half, model) -> 1 for each item that was right closed book."""
    told = told_items(items, study)
    parts: list[ToldByStudy] = []
    for half in get_args(Half):
        own = items.get(half)
        if not own:
            continue
        left = [place for place, one in enumerate(own) if one.id not in told]
        without: dict[str, Right] = {
            model: right_of([correct[place] for place in left], confidence)
            for (named, model), correct in closed.items()
            if named == half
        }
        parts.append(ToldByStudy(half=half, n=len(own), told=len(own) - len(left), without=without))
    return parts
