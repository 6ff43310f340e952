"""A user's own parts: readers, filters, metrics, answer readers and trackers of installed packages, found by their entry points.

A package says in its `pyproject.toml` what it brings (docs/plugins.md):

    [project.entry-points."tekio.readers"]
    ledger = "our_package.ledger:READER"

and the object behind it is a `Reader` (a `Filter`, `Metric`, `AnswerReader` or `Tracker` under `tekio.filters`, `tekio.metrics`,
`tekio.answer_readers`, `tekio.trackers`). Nothing else is ever loaded: no path of a recipe, no file of a
model or document folder. A recipe names a part, and the names and versions of the parts that are used go into the stage
key, so a new version of a part does the work again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, cast

from tekio.errors import TekioError, Text

Group = Literal["tekio.readers", "tekio.filters", "tekio.metrics", "tekio.answer_readers", "tekio.trackers"]
GROUPS: tuple[Group, ...] = (
    "tekio.readers",
    "tekio.filters",
    "tekio.metrics",
    "tekio.answer_readers",
    "tekio.trackers",
)
Kind = Literal["choice", "generation", "perplexity"]


@dataclass(frozen=True)
class Reader:
    """One way of reading documents from files.

    name: what a recipe calls it. version: goes into the stage key; change it when the reader gives other documents.
    read: a function `(source, file)` that yields documents and `Rejected` (`tekio.corpus.readers`), or `module:function`
    for one that is imported when its first file comes. suffixes: the names `reader: auto` knows it by (`.led`), without
    compression. sniff: whether content that begins with these bytes is of this form, for files whose name says nothing.
    needs: (module, what to install for it), said by `tekio doctor`. cut: suffixes of files that may be read in byte ranges;
    `read` then also takes `start` and `end`. bounded: it goes through a file piece by piece within limits of its own, so that it
    may run in the process that cleans; any other reader runs in one that has limits of time and memory.
    """

    name: str
    version: str
    read: str | Callable[..., Iterable[Any]]
    suffixes: tuple[str, ...] = ()
    sniff: Callable[[bytes], bool] | None = None
    needs: tuple[tuple[str, str], ...] = ()
    cut: tuple[str, ...] = ()
    bounded: bool = False

    def function(self) -> Callable[..., Iterable[Any]]:
        """The function itself, imported now if need be."""
        if not isinstance(self.read, str):
            return self.read
        module, _, name = self.read.partition(":")
        return cast("Callable[..., Iterable[Any]]", getattr(import_module(module), name))


@dataclass(frozen=True)
class Filter:
    """A statistic of documents that thresholds can be set on, as on those that Tekio measures itself.

    name: what a recipe calls it (`filters.installed`); a row it rejects is counted as `filter:<name>`. version: goes into
    the key of the measured units; change it when `score` gives other numbers. score: a `tekio.documents.Document` after
    cleaning -> a finite number. Whatever it raises rejects the row as `filter_failed`. limits: (lowest, highest) score
    of a row that stays, None leaves a side open; the recipe's `filters.limits` can change them. meaning: for people.
    """

    name: str
    version: str
    score: Callable[[Any], float]
    limits: tuple[float | None, float | None] = (None, None)
    meaning: str = ""


@dataclass(frozen=True)
class Metric:
    """A metric of an evaluation task: a number per item, and how they become one.

    name: what a task file calls it (`metrics`). version: goes into the stage key. score: (the item's line of the per-item
    file, `tekio.artifacts.results.ScoredItem`; the fields of its row in the data) -> a finite number, or several of them
    for `combine`. unit: `share` (between 0 and 1, shown in percent) or a word of your own. kinds: of the tasks it can
    judge. right_or_wrong: every score is 1 or 0, so that Wilson's interval and McNemar's test are used. combine: sums of
    what `score` gives over the items, shape (..., numbers) -> the metric, shape (...); None: the mean of one number.
    """

    name: str
    version: str
    score: Callable[[Any, Mapping[str, Any]], float | Sequence[float]]
    unit: str = "share"
    higher_is_better: bool = True
    kinds: tuple[Kind, ...] = ("choice", "generation")
    right_or_wrong: bool = False
    combine: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class AnswerReader:
    """What in a reply of a generation task is the answer.

    name: what a task file calls it (`generation.reader`). version: goes into the stage key. read: (the reply without its
    reasoning, the fields of the item's row) -> the answer, or None where there is none (counted as unparsed).
    """

    name: str
    version: str
    read: Callable[[str, Mapping[str, Any]], str | None]


class Following(Protocol):
    """What follows one training."""

    def settings(self, values: Mapping[str, Any]) -> None:
        """The configuration, as flat names (`optimizer/learning_rate`)."""
        ...

    def line(self, step: int, values: Mapping[str, float]) -> None:
        """The numbers of one step."""
        ...

    def close(self) -> None:
        """The training has ended."""
        ...


@dataclass(frozen=True)
class Tracker:
    """What follows trainings beside `metrics.jsonl`; no result depends on it.

    name: what a recipe calls it (`watch.trackers`). start: (folder for its files, name of the training, first step) ->
    what is told every line. A training that goes on after a kill comes with the same folder and name again. Whatever it
    raises is said once, and the training goes on without it. The network stays closed.
    """

    name: str
    version: str
    start: Callable[[Path, str, int], Following]


Part = Reader | Filter | Metric | AnswerReader | Tracker
Own = TypeVar("Own", Reader, Filter, Metric, AnswerReader, Tracker)
CLASSES: dict[Group, type[Part]] = {
    "tekio.readers": Reader,
    "tekio.filters": Filter,
    "tekio.metrics": Metric,
    "tekio.answer_readers": AnswerReader,
    "tekio.trackers": Tracker,
}


@dataclass(frozen=True)
class InstalledPart:
    """An entry point of an installed package; nothing of the package is imported yet."""

    group: Group
    name: str
    package: str
    package_version: str
    entry: EntryPoint

    def load(self) -> Part:
        """The object. Raises `TekioError` when the package cannot be imported or the object is something else."""
        expected = CLASSES[self.group]
        try:
            found: object = self.entry.load()
        except Exception as error:
            raise self._broken(f"{type(error).__name__}: {str(error)[:300]}") from error
        if not isinstance(found, expected) or found.name != self.name:
            raise self._broken(f"{self.entry.value} is no tekio.plugins.{expected.__name__} named {self.name!r}")
        return found

    def _broken(self, why: str) -> TekioError:
        return TekioError(
            Text(
                f"The {self.group} entry point `{self.name}` of the package {self.package} cannot be used.",
                f"パッケージ {self.package} の {self.group} `{self.name}` を使えません。",
            ),
            why=why,
            fix=Text("Fix or uninstall the package.", "パッケージを直すか、アンインストールしてください。"),
        )


@cache
def installed(group: Group) -> dict[str, InstalledPart]:
    """The parts of a kind that installed packages bring, by name. Raises `TekioError` when two bring the same name."""
    found: dict[str, InstalledPart] = {}
    for entry in entry_points(group=group):
        if entry.dist is None or _in_working_folder(entry):
            continue
        part = InstalledPart(group, entry.name, entry.dist.name, entry.dist.version, entry)
        other = found.setdefault(entry.name, part)
        if other.entry.value != entry.value or other.package != part.package:
            raise TekioError(
                Text(
                    f"Two packages provide {group} `{entry.name}`: {other.package} and {part.package}.",
                    f"{group} `{entry.name}` が 2 つのパッケージにあります: {other.package}、{part.package}。",
                ),
                fix=Text("Uninstall one of them.", "どちらかをアンインストールしてください。"),
            )
    return dict(sorted(found.items()))


def _in_working_folder(entry: EntryPoint) -> bool:
    """`python -m tekio` puts the working folder on the import path: a folder of documents is no place for packages."""
    return entry.dist is not None and Path(str(entry.dist.locate_file(""))).resolve() == Path.cwd()


@cache
def _loaded(group: Group, name: str) -> Part | None:
    part = installed(group).get(name)
    return part.load() if part is not None else None


def _group_of(kind: type[Part]) -> Group:
    return next(group for group, known in CLASSES.items() if known is kind)


def load_part(kind: type[Own], name: str) -> Own | None:
    """The installed part of a kind (`Reader`) and name; None when there is none."""
    return cast("Own | None", _loaded(_group_of(kind), name))


def versions(kind: type[Part], names: Iterable[str]) -> dict[str, str]:
    """The installed ones of some parts by name, with their own and their package's version, as stage keys hold them."""
    known = installed(_group_of(kind))
    found = {name: (known[name], known[name].load()) for name in sorted(set(names)) if name in known}
    return {name: f"{part.version} ({own.package} {own.package_version})" for name, (own, part) in found.items()}
