"""Training: contexts, packing, adapters, templates, records, devices and memory, by the base's configuration alone."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (torch has no complete type information)

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tekio.doctor.findings import Finding, failure, lacking
from tekio.doctor.residual import check_residual
from tekio.errors import TekioError, Text, UsageError, say
from tekio.model_stages import TRAINING_STAGES
from tekio.recipe import Recipe
from tekio.recipe.prefer import PreferConfig
from tekio.recipe.train import MethodConfig, TrainingConfig, TuneConfig

FIRST_RECORDS = 200
"""Records of a finished study that are measured."""
NOT_BY_RUN = ("ddp", "fsdp2")
"""Strategies of several processes, which `tekio run` has not."""


def check_training(recipe: Recipe, run: Path, todo: Collection[str], *, sound: bool) -> Iterator[Finding]:
    """What the training stages in `todo` would refuse. run: the run folder, for the records of a study that is made already. sound: the base's files are a model (else only its configuration is read)."""
    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
        return  # said by `check_libraries`
    stages = [
        (name, config) for name, config in _trained(recipe) if name in todo or (name == "tune" and "sweep" in todo)
    ]
    for stage, config in stages:
        yield from _options(stage, config)
    if recipe.tune is not None and {"tune", "sweep"} & set(todo):
        yield from _template(recipe, recipe.tune, sound=sound)
    try:
        model = _model(recipe)
    except TekioError as error:
        if sound:
            yield failure("base.model", error)
        return
    if model is None:
        return
    from tekio.train.loop import require_layers

    for stage, config in stages:
        yield from _context(recipe, stage, config, model)
        try:
            require_layers(model, config.checkpointed_layers)
        except TekioError as error:
            yield failure(f"{stage}.checkpointed_layers", error)
        yield from _packing(stage, config, model)
        if isinstance(config, MethodConfig) and stage != "prefer":  # it goes on with the adapter of `tune`
            yield from _adapter(recipe, stage, config, model)
    if recipe.tune is not None and {"tune", "sweep"} & set(todo) and sound:
        yield from _records(recipe, recipe.tune)
        yield from _study_records(recipe, recipe.tune, run / "study" / "train.jsonl")
    if recipe.tune is not None and recipe.prefer is not None and "prefer" in todo and sound:
        yield from _pairs(recipe, recipe.tune, recipe.prefer)
    if recipe.residual is not None and "residual" in todo and sound:
        yield from check_residual(recipe, recipe.residual)
    if sound:
        yield from _memory(recipe, todo)


def _trained(recipe: Recipe) -> Iterator[tuple[str, TrainingConfig]]:
    if recipe.base is not None and recipe.base.scratch is not None:
        yield "base", recipe.base.scratch
    if recipe.pretrain is not None:
        yield "pretrain", recipe.pretrain
    if recipe.tune is not None:
        yield "tune", recipe.tune
    if recipe.tune is not None and recipe.prefer is not None:
        yield "prefer", recipe.prefer.as_training(recipe.tune)


def _model(recipe: Recipe) -> Any | None:
    """The base without weights; of one from scratch, as its recipe describes it."""
    if recipe.base is None:
        return None
    if recipe.base.scratch is not None:
        import torch

        from tekio.train.new_model import new_model

        with torch.device("meta"):
            return new_model(recipe.base.scratch.architecture, _SomeTokenizer(recipe.base.scratch.tokenizer.vocabulary))
    from tekio.train.estimate import model_without_weights

    assert recipe.base.model is not None
    return model_without_weights(recipe.base.model.path)


class _SomeTokenizer:
    """What `new_model` asks of a tokenizer that is not trained yet."""

    bos_token_id, eos_token_id, pad_token_id = 1, 2, 3

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size


def _options(stage: str, config: TrainingConfig) -> Iterator[Finding]:
    """Settings that this machine, or a single process, cannot follow."""
    from tekio.model.load import choose_device
    from tekio.train.compilation import has_compiler
    from tekio.train.optimizer import require_optimizer
    from tekio.train.quantized import require_quantization

    device = choose_device("auto")
    if config.strategy in NOT_BY_RUN and not config.offload:
        words = Text(
            f"{config.strategy} needs several processes: run the other stages with `tekio run RECIPE --only STAGE`, then "
            "`torchrun ... -m tekio train RECIPE`",
            f"{config.strategy} には複数のプロセスが要ります。他の段階を `tekio run RECIPE --only 段階` で実行し、学習は "
            "`torchrun ... -m tekio train RECIPE` で",
        )
        yield Finding("failure", f"{stage}.strategy", words, UsageError(words, where=f"{stage}.strategy"))
    try:
        require_optimizer(config, device=device, stage=stage)
    except TekioError as error:
        yield failure(f"{stage}.optimizer", error)
    if config.strategy.startswith("zero") and importlib.util.find_spec("deepspeed") is None:
        yield lacking(
            f"{stage}.strategy",
            f"{config.strategy} needs deepspeed, which is not installed",
            f"{config.strategy} に要る deepspeed が未導入です",
        )
    if config.compile == "always" and not (device.startswith("cuda") or has_compiler()):
        yield lacking(
            f"{stage}.compile", "torch.compile needs a C++ compiler", "torch.compile には C++ コンパイラが要ります"
        )
    if stage != "prefer" and isinstance(config, MethodConfig) and config.quantize != "none" and config.method == "lora":
        try:
            require_quantization(stage)
        except TekioError as error:
            yield failure(f"{stage}.quantize", error)


def _context(recipe: Recipe, stage: str, config: TrainingConfig, model: Any) -> Iterator[Finding]:
    """Training on texts longer than the base was built for fails; better said before the corpus is built."""
    from tekio.model.load import context_length

    limit = context_length(model.config)
    section = "base.scratch" if stage == "base" else stage
    lengths = {f"{section}.sequence_length": config.sequence_length}
    if stage == "tune" and recipe.sweep is not None and recipe.sweep.sequence_length:
        lengths["sweep.sequence_length"] = max(recipe.sweep.sequence_length)
    for place, length in lengths.items():
        if limit is not None and length > limit:
            yield Finding(
                "failure",
                place,
                Text(
                    f"{length} is longer than the base's context of {limit} tokens",
                    f"{length} は基盤モデルのコンテキスト長 {limit} を超えています",
                ),
            )


def _packing(stage: str, config: TrainingConfig, model: Any) -> Iterator[Finding]:
    """Models in which the texts of a row would mix, and kinds of attention that this machine or model has not."""
    if not config.packing:
        return
    from tekio.model.load import choose_device
    from tekio.train.attention import MASK, obstacle
    from tekio.train.loop import choose_precision
    from tekio.train.packing_probe import mixes_by_design

    if mixes_by_design(model.config):
        kind = str(getattr(model.config, "model_type", type(model).__name__))
        words = Text(
            f"packed training would mix texts in a model of type {kind!r}; set `packing: false`",
            f"モデル型 {kind!r} では詰め込み学習で文書どうしが混ざります。`packing: false` にしてください",
        )
        yield Finding("failure", f"{stage}.packing", words)
        return
    if config.attention in ("auto", MASK):
        return
    device = choose_device("auto")
    bf16 = choose_precision(config.precision, device) == "bf16"
    problem = obstacle(model, config.attention, width=config.sequence_length, kind=device.split(":")[0], bf16=bf16)
    if problem is not None:
        words = Text(
            f"`{config.attention}` cannot be used here: {problem}", f"`{config.attention}` は使えません: {problem}"
        )
        yield lacking(f"{stage}.attention", words.en, words.ja)


def _template(recipe: Recipe, tune: TuneConfig, *, sound: bool) -> Iterator[Finding]:
    """The prompt template: that there is one of this name, and that base and tokenizer can carry it."""
    from tekio.model.load import load_tokenizer
    from tekio.model.templates import CHAT, get_template
    from tekio.train.estimate import template_round_trip

    problem: Text | None = None
    try:
        if tune.template != CHAT:
            get_template(tune.template)
        if recipe.base is not None and recipe.base.scratch is not None and tune.template == CHAT:
            problem = Text(
                "a base from scratch has no chat template; name another", "scratch の基盤に chat template はありません"
            )
        elif recipe.base is not None and recipe.base.model is not None and sound:
            problem = template_round_trip(load_tokenizer(recipe.base.model.path), tune.template)
    except TekioError as error:
        yield failure("tune.template", error)
        return
    yield Finding("failure" if problem else "ok", "tune.template", problem or tune.template)


def _adapter(recipe: Recipe, stage: str, config: MethodConfig, model: Any) -> Iterator[Finding]:
    """Modules for LoRA that the base does not have, and added tokens to train where none were added."""
    if config.method != "lora":
        return
    from tekio.train.adapter import added_tokens, choose_targets

    try:
        choose_targets(model, config.lora.targets)
    except TekioError as error:
        yield failure(f"{stage}.lora.targets", error)
    if config.lora.train_tokens != "added":
        return
    from tekio.model.load import load_tokenizer

    try:
        if recipe.base is not None and recipe.base.model is not None:
            added_tokens(load_tokenizer(recipe.base.model.path))
        else:
            raise UsageError(
                Text("A base from scratch has no added words to train.", "scratch の基盤に追加された語はありません。"),
                where=f"{stage}.lora.train_tokens",
            )
    except TekioError as error:
        yield failure(f"{stage}.lora.train_tokens", error)


def _study_records(recipe: Recipe, tune: TuneConfig, file: Path) -> Iterator[Finding]:
    """How the first records of a finished study fit a row; nothing is known of one that is not made yet."""
    wanted = "study" in recipe.record_stages and file.is_file()
    if not wanted or recipe.base is None or recipe.base.model is None:
        return
    from tekio.model.load import load_tokenizer
    from tekio.model.templates import CHAT, chat_template
    from tekio.records import read_records
    from tekio.train.estimate import fit_of_records

    try:
        tokenizer = load_tokenizer(recipe.base.model.path)
        if tune.template != CHAT:
            tokenizer.chat_template = chat_template(tune.template)
        records = list(islice(read_records(file), FIRST_RECORDS))
        fit = fit_of_records(tokenizer, records, template=tune.template, width=tune.sequence_length)
    except TekioError:
        return  # said by `_template`
    if fit.records and fit.truncated:
        rule = {"drop": Text("dropped", "除外"), "cut": Text("cut without EOS", "EOS なしで切断")}[tune.truncated]
        yield Finding(
            "warning",
            "tune.records.study",
            Text(
                f"{fit.truncated:.1%} of the first {fit.records:,} records of study are longer than {tune.sequence_length} tokens "
                f"({rule.en}; longest {fit.longest:,})",
                f"study の最初の {fit.records:,} 件の {fit.truncated:.1%} が {tune.sequence_length} トークンを超えます"
                f"({rule.ja}、最長 {fit.longest:,})",
            ),
        )


def _records(recipe: Recipe, tune: TuneConfig) -> Iterator[Finding]:
    """How the first records fit a row, by the base's own tokenizer: a failure where all there are is too long."""
    if recipe.instruct is None or recipe.base is None or recipe.base.model is None:
        return
    from tekio.instruct.check import first_records
    from tekio.model.load import load_tokenizer
    from tekio.model.templates import CHAT, chat_template
    from tekio.train.estimate import fit_of_records

    found = first_records(recipe.instruct)
    lengths = [tune.sequence_length, *(recipe.sweep.sequence_length if recipe.sweep is not None else [])]
    try:
        tokenizer = load_tokenizer(recipe.base.model.path)
        if tune.template != CHAT:
            tokenizer.chat_template = chat_template(tune.template)
        for length in sorted(set(lengths)):
            fit = fit_of_records(tokenizer, found.records, template=tune.template, width=length)
            if not fit.records or not fit.truncated:
                continue
            nothing = fit.truncated == 1 and found.whole and tune.truncated == "drop"
            much = (
                found.whole
                and tune.truncated == "drop"
                and (max(fit.truncated, fit.truncated_tokens) > tune.max_dropped)
            )
            rule = {"drop": Text("dropped", "除外"), "cut": Text("cut without EOS", "EOS なしで切断")}[tune.truncated]
            yield Finding(
                "failure" if nothing or much else "warning",
                "tune.sequence_length",
                Text(
                    f"{fit.truncated:.1%} of the first {fit.records:,} records are longer than {length} tokens "
                    f"({rule.en}; longest {fit.longest:,}; {fit.truncated_tokens:.1%} of all tokens)"
                    + (
                        "; no record is left to train on"
                        if nothing
                        else f"; max_dropped is {tune.max_dropped:g}"
                        if much
                        else ""
                    ),
                    f"最初の {fit.records:,} 件の {fit.truncated:.1%} が {length} トークンを超えます"
                    f"({rule.ja}、最長 {fit.longest:,}、全トークンの {fit.truncated_tokens:.1%})"
                    + (
                        "。学習に使える指示データがありません"
                        if nothing
                        else f"。max_dropped は {tune.max_dropped:g}"
                        if much
                        else ""
                    ),
                ),
            )
    except TekioError:
        return  # said by `_template`


def _pairs(recipe: Recipe, tune: TuneConfig, prefer: PreferConfig) -> Iterator[Finding]:
    """Whether the pairs fit into rows, by the base's own tokenizer."""
    if recipe.base is None or recipe.base.model is None:
        return
    from tekio.instruct.preferences.check import first_pairs
    from tekio.model.load import load_tokenizer
    from tekio.model.templates import CHAT, chat_template
    from tekio.train.prefer import pair_examples, require_pairs_fit

    pairs = first_pairs(prefer, recipe.record_screen)
    if not pairs:
        return  # said by `check_pairs`, or too many to look at
    try:
        tokenizer = load_tokenizer(recipe.base.model.path)
        if tune.template != CHAT:
            tokenizer.chat_template = chat_template(tune.template)
        examples = pair_examples(tokenizer, pairs, template=tune.template)
        sizes = [sum(len(one.ids) for one in both) for both in examples]
    except TekioError:
        return  # said by `_template`
    left = sum(size > prefer.sequence_length for size in sizes)
    try:
        require_pairs_fit(prefer, left, len(sizes) - left)
    except TekioError as error:
        yield failure("prefer.sequence_length", error)


def _memory(recipe: Recipe, todo: Collection[str]) -> Iterator[Finding]:
    from tekio.train.estimate import estimate_recipe

    for estimate in estimate_recipe(recipe):
        stage = say(estimate.subject, "en")
        if stage not in todo and stage in TRAINING_STAGES:
            continue
        if estimate.level == "failure" and isinstance(estimate.text, Text):
            yield lacking(stage, estimate.text.en, estimate.text.ja)
        else:
            yield Finding(estimate.level, estimate.subject, estimate.text)
