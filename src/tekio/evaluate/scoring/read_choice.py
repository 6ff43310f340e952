"""A choice read from what a model wrote, of an endpoint or of a model on this machine."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tekio.evaluate.scoring.parse_reply import fin_harness_scores, strict_choice
from tekio.evaluate.scoring.requests import ChoiceRequest, ChoiceScore, Finish

MAX_TOKENS = 256  # as fin-harness asks for


@dataclass(frozen=True)
class Reply:
    """What a model answered. finish: `length` if it was cut off. text: without the reasoning."""

    text: str
    tokens: int
    finish: Finish
    reasoning: str | None = None
    thinking_tokens: int = 0


def choice_score(request: ChoiceRequest, given: Reply, rule: str) -> ChoiceScore:
    """The choice read from a reply as a score that ranks as the rule does. Reasoning that was cut off gives none."""
    reply, reasoning, spent = given.text, given.reasoning, given.thinking_tokens
    count = len(request.continuations)
    none, zero = (False,) * count, (0,) * count
    if given.finish == "nan":
        values = (math.nan,) * count
        return ChoiceScore(request.item, values, none, zero, reply=reply, unparsed=True, thinking_tokens=spent)
    if rule == "fin-harness":
        values = fin_harness_scores(reply, request.continuations)
        return ChoiceScore(request.item, values, none, zero, reply=reply, reasoning=reasoning, thinking_tokens=spent)
    names = request.names or request.continuations
    chosen = strict_choice(reply, names, cut=given.finish == "length") if reply.strip() else None
    values = tuple(0.0 if number == chosen else -1e9 for number in range(count))
    return ChoiceScore(
        request.item,
        values,
        none,
        zero,
        reply=reply,
        unparsed=chosen is None,
        reasoning=reasoning,
        thinking_tokens=spent,
    )
