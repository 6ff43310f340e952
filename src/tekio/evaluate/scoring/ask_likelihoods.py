"""Asking a server for likelihoods: which of the ways it knows, then choices and whole texts by that way.

`echo` and `prompt_logprobs` tell all tokens of a text in one answer (`server_likelihood`). llama.cpp's server tells none of the
prompt; it tells the likelihood of the token it generates, before any bias, so a text is told `one by one`: the server's own
`/tokenize` cuts it, and each token is made the next one by a bias of its logit. The server keeps the prompt it has just
read, so a token costs about one step. Of a token that is only a part of a character it says nothing where that is the one
generated; such a token is looked up among the likeliest behind another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from tekio.errors import TekioError, Text, UsageError
from tekio.evaluate.scoring.requests import ChoiceRequest, ChoiceScore, RollingRequest, RollingScore
from tekio.evaluate.scoring.server_likelihood import (
    WHOLE,
    Dialect,
    Told,
    body_for,
    choice_from_told,
    common_start,
    read_told,
)

PROBE = "The bank said so."
FORCED = 1000.0
"""Added to the logit of the token that is to come next; what is told is the likelihood without it."""
AMONG = (1_000, 50_000, 1_000_000)
"""How many of the likeliest tokens are asked for where a token has to be looked up: first few, then as many as there are."""
Read = TypeVar("Read")


class Post(Protocol):
    """A question to the server: place (`/v1/completions`, `/tokenize`), body, which item it is for, how to read the answer."""

    def __call__(self, place: str, body: dict[str, Any], where: str, read: Callable[[bytes], Read]) -> Read:
        """What `read` makes of the answer. Raises `TekioError`."""
        ...


@dataclass(frozen=True)
class PromptLikelihoods:
    """A server's likelihoods. start: the text of the token a text begins with, where the server puts none before it."""

    post: Post
    model: str
    address: str
    dialect: Dialect
    start: str = ""
    begins: bool = False
    """Whether the server puts a token before every text by itself."""

    @classmethod
    def found(cls, post: Post, quick: Post, model: str, address: str, start: str = "") -> PromptLikelihoods:
        """The first way the server knows. quick: a `post` that does not try for long. Raises `TekioError` if it knows none."""
        why: list[str] = []
        for dialect in (*WHOLE, "one by one"):
            asked = cls(quick, model, address, dialect, start)
            try:
                begins = asked.puts_a_start()
                single = begins or not start or asked.is_a_token(start)
            except TekioError as error:
                why.append(f"{dialect}: {error.why}")
            else:
                if not single:
                    raise UsageError(
                        Text(
                            f"{start} is not one token of the server's model.",
                            f"{start} はサーバのモデルの 1 トークンではありません。",
                        ),
                        where="--endpoint-start",
                    )
                return cls(post, model, address, dialect, start, begins)
        raise TekioError(
            Text("The server gives no likelihoods of a prompt.", "このサーバは入力の尤度を返しません。"),
            where=address,
            why="; ".join(why),
            fix=Text("Use --endpoint-choices reply.", "--endpoint-choices reply を指定してください。"),
        )

    def puts_a_start(self) -> bool:
        """Whether the server's tokens of a short text begin with one that is none of its own. Raises `TekioError`."""
        where = "likelihoods of a prompt"
        if self.dialect == "one by one":
            ids = self._ids(PROBE, where)
            try:
                self._next_token(ids[:-1], ids[-1], where)
            except ValueError as error:
                raise self._unusable(where, str(error)) from error
            return len(ids) > len(self._ids(PROBE, where, special=False))
        # (a server may strip the blanks of single tokens)
        return self._told(PROBE, where).text.replace("▁", "").replace(" ", "") == PROBE.replace(" ", "")

    def is_a_token(self, start: str) -> bool:
        """Whether `start` before a text adds one token. Raises `TekioError`."""
        where = "start token"
        if self.dialect == "one by one":
            return len(self._ids(start + PROBE, where)) == len(self._ids(PROBE, where)) + 1
        return len(self._told(start + PROBE, where).tokens) == len(self._told(PROBE, where).tokens) + 1

    def choice(self, request: ChoiceRequest, where: str) -> ChoiceScore:
        """The likelihoods of the choices after the prompt. Raises `UsageError` for prompts that are not plain."""
        if request.conversation is not None or request.end_of_text:
            raise UsageError(
                Text(
                    "A server gives likelihoods of plain prompts only, not of its chat template.",
                    "サーバの尤度は平文のプロンプトについてだけ得られます（chat template は不可）。",
                ),
                where=where,
                fix=Text("Use --endpoint-choices reply.", "--endpoint-choices reply を指定してください。"),
            )
        texts = [request.prompt, *(request.prompt + choice for choice in request.continuations)]
        try:
            if self.dialect == "one by one":
                prompt, *joint = [self._ids(text, where) for text in texts]
                start = common_start(prompt, joint)
                told = [self._one_by_one(ids, start, where) for ids in joint]
                return choice_from_told(request, Told.untold(prompt), told)
            found = [self._told(text, where) for text in texts]
            return choice_from_told(request, found[0], found[1:])
        except ValueError as error:
            raise self._unusable(where, str(error)) from error

    def text(self, request: RollingRequest, where: str) -> RollingScore:
        """The likelihood of a whole text, in one window.

        The first token counts only behind a start token, which is context (as in `rolling_loglikelihood`); a server that puts
        none is refused unless `start` says which. Raises `TekioError`.
        """
        if not self.begins and not self.start:
            raise UsageError(
                Text(
                    "The server puts no start token before a text, so it does not tell the likelihood of its first token.",
                    "このサーバは文頭の開始トークンを付けないため、最初のトークンの尤度が得られません。",
                ),
                where=where,
                fix=Text(
                    "Name the token the model's texts begin with: --endpoint-start '<|endoftext|>' (as scoring of the folder does: "
                    "its BOS, else its EOS), or leave the texts out.",
                    "文頭のトークンを --endpoint-start '<|endoftext|>' のように指定するか（フォルダの採点では BOS、なければ EOS）、"
                    "文章の評価を外してください。",
                ),
            )
        whole = request.text if self.begins else self.start + request.text
        try:
            told = (
                self._one_by_one(self._ids(whole, where), 1, where)
                if self.dialect == "one by one"
                else self._told(whole, where)
            )
        except ValueError as error:
            raise self._unusable(where, str(error)) from error
        values = cast("tuple[float, ...]", told.loglikelihoods[1:])
        size = len(request.text.encode("utf-8", "surrogatepass"))
        return RollingScore(request.item, -sum(values), len(values), len(request.text), size, 1)

    def _told(self, text: str, where: str) -> Told:
        dialect = self.dialect
        body = body_for(dialect, self.model, text)
        return self.post(
            f"{self.address}/completions", body, where, lambda content: read_told(json.loads(content), text, dialect)
        )

    def _ids(self, text: str, where: str, *, special: bool = True) -> list[int]:
        """The server's ids of a text (llama.cpp's `/tokenize`, which lies beside `/v1`)."""
        body = {"content": text, "add_special": special, "parse_special": True}
        place = f"{self.address.removesuffix('/v1')}/tokenize"
        return self.post(place, body, where, _read_ids)

    def _one_by_one(self, ids: Sequence[int], start: int, where: str) -> Told:
        """What the server says of the tokens from `start` on; nothing of those before."""
        told = [self._next_token(ids[:place], ids[place], where) for place in range(start, len(ids))]
        empty = Told.untold(ids[:start])
        return Told(
            tuple(map(str, ids)),
            (*empty.loglikelihoods, *(value for value, _ in told)),
            (*empty.greedy, *(greedy for _, greedy in told)),
        )

    def _next_token(self, before: Sequence[int], token: int, where: str) -> tuple[float, bool]:
        """Log-likelihood of `token` after `before`, and whether it is the likeliest."""
        told = self._forced(before, token, 1, where)
        if told is not None:
            return told[0], told[1][0] == token
        whole = self._ids(PROBE, where)[-1]
        for count in AMONG:
            told = self._forced(before, whole, count, where)
            if told is not None and token in told[1]:
                return told[2][told[1].index(token)], told[1][0] == token
            if told is not None and len(told[1]) < count:
                break
        raise ValueError(f"nothing is told of token {token}")

    def _forced(
        self, before: Sequence[int], token: int, count: int, where: str
    ) -> tuple[float, list[int], list[float]] | None:
        """The log-likelihood of `token`, made the next one, and the likeliest tokens with theirs; None where none is told."""
        body = {
            "model": self.model,
            "prompt": list(before),
            "max_tokens": 1,
            "temperature": 0,
            "logprobs": count,
            "logit_bias": {str(token): FORCED},
            "cache_prompt": True,
        }
        return self.post(
            f"{self.address}/completions", body, where, lambda content: _read_next(json.loads(content), token)
        )

    def _unusable(self, where: str, why: str) -> TekioError:
        return TekioError(
            Text("The server's likelihoods cannot be used.", "サーバの尤度を使えません。"),
            where=f"{where} ({self.address})",
            why=why,
        )


def _read_ids(content: bytes) -> list[int]:
    found = json.loads(content)
    ids = cast("dict[str, Any]", found).get("tokens") if isinstance(found, dict) else None
    if not isinstance(ids, list) or not all(isinstance(one, int) for one in cast("list[Any]", ids)):
        raise ValueError("no list of token ids")
    return cast("list[int]", ids)


def _read_next(answer: Any, token: int) -> tuple[float, list[int], list[float]] | None:
    """None where nothing is told of the token. Raises `ValueError` where the server did not generate `token`."""
    try:
        found = answer["choices"][0]["logprobs"]
        if not found or not found["content"]:
            return None
        told = found["content"][0]
        ids = [int(one["id"]) for one in told["top_logprobs"]]
        values = [float(one["logprob"]) for one in told["top_logprobs"]]
        made, value = int(told["id"]), float(told["logprob"])
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("the likelihood of the generated token is not there") from error
    if made != token:
        raise ValueError(f"token {made} was generated where {token} was asked for")
    return value, ids, values
