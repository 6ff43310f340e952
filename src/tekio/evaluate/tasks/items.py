"""From rows of a data file to items: id, fields for the prompt, options and gold answer, all checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import InputError, TekioError, Text
from tekio.evaluate.tasks.layout import Row
from tekio.evaluate.tasks.readers import read_rows
from tekio.evaluate.tasks.schema import TaskSpec

NO_CHOICE = -1
"""Gold of an item whose answer is not among the choices: it can only be answered wrongly."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    options: the texts to choose from (empty for generation). gold: index of the right option (`NO_CHOICE` if it is
    none of them; None for generation and text). answers: accepted texts (generation), or the name of the gold label.
    cluster: the document the item comes from, or its own id.
    """

    id: str
    fields: dict[str, Any]
    options: tuple[str, ...]
    gold: int | None
    answers: tuple[str, ...]
    cluster: str


def find_files(spec: TaskSpec, patterns: Sequence[str], place: Path) -> list[Path]:
    """The files of the first pattern that matches below `place` (or `place` itself if it is a file), sorted by name.

    Raises `TekioError` naming the task when nothing matches.
    """
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise TekioError(
            Text(f"The data of task {spec.name} is missing.", f"タスク {spec.name} のデータがありません。"),
            where=place,
            why=Text("There is no such file or folder.", "そのファイルまたはフォルダはありません。"),
            fix=_where_from(spec),
        )
    for pattern in patterns:
        anchor = Path(pattern).anchor  # a whole path is taken as it stands, not below `place`
        root = Path(anchor) if anchor else place
        found = sorted(root.glob(pattern[len(anchor) :]), key=lambda path: path.name)
        if found:
            return found
    raise TekioError(
        Text(
            f"The data of task {spec.name} is not in this folder.",
            f"タスク {spec.name} のデータがこのフォルダにありません。",
        ),
        where=place,
        why=Text(f"looked for: {', '.join(patterns)}", f"探したもの: {', '.join(patterns)}"),
        fix=_where_from(spec),
    )


def _where_from(spec: TaskSpec) -> Text:
    if not spec.data.source:
        return Text("Give the folder with --data.", "--data で場所を指定してください。")
    return Text(
        f"Give the folder with --data. The data is published as: {spec.data.source}",
        f"--data で場所を指定してください。公開元: {spec.data.source}",
    )


def read_items(spec: TaskSpec, files: Sequence[Path], *, check_count: bool = True) -> list[Item]:
    """All items of the task, checked.

    Raises `InputError` naming task and item for a missing field, an empty option, a gold that is no option, an id that
    is a duplicate; `TekioError` for a number of items the published data does not have.
    """
    items: list[Item] = []
    seen: set[str] = set()
    for number, row in enumerate(read_rows(spec.data.reader, files)):
        if not _wanted(spec, row):
            continue
        item = _item(spec, row, number)
        if item.id in seen:
            raise _bad(spec, item.id, row.where, Text("Duplicate id.", "id が重複しています。"))
        seen.add(item.id)
        items.append(item)
    expected = spec.data.items if check_count else []
    if expected and len(items) not in expected:
        wanted = " or ".join(str(count) for count in expected)
        raise TekioError(
            Text(
                f"Task {spec.name} should have {wanted} items, but the data has {len(items)}.",
                f"タスク {spec.name} は {wanted} 問のはずですが、データは {len(items)} 問です。",
            ),
            where=files[0] if len(files) == 1 else files[0].parent,
            why=Text("The files are incomplete or of another version.", "ファイルの欠けか、版の違いです。"),
            fix=_where_from(spec),
        )
    if not items:
        raise TekioError(
            Text(f"Task {spec.name} has no items.", f"タスク {spec.name} に問題がありません。"), where=files[0]
        )
    return items


def _wanted(spec: TaskSpec, row: Row) -> bool:
    """Whether the task asks this row (`where`, `where_not`)."""
    data = spec.data
    return all(not values or str(row.values.get(name)) in values for name, values in data.where.items()) and not any(
        str(row.values.get(name)) in values for name, values in data.where_not.items()
    )


def _bad(spec: TaskSpec, item: str, where: str, why: Text) -> InputError:
    return InputError(
        Text(f"Item {item} of task {spec.name} cannot be used.", f"タスク {spec.name} の問題 {item} は使えません。"),
        where=where,
        why=why,
    )


def _item(spec: TaskSpec, row: Row, number: int) -> Item:
    fields, values = spec.data.fields, row.values
    identifier = str(number if fields.id is None else values.get(fields.id, number))

    def needed(name: str) -> Any:
        value = values.get(name)
        if value is None:
            raise _bad(
                spec, identifier, row.where, Text(f"The field `{name}` is missing.", f"項目 `{name}` がありません。")
            )
        return value

    cluster = str(needed(fields.cluster)) if fields.cluster else identifier
    if spec.kind == "perplexity" and spec.data.reader == "text":
        said = needed("text")
        if not isinstance(said, str) or not said.strip():
            raise _bad(
                spec, identifier, row.where, Text("Its text is empty or no text.", "本文が空か、文字列ではありません。")
            )
        return Item(identifier, values, (), None, (), cluster)
    if spec.kind != "choice":
        given = needed(fields.gold)
        answers = tuple(str(part) for part in cast("list[Any]", given)) if isinstance(given, list) else (str(given),)
        answers = tuple(spec.gold_names.get(answer, answer) for answer in answers if answer.strip())
        if not answers:
            raise _bad(spec, identifier, row.where, Text("There is no accepted answer.", "正解がありません。"))
        return Item(identifier, values, tuple(spec.options), None, answers, cluster)
    options = tuple(spec.options) or _options(spec, needed)
    if len(options) < 2:
        why = Text(
            f"It has {len(options)} choice(s); two are needed.", f"選択肢が {len(options)} 個しかありません(2 個以上)。"
        )
        raise _bad(spec, identifier, row.where, why)
    if any(not option.strip() for option in options):
        place = next(number for number, option in enumerate(options, 1) if not option.strip())
        raise _bad(spec, identifier, row.where, Text(f"Choice {place} is empty.", f"選択肢 {place} が空です。"))
    if len(set(options)) < len(options) and not spec.data.repeated_options:
        twice = next(option for number, option in enumerate(options) if option in options[:number])
        why = Text(f"Two of its choices are the same: {twice!r}.", f"同じ選択肢が 2 つあります: {twice!r}")
        raise _bad(spec, identifier, row.where, why)
    given = needed(fields.gold)
    if not spec.data.source and _two_meanings(given, options):
        why = Text(
            f"The answer {given} is the text of one choice and the number of another (from 0): write the right choice's text.",
            f"正解 {given} は、ある選択肢の文面とも、別の選択肢の番号(0 から)とも読めます。正解の選択肢を文字列で書いてください。",
        )
        raise _bad(spec, identifier, row.where, why)
    gold = _gold(spec, given, options)
    if gold is None:
        why = Text(f"The answer {given!r} is not one of the choices.", f"正解 {given!r} が選択肢にありません。")
        raise _bad(spec, identifier, row.where, why)
    name = options[gold] if gold != NO_CHOICE else str(given)
    return Item(identifier, values, options, gold, (name,), cluster)


def _two_meanings(given: Any, options: tuple[str, ...]) -> bool:
    """Whether a number may be an option's place or another option's text. Published data says which: its place."""
    number = isinstance(given, int) and not isinstance(given, bool)
    return number and str(given) in options and options.index(str(given)) != given


def _options(spec: TaskSpec, needed: Callable[[str], Any]) -> tuple[str, ...]:
    source = spec.data.fields.options
    if isinstance(source, list):
        return tuple(str(needed(name)) for name in source)
    found: Any = needed(source) if source else []
    return tuple(str(part) for part in cast("list[Any]", found)) if isinstance(found, list) else ()


def _gold(spec: TaskSpec, given: Any, options: tuple[str, ...]) -> int | None:
    """The index of the right option, `NO_CHOICE` for a gold that is knowingly none of them, None for a mistake."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given if 0 <= given < len(options) else None
    name = spec.gold_names.get(str(given), str(given))
    if name in options:
        return options.index(name)
    if name in spec.other_golds:
        return NO_CHOICE
    if spec.options:
        return None  # labels of the task: a letter is a mistake
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(options)]
    return letters.index(name) if len(name) == 1 and name in letters else None


def sample(items: Sequence[Item], count: int | None, *, seed: int, task: str) -> list[Item]:
    """A sample of `count` items that depends only on seed, task and ids, in the order of the file."""
    if count is None or count >= len(items):
        return list(items)
    chosen = {item.id for item in shuffled(items, seed=seed, salt=task)[:count]}
    return [item for item in items if item.id in chosen]


def shuffled(items: Sequence[Item], *, seed: int, salt: str) -> list[Item]:
    """The items in an order that depends only on seed, salt and ids."""

    def key(item: Item) -> bytes:
        return hashlib.sha256(f"{seed}\x1f{salt}\x1f{item.id}".encode("utf-8", "surrogatepass")).digest()

    return sorted(items, key=key)
