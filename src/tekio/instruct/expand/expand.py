"""From rows of a data set to instruction rows, by a template file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from tekio.errors import InputError, TekioError, Text, say
from tekio.instruct.candidate import Row, broken_row
from tekio.instruct.expand.readers import Reader, Reading, table_readers
from tekio.instruct.expand.render import Rendered, compile_condition, compile_text, sandbox, seeded_number
from tekio.instruct.expand.rules import RULES, DroppedError
from tekio.instruct.expand.sample import beyond, caps_of, draw
from tekio.instruct.expand.templates import TaskTemplate, TemplateFile
from tekio.instruct.formats.foreign import ANSWER, QUESTION
from tekio.recipe.instruct import ExpandConfig
from tekio.records import InstructionMeta, new_record
from tekio.text.unreadable import UnreadableError

Data = Mapping[str, Any]
TEMPLATE_ERRORS = (TemplateError, ArithmeticError, TypeError, ValueError, LookupError)


OTHERS = {"question": QUESTION, "answer": ANSWER}
"""Other names of the columns a template asks for."""


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
    tasks = file.tasks
    if config.phrasing == "original":
        tasks = [_originals(task) for task in tasks if any(item.original for item in task.phrasings)]
        if not tasks:
            raise TekioError(
                Text(
                    f"The template {file.name!r} has no wording of llm-japanese-dataset.",
                    f"テンプレート {file.name!r} には llm-japanese-dataset の文言がありません。",
                ),
                fix=Text(
                    "Leave out `phrasing: original` for this source.",
                    "この情報源では `phrasing: original` を外してください。",
                ),
            )
    if config.tasks:
        return [task for task in tasks if task.name in config.tasks]
    return [
        task for task in tasks if (config.inverse or not task.inverse) and (config.translation or not task.direction)
    ]


def _originals(task: TaskTemplate) -> TaskTemplate:
    return task.model_copy(update={"phrasings": [item for item in task.phrasings if item.original]})


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


def read_rows(path: Path, file: TemplateFile, config: ExpandConfig) -> Reading:
    """The rows of one data file as the template's reader and rule see them; a `DroppedError` reason becomes an `InputError`."""
    reader = readers().get(file.reader)
    if reader is None:
        raise InputError(f"There is no reader {file.reader!r}.", where=file.name, fix=", ".join(sorted(readers())))
    asked = {"original": config.phrasing == "original", "translation": config.translation}
    options = {**file.reader_options, **asked}
    rows = reader(path, options)
    return RULES[file.rule](rows, options) if file.rule else rows


@dataclass(frozen=True)
class _Planned:
    """One record that could be made; rendering waits until it is known that it is wanted."""

    task: TaskTemplate
    wording: _Wording
    values: Data
    key: str
    where: str


def expand_file(path: Path, uri: str, compiled: CompiledTemplate, config: ExpandConfig, seed: int) -> Iterator[Row]:
    """`expand_files` for one file."""
    return expand_files([(path, uri)], compiled, config, seed)


def expand_files(
    files: Sequence[tuple[Path, str]], compiled: CompiledTemplate, config: ExpandConfig, seed: int
) -> Iterator[Row]:
    """Every record the files give, in order, and a rejected row for everything in them that gives none.

    files: (path, uri); the uri is relative to the source and goes into keys, never the place on this machine. Records
    that caps or the limit rule out among these files already are rows without text.
    """
    license_id = config.license if config.license != "unknown" else compiled.file.license
    caps = caps_of(compiled.file, config)
    out: dict[int, tuple[str, int]] = {}
    if caps or config.limit is not None:
        # The files are read twice rather than held: a candidate is a name and a number here.
        tasks: list[str] = []
        numbers: list[int] = []
        for item in _plan_files(files, compiled, config, license_id, seed):
            if isinstance(item, _Planned):
                tasks.append(item.task.name)
                numbers.append(draw(seed, config.name, item.wording.name, item.key))
        # With caps, the limit is decided by the stage alone: candidates over a cap elsewhere must not push others out.
        out = beyond(tasks, numbers, caps, None if caps else config.limit)
    place = 0
    for item in _plan_files(files, compiled, config, license_id, seed):
        if isinstance(item, Row):
            yield item
            continue
        if place in out:
            yield _without_text(item, config.name, license_id, *out[place])
        else:
            yield _render(item, compiled, config.name, license_id)
        place += 1


def _plan_files(
    files: Sequence[tuple[Path, str]], compiled: CompiledTemplate, config: ExpandConfig, license_id: str, seed: int
) -> Iterator[Row | _Planned]:
    for path, uri in files:
        yield from _plan_file(path, uri, compiled, config, license_id, seed)


def _plan_file(
    path: Path, uri: str, compiled: CompiledTemplate, config: ExpandConfig, license_id: str, seed: int
) -> Iterator[Row | _Planned]:
    try:
        for place, data in read_rows(path, compiled.file, config):
            where = f"{uri}{place}"
            if isinstance(data, InputError):
                yield broken_row(config.name, license_id, where, _reason(data, "unreadable_row"), say(data.what, "en"))
                continue
            yield from _plan_row(data, where, compiled, config, license_id, seed)
    except InputError as error:
        told = error.explain("en").replace(str(path), uri)
        yield broken_row(config.name, license_id, uri, _reason(error, "unreadable"), told)


def _reason(error: InputError, otherwise: str) -> str:
    return error.reason if isinstance(error, DroppedError | UnreadableError) else otherwise


def _plan_row(
    data: Data, where: str, compiled: CompiledTemplate, config: ExpandConfig, license_id: str, seed: int
) -> Iterator[Row | _Planned]:
    file = compiled.file
    values = {**file.options, **config.options, **data, "_": data}
    for name, written in file.fields.items():
        column = (
            written if written in data else next((other for other in OTHERS.get(written, ()) if other in data), written)
        )
        if column not in data:
            yield broken_row(
                config.name, license_id, where, "missing_field", {"missing": column, "columns": list(data)[:40]}
            )
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
        for task in compiled.tasks:
            if not task.applies(values):
                continue
            for wording in _chosen(task.wordings, config, seed, key, task.template.name):
                yield _Planned(task.template, wording, values, key, where)
                made += 1
    except TEMPLATE_ERRORS as error:
        yield broken_row(config.name, license_id, where, "template_failed", _told(error))
        return
    if made == 0:
        yield broken_row(config.name, license_id, where, "no_task_applies", None)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _extra(item: _Planned) -> dict[str, Any]:
    return {"row": item.key, "template": item.wording.name, "task": item.task.name}


def _without_text(item: _Planned, origin: str, license_id: str, reason: str, measured: Any) -> Row:
    row = broken_row(origin, license_id, item.where, reason, measured)
    row.record.meta.extra |= _extra(item)
    return row


def _chosen(wordings: list[_Wording], config: ExpandConfig, seed: int, key: str, task: str) -> list[_Wording]:
    if config.phrasings == "all" or len(wordings) == 1:
        return wordings
    return [wordings[seeded_number(seed, "phrasing", config.name, task, key) % len(wordings)]]


def _render(item: _Planned, compiled: CompiledTemplate, origin: str, license_id: str) -> Row:
    task, wording, values = item.task, item.wording, item.values
    extra = _extra(item)
    if task.direction:
        extra["direction"] = task.direction
    if task.open:
        extra["open"] = True
    if values.get(task.check) is not None and not task.inverse:
        extra["check"] = values[task.check]
    try:
        meta = InstructionMeta(
            task=task.task or task.name,
            origin=origin,
            license=license_id,
            topic=compiled.topic(values) or None,
            parents=[compiled.parents(values) or item.key],
            as_of=compiled.as_of(values) or None,
            group=f"{origin}:{compiled.group(values) or item.key}",
            input=wording.given(values) or None,
            extra=extra,
        )
        system = wording.system(values)
        return Row(new_record(wording.instruction(values), wording.output(values), meta, system=system))
    except TEMPLATE_ERRORS as error:
        return _without_text(item, origin, license_id, "template_failed", _told(error))
