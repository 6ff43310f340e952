"""A model's own answers to the questions of records, made before it is tuned: asked greedily (the model itself, or a model server),
checked, kept, counted.

Questions are asked in fixed groups, each kept in a file of its own, so that an interrupted run goes on with the next group and
gives the same answers; under `torchrun` every process asks its share of the groups.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (torch and transformers have no complete type information)

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.artifacts.training import OwnAnswers
from tekio.contamination.training_text import trained_text
from tekio.hashes import input_hash
from tekio.instruct.candidate import Row
from tekio.instruct.preferences.build import items_to_keep_out
from tekio.instruct.screen.personal import record_key
from tekio.instruct.screen.rules import screen_rows
from tekio.model.generate import encode_prompt, generate
from tekio.model.load import choose_device, load_model, model_folder
from tekio.model.special_marks import special_marks
from tekio.model.templates import CHAT, get_template, render_question
from tekio.model_server import Endpoint, RefusedError, in_order
from tekio.progress import Progress
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.model_server import ModelServerConfig
from tekio.records import ChatMessage, InstructionRecord, record_id
from tekio.store import (
    Input,
    is_planning,
    read_json,
    require_replaceable,
    sha256_file,
    sha256_json,
    write_json,
    write_jsonl,
)
from tekio.text.personal_data.pseudonyms import PseudonymKey, key_input
from tekio.text.reasoning import split_reasoning
from tekio.train.process_group import join_world, local_device

GROUP = 32
"""Questions answered together, whatever was interrupted: the last bits of a batch depend on who is in it."""
ENDED = ("eos", "stop")


@dataclass(frozen=True)
class Question:
    """What the model is asked, and the record whose answer it would be. messages: the last one is a user's."""

    record: InstructionRecord
    messages: list[ChatMessage]
    input: str | None


@dataclass(frozen=True)
class Reply:
    """finish: as `Generation` or a server has it, `no_room` where the question leaves none for an answer and was not asked, `refused` where
    a server does not answer it.
    """

    text: str
    finish: str


Answerer = Callable[[Sequence[Question]], list[Reply]]
"""Answers a group of questions, in order."""


@dataclass(frozen=True)
class Asking:
    """The model that is asked, and what its answers must pass: the checks of records, and no test item in them.

    key: of pseudonyms, where any are made. inputs: what else decides the stage; about: kept with every answer.
    """

    model: Path
    screen: ScreenConfig
    key: PseudonymKey | None
    about: dict[str, Any]
    inputs: list[Input] = field(default_factory=list[Input])


def asking_of(screen: ScreenConfig, model: Path, out: Path, sha256: str) -> Asking:
    """screen: the checks of records; marks of the model itself are looked for too. out: the stage folder; sha256: of the model."""
    if not is_planning():
        require_replaceable("tune", out)  # before a key is made beside the recipe
    key = record_key(screen.personal_data) if "personal_data" not in screen.off else None
    folder = model_folder(model)
    screen = screen.model_copy(update={"special_tokens": sorted({*screen.special_tokens, *special_marks(folder)})})
    plain = screen.plain() | {"personal_data": screen.personal_data.without_place()}
    inputs = [Input("screen", sha256_json(plain), "file")]
    inputs += [
        Input(f"contamination:{path.written}", sha256_json([input_hash(file) for file in path.files()]), "folder")
        for path in screen.contamination.items
    ]
    inputs += [] if key is None else [key_input(key)]
    return Asking(model, screen, key, {"model": sha256}, inputs)


def question_of(record: InstructionRecord) -> Question:
    """The record up to its last answer."""
    last = max((place for place, turn in enumerate(record.messages) if turn["role"] == "assistant"), default=0)
    return Question(record, list(record.messages[:last]), record.meta.input)


def ask(questions: Sequence[Question], answerer: Callable[[], Answerer], *, place: Path, label: str) -> list[Reply]:
    """What is answered to the questions, in order. answerer: makes what answers, where anything is left to ask.

    place: folder of the groups that are done.
    """
    world = join_world()
    place.mkdir(parents=True, exist_ok=True)
    files = [place / f"{start:08d}.json" for start in range(0, len(questions), GROUP)]
    todo = [number for number, file in enumerate(files) if not file.is_file()]
    mine = [number for number in todo if number % world.size == world.rank]
    if mine:
        answer = answerer()
        groups = {number: questions[number * GROUP : (number + 1) * GROUP] for number in mine}
        with Progress(label, sum(len(group) for group in groups.values()), quiet=not world.first) as progress:
            for number, group in groups.items():
                write_json(files[number], [[reply.text, reply.finish] for reply in answer(group)])
                progress.advance(len(group))
        del answer
        _free_memory()
    world.barrier()
    return [Reply(str(text), str(finish)) for file in files for text, finish in read_json(file)]


def the_model(model: Path, *, template: str, max_tokens: int) -> Answerer:
    """The model's greedy answers. model: a model or adapter folder; template: how it is asked where it has no chat template of its own."""
    loaded = load_model(model, device=local_device(choose_device("auto")))
    own = CHAT if isinstance(getattr(loaded.tokenizer, "chat_template", None), str) else template
    stop = () if own == CHAT else get_template(own).stop
    room = None if loaded.context_length is None else loaded.context_length - max_tokens

    def answer(group: Sequence[Question]) -> list[Reply]:
        asked = [_rendered(own, one, loaded.tokenizer) for one in group]
        fits = [room is None or len(encode_prompt(loaded.tokenizer, text)) <= room for text in asked]
        fitting = [text for text, fit in zip(asked, fits, strict=True) if fit]
        found = iter(generate(loaded, fitting, max_new_tokens=max_tokens, stop=stop))
        replies = [next(found) if fit else None for fit in fits]
        return [Reply("", "no_room") if one is None else Reply(one.text, one.finish) for one in replies]

    return answer


def the_server(server: ModelServerConfig, cache: Path, *, max_tokens: int) -> Answerer:
    """Greedy answers of a model server. cache: folder of what it said, so that it is asked nothing twice.

    Raises `TekioError` where it cannot be reached; a question that it refuses gets a reply that says so.
    """
    endpoint = Endpoint(server.url, server.model, cache, timeout=server.timeout)
    cache.mkdir(parents=True, exist_ok=True)
    endpoint.check()

    def one(question: Question) -> Reply:
        messages = [{"role": str(turn["role"]), "content": turn["content"]} for turn in question.messages]
        try:
            said = endpoint.ask(messages, temperature=0.0, max_tokens=max_tokens, seed=0)
        except RefusedError:
            return Reply("", "refused")
        return Reply(said.text, said.finish or "stop")

    return lambda group: list(in_order(one, group, server.parallel))


def _rendered(template: str, question: Question, tokenizer: Any) -> str:
    messages = [{"role": str(turn["role"]), "content": turn["content"]} for turn in question.messages]
    return render_question(template, messages, question.input, tokenizer=tokenizer)


def _free_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def answered_rows(questions: Sequence[Question], replies: Sequence[Reply], about: dict[str, Any]) -> list[Row]:
    """The questions' records with the model's answers instead of their own, in order; rejected where there is none.

    about: what is kept of the asking with every record, in `meta.extra.own_answer`.
    """
    return [_row(question, reply, about) for question, reply in zip(questions, replies, strict=True)]


def _row(question: Question, reply: Reply, about: dict[str, Any]) -> Row:
    record, split = question.record, split_reasoning(reply.text)
    answer = split.answer.strip()
    place = len(question.messages)
    messages: list[ChatMessage] = [*record.messages[:place], {"role": "assistant", "content": answer}]
    meta = deepcopy(record.meta)
    meta.review, meta.group = "unseen", meta.group or record.id
    meta.extra = {**meta.extra, "own_answer": {"from": record.id, **about}}
    row = Row(InstructionRecord(record_id(meta.origin, messages, meta.input), messages, meta))
    if reply.finish not in ENDED:
        row.reject({"length": "cut_off"}.get(reply.finish, reply.finish), {"finish": reply.finish})
    elif not split.closed:
        row.reject("reasoning_only")
    elif not answer:
        row.reject("empty_answer")
    return row


def check_rows(rows: Sequence[Row], asking: Asking) -> None:
    """Reject own answers that no record may have: loops, another language, marks of templates, personal data, test items."""
    screen_rows(rows, asking.screen, asking.key)
    index = items_to_keep_out(asking.screen)
    alive = [row for row in rows if row.alive]
    if index is None or not alive:
        return
    texts = [trained_text(row.record.messages, row.record.meta.input) for row in alive]
    for number, measured in index.check(texts).items():
        alive[number].reject("contaminated", measured)


def keep_answers(file: Path, records: Iterable[InstructionRecord], rows: Sequence[Row]) -> Counter[str]:
    """Keep the records that are trained in `file`, and answers that are not used in `NAME.rejected.jsonl` beside it. Returns how
    many of these there are, by reason.
    """
    lost = [row for row in rows if not row.alive]
    write_jsonl(file, [record.as_dict() for record in records])
    lines = [{**row.record.as_dict(), "rejected_by": row.rejected_by, "measured": row.measured} for row in lost]
    write_jsonl(file.with_name(f"{file.stem}.rejected.jsonl"), lines)
    return Counter(str(row.rejected_by) for row in lost)


def write_answers(file: Path, records: Iterable[InstructionRecord], rows: Sequence[Row], max_tokens: int) -> OwnAnswers:
    """`keep_answers` of the model's own answers, with what is said of them."""
    rejected = keep_answers(file, records, rows)
    return OwnAnswers(
        questions=len(rows),
        kept=len(rows) - rejected.total(),
        rejected=dict(sorted(rejected.items())),
        max_tokens=max_tokens,
        file=file.name,
        sha256=sha256_file(file),
    )
