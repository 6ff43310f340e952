"""How a model on this machine is asked: in plain text, or in its prompt template.

Requests of a task are the same for all models; what a chat template makes of their turns is each model's own. A model
that has no chat template is asked the plain prompt, and results say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tekio.evaluate.scoring.requests import ChoiceRequest, Conversation, GenerationRequest, Request
from tekio.model.templates import CHAT, TEMPLATES, render_turns
from tekio.recipe.evaluate import EvaluateConfig


def as_asked(requests: Sequence[Request], tokenizer: Any, config: EvaluateConfig) -> list[Request]:
    """The requests with the prompts that this model sees. Raises `TekioError` where its chat template fails."""
    return [_as_asked(request, tokenizer, config) for request in requests]


def template_arguments(config: EvaluateConfig) -> dict[str, object]:
    """Variables for a chat template: the recipe's, and whether the model is to reason."""
    given: dict[str, object] = dict(config.chat.template_arguments)
    if config.thinking.asked is not None:
        given["enable_thinking"] = config.thinking.asked
    return given


def chat_template_hash(tokenizer: Any) -> str | None:
    """SHA-256 of the model's chat template; None if it has none."""
    template = getattr(tokenizer, "chat_template", None)
    return hashlib.sha256(template.encode()).hexdigest() if isinstance(template, str) else None


def _as_asked(request: Request, tokenizer: Any, config: EvaluateConfig) -> Request:
    if not isinstance(request, ChoiceRequest | GenerationRequest) or request.conversation is None:
        return request
    talk = request.conversation
    if talk.wrapping == CHAT and chat_template_hash(tokenizer) is None:
        return request
    prompt = render_turns(
        talk.wrapping,
        talk.turns,
        system=config.chat.system,
        tokenizer=tokenizer,
        arguments=template_arguments(config),
    )
    if isinstance(request, ChoiceRequest):
        return replace(request, prompt=prompt)
    return replace(request, prompt=prompt, stop=(*request.stop, *_own_stops(talk)))


def _own_stops(talk: Conversation) -> tuple[str, ...]:
    """Where an answer in a named template has left its place; a chat template's answers end with the model's own mark."""
    return TEMPLATES[talk.wrapping].stop if talk.wrapping in TEMPLATES else ()
