"""The stage `residual`: add what instruction tuning changed, at the weight that validation likes best."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (torch and transformers have no complete type information)

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Literal

from tekio.artifacts.model import parse, write_artifact
from tekio.artifacts.training import VALIDATION, HeldOut, ResidualFacts, WeightMeasured
from tekio.errors import NothingError, TekioError, Text
from tekio.model.load import choose_device, context_length, load_tokenizer, load_weights, model_folder
from tekio.model.residual import Residual, open_residual, write_residual
from tekio.model.templates import CHAT
from tekio.progress import remark
from tekio.recipe import Recipe
from tekio.recipe.residual import ResidualConfig
from tekio.recipe.train import TrainingConfig, TuneConfig
from tekio.store import Manifest, Workspace, describe_input, read_json, write_json
from tekio.train.held_out import measure
from tekio.train.loss import loss_module, split_model
from tekio.train.packing import Rows
from tekio.train.process_group import World, join_world, local_device
from tekio.train.shared_stage import run_together
from tekio.train.stores import held_out_rows, record_rows

Judge = Literal["records", "documents"]


def residual_in(recipe: Recipe, run: Path) -> Manifest:
    """The stage of a run whose earlier stages are finished."""
    assert recipe.residual is not None
    records = {name: run / name for name in recipe.record_stages if getattr(recipe, name) is not None}
    return residual(
        recipe.residual,
        run / "residual",
        base=run / "base",
        pretrained=run / "pretrain",
        records=records,
        corpus=run / "corpus" if recipe.corpus is not None else None,
        domains=recipe.pretrain.domains if recipe.pretrain is not None else [],
        seed=recipe.seed,
    )


def residual(
    config: ResidualConfig,
    out: Path,
    *,
    base: Path,
    pretrained: Path,
    records: Mapping[str, Path],
    corpus: Path | None,
    domains: list[str],
    seed: int,
) -> Manifest:
    """`pretrained` + weight x (instruct - base), stored as a plain model.

    base, pretrained: finished stage folders. records: finished folders with validation records, by stage. corpus: the finished
    folder with held-out documents. domains: those of them that count when documents judge. Raises `TekioError` when the three models do not belong
    together, and `NothingError` when several weights are given and there is nothing to judge them by.
    """
    instruct = config.instruct.path
    inputs = [
        describe_input(base, "base"),
        describe_input(pretrained, "pretrained"),
        describe_input(instruct, "instruct"),
    ]
    inputs += [describe_input(folder, f"records:{name}") for name, folder in records.items()]
    if corpus is not None:
        inputs.append(describe_input(corpus, "corpus"))
    told = inputs[2].sha256

    def work(space: Workspace) -> None:
        if not join_world().first:  # nothing here is shared
            return
        models = open_residual(model_folder(pretrained), model_folder(instruct), model_folder(base))
        held_out = _held_out(config, space, instruct, list(records.values()), corpus)
        judge, judged = _judge(config, held_out, domains)
        tried = [_measured(config, space, models, weight, held_out) for weight in config.weight]
        best = min(tried, key=lambda item: (_loss(item, judged), item.weight)) if judged else tried[0]
        kind = write_residual(models, best.weight, space.path / "model", dtype=config.dtype)
        facts = ResidualFacts(
            weight=best.weight,
            judge=judge if len(tried) > 1 else None,
            judged=judged,
            tried=tried,
            template=config.template,
            dtype=kind,
            instruct_sha256=told,
            added_rows=len(models.added),
            parameters=models.parameters,
        )
        write_artifact(space.path / "residual.json", facts)
        space.counts.update(weight=best.weight, parameters=models.parameters)
        _say(facts)

    settings = config.plain() | {"domains": domains}
    return run_together("residual", out, config=settings, inputs=inputs, seed=seed, work=work)


def _loss(item: WeightMeasured, judged: list[str]) -> float:
    """Per token. A model that gives no numbers is never the best."""
    tokens = sum(item.held_out[name].tokens for name in judged)
    found = sum(item.held_out[name].loss * item.held_out[name].tokens for name in judged) / max(1, tokens)
    return found if math.isfinite(found) else math.inf


def _held_out(
    config: ResidualConfig, space: Workspace, instruct: Path, records: list[Path], corpus: Path | None
) -> dict[str, Rows]:
    """Packed: one text a row, so that no model's attention has to be probed."""
    folder = model_folder(instruct)
    tokenizer = load_tokenizer(folder)
    width = min(config.sequence_length, context_of(folder) or config.sequence_length)
    found: dict[str, Rows] = {}
    if records and (config.template != CHAT or tokenizer.chat_template):
        tuning = TuneConfig(template=config.template, sequence_length=width, packing=False)
        rows = record_rows(space, "validation", tuning, tokenizer, records, "validation")
        if len(rows):
            found[VALIDATION] = rows
    if corpus is not None:
        measuring = TrainingConfig(sequence_length=width, held_out_characters=config.held_out_characters, packing=False)
        found |= held_out_rows(space, measuring, tokenizer, corpus)
    return found


def context_of(folder: Path) -> int | None:
    """Tokens a model was built for, from its configuration."""
    from transformers import AutoConfig

    return context_length(AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False))


def _judge(config: ResidualConfig, held_out: Mapping[str, Rows], domains: list[str]) -> tuple[Judge | None, list[str]]:
    """What the weights are judged by, and the names of that text. Raises `NothingError` where there is none of it."""
    documents = [name for name in domains if name in held_out]
    by_records = config.judge == "records" or (config.judge == "auto" and VALIDATION in held_out)
    judged = [name for name in held_out if name == VALIDATION] if by_records else documents
    if not judged and len(config.weight) > 1:
        raise NothingError(
            Text("There is nothing to judge the weights by.", "重みを判定するデータがありません。"),
            where=f"residual.judge: {config.judge}",
            why=Text(
                "no validation record fits" if by_records else "the corpus has no held-out documents of these domains",
                "使える検証用の指示データがありません" if by_records else "該当分野の評価用文書がありません",
            ),
            fix=Text(
                "Give one weight, or keep records or documents aside.",
                "重みを一つにするか、検証用の指示データか評価用文書を確保してください。",
            ),
        )
    return ("records" if by_records else "documents") if judged else None, judged


def _measured(
    config: ResidualConfig, space: Workspace, models: Residual, weight: float, held_out: Mapping[str, Rows]
) -> WeightMeasured:
    """The losses at a weight, of the weights as they would be stored. What was measured before a kill is not done again."""
    kept = space.scratch(f"measured-{weight:g}.json")
    if kept.is_file():
        return parse(WeightMeasured, read_json(kept))
    found: dict[str, HeldOut] = {}
    if held_out:
        folder = space.scratch("candidate")
        shutil.rmtree(folder, ignore_errors=True)
        write_residual(models, weight, folder, dtype=config.dtype)
        found = _losses(folder, held_out)
        shutil.rmtree(folder)
    measured = WeightMeasured(weight=weight, held_out=found)
    write_json(kept, measured.plain())
    remark(
        "residual",
        Text(
            f"weight {weight:g}: " + ", ".join(f"{name} {item.loss:.4f}" for name, item in found.items()),
            f"重み {weight:g}: " + "、".join(f"{name} {item.loss:.4f}" for name, item in found.items()),
        ),
    )
    return measured


def _losses(folder: Path, held_out: Mapping[str, Rows]) -> dict[str, HeldOut]:
    import torch

    device = local_device(choose_device("auto"))
    on_cpu = device == "cpu"
    model = load_weights(folder, dtype="fp32" if on_cpu else "bf16", device=device)
    model.eval()
    tokenizer: Any = load_tokenizer(folder)
    vocabulary = min(len(tokenizer), model.get_input_embeddings().weight.shape[0])
    module = loss_module(split_model(model, vocabulary=vocabulary, device=device))
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0

    def loss(*batch: Any, train: bool) -> Any:
        return module(*batch, train)

    found = measure(loss, model, held_out, device=device, padding=padding, autocast=nullcontext, world=World())
    del model
    if not on_cpu:
        torch.cuda.empty_cache()
    if lost := [name for name, item in found.items() if item.loss != item.loss]:
        raise TekioError(
            Text("The loss on held-out text is not a number.", "評価用文書の損失が数になりません。"),
            where=", ".join(lost),
            fix=Text("Store it as bf16 or fp32.", "bf16 か fp32 で保存してください。"),
        )
    return found


def _say(facts: ResidualFacts) -> None:
    if facts.judge is None:
        return
    what = Text("the answers of the validation records", "検証用の指示データの回答")
    if facts.judge == "documents":
        names = ", ".join(facts.judged)
        what = Text(f"held-out documents of {names}", f"評価用文書({names})")
    remark(
        "residual",
        Text(
            f"weight {facts.weight:g} has the lowest loss on {what.en} and is kept",
            f"重み {facts.weight:g} が{what.ja}の損失で最小のため採用しました",
        ),
    )
