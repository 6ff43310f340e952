"""`tekio doctor`: what would fail, said before anything runs."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

from tekio.errors import Message, TekioError, Text
from tekio.licenses import find_license
from tekio.pipeline import check_stages, wanted_stages
from tekio.plugins import GROUPS, Reader, installed
from tekio.recipe import Recipe, RecipePath
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import ARCHIVE, AUTO, find_reader, reader_of_name
from tekio.rows.archive import bare_name
from tekio.store import read_json

Level = Literal["ok", "warning", "failure"]


@dataclass(frozen=True)
class Finding:
    """One checked thing."""

    level: Level
    subject: Message
    text: Message


def examine(recipe: Recipe, run: Path) -> list[Finding]:
    """Check everything a run of `recipe` in folder `run` would need: files, libraries, disk, memory, devices, tasks."""
    findings: list[Finding] = []
    findings.extend(_stages(recipe))
    findings.extend(_sources(recipe))
    model = list(_model(recipe))
    findings.extend(model)
    findings.extend(_libraries(recipe))
    findings.extend(_own_parts())
    findings.extend(_machine(recipe, run))
    findings.extend(_contexts(recipe))
    if all(finding.level == "ok" for finding in model):
        findings.extend(_training(recipe))
    findings.extend(_tasks(recipe))
    return findings


def _failure(subject: Message, error: TekioError) -> Finding:
    en, ja = error.explain("en").removeprefix("Error: "), error.explain("ja").removeprefix("エラー: ")
    return Finding("failure", subject, Text(en, ja))


def _stages(recipe: Recipe) -> Iterator[Finding]:
    subject = Text("stages", "段階")
    try:
        check_stages(recipe)
        yield Finding("ok", subject, ", ".join(wanted_stages(recipe)))
    except TekioError as error:
        yield _failure(subject, error)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _file_finding(subject: Message, path: RecipePath) -> Finding:
    try:
        files = path.files()
    except TekioError as error:
        return _failure(subject, error)
    unreadable = [file for file in files if not os.access(file, os.R_OK)]
    if unreadable:
        return Finding("failure", subject, Text(f"not readable: {unreadable[0]}", f"読めません: {unreadable[0]}"))
    size = _megabytes(sum(file.stat().st_size for file in files))
    return Finding("ok", subject, Text(f"{len(files):,} files, {size}", f"{len(files):,} ファイル、{size}"))


def _sources(recipe: Recipe) -> Iterator[Finding]:
    listed: list[tuple[str, RecipePath, str]] = []
    if recipe.corpus is not None:
        listed.extend((f"corpus.{item.name}", item.path, item.license) for item in recipe.corpus.sources)
    if recipe.instruct is not None:
        parts = (*recipe.instruct.harvest, *recipe.instruct.expand, *recipe.instruct.import_)
        listed.extend((f"instruct.{item.name}", item.path, item.license) for item in parts)
    for name, path, license_id in listed:
        yield _file_finding(name, path)
        if find_license(license_id).may_train != "yes":
            yield Finding(
                "warning",
                name,
                Text(
                    f"license `{license_id}`: training is not clearly allowed; see docs/licenses.md",
                    f"ライセンス `{license_id}`: 学習の可否が不明です(docs/licenses.md)",
                ),
            )
    if recipe.compare is not None and recipe.compare.prompts is not None:
        yield _file_finding("compare.prompts", recipe.compare.prompts)


def _model(recipe: Recipe) -> Iterator[Finding]:
    if recipe.base is None or recipe.base.model is None:
        return
    folder = recipe.base.model.path
    missing = [name for name in ("config.json", "tokenizer.json") if not (folder / name).is_file()]
    if not folder.is_dir() or "config.json" in missing:
        yield Finding(
            "failure", "base.model", Text(f"not a model folder: {folder}", f"モデルのフォルダではありません: {folder}")
        )
    elif not list(folder.glob("*.safetensors")):
        yield Finding(
            "failure",
            "base.model",
            Text(
                "no safetensors weights (pickled checkpoints are not loaded)",
                "safetensors の重みがありません(pickle は読みません)",
            ),
        )
    else:
        size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        yield _sound_model("base.model", folder, _megabytes(size))


def _sound_model(subject: Message, folder: Path, size: str) -> Finding:
    """Whether the folder's files are a whole model: every tensor, finite values, the tokenizer's own ids."""
    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
        return Finding("ok", subject, size)  # the missing library is a finding of its own
    from tekio.model.check import check_model

    try:
        found = check_model(folder)
    except TekioError as error:
        return _failure(subject, error)
    parameters = f"{found.parameters / 1e6:,.1f} M"
    return Finding(
        "ok",
        subject,
        Text(
            f"{size}, {parameters} parameters, all finite; {found.tokens:,} token ids in {found.rows:,} rows",
            f"{size}、パラメータ {parameters}(すべて有限)、ID {found.tokens:,} 個に {found.rows:,} 行",
        ),
    )


def _libraries(recipe: Recipe) -> Iterator[Finding]:
    needed: dict[str, str] = {}
    if any(section is not None for section in (recipe.base, recipe.pretrain, recipe.tune, recipe.evaluate)):
        needed.update({"torch": "train", "transformers": "train"})
    if recipe.tune is not None and recipe.tune.method == "lora":
        needed["peft"] = "train"
    if recipe.engine.kind == "ray":
        needed["ray"] = "ray"
    wanted = {name: f"tekio[{extra}]" for name, extra in needed.items()}
    for source in recipe.corpus.sources if recipe.corpus else []:
        for reader in _readers_of(source):
            wanted.update(reader.needs)
    for name, install in sorted(wanted.items()):
        if importlib.util.find_spec(name) is None:
            yield Finding(
                "failure", name, Text(f"not installed: pip install '{install}'", f"未導入: pip install '{install}'")
            )
        else:
            yield Finding("ok", name, Text("installed", "導入済み"))


def _readers_of(source: SourceConfig) -> list[Reader]:
    """The readers that a source's files need, by their names."""
    if source.reader != AUTO:
        return [find_reader(source.reader)]
    try:
        names = {reader_of_name(bare_name(file.name.lower())) for file in source.path.files()}
    except TekioError:
        return []  # said by `_sources`
    return [find_reader(name) for name in sorted(filter(None, names)) if name != ARCHIVE]


def _own_parts() -> Iterator[Finding]:
    """The readers, metrics, filters and trackers of installed packages."""
    for group in GROUPS:
        subject = group
        try:
            for part in installed(group).values():
                subject = f"{group}: {part.name}"
                version = part.load().version
                words = f"{part.name} {version} ({part.package} {part.package_version})"
                yield Finding("ok", group, Text(words, words))
        except TekioError as error:
            yield _failure(subject, error)


def _machine(recipe: Recipe, run: Path) -> Iterator[Finding]:
    place = next(folder for folder in (run, *run.parents) if folder.exists())
    subject = Text("disk", "ディスク")
    if not os.access(place, os.W_OK):
        yield Finding("failure", subject, Text(f"not writable: {place}", f"書き込めません: {place}"))
    free = shutil.disk_usage(place).free
    need = _disk_need(recipe)
    text = Text(
        f"{_megabytes(need)} needed, {_megabytes(free)} free", f"必要 {_megabytes(need)}、空き {_megabytes(free)}"
    )
    yield Finding("ok" if free > need else "failure", subject, text)
    if importlib.util.find_spec("torch") is not None and (recipe.pretrain or recipe.tune or recipe.base):
        import torch

        count = torch.cuda.device_count()
        names = ", ".join(sorted({torch.cuda.get_device_name(number) for number in range(count)}))
        yield Finding(
            "ok", Text("devices", "装置"), f"{count} GPU: {names}" if count else f"CPU, {os.cpu_count()} cores"
        )


def _disk_need(recipe: Recipe) -> int:
    """A cautious guess in bytes: three times the documents, and for each training stage weights and two checkpoints."""
    documents = 0
    for source in recipe.corpus.sources if recipe.corpus else []:
        try:
            documents += sum(file.stat().st_size for file in source.path.files())
        except TekioError:
            continue
    weights = 0
    if recipe.base is not None and recipe.base.model is not None:
        weights = sum(file.stat().st_size for file in recipe.base.model.path.glob("*.safetensors"))
    stages = sum(section is not None for section in (recipe.base, recipe.pretrain))
    return 3 * documents + stages * 7 * weights + 50_000_000


def _training(recipe: Recipe) -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        return
    from tekio.train.estimate import estimate_recipe

    for estimate in estimate_recipe(recipe):
        yield Finding(estimate.level, estimate.subject, estimate.text)


def _contexts(recipe: Recipe) -> Iterator[Finding]:
    """Training on texts longer than the base was built for fails; better said before the corpus is built."""
    if recipe.base is None or recipe.base.model is None or importlib.util.find_spec("torch") is None:
        return
    from tekio.model.load import context_length

    configuration = recipe.base.model.path / "config.json"
    try:
        limit = context_length(SimpleNamespace(**read_json(configuration)))
    except (OSError, TypeError, TekioError):
        return  # said by `_model`
    for stage, section in (("pretrain", recipe.pretrain), ("tune", recipe.tune)):
        if section is not None and limit is not None and section.sequence_length > limit:
            yield Finding(
                "failure",
                f"{stage}.sequence_length",
                Text(
                    f"{section.sequence_length} is longer than the base's context of {limit} tokens",
                    f"{section.sequence_length} は基盤モデルのコンテキスト長 {limit} を超えています",
                ),
            )


def _tasks(recipe: Recipe) -> Iterator[Finding]:
    if recipe.evaluate is None:
        return
    from tekio.evaluate.tasks import load_task

    for item in recipe.evaluate.tasks:
        try:
            task = load_task(item.task, base=item.base)
            built = task.build(
                item.data.path if item.data else None,
                template=item.template,
                protocol=recipe.evaluate.protocol,
                shots=item.shots,
                limit=item.limit,
                seed=recipe.seed,
            )
            yield Finding("ok", f"evaluate.{item.task}", Text(f"{built.n:,} items", f"{built.n:,} 問"))
        except TekioError as error:
            yield _failure(f"evaluate.{item.task}", error)
