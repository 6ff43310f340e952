"""Dialogues of several turns: the later questions are asked behind the model's own earlier replies.

The score of a dialogue is one `GenerationScore` whose text is the JSON list of its replies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from tekio.evaluate.scoring.requests import Finish, GenerationRequest, GenerationScore


def replies(score: GenerationScore) -> list[str]:
    """The replies of a dialogue's score."""
    return cast("list[str]", json.loads(score.text))


def next_request(request: GenerationRequest, given: Sequence[str]) -> GenerationRequest:
    """What is asked behind the replies `given`. request: the dialogue as it was built (its prompt in plain text)."""
    prompt, talk = request.prompt, request.conversation
    for reply, follow_up in zip(given, request.follow_ups, strict=False):
        prompt += reply.strip() + follow_up
        if talk is not None:
            talk = replace(talk, turns=(*talk.turns, ("assistant", reply.strip()), ("user", follow_up.strip("\n"))))
    return replace(request, prompt=prompt, conversation=talk)


def as_one(scores: Sequence[GenerationScore]) -> GenerationScore:
    """The turns' scores as the dialogue's. finish: `nan` where the model gave no numbers, `length` where any reply was cut off."""
    reasoning = [score.reasoning for score in scores if score.reasoning is not None]
    return GenerationScore(
        scores[0].item,
        json.dumps([score.text for score in scores], ensure_ascii=False),
        sum(score.tokens for score in scores),
        _finish(scores),
        max(score.truncated for score in scores),
        "\n\n".join(reasoning) if reasoning else None,
        sum(score.thinking_tokens for score in scores),
    )


def _finish(scores: Sequence[GenerationScore]) -> Finish:
    ends = {score.finish for score in scores}
    if "nan" in ends:
        return "nan"
    return "length" if "length" in ends else scores[-1].finish
