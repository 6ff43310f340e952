"""Answers of records told again by the model that is about to be tuned, so that it learns the content and keeps its own way of speaking.

Self-distillation fine-tuning (arXiv 2402.13669): the model is shown the question with the record's answer and answers in its own
words. A rewritten answer is trained only where it says what the record says; elsewhere the record stays as it was, and is counted.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from tekio.artifacts.training import RewrittenAnswers
from tekio.errors import NothingError, Text
from tekio.instruct.candidate import Row
from tekio.knowledge.facts import facts_of
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.progress import remark
from tekio.recipe.train import RewriteConfig, TuneConfig
from tekio.records import ChatMessage, InstructionRecord, read_records
from tekio.reject_reasons import counted_words
from tekio.store import Workspace, sha256_file
from tekio.train.own_answers import (
    Asking,
    Question,
    Reply,
    answered_rows,
    ask,
    check_rows,
    keep_answers,
    question_of,
    the_model,
    the_server,
)
from tekio.train.process_group import join_world
from tekio.train.record_sources import ByStage

REWRITTEN = "rewritten.jsonl"

_ASKED_JA = (
    "次の<質問>には<参考回答>があります。参考回答の内容を自分の言葉で述べ直し、質問に答えてください。"
    "参考回答にない事実や数値を加えず、参考回答にある数値や日付を落とさないでください。回答だけを書いてください。"
)
_ASKED_EN = (
    "The <question> below has a <reference>. Answer the question in your own words, with the content of the reference. Add no fact "
    "or figure that it does not have, and leave none of its figures and dates out. Write the answer only."
)
_JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-鿿]")
_OF_THE_TASK = re.compile(r"参考回答|</?(?:質問|question|reference)>|\breference (?:answer|text)\b", re.IGNORECASE)
_FORM = re.compile(r"```|^\s*\|.*\|\s*$|<table", re.MULTILINE | re.IGNORECASE)
_MUST_STAY = ("number", "date", "article")
_MOST_MEASURED = 5
_CONTENT = re.compile(r"[一-鿿々]{2,}|[ァ-ヴー]{2,}|[A-Za-z]{4,}")
_LEAST_KEPT = 0.5
_LONGEST, _SHORTEST = 3.0, 1 / 3
"""Of the record's answer, in characters."""


def rewritten_records(
    space: Workspace, config: TuneConfig, rewrite: RewriteConfig, records: ByStage, asking: Asking
) -> tuple[ByStage, RewrittenAnswers | None]:
    """The records with the model's wording of their last answers where that passed, by stage, and what became of all of them.

    All are kept in `rewritten.jsonl`; rewritten answers that are not used in `rewritten.rejected.jsonl`, with the reason. The facts
    are known to the first process only. Raises `NothingError` when no rewritten answer passes.
    """
    world, file = join_world(), space.path / REWRITTEN
    every = [record for found in records.values() for record in found]
    stay = [reason_to_stay(record, rewrite) for record in every]
    questions = [rewriting_question(record) for record, reason in zip(every, stay, strict=True) if reason is None]
    server, place = rewrite.endpoint, space.scratch("answers-rewritten")
    if server is None:
        answerer = partial(the_model, asking.model, template=config.template, max_tokens=rewrite.max_tokens)
    else:
        asking = replace(asking, about={"model": server.model, "terms": server.terms})
        answerer = partial(the_server, server, place / "replies", max_tokens=rewrite.max_tokens)
    replies = ask(questions, answerer, place=place, label="tune: rewriting answers")
    made: RewrittenAnswers | None = None
    if world.first:
        rows = rewritten_rows(questions, replies, asking)
        found = iter(rows)
        trained = [_kept(record, why or next(found)) for record, why in zip(every, stay, strict=True)]
        reasons = keep_answers(file, trained, rows) + Counter(why for why in stay if why)
        used = [(one, row) for one, row in zip(questions, rows, strict=True) if row.alive]
        made = RewrittenAnswers(
            records=len(every),
            rewritten=len(used),
            same=sum(row.record.output == one.record.output for one, row in used),
            stayed=dict(sorted(reasons.items())),
            max_tokens=rewrite.max_tokens,
            server=None if server is None else server.model,
            file=file.name,
            sha256=sha256_file(file),
        )
        remark("tune", rewriting_words(made))
        if made.records and not made.rewritten:
            raise NothingError(
                Text(
                    "The model rewrote none of the records' answers so that it can be trained.",
                    "モデルが書き直した回答に、学習に使えるものがありません。",
                ),
                where="tune.rewrite",
                why=rewriting_words(made),
                fix=Text(
                    "A model that was never taught to answer cannot rewrite: leave `tune.rewrite` out, or start from an "
                    "instruction-tuned model. Raise max_tokens where answers were cut off.",
                    "指示チューニング前の基盤モデルは書き直せません。`tune.rewrite` を外すか指示チューニング済みのモデルを使ってください。"
                    "途中で切れた場合は max_tokens を上げてください。",
                ),
            )
    world.barrier()
    told = iter(list(read_records(file)))
    return {name: [next(told) for _ in found] for name, found in records.items()}, made


def reason_to_stay(record: InstructionRecord, rewrite: RewriteConfig) -> str | None:
    """Why an answer is not to be told in other words: a label, a number or a name, one whose form is the point, one to nothing. None: it is."""
    answer, asked = record.output.strip(), question_of(record).messages
    if not asked or asked[-1]["role"] != "user":
        return "no_question"
    if len(answer) < rewrite.shortest:
        return "short"
    if _FORM.search(answer) or _is_json(answer):
        return "form"
    return None


def _is_json(text: str) -> bool:
    if text[:1] not in "{[":
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def rewriting_question(record: InstructionRecord) -> Question:
    """The record's question with its answer, and the wish for the model's own wording; what was said before stays as it is."""
    question = question_of(record)
    japanese = bool(_JAPANESE.search(asked_text(record) + record.output))
    names = ("質問", "参考回答") if japanese else ("question", "reference")
    parts = [
        _ASKED_JA if japanese else _ASKED_EN,
        *(
            f"<{name}>\n{_plain(text)}\n</{name}>"
            for name, text in zip(names, (asked_text(record), record.output), strict=True)
        ),
    ]
    last: ChatMessage = {"role": "user", "content": "\n\n".join(parts)}
    return Question(record, [*question.messages[:-1], last], None)


def asked_text(record: InstructionRecord) -> str:
    """The last question, with the record's input."""
    messages = question_of(record).messages
    return "\n".join(
        [*(turn["content"] for turn in messages[-1:]), *([record.meta.input] if record.meta.input else [])]
    )


def _plain(text: str) -> str:
    """Text that cannot end the mark it stands in."""
    return text.replace("</", "＜/")


def rewritten_rows(questions: Sequence[Question], replies: Sequence[Reply], asking: Asking) -> list[Row]:
    """The records with the model's wording, in order; rejected where it is no answer, fails a check of records, or says something else."""
    rows = answered_rows(questions, replies, {**asking.about, "rewritten": True})
    check_rows(rows, asking)
    for question, row in zip(questions, rows, strict=True):
        if row.alive:
            _compare(question.record, row)
    return rows


def _compare(record: InstructionRecord, row: Row) -> None:
    """Reject a wording that speaks of its task, says what the record does not say, or leaves out one of its figures."""
    before, now, asked = record.output, row.record.output, asked_text(record)
    if _OF_THE_TASK.search(now) and not _OF_THE_TASK.search(f"{asked}\n{before}"):
        row.reject("speaks_of_the_task")
        return
    earlier = "\n".join(turn["content"] for turn in question_of(record).messages[:-1])
    _, wrong = check_row(asked, now, Ground.of(f"{asked}\n{before}", earlier))
    if wrong:
        row.reject("ungrounded", [one.plain() for one in wrong[:_MOST_MEASURED]])
        return
    kept = share_of_content(before, now)
    if kept < _LEAST_KEPT:
        row.reject("drifted", {"kept": round(kept, 3)})
        return
    if not _SHORTEST <= len(now) / max(1, len(before)) <= _LONGEST:
        row.reject("length", {"before": len(before), "now": len(now)})
        return
    told = Ground.of(now, asked)
    facts = [fact for fact in facts_of(before) if fact.kind in _MUST_STAY]
    lost = [fact.text for fact in facts if not told.find(fact, before)[0]]
    if lost:
        row.reject("left_out", lost[:_MOST_MEASURED])


def share_of_content(before: str, now: str) -> float:
    """How much of what an answer is about stands in its rewording: pairs of letters in words of kanji and katakana, Latin words.

    Facts alone do not tell an answer without any from one about something else. 1 where there is nothing to compare.
    """
    wanted = _content(before)
    return len(wanted & _content(now)) / len(wanted) if wanted else 1.0


def _content(text: str) -> set[str]:
    found: set[str] = set()
    for word in _CONTENT.findall(unicodedata.normalize("NFKC", text)):
        found |= {word.casefold()} if word.isascii() else {word[place : place + 2] for place in range(len(word) - 1)}
    return found


def _kept(record: InstructionRecord, found: Row | str) -> InstructionRecord:
    """The record that is trained: rewritten, or as it was with the reason why."""
    if not isinstance(found, str) and found.alive:
        return found.record
    reason = found if isinstance(found, str) else found.rejected_by
    extra = {**record.meta.extra, "not_rewritten": reason}
    return replace(record, meta=replace(record.meta, extra=extra))


def rewriting_words(made: RewrittenAnswers) -> Text:
    """How many answers are the model's own wording, and why the others stay as they were."""
    reasons = counted_words(made.stayed)
    return Text(
        f"{made.rewritten:,} of {made.records:,} answers are rewritten ({made.same:,} word for word the same)"
        f"{f'; as they were: {reasons.en}' if made.stayed else ''}",
        f"回答 {made.records:,} 件中 {made.rewritten:,} 件を書き直し(うち {made.same:,} 件は同文)"
        f"{f'、元のまま: {reasons.ja}' if made.stayed else ''}",
    )
