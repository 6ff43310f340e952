"""Putting passages before a question: as many as every model's context holds, the same ones for all models.

What is sent must be the same for all models, else they could not be compared item by item; so the smallest context decides, each
model counting with its own tokenizer.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (tokenizers has no complete type information)

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tekio.errors import TekioError, Text
from tekio.evaluate.models import Endpoint, Model, adapter_base
from tekio.evaluate.scoring.encode import context_length
from tekio.evaluate.scoring.requests import ChoiceRequest, Conversation, GenerationRequest, Request
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.build import prompt_hash
from tekio.store import read_json

SERVER_CONTEXT = 4096
SLACK = 8  # tokens: BOS, and what a boundary between two texts may add
WRAPPING = 128  # tokens that a chat template may add
OPENING = "次の資料を読んで、後の問いに答えてください。\n\n"
TOKENIZER = "tokenizer.json"

CountTokens = Callable[[Sequence[str]], list[int]]
Span = tuple[int, int]


@dataclass(frozen=True)
class Reader:
    """How many tokens one model can see, and how it counts them."""

    limit: int
    count: CountTokens


@dataclass(frozen=True)
class Shown:
    """The passages before one question: their places among those that were wanted, and their texts. cut: whether the first was
    too long for the context and was cut around its answer, or at its end.
    """

    places: tuple[int, ...]
    texts: tuple[str, ...]
    cut: bool = False


def readers(models: Iterable[Model], context: int | None) -> list[Reader]:
    """The readers of the models. context: no prompt may have more tokens than this; a server is taken to have 4,096 and a
    token for each character. Raises `TekioError` for a model folder without `tokenizer.json`.
    """
    found: list[Reader] = []
    local: dict[str, tuple[int, Path]] = {}  # tokenizer -> smallest context: models that count alike are asked once
    for model in models:
        if isinstance(model, Endpoint):
            found.append(Reader(context or SERVER_CONTEXT, _characters))
            continue
        base = adapter_base(model)
        folders = [folder for folder in (model, base) if folder is not None]
        limit = _context_of(folders)
        file = _tokenizer_file(folders)
        key = hashlib.sha256(file.read_bytes()).hexdigest()
        known = local.get(key, (limit, file))[0]
        local[key] = min(known, limit, context or limit), file
    return [*found, *(Reader(limit, _counter(file)) for limit, file in local.values())]


def _characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def _tokenizer_file(folders: Sequence[Path]) -> Path:
    file = next((folder / TOKENIZER for folder in folders if (folder / TOKENIZER).is_file()), None)
    if file is None:
        raise TekioError(
            Text(
                "A model without tokenizer.json cannot be asked open book.",
                "tokenizer.json のないモデルには資料を付けて出題できません。",
            ),
            where=folders[0],
            fix=Text("Save its tokenizer as a fast one.", "fast tokenizer として保存してください。"),
        )
    return file


def _counter(file: Path) -> CountTokens:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda texts: [
        len(found.ids) for found in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    ]


def _context_of(folders: Sequence[Path]) -> int:
    def settings(name: str) -> dict[str, Any]:
        file = next((folder / name for folder in folders if (folder / name).is_file()), None)
        return cast("dict[str, Any]", read_json(file)) if file else {}

    config = settings("config.json")
    inner = config.get("text_config")
    plain = cast("dict[str, Any]", inner) if isinstance(inner, dict) else config
    longest = settings("tokenizer_config.json").get("model_max_length")
    return context_length(SimpleNamespace(**plain), SimpleNamespace(model_max_length=longest))


def prefix(texts: Sequence[str]) -> str:
    """What stands before the question; nothing without passages."""
    if not texts:
        return ""
    return OPENING + "".join(f"資料{number}:\n{text.strip()}\n\n" for number, text in enumerate(texts, 1))


def open_book(built: BuiltTask, name: str, passages: Mapping[str, Sequence[str]]) -> BuiltTask:
    """The task with passages before each question, under another name. passages: item -> the texts shown."""
    requests = tuple(_with(request, prefix(passages.get(request.item, ()))) for request in built.requests)
    spec = built.spec.model_copy(update={"name": name})
    return replace(built, spec=spec, requests=requests, prompt_hash=prompt_hash(requests))


def _with(request: Request, before: str) -> Request:
    if not before or not isinstance(request, ChoiceRequest | GenerationRequest):
        return request
    talk = request.conversation
    if talk is not None:
        *earlier, (role, text) = talk.turns
        talk = Conversation(talk.wrapping, (*earlier, (role, before + text)))
    return replace(request, prompt=before + request.prompt, conversation=talk)


class PromptRoom:
    """Which passages fit before which question, for every model at once."""

    def __init__(self, models: Sequence[Reader]) -> None:
        self.models = models
        self._costs: dict[str, list[int]] = {}

    def fit(self, request: Request, wanted: Sequence[str], focus: Span | None = None) -> Shown:
        """The first passages of `wanted` that fit together; the first alone is cut if it does not. focus: characters of the
        first that must stay, where it is cut; else its beginning stays.
        """
        if not isinstance(request, ChoiceRequest | GenerationRequest) or not wanted:
            return Shown((), ())
        room = self._room(request)
        spent = [0] * len(room)
        count = 0
        for text in wanted:
            spent = [sum(pair) for pair in zip(spent, self._cost(text), strict=True)]
            if any(used > there for used, there in zip(spent, room, strict=True)):
                break
            count += 1
        while count and not self._fits(request, wanted[:count]):  # tokens of parts do not always add up
            count -= 1
        if count:
            return Shown(tuple(range(count)), tuple(wanted[:count]))
        text = self._cut(request, wanted[0], focus or (0, 0))
        return Shown((0,), (text,), cut=True) if text else Shown((), (), cut=True)

    def _room(self, request: ChoiceRequest | GenerationRequest) -> list[int]:
        """Tokens left beside the question, its answer and the opening words."""
        return [there - used for there, used in zip(self._limits(request), self._length(request, ()), strict=True)]

    def _limits(self, request: ChoiceRequest | GenerationRequest) -> list[int]:
        wrapping = WRAPPING if request.conversation is not None else 0
        answers = request.max_new_tokens if isinstance(request, GenerationRequest) else 0
        return [model.limit - SLACK - wrapping - answers for model in self.models]

    def _length(self, request: ChoiceRequest | GenerationRequest, texts: Sequence[str]) -> list[int]:
        prompt = prefix(texts) + request.prompt
        whole = (
            [prompt + choice for choice in request.continuations] if isinstance(request, ChoiceRequest) else [prompt]
        )
        return [max(model.count(whole)) for model in self.models]

    def _fits(self, request: ChoiceRequest | GenerationRequest, texts: Sequence[str]) -> bool:
        limits = self._limits(request)
        return all(used <= there for used, there in zip(self._length(request, texts), limits, strict=True))

    def _cost(self, text: str) -> list[int]:
        if text not in self._costs:
            self._costs[text] = [model.count([prefix([text])])[0] for model in self.models]
        return self._costs[text]

    def _cut(self, request: ChoiceRequest | GenerationRequest, text: str, focus: Span) -> str:
        """The longest part of `text` around `focus` that fits; empty if not even that does."""
        low, high = 0, len(text)
        best = ""
        while low <= high:
            size = (low + high) // 2
            part = _around(text, focus, size)
            if part.strip() and self._fits(request, [part]):
                best, low = part, size + 1
            elif not part.strip():
                low = size + 1
            else:
                high = size - 1
        start, end = focus
        return best if text[start:end] in best else ""


def _around(text: str, focus: Span, size: int) -> str:
    """`size` characters of `text` with `focus` in their middle (or at the nearest place to that)."""
    start, end = focus
    first = max(0, min(start - (size - (end - start)) // 2, len(text) - size)) if end else 0
    return text[first : first + size]
