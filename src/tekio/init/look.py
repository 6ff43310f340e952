"""What lies in a folder: documents, pages of questions and answers, rows of text, records; and what nothing can be made of.

Files of one folder and one suffix belong together. Of such a group a few are opened, at even distances; what is said of
the others is said by them. Nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tekio.errors import Message, Text
from tekio.init.rows import columns_of_text, is_evaluation, records_in
from tekio.instruct.harvest.files import NO_PAGES, OFFICE, harvest_path
from tekio.recipe.listing import list_files
from tekio.recipe.readers import (
    ARCHIVE,
    OLD_OFFICE,
    UNKNOWN,
    is_of_program,
    reader_of_content,
    reader_of_name,
    way_on,
)
from tekio.rows import PathFile, header_of
from tekio.rows.archive import DEFAULT_LIMITS, bare_name
from tekio.rows.figures import is_table_of_figures
from tekio.rows.packages import package_in
from tekio.text.unreadable import UnreadableError
from tekio.visible import shown_name

LOOKED_AT = 8
"""Files of a group that are opened."""
NAMED_APART = 30
"""Row files of a group that are named one by one where their columns differ; what is above is left out, and said."""
OF_PROGRAM = "program"
"""In place of a reader: a file that a program left."""
ROW_READERS = ("jsonl", "csv", "parquet")
GENERAL_FOLDERS = ("general", "一般", "wiki", "wikipedia", "aozora", "replay")
LEAST_CONFIDENCE = 0.5
LEAST_COVERAGE = 0.3
"""Share of a page's text that stands in pairs, where the page is one of questions and answers."""

Kind = Literal["documents", "rows", "pages", "records"]


@dataclass(frozen=True)
class Found:
    """Files that go the same way. path: relative to the folder that was looked at, perhaps a glob; files, bytes: how many.

    columns: document field -> column, of rows. partly: of pages, that only some of them hold questions and answers.
    """

    kind: Kind
    name: str
    path: str
    files: int
    bytes: int
    domain: str = "finance"
    license: str = "internal"
    columns: dict[str, str] = field(default_factory=dict[str, str])
    partly: bool = False


@dataclass(frozen=True)
class LeftOut:
    """Files the recipe does not name, and why."""

    path: str
    files: int
    why: Message


@dataclass(frozen=True)
class _File:
    path: Path
    place: str
    reader: str
    bytes: int


def look_at(folder: Path) -> tuple[list[Found], list[LeftOut]]:
    """Everything in `folder`, each file in one of the two lists (questions in some pages of a group: in `documents` too)."""
    listing = list_files(folder, ("**", "*"))
    left = [
        LeftOut(
            shown_name(item.path.relative_to(folder)),
            1,
            _no_reader(item.path.name) if item.reason == "unknown_format" else f"{item.reason}: {item.detail}",
        )
        for item in listing.unread
    ]
    groups: dict[tuple[str, str], list[_File]] = defaultdict(list)
    for path in listing.files:
        file = _file(folder, path)
        if file.reader == OF_PROGRAM:
            left.append(
                LeftOut(
                    file.place,
                    1,
                    Text(
                        "left by a program (a lock, thumbnails): no document",
                        "プログラムの作業ファイル（ロック、縮小表示など）で、文書ではありません",
                    ),
                )
            )
            continue
        if "$" in file.place or not file.place.isprintable():
            left.append(
                LeftOut(file.place, 1, Text("a recipe cannot write this name", "レシピに書けない文字を含む名前です"))
            )
            continue
        top = file.place.partition("/")[0] if "/" in file.place else ""
        groups[top, Path(file.place).suffix].append(file)
    found: list[Found] = []
    for (top, suffix), files in sorted(groups.items()):
        found += _of_group(top, suffix, files, left)
    return _with_names(_whole_folders(found, left)), sorted(left, key=lambda item: item.path)


def _file(folder: Path, path: Path) -> _File:
    place = shown_name(path.relative_to(folder))
    reader = reader_of_name(bare_name(path.name.lower()))
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
        if head.startswith(b"PK\x03\x04") and reader in (None, OLD_OFFICE):
            kind = package_in(path, DEFAULT_LIMITS)
            reader = reader_of_name(f".{kind}") or UNKNOWN if kind is not None else reader
        reader = reader or reader_of_content(head)
        if is_of_program(path.name.lower(), size, head):
            reader = OF_PROGRAM
    except OSError:
        size, reader = 0, UNKNOWN
    return _File(path, place, reader, size)


def _of_group(top: str, suffix: str, files: list[_File], left: list[LeftOut]) -> list[Found]:
    """What becomes of the files of one folder and suffix."""
    readers = {file.reader for file in files if file.bytes}
    if not readers:
        left.append(LeftOut(_named(top, suffix, files), len(files), Text("empty", "空です")))
        return []
    if readers <= {UNKNOWN, OLD_OFFICE}:
        why = _no_reader(suffix)
        if OLD_OFFICE in readers:
            why = Text(
                "old Office form: save as .docx, .xlsx or .pptx first",
                "旧形式です。.docx .xlsx .pptx に変換してください",
            )
        left.append(LeftOut(_named(top, suffix, files), len(files), why))
        return []
    domain = "general" if top.lower() in GENERAL_FOLDERS or "wikipedia" in readers else "finance"
    terms = "CC-BY-SA-4.0" if readers == {"wikipedia"} else "internal"
    if readers == {"xlsx"} and any(_is_sheet_of_items(file.path) for file in _even(files, NAMED_APART)):
        items = [file for file in files if file.bytes and _is_sheet_of_items(file.path)]
        left += [LeftOut(file.place, 1, TEST_ITEMS) for file in items]
        others = [file for file in files if file not in items]
        return [one for file in others for one in _pages(top, suffix, [file], domain, path=file.place)]
    if readers <= set(ROW_READERS):
        return _rows(top, suffix, files, domain, left)
    if suffix.lower() in NO_PAGES or readers & {"wikipedia", "law", "edinet", "warc", ARCHIVE, "aozora"}:
        return [_found("documents", top, suffix, files, domain=domain, license=terms)]
    return _pages(top, suffix, files, domain)


def _no_reader(name: str) -> Text:
    """Why a file is left out whose form no reader takes, and how to make a readable one of it."""
    fix = way_on(name.lower())
    why = Text("no reader for this form", "対応していないファイル形式です")
    return why if fix is None else Text(f"{why.en}: {fix.en}", f"{why.ja}。{fix.ja}")


def _found(
    kind: Kind,
    top: str,
    suffix: str,
    files: Sequence[_File],
    *,
    path: str = "",
    domain: str = "finance",
    license: str = "internal",  # noqa: A002 (the recipe's name)
    columns: dict[str, str] | None = None,
    partly: bool = False,
) -> Found:
    size = sum(file.bytes for file in files)
    written = path or _path(top, suffix)
    return Found(kind, top, written, len(files), size, domain, license, columns or {}, partly)


def _named(top: str, suffix: str, files: Sequence[_File]) -> str:
    """The files of a group as people read it: the one by its name."""
    return files[0].place if len(files) == 1 else _path(top, suffix)


def _path(top: str, suffix: str) -> str:
    last = f"*{suffix}" if suffix else "*"
    return f"{top}/**/{last}" if top else last


def _even(files: Sequence[_File], count: int = LOOKED_AT) -> list[_File]:
    """At most `count` of the files, at even distances."""
    kept = [file for file in files if file.bytes]
    if len(kept) <= count:
        return kept
    return [kept[round(number * (len(kept) - 1) / (count - 1))] for number in range(count)]


def _pages(top: str, suffix: str, files: list[_File], domain: str, path: str = "") -> list[Found]:
    """Documents, questions and answers, or both. path: what stands for the files; default: the folder and the suffix."""
    sample = _even(files)
    asking = [file for file in sample if suffix.lower() == ".md" or _may_ask(file)]
    asking = [file for file in asking if _asks(file.path)]
    if asking and len(asking) == len(sample) and domain != "general":
        return [_found("pages", top, suffix, files, path=path)]
    documents = _found("documents", top, suffix, files, path=path, domain=domain)
    if not asking or domain == "general":
        return [documents]
    if len(sample) == len([file for file in files if file.bytes]) and len(asking) <= 3:
        return [documents, *(_found("pages", top, suffix, [file], path=file.place) for file in asking)]
    return [documents, _found("pages", top, suffix, files, partly=True)]


def _may_ask(file: _File) -> bool:
    return file.reader in (
        "html",
        "pdf",
        "docx",
        "pptx",
        "xlsx",
        "rtf",
        "text",
        "mail",
        "mhtml",
        "epub",
        "markdown",
    ) or (file.path.suffix.lower() in OFFICE)


def _asks(path: Path) -> bool:
    """Whether a file is one of questions and answers: pairs that are a good part of it (the agency's own pages: 0.38 to 0.74)."""
    try:
        page = harvest_path(path)
    except UnreadableError:
        return False
    pairs = [pair for pair in page.pairs if pair.confidence >= LEAST_CONFIDENCE]
    return bool(pairs) and page.coverage >= LEAST_COVERAGE


def _rows(top: str, suffix: str, files: list[_File], domain: str, left: list[LeftOut]) -> list[Found]:
    """Rows of text by their columns, and instruction records."""
    seen = [(file, _row_kind(file.path)) for file in _even(files, NAMED_APART) if file.bytes]
    kinds = [kind for _, kind in seen]
    if all(kind == kinds[0] for kind in kinds):
        kind, columns, why = kinds[0]
        if kind is None:
            left.append(LeftOut(_named(top, suffix, files), len(files), why))
            return []
        return [_found(kind, top, suffix, files, domain=domain, columns=columns)]
    found: list[Found] = []
    for file, (kind, columns, why) in seen:
        if kind is None:
            left.append(LeftOut(file.place, 1, why))
        else:
            found.append(_found(kind, top, suffix, [file], path=file.place, domain=domain, columns=columns))
    if more := len([file for file in files if file.bytes]) - len(seen):
        words = Text("more files with columns of their own", "列の異なるファイルがさらにあります")
        left.append(LeftOut(_path(top, suffix), more, words))
    return found


_RowKind = tuple[Kind | None, dict[str, str], Message]


TEST_ITEMS = Text(
    "test items by their columns: a task for `evaluate.tasks`, never trained on",
    "列名から評価問題と判断しました。学習には使わず `evaluate.tasks` に指定してください",
)


def _is_sheet_of_items(path: Path) -> bool:
    """Whether a workbook is a table of test items."""
    try:
        return is_evaluation(header_of(PathFile(path), rows=1) or [])
    except (UnreadableError, OSError):
        return False


def _row_kind(path: Path) -> _RowKind:
    """What the rows of a file are, the columns of their text, or why nothing can be made of them."""
    try:
        names = header_of(PathFile(path))
    except (UnreadableError, OSError) as error:
        return None, {}, error.reason if isinstance(error, UnreadableError) else str(error)
    if not names:
        return None, {}, Text("no rows with names", "名前のある列がありません")
    if is_evaluation(names):
        return None, {}, TEST_ITEMS
    if records_in(path):
        return "records", {}, ""
    if path.suffix.lower() in (".csv", ".tsv") and _asks(path):
        return "pages", {}, ""
    columns = columns_of_text(path)
    if columns:
        return "rows", columns, ""
    if path.suffix.lower() in (".csv", ".tsv") and is_table_of_figures(PathFile(path)):
        return "documents", {}, ""
    return (
        None,
        {},
        Text(f"no column of text among {', '.join(names[:8])}", f"本文の列が見つかりません: {'、'.join(names[:8])}"),
    )


def _whole_folders(found: list[Found], left: list[LeftOut]) -> list[Found]:
    """Documents of one folder as one source, where the folder holds nothing else."""
    by_top: dict[str, list[Found]] = defaultdict(list)
    for item in found:
        by_top[item.name].append(item)
    joined: list[Found] = []
    for top, items in by_top.items():
        others = any(item.path.startswith(f"{top}/") for item in left)
        alike = {(item.kind, item.domain, item.license) for item in items}
        if top and len(items) > 1 and alike == {("documents", items[0].domain, items[0].license)} and not others:
            files, size = sum(item.files for item in items), sum(item.bytes for item in items)
            joined.append(Found("documents", top, f"{top}/**/*", files, size, items[0].domain, items[0].license))
        else:
            joined += items
    return joined


def _with_names(found: list[Found]) -> list[Found]:
    """Each with a name of its own: the folder's, with the suffix or a number where several have it."""
    taken: dict[str, set[str]] = defaultdict(set)
    named: list[Found] = []
    for item in found:
        used = taken["corpus" if item.kind in ("documents", "rows") else "instruct"]
        begun = _plain(item.name) or ("faq" if item.kind == "pages" else "own")
        suffix = _plain(Path(item.path).suffix.lstrip(".").lower())
        name = next(one for one in _candidates(begun, suffix) if one not in used)
        used.add(name)
        named.append(Found(item.kind, name, *_rest(item)))
    return named


def _rest(item: Found) -> tuple[str, int, int, str, str, dict[str, str], bool]:
    return item.path, item.files, item.bytes, item.domain, item.license, item.columns, item.partly


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name).strip("-_")


def _candidates(begun: str, suffix: str) -> Iterator[str]:
    yield begun
    if suffix:
        yield f"{begun}-{suffix}"
    number = 2
    while True:
        yield f"{begun}-{suffix}-{number}" if suffix else f"{begun}-{number}"
        number += 1
