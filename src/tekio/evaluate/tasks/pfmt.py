"""The layout of pfnet-research/pfmt-bench-fin-ja: two-turn dialogues, reference answers, prompts for the judge, judgements.

`question.jsonl`: `question_id`, `category`, `turns`. Beside it `reference_answer/*.jsonl` (mathematics), `model_judgment/
<judge>_single/<model>.jsonl` (`question_id`, `turn`, `score`, -1 where the judge gave none); `judge_prompts.jsonl` one folder up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tekio.evaluate.tasks.layout import Row, listing, mapping, row_file, wrong

REFERENCED = "math"
PROMPTS = "judge_prompts.jsonl"
JUDGES = {False: ("single-v1", "single-v1-multi-turn"), True: ("single-math-v1", "single-math-v1-multi-turn")}
"""Prompts of the first and the second turn, by whether a reference answer is shown."""


def pfmt(path: Path) -> Iterator[Row]:
    """The dialogues, each with its reference answers and the judge's prompts, where the files are there."""
    prompts, references = _prompts(path), _references(path)
    for row in row_file(path):
        identifier, category = row.values.get("question_id"), str(row.values.get("category", ""))
        turns = [str(turn) for turn in listing(row.values.get("turns"), path, f"{row.where}: turns")]
        if len(turns) < 2:
            raise wrong(path, f"{row.where}: two turns are needed")
        judges = [prompts.get(name) for name in JUDGES[category == REFERENCED]]
        yield Row(
            {
                "id": identifier,
                "category": category,
                "turns": turns[:2],
                "question": "\n".join(turns[:2]),
                "answer": category,
                "references": references.get(str(identifier), []),
                "judges": judges if all(judges) else [],
            },
            row.where,
        )


def published_ratings(path: Path) -> dict[tuple[str, int], float]:
    """A file of judgements: (question, turn) -> rating; the first where there are several, none where the judge gave none."""
    found: dict[tuple[str, int], float] = {}
    for row in row_file(path):
        try:
            place = str(row.values["question_id"]), int(row.values["turn"])
            rating = float(row.values["score"])
        except (KeyError, TypeError, ValueError) as error:
            raise wrong(path, f"{row.where}: {error}") from error
        found.setdefault(place, rating)
    return {place: rating for place, rating in found.items() if rating >= 0}


def _prompts(path: Path) -> dict[str, dict[str, Any]]:
    file = next((place / PROMPTS for place in (path.parent, path.parent.parent) if (place / PROMPTS).is_file()), None)
    return {str(row.values.get("name")): row.values for row in row_file(file)} if file else {}


def _references(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted((path.parent / "reference_answer").glob("*.jsonl")):
        for row in row_file(file):
            choices = [*listing(row.values.get("choices"), file, "choices"), None]
            turns = listing(mapping(choices[0], file, "choices[0]").get("turns"), file, "choices[0].turns")
            found[str(row.values.get("question_id"))] = [str(turn) for turn in turns]
    return found
