"""The machine a recipe would run on: libraries, disk, devices."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from tekio.doctor.disk import disk_need
from tekio.doctor.findings import Finding, failure, lacking
from tekio.errors import TekioError, Text
from tekio.model.vllm_engine import check_vllm
from tekio.model_stages import TRAINING_STAGES
from tekio.plugins import GROUPS, Reader, installed
from tekio.progress import size_words
from tekio.recipe import Recipe
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.evaluate import EvaluateConfig
from tekio.recipe.readers import ARCHIVE, AUTO, UNKNOWN, find_reader, reader_of_name
from tekio.rows.archive import bare_name
from tekio.text.pdf.ocr import tesseract_problem


def check_libraries(recipe: Recipe, todo: Collection[str]) -> Iterator[Finding]:
    """The libraries that the stages `todo`, their readers and the engine need."""
    needed: dict[str, str] = {}
    if {*TRAINING_STAGES, "evaluate", "compare"} & set(todo):
        needed.update({"torch": "train", "transformers": "train"})
    adapted = {"pretrain": recipe.pretrain, "tune": recipe.tune, "prefer": recipe.tune, "sweep": recipe.tune}
    if any(config is not None and config.method == "lora" and name in todo for name, config in adapted.items()):
        needed["peft"] = "train"
    if recipe.engine.kind == "ray":
        needed["ray"] = "ray"
    wanted = {name: f"tekio[{extra}]" for name, extra in needed.items()}
    for source in recipe.corpus.sources if recipe.corpus and "corpus" in todo else []:
        for reader in _readers_of(source):
            wanted.update(reader.needs)
        if source.options.get("ocr") == "tesseract" and (problem := tesseract_problem()):
            place = f"sources.{source.name}.options.ocr"
            yield lacking(place, f"{problem} is missing on this machine", f"このマシンに {problem} がありません")
    for name, install in sorted(wanted.items()):
        if importlib.util.find_spec(name) is None:
            yield lacking(name, f"not installed: pip install '{install}'", f"未導入: pip install '{install}'")
        else:
            yield Finding("ok", name, Text("installed", "導入済み"))


def check_engine(recipe: Recipe, todo: Collection[str]) -> Iterator[Finding]:
    """vLLM, where evaluation or the answers are to be computed by it."""
    for name, config in (("evaluate", recipe.evaluate), ("compare", recipe.compare)):
        if config is None or name not in todo or config.engine != "vllm":
            continue
        try:
            check_vllm(config.device if isinstance(config, EvaluateConfig) else "auto")
            yield Finding("ok", f"{name}.engine", "vllm")
        except TekioError as error:
            yield failure(f"{name}.engine", error)


def _readers_of(source: SourceConfig) -> list[Reader]:
    """The readers that a source's files need, by their names."""
    if source.reader != AUTO:
        return [find_reader(source.reader)]
    try:
        names = {reader_of_name(bare_name(file.name.lower())) for file in source.path.files()}
    except TekioError:
        return []  # said by `check_corpus`
    return [find_reader(name) for name in sorted(filter(None, names)) if name not in (ARCHIVE, UNKNOWN)]


def check_own_parts() -> Iterator[Finding]:
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
            yield failure(subject, error)


def check_machine(recipe: Recipe, run: Path, todo: Collection[str]) -> Iterator[Finding]:
    """The disk, and the devices where there is something to train."""
    place = next(folder for folder in (run, *run.parents) if folder.exists())
    subject = Text("disk", "ディスク")
    if not os.access(place, os.W_OK):
        yield lacking(subject, f"not writable: {place}", f"書き込めません: {place}")
    free, need = shutil.disk_usage(place).free, disk_need(recipe, todo).peak
    en, ja = (
        f"about {size_words(need)} needed, {size_words(free)} free",
        f"必要 約 {size_words(need)}、空き {size_words(free)}",
    )
    yield Finding("ok", subject, Text(en, ja)) if free > need else lacking(subject, en, ja)
    if importlib.util.find_spec("torch") is not None and (recipe.pretrain or recipe.tune or recipe.base):
        import torch

        count = torch.cuda.device_count()
        names = ", ".join(sorted({torch.cuda.get_device_name(number) for number in range(count)}))
        found = f"{count} GPU: {names}"
        cores = os.cpu_count()
        words = Text(found, found) if count else Text(f"CPU, {cores} cores", f"CPU（{cores} コア）")
        yield Finding("ok", Text("devices", "装置"), words)
