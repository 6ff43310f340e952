"""Read instruction data of any known format: a file or a folder, as downloaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tekio.errors import TekioError, Text, UsageError
from tekio.instruct.formats.parse import FORMATS, Source, parse_row
from tekio.instruct.formats.rejected import RejectedRecord, RowError
from tekio.instruct.formats.rows import OPTIONS, SUFFIXES, data_suffix, read_rows
from tekio.records import InstructionRecord
from tekio.rows import PathFile, RowOptions, header_of, joined_columns, missing_columns
from tekio.text.unreadable import UnreadableError
from tekio.visible import name_below, shown_name

# JSON files that describe data and hold none.
DESCRIPTIONS = {
    "dataset_info.json",
    "dataset_infos.json",
    "dataset_dict.json",
    "state.json",
    "manifest.json",
    "funnel.json",
}
READMES = ("_README.md", "README.md", "README_ja.md", "LICENSE.md")
MAX_README_BYTES = 1 << 20


def import_records(
    path: Path,
    format: str = "auto",  # noqa: A002
    *,
    origin: str,
    license: str = "unknown",  # noqa: A002
    root: Path | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[InstructionRecord | RejectedRecord]:
    """The records of a file or folder in a known format, in a stable order; what cannot be used comes as `RejectedRecord`.

    format: `auto` (by the columns of each row), `alpaca`, `sharegpt`, `messages`, `trl`, `qa`, `records`, `parquet`,
    `llm-japanese-dataset` (a folder a source, each with a README that states its license).
    origin: name of the source, kept with each record. license: what holds where neither the row nor, when this is
    `unknown`, a README beside the file says otherwise. A README that names another license than the caller does is
    kept as `meta.extra["license_in_readme"]`, and the license gate looks at both.
    root: the folder that `where`, READMEs and source folders are looked up in; default: `path` or its folder.
    columns: field (`question`, `answer`, `instruction`, `input`, `output`, `system`, `topic` ...) -> column of the files
    (`a+b`: one below the other); numbers alone (`question=1,answer=2`) are the columns of tables without a heading.
    Raises `TekioError` if there is no such path, a column that no file has, or nothing to read in it, `UsageError` for an unknown format.
    """
    if format not in FORMATS:
        raise UsageError(Text(f"Unknown format {format!r}.", f"形式 {format!r} はありません。"), fix="/".join(FORMATS))
    if root is None or not path.is_relative_to(root):
        root = path if path.is_dir() else path.parent
    by_folder = format == "llm-japanese-dataset" or (format == "auto" and path.is_dir() and _is_llm_japanese(path))
    files = data_files(path)
    options = options_for(columns)
    if columns:
        require_columns(files, columns)
    for file in files:
        stated = license_in_readme(file.parent, root)
        known = stated if license == "unknown" and stated else license
        source = Source(
            origin,
            license=known,
            task=_dataset_name(file, root) if by_folder else "instruction",
            license_in_readme=stated if stated != known else None,
        )
        for item in read_rows(file, name_below(root, file), options):
            if isinstance(item, RejectedRecord):
                yield item
                continue
            try:
                yield parse_row(item.row, format, source, columns)
            except RowError as problem:
                yield RejectedRecord(problem.reason, item.where, problem.measured, item.row)


def options_for(columns: Mapping[str, str] | None) -> RowOptions:
    """How files are read under a column map: where it names numbers alone, tables have no heading."""
    named = [name for written in (columns or {}).values() for name in joined_columns(written)]
    if named and all(name.isdecimal() for name in named):
        return replace(OPTIONS, numbered=True, known=frozenset[str]())
    return replace(OPTIONS, known=OPTIONS.known | set(named))


def require_columns(files: Sequence[Path], columns: Mapping[str, str]) -> None:
    """Raise `UsageError` when no file has all the columns, naming those that the first one has."""
    wanted = [name for written in columns.values() for name in joined_columns(written)]
    first: UnreadableError | None = None
    for file in files:
        try:
            names = header_of(PathFile(file), options_for(columns))
        except (UnreadableError, OSError):
            continue  # said when it is read
        problem = missing_columns(wanted, names or [])
        if problem is None:
            return
        first = first or problem
    if first is not None:
        missing, names = (", ".join(first.measured[key]) for key in ("missing", "columns"))
        raise UsageError(
            Text(f"There is no column {missing}.", f"列 {missing} がありません。"),
            where=files[0],
            fix=Text(f"The columns: {names}", f"ある列: {names}"),
        )


def read_any(path: Path, format: str = "auto") -> Iterator[InstructionRecord | RejectedRecord]:  # noqa: A002
    """`import_records` under the file's own name."""
    return import_records(path, format, origin=shown_name(Path(path.name)).split(".")[0])


def data_files(path: Path) -> list[Path]:
    """The data files at `path`, sorted: itself, or all below a folder (hidden files and descriptions left out)."""
    if path.is_file():
        if not data_suffix(path):
            raise TekioError(
                Text("Not a data file that Tekio reads.", "読めるデータファイルではありません。"),
                where=path,
                fix=", ".join(SUFFIXES) + " (+ .gz, .bz2, .zst)",
            )
        return [path]
    if not path.is_dir():
        raise TekioError(Text("There is no such file or folder.", "ファイルまたはフォルダがありません。"), where=path)
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file()
        and data_suffix(file)
        and file.name not in DESCRIPTIONS
        and not file.name.endswith("rejected.jsonl")  # what an earlier step left out
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and file.resolve().is_relative_to(path.resolve())
    ]
    if not found:
        raise UsageError(Text("No data file in this folder.", "フォルダにデータファイルがありません。"), where=path)
    return found


def _is_llm_japanese(folder: Path) -> bool:
    """Whether a folder has the layout of llm-japanese-dataset: numbered JSON files, a folder a source."""
    return any(re.fullmatch(r"\d{6}\.json", file.name) for file in folder.rglob("[0-9]*.json"))


def _dataset_name(file: Path, root: Path) -> str:
    """The source folder's name: the nearest folder that is not called `data`."""
    for folder in file.relative_to(root).parents:
        if folder.name and folder.name != "data":
            return shown_name(Path(folder.name))
    return shown_name(Path(root.name if root.name != "data" else root.parent.name))


# --- licenses that a README states --------------------------------------------------------------------------------

_LICENSES: list[tuple[str, str]] = [  # the first that matches; the strict forms before the open ones
    (r"cc[\s_-]*by[\s_-]*nc[\s_-]*nd[\s_-]*([1-4]\.0)?", "CC-BY-NC-ND-{}"),
    (r"cc[\s_-]*by[\s_-]*nc[\s_-]*sa[\s_-]*([1-4]\.0)?", "CC-BY-NC-SA-{}"),
    (r"cc[\s_-]*by[\s_-]*nc[\s_-]*([1-4]\.0)?", "CC-BY-NC-{}"),
    (r"cc[\s_-]*by[\s_-]*nd[\s_-]*([1-4]\.0)?", "CC-BY-ND-{}"),
    (r"cc[\s_-]*by[\s_-]*sa[\s_-]*([1-4]\.0)?", "CC-BY-SA-{}"),
    (r"cc[\s_-]*by[\s_-]*([1-4]\.[05])?(?![\s_-]*(?:sa|nc|nd))", "CC-BY-{}"),
    (r"apache[\s_-]*(?:license[\s,]*)?(?:version\s*)?(2\.0)?", "Apache-2.0"),
    (r"\bcc0", "CC0-1.0"),
    (r"\bmit\b", "MIT"),
    (r"\bbsd", "BSD-3-Clause"),
    (r"unlicense", "Unlicense"),
    (r"agpl", "AGPL-3.0"),
    (r"\bgpl", "GPL-3.0"),
    (r"pdl[\s_-]*1\.0|公共データ利用規約", "PDL-1.0"),
]


def license_in_readme(folder: Path, root: Path) -> str | None:
    """The license that the nearest README from `folder` up to `root` states: in its front matter (`license:`), in a
    section or line called ライセンス or License; else by a folder named after one (`datasets-cc-by-sa`); else None.
    """
    here = folder
    while True:
        for name in READMES:
            file = here / name
            if file.is_file() and (
                found := stated_license(file.read_bytes()[:MAX_README_BYTES].decode("utf-8", "replace"))
            ):
                return found
        if found := license_name(here.name) if here.name.lower().startswith("datasets-") else None:
            return found
        if here == root or root not in here.parents:
            return None
        here = here.parent


def stated_license(text: str) -> str | None:
    """The license a README's text states, or None."""
    front = re.match(r"---\s*\n(.*?)\n---", text, re.DOTALL)
    if front and (line := re.search(r"^license:\s*(\S+)", front[1], re.MULTILINE)):
        return license_name(line[1]) or line[1]
    heading = re.search(r"(?:ライセンス|licen[cs]e)[^\n]*(?:\n+[^\n#]+)?", text, re.IGNORECASE)
    return license_name(heading[0]) if heading else None


def license_name(text: str) -> str | None:
    """The SPDX-like id of the strictest license named in `text` (`CC BY-SA 4.0` -> `CC-BY-SA-4.0`), or None."""
    lowered = text.lower()
    for pattern, name in _LICENSES:
        if match := re.search(pattern, lowered):
            return name.format((match[1] if match.groups() else None) or "4.0")
    return None
