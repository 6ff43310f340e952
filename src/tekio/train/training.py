"""Probe, train, save: what the training stages share."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch and transformers have no complete type information)

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tekio.artifacts.model import write_artifact
from tekio.artifacts.training import PreferenceFacts, Stage
from tekio.errors import TekioError, Text
from tekio.model.load import choose_device, context_length
from tekio.model.tokenizer import save_tokenizer
from tekio.recipe.train import MethodConfig, PretrainConfig, ScratchConfig, TrainingConfig, TuneConfig
from tekio.store import Workspace
from tekio.train.adapter import INITIAL_ADAPTER, save_adapter
from tekio.train.estimate import require_memory, shape_of
from tekio.train.left_out import say_left_out
from tekio.train.loop import Job, Outcome, train
from tekio.train.material import Material, anneal_facts, replay_facts
from tekio.train.mixing import tokens_by_source
from tekio.train.objective import Objective, TokenLoss
from tekio.train.optimizer import require_optimizer
from tekio.train.process_group import World, join_world, local_device
from tekio.train.schedule import Schedule
from tekio.train.stopping import FORGETTING, Watch
from tekio.train.summary import training_summary


def train_and_save(
    config: TrainingConfig,
    space: Workspace,
    model: Any,
    tokenizer: Any,
    material: Material,
    *,
    adapter_base: Path | None = None,
    final: Path | None = None,
    probe: float | None = None,
    stage: Stage | None = None,
    objective: Objective | None = None,
    preference: PreferenceFacts | None = None,
) -> None:
    """Train `model` on `material` and write the stage's files.

    adapter_base: the folder of the frozen base where an adapter is trained, which will be in `final`. probe: the packing probe's
    error where it was taken elsewhere. stage: what it is called, where its configuration does not say it. objective: what is
    minimised; default: token losses.
    """
    import torch

    if config.threads:
        torch.set_num_threads(config.threads)
    world, device = join_world(), local_device(choose_device("auto"))
    stage = stage or stage_of(config)
    model = _placed(config, model, stage, world, device)
    schedule = material.schedule(config, space.seed)
    if world.first:
        say_left_out(stage, material.stores, schedule)
    job = Job(
        label=stage,
        model=model,
        config=config,
        schedule=schedule,
        stores=material.stores,
        held_out=material.held_out,
        vocabulary=min(len(tokenizer), model.get_input_embeddings().weight.shape[0]),
        padding=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0,
        device=device,
        metrics=space.path / "metrics.jsonl",
        timing=space.volatile("timing.jsonl"),
        checkpoints=space.scratch("checkpoints"),
        watch=_watch(config, space, world.first),
        world=world,
        plus_ratio=config.lora.plus_ratio if isinstance(config, MethodConfig) else 1.0,
        probed=probe,
        objective=objective or TokenLoss(),
    )
    job.checkpoints.mkdir(parents=True, exist_ok=True)
    outcome = train(job)
    if not world.first:
        return
    if adapter_base is not None and final is not None:
        kept = space.path / INITIAL_ADAPTER
        save_adapter(
            model,
            tokenizer,
            space.path / "adapter",
            base=adapter_base,
            final=final / "adapter",
            weights=outcome.weights,
            initial=kept if kept.is_dir() else None,
        )
    else:
        save_model(model, tokenizer, space.path / "model", weights=outcome.weights)
    _write_summary(job, space, material, outcome, adapter=adapter_base is not None, stage=stage, preference=preference)


def _placed(config: TrainingConfig, model: Any, stage: Stage, world: World, device: str) -> Any:
    """`model` on its device, once it is known that optimizer, context and memory allow the training."""
    require_optimizer(config, device=device, processes=world.size, stage=stage)
    _require_context(config, model)
    if getattr(model, "is_quantized", False):  # packed weights are on their device, and have no plain size
        return model
    model = model.to(device)
    shape = shape_of(model, config if isinstance(config, MethodConfig) else None)
    held = sum(item.numel() * item.element_size() for item in model.parameters())
    require_memory(shape, config, device=device, devices=world.size, held=held)
    return model


def _write_summary(
    job: Job,
    space: Workspace,
    material: Material,
    outcome: Outcome,
    *,
    adapter: bool,
    stage: Stage,
    preference: PreferenceFacts | None,
) -> None:
    """`summary.json`, and the counts of the manifest."""
    schedule: Schedule = job.schedule
    sources = tokens_by_source(material.stores, schedule, outcome.steps)
    parameters = list(job.model.parameters())
    summary = training_summary(
        stage,
        job.config,
        material.mixture,
        outcome,
        adapter=adapter,
        sources=sources,
        parameters=sum(item.numel() for item in parameters),
        trainable_parameters=sum(item.numel() for item in parameters if item.requires_grad),
        preference=preference,
        anneal=anneal_facts(material, schedule, outcome.steps),
        replay=replay_facts(material, sources),
        rewritten=material.rewritten,
    )
    write_artifact(space.path / "summary.json", summary)
    if sources:
        space.counts["sources"] = {name: own.plain() for name, own in sources.items()}
    rows = sum(len(item) for item in material.mixture)
    space.counts.update(steps=outcome.steps, tokens_trained=outcome.trained, rows=rows)
    if outcome.stopped.startswith(FORGETTING):
        space.counts["limits_passed"] = [f"{stage}: {outcome.stopped}"]


def stage_of(config: TrainingConfig) -> Stage:
    """What the stage of a configuration is called."""
    return "pretrain" if isinstance(config, PretrainConfig) else "tune" if isinstance(config, TuneConfig) else "scratch"


def _watch(config: TrainingConfig, space: Workspace, writes: bool) -> Watch:
    names = ["validation"]
    if isinstance(config, PretrainConfig | ScratchConfig):
        names = list(config.domains)
    return Watch(
        names,
        patience=config.early_stop,
        budget=config.forgetting_budget if isinstance(config, PretrainConfig) else None,
        best_folder=space.scratch("best") if config.keep == "best" else None,
        writes=writes,
    )


def _require_context(config: TrainingConfig, model: Any) -> None:
    limit = context_length(model.config)
    if limit is not None and config.sequence_length > limit:
        raise TekioError(
            Text(
                f"sequence_length {config.sequence_length} is longer than the model's context of {limit} tokens.",
                f"sequence_length {config.sequence_length} がモデルのコンテキスト長 {limit} を超えています。",
            ),
            where="sequence_length",
            fix=Text(f"Set it to {limit} or less.", f"{limit} 以下にしてください。"),
        )


def save_model(model: Any, tokenizer: Any, folder: Path, *, weights: dict[str, Any] | None = None) -> None:
    """Save model and tokenizer in Hugging Face layout; a half-written folder of an interrupted run is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(str(folder), state_dict=weights)
    save_tokenizer(tokenizer, folder)
