"""Records mixed into tuning against forgetting: general ones, or questions with the model's own answers from before the tuning.

Replay in fine-tuning keeps what was known and helps with what is new, the more the less of that there is (Kotha & Liang, arXiv
2603.04964). Where no general records are at hand, the model's own answers say how it answers today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from tekio.artifacts.training import OwnAnswers, ReplayFacts
from tekio.errors import NothingError, Text
from tekio.progress import remark
from tekio.recipe.train import TuneConfig, TuneReplayConfig
from tekio.records import InstructionRecord, read_records
from tekio.reject_reasons import counted_words
from tekio.store import Workspace
from tekio.train.inputs import sampled
from tekio.train.own_answers import Asking, answered_rows, ask, check_rows, question_of, the_model, write_answers
from tekio.train.packing import Rows
from tekio.train.process_group import join_world
from tekio.train.record_sources import ByStage, of_sources, require_sources, source_of
from tekio.train.stores import rows_of_records

REPLAY = "replay.jsonl"
_FEW = 4
"""Answers of which it cannot be said that they repeat."""


def set_apart(
    replay: TuneReplayConfig, records: Mapping[str, Sequence[InstructionRecord]], *, validation: bool = False
) -> tuple[ByStage, list[InstructionRecord]]:
    """(the records that are tuned on, by stage; those that are replayed). validation: of that split, where a source may have none.

    Raises `NothingError` for a source without records.
    """
    if not replay.sources:
        return {name: list(found) for name, found in records.items()}, [
            record for found in records.values() for record in found
        ]
    if not validation:
        require_sources(records, replay.sources, "tune.replay.sources", Text("replay", "リプレイに使う"))
    rest = {
        name: [record for record in found if source_of(record) not in replay.sources] for name, found in records.items()
    }
    return rest, [record for found in of_sources(records, replay.sources).values() for record in found]


def replay_rows(
    space: Workspace,
    config: TuneConfig,
    replay: TuneReplayConfig,
    tokenizer: Any,
    records: Sequence[InstructionRecord],
    asking: Asking | None,
) -> tuple[Rows, ReplayFacts]:
    """What is replayed, packed, and what is said of it (share and tokens once they are learned). records: of `set_apart`.

    asking: where the answers are the model's own. Raises `NothingError` when none of these passes its checks.
    """
    own: OwnAnswers | None = None
    used: Sequence[InstructionRecord] = records
    if replay.answers == "own":
        assert asking is not None
        own, used = _own_answers(space, config, replay, records, asking)
    rows = rows_of_records(
        space, "rows-replay", config, tokenizer, used, where=space.path, source=f"replay:{replay.answers}"
    )
    facts = ReplayFacts(asked=replay.share, share=0.0, tokens=0, records=len(used), sources=replay.sources, own=own)
    return rows, facts


def _own_answers(
    space: Workspace,
    config: TuneConfig,
    replay: TuneReplayConfig,
    records: Sequence[InstructionRecord],
    asking: Asking,
) -> tuple[OwnAnswers | None, list[InstructionRecord]]:
    """The questions with the model's answers, kept in `replay.jsonl`; its facts are known to the first process only."""
    world, file = join_world(), space.path / REPLAY
    questions = [question_of(record) for record in sampled(list(records), replay.max_questions)]
    replies = ask(
        questions,
        partial(the_model, asking.model, template=config.template, max_tokens=replay.max_tokens),
        place=space.scratch("answers-replay"),
        label="tune: own answers",
    )
    made: OwnAnswers | None = None
    if world.first:
        rows = answered_rows(questions, replies, asking.about)
        check_rows(rows, asking)
        made = write_answers(file, [row.record for row in rows if row.alive], rows, replay.max_tokens)
        remark("tune", own_answers_words(made))
        repeated = repeated_words([row.record.output for row in rows if row.alive])
        if repeated is not None:
            remark("tune", repeated)
        if not made.kept:
            raise NothingError(
                Text(
                    "None of the model's own answers can be replayed.",
                    "モデル自身の回答に、リプレイに使えるものがありません。",
                ),
                where="tune.replay",
                why=own_answers_words(made),
                fix=Text(
                    "A model that was never taught to answer has no answers of its own: name general records in `sources`, with "
                    "`answers: given`, or raise max_tokens where answers were cut off.",
                    "指示チューニング前の基盤モデルは自身の回答を持ちません。`sources` に一般の指示データを指定して `answers: given` "
                    "とするか、途中で切れた場合は max_tokens を上げてください。",
                ),
            )
    world.barrier()
    return made, list(read_records(file))


def repeated_words(answers: Sequence[str]) -> Text | None:
    """How few texts the answers are, where fewer than half of them differ: replaying them teaches these few. None: enough differ."""
    found = Counter(answer.strip() for answer in answers)
    if len(answers) < _FEW or 2 * len(found) >= len(answers):
        return None
    [(_, often)] = found.most_common(1)
    return Text(
        f"caution: the {len(answers):,} own answers are only {len(found):,} different text{'s' if len(found) > 1 else ''}, one of them {often:,} times: replaying them "
        "teaches these texts",
        f"注意: モデル自身の回答 {len(answers):,} 件は {len(found):,} 種類しかなく、同じ文が最多で {often:,} 件あります。リプレイするとその文を覚えます",
    )


def own_answers_words(made: OwnAnswers) -> Text:
    """How many own answers are used, and why the others are not."""
    reasons = counted_words(made.rejected)
    return Text(
        f"{made.kept:,} of {made.questions:,} own answers are used{f'; not used: {reasons.en}' if made.rejected else ''}",
        f"モデル自身の回答 {made.questions:,} 件中 {made.kept:,} 件を使用{f'(不使用: {reasons.ja})' if made.rejected else ''}",
    )
