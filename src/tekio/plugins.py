"""A user's own parts: readers of installed packages, found by their entry points.

A package says in its `pyproject.toml` what it brings (docs/plugins.md):

    [project.entry-points."tekio.readers"]
    ledger = "our_package.ledger:READER"

and the object behind it is a `Reader`. Nothing else is ever loaded: no path of a recipe, no file of a
model or document folder. A recipe names a part, and the names and versions of the parts that are used go into the stage
key, so a new version of a part does the work again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, cast

from tekio.errors import TekioError, Text

Group = Literal["tekio.readers"]
GROUPS: tuple[Group, ...] = ("tekio.readers",)


@dataclass(frozen=True)
class Reader:
    """One way of reading documents from files.

    name: what a recipe calls it. version: goes into the stage key; change it when the reader gives other documents.
    read: a function `(source, file)` that yields documents and `Rejected` (`tekio.corpus.readers`), or `module:function`
    for one that is imported when its first file comes. suffixes: the names `reader: auto` knows it by (`.led`), without
    compression. sniff: whether content that begins with these bytes is of this form, for files whose name says nothing.
    needs: (module, what to install for it), said by `tekio doctor`. cut: suffixes of files that may be read in byte ranges;
    `read` then also takes `start` and `end`.
    """

    name: str
    version: str
    read: str | Callable[..., Iterable[Any]]
    suffixes: tuple[str, ...] = ()
    sniff: Callable[[bytes], bool] | None = None
    needs: tuple[tuple[str, str], ...] = ()
    cut: tuple[str, ...] = ()

    def function(self) -> Callable[..., Iterable[Any]]:
        """The function itself, imported now if need be."""
        if not isinstance(self.read, str):
            return self.read
        module, _, name = self.read.partition(":")
        return cast("Callable[..., Iterable[Any]]", getattr(import_module(module), name))


Part = Reader
CLASSES: dict[Group, type[Part]] = {"tekio.readers": Reader}


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
            fix=Text("Mend or uninstall the package.", "パッケージを直すか、アンインストールしてください。"),
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
                    f"Two packages bring {group} `{entry.name}`: {other.package} and {part.package}.",
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


def load_part(kind: type[Part], name: str) -> Part | None:
    """The installed part of a kind (`Reader`) and name; None when there is none."""
    group = next(group for group, known in CLASSES.items() if known is kind)
    return _loaded(group, name)


def all_parts() -> Iterator[InstalledPart]:
    """Every installed part of every kind."""
    for group in GROUPS:
        yield from installed(group).values()
