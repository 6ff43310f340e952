"""Cut a source into units of work that do not depend on the machine or the number of workers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tekio.corpus.readers.rows import Unit, UnitFile
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import ARCHIVE, AUTO, UNKNOWN, find_reader, reader_of_name
from tekio.rows.archive import bare_name
from tekio.visible import name_below

FILING_SUFFIXES = (".zip", ".xbrl")
MAX_FILES_PER_UNIT = 2_000


def plan_units(source: SourceConfig, unit_bytes: int, others: Sequence[SourceConfig] = ()) -> list[Unit]:
    """The units of a source, in the order of its files' uris.

    Small files are put together until `unit_bytes`; a large uncompressed JSON Lines file is cut into byte ranges.
    others: sources whose EDINET filings amend filings of this one too. Raises `TekioError` when no file matches the
    source's path.
    """
    root, listing = source.path.root(), source.path.listing()
    if not listing.unread:
        source.path.files()  # says what is wrong with a path that stands for nothing
    files = [UnitFile(path, name_below(root, path), path.stat().st_size) for path in listing.files]
    files += [UnitFile(item.path, name_below(root, item.path), 0, unread=item) for item in listing.unread]
    files = _named_apart(sorted(files, key=lambda file: (file.uri, file.path)))
    if has_filings(source):
        files = _with_amendments(
            files, [path for other in others if has_filings(other) for path in other.path.listing().files]
        )
    units: list[Unit] = []
    together: list[UnitFile] = []
    size = 0
    for file in files:
        if file.bytes > unit_bytes and _can_be_cut(source, file):
            if together:
                units.append(Unit(source.name, tuple(together)))
                together, size = [], 0
            units += [
                Unit(source.name, (file,), start, min(start + unit_bytes, file.bytes))
                for start in range(0, file.bytes, unit_bytes)
            ]
            continue
        if together and (size + file.bytes > unit_bytes or len(together) >= MAX_FILES_PER_UNIT):
            units.append(Unit(source.name, tuple(together)))
            together, size = [], 0
        together.append(file)
        size += file.bytes
    if together:
        units.append(Unit(source.name, tuple(together)))
    return units


def _named_apart(files: list[UnitFile]) -> list[UnitFile]:
    """`files` (sorted) with a number behind a name that stands twice: a byte written out can look like another's letters."""
    named: Counter[str] = Counter()
    for number, file in enumerate(files):
        named[file.uri] += 1
        if named[file.uri] > 1:
            files[number] = replace(file, uri=f"{file.uri}~{named[file.uri]}")
    return files


def has_filings(source: SourceConfig) -> bool:
    """Whether EDINET filings can be among a source's files, by their names."""
    if source.reader == "auto":
        return any(path.suffix.lower() in FILING_SUFFIXES for path in source.path.listing().files)
    return source.reader == "edinet"


def _can_be_cut(source: SourceConfig, file: UnitFile) -> bool:
    name = file.path.name.lower()
    reader = source.reader if source.reader != AUTO else reader_of_name(name)
    if reader in (None, ARCHIVE, UNKNOWN) or bare_name(name) != name:
        return False
    cut = find_reader(reader).cut
    return bool(cut) and name.endswith(cut)


def _with_amendments(files: list[UnitFile], elsewhere: Sequence[Path]) -> list[UnitFile]:
    """EDINET filings with the later amendments of each, here or elsewhere; needs only the names inside the archives."""
    from tekio.corpus.readers.edinet import filing_key

    versions: defaultdict[tuple[str, str, str], set[tuple[tuple[str, str], Path]]] = defaultdict(set)
    own: dict[str, tuple[tuple[str, str, str], tuple[str, str]]] = {}
    for file in files:
        if file.unread is None and file.path.suffix.lower() in FILING_SUFFIXES and (found := filing_key(file.path)):
            own[file.uri] = found
            versions[found[0]].add((found[1], file.path))
    for path in elsewhere:
        if path.suffix.lower() in FILING_SUFFIXES and (found := filing_key(path)) and found[0] in versions:
            versions[found[0]].add((found[1], path))
    result: list[UnitFile] = []
    for file in files:
        if file.uri in own:
            report, order = own[file.uri]
            later = tuple(path for other, path in sorted(versions[report]) if other > order)
            result.append(replace(file, superseded_by=later) if later else file)
        else:
            result.append(file)
    return result
