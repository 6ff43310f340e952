"""`tekio train RECIPE --show N`: examples as the model will see them, and how the data fits, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tekio.errors import Message, TekioError, Text
from tekio.instruct.preferences.check import first_pairs
from tekio.model.load import load_tokenizer, model_folder
from tekio.model.templates import CHAT, chat_template
from tekio.model_stages import ModelStage
from tekio.recipe import Recipe
from tekio.recipe.prefer import PreferConfig
from tekio.recipe.train import TuneConfig
from tekio.store import read_manifest
from tekio.train.estimate import fit_of_records, template_round_trip
from tekio.train.examples import document_examples, encode_record
from tekio.train.inputs import records_of, texts_of
from tekio.train.prefer import pair_examples
from tekio.train.seeds import permutation
from tekio.train.show import show_example


def preview(recipe: Recipe, run: Path, *, count: int, stage: ModelStage | None, colour: bool) -> Iterator[Message]:
    """Blocks of text: examples of `stage` (default: tuning, else pre-training) and the fit of the data.

    Reads finished stages of `run`. Raises `TekioError` naming the one that is missing.
    """
    chosen = stage or ("tune" if recipe.tune is not None else "pretrain")
    if chosen == "tune" and recipe.tune is not None:
        yield from _preview_tune(recipe.tune, recipe, run, count, colour)
        return
    if chosen == "prefer" and recipe.tune is not None and recipe.prefer is not None:
        yield from _preview_prefer(recipe.prefer, recipe.tune, recipe, run, count, colour)
        return
    tokenizer = _tokenizer(recipe, run)
    domains = recipe.pretrain.domains if recipe.pretrain else ["general"]
    for example in document_examples(tokenizer, islice(texts_of(_finished(run, "corpus"), "train", domains), count)):
        yield show_example(tokenizer, example, colour=colour) + "\n"


def _preview_tune(config: TuneConfig, recipe: Recipe, run: Path, count: int, colour: bool) -> Iterator[Message]:
    tokenizer = _tokenizer(recipe, run)
    records = [row for stage in recipe.record_stages for row in records_of(_finished(run, stage), "train")]
    problem = template_round_trip(tokenizer, config.template)
    if config.template != CHAT:
        tokenizer.chat_template = chat_template(config.template)
    chosen: list[int] = permutation(len(records), recipe.seed, "show")[:count].tolist()
    for number in chosen:
        example = encode_record(tokenizer, records[number], template=config.template, loss_on=config.loss_on)
        if example is not None:
            yield f"--- {records[number].id}\n{show_example(tokenizer, example, colour=colour)}\n"
    fit = fit_of_records(tokenizer, records, template=config.template, width=config.sequence_length)
    rule = {"drop": Text("dropped", "除外"), "cut": Text("cut without EOS", "EOS なしで切断")}[config.truncated]
    yield Text(
        f"{fit.records:,} records, {fit.total:,} tokens, {fit.characters_per_token:.2f} characters per token, longest "
        f"{fit.longest:,}; {fit.truncated:.1%} longer than {config.sequence_length} ({rule.en})",
        f"{fit.records:,} 件、{fit.total:,} トークン、1 トークン {fit.characters_per_token:.2f} 文字、最長 {fit.longest:,}。"
        f"{config.sequence_length} を超える割合 {fit.truncated:.1%}({rule.ja})",
    )
    yield problem or Text(
        f"template {config.template}: the same bytes through chat_template.jinja",
        f"テンプレート {config.template}: chat_template.jinja と一致",
    )


def _preview_prefer(
    config: PreferConfig, tune: TuneConfig, recipe: Recipe, run: Path, count: int, colour: bool
) -> Iterator[Message]:
    """Pairs, the preferred answer first."""
    tokenizer = load_tokenizer(model_folder(_finished(run, "tune")))
    pairs = first_pairs(config, recipe.record_screen) or []
    for pair, both in zip(pairs, pair_examples(tokenizer, pairs, template=tune.template), strict=False):
        if not count:
            break
        count -= 1
        shown = "\n".join(show_example(tokenizer, one, colour=colour) for one in both)
        yield f"--- {pair.record.id}\n{shown}\n"
    yield Text(f"{len(pairs):,} pairs", f"{len(pairs):,} 組")


def _tokenizer(recipe: Recipe, run: Path) -> Any:
    if recipe.base is not None and recipe.base.model is not None:
        return load_tokenizer(recipe.base.model.path)
    return load_tokenizer(model_folder(_finished(run, "base")))


def _finished(run: Path, stage: str) -> Path:
    if read_manifest(run / stage) is None:
        raise TekioError(
            Text(f"The stage `{stage}` is not finished.", f"段階 `{stage}` が未完了です。"),
            where=run / stage,
            fix=Text(f"tekio run RECIPE --only {stage}", f"tekio run RECIPE --only {stage}"),
        )
    return run / stage
