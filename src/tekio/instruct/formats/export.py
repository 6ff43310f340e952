"""Write instruction data in a format others read, through the license gate.

The source is read twice: once to look at every license and at the columns the rows need, once to write; so nothing is
written that a later row would have stopped, and memory is bounded by a row.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text, UsageError
from tekio.instruct.formats.foreign import KEPT, NUMBERS, REASONING_LEFT_OUT
from tekio.instruct.formats.gate import NAMED_ROWS, Blocked, Target, blocked_reason, gate_error, target_of
from tekio.instruct.formats.japanese_folders import write_folders
from tekio.instruct.formats.parquet import write_parquet
from tekio.instruct.formats.rejected import RejectedRecord, RowError
from tekio.instruct.formats.write import ROW_FORMATS, Shape, row_of
from tekio.instruct.screen.defects import template_mark
from tekio.records import InstructionRecord
from tekio.store import files_below, sync_file, sync_folder, write_jsonl

FOLDER_FORMATS = ("llm-japanese-dataset", "parquet")
FILE_ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".txt", ".parquet", ".gz", ".zip")
"""Of names that a folder should not get: whoever writes them expects a file."""
NOTES = frozenset({KEPT, REASONING_LEFT_OUT, "license_in_readme"})
"""Keys of `meta.extra` that reading made itself."""
EXPORT_FORMATS = (*ROW_FORMATS, *FOLDER_FORMATS)
Read = Callable[[], Iterable[InstructionRecord | RejectedRecord]]
Finish = Callable[[Path, "Exported"], None]


@dataclass
class Exported:
    """What an export did. `rows` written; `kept_sides`: those that were the good side of a preference pair; `reasoning`: those
    whose reasoning in a field of its own was left out; `rejected`: not readable, not representable, or blocked by the gate.

    `beside`: how many records have each column that is no part of the conversation; `classes`: those whose `label` is 0 or 1,
    which says nothing here of the answer. `marked`: how many records hold a mark of a chat template or a special token; `first_mark`: the first of these marks.
    They are written all the same: only a recipe's `instruct` screens.
    """

    rows: int = 0
    rejected: list[RejectedRecord] = field(default_factory=list[RejectedRecord])
    shape: Shape = field(default_factory=Shape)
    splits: Counter[str] = field(default_factory=Counter[str])
    kept_sides: int = 0
    reasoning: int = 0
    beside: Counter[str] = field(default_factory=Counter[str])
    classes: int = 0
    marked: int = 0
    first_mark: str = ""


def export_records(
    read: Read,
    out: Path,
    to: str,
    *,
    license_id: str,
    bare: bool = False,
    drop_blocked: bool = False,
    derived: bool = False,
    finish: Finish | None = None,
) -> Exported:
    """Write what `read()` yields to `out` in format `to`; the file or folder appears complete or not at all.

    read: gives the same records each time it is called. license_id: the license the export is passed on under, or
    `internal`. bare: the conversation alone, without id and meta. drop_blocked: leave out (and list as rejected) what
    the license gate stops instead of failing. derived: the records are derived data, not the sources' text. finish: may add files (a card) to a folder before it appears.
    Rejected rows are also written beside `out` as `<name>.rejected.jsonl`.
    Raises `PolicyError` (exit 4) naming the rows that may not be passed on, `UsageError` for an unknown format or an
    existing folder.
    """
    if to not in EXPORT_FORMATS:
        raise UsageError(
            Text(f"Unknown export format {to!r}.", f"出力形式 {to!r} はありません。"), fix="/".join(EXPORT_FORMATS)
        )
    result = Exported()
    target = target_of(license_id, derived=derived)
    result.shape = _first_pass(read, target, drop_blocked=drop_blocked)
    passed = _second_pass(read, target, result)
    if to in FOLDER_FORMATS:
        _write_folder(passed, out, to, result, bare=bare, finish=finish)
    else:
        _write_file(passed, out, to, result, bare=bare)
    if result.rejected:
        write_jsonl(rejected_path(out), [item.as_dict() for item in result.rejected])
    return result


def rejected_path(out: Path) -> Path:
    """Where the rows that an export or import left out are listed."""
    return out.with_name(out.name + ".rejected.jsonl")


def _first_pass(read: Read, target: Target, *, drop_blocked: bool) -> Shape:
    shape = Shape()
    blocked: list[Blocked] = []
    kinds: Counter[tuple[str, Text]] = Counter()
    for item in read():
        if isinstance(item, RejectedRecord):
            continue
        found = blocked_reason(item, target)
        if found is None:
            shape = shape.with_record(item)
            continue
        kinds[found.license, found.why] += 1
        if len(blocked) < NAMED_ROWS:
            blocked.append(found)
    if blocked and not drop_blocked:
        raise gate_error(blocked, kinds, target.license)
    return shape


def _second_pass(read: Read, target: Target, result: Exported) -> Iterator[InstructionRecord]:
    for item in read():
        if isinstance(item, RejectedRecord):
            result.rejected.append(item)
        elif found := blocked_reason(item, target):
            measured = {"license": found.license, "target": target.license, "why": found.why.en}
            result.rejected.append(RejectedRecord("license", item.id, measured, item.as_dict()))
        else:
            result.kept_sides += KEPT in item.meta.extra
            result.reasoning += REASONING_LEFT_OUT in item.meta.extra
            result.beside.update(name for name in item.meta.extra if name not in NOTES)
            result.classes += str(item.meta.extra.get("label")) in NUMBERS
            _count_marks(item, result)
            yield item


def _count_marks(record: InstructionRecord, result: Exported) -> None:
    texts = (*(message["content"] for message in record.messages), record.meta.input or "")
    mark = next(filter(None, map(template_mark, texts)), None)
    if mark:
        result.marked += 1
        result.first_mark = result.first_mark or mark


def _write_file(records: Iterable[InstructionRecord], out: Path, to: str, result: Exported, *, bare: bool) -> None:
    rows = _rows(records, to, result, bare=bare)
    as_array = out.suffix.lower() == ".json"
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            for number, row in enumerate(rows):
                text = json.dumps(row, ensure_ascii=False, allow_nan=False)
                file.write(("[\n" if number == 0 else ",\n") + text if as_array else text + "\n")
            if as_array:
                file.write("[]\n" if result.rows == 0 else "\n]\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(out)
        sync_folder(out.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _rows(records: Iterable[InstructionRecord], to: str, result: Exported, *, bare: bool) -> Iterator[dict[str, Any]]:
    for record in records:
        try:
            row = row_of(record, to, result.shape, bare=bare)
        except RowError as problem:
            result.rejected.append(RejectedRecord(problem.reason, record.id, problem.measured, record.as_dict()))
            continue
        result.rows += 1
        yield row


def _write_folder(
    records: Iterable[InstructionRecord], out: Path, to: str, result: Exported, *, bare: bool, finish: Finish | None
) -> None:
    if out.suffix.lower() in FILE_ENDINGS:
        raise UsageError(
            Text(f"{to} is written as a folder.", f"{to} の出力はフォルダです。"),
            where=out,
            why=Text(f"The name ends like a file ({out.suffix}).", f"名前の末尾がファイルのもの（{out.suffix}）です。"),
            fix=Text(
                f"Name a folder, such as {out.with_suffix('')}.",
                f"フォルダ名（{out.with_suffix('')} など）を指定してください。",
            ),
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            Text("The output folder is not empty.", "出力フォルダが空ではありません。"),
            where=out,
            fix=Text("Name a new folder.", "新しいフォルダ名を指定してください。"),
        )
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        temporary.mkdir(parents=True)
        if to == "parquet":
            result.splits = write_parquet(records, temporary)
            result.rows = sum(result.splits.values())
        else:
            result.rows, refused = write_folders(records, temporary, bare=bare)
            result.rejected += refused
        if finish:
            finish(temporary, result)
        for path in files_below(temporary):
            sync_file(path)
        with suppress(OSError):
            out.rmdir()
        temporary.rename(out)
        sync_folder(out.parent)
    except FileExistsError as error:
        raise TekioError(Text("The output folder is in use.", "出力フォルダは使用中です。"), where=out) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
