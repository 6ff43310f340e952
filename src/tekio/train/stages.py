"""The three stages: a base model, continual pre-training, instruction tuning.

Each reads finished artifacts, writes one folder through `store.run_stage` (docs/formats.md) and can be killed at any
moment: repeating it goes on from the last checkpoint and gives the same bytes.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch and transformers have no complete type information)

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tekio.artifacts.model import write_artifact
from tekio.artifacts.training import (
    GivenModel,
    ModelPlace,
)
from tekio.documents import GENERAL
from tekio.errors import TekioError, Text
from tekio.model.check import check_model
from tekio.model.load import (
    PLACE_FILE,
    choose_device,
    load_tokenizer,
    load_weights,
    model_folder,
)
from tekio.model.merge import merge_adapter
from tekio.model.templates import CHAT, chat_template
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.train import BaseConfig, MethodConfig, PretrainConfig, ScratchConfig, TuneConfig
from tekio.store import Manifest, Workspace, describe_input
from tekio.train.adapter import INITIAL_ADAPTER, add_adapter, save_initial
from tekio.train.estimate import frozen_type
from tekio.train.inputs import require_texts, texts_of
from tekio.train.material import Material
from tekio.train.own_answers import asking_of
from tekio.train.process_group import join_world, local_device
from tekio.train.quantized import load_quantized, probe_unquantised, require_quantization
from tekio.train.seeds import derived_seed
from tekio.train.shared_stage import run_together
from tekio.train.stores import (
    anneal_rows,
    document_stores,
    held_out_rows,
    pretraining_stores,
)
from tekio.train.tokenizer import train_tokenizer
from tekio.train.training import stage_of, train_and_save
from tekio.train.tuning import asks_itself, tuning_material


def make_base(config: BaseConfig, out: Path, *, corpus: Path | None, seed: int) -> Manifest:
    """The base model of a run: the user's folder (only its place and hash are kept), or one made from nothing.

    corpus: the finished `corpus/` folder; needed for `scratch`. Raises `TekioError` when the folder is no usable model
    or the corpus is missing.
    """
    if config.scratch is not None:
        if corpus is None:
            raise TekioError(
                Text("A base from scratch needs a corpus.", "scratch の基盤モデルにはコーパスが要ります。")
            )
        scratch, folder = config.scratch, corpus
        return run_together(
            "base",
            out,
            config=config.plain(),
            inputs=[describe_input(corpus, "corpus")],
            seed=seed,
            work=lambda space: _train_base(scratch, space, folder),
        )
    assert config.model is not None
    path, written = config.model.path, config.model.written
    check_model(path)
    given = describe_input(path, "model")

    def work(space: Workspace) -> None:
        write_artifact(space.path / "model.json", GivenModel(path=written, sha256=given.sha256))
        # Where it is from here; not part of what the artifact is.
        write_artifact(space.volatile(PLACE_FILE), ModelPlace(folder=os.path.relpath(path, out)))

    return run_together("base", out, config=config.plain(), inputs=[given], seed=seed, work=work)


def pretrain(
    config: PretrainConfig, out: Path, *, base: Path, corpus: Path, seed: int, study: Path | None = None
) -> Manifest:
    """Continual pre-training on the corpus' domains, with general text mixed in when asked; all parameters or an adapter.

    base: the finished `base/` folder. study: the finished `study/` folder, read only where `sources` names it. Held-out
    bits per character of every domain are measured before, during (`evaluate_every`) and after.
    """
    inputs = [describe_input(base, "base"), describe_input(corpus, "corpus")]
    told = study if "study" in config.sources else None
    if told is not None:
        inputs.append(describe_input(told, "study"))
    elif "study" in config.sources:
        raise TekioError(
            Text(
                "`pretrain.sources` names `study`, which no stage has made.",
                "`pretrain.sources` の `study` がありません。",
            )
        )

    def work(space: Workspace) -> None:
        folder = model_folder(base)
        tokenizer = load_tokenizer(folder)
        require_texts(corpus, config.domains)
        stores, parts = pretraining_stores(space, config, tokenizer, corpus, told)
        if config.replay.share:
            general = document_stores(space, "rows-1", config, tokenizer, corpus, [GENERAL], replay=True)
            stores, parts = stores + general[0], parts + general[1]
        network, probe = _network(config, folder, tokenizer, space)
        annealing = None
        if config.anneal is not None:
            mixed_in = anneal_rows(space, config, config.anneal, tokenizer, corpus, told)
            annealing = (mixed_in, config.anneal.share)
        material = Material(
            stores, held_out_rows(space, config, tokenizer, corpus), parts, config.replay.share, annealing
        )
        base_of = folder if config.method == "lora" else None
        train_and_save(config, space, network, tokenizer, material, adapter_base=base_of, final=out, probe=probe)
        if config.method == "lora" and join_world().first:
            merge_adapter(space.path / "adapter", space.path / "model")

    return run_together("pretrain", out, config=config.plain(), inputs=inputs, seed=seed, work=work)


def tune(
    config: TuneConfig,
    out: Path,
    *,
    model: Path,
    records: Path | Mapping[str, Path],
    seed: int,
    corpus: Path | None = None,
    screen: ScreenConfig | None = None,
) -> Manifest:
    """Instruction tuning with LoRA or all parameters, alone or jointly with documents.

    model: the finished `base/` or `pretrain/` folder. records: the finished `instruct/` (or `study/`) folder, or the folders by the
    names of `config.records`. corpus: the finished
    `corpus/` folder, read only where the recipe has `documents`. screen: what answers of the model itself must pass, where it is asked for
    any; default: the checks of records as they are by default. The prompt template is saved with the result as `chat_template.jinja`.
    """
    folders = {records.name: records} if isinstance(records, Path) else dict(records)
    inputs = [describe_input(model, "model")]
    inputs += [
        describe_input(folder, "records" if len(folders) == 1 else f"records:{name}")
        for name, folder in folders.items()
    ]
    documents = corpus if config.documents else None
    if config.documents and documents is None:
        raise TekioError(
            Text("Documents beside records need a corpus.", "指示データと併せて学習する文書にはコーパスが要ります。"),
            where="tune.documents",
        )
    if documents is not None:
        inputs.append(describe_input(documents, "corpus"))
    asking = None
    if asks_itself(config):
        asking = asking_of(screen or ScreenConfig(), model, out, inputs[0].sha256)
        inputs += asking.inputs

    def work(space: Workspace) -> None:
        folder = model_folder(model)
        tokenizer = load_tokenizer(folder)
        if config.template != CHAT:
            tokenizer.chat_template = chat_template(config.template)
        material = tuning_material(config, space, tokenizer, folders, documents, asking)
        network, probe = _network(config, folder, tokenizer, space)
        base = folder if config.method == "lora" else None
        train_and_save(config, space, network, tokenizer, material, adapter_base=base, final=out, probe=probe)

    return run_together("tune", out, config=config.plain(), inputs=inputs, seed=seed, work=work)


def _train_base(config: ScratchConfig, space: Workspace, corpus: Path) -> None:
    from tekio.train.new_model import new_model

    domains = config.domains
    require_texts(corpus, domains)
    tokenizer_folder = space.scratch("tokenizer")
    world = join_world()
    if world.first and not tokenizer_folder.is_dir():
        made = train_tokenizer(texts_of(corpus, "train", config.tokenizer_domains or domains), config.tokenizer)
        working = space.scratch("tokenizer.working")
        shutil.rmtree(working, ignore_errors=True)
        made.save_pretrained(str(working))
        working.rename(tokenizer_folder)
    world.barrier()
    tokenizer = load_tokenizer(tokenizer_folder)
    stores, parts = document_stores(space, "rows-0", config, tokenizer, corpus, domains)
    _seed_torch(space.seed, "weights")
    model = new_model(config.architecture, tokenizer)
    held_out = held_out_rows(space, config, tokenizer, corpus)
    train_and_save(config, space, model, tokenizer, Material(stores, held_out, parts))


def _network(config: MethodConfig, folder: Path, tokenizer: Any, space: Workspace) -> tuple[Any, float | None]:
    """The model to train, with its adapter where the recipe asks for one, and the packing probe's error where it was
    taken on other weights than those that are trained (a base in 4 bits).

    What is trained is in fp32, master weights; lower precision is a matter of the forward pass. A frozen base has none.
    """
    device, probe = local_device(choose_device("auto")), None
    if config.method == "full":
        return load_weights(folder, dtype="fp32", device=device), None
    if config.quantize != "none":
        require_quantization(stage_of(config))
        probe = probe_unquantised(folder, len(tokenizer)) if config.packing else None
        network = load_quantized(folder, device=device, checkpointing=config.gradient_checkpointing)
    else:
        network = load_weights(folder, dtype=frozen_type(config, device), device=device)
    _seed_torch(space.seed, "adapter")
    network = add_adapter(network, config.lora, tokenizer)
    if config.lora.variant == "pissa" and join_world().first:
        save_initial(network, space.scratch(INITIAL_ADAPTER))
    return network, probe


def _seed_torch(seed: int, purpose: str) -> None:
    import torch

    torch.manual_seed(derived_seed(seed, purpose))
