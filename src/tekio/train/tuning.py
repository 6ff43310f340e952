"""What tuning trains on: records by stage, documents beside them, and what the model itself is asked for before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tekio.artifacts.training import VALIDATION, ReplayFacts, RewrittenAnswers, validation_of
from tekio.errors import Text
from tekio.recipe.train import TuneConfig
from tekio.records import InstructionRecord
from tekio.store import Workspace
from tekio.train.inputs import records_of, sampled
from tekio.train.material import Material
from tekio.train.mixing import shared_parts
from tekio.train.own_answers import Asking
from tekio.train.packing import Rows
from tekio.train.record_sources import of_sources, require_sources, source_of
from tekio.train.replay import replay_rows, set_apart
from tekio.train.rewriting import rewritten_records
from tekio.train.schedule import Part
from tekio.train.stores import documents_beside, held_out_rows, rows_of_records


def asks_itself(config: TuneConfig) -> bool:
    """Whether the model is asked for answers of its own before it is tuned."""
    return config.rewrite is not None or (config.replay is not None and config.replay.answers == "own")


def tuning_material(
    config: TuneConfig,
    space: Workspace,
    tokenizer: Any,
    folders: Mapping[str, Path],
    corpus: Path | None,
    asking: Asking | None,
) -> Material:
    """Everything tuning reads, packed. folders: finished stages with records by their names; corpus: where documents are trained
    beside them; asking: where the model is asked itself.
    """
    records = {name: records_of(folder, "train") for name, folder in folders.items()}
    if config.sources:
        require_sources(records, config.sources, "tune.sources", Text("train on", "学習に使う"))
    replay, replayed = config.replay, list[InstructionRecord]()
    if replay is not None:
        records, replayed = set_apart(replay, records)
    if config.sources:
        records = of_sources(records, config.sources)
    taken = {name: sampled(found, config.max_records) for name, found in records.items()}
    rewritten: RewrittenAnswers | None = None
    if config.rewrite is not None:
        assert asking is not None
        taken, rewritten = rewritten_records(space, config, config.rewrite, taken, asking)
    stores = [
        rows_of_records(
            space,
            f"rows-{number}",
            config,
            tokenizer,
            found,
            where=folders[name],
            source=f"records:{name}",
        )
        for number, (name, found) in enumerate(taken.items())
    ]
    held_out = _validation(config, space, tokenizer, folders)
    left = 1 - sum(config.documents.values()) - (replay.share if replay is not None else 0.0)
    shares = {str(name): share for name, share in config.records.items()}
    parts = shared_parts([shares.get(name, 1.0) for name in folders], stores, left=left)
    facts: ReplayFacts | None = None
    if replay is not None:
        rows, facts = replay_rows(space, config, replay, tokenizer, replayed, asking)
        stores, parts = [*stores, rows], [*parts, Part(share=replay.share)]
    if corpus is not None:
        beside = documents_beside(space, config, tokenizer, corpus)
        stores, parts = stores + beside[0], parts + beside[1]
        held_out |= held_out_rows(space, config, tokenizer, corpus)
    return Material(stores, held_out, parts, replayed=facts, rewritten=rewritten)


def _validation(config: TuneConfig, space: Workspace, tokenizer: Any, folders: Mapping[str, Path]) -> dict[str, Rows]:
    """Validation records of what is trained; those of sources that are replayed by themselves, as `replay`; by source where asked."""
    every = {name: records_of(folder, "validation") for name, folder in folders.items()}
    found = {VALIDATION: every}
    if config.replay is not None and config.replay.sources:
        own, replayed = set_apart(config.replay, every, validation=True)
        found = {VALIDATION: own, "replay": {"replay": replayed}}
    if config.sources:
        found[VALIDATION] = of_sources(found[VALIDATION], config.sources)
    if config.validation_by_source:
        names = sorted({source_of(record) for some in every.values() for record in some})
        found |= {validation_of(name): of_sources(every, [name]) for name in names}
    rows = {
        name: rows_of_records(
            space,
            f"validation-{number}",
            config,
            tokenizer,
            [record for some in of_stage.values() for record in some],
            where=next(iter(folders.values())),
            trained=False,
        )
        for number, (name, of_stage) in enumerate(found.items())
    }
    return {name: some for name, some in rows.items() if len(some)}
