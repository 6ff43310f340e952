"""Models behind an OpenAI-compatible server on this machine, scored by what they answer.

A chat server gives no likelihoods, so a choice is read from the reply, by one of the rules of `replies`. Servers
misbehave: they refuse, stall, answer with an error page, with nothing, with far too much. Each of these is tried again a
few times and then named with its item; what was answered before is kept, so that repeating the command goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from tekio.artifacts.results import ModelFacts
from tekio.errors import TekioError, Text, UsageError
from tekio.evaluate.models import Endpoint
from tekio.evaluate.scoring.asked import template_arguments
from tekio.evaluate.scoring.read_choice import MAX_TOKENS, Reply, choice_score
from tekio.evaluate.scoring.requests import (
    ChoiceRequest,
    GenerationRequest,
    GenerationScore,
    Request,
    Score,
)
from tekio.evaluate.scoring.score_store import ItemStore, owed_batches
from tekio.evaluate.units import Unit
from tekio.http import Client, FetchError
from tekio.model.reasoning import split_reasoning
from tekio.progress import Progress
from tekio.recipe.evaluate import EvaluateConfig, ThinkingConfig

KEY_VARIABLE = "TEKIO_ENDPOINT_KEY"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_BYTES = 4 << 20
MAX_CHARACTERS = 20_000  # of a reply; 256 tokens are far fewer
TIMEOUT_SECONDS = 300.0
TRIES = 4
FIRST_WAIT_SECONDS = 0.5
TOGETHER = 8


@dataclass(frozen=True)
class EndpointModel:
    """An endpoint as a model to score."""

    endpoint: Endpoint
    config: EvaluateConfig
    timeout: float = TIMEOUT_SECONDS
    first_wait: float = FIRST_WAIT_SECONDS

    def facts(self) -> ModelFacts:
        """What results say about the model."""
        return ModelFacts(
            parameters=None,
            dtype=None,
            context_length=None,
            bos=None,
            shared_prefixes=None,
            endpoint_model=self.config.endpoint_model,
            endpoint_rule=self.config.endpoint_rule,
            max_tokens=self._answer_tokens(MAX_TOKENS),
            thinking=self.config.thinking.enable,
            chat_template_sha256=None,
            choices="reply",
        )

    def score(self, unit: Unit, store: ItemStore, progress: Progress) -> None:
        """Bring `store` to hold a score for every item of the unit. Raises `TekioError` naming task and item."""
        require_loopback(self.endpoint.url)
        requests = unit.built.requests
        batches = [range(start, min(start + TOGETHER, len(requests))) for start in range(0, len(requests), TOGETHER)]
        owed = owed_batches(store, unit.names)
        with ThreadPoolExecutor(TOGETHER) as pool:
            for number, batch in enumerate(batches):
                if owed(number, batch):
                    scores = list(
                        pool.map(self._score, (requests[index] for index in batch), [unit.built.name] * len(batch))
                    )
                    store.add(scores)
                    progress.advance(len(scores), note=unit.file_name.removesuffix(".jsonl"))

    def _score(self, request: Request, task: str) -> Score:
        where = f"task {task}, item {request.item}"
        if isinstance(request, ChoiceRequest):
            settings: dict[str, Any] = {"max_tokens": self._budget(MAX_TOKENS), "temperature": 0}
            return choice_score(request, self._ask(request, where, settings), self.config.endpoint_rule)
        if isinstance(request, GenerationRequest):
            how = request.sampling
            settings = {"max_tokens": self._budget(request.max_new_tokens), "temperature": how.temperature}
            if how.temperature > 0:
                settings |= {"top_p": how.top_p, "seed": how.seed}
            if request.stop and self.config.thinking.enable is False:  # else one could stand in the reasoning
                settings["stop"] = list(request.stop[:4])  # servers take at most four
            reply = self._ask(request, where, settings)
            answer = reply.text.lstrip("\n")
            places = [place for stop in request.stop if (place := answer.find(stop)) >= 0]
            text, finish = (answer[: min(places)], "stop") if places else (answer, reply.finish)
            return GenerationScore(
                request.item,
                text,
                reply.tokens,
                finish,
                reasoning=reply.reasoning,
                thinking_tokens=reply.thinking_tokens,
            )
        raise UsageError(
            Text("A chat server does not give the likelihood of a text.", "チャット API は文章の尤度を返しません。"),
            where=where,
        )

    def _answer_tokens(self, default: int) -> int:
        return self.config.max_new_tokens or default

    def _budget(self, default: int) -> int:
        """Tokens of a whole reply: the answer and, unless thinking is off, the reasoning before it."""
        thinking = self.config.thinking
        return self._answer_tokens(default) + (0 if thinking.enable is False else thinking.max_tokens)

    def _ask(self, asked: ChoiceRequest | GenerationRequest, where: str, settings: dict[str, Any]) -> Reply:
        """The turns of the request, or one user message with the whole prompt. Tries again after errors of the server."""
        turns = [("user", asked.prompt)] if asked.conversation is None else asked.conversation.turns
        system = [("system", self.config.chat.system)] if self.config.chat.system else []
        messages = [{"role": role, "content": text} for role, text in (*system, *turns)]
        body: dict[str, Any] = {"model": self.config.endpoint_model, "messages": messages, **settings}
        if arguments := template_arguments(self.config):
            body["chat_template_kwargs"] = arguments
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {key}"
        client = Client(
            interval=0,
            tries=TRIES,
            first_wait=self.first_wait,
            growth=4.0,
            timeout=self.timeout,
            max_bytes=MAX_BYTES,
            allow_private=True,  # `require_loopback` allows this machine only
            redirects=False,
            proxies=False,
        )
        try:
            return client.post(
                f"{self.endpoint.url}/chat/completions",
                json.dumps(body).encode(),
                headers,
                lambda content: read_reply(json.loads(content), self.config.thinking),
            )
        except FetchError as error:
            raise TekioError(
                Text("The endpoint did not answer correctly.", "API が正しく応答しません。"),
                where=f"{where} ({self.endpoint.url})",
                why=error.why,
                fix=Text(
                    "Check the server and run the same command again to resume; items answered so far are kept.",
                    "サーバを確かめて同じコマンドを再実行してください。回答済みの項目は残っています。",
                ),
            ) from None


def require_loopback(url: str) -> None:
    """Raise `UsageError` unless the address is http on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise UsageError(
            Text("Only servers on this machine are asked.", "このマシン上のサーバだけを使えます。"),
            where=url,
            fix=Text("For example http://127.0.0.1:8000/v1", "例: http://127.0.0.1:8000/v1"),
        )


def read_reply(answer: object, thinking: ThinkingConfig | None = None) -> Reply:
    """The reply in a chat completion. Raises `ValueError` for JSON of another form; a null content is an empty reply.

    Reasoning is split off: `reasoning_content` (or `reasoning`) of the message, or what stands between the marks.
    """
    choices = cast("dict[str, Any]", answer).get("choices") if isinstance(answer, dict) else None
    first = cast("list[Any]", choices)[0] if isinstance(choices, list) and choices else None
    message = cast("dict[str, Any]", first).get("message") if isinstance(first, dict) else None
    if not isinstance(message, dict):
        raise ValueError(f"no chat completion: {str(cast('object', answer))[:200]}")
    content: object = cast("dict[str, Any]", message).get("content")
    if isinstance(content, list):  # parts
        parts = [
            cast("dict[str, Any]", part).get("text") for part in cast("list[Any]", content) if isinstance(part, dict)
        ]
        content = "".join(part for part in parts if isinstance(part, str))
    if content is not None and not isinstance(content, str):
        raise ValueError(f"the content is no text: {str(content)[:200]}")
    ended = cast("dict[str, Any]", first).get("finish_reason")
    usage = cast("dict[str, Any]", answer).get("usage")
    tokens = cast("dict[str, Any]", usage).get("completion_tokens") if isinstance(usage, dict) else None
    marks = thinking or ThinkingConfig()
    parts = split_reasoning((content or "")[-MAX_CHARACTERS:], opening=marks.opening, closing=marks.closing)
    apart = next(
        (
            value
            for name in ("reasoning_content", "reasoning")
            if isinstance(value := cast("dict[str, Any]", message).get(name), str) and value
        ),
        parts.reasoning,
    )
    spent = tokens if isinstance(tokens, int) else 0
    return Reply(
        parts.answer,
        spent,
        "length" if ended == "length" else "eos",
        apart,
        _thinking_tokens(cast("dict[str, Any]", usage) if isinstance(usage, dict) else {}, spent, apart, parts.answer),
    )


def _thinking_tokens(usage: Mapping[str, Any], tokens: int, reasoning: str | None, answer: str) -> int:
    """Tokens of the reasoning: as the server counts them, else by its share of the characters."""
    details = usage.get("completion_tokens_details")
    counted = cast("dict[str, Any]", details).get("reasoning_tokens") if isinstance(details, dict) else None
    if isinstance(counted, int):
        return counted
    return round(tokens * len(reasoning) / max(1, len(reasoning) + len(answer))) if reasoning else 0
