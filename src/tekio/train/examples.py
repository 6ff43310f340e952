"""Documents and instruction records as token ids with their loss flags.

Every text starts with the tokenizer's own beginning; a tokenizer without one gets the EOS as context, so the first
character of a document is predicted too. Every document and every answer ends in an EOS that is learned, whatever the
padding token is: flags say what is a target, padding is never compared by its id.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (tokenizers have no complete type information)

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, tee
from typing import Any, Literal

from tekio.model.generate import encode_prompt
from tekio.model.templates import CHAT, Segment, render_conversation
from tekio.records import InstructionRecord
from tekio.train.packing import Example, TokenCount

ENCODE_BATCH = 256


def document_examples(tokenizer: Any, texts: Iterable[str], *, end: bool = True) -> Iterator[Example]:
    """Documents as examples: all tokens are targets. end: with an EOS (training) or without (measuring held-out text)."""
    iterator = iter(texts)
    while batch := list(islice(iterator, ENCODE_BATCH)):
        encoded = tokenizer(batch, add_special_tokens=False, verbose=False)["input_ids"]
        for text, ids in zip(batch, encoded, strict=True):
            tokens = [*start_ids(tokenizer), *ids]
            if end and tokenizer.eos_token_id is not None:
                tokens.append(tokenizer.eos_token_id)
            yield Example(tokens, None, len(text))


def sourced_examples(tokenizer: Any, documents: Iterable[tuple[str, str]]) -> Iterator[Example]:
    """Training documents, given as (source, text), as examples that know their source."""
    named, texts = tee(documents)
    examples = document_examples(tokenizer, (text for _, text in texts))
    for (source, _), example in zip(named, examples, strict=True):
        yield replace(example, source=source)


def start_ids(tokenizer: Any) -> list[int]:
    """What stands before a document: what the tokenizer itself puts there, else its EOS as context, as between documents.

    A BOS that a tokenizer has and does not add is no beginning its model knows: SmolLM2's is the mark of a chat turn.
    """
    first = tokenizer("", add_special_tokens=True)["input_ids"][:1]
    if first and first[0] != tokenizer.eos_token_id:
        return list(first)
    start = tokenizer.eos_token_id if tokenizer.eos_token_id is not None else tokenizer.bos_token_id
    return [] if start is None else [start]


def record_examples(
    tokenizer: Any,
    records: Iterable[InstructionRecord],
    *,
    template: str,
    width: int,
    loss_on: Literal["response", "all"],
    truncated: Literal["drop", "cut"],
    dropped: TokenCount,
) -> Iterator[Example]:
    """Instruction records as examples of at most `width` tokens; what is dropped is counted in `dropped`.

    A record longer than `width` is dropped, or cut at the end and left without EOS, so that the model does not learn to
    stop in the middle. A record whose cut leaves no target is dropped in either case.
    """
    for record in records:
        example = encode_record(tokenizer, record, template=template, loss_on=loss_on)
        if example is None:  # no answer: there is nothing to learn
            dropped.texts_dropped += 1
            continue
        if len(example.ids) > width:
            kept = cut_example(example, width) if truncated == "cut" else None
            if kept is None:
                _count_dropped(dropped, len(example.ids))
                continue
            lost = len(example.ids) - width
            dropped.into += lost
            dropped.dropped += lost
            dropped.texts_cut += 1
            example = kept
        yield example


def cut_example(example: Example, width: int) -> Example | None:
    """The first `width` tokens, or None if no target is among them."""
    flags = list(example.learned or [])[:width]
    if not any(flags[1:]):
        return None
    share = sum(flags) / max(1, sum(example.learned or []))
    return Example(list(example.ids)[:width], flags, round(example.characters * share))


def _count_dropped(count: TokenCount, tokens: int) -> None:
    count.into += tokens
    count.dropped += tokens
    count.texts_dropped += 1


def encode_record(
    tokenizer: Any, record: InstructionRecord, *, template: str, loss_on: Literal["response", "all"] = "response"
) -> Example | None:
    """One record as token ids and flags; None when it has no answer."""
    messages = [{"role": str(turn["role"]), "content": turn["content"]} for turn in record.messages]
    segments = render_conversation(template, messages, record.meta.input, tokenizer=tokenizer)
    if not any(segment.learned and segment.text for segment in segments):
        return None
    return encode_segments(tokenizer, segments, loss_on=loss_on, own_end=template != CHAT)


def encode_segments(
    tokenizer: Any, segments: Sequence[Segment], *, loss_on: Literal["response", "all"], own_end: bool
) -> Example:
    """Segments (prompt, answer, prompt, answer, ...) as one token sequence.

    A prompt and its answer are encoded together and the flags follow from character offsets, as the model is asked.
    Where a token would span the border between them, or the prompt's own tokens would differ from those at inference
    (`encode_prompt`), the two are encoded apart, so that no first character of an answer hides in a prompt token.
    own_end: put an EOS after each answer (a chat template writes its own end of turn; there an EOS is added only if the
    text does not close with a special token).
    """
    ids: list[int] = []
    learned: list[bool] = []
    characters = 0
    for number in range(0, len(segments) - 1, 2):
        prompt, answer = segments[number], segments[number + 1]
        before, after = _encode_pair(tokenizer, prompt.text, answer.text, first=number == 0)
        if tokenizer.eos_token_id is not None and (own_end or (answer.ends and not _closes(tokenizer, after))):
            after.append(tokenizer.eos_token_id)
        ids += before + after
        learned += [loss_on == "all"] * len(before) + [True] * len(after)
        characters += len(answer.text) + (len(prompt.text) if loss_on == "all" else 0)
    return Example(ids, learned, characters)


def _encode_pair(tokenizer: Any, prompt: str, answer: str, *, first: bool) -> tuple[list[int], list[int]]:
    alone = encode_prompt(tokenizer, prompt) if first else _plain(tokenizer, prompt)
    special = first and not (tokenizer.bos_token and prompt.startswith(tokenizer.bos_token))
    both = tokenizer(prompt + answer, add_special_tokens=special, return_offsets_mapping=True, verbose=False)
    tokens: list[int] = list(both["input_ids"])
    offsets: list[tuple[int, int]] = list(both["offset_mapping"])
    size = len(alone)
    starts_answer = size < len(tokens) and offsets[size][0] >= len(prompt)
    if tokens[:size] == alone and starts_answer and (not size or offsets[size - 1][1] <= len(prompt)):
        after = tokens[size:]
        if special and after and after[-1] == tokenizer.eos_token_id and offsets[-1][0] == offsets[-1][1]:
            after.pop()  # a tokenizer that closes every text itself; the caller decides about the end
        return alone, after
    return alone, _plain(tokenizer, answer)


def _plain(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])


def _closes(tokenizer: Any, tokens: Sequence[int]) -> bool:
    """Whether the answer already ends in a special token (`<|im_end|>`, perhaps with a line end after it) or the EOS."""
    special = set(tokenizer.all_special_ids)
    return any(token in special for token in tokens[-2:])
