"""Rows of a review or a preference set as candidates for pairs.

From a review (`tekio review`, docs/review.md): an edited answer is preferred to what stood there before, and an accepted or
edited answer to every draft of the same question that was rejected for what it said. From preference sets: rows with `chosen`
and `rejected` (TRL, LLaMA-Factory, UltraFeedback).
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tekio.instruct.candidate import Row, broken_row
from tekio.instruct.formats.parse import Source, parse_row
from tekio.instruct.formats.read import data_files, license_in_readme
from tekio.instruct.formats.rejected import RejectedRecord, RowError
from tekio.instruct.formats.rows import read_rows
from tekio.instruct.formats.turns import checked, messages_of, text_of, turn
from tekio.instruct.preferences.pair import Pair, question_of
from tekio.recipe.prefer import PairsConfig
from tekio.records import ChatMessage, InstructionMeta, InstructionRecord, record_id
from tekio.visible import name_below

ABOUT_THE_ANSWER = {"wrong", "outdated", "incomplete", "other", "none given"}
"""Reasons of a review that speak of the answer. One rejected for its question, for personal data or as a duplicate is no worse answer."""
REJECTED_SUFFIX = ".rejected.jsonl"
PROMPTS = ("prompt", "instruction", "question", "conversations", "messages")


@dataclass
class ReadRow:
    """A row of a source. reason: why it gave no pair, so far."""

    row: Row
    reason: tuple[str, Any] | None = None


@dataclass
class Candidate:
    """A pair that may be, the rows it is of, and its two answers as rows that are screened."""

    rows: list[ReadRow]
    pair: Pair
    chosen: Row = field(init=False)
    other: Row = field(init=False)

    def __post_init__(self) -> None:
        self.chosen = Row(deepcopy(self.pair.record))
        self.other = Row(deepcopy(self.pair.other))

    def fail(self, reason: str, measured: Any = None) -> None:
        """Reject the pair; the first reason stays."""
        self.chosen.reject(reason, measured)

    @property
    def alive(self) -> bool:
        return self.chosen.alive and self.other.alive

    @property
    def reason(self) -> tuple[str, Any]:
        """Why it is none."""
        failed = self.chosen if not self.chosen.alive else self.other
        return str(failed.rejected_by), failed.measured

    def made(self) -> Pair:
        """The pair as it was left by the screens (pseudonyms, rewritten words)."""
        if "contaminated" in self.chosen.flags:  # test items are to be marked, not left out (docs/instruct.md)
            extra = self.chosen.record.meta.extra
            extra["flags"] = sorted({*extra.get("flags", []), "contaminated"})
        return Pair(self.chosen.record, self.other.record.output, self.pair.rejected_id, self.pair.why)


def pair_files(source: PairsConfig) -> list[Path]:
    """The files of a source, and those of rejected records beside them. Raises `TekioError` when there is none.

    An optional source without files has none.
    """
    if source.optional and not source.path.exists:
        return []
    files = data_files(source.path.path) if source.path.path.is_dir() else source.path.files()
    beside = [file.with_name(file.name.removesuffix(".jsonl") + REJECTED_SUFFIX) for file in files]
    return list(dict.fromkeys([*files, *(file for file in beside if file.is_file())]))


def candidates_of(source: PairsConfig) -> tuple[list[ReadRow], list[Candidate]]:
    """All rows of a source, and the pairs they may make."""
    rows: list[ReadRow] = []
    candidates: list[Candidate] = []
    good: dict[str, list[ReadRow]] = {}
    drafts: list[tuple[ReadRow, str]] = []
    root = source.path.root()
    for file in pair_files(source):
        uri = name_below(root, file)
        stated = license_in_readme(file.parent, root)
        known = Source(source.name, license=stated if source.license == "unknown" and stated else source.license)
        for item in read_rows(file, uri):
            if isinstance(item, RejectedRecord):
                rows.append(
                    ReadRow(broken_row(source.name, known.license, item.where, item.rejected_by, item.measured))
                )
                rows[-1].reason = (item.rejected_by, item.measured)
                continue
            try:
                if "chosen" in item.row and "rejected" in item.row:
                    pair = preference(item.row, known, item.where)
                    rows.append(ReadRow(Row(pair.record)))
                    candidates.append(Candidate([rows[-1]], pair))
                    continue
                record = parse_row(item.row, "auto", known)
            except RowError as problem:
                rows.append(
                    ReadRow(broken_row(source.name, known.license, item.where, problem.reason, problem.measured))
                )
                rows[-1].reason = (problem.reason, problem.measured)
                continue
            read = ReadRow(Row(record))
            rows.append(read)
            if item.row.get("rejected_by") == "review" or record.meta.review == "rejected":
                drafts.append((read, _why(item.row)))
            elif record.meta.review in ("accepted", "edited"):
                good.setdefault(question_of(record), []).append(read)
                candidates += _of_edit(read)
            else:
                read.reason = ("not_decided", None)
    for read, why in drafts:
        better = good.get(question_of(read.row.record), [])
        if why not in ABOUT_THE_ANSWER:
            read.reason = ("rejected_for_its_question", why)
        elif not better:
            read.reason = ("no_accepted_answer", None)
        for one in better if why in ABOUT_THE_ANSWER else []:
            draft = read.row.record
            pair = Pair(one.row.record, draft.output, draft.id, why)
            candidates.append(Candidate([one, read], pair))
    return rows, candidates


def _of_edit(read: ReadRow) -> Iterator[Candidate]:
    """The pair of an edited answer: what stands there now, and what stood there before."""
    record = read.row.record
    trail: Any = record.meta.extra.get("review")
    before: Any = cast("dict[str, Any]", trail).get("before") if isinstance(trail, dict) else None
    if record.meta.review != "edited" or not isinstance(before, dict):
        return
    old = cast("dict[str, Any]", before)
    try:
        messages = checked(messages_of(old.get("messages")))
    except RowError as problem:
        read.reason = (problem.reason, problem.measured)
        return
    earlier = InstructionRecord(record.id, messages, InstructionMeta("", "", "", input=old.get("input")))
    if question_of(earlier) != question_of(record):
        read.reason = ("question_edited_too", None)  # the old answer was to another question
        return
    yield Candidate([read], Pair(record, earlier.output, record.id, "edited"))


def _why(row: dict[str, Any]) -> str:
    measured = row.get("measured")
    reason = cast("dict[str, Any]", measured).get("reason") if isinstance(measured, dict) else None
    return str(reason) if reason else "none given"


def preference(row: dict[str, Any], source: Source, where: str) -> Pair:
    """The pair of a row with `chosen` and `rejected`. Raises `RowError` for one that is none.

    The question stands in `prompt` (text or messages), `instruction` and `input`, `question`, `conversations` or `messages`, or
    is what two whole conversations begin with. An answer is a text, a message, or messages.
    """
    name = next((name for name in PROMPTS if row.get(name)), None)
    prompt = _turns(row[name], "user") if name else []
    answers = [_turns(row[side], "assistant") for side in ("chosen", "rejected")]
    if all(turns and turns[0]["role"] != "assistant" for turns in answers):  # whole conversations
        shared = 0
        while shared < min(map(len, answers)) - 1 and answers[0][shared] == answers[1][shared]:
            shared += 1
        if prompt and [turn["role"] for turn in answers[0][:shared]][-1:] != ["user"]:
            raise RowError("turn_order", shared=shared)
        prompt = answers[0][:shared]
        answers = [turns[shared:] for turns in answers]
    if not prompt:
        raise RowError("empty_instruction")
    if any([turn["role"] for turn in turns] != ["assistant"] for turns in answers):
        raise RowError("turn_order", turns=[turn["role"] for turn in answers[0]][:8])
    system = row.get("system")
    if isinstance(system, str) and system.strip() and prompt[0]["role"] != "system":
        prompt = [ChatMessage(role="system", content=system), *prompt]
    given = row.get("input") if name == "instruction" else None
    meta = InstructionMeta(
        task="preference",
        origin=source.origin,
        license=source.license,
        parents=[where],
        input=given if isinstance(given, str) and given.strip() else None,
        extra={"place": where},
    )
    messages = checked([*prompt, *answers[0]])
    checked([*prompt, *answers[1]])
    meta.group = record_id("", prompt, meta.input)  # all answers to one question stay on one side of the split
    record = InstructionRecord(record_id(source.origin, [*messages, *answers[1]], meta.input), messages, meta)
    return Pair(record, answers[1][0]["content"])


def _turns(value: Any, role: str) -> list[ChatMessage]:
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list) and value:
        first: Any = cast("list[Any]", value)[0]
        keys = ("from", "value") if isinstance(first, dict) and "from" in first else ("role", "content")
        return messages_of(value, *keys)
    return [turn(role, text_of(value))]
