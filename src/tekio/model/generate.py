"""Text generation for comparison and evaluation: greedy by default, batched by length, EOS respected."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportUntypedBaseClass=false
# (torch and transformers have no complete type information)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tekio.artifacts.answers import Finish
from tekio.model.load import LoadedModel
from tekio.model.reasoning import CLOSE, OPEN, answer_start

BATCH_TOKENS = 16_384


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
    keeps its end. stop: texts that end an answer; they are cut off. An answer ends at any of `loaded.eos_ids`.
    """
    encoded = [encode_prompt(loaded.tokenizer, prompt) for prompt in prompts]
    if loaded.context_length:
        room = max(1, loaded.context_length - max_new_tokens)
        encoded = [ids[-room:] for ids in encoded]
    fallback = loaded.tokenizer.bos_token_id if loaded.tokenizer.bos_token_id is not None else loaded.eos_ids[0]
    encoded = [ids or [fallback] for ids in encoded]
    results: dict[int, Generation] = {}
    order = sorted(range(len(prompts)), key=lambda number: (-len(encoded[number]), number))
    start = 0
    while start < len(order):
        longest = len(encoded[order[start]]) + max_new_tokens
        chosen = order[start : start + max(1, BATCH_TOKENS // longest)]
        rows = generate_ids(
            loaded,
            [encoded[number] for number in chosen],
            max_new_tokens=max_new_tokens,
            stop=stop,
            sampling=sampling,
        )
        results.update(zip(chosen, rows, strict=True))
        start += len(chosen)
    return [results[number] for number in range(len(prompts))]


def generate_ids(
    loaded: LoadedModel,
    rows: list[list[int]],
    *,
    max_new_tokens: int,
    stop: Sequence[str] = (),
    sampling: Sampling | None = None,
    marks: tuple[str, str] = (OPEN, CLOSE),
    opened: bool = False,
) -> list[Generation]:
    """Continue prompts given as token ids, all in one batch (evaluation decides about BOS itself).

    marks: what stands around reasoning. No stop text is looked for in it, nor in line ends before the answer. opened: the
    prompts end with the opening mark, as some chat templates write it.
    """
    import torch
    from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

    width = max(len(row) for row in rows)
    padding = loaded.eos_ids[0] if loaded.eos_ids else 0
    ids = torch.full((len(rows), width), padding, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, width - len(row) :] = torch.tensor(row)
        mask[number, width - len(row) :] = 1

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
        )
    return [_answer(loaded, row, stop, marks, opened=opened) for row in produced[:, width:].tolist()]


def _stop_place(text: str, stop: Sequence[str], marks: tuple[str, str], *, opened: bool) -> int | None:
    """Where the first stop text begins in the answer of a reply; None if there is none (yet)."""
    start = answer_start(text, *marks, opened=opened)
    if start is None:
        return None
    return min((place for item in stop if (place := text.find(item, start)) >= 0), default=None)


def _answer(
    loaded: LoadedModel, row: list[int], stop: Sequence[str], marks: tuple[str, str], *, opened: bool
) -> Generation:
    finish: Finish = "length"
    for place, token in enumerate(row):
        if token in loaded.eos_ids:
            row, finish = row[: place + 1], "eos"
            break
    text = str(loaded.tokenizer.decode(row, skip_special_tokens=True))
    place = _stop_place(text, stop, marks, opened=opened)
    if place is not None:
        text, finish = text[:place], "stop"
    return Generation(text, len(row), finish, tuple(row))
