"""Suites: the tasks that are asked together, and where in the user's folders their data lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text, UsageError
from tekio.evaluate.tasks import load_task
from tekio.evaluate.tasks.items import find_files
from tekio.recipe import RecipePath
from tekio.recipe.evaluate import TaskConfig
from tekio.recipe.read import parse_yaml, validate
from tekio.recipe.section import Section

SUITES = {
    "finance": ("chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1"),
    "general": ("jnli", "jcommonsenseqa", "jsquad"),
}
ALL = "all"


class SuiteFile(Section):
    """A suite of the user's: the `tasks` of a recipe's `evaluate` section in a file of their own."""

    tasks: list[TaskConfig]


def suite_tasks(
    names: Sequence[str], data: Sequence[Path], *, template: str, templates: Sequence[str], options: dict[str, Any]
) -> list[TaskConfig]:
    """The tasks of the named suites, task files and tasks.

    names: `finance`, `general`, a suite file, a task file or the name of a shipped task. data: folders in which the data
    is looked for. template: the headline version; templates: further ones (`all`: every version the task has).
    options: other fields of `TaskConfig`. Raises `UsageError`, `RecipeError` or `TekioError` for what is not there.
    """
    found: list[TaskConfig] = []
    for name in names:
        if name in SUITES:
            found.extend(_task(task, data, template, templates, options) for task in SUITES[name])
        elif name.endswith((".yaml", ".yml")):
            found.extend(_from_file(Path(name), data, template, templates, options))
        else:
            found.append(_task(name, data, template, templates, options))
    return found


def _from_file(
    path: Path, data: Sequence[Path], template: str, templates: Sequence[str], options: dict[str, Any]
) -> list[TaskConfig]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            Text("The suite cannot be read.", "スイートを読めません。"), where=path, why=error.strerror
        ) from error
    value, marks = parse_yaml(raw, str(path))
    if "tasks" not in value:  # a task file
        return [_task(str(path.resolve()), data, template, templates, options)]
    return list(validate(SuiteFile, value, marks, base=path.resolve().parent).tasks)


def _task(
    name: str, data: Sequence[Path], template: str, templates: Sequence[str], options: dict[str, Any]
) -> TaskConfig:
    task = load_task(name, base=Path.cwd())
    # a text has no prompt, so its task file needs no template
    versions = list(task.spec.templates) or ["default"]
    chosen = template if template in versions or template in task.spec.aliases or template != "default" else versions[0]
    others = versions if ALL in templates else list(templates)
    place = _place(name, [*data, *([task.folder] if task.folder else [])])
    return TaskConfig(
        task=name,
        data=RecipePath.of(place) if place else None,
        template=chosen,
        other_templates=[version for version in others if version != chosen],
        **options,
    )


def _place(name: str, folders: Sequence[Path]) -> Path | None:
    """The first of `folders` that holds the task's data; the first one's complaint if none does."""
    spec = load_task(name, base=Path.cwd()).spec
    complaint: TekioError | None = None
    for folder in folders:
        try:
            find_files(spec, spec.data.files, folder)
        except TekioError as error:
            complaint = complaint or error
            continue
        return folder
    if complaint is not None:
        raise complaint
    return None
