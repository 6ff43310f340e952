"""What a finished training says of itself: `summary.json`."""

from __future__ import annotations

from collections.abc import Sequence

from tekio.artifacts.training import (
    AnnealFacts,
    KeptWeights,
    OptimizerFacts,
    PackedRows,
    PreferenceFacts,
    ReplayFacts,
    RewrittenAnswers,
    SourceTokens,
    Stage,
    TokenTotals,
    TrainingSummary,
)
from tekio.recipe.train import TrainingConfig, TuneConfig
from tekio.train.loop import Outcome
from tekio.train.packing import Rows


def training_summary(
    kind: Stage,
    config: TrainingConfig,
    stores: Sequence[Rows],
    outcome: Outcome,
    *,
    adapter: bool,
    sources: dict[str, SourceTokens],
    parameters: int,
    trainable_parameters: int,
    preference: PreferenceFacts | None = None,
    anneal: AnnealFacts | None = None,
    replay: ReplayFacts | None = None,
    rewritten: RewrittenAnswers | None = None,
) -> TrainingSummary:
    """The facts of a finished training. stores: what it read; adapter: whether only an adapter was trained."""
    counts = [rows.count for rows in stores]
    optimizer = config.optimizer
    return TrainingSummary(
        kind=kind,
        method="lora" if adapter else "full",
        steps=outcome.steps,
        epochs=round(outcome.epochs, 6),
        rows=sum(len(rows) for rows in stores),
        texts=sum(item.texts for item in counts),
        texts_dropped=sum(item.texts_dropped for item in counts),
        texts_cut=sum(item.texts_cut for item in counts),
        tokens=TokenTotals(
            in_=sum(item.into for item in counts),
            trained=sum(item.trained for item in counts),
            masked=sum(item.masked for item in counts),
            dropped=sum(item.dropped for item in counts),
            seen=outcome.trained,
        ),
        characters=sum(item.characters for item in counts),
        packing=PackedRows(
            enabled=config.packing,
            fill=round(sum(rows.fill * len(rows) for rows in stores) / max(1, sum(len(rows) for rows in stores)), 6),
            probe_error=None if outcome.probe_error is None else float(f"{outcome.probe_error:.3g}"),
        ),
        attention=outcome.attention,
        optimizer=OptimizerFacts(
            name="AdamW",
            learning_rate=optimizer.learning_rate,
            schedule=optimizer.schedule,
            warmup_steps=optimizer.warmup_steps,
            final_learning_rate=optimizer.final_learning_rate,
            weight_decay=optimizer.weight_decay,
            beta1=optimizer.beta1,
            beta2=optimizer.beta2,
            clip_norm=optimizer.clip_norm,
        ),
        batch_rows=config.batch_rows,
        micro_batch_rows=outcome.micro_batch_rows,
        sequence_length=config.sequence_length,
        threads=outcome.threads,
        precision=outcome.precision,
        strategy=config.strategy,
        engine=outcome.engine,
        compiled=outcome.compiled,
        kept=KeptWeights(rule=config.keep, step=outcome.kept_step),
        held_out_before=outcome.before,
        held_out_after=outcome.after,
        template=config.template if isinstance(config, TuneConfig) else None,
        preference=preference,
        anneal=anneal,
        replay=replay,
        rewritten=rewritten,
        stopped=outcome.stopped,
        sources=sources or None,
        parameters=parameters,
        trainable_parameters=trainable_parameters,
    )
