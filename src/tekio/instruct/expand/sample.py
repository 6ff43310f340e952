"""Seeded samples under caps and limits: every candidate draws a number of its own, and the smallest stay.

The number depends on seed, source, task and row only, so a candidate's fate does not depend on order or workers, and rows
added later move only those they push out. Workers drop early what cannot be among the smallest of the whole source, so
nothing is rendered for a sample that is not taken; the stage then decides over all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tekio.instruct.expand.render import seeded_number
from tekio.instruct.expand.templates import TemplateFile
from tekio.recipe.instruct import ExpandConfig

OVER_CAP, OVER_LIMIT = "over_cap", "over_limit"


def caps_of(file: TemplateFile, config: ExpandConfig) -> dict[str, int]:
    """Task -> most records; the recipe's word goes before the template's."""
    return {task.name: task.cap for task in file.tasks if task.cap} | config.caps


def draw(seed: int, source: str, template: str, row: str) -> int:
    """The number of the candidate that `template` (name/task/phrasing) makes of `row`."""
    return seeded_number(seed, "sample", source, template, row)


def beyond(
    tasks: Sequence[str], numbers: Sequence[int], caps: Mapping[str, int], limit: int | None
) -> dict[int, tuple[str, int]]:
    """Places of the candidates that are not taken -> (reason, the number allowed). tasks, numbers: one a candidate."""
    out: dict[int, tuple[str, int]] = {}
    for name, cap in caps.items():
        places = sorted((place for place, task in enumerate(tasks) if task == name), key=lambda place: numbers[place])
        out.update((place, (OVER_CAP, cap)) for place in places[cap:])
    if limit is not None:
        left = sorted((place for place in range(len(tasks)) if place not in out), key=lambda place: numbers[place])
        out.update((place, (OVER_LIMIT, limit)) for place in left[limit:])
    return out
