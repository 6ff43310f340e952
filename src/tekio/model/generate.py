"""Text generation for comparison and evaluation: greedy by default, batched, EOS respected.

Greedy answers are decoded continuously (`decode`); draws, and models with another kind of memory, go through transformers.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportUntypedBaseClass=false
# (torch and transformers have no complete type information)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tekio.artifacts.answers import Finish
from tekio.model.load import LoadedModel
from tekio.model.prompt_room import prompt_room
from tekio.text.reasoning import KNOWN_MARKS, Marks, answer_start

if TYPE_CHECKING:
    from tekio.model.vllm_engine import Vllm

BATCH_TOKENS = 16_384
BLOCK = 4
"""Prompts handed over at once, in rows in flight: as rows end, the next ones take their places."""
EXPECTED_TOKENS = 256
NO_NUMBER = -1
"""As in `decode`, which is imported with torch."""
MOST_ROWS = 64


@dataclass(frozen=True)
class Sampling:
    """How to draw tokens when not greedy; `seed` makes it repeatable."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Generation:
    """One answer. tokens: new tokens, the one that ended it included. finish: why it ended. ids: those tokens."""

    text: str
    tokens: int
    finish: Finish
    ids: tuple[int, ...] = field(default=(), compare=False)


def encode_prompt(tokenizer: Any, text: str) -> list[int]:
    """Token ids of a prompt: the tokenizer's own beginning (BOS) once, no EOS at the end.

    Training, generation and comparison use this one function, so a model sees the prompts it was trained on. A rendered
    chat template that already starts with the BOS text does not get a second one.
    """
    bos = tokenizer.bos_token
    special = not (bos and text.startswith(bos))
    ids: list[int] = list(tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"])
    if special and ids and ids[-1] in (tokenizer.eos_token_id, tokenizer.sep_token_id):
        ids.pop()  # some tokenizers (T5, BERT kinds) close every text
    return ids


def generate(
    loaded: LoadedModel,
    prompts: list[str],
    *,
    max_new_tokens: int,
    stop: Sequence[str] = (),
    sampling: Sampling | None = None,
) -> list[Generation]:
    """Continue each prompt. The answers come in the order of the prompts.

    Prompts of similar length are batched (left padding, masked); a prompt that leaves no room for `max_new_tokens`
    keeps its end; one for an answer as long as the context raises `UsageError`. stop: texts that end an answer; they are cut off. An answer ends at any of `loaded.eos_ids`.
    """
    encoded = [encode_prompt(loaded.tokenizer, prompt) for prompt in prompts]
    if loaded.context_length:
        room = prompt_room(loaded.context_length, max_new_tokens)
        encoded = [ids[-room:] for ids in encoded]
    fallback = loaded.tokenizer.bos_token_id if loaded.tokenizer.bos_token_id is not None else loaded.eos_ids[0]
    encoded = [ids or [fallback] for ids in encoded]
    results: dict[int, Generation] = {}
    order = sorted(range(len(prompts)), key=lambda number: (-len(encoded[number]), number))
    start = 0
    while start < len(order):
        rows = rows_in_flight(BATCH_TOKENS, len(encoded[order[start]]), max_new_tokens)
        chosen = order[start : start + BLOCK * rows]
        found = generate_ids(
            loaded,
            [encoded[number] for number in chosen],
            max_new_tokens=max_new_tokens,
            stop=stop,
            sampling=sampling,
            rows=rows,
        )
        results.update(zip(chosen, found, strict=True))
        start += len(chosen)
    return [results[number] for number in range(len(prompts))]


def rows_in_flight(batch_tokens: int, prompt: int, max_new_tokens: int) -> int:
    """How many prompts of this length are continued at a time. Answers seldom take all the tokens that they may."""
    return max(1, min(MOST_ROWS, 2 * batch_tokens // (prompt + min(max_new_tokens, EXPECTED_TOKENS))))


def generate_ids(
    loaded: LoadedModel,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    stop: Sequence[str] = (),
    sampling: Sampling | None = None,
    marks: Marks = KNOWN_MARKS,
    opened: bool = False,
    rows: int | None = None,
) -> list[Generation]:
    """Continue prompts given as token ids (evaluation decides about BOS itself), `rows` of them at a time (None: all).

    marks: what may stand around reasoning. No stop text is looked for in it, nor in line ends before the answer. opened: the
    prompts end with the opening mark, as some chat templates write it.
    """
    if loaded.vllm is not None:
        return _by_vllm(loaded, loaded.vllm, prompts, max_new_tokens, tuple(stop), sampling, marks, opened=opened)
    from tekio.model.decode import can_decode, decode_greedy

    size = rows or len(prompts)
    if sampling is None and can_decode(loaded.model):
        ended = _Ended(loaded, tuple(stop), marks, opened=opened)
        produced = decode_greedy(
            loaded.model, prompts, max_new_tokens=max_new_tokens, ended=ended, capacity=size, device=loaded.device
        )
    else:
        produced = [
            row
            for start in range(0, len(prompts), size)
            for row in _by_transformers(
                loaded, prompts[start : start + size], max_new_tokens, stop, sampling, marks, opened=opened
            )
        ]
    return [_answer(loaded, row, stop, marks, opened=opened) for row in produced]


class _Ended:
    """Whether an answer has ended: at a token of `loaded.eos_ids`, or once a stop text stands in it."""

    def __init__(self, loaded: LoadedModel, stop: tuple[str, ...], marks: Marks, *, opened: bool) -> None:
        self.ends = frozenset(loaded.eos_ids)
        self.tokenizer, self.stop, self.marks, self.opened = loaded.tokenizer, stop, marks, opened
        # a character may take several tokens of a byte-level vocabulary
        self.tail = 4 * max(map(len, stop), default=0) + 4

    def __call__(self, produced: Sequence[int]) -> bool:
        """Only the end is decoded, until a stop text stands there."""
        if produced[-1] in self.ends:
            return True
        if not self.stop:
            return False
        end = self.tokenizer.decode(list(produced[-self.tail :]), skip_special_tokens=True)
        if not any(text in end for text in self.stop):
            return False
        whole = self.tokenizer.decode(list(produced), skip_special_tokens=True)
        return _stop_place(whole, self.stop, self.marks, opened=self.opened) is not None


def _by_vllm(
    loaded: LoadedModel,
    vllm: Vllm,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: tuple[str, ...],
    sampling: Sampling | None,
    marks: Marks,
    *,
    opened: bool,
) -> list[Generation]:
    """All prompts at once. vLLM ends an answer at a stop text wherever it stands; where that was in the reasoning or among the
    line ends before the answer, the prompt is continued again without stop texts and cut afterwards.
    """
    how: dict[str, Any] = {"max_new_tokens": max_new_tokens, "ends": loaded.eos_ids}
    if sampling is not None:
        how |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": sampling.top_k}
        how["seed"] = sampling.seed
    ended = _Ended(loaded, stop, marks, opened=opened)
    produced = vllm.continue_ids(prompts, stop=() if opened else stop, **how)
    early = [
        number
        for number, row in enumerate(produced)
        if stop and (opened or (len(row) < max_new_tokens and not (row and ended(row))))
    ]
    if early and not opened:
        again = vllm.continue_ids([prompts[number] for number in early], stop=(), **how)
        for number, row in zip(early, again, strict=True):
            produced[number] = row
    for number in early:
        row = produced[number]
        end = next((place for place in range(1, len(row)) if ended(row[:place])), len(row))
        produced[number] = row[:end]
    return [_answer(loaded, row, stop, marks, opened=opened) for row in produced]


def _by_transformers(
    loaded: LoadedModel,
    rows: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: Sequence[str],
    sampling: Sampling | None,
    marks: Marks,
    *,
    opened: bool,
) -> list[list[int]]:
    """One batch, until its last row has ended."""
    import torch
    from transformers import (
        GenerationConfig,
        LogitsProcessor,
        LogitsProcessorList,
        StoppingCriteria,
        StoppingCriteriaList,
    )

    width = max(len(row) for row in rows)
    padding = loaded.eos_ids[0] if loaded.eos_ids else 0
    ids = torch.full((len(rows), width), padding, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, width - len(row) :] = torch.tensor(list(row))
        mask[number, width - len(row) :] = 1

    broken: dict[int, int] = {}

    class NoNumbers(LogitsProcessor):
        """Ends a row where the model gives NaN or infinity, of which the library would make some token."""

        def __call__(self, input_ids: Any, scores: Any) -> Any:
            for row in (~scores.max(dim=-1).values.isfinite()).nonzero()[:, 0].tolist():
                broken.setdefault(row, input_ids.shape[1] - width)
                scores[row] = float("-inf")
                scores[row, padding] = 0.0
            return scores

    class StopText(StoppingCriteria):
        """Ends a row once one of the stop texts stands in its answer."""

        def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:  # noqa: ARG002 (the library's signature)
            texts = loaded.tokenizer.batch_decode(input_ids[:, width:], skip_special_tokens=True)
            found = [_stop_place(text, stop, marks, opened=opened) is not None for text in texts]
            return torch.tensor(found, dtype=torch.bool, device=input_ids.device)

    config = GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=sampling is not None,
        temperature=sampling.temperature if sampling else None,
        top_p=sampling.top_p if sampling else None,
        top_k=sampling.top_k if sampling else None,
        eos_token_id=list(loaded.eos_ids) or None,
        pad_token_id=padding,
        bos_token_id=loaded.tokenizer.bos_token_id,
        use_cache=True,
    )
    if sampling:
        torch.manual_seed(sampling.seed)
    with torch.inference_mode():
        produced = loaded.model.generate(
            input_ids=ids.to(loaded.device),
            attention_mask=mask.to(loaded.device),
            generation_config=config,
            stopping_criteria=StoppingCriteriaList([StopText()]) if stop else None,
            logits_processor=LogitsProcessorList([NoNumbers()]),
        )
    found: list[list[int]] = produced[:, width:].tolist()
    return [[*row[: broken[number]], NO_NUMBER] if number in broken else row for number, row in enumerate(found)]


def _stop_place(text: str, stop: Sequence[str], marks: Marks, *, opened: bool) -> int | None:
    """Where the first stop text begins in the answer of a reply; None if there is none (yet)."""
    start = answer_start(text, marks, opened=opened)
    if start is None:
        return None
    return min((place for item in stop if (place := text.find(item, start)) >= 0), default=None)


def _answer(loaded: LoadedModel, row: list[int], stop: Sequence[str], marks: Marks, *, opened: bool) -> Generation:
    finish: Finish = "length"
    if row and row[-1] == NO_NUMBER:
        made = row[:-1]
        return Generation(str(loaded.tokenizer.decode(made, skip_special_tokens=True)), len(made), "nan", tuple(made))
    for place, token in enumerate(row):
        if token in loaded.eos_ids:
            row, finish = row[: place + 1], "eos"
            break
    text = str(loaded.tokenizer.decode(row, skip_special_tokens=True))
    place = _stop_place(text, stop, marks, opened=opened)
    if place is not None:
        text, finish = text[:place], "stop"
    return Generation(text, len(row), finish, tuple(row))
