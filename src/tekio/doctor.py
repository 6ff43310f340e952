"""What would fail, said before anything runs: one list of checks, printed by `tekio doctor` and begun with by `tekio run`."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

from tekio.documents import GENERAL
from tekio.errors import Message, TekioError, Text
from tekio.isolation import isolation_problem
from tekio.licenses import find_license
from tekio.plugins import GROUPS, Reader, installed
from tekio.recipe import Recipe, RecipePath
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.listing import shown_name
from tekio.recipe.readers import ARCHIVE, AUTO, UNKNOWN, find_reader, reader_of_content, reader_of_name
from tekio.rows.archive import bare_name
from tekio.run_folder import require_run_folder
from tekio.stages import check_stages, wanted_stages
from tekio.store import read_json

Level = Literal["ok", "warning", "failure"]
STAGE_OF = {"base": "base", "pretrained": "pretrain", "tuned": "tune"}
LOOKED_AT = 2_000
MOST_HEADER = 100_000_000


@dataclass(frozen=True)
class Finding:
    """One checked thing."""

    level: Level
    subject: Message
    text: Message
    error: TekioError | None = None


def examine(recipe: Recipe, run: Path, stages: Collection[str] | None = None) -> list[Finding]:
    """Check everything a run of `recipe` in folder `run` would need: the place, settings that contradict each other, files,
    libraries, disk, memory, devices, tasks.

    stages: those that will be made; default: all. What only other stages need is not looked at.
    """
    todo = set(wanted_stages(recipe)) if stages is None else set(stages)
    training = bool(todo & {"base", "pretrain", "tune", "sweep"})
    findings: list[Finding] = [*_place(recipe, run), *_stages(recipe)]
    if "corpus" in todo:
        findings.extend(_corpus(recipe))
    if "instruct" in todo:
        findings.extend(_instruct(recipe))
    findings.extend(check_settings(recipe))
    findings.extend(_sources(recipe, todo))
    model = list(_model(recipe)) if training else []
    findings.extend(model)
    findings.extend(_libraries(recipe, todo))
    findings.extend(_own_parts())
    findings.extend(_machine(recipe, run))
    if training:
        findings.extend(_contexts(recipe))
        findings.extend(_adapter_targets(recipe))
    if training and all(finding.level == "ok" for finding in model):
        findings.extend(_training(recipe))
    if "evaluate" in todo:
        findings.extend(_tasks(recipe))
    return findings


def network_finding() -> Finding:
    """What closes the network here: the guard alone, or the system too."""
    problem = isolation_problem()
    if problem is None:
        words = Text(
            "closed by the guard; `--isolate` (a network namespace) is offered here",
            "ガードで禁止。`--isolate`(ネットワーク名前空間)も使えます",
        )
    else:
        words = Text(
            f"closed by the guard for what goes through Python; `--isolate` is not offered here: {problem}",
            f"Python を通る通信はガードで禁止。`--isolate` は使えません: {problem}",
        )
    return Finding("ok", Text("network", "通信"), words)


def _failure(subject: Message, error: TekioError) -> Finding:
    en, ja = error.explain("en").removeprefix("Error: "), error.explain("ja").removeprefix("エラー: ")
    return Finding("failure", subject, Text(en, ja), error)


def _place(recipe: Recipe, run: Path) -> Iterator[Finding]:
    try:
        require_run_folder(recipe, run)
    except TekioError as error:
        yield _failure(Text("run folder", "実行フォルダ"), error)


def _corpus(recipe: Recipe) -> Iterator[Finding]:
    """Names, columns, thresholds, licenses, evaluation files: what the stage itself refuses before it reads."""
    if recipe.corpus is None:
        return
    from tekio.corpus.build import check_config

    try:
        check_config(recipe.corpus)
    except TekioError as error:
        if all(source.path.exists for source in recipe.corpus.sources):  # a missing file is named by `_sources`
            yield _failure("corpus", error)


def _instruct(recipe: Recipe) -> Iterator[Finding]:
    if recipe.instruct is None:
        return
    parts = (*recipe.instruct.harvest, *recipe.instruct.expand, *recipe.instruct.import_)
    names = [item.name for item in parts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding("failure", f"instruct.{name}", Text("two sources have this name", "同じ名前の出典が二つあります"))


def check_settings(recipe: Recipe) -> Iterator[Finding]:
    """Settings that contradict each other: seen in the recipe alone."""
    corpus = recipe.corpus.sources if recipe.corpus is not None else []
    domains = {source.domain for source in corpus}
    pretrain, base = recipe.pretrain, recipe.base
    used: set[str] = set()
    if pretrain is not None:
        used.update(pretrain.domains)
        if corpus and not domains & set(pretrain.domains):
            yield _no_text("pretrain.domains", pretrain.domains, domains)
        if pretrain.replay.share:
            used.add(GENERAL)
            if corpus and GENERAL not in domains:
                yield _no_text("pretrain.replay", [GENERAL], domains)
    if base is not None and base.scratch is not None:
        used.update(base.scratch.domains, base.scratch.tokenizer_domains)
        for name, wanted in (("domains", base.scratch.domains), ("tokenizer_domains", base.scratch.tokenizer_domains)):
            if corpus and wanted and not domains & set(wanted):
                yield _no_text(f"base.scratch.{name}", wanted, domains)
    if used and recipe.evaluate is None:  # evaluation measures the held-out text of every domain
        for name in sorted(domains - used - {GENERAL}):
            yield Finding(
                "failure",
                Text(f"domain {name}", f"分野 {name}"),
                Text("no stage of the recipe uses it", "これを使う段階がありません"),
            )
    yield from _labels_without_stage(recipe)
    if recipe.compare is not None and recipe.compare.prompts is None and recipe.instruct is None:
        yield Finding(
            "failure",
            "compare.prompts",
            Text(
                "nothing to ask: name a file of prompts, or add `instruct`",
                "質問がありません。prompts のファイルを指定するか `instruct` を加えてください",
            ),
        )


def _no_text(subject: str, wanted: Sequence[str], domains: Collection[str]) -> Finding:
    names, there = ", ".join(wanted), ", ".join(sorted(domains))
    return Finding(
        "failure",
        subject,
        Text(
            f"no source of the corpus has the domain {names} (there are: {there})",
            f"コーパスに分野 {names} の情報源がありません(あるもの: {there})",
        ),
    )


def _labels_without_stage(recipe: Recipe) -> Iterator[Finding]:
    for section, config in (("evaluate", recipe.evaluate), ("compare", recipe.compare)):
        if config is None or "models" not in config.model_fields_set:
            continue
        for label in config.models:
            if getattr(recipe, STAGE_OF[label]) is None:
                yield Finding(
                    "failure",
                    f"{section}.models",
                    Text(
                        f"`{label}` is made by the section `{STAGE_OF[label]}`, which the recipe does not have",
                        f"`{label}` を作る節 `{STAGE_OF[label]}` がレシピにありません",
                    ),
                )


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


def _documents_finding(subject: Message, path: RecipePath) -> list[Finding]:
    """The files of a source of documents; what cannot be read becomes rows of its own and does not end a build."""
    listing = path.listing()
    if not listing.files and not listing.unread:
        return [_file_finding(subject, path)]
    size = _megabytes(sum(file.stat().st_size for file in listing.files))
    count = len(listing.files)
    found = [Finding("ok", subject, Text(f"{count:,} files, {size}", f"{count:,} ファイル、{size}"))]
    if listing.unread:
        first = listing.unread[0]
        name = shown_name(first.path)
        found.append(
            Finding(
                "warning",
                subject,
                Text(
                    f"{len(listing.unread):,} cannot be read and will be rows in rejected/: {name} ({first.reason}: {first.detail})",
                    f"{len(listing.unread):,} 件は読めず rejected/ の行になります: {name}({first.reason}: {first.detail})",
                ),
            )
        )
    return found if listing.files else found[1:]


def _sources(recipe: Recipe, todo: Collection[str]) -> Iterator[Finding]:
    listed: list[tuple[str, RecipePath, str]] = []
    if recipe.corpus is not None and "corpus" in todo:
        listed.extend((f"corpus.{item.name}", item.path, item.license) for item in recipe.corpus.sources)
    if recipe.instruct is not None and "instruct" in todo:
        parts = (*recipe.instruct.harvest, *recipe.instruct.expand, *recipe.instruct.import_)
        listed.extend((f"instruct.{item.name}", item.path, item.license) for item in parts)
    for source in recipe.corpus.sources if recipe.corpus is not None and "corpus" in todo else []:
        yield from _unknown_formats(source)
    for name, path, license_id in listed:
        if name.startswith("corpus."):
            yield from _documents_finding(name, path)
        else:
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
    if recipe.compare is not None and recipe.compare.prompts is not None and "compare" in todo:
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


def _unknown_formats(source: SourceConfig) -> Iterator[Finding]:
    """Files of a source that no reader takes, by their names and first bytes."""
    if source.reader != AUTO:
        return
    unknown: list[str] = []
    try:
        files = source.path.files()
    except TekioError:
        return
    for file in files[:LOOKED_AT]:
        if reader_of_name(bare_name(file.name.lower())) is not None:
            continue
        try:
            with file.open("rb") as stream:
                head = stream.read(4096)
        except OSError:
            continue
        if head and reader_of_content(head) == UNKNOWN:
            unknown.append(file.name)
    if unknown:
        named = ", ".join(unknown[:5])
        yield Finding(
            "failure" if len(unknown) == len(files) else "warning",
            f"corpus.{source.name}",
            Text(
                f"{len(unknown):,} of {len(files):,} files are of no format that is read: {named}",
                f"{len(files):,} ファイル中 {len(unknown):,} 件は読めない形式です: {named}",
            ),
        )


def _adapter_targets(recipe: Recipe) -> Iterator[Finding]:
    """Modules named for LoRA that the base does not have: said before the corpus is built."""
    if recipe.tune is None or recipe.tune.method != "lora" or not recipe.tune.lora.targets:
        return
    if recipe.base is None or recipe.base.model is None:
        return
    modules: set[str] = set()
    for file in sorted(recipe.base.model.path.glob("*.safetensors")):
        try:
            with file.open("rb") as stream:
                size = int.from_bytes(stream.read(8), "little")
                names = json.loads(stream.read(min(size, MOST_HEADER)))
        except (OSError, ValueError):
            return  # said by `_model`
        modules.update(name.rsplit(".", 1)[0] for name in names if name != "__metadata__")
    last = {name.rsplit(".", 1)[-1] for name in modules}
    for target in recipe.tune.lora.targets:
        if modules and target not in last and not any(name.endswith(f".{target}") for name in modules):
            yield Finding(
                "failure",
                "tune.lora.targets",
                Text(
                    f"the base has no module `{target}` (there are: {', '.join(sorted(last))})",
                    f"基盤モデルにモジュール `{target}` がありません(あるもの: {', '.join(sorted(last))})",
                ),
            )


def _libraries(recipe: Recipe, todo: Collection[str]) -> Iterator[Finding]:
    needed: dict[str, str] = {}
    if {"base", "pretrain", "tune", "sweep", "evaluate", "compare"} & set(todo):
        needed.update({"torch": "train", "transformers": "train"})
    if recipe.tune is not None and recipe.tune.method == "lora" and {"tune", "sweep"} & set(todo):
        needed["peft"] = "train"
    if recipe.engine.kind == "ray":
        needed["ray"] = "ray"
    wanted = {name: f"tekio[{extra}]" for name, extra in needed.items()}
    for source in recipe.corpus.sources if recipe.corpus and "corpus" in todo else []:
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
    """The readers, filters, metrics and trackers of installed packages."""
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
            task = load_task(item.task, base=item.base, metrics=item.metrics)
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
