"""What training leaves out: said with numbers before the first step, and refused above a share.

A cap that nobody is told of looks like a model that does not learn.
"""

from __future__ import annotations

from collections.abc import Sequence

from tekio.errors import RecipeError, Text
from tekio.progress import remark
from tekio.recipe.train import TuneConfig
from tekio.train.packing import Rows, TokenCount
from tekio.train.schedule import Schedule


def records_left_out(count: TokenCount, config: TuneConfig) -> Text | None:
    """What became of records longer than a row, or without an answer, in words; None if nothing was left out."""
    if not (count.texts_dropped or count.texts_cut):
        return None
    records, tokens = count.texts + count.texts_dropped, count.dropped / max(1, count.into)
    return Text(
        f"{count.texts_dropped:,} of {records:,} records left out and {count.texts_cut:,} cut (longer than "
        f"sequence_length {config.sequence_length:,}, or without an answer): {tokens:.1%} of all tokens are not learned from",
        f"{records:,} 件中 {count.texts_dropped:,} 件を除外、{count.texts_cut:,} 件を切断"
        f"(sequence_length {config.sequence_length:,} を超過、または返答なし)。全トークンの {tokens:.1%} は学習しません",
    )


def require_little_left_out(count: TokenCount, config: TuneConfig) -> None:
    """Raise `RecipeError` when more than `max_dropped` of the records or of their tokens would not be trained on."""
    shares = (count.texts_dropped / max(1, count.texts + count.texts_dropped), count.dropped / max(1, count.into))
    if max(shares) <= config.max_dropped:
        return
    raise RecipeError(
        Text("Too much would be left out of the training.", "学習から除かれるものが多すぎます。"),
        where="tune.max_dropped",
        why=records_left_out(count, config),
        fix=Text(
            f"Raise sequence_length, or max_dropped (now {config.max_dropped:g}) if this is meant.",
            f"sequence_length を上げるか、意図どおりなら max_dropped(現在 {config.max_dropped:g})を上げてください。",
        ),
    )


def sources_not_learned(stores: Sequence[Rows], schedule: Schedule) -> list[str]:
    """Names of sources that are in the stores and in no step: weight or epochs of nothing, or too few steps."""
    seen, there = set[str](), set[str]()
    for number, store in enumerate(stores):
        there |= set(store.sources)
        if schedule.takes(number) and len(store):
            seen |= {name for name, count in store.sources.items() if count.trained}
    return sorted(there - seen)


def say_left_out(stage: str, stores: Sequence[Rows], schedule: Schedule) -> None:
    """Sources that no step learns from, and an end before the first epoch's, on the terminal."""
    if unlearned := sources_not_learned(stores, schedule):
        names = ", ".join(unlearned)
        remark(stage, Text(f"nothing is learned from the source(s) {names}", f"情報源 {names} からは何も学習しません"))
    if schedule.max_steps is not None and schedule.steps * schedule.batch < min(schedule.epoch_rows, schedule.rows):
        share = schedule.steps * schedule.batch / schedule.epoch_rows
        remark(
            stage,
            Text(
                f"max_steps {schedule.max_steps:,} ends the training after {share:.1%} of an epoch",
                f"max_steps {schedule.max_steps:,} により 1 エポックの {share:.1%} で終わります",
            ),
        )
