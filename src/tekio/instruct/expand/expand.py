"""From rows of a data set to instruction rows, by a template file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from tekio.errors import InputError, say
from tekio.instruct.expand.readers import Reader, Reading, table_readers
from tekio.instruct.expand.render import Rendered, compile_condition, compile_text, sandbox, seeded_number
from tekio.instruct.expand.rules import RULES, DroppedError
from tekio.instruct.expand.templates import TaskTemplate, TemplateFile
from tekio.instruct.rows import Row, broken_row
from tekio.recipe.instruct import ExpandConfig
from tekio.records import InstructionMeta, new_record
from tekio.text.unreadable import UnreadableError

Data = Mapping[str, Any]


@dataclass(frozen=True)
class _Wording:
    name: str
    instruction: Rendered
    given: Rendered
    output: Rendered
    system: Rendered


@dataclass(frozen=True)
class _Task:
    template: TaskTemplate
    applies: Callable[[Any], bool]
    wordings: list[_Wording]


@dataclass(frozen=True)
class CompiledTemplate:
    """A template file ready to render; make it once a process (`compile_template`)."""

    file: TemplateFile
    tasks: list[_Task]
    key: Rendered
    group: Rendered
    topic: Rendered
    as_of: Rendered
    parents: Rendered


def wanted_tasks(file: TemplateFile, config: ExpandConfig) -> list[TaskTemplate]:
    """The tasks of the template that the recipe asks for."""
    if config.tasks:
        return [task for task in file.tasks if task.name in config.tasks]
    return [
        task
        for task in file.tasks
        if (config.inverse or not task.inverse) and (config.translation or not task.direction)
    ]


def compile_template(file: TemplateFile, config: ExpandConfig) -> CompiledTemplate:
    """Compile the expressions of the wanted tasks. Raises `TekioError` naming the expression that is malformed."""
    environment = sandbox()

    def text(source: str, place: str) -> Rendered:
        return compile_text(environment, source, f"{file.name}: {place}")

    tasks: list[_Task] = []
    for task in wanted_tasks(file, config):
        wordings = [
            _Wording(
                f"{file.name}/{task.name}/{number}",
                text(item.instruction, f"{task.name} {number} instruction"),
                text(item.input, f"{task.name} {number} input"),
                text(item.output, f"{task.name} {number} output"),
                text(item.system, f"{task.name} {number} system"),
            )
            for number, item in enumerate(task.phrasings)
        ]
        tasks.append(_Task(task, compile_condition(environment, task.when, f"{file.name}: {task.name} when"), wordings))
    return CompiledTemplate(
        file,
        tasks,
        text(file.key, "key"),
        text(file.group, "group"),
        text(file.topic, "topic"),
        text(file.as_of, "as_of"),
        text(file.parents, "parents"),
    )


def readers() -> dict[str, Reader]:
    """All readers of data set files by name."""
    from tekio.instruct.expand.published import published_readers

    return {**table_readers(), **published_readers()}


def read_rows(path: Path, file: TemplateFile) -> Reading:
    """The rows of one data file as the template's reader and rule see them; a `DroppedError` reason becomes an `InputError`."""
    reader = readers().get(file.reader)
    if reader is None:
        raise InputError(f"There is no reader {file.reader!r}.", where=file.name, fix=", ".join(sorted(readers())))
    rows = reader(path, file.reader_options)
    return RULES[file.rule](rows, file.reader_options) if file.rule else rows


def expand_file(path: Path, uri: str, compiled: CompiledTemplate, config: ExpandConfig, seed: int) -> Iterator[Row]:
    """Every record the file gives, in order, and a rejected row for everything in it that gives none.

    uri: the file's path relative to the source, which goes into keys (never the place on this machine).
    """
    license_id = config.license if config.license != "unknown" else compiled.file.license
    try:
        for place, data in read_rows(path, compiled.file):
            where = f"{uri}{place}"
            if isinstance(data, InputError):
                yield broken_row(config.name, license_id, where, _reason(data, "unreadable_row"), say(data.what, "en"))
                continue
            yield from _expand_row(data, where, compiled, config, license_id, seed)
    except InputError as error:
        told = error.explain("en").replace(str(path), uri)
        yield broken_row(config.name, license_id, uri, _reason(error, "unreadable"), told)


def _reason(error: InputError, otherwise: str) -> str:
    return error.reason if isinstance(error, DroppedError | UnreadableError) else otherwise


def _expand_row(
    data: Data, where: str, compiled: CompiledTemplate, config: ExpandConfig, license_id: str, seed: int
) -> Iterator[Row]:
    file = compiled.file
    values = {**file.options, **config.options, **data, "_": data}
    for name, column in file.fields.items():
        if column not in data:
            yield broken_row(config.name, license_id, where, "missing_field", column)
            return
        values[name] = data[column]
    for name, words in file.values.items():
        raw = str(values.get(name))
        if raw not in words:
            yield broken_row(config.name, license_id, where, "unknown_value", {name: raw})
            return
        values[f"{name}_word"] = words[raw]
    made = 0
    try:
        key = compiled.key(values) or where
        group = compiled.group(values) or key
        common = (compiled.topic(values), compiled.as_of(values), compiled.parents(values))
        for task in compiled.tasks:
            if not task.applies(values):
                continue
            for wording in _chosen(task.wordings, config, seed, key, task.template.name):
                yield _record(wording, task.template, values, key, group, common, config.name, license_id)
                made += 1
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        yield broken_row(config.name, license_id, where, "template_failed", f"{type(error).__name__}: {error}"[:300])
        return
    if made == 0:
        yield broken_row(config.name, license_id, where, "no_task_applies", None)


def _chosen(wordings: list[_Wording], config: ExpandConfig, seed: int, key: str, task: str) -> list[_Wording]:
    if config.phrasings == "all" or len(wordings) == 1:
        return wordings
    return [wordings[seeded_number(seed, "phrasing", config.name, task, key) % len(wordings)]]


def _record(
    wording: _Wording,
    task: TaskTemplate,
    values: Data,
    key: str,
    group: str,
    common: tuple[str, str, str],
    origin: str,
    license_id: str,
) -> Row:
    topic, as_of, parents = common
    extra: dict[str, Any] = {"row": key, "template": wording.name, "task": task.name}
    if task.direction:
        extra["direction"] = task.direction
    if task.open:
        extra["open"] = True
    if values.get(task.check) is not None and not task.inverse:
        extra["check"] = values[task.check]
    meta = InstructionMeta(
        task=task.task or task.name,
        origin=origin,
        license=license_id,
        topic=topic or None,
        parents=[parents or key],
        as_of=as_of or None,
        group=f"{origin}:{group}",
        input=wording.given(values) or None,
        extra=extra,
    )
    return Row(new_record(wording.instruction(values), wording.output(values), meta, system=wording.system(values)))
