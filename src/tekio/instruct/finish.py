"""The end of the instruct stage: limits, the release gate, checks over all records, the split, the files.

The rows lie on disk as the workers wrote them. They are read twice: once to note what the decisions need (places, hashes,
keys, groups; a few hundred bytes a row), once to write. Nothing holds them all.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from tekio.artifacts.instruct import InstructFunnel, InstructSource, InstructTotals, Kind, PageCoverage
from tekio.artifacts.model import write_artifact
from tekio.errors import PolicyError, Text
from tekio.instruct.candidate import Row
from tekio.instruct.expand.sample import OVER_LIMIT, beyond, draw
from tekio.instruct.formats.gate import Target, licenses_of, target_of, why_not
from tekio.instruct.screen.whole import Census
from tekio.instruct.source_table import OTHER_TOPICS, most_common_topics, topic_of
from tekio.instruct.split import say_if_none_is_kept, validation_groups
from tekio.recipe.instruct import ExpandConfig, HarvestConfig, ImportConfig, InstructConfig
from tekio.store import Workspace

SourceConfig = HarvestConfig | ExpandConfig | ImportConfig
KINDS: dict[type[SourceConfig], Kind] = {HarvestConfig: "harvest", ExpandConfig: "expand", ImportConfig: "import"}


@dataclass(frozen=True)
class FinishedSource:
    """A source whose rows are on disk: the files its workers wrote, in order, and what they counted."""

    config: SourceConfig
    license: str
    caps: Mapping[str, int]
    files: int
    units: Sequence[Path]
    personal_data: Mapping[str, int]


class RowFiles:
    """Rows in several JSON Lines files, by their place over all of them."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._units: array[int] = array("L")
        self._offsets: array[int] = array("Q")

    def walk(self, unit: int) -> Iterator[Row]:
        """The rows of one file, noting where each lies. Files must be walked in order, each once."""
        with self._paths[unit].open("rb") as file:
            offset = 0
            for line in file:
                self._units.append(unit)
                self._offsets.append(offset)
                offset += len(line)
                yield _row(line)

    def again(self, unit: int) -> Iterator[Row]:
        with self._paths[unit].open("rb") as file:
            for line in file:
                yield _row(line)

    def fetch(self, place: int) -> Row:
        """The row at a place."""
        with self._paths[self._units[place]].open("rb") as file:
            file.seek(self._offsets[place])
            return _row(file.readline())


def _row(line: bytes) -> Row:
    return Row.from_dict(json.loads(line.decode("utf-8", "surrogatepass")))


@dataclass
class _Interned:
    """Strings by number: many rows share few of them."""

    numbers: dict[str, int] = field(default_factory=dict[str, int])
    of: array[int] = field(default_factory=lambda: array("L"))

    def add(self, text: str) -> None:
        self.of.append(self.numbers.setdefault(text, len(self.numbers)))


def finish(
    config: InstructConfig,
    sources: Sequence[FinishedSource],
    pages: list[PageCoverage],
    space: Workspace,
    seed: int,
) -> None:
    """Decide about every row of `sources` (in their order) and write the stage's files. Raises `PolicyError`."""
    target = target_of(config.release, derived=config.release_derived)
    paths = [path for source in sources for path in source.units]
    rows, census = RowFiles(paths), Census(config.screen)
    groups, terms = _Interned(), _Interned()
    blocked = _blocked(target)
    begins: list[int] = []
    drawn: array[int] = array("Q")
    unit = 0
    for source in sources:
        begins.append(len(census.alive))
        limits = _Limits(source, seed)
        for _ in source.units:
            for row in rows.walk(unit):
                record = row.record
                limits.add(len(census.alive), row)
                license_id = " AND ".join(licenses_of(record)) or "unknown"
                place = len(census.alive)
                if row.alive and config.release_blocked == "drop" and (why := blocked(license_id)):
                    row.reject("release", {"license": license_id, "release": config.release, "why": why.en})
                    census.rejected[place] = ("release", row.measured)
                census.add(row)
                if config.limit is not None:
                    drawn.append(draw(seed, source.config.name, "all", record.id))
                groups.add(record.meta.group)
                terms.add(license_id)
            unit += 1
        for place, (reason, allowed) in limits.beyond().items():
            census.reject(place, reason, allowed)
    census.decide(rows.fetch)
    if config.limit is not None:
        left = sorted((place for place, alive in enumerate(census.alive) if alive), key=drawn.__getitem__)
        for place in left[config.limit :]:
            census.reject(place, OVER_LIMIT, config.limit)
    kept = [place for place, alive in enumerate(census.alive) if alive]
    licenses = _kept_licenses(kept, terms)
    owners = _Owners(begins, [source.config.name for source in sources])
    refuse_release(config.release, licenses, blocked, lambda text: owners.of_license(text, kept, terms))
    validation = _validation(kept, groups, config, seed)
    funnel = _write(sources, rows, census, groups, validation, space)
    totals = _totals(funnel, licenses, config.release)
    found = InstructFunnel(sources=funnel, pages=pages, totals=totals, expected=config.expected or None)
    write_artifact(space.path / "funnel.json", found)
    space.counts.update(totals.plain())


class _Limits:
    """Seeded samples over one whole source (`expand/sample.py`); candidates that were rejected count, as in the workers."""

    def __init__(self, source: FinishedSource, seed: int) -> None:
        self.source, self.seed = source, seed
        config = source.config
        self.limit = None if isinstance(config, HarvestConfig) else config.limit
        self.wanted = self.limit is not None or bool(source.caps)
        self.places: array[int] = array("Q")
        self.numbers: array[int] = array("Q")
        self.tasks: list[str] = []

    def add(self, place: int, row: Row) -> None:
        extra = row.record.meta.extra
        if not self.wanted or not ("task" in extra or isinstance(self.source.config, ImportConfig)):
            return
        name = self.source.config.name
        self.places.append(place)
        if isinstance(self.source.config, ExpandConfig):
            self.numbers.append(draw(self.seed, name, str(extra["template"]), str(extra["row"])))
            self.tasks.append(str(extra["task"]))
        else:
            self.numbers.append(draw(self.seed, name, "import", row.record.id))
            self.tasks.append("")

    def beyond(self) -> dict[int, tuple[str, int]]:
        found = beyond(self.tasks, self.numbers, self.source.caps, self.limit)
        return {self.places[number]: why for number, why in found.items()}


# --- what may be released -------------------------------------------------------------------------------------


def _blocked(target: Target) -> Callable[[str], Text | None]:
    @lru_cache(maxsize=4096)
    def why(licenses: str) -> Text | None:
        return next((found for part in licenses.split(" AND ") if (found := why_not(part, target)) is not None), None)

    return why


def _kept_licenses(kept: Sequence[int], terms: _Interned) -> dict[str, int]:
    counted = Counter(terms.of[place] for place in kept)
    return {text: counted[number] for text, number in sorted(terms.numbers.items()) if counted[number]}


@dataclass(frozen=True)
class _Owners:
    """Which source a place belongs to."""

    begins: Sequence[int]
    names: Sequence[str]

    def of_license(self, text: str, kept: Sequence[int], terms: _Interned) -> dict[str, int]:
        number, found = terms.numbers[text], Counter[str]()
        source = 0
        for place in kept:
            while source + 1 < len(self.begins) and place >= self.begins[source + 1]:
                source += 1
            if terms.of[place] == number:
                found[self.names[source]] += 1
        return dict(sorted(found.items()))


def refuse_release(
    release: str,
    licenses: Mapping[str, int],
    blocked: Callable[[str], Text | None],
    sources_of: Callable[[str], Mapping[str, int]],
) -> None:
    """Raise `PolicyError` when records that stay may not be passed on under what the recipe promises."""
    causes = [(text, count, why) for text, count in licenses.items() if (why := blocked(text)) is not None]
    if not causes:
        return
    named = [f"{source}: {number:,} x {text}" for text, _, _ in causes for source, number in sources_of(text).items()]
    total = sum(count for _, count, _ in causes)
    raise PolicyError(
        Text(
            f"{total:,} instruction record(s) are for internal use only and cannot be released under {release}, as the recipe promises.",
            f"指示データ {total:,} 件は、レシピの release（{release}）の条件では外に出せません。",
        ),
        where="; ".join(named),
        why=Text(
            "; ".join(f"{text} {why.en}" for text, _, why in causes),
            "、".join(f"{text} は{why.ja}" for text, _, why in causes),
        ),
        fix=Text(
            "Leave these sources out, say `release_blocked: drop` to reject their records, or name a release they allow "
            "(`internal`: records and models are for internal use only).",
            "これらのデータを外すか、`release_blocked: drop` で除くか、許される release を指定してください"
            "（`internal` は社内利用のみ）。",
        ),
    )


# --- split and files ----------------------------------------------------------------------------------------------


def _validation(kept: Sequence[int], groups: _Interned, config: InstructConfig, seed: int) -> set[int]:
    counted = Counter(groups.of[place] for place in kept)
    sizes = {text: counted[number] for text, number in groups.numbers.items() if counted[number]}
    chosen = validation_groups(sizes, config.validation_share, seed, config.split)
    say_if_none_is_kept("instruct", sizes, config.validation_share, chosen)
    return {groups.numbers[text] for text in chosen}


def _write(
    sources: Sequence[FinishedSource],
    rows: RowFiles,
    census: Census,
    groups: _Interned,
    validation: set[int],
    space: Workspace,
) -> list[InstructSource]:
    funnel: list[InstructSource] = []
    place = unit = 0
    with (
        (space.path / "train.jsonl").open("wb") as train,
        (space.path / "validation.jsonl").open("wb") as held,
        (space.path / "rejected.jsonl").open("wb") as rejected,
    ):
        for source in sources:
            counts = _Counts()
            for _ in source.units:
                for row in rows.again(unit):
                    aside = groups.of[place] in validation
                    _write_row(row, place, census, aside=aside, train=train, held=held, rejected=rejected)
                    counts.add(row)
                    place += 1
                unit += 1
            funnel.append(_funnel_row(source, counts))
    return funnel


def _write_row(
    row: Row, place: int, census: Census, *, aside: bool, train: BinaryIO, held: BinaryIO, rejected: BinaryIO
) -> None:
    if place in census.rejected:
        row.reject(*census.rejected[place])
    if row.alive:
        row.record.meta.split = "validation" if aside else "train"
        flags = sorted({*row.flags, *census.flags.get(place, [])})
        if flags:
            row.record.meta.extra["flags"] = flags
        if place in census.replaces:
            row.record.meta.extra["replaces"] = census.replaces[place]
        (held if aside else train).write(_line(row.record.as_dict()).encode())
        return
    line = _line({**row.record.as_dict(), "rejected_by": row.rejected_by, "measured": row.measured})
    rejected.write(line.encode("utf-8", "backslashreplace"))


MAX_TOPICS = 50_000
"""Topics of a source that are told apart."""


@dataclass
class _Counts:
    rows: int = 0
    splits: Counter[str | None] = field(default_factory=Counter[str | None])
    rejected: Counter[str] = field(default_factory=Counter[str])
    topics: Counter[str] = field(default_factory=Counter[str])

    def add(self, row: Row) -> None:
        self.rows += 1
        if row.rejected_by is not None:
            self.rejected[row.rejected_by] += 1
            return
        self.splits[row.record.meta.split] += 1
        topic = topic_of(row.record)
        # Topics beyond so many are counted together: they may be as many as the records.
        self.topics[topic if topic in self.topics or len(self.topics) < MAX_TOPICS else OTHER_TOPICS] += 1


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"


def _funnel_row(source: FinishedSource, counts: _Counts) -> InstructSource:
    return InstructSource(
        name=source.config.name,
        kind=KINDS[type(source.config)],
        license=source.license,
        files=source.files,
        rows_in=counts.rows,
        rows_train=counts.splits["train"],
        rows_validation=counts.splits["validation"],
        rejected=dict(sorted(counts.rejected.items())),
        personal_data=dict(sorted(source.personal_data.items())),
        topics=most_common_topics(counts.topics) or None,
    )


def _totals(sources: Sequence[InstructSource], licenses: dict[str, int], release: str) -> InstructTotals:
    rejected: Counter[str] = Counter()
    personal: Counter[str] = Counter()
    for source in sources:
        rejected.update(source.rejected)
        personal.update(source.personal_data)
    return InstructTotals(
        files=sum(source.files for source in sources),
        rows_in=sum(source.rows_in for source in sources),
        rows_train=sum(source.rows_train for source in sources),
        rows_validation=sum(source.rows_validation for source in sources),
        rejected=dict(sorted(rejected.items())),
        personal_data=dict(sorted(personal.items())),
        licenses=licenses,
        release=release,
    )
