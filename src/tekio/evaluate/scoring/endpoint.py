"""Models behind an OpenAI-compatible server on this machine or in the own network, scored by what they answer.

A chat server gives no likelihoods, so a choice is read from the reply, by one of the rules of `replies`; a server that gives
them may be asked for them (`ask_likelihoods`). Servers misbehave: they refuse, stall, answer with an error page, with nothing, with far too much. Each of these is tried again a
few times and then named with its item; what was answered before is kept, so that repeating the command goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from tekio.artifacts.results import ModelFacts
from tekio.chat_completion import MAX_CHARACTERS, read_completion
from tekio.errors import TekioError, Text, UsageError
from tekio.evaluate.models import Endpoint
from tekio.evaluate.scoring.ask_likelihoods import PromptLikelihoods
from tekio.evaluate.scoring.asked import template_arguments
from tekio.evaluate.scoring.dialogue import as_one, next_request
from tekio.evaluate.scoring.judge import MAX_TOKENS as JUDGMENT_TOKENS
from tekio.evaluate.scoring.judge import judged
from tekio.evaluate.scoring.read_choice import MAX_TOKENS, Reply, choice_score
from tekio.evaluate.scoring.requests import (
    ChoiceRequest,
    GenerationRequest,
    GenerationScore,
    Request,
    RollingRequest,
    Sampling,
    Score,
)
from tekio.evaluate.scoring.score_store import ItemStore, owed_batches
from tekio.evaluate.tasks.items import Item
from tekio.evaluate.units import Unit
from tekio.http import Client, FetchError
from tekio.offline import allow_private_host
from tekio.progress import Progress
from tekio.recipe.evaluate import EvaluateConfig, ThinkingConfig
from tekio.text.reasoning import marks_of

KEY_VARIABLE = "TEKIO_ENDPOINT_KEY"
Read = TypeVar("Read")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_BYTES = 4 << 20
MAX_LIKELIHOOD_BYTES = 64 << 20  # the likelihoods of a whole vocabulary, at the worst
TIMEOUT_SECONDS = 300.0
TRIES = 4
FIRST_WAIT_SECONDS = 0.5
FEWEST_TOGETHER = 8  # requests whose answers are stored at once


@dataclass
class EndpointModel:
    """An endpoint as a model to score."""

    endpoint: Endpoint
    config: EvaluateConfig
    timeout: float = TIMEOUT_SECONDS
    first_wait: float = FIRST_WAIT_SECONDS
    tries: int = TRIES
    model_name: str = ""
    """As requests name it; found by asking the server where neither address nor configuration says it."""
    likelihoods: PromptLikelihoods | None = None
    """The way to likelihoods of a prompt, once it is found."""

    def __post_init__(self) -> None:
        """The name that the address or the configuration gives."""
        self.model_name = self.model_name or self.endpoint.model or self.config.endpoint_model

    def facts(self) -> ModelFacts:
        """What results say about the model. Asks the server for its name, if none is given."""
        self._prepare()
        return ModelFacts(
            parameters=None,
            dtype=None,
            context_length=None,
            bos=None,
            shared_prefixes=None,
            endpoint_model=self.model_name,
            endpoint_rule=self.config.endpoint_rule if self.config.endpoint_choices == "reply" else None,
            max_tokens=self._answer_tokens(MAX_TOKENS),
            thinking=self.config.thinking.asked,
            chat_template_sha256=None,
            choices=self.config.endpoint_choices,
            likelihoods=self.likelihoods.dialect if self.likelihoods else None,
            engine=None,
        )

    def score(self, unit: Unit, store: ItemStore, progress: Progress) -> None:
        """Bring `store` to hold a score for every item of the unit. Raises `TekioError` naming task and item."""
        self._prepare()
        asked = replace(self, config=unit.asked(self.config))
        requests = unit.built.requests
        size = max(FEWEST_TOGETHER, self.config.endpoint_parallel)
        batches = [range(start, min(start + size, len(requests))) for start in range(0, len(requests), size)]
        owed = owed_batches(store, unit.names)
        with ThreadPoolExecutor(self.config.endpoint_parallel) as pool:
            for number, batch in enumerate(batches):
                if owed(number, batch):
                    scores = list(
                        pool.map(asked._score, (requests[index] for index in batch), [unit.built.name] * len(batch))
                    )
                    store.add(scores)
                    progress.advance(len(scores), note=unit.file_name.removesuffix(".jsonl"))

    def _score(self, request: Request, task: str) -> Score:
        where = f"task {task}, item {request.item}"
        if self.likelihoods is not None and isinstance(request, ChoiceRequest):
            return self.likelihoods.choice(request, where)
        if self.likelihoods is not None and isinstance(request, RollingRequest):
            return self.likelihoods.text(request, where)
        if isinstance(request, ChoiceRequest):
            settings: dict[str, Any] = {"max_tokens": self._budget(MAX_TOKENS), "temperature": 0}
            return choice_score(request, self._ask(request, where, settings), self.config.endpoint_rule)
        if isinstance(request, GenerationRequest) and request.follow_ups:
            turns: list[GenerationScore] = []
            for _ in range(len(request.follow_ups) + 1):
                later = next_request(request, [score.text for score in turns])
                turns.append(cast("GenerationScore", self._score(replace(later, follow_ups=()), task)))
            return as_one(turns)
        if isinstance(request, GenerationRequest):
            how = request.sampling
            settings = {"max_tokens": self._budget(request.max_new_tokens), "temperature": how.temperature}
            if how.temperature > 0:
                settings |= {"top_p": how.top_p, "seed": how.seed}
            if request.stop and self.config.thinking.asked is False:  # else one could stand in the reasoning
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

    def answers(
        self, messages: Sequence[str], max_new_tokens: int, sampling: Sampling | None = None
    ) -> list[GenerationScore]:
        """What the server answers to each message, each drawn with a seed of its own. Raises `TekioError` naming the message's number."""
        self._prepare()
        with ThreadPoolExecutor(self.config.endpoint_parallel) as pool:
            how = sampling or Sampling()
            asked = [
                GenerationRequest(str(number), text, max_new_tokens, sampling=replace(how, seed=how.seed + number))
                for number, text in enumerate(messages, 1)
            ]
            return [cast("GenerationScore", score) for score in pool.map(self._score, asked, ["compare"] * len(asked))]

    def reply(self, system: str, question: str, where: str) -> str:
        """What the server answers to one message behind a system message, as sure as it can. where: named in errors."""
        self._prepare()
        return self._judgment(system, question, 0.0, where)

    def judge(self, unit: Unit, scores: Sequence[Score], store: ItemStore) -> list[Score]:
        """The scores of a unit with this model's ratings of the replies. store: keeps them, so that a repeated run goes on."""
        self._prepare()
        built = unit.built
        owed = [
            (item, cast("GenerationScore", score))
            for item, score in zip(built.items, scores, strict=True)
            if item.id not in store.scores
        ]
        size = max(FEWEST_TOGETHER, self.config.endpoint_parallel)

        def one(pair: tuple[Item, GenerationScore]) -> GenerationScore:
            return judged(*pair, self._judgment, built.name)

        with ThreadPoolExecutor(self.config.endpoint_parallel) as pool:
            for start in range(0, len(owed), size):
                part = owed[start : start + size]
                store.add(list(pool.map(one, part)))
        return store.ordered(unit.names)

    def _judgment(self, system: str, question: str, temperature: float, where: str) -> str:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
        body: dict[str, Any] = {"model": self.model_name, "messages": messages}
        body |= {"max_tokens": JUDGMENT_TOKENS, "temperature": temperature}
        place = f"{self.endpoint.url}/chat/completions"
        return self._post(place, body, f"judge, {where}", lambda content: read_reply(json.loads(content))).text

    def _answer_tokens(self, default: int) -> int:
        return self.config.max_new_tokens or default

    def _budget(self, default: int) -> int:
        """Tokens of a whole reply: the answer and, unless thinking is off, the reasoning before it."""
        thinking = self.config.thinking
        return self._answer_tokens(default) + (0 if thinking.asked is False else thinking.max_tokens)

    def _ask(self, asked: ChoiceRequest | GenerationRequest, where: str, settings: dict[str, Any]) -> Reply:
        """The turns of the request, or one user message with the whole prompt. Tries again after errors of the server."""
        turns = [("user", asked.prompt)] if asked.conversation is None else asked.conversation.turns
        system = [("system", self.config.chat.system)] if self.config.chat.system else []
        messages = [{"role": role, "content": text} for role, text in (*system, *turns)]
        body: dict[str, Any] = {"model": self.model_name, "messages": messages, **settings}
        if arguments := template_arguments(self.config):
            body["chat_template_kwargs"] = arguments
        place = f"{self.endpoint.url}/chat/completions"
        return self._post(place, body, where, lambda content: read_reply(json.loads(content), self.config.thinking))

    def _prepare(self) -> None:
        """See that the address may be asked, and find the model's name and the way to likelihoods (once)."""
        allow_server(self.endpoint.url, self.config.allow_hosts)
        self.model_name = self.model_name or self._listed_model()
        if self.config.endpoint_choices == "likelihood" and self.likelihoods is None:
            quick, start = replace(self, tries=2), self.config.endpoint_start
            address = self.endpoint.url
            self.likelihoods = PromptLikelihoods.found(self._post, quick._post, self.model_name, address, start)

    def _listed_model(self) -> str:
        """The only model the server lists. Raises `UsageError` if there are several, `TekioError` if it lists none."""
        try:
            answer = self._client().get(f"{self.endpoint.url}/models", headers=self._headers())
            rows = cast("list[dict[str, Any]]", json.loads(answer.body)["data"] if answer.status == 200 else [])
            names = [str(row["id"]) for row in rows]
        except (FetchError, ValueError, KeyError, TypeError) as error:
            raise self._failed("models", str(getattr(error, "why", None) or error)) from None
        if len(names) == 1:
            return names[0]
        raise UsageError(
            Text(
                f"The server lists {len(names)} models.",
                f"サーバの一覧にモデルが {len(names)} 個あります。",
            ),
            where=f"{self.endpoint.url}/models",
            why=", ".join(names[:20]) or None,
            fix=Text(
                "Name one: URL#NAME or --endpoint-model.", "URL#モデル名 か --endpoint-model で指定してください。"
            ),
        )

    def _client(self) -> Client:
        return Client(
            interval=0,
            tries=self.tries,
            first_wait=self.first_wait,
            growth=4.0,
            timeout=self.timeout,
            max_bytes=MAX_LIKELIHOOD_BYTES if self.config.endpoint_choices == "likelihood" else MAX_BYTES,
            secrets=(os.environ.get(KEY_VARIABLE, ""),),
            allow_private=True,  # `allow_server` allows this machine and hosts of the own network that were named
            redirects=False,
            proxies=False,
        )

    def _headers(self) -> dict[str, str]:
        key = os.environ.get(KEY_VARIABLE)
        return {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})

    def _post(self, place: str, body: dict[str, Any], where: str, read: Callable[[bytes], Read]) -> Read:
        """What `read` makes of the answer. Tries again after errors of the server."""
        try:
            return self._client().post(place, json.dumps(body).encode(), self._headers(), read)
        except FetchError as error:
            raise self._failed(where, str(error.why)) from None

    def _failed(self, where: str, why: str) -> TekioError:
        return TekioError(
            Text("The endpoint did not answer correctly.", "API が正しく応答しません。"),
            where=f"{where} ({self.endpoint.url})",
            why=why,
            fix=Text(
                "Check the server and run the same command again to resume; items answered so far are kept.",
                "サーバを確かめて同じコマンドを再実行してください。回答済みの項目は残っています。",
            ),
        )


def allow_server(url: str, allowed: Sequence[str] = ()) -> None:
    """Open the network guard for a server on this machine, or for one of the own network that `allowed` names.

    Raises `UsageError` for another address, `PolicyError` for a host that is not of the own network.
    """
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return
    if parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.hostname in allowed:
        allow_private_host(parts.hostname)
        return
    raise UsageError(
        Text("Only servers on this machine are asked.", "このマシン上のサーバだけを使えます。"),
        where=url,
        fix=Text(
            f"For a server in your own network: --allow-host {parts.hostname or 'HOST'}.",
            f"社内ネットワークのサーバなら --allow-host {parts.hostname or 'ホスト'} を指定してください。",
        ),
    )


def read_reply(answer: object, thinking: ThinkingConfig | None = None) -> Reply:
    """The reply in a chat completion (`read_completion`), by the marks of the recipe."""
    how = thinking or ThinkingConfig()
    marks = marks_of(how.opening, how.closing)
    given = read_completion(answer, marks, opened_when_cut=how.asked is True, characters=MAX_CHARACTERS)
    finish = "length" if given.finish == "length" else "eos"
    return Reply(given.text, given.tokens, finish, given.reasoning, given.thinking_tokens)
