"""Tasks: what is asked, from which data, under which protocol. See docs/tasks.md.

task = load_task("fp2", base=Path.cwd())
built = task.build(Path("japanese-lm-fin-harness"), template="default", protocol="fin-harness-2025", shots=0,
                   limit=None, seed=17)
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from tekio.errors import RecipeError, Text, UsageError
from tekio.evaluate.tasks.build import DEFAULT_METRICS, BuiltTask, Pool, build_task
from tekio.evaluate.tasks.schema import TaskSpec
from tekio.recipe.read import parse_yaml, validate

__all__ = ["BuiltTask", "Pool", "Task", "load_task", "shipped_tasks"]

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Task:
    """A task file that has been read. folder: where its data is looked for if no place is given; None if shipped."""

    spec: TaskSpec
    folder: Path | None

    @property
    def name(self) -> str:
        return self.spec.name

    def build(
        self,
        data: Path | None,
        *,
        template: str,
        protocol: str,
        shots: int,
        limit: int | None,
        seed: int,
        pool: Pool = "pool",
        group: str | None = None,
    ) -> BuiltTask:
        """See `build.build_task`. Raises `UsageError` if the place of the data is neither given nor known."""
        place = data or self.folder
        if place is None:
            raise UsageError(
                Text(f"Where is the data of task {self.name}?", f"タスク {self.name} のデータの場所が分かりません。"),
                fix=Text(
                    f"Give --data DIR (published as: {self.spec.data.source}).",
                    f"--data DIR を指定してください(公開元: {self.spec.data.source})。",
                ),
            )
        return build_task(
            self.spec,
            place,
            template=template,
            protocol=protocol,
            shots=shots,
            limit=limit,
            seed=seed,
            pool=pool,
            group=group,
        )


def shipped_tasks() -> list[str]:
    """Names of the tasks that come with Tekio."""
    folder = files("tekio.evaluate.tasks") / "shipped"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def load_task(name_or_path: str, *, base: Path, metrics: Sequence[str] = ()) -> Task:
    """A shipped task by its name, or a task file (`.yaml`) relative to `base`. metrics: further ones beside its own.

    Raises `UsageError` for an unknown name, `RecipeError` with file:line:column for a file that is wrong.
    """
    task = _load(name_or_path, base)
    if not metrics:
        return task
    names = dict.fromkeys([*(task.spec.metrics or DEFAULT_METRICS[task.spec.kind]), *metrics])
    return replace(task, spec=task.spec.model_copy(update={"metrics": list(names)}))


def _load(name_or_path: str, base: Path) -> Task:
    if not name_or_path.endswith(SUFFIXES):
        raw, shown = _shipped(name_or_path), f"{name_or_path}.yaml"
        return Task(_read(raw, shown, base), None)
    path = base / name_or_path
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RecipeError(
            Text("The task file cannot be read.", "タスクファイルを読めません。"),
            where=path,
            why=error.strerror or str(error),
        ) from error
    return Task(_read(raw, name_or_path, path.parent), path.parent)


def _shipped(name: str) -> bytes:
    known = shipped_tasks()
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        raise UsageError(
            Text(f"There is no task `{name}`.", f"タスク `{name}` はありません。"),
            fix=Text(f"Did you mean `{close[0]}`?", f"`{close[0]}` ではありませんか。")
            if close
            else Text(
                f"Shipped: {', '.join(known)}; or a .yaml file.", f"付属: {', '.join(known)}。または .yaml ファイル。"
            ),
        )
    return (files("tekio.evaluate.tasks") / "shipped" / f"{name}.yaml").read_bytes()


def _read(raw: bytes, shown: str, base: Path) -> TaskSpec:
    value, marks = parse_yaml(raw, shown)
    merged = _inherited(value, ())
    return validate(TaskSpec, merged, marks, base=base)


def _inherited(value: dict[str, Any], seen: tuple[str, ...]) -> dict[str, Any]:
    parent = value.get("inherit")
    if not isinstance(parent, str):
        return value
    if parent in seen:
        raise RecipeError(Text(f"Task {parent} inherits from itself.", f"タスク {parent} が自分を継承しています。"))
    theirs, _ = parse_yaml(_shipped(parent), f"{parent}.yaml")
    return _merged(_inherited(theirs, (*seen, parent)), value)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with what `above` says; mappings are merged, everything else is replaced."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = _merged(cast("dict[str, Any]", old), cast("dict[str, Any]", value))
        else:
            result[key] = value
    return result
