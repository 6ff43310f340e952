"""Drafts from a model: paraphrased questions, harder questions, answers from a passage. Nobody has read them yet.

A draft keeps the group, split, topic, license and parents of the record it came from (so a validation record never gives
a training draft), says which model wrote it under which terms and from which prompt, and is always `review: unseen`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tekio.instruct.draft.options import DraftOptions
from tekio.instruct.draft.prompts import NEEDS_PASSAGE, Kind, numbers, prompt, read_draft
from tekio.instruct.formats.rejected import RejectedRecord, RowError
from tekio.instruct.formats.turns import checked
from tekio.instruct.review.items import ReviewItem
from tekio.model_server import Answer, Endpoint, RefusedError, in_order
from tekio.records import ChatMessage, InstructionMeta, InstructionRecord, record_id
from tekio.store import sha256_json

Wish = TypeVar("Wish")
Made = TypeVar("Made")
_Made = tuple[InstructionRecord | RejectedRecord, Answer | None]


@dataclass
class Drafts:
    """The drafts in the order of their records, what could not be used, and how many answers came from the cache."""

    records: list[InstructionRecord] = field(default_factory=list[InstructionRecord])
    rejected: list[RejectedRecord] = field(default_factory=list[RejectedRecord])
    cached: int = 0
    asked: int = 0

    def count(self, made: InstructionRecord | RejectedRecord, answer: Answer | None) -> None:
        """Count the request that gave `made`: none where there was nothing to ask."""
        if answer is not None:
            self.cached += answer.cached
            self.asked += not answer.cached
        elif isinstance(made, RejectedRecord):
            self.asked += made.rejected_by == "refused_by_server"


def draft_records(
    items: Sequence[ReviewItem],
    endpoint: Endpoint,
    options: DraftOptions,
    *,
    advance: Callable[[], None] = lambda: None,
) -> Drafts:
    """Drafts for `items` (records with their passages). Raises `TekioError` when the server fails for good.

    The result depends on the records, the options and the answers only, not on `parallel` or on interruptions.
    """
    result = Drafts()
    wishes = [(item, variant) for item in items for variant in range(1, options.variants + 1)]

    def work(wish: tuple[ReviewItem, int]) -> _Made:
        return _draft(wish[0], wish[1], endpoint, options)

    for made, answer in in_order(work, wishes, options.parallel):
        advance()
        result.count(made, answer)
        if isinstance(made, RejectedRecord):
            result.rejected.append(made)
        else:
            result.records.append(made)
    return result


def _draft(item: ReviewItem, variant: int, endpoint: Endpoint, options: DraftOptions) -> _Made:
    record = item.record
    where = f"{item.key}:{options.kind}:{variant}"
    if options.kind in NEEDS_PASSAGE and not item.passage.strip():
        return RejectedRecord("no_passage", where, {}, record.as_dict()), None
    if sum(message["role"] == "user" for message in record.messages) != 1:
        return RejectedRecord("several_turns", where, {}, record.as_dict()), None
    messages = prompt(options.kind, record, item.passage, variant)
    seed = int(hashlib.sha256(f"{options.seed}\x1f{where}".encode()).hexdigest()[:8], 16) % 2**31
    try:
        answer = endpoint.ask(messages, temperature=options.temperature, max_tokens=options.max_tokens, seed=seed)
    except RefusedError as error:  # this request only: a record too long for the server, mostly
        return RejectedRecord("refused_by_server", where, {"error": error.told}, record.as_dict()), None
    try:
        question, reply = read_draft(answer.text)
        made = _record(item, question, reply, answer, sha256_json(messages), endpoint, options, variant)
        return made, answer
    except (ValueError, RowError) as error:
        reason = error.reason if isinstance(error, RowError) else "unreadable_draft"
        measured = {"error": str(error), "finish": answer.finish, "text": answer.said[:500]}
        return RejectedRecord(reason, where, measured, record.as_dict()), answer


def _record(
    item: ReviewItem,
    question: str,
    reply: str,
    answer: Answer,
    prompt_sha256: str,
    endpoint: Endpoint,
    options: DraftOptions,
    variant: int,
) -> InstructionRecord:
    record = item.record
    if answer.finish == "length":
        raise RowError("cut_off", finish=answer.finish)
    if options.kind == "paraphrase":
        reply = record.output  # the answer is not the model's to change
    if options.kind == "answer":
        question = record.instruction
    same = question == record.instruction and (options.kind != "answer" or reply == record.output)
    if same:
        raise RowError("unchanged")
    messages: list[ChatMessage] = [message for message in record.messages if message["role"] == "system"]
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": reply})
    checked(messages)
    draft: dict[str, Any] = {
        "kind": options.kind,
        "from": record.id,
        "generator": answer.model,
        "asked_model": endpoint.model,
        "prompt_sha256": prompt_sha256,
        "variant": variant,
        "temperature": options.temperature,
        "seed": options.seed,
    }
    meta: InstructionMeta = deepcopy(record.meta)
    meta.review = "unseen"
    meta.input = record.meta.input if options.kind == "answer" else None
    meta.group = record.meta.group or record.id
    meta.extra = {
        "draft": draft,
        "generator_license": options.generator_license,
        **({"passage": item.passage} if item.passage else {}),
        "suggestions": _doubts(reply, question, item, options.kind),
    }
    meta.extra = {name: value for name, value in meta.extra.items() if value}
    return InstructionRecord(record_id(meta.origin, messages, meta.input), messages, meta)


def _doubts(reply: str, question: str, item: ReviewItem, kind: Kind) -> list[dict[str, Any]]:
    """What the reviewer should look at: that a model wrote it, and numbers that neither passage nor record has."""
    known = numbers(item.passage) | numbers(item.record.instruction) | numbers(item.record.output)
    known |= numbers(item.record.meta.input or "")
    new = sorted((numbers(reply) | numbers(question)) - known)
    doubts: list[dict[str, Any]] = [{"rule": "drafted", "found": [], "why": kind}]
    if new:
        doubts.append({"rule": "new_numbers", "found": new, "why": "neither the passage nor the record has them"})
    return doubts
