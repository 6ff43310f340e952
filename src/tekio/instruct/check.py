"""What the `instruct` stage would refuse: seen in its configuration and in the first rows of its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from tekio.contamination.evaluation_items import evaluation_files
from tekio.errors import PolicyError, RecipeError, TekioError, Text
from tekio.instruct.build import Unit, is_at_hand, rows_of, template_of
from tekio.instruct.candidate import Row
from tekio.instruct.expand.expand import wanted_tasks
from tekio.instruct.finish import SourceConfig, refuse_release
from tekio.instruct.formats.gate import licenses_of, target_of, why_not
from tekio.instruct.formats.parse import FORMATS
from tekio.instruct.formats.read import require_columns
from tekio.instruct.harvest.readings.every import READINGS
from tekio.instruct.imports import import_listing
from tekio.instruct.screen.personal import REPLACING
from tekio.instruct.screen.rules import CHECKS, screen_rows
from tekio.recipe.instruct import ExpandConfig, ImportConfig, InstructConfig
from tekio.recipe.names import name_problems
from tekio.records import InstructionRecord
from tekio.text.personal_data.pseudonyms import check_key, preview_key, require_apart_from_documents
from tekio.visible import name_below

FIRST_ROWS = 200
CONTAMINATION = "instruct.screen.contamination"
SCREENS = (
    *CHECKS,
    *("numbers", "placeholder_input", "personal_data", "near_duplicate", "contaminated"),
    *("exact_duplicate", "id_collision", "conflicting_answers"),
)
"""What `screen.off` can name."""


@dataclass(frozen=True)
class FirstRecords:
    """Records from the first rows of every source, screened one by one. whole: there are no others.

    refused: source -> rows that did not become one, by reason; first_refused: what the first of them says.
    """

    by_source: dict[str, list[InstructionRecord]]
    whole: bool
    refused: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    first_refused: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def records(self) -> list[InstructionRecord]:
        return [record for records in self.by_source.values() for record in records]


def config_problems(config: InstructConfig, first: FirstRecords | None = None) -> Iterator[TekioError]:
    """Everything that can be seen to fail before the stage reads its files to the end. Missing files are not named here.

    first: the first records of every source, where they are known already.
    """
    sources: list[SourceConfig] = [*config.harvest, *config.expanded, *config.import_]
    yield from name_problems([source.name for source in sources], "instruct")
    if not sources:
        yield RecipeError(
            Text("`instruct` names no source.", "`instruct` に情報源がありません。"),
            where="instruct",
            fix=Text(
                "Give `harvest`, `expand` or `import`.", "`harvest`、`expand`、`import` のいずれかを指定してください。"
            ),
        )
    for source in sources:
        if isinstance(source, ExpandConfig):
            yield from _template_problems(source)
        elif isinstance(source, ImportConfig):
            yield from _import_problems(source)
        else:
            where = f"instruct.harvest.readings ({source.name})"
            yield from _unknown_names(source.readings, READINGS, "reading", "読み方", where)
    yield from _unknown_names(config.screen.off, SCREENS, "check", "検査", "instruct.screen.off")
    origins = [source.name for source in sources]
    yield from _unknown_names(config.screen.rules.names, origins, "source", "情報源", "instruct.screen.rules.names")
    if sources and not any(is_at_hand(source) or not source.optional for source in sources):
        yield TekioError(
            Text("None of the sources of `instruct` is at hand.", "`instruct` の情報源がどれも手元にありません。"),
            where=", ".join(source.path.written for source in sources),
            fix=Text("Bring at least one of them.", "少なくとも一つを用意してください。"),
        )
    try:
        evaluation_files(config.screen.contamination, CONTAMINATION)
    except TekioError as error:
        yield error
    yield from _key_problems(config, sources)
    try:
        target_of(config.release, derived=config.release_derived)
    except TekioError as error:
        yield error
        return
    if config.release_blocked == "stop":
        yield from _release_problems(config, first or first_records(config))


def first_records(config: InstructConfig, limit: int = FIRST_ROWS) -> FirstRecords:
    """What would become of the first `limit` rows of every source. Sources that cannot be read give none."""
    found = FirstRecords({}, whole=True)
    whole = True
    sources: list[SourceConfig] = [*config.harvest, *config.expanded, *config.import_]
    for source in sources:
        rows: list[Row] = []
        try:
            template = template_of(source)
            root = source.path.root()
            files = [(file, name_below(root, file)) for file in source.path.files()]
            personal = config.screen.personal_data
            replaces = "personal_data" not in config.screen.off and {personal.mode, personal.offices} & REPLACING
            key = preview_key(None) if replaces else None
            unit = Unit(source, template, config.screen, tuple(files[:limit]), 0, Path(), key)
            waiting = rows_of(unit, [])
            rows = list(islice(waiting, limit))
            whole = whole and len(rows) < limit and len(files) <= limit
            screen_rows(rows, config.screen, key)
        except (TekioError, OSError):
            whole = whole and source.optional and not is_at_hand(source)
        found.by_source[source.name] = [row.record for row in rows if row.alive]
        found.refused[source.name] = Counter(row.rejected_by for row in rows if row.rejected_by is not None)
        said = next((row.measured for row in rows if row.rejected_by is not None), None)
        found.first_refused[source.name] = said if isinstance(said, str) else ""
    return replace(found, whole=whole)


def _template_problems(source: ExpandConfig) -> Iterator[TekioError]:
    try:
        template = template_of(source)
    except TekioError as error:
        yield error
        return
    assert template is not None
    try:
        wanted_tasks(template, source)
    except TekioError as error:
        yield error
    where = f"instruct.expand.options ({source.name})"
    yield from _unknown_names(source.options, sorted(template.options), "option", "オプション", where)
    known = [task.name for task in template.tasks]
    for name in sorted({*source.tasks, *source.caps} - set(known)):
        yield RecipeError(
            Text(
                f"The template `{source.template}` has no task {name!r}.",
                f"テンプレート `{source.template}` にタスク {name!r} がありません。",
            ),
            where=f"instruct.expand ({source.name})",
            fix=", ".join(known),
        )


def _import_problems(source: ImportConfig) -> Iterator[TekioError]:
    if source.format not in FORMATS:
        yield from _unknown_names([source.format], FORMATS, "format", "形式", f"instruct.import.format ({source.name})")
    if not source.columns:
        return
    try:
        require_columns(import_listing(source), source.columns)
    except TekioError as error:
        if is_at_hand(source):  # a missing file is said by name elsewhere
            yield error


def _unknown_names(
    names: Iterable[str], known: Collection[str], what: str, japanese: str, where: str
) -> Iterator[RecipeError]:
    """An error for each of `names` that is none of `known`."""
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            all_of_them = ", ".join(known) or "-"
            yield RecipeError(
                Text(f"There is no {what} {name!r}.", f"{japanese} {name!r} はありません。"),
                where=where,
                fix=Text(f"Did you mean `{near[0]}`?", f"`{near[0]}` ではありませんか。") if near else all_of_them,
            )


def _key_problems(config: InstructConfig, sources: list[SourceConfig]) -> Iterator[TekioError]:
    personal = config.screen.personal_data
    if "personal_data" in config.screen.off or not {personal.mode, personal.offices} & REPLACING:
        return
    try:
        check_key(personal.key_file)
    except TekioError as error:
        yield error
    for source in sources:
        try:
            require_apart_from_documents(personal.key_file, source.path)
        except TekioError as error:
            yield error


def _release_problems(config: InstructConfig, first: FirstRecords) -> Iterator[TekioError]:
    target = target_of(config.release, derived=config.release_derived)

    def blocked(text: str) -> Text | None:
        return next((why for part in text.split(" AND ") if (why := why_not(part, target)) is not None), None)

    for name, records in first.by_source.items():
        licenses = Counter(" AND ".join(licenses_of(record)) or "unknown" for record in records)
        owned = {text: {name: count} for text, count in licenses.items()}
        try:
            refuse_release(config.release, licenses, blocked, owned.__getitem__)
        except PolicyError as error:
            yield error
