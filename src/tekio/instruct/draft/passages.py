"""Whole pairs from bare documents: a passage of a document table goes in, a question with its answer comes out as a draft.

The passage is the evidence and stays with the draft. A draft whose question or answer has a number that the passage does
not have is rejected with that number; everything else is for a person to judge (`review: unseen`).
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.documents import read_documents
from tekio.errors import TekioError, Text
from tekio.instruct.draft.draft import Drafts
from tekio.instruct.draft.options import DraftOptions
from tekio.instruct.draft.prompts import numbers, passage_prompt, read_draft
from tekio.instruct.formats.rejected import RejectedRecord, RowError
from tekio.instruct.formats.turns import checked
from tekio.model_server import Answer, Endpoint, RefusedError, in_order
from tekio.records import ChatMessage, InstructionMeta, InstructionRecord, record_id
from tekio.store import sha256_json

LEAST, MOST = 80, 1200
"""Characters of a passage: below, it says too little for a question; above, answers stop being about one thing."""
_COLUMNS = ("id", "text", "source", "uri", "title", "as_of", "license", "group")
_SENTENCE_END = re.compile(r"(?<=[。．！？])|\n")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, by its number in it, with what a draft must carry on."""

    document: str
    number: int
    text: str
    source: str
    title: str
    as_of: str | None
    license: str
    group: str

    @property
    def key(self) -> str:
        return f"{self.document}#{self.number}"


def split_passages(text: str) -> list[str]:
    """A text in pieces of at most `MOST` characters, cut between paragraphs or, where these are longer, sentences."""
    pieces: list[str] = []
    waiting = ""
    for paragraph in text.split("\n"):
        parts = [paragraph] if len(paragraph) <= MOST else _SENTENCE_END.split(paragraph)
        for number, part in enumerate(parts):
            for start in range(0, len(part), MOST):
                piece = part[start : start + MOST]
                if waiting and len(waiting) + len(piece) + 1 > MOST:
                    pieces.append(waiting)
                    waiting = ""
                waiting += ("\n" if waiting and number == 0 and start == 0 else "") + piece
    return [piece.strip() for piece in [*pieces, waiting] if len(piece.strip()) >= LEAST]


def read_passages(folder: Path) -> Iterator[Passage]:
    """The passages of a document table, in its order. Raises `TekioError` when `folder` is none."""
    for row in read_documents(folder, _COLUMNS):
        for number, text in enumerate(split_passages(row["text"])):
            yield Passage(
                row["id"],
                number,
                text,
                row["source"],
                row["title"] or "",
                row["as_of"],
                row["license"],
                row["group"] or row["id"],
            )


def choose_passages(folder: Path, limit: int, seed: int) -> list[Passage]:
    """A seeded sample of `limit` passages in the order of the table: each draws a number of its own, the smallest stay."""

    def drawn(item: tuple[int, Passage]) -> tuple[bytes, int]:
        content = f"passage\x1f{seed}\x1f{item[1].key}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(content).digest(), item[0]

    chosen = heapq.nsmallest(limit, enumerate(read_passages(folder)), key=drawn)
    if not chosen:
        raise TekioError(
            Text("No document is long enough for a passage.", "下書きに使える長さの文書がありません。"),
            where=folder,
            why=f"{LEAST} characters",
        )
    return [passage for _, passage in sorted(chosen, key=lambda item: item[0])]


def draft_pairs(
    passages: Sequence[Passage],
    endpoint: Endpoint,
    options: DraftOptions,
    *,
    advance: Callable[[], None] = lambda: None,
) -> Drafts:
    """One draft for each passage and variant. Raises `TekioError` when the server fails for good.

    The result depends on the passages, the options and the answers only, not on `parallel` or on interruptions.
    """
    result = Drafts()
    wishes = [(passage, variant) for passage in passages for variant in range(1, options.variants + 1)]

    def work(wish: tuple[Passage, int]) -> tuple[InstructionRecord | RejectedRecord, Answer | None]:
        return _draft(wish[0], wish[1], endpoint, options)

    seen: set[str] = set()
    for made, answer in in_order(work, wishes, options.parallel):
        advance()
        result.count(made, answer)
        if isinstance(made, InstructionRecord) and made.id in seen:
            made = RejectedRecord("same_draft_again", made.meta.parents[0], {}, made.as_dict())
        if isinstance(made, RejectedRecord):
            result.rejected.append(made)
        else:
            seen.add(made.id)
            result.records.append(made)
    return result


def _draft(
    passage: Passage, variant: int, endpoint: Endpoint, options: DraftOptions
) -> tuple[InstructionRecord | RejectedRecord, Answer | None]:
    where = f"{passage.key}:pair:{variant}"
    messages = passage_prompt(passage.text, passage.title, variant)
    seed = int(hashlib.sha256(f"{options.seed}\x1f{where}".encode()).hexdigest()[:8], 16) % 2**31
    row = {"document": passage.document, "passage": passage.text}
    try:
        answer = endpoint.ask(messages, temperature=options.temperature, max_tokens=options.max_tokens, seed=seed)
    except RefusedError as error:  # this request only: a passage too long for the server, mostly
        return RejectedRecord("refused_by_server", where, {"error": error.told}, row), None
    try:
        question, reply = read_draft(answer.text)
        if answer.finish == "length":
            raise RowError("cut_off", finish=answer.finish)
        known = numbers(passage.text) | numbers(passage.title)
        new = sorted((numbers(question) | numbers(reply)) - known)
        if new:
            raise RowError("not_in_the_passage", numbers=new)
        return _record(passage, question, reply, answer, sha256_json(messages), endpoint, options, variant), answer
    except (ValueError, RowError) as error:
        reason = error.reason if isinstance(error, RowError) else "unreadable_draft"
        measured: dict[str, Any] = {"finish": answer.finish, "text": answer.said[:500]}
        measured |= error.measured if isinstance(error, RowError) else {"error": str(error)}
        return RejectedRecord(reason, where, measured, row), answer


def _record(
    passage: Passage,
    question: str,
    reply: str,
    answer: Answer,
    prompt_sha256: str,
    endpoint: Endpoint,
    options: DraftOptions,
    variant: int,
) -> InstructionRecord:
    messages: list[ChatMessage] = [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]
    checked(messages)
    draft: dict[str, Any] = {
        "kind": "pair",
        "from": passage.key,
        "generator": answer.model,
        "asked_model": endpoint.model,
        "prompt_sha256": prompt_sha256,
        "variant": variant,
        "temperature": options.temperature,
        "seed": options.seed,
    }
    meta = InstructionMeta(
        task="drafted-pair",
        origin=passage.source,
        license=passage.license,
        topic=passage.title or None,
        parents=[passage.document],
        as_of=passage.as_of,
        group=f"{passage.source}:{passage.group}",
        extra={
            "draft": draft,
            "generator_license": options.generator_license,
            "passage": passage.text,
            "suggestions": [{"rule": "drafted", "found": [], "why": "question and answer, from the passage"}],
        },
    )
    return InstructionRecord(record_id(meta.origin, messages, meta.input), messages, meta)
