"""What tasks ask of a model and what the engine answers: the only types both sides share.

A task renders its items to requests (plain text, everything included: description, demonstrations, delimiters); the
engine turns them into token ids and returns one score a request, in the order of the requests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Finish = Literal["eos", "stop", "length", "nan"]
"""Why a text ended; `nan`: the model gave NaN or infinity."""
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A prompt as turns. wrapping: `chat` (the model's own chat template) or a template of `tekio.model.templates`.

    turns: demonstrations as pairs of a question (user) and its answer (assistant), then the question itself.
    """

    wrapping: str
    turns: tuple[tuple[Role, str], ...]


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """How likely is each continuation after `prompt`?

    item: the item's id, unique within its task. prompt: description, demonstrations and question, ready to send.
    conversation: the same as turns, for models that are asked in their prompt template; `prompt` is then what a model
    without one is asked. continuations: the choices, each already with its delimiter. end_of_text: whether the tokenizer's end-of-text token is
    scored after each of them.
    """

    item: str
    prompt: str
    continuations: tuple[str, ...]
    end_of_text: bool = False
    names: tuple[tuple[str, ...], ...] = field(default=(), compare=False)
    """What each choice may be called in a reply in words (the prompt hash does not cover it)."""
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True)
class ChoiceScore:
    """The answer to a `ChoiceRequest`; every tuple has one value a continuation.

    loglikelihoods: natural logarithms, summed over the scored tokens. greedy: whether greedy decoding would produce the
    continuation. tokens: how many tokens were scored. truncated: tokens cut from the left of the prompt to fit the
    context. lost_characters: characters of prompt or continuation the model did not see (0 with the lossless boundary).
    reply: what an endpoint answered, where the choice was read from text (the likelihoods then only rank: 0 for the
    choice that was read, the negative place of each under fin-harness's rule). reasoning, thinking_tokens: what it reasoned
    before, and at what cost. unparsed: no answer could be read, which
    counts as wrong.
    """

    item: str
    loglikelihoods: tuple[float, ...]
    greedy: tuple[bool, ...]
    tokens: tuple[int, ...]
    truncated: int = 0
    lost_characters: int = 0
    reply: str | None = None
    unparsed: bool = False
    reasoning: str | None = None
    thinking_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen: greedy at temperature 0, else by sampling from the `top_p` nucleus."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Continue `prompt` by at most `max_new_tokens` tokens, up to (not including) the first of the `stop` strings."""

    item: str
    prompt: str
    max_new_tokens: int
    stop: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    conversation: Conversation | None = None
    follow_ups: tuple[str, ...] = ()
    """Later questions of a dialogue, asked behind the replies to the earlier ones (`dialogue`)."""


@dataclass(frozen=True, slots=True)
class GenerationScore:
    """The answer to a `GenerationRequest`: the text, how many tokens it took and why it ended.

    text: the answer without the reasoning before it; empty where the reasoning was cut off.
    """

    item: str
    text: str
    tokens: int
    finish: Finish
    truncated: int = 0
    reasoning: str | None = None
    thinking_tokens: int = 0
    ratings: tuple[float, ...] = ()
    """A judge's, of each reply of a dialogue; -1: it gave none."""
    judgments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RollingRequest:
    """How likely is the whole `text`?"""

    item: str
    text: str


@dataclass(frozen=True, slots=True)
class RollingScore:
    """The answer to a `RollingRequest`.

    nats: negative log-likelihood of the text (natural logarithm, >= 0). tokens: predicted tokens (BOS is context, never
    a target). characters, bytes: of the text (code points; UTF-8). windows: forward windows it was cut into.
    """

    item: str
    nats: float
    tokens: int
    characters: int
    bytes: int
    windows: int


Request = ChoiceRequest | GenerationRequest | RollingRequest
Score = ChoiceScore | GenerationScore | RollingScore
