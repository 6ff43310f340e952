"""The lines of the per-item files: what was asked, what the model gave, what was right."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence

import numpy as np

from tekio.artifacts.results import ScoredItem
from tekio.evaluate.results.answered import NO_ANSWER, is_finite
from tekio.evaluate.results.read_answer import generated_answer, is_right, is_unread
from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, RollingScore, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.build import prompt_text


def item_rows(built: BuiltTask, scores: Sequence[Score]) -> Iterator[ScoredItem]:
    """The lines of the per-item file of one model: the prompt, its hash, what was scored, prediction, gold, correct."""
    for number, score in enumerate(scores):
        request = built.requests[number]
        prompt = prompt_text(request)
        line = ScoredItem(
            item=request.item,
            prompt=prompt,
            prompt_sha256=hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest(),
            choices=None,
            loglikelihoods=None,
            tokens=None,
            prediction=None,
            gold=None,
            gold_text=None,
            correct=None,
            reply=None,
            unparsed=False,
            reasoning=None,
            thinking_tokens=None,
            text=None,
            finish=None,
            nats=None,
            characters=None,
            bytes=None,
            ratings=None,
            judgments=None,
            truncated=0 if isinstance(score, RollingScore) else score.truncated,
            lost_characters=score.lost_characters if isinstance(score, ChoiceScore) else 0,
        )
        _fill_item(line, built, number, score)
        yield line


def _fill_item(line: ScoredItem, built: BuiltTask, number: int, score: Score) -> None:
    """What the per-item file says beside the prompt: choices, values, prediction, gold, correct."""
    item = built.items[number]
    if isinstance(score, ChoiceScore) and built.kind == "choice":
        values = np.asarray(score.loglikelihoods, dtype=np.float64)
        answered = not score.unparsed and is_finite(score)
        predicted = int(np.argmax(values)) if answered else NO_ANSWER
        line.reply, line.unparsed = score.reply, score.unparsed
        line.finish = "nan" if score.reply is not None and not is_finite(score) else None
        if score.reasoning is not None:
            line.reasoning, line.thinking_tokens = score.reasoning, score.thinking_tokens
        line.choices = list(built.choices[number])
        line.loglikelihoods = [_number(value) for value in values.tolist()]
        line.prediction = predicted if answered else None
        line.gold, line.gold_text = item.gold, item.answers[0]
        line.correct = predicted == item.gold
    elif isinstance(score, GenerationScore) and built.spec.generation.judge:
        line.text, line.finish, line.tokens = score.text, score.finish, score.tokens
        line.ratings, line.judgments = list(score.ratings), list(score.judgments)
        line.unparsed = is_unread(built, score, item)
        if score.reasoning is not None:
            line.reasoning, line.thinking_tokens = score.reasoning, score.thinking_tokens
    elif isinstance(score, GenerationScore):
        reply = generated_answer(built, score, item)
        line.text, line.finish, line.tokens = score.text, score.finish, score.tokens
        line.prediction, line.gold = reply, list(item.answers)
        line.unparsed = is_unread(built, score, item)
        how = built.spec.generation
        line.correct = is_finite(score) and is_right(how.match, reply, item.answers, how.tolerance)
        if score.reasoning is not None:
            line.reasoning, line.thinking_tokens = score.reasoning, score.thinking_tokens
    elif isinstance(score, RollingScore):
        line.nats = _number(score.nats)
        line.tokens, line.characters, line.bytes = score.tokens, score.characters, score.bytes
    else:
        line.choices = [built.choices[number][0]]
        line.loglikelihoods = [_number(value) for value in score.loglikelihoods]
        line.tokens = list(score.tokens)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
