"""What a stage trains on, packed: documents by source and domain, held-out text, records.

Every store is built once and kept in the stage's scratch folder, so that an interrupted training goes on with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tekio.errors import NothingError, Text
from tekio.progress import remark
from tekio.recipe.train import AnnealConfig, PretrainConfig, TrainingConfig, TuneConfig
from tekio.records import InstructionRecord
from tekio.store import Workspace
from tekio.train.examples import document_examples, record_examples, sourced_examples
from tekio.train.inputs import (
    held_out_texts,
    named_texts,
    records_of,
    require_named,
    require_texts,
    sampled,
    sourced_texts,
)
from tekio.train.left_out import records_left_out, require_little_left_out
from tekio.train.mixing import mixed_sources, parts_of, shared_parts
from tekio.train.packing import Rows, TokenCount
from tekio.train.process_group import join_world
from tekio.train.schedule import Part
from tekio.train.shared_stage import build_once


def document_stores(
    space: Workspace,
    name: str,
    config: TrainingConfig,
    tokenizer: Any,
    corpus: Path,
    domains: Sequence[str],
    *,
    replay: bool = False,
    share: float = 1.0,
) -> tuple[list[Rows], list[Part]]:
    """The training documents of some domains, or a share of them: one store, or one a source where sources are mixed."""
    sources = mixed_sources(corpus, domains)
    names = {f"{name}-{number}": item.name for number, item in enumerate(sources)} or {name: None}
    stores = [
        build_once(
            space.scratch(folder),
            sourced_examples(tokenizer, sourced_texts(corpus, "train", domains, source, share=share)),
            config.sequence_length,
            packed=config.packing,
        )
        for folder, source in names.items()
    ]
    return stores, parts_of(stores, sources, replay=replay)


def documents_beside(
    space: Workspace, config: TuneConfig, tokenizer: Any, corpus: Path
) -> tuple[list[Rows], list[Part]]:
    """One store a domain of `tune.documents`, with its share."""
    stores: list[Rows] = []
    for number, domain in enumerate(config.documents):
        require_texts(corpus, [domain])
        texts = sourced_texts(corpus, "train", [domain])
        stores.append(
            build_once(
                space.scratch(f"documents-{number}"),
                sourced_examples(tokenizer, texts),
                config.sequence_length,
                packed=config.packing,
            )
        )
    return stores, [Part(share=share) for share in config.documents.values()]


def held_out_rows(space: Workspace, config: TrainingConfig, tokenizer: Any, corpus: Path) -> dict[str, Rows]:
    """Held-out text by domain, at most `held_out_characters` of each."""
    texts = held_out_texts(corpus, space.seed, config.held_out_characters)
    return {
        domain: build_once(
            space.scratch(f"held-out-{number}"),
            document_examples(tokenizer, found, end=False),
            config.sequence_length,
            packed=config.packing,
        )
        for number, (domain, found) in enumerate(texts.items())
    }


def pretraining_stores(
    space: Workspace, config: PretrainConfig, tokenizer: Any, corpus: Path, study: Path | None
) -> tuple[list[Rows], list[Part]]:
    """The documents of `sources`: of one stage as they are mixed there, of two by their shares."""
    if study is None:
        found, parts = document_stores(
            space, "rows-0", config, tokenizer, corpus, config.domains, share=config.document_share
        )
        if config.document_share < 1 and not any(len(rows) for rows in found):
            raise _nothing_left(config, corpus)
        return found, parts
    left = 1 - config.replay.share
    found: list[Rows] = []
    for name in config.sources:
        texts = (
            sourced_texts(corpus, "train", config.domains, share=config.document_share)
            if name == "corpus"
            else sourced_texts(study, "documents", config.domains)
        )
        rows = build_once(
            space.scratch("rows-0" if name == "corpus" else "rows-study"),
            sourced_examples(tokenizer, texts),
            config.sequence_length,
            packed=config.packing,
        )
        if not len(rows):
            raise NothingError(
                Text(
                    f"`{name}` has no documents of {', '.join(config.domains)}.",
                    f"`{name}` に {', '.join(config.domains)} の文書がありません。",
                ),
                where=corpus if name == "corpus" else study,
            )
        found.append(rows)
    return found, shared_parts(list(config.sources.values()), found, left=left)


def _nothing_left(config: PretrainConfig, corpus: Path) -> NothingError:
    return NothingError(
        Text(
            f"A share of {config.document_share:g} leaves no document of {', '.join(config.domains)}.",
            f"割合 {config.document_share:g} では {', '.join(config.domains)} の文書が一つも残りません。",
        ),
        where=corpus,
        why=Text("Documents are chosen by a hash of their text.", "文書は本文のハッシュで選ばれます。"),
        fix=Text("Raise `pretrain.document_share`.", "`pretrain.document_share` を大きくしてください。"),
    )


def anneal_rows(
    space: Workspace, config: PretrainConfig, anneal: AnnealConfig, tokenizer: Any, corpus: Path, study: Path | None
) -> Rows:
    """The documents of `anneal` in one store. Raises `NothingError` for a name without documents."""
    folders = [corpus / "train", *([study / "documents"] if study is not None else [])]
    require_named(folders, anneal.sources, anneal.domains)
    return build_once(
        space.scratch("rows-anneal"),
        sourced_examples(tokenizer, named_texts(folders, anneal.sources, anneal.domains)),
        config.sequence_length,
        packed=config.packing,
    )


def record_rows(
    space: Workspace,
    name: str,
    config: TuneConfig,
    tokenizer: Any,
    records: Sequence[Path],
    split: str,
    *,
    source: str = "",
) -> Rows:
    """The records of a split, of one stage or several; otherwise as `rows_of_records`."""
    found = sampled(
        [record for folder in records for record in records_of(folder, split)],
        config.max_records if split == "train" else None,
    )
    return rows_of_records(
        space, name, config, tokenizer, found, where=records[0], source=source, trained=split == "train"
    )


def rows_of_records(
    space: Workspace,
    name: str,
    config: TuneConfig,
    tokenizer: Any,
    records: Sequence[InstructionRecord],
    *,
    where: Path,
    source: str = "",
    trained: bool = True,
) -> Rows:
    """Records, packed. where: they are from; source: what they are counted as beside documents; trained: they are to be learned.

    Raises, of those to be learned, `NothingError` when none is left and `TekioError` when more than `max_dropped` of them would be
    left out.
    """
    dropped = TokenCount()
    examples = record_examples(
        tokenizer,
        records,
        template=config.template,
        width=config.sequence_length,
        loss_on=config.loss_on,
        truncated=config.truncated,
        dropped=dropped,
    )
    named = (replace(example, source=source) for example in examples)
    rows = build_once(space.scratch(name), named, config.sequence_length, packed=config.packing, dropped=dropped)
    if trained and not len(rows):
        raise NothingError(
            Text("No record is left to train on.", "学習に使える指示データがありません。"),
            where=where,
            why=records_left_out(rows.count, config),
        )
    if trained and (words := records_left_out(rows.count, config)):
        if join_world().first:
            remark("tune", words)
        require_little_left_out(rows.count, config)
    return rows
