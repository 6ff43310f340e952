"""Reading log-likelihoods that a server gives of a prompt: `/v1/completions` with `echo` and `logprobs` (vLLM, the server of
llama-cpp-python, older OpenAI interfaces) or with `prompt_logprobs` (vLLM).

The rule is the local one (`encode`, lossless boundary): prompt and choice are sent together, and scoring starts after the
longest beginning that the tokens of the prompt alone and of the prompt with each choice share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from tekio.evaluate.scoring.encode import common_prefix
from tekio.evaluate.scoring.requests import ChoiceRequest, ChoiceScore

Dialect = Literal["echo", "prompt_logprobs", "one by one"]
WHOLE: tuple[Dialect, ...] = ("echo", "prompt_logprobs")
"""The ways that tell all tokens of a text in one answer."""


@dataclass(frozen=True)
class Told:
    """What a server says of the tokens of a text; every tuple has one value a token.

    tokens: their names (ids or texts). loglikelihoods: None for the first. text: of all but the first, where it is told.
    """

    tokens: tuple[str, ...]
    loglikelihoods: tuple[float | None, ...]
    greedy: tuple[bool, ...]
    text: str = ""

    @classmethod
    def untold(cls, ids: Sequence[int]) -> Told:
        """Tokens of which nothing is said."""
        return cls(tuple(map(str, ids)), (None,) * len(ids), (False,) * len(ids))


def body_for(dialect: Dialect, model: str, text: str) -> dict[str, Any]:
    """The question for the tokens of `text`. One token is generated, as not every server takes none."""
    asked: dict[str, Any] = {"model": model, "prompt": text, "max_tokens": 1, "temperature": 0}
    return asked | ({"echo": True, "logprobs": 1} if dialect == "echo" else {"prompt_logprobs": 1})


def read_told(answer: object, text: str, dialect: Dialect) -> Told:
    """The tokens of `text` in a completion. Raises `ValueError` where they are not there."""
    choices = cast("dict[str, Any]", answer).get("choices") if isinstance(answer, dict) else None
    first = cast("list[Any]", choices)[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict):
        raise ValueError(f"no completion: {str(cast('object', answer))[:200]}")
    choice = cast("dict[str, Any]", first)
    told = _echoed(choice, cast("dict[str, Any]", answer), text) if dialect == "echo" else _prompt_logprobs(choice)
    if len(told.tokens) < 2 or any(value is None for value in told.loglikelihoods[1:]):
        raise ValueError("no log-likelihoods of the prompt")
    return told


def _echoed(choice: dict[str, Any], answer: dict[str, Any], text: str) -> Told:
    found = choice.get("logprobs")
    if not isinstance(found, dict) or not str(choice.get("text", "")).startswith(text):
        raise ValueError("the prompt is not echoed with its log-likelihoods")
    given = cast("dict[str, Any]", found)
    tokens, values = cast("list[str]", given.get("tokens") or []), cast("list[float | None]", given["token_logprobs"])
    tops = cast("list[dict[str, float] | None]", given.get("top_logprobs") or [None] * len(tokens))
    usage = answer.get("usage")
    counted = cast("dict[str, Any]", usage).get("prompt_tokens") if isinstance(usage, dict) else None
    offsets = cast("list[int]", given.get("text_offset") or [])
    end = counted if isinstance(counted, int) else sum(offset < len(text) for offset in offsets)
    end = min(end, len(tokens))
    greedy = [
        bool(top) and value is not None and value >= max(top.values()) - 1e-6
        for value, top in zip(values[:end], tops[:end], strict=True)
    ]
    return Told(tuple(tokens[:end]), tuple(values[:end]), tuple(greedy), "".join(tokens[1:end]))


def _prompt_logprobs(choice: dict[str, Any]) -> Told:
    rows = choice.get("prompt_logprobs")
    if not isinstance(rows, list) or not rows:
        raise ValueError("no prompt_logprobs")
    tokens, words, greedy = [""], [""], [False]
    found: list[float | None] = [None]
    for row in cast("list[Any]", rows)[1:]:
        # the token of the prompt stands first, then the likeliest
        name, told = next(iter(cast("dict[str, dict[str, Any]]", row).items()))
        tokens.append(name)
        words.append(str(told.get("decoded_token") or ""))
        found.append(float(told["logprob"]))
        greedy.append(told.get("rank") == 1)
    return Told(tuple(tokens), tuple(found), tuple(greedy), "".join(words))


def common_start(prompt: Sequence[Any], joint: Sequence[Sequence[Any]]) -> int:
    """Where scoring begins: behind what the tokens of all share, and behind the first token, of which nothing is said."""
    return max(1, min([len(prompt), *(common_prefix(prompt, tokens) for tokens in joint)]))


def choice_from_told(request: ChoiceRequest, prompt: Told, joint: Sequence[Told]) -> ChoiceScore:
    """The score of a request from what a server says of the prompt and of the prompt with each choice.

    Raises `ValueError` for a choice without a token of its own.
    """
    start = common_start(prompt.tokens, [told.tokens for told in joint])
    sums: list[float] = []
    greedy: list[bool] = []
    counts: list[int] = []
    for number, told in enumerate(joint):
        scored = told.loglikelihoods[start:]
        if not scored:
            raise ValueError(f"choice {number} has no token of its own")
        sums.append(round(sum(cast("tuple[float, ...]", scored)), 6))
        greedy.append(all(told.greedy[start:]))
        counts.append(len(scored))
    return ChoiceScore(request.item, tuple(sums), tuple(greedy), tuple(counts))
