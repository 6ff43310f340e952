"""Replies rated by a judge: a model behind an endpoint reads question and reply and gives a mark from 1 to 10.

The rule is that of pfmt-bench-fin-ja (MT-bench's single answer grading): the rating stands as `[[7]]` in the judgement, up to five
tries, the later ones at a temperature just above 0; no rating counts as none. An empty reply, and one without a Japanese letter where
Japanese was asked for, is 0 without asking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from tekio.errors import InputError, Text
from tekio.evaluate.scoring.dialogue import replies
from tekio.evaluate.scoring.requests import GenerationScore
from tekio.evaluate.tasks.items import Item

TRIES = 5
TEMPERATURE_STEP = 0.001
MAX_TOKENS = 2048
NO_RATING = -1.0
NOT_JAPANESE = "Incorrect language"
NO_ANSWER = "No answer"
ANY_LANGUAGE = ("translation", "coding")
_RATING = re.compile(r"\[\[(\d+\.?\d*)\]\]")
_LONE_RATING = re.compile(r"\[(\d+\.?\d*)\]")
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-鿿]")
_PLACE = re.compile(r"\{(\w+)\}")

Ask = Callable[[str, str, float, str], str]
"""System message, question, temperature, which item it is for -> the judgement."""


def judged(item: Item, score: GenerationScore, ask: Ask, task: str) -> GenerationScore:
    """The score with the rating and judgement of each reply. Raises `InputError` where the prompts for the judge are missing."""
    prompts = cast("list[dict[str, Any]]", item.fields.get("judges") or [])
    if not prompts:
        raise InputError(
            Text("The prompts for the judge are missing.", "審査用のプロンプトがありません。"),
            where=f"task {task}, item {item.id}",
            fix=Text(
                "Put the published judge_prompts.jsonl beside question.jsonl or one folder up.",
                "公開されている judge_prompts.jsonl を question.jsonl と同じ場所か一つ上に置いてください。",
            ),
        )
    given = replies(score)
    found = [
        _rated(item, given[: turn + 1], prompts[turn], ask, f"task {task}, item {item.id}")
        for turn in range(len(given))
    ]
    return replace(score, ratings=tuple(rating for rating, _ in found), judgments=tuple(text for _, text in found))


def read_rating(judgment: str) -> float:
    """The rating in a judgement; `NO_RATING` if there is none from 0 to 10."""
    found = _RATING.search(judgment) or _LONE_RATING.search(judgment)
    return float(found[1]) if found and float(found[1]) <= 10 else NO_RATING


def _rated(item: Item, given: Sequence[str], prompt: Mapping[str, Any], ask: Ask, where: str) -> tuple[float, str]:
    last = given[-1].strip()
    if not last:
        return 0.0, NO_ANSWER
    if item.fields.get("category") not in ANY_LANGUAGE and not _JAPANESE.search(last):
        return 0.0, NOT_JAPANESE
    question = _filled(str(prompt.get("prompt_template", "")), _values(item, given))
    judgment = ""
    for number in range(TRIES):
        judgment = ask(str(prompt.get("system_prompt", "")), question, number * TEMPERATURE_STEP, where)
        rating = read_rating(judgment)
        if rating != NO_RATING:
            return rating, judgment
    return NO_RATING, judgment


def _values(item: Item, given: Sequence[str]) -> dict[str, str]:
    turns = cast("list[str]", item.fields["turns"])
    references = cast("list[str]", item.fields.get("references") or [])
    values = {"question": turns[0], "answer": given[0]}
    for name, texts in (("question", turns), ("answer", given), ("ref_answer", references)):
        values |= {f"{name}_{number}": text for number, text in enumerate(texts, 1)}
    return values


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with `{name}` replaced; what is not known stays."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), template)
