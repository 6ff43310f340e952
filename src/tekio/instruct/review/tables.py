"""Review in a spreadsheet: CSV (UTF-8 with BOM, as Excel wants it) and XLSX, there and back.

A cell that a spreadsheet could take for a formula (it begins with = + - @ or their full-width forms, a tab, a line
break) gets an apostrophe before it, and so does one that begins with an apostrophe; reading takes exactly one away, so
text comes back as it was. XLSX cells are typed as text besides.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingModuleSource=false
# (openpyxl is an optional dependency without complete type information)

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tekio.errors import Language, TekioError, Text, say
from tekio.instruct.review.actions import REASONS, Action
from tekio.instruct.review.columns import all_turn_names, column, heading, text_of, turn_names
from tekio.instruct.review.items import ReviewItem
from tekio.instruct.review.returned import KnownItems, Returned, unknown_record
from tekio.reject_reasons import reject_words
from tekio.rows.read import BadRow, PathFile, Row, RowOptions, encoding_of, format_of, read_rows
from tekio.store import canonical_json, write_atomic
from tekio.text.unreadable import UnreadableError

RISKY = "=+-@\t\r\n＝＋－＠"
DECISION_COLUMNS = ("decision", "reason", "note", "reviewer")
FACTS = ("origin", "topic", "license", "as_of")
MAX_CELL = 32_767  # Excel cuts a longer cell without a word
MAX_FILE = 256 << 20
WORDS = {  # what people write for a decision
    "accept": ("accept", "採用", "accepted", "ok", "a", "1", "○", "〇", "可"),
    "edit": ("edit", "修正", "edited", "e", "2"),
    "reject": ("reject", "不採用", "rejected", "ng", "r", "3", "×", "✕", "否"),
}
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")


def safe(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] and text[0] in RISKY + "'" else text


def unsafe(cell: str) -> str:
    """The text of a cell written by `safe`."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in RISKY + "'" else cell


def columns(items: Sequence[ReviewItem]) -> list[str]:
    """The columns of a review table: who and what, the decision, one column a turn, then what helps to decide."""
    turns = all_turn_names(items)
    after_question = turns.index("question") + 1 if "question" in turns else 0
    turns.insert(after_question, "input")
    return ["id", *DECISION_COLUMNS, *turns, "notes", "passage", *FACTS, "digest"]


def _cells(item: ReviewItem, names: Sequence[str], decided: Action | None, language: Language) -> list[str]:
    edit = decided if decided is not None and decided.decision == "edit" and decided.messages else None
    messages = item.record.messages if edit is None or edit.messages is None else edit.messages
    values = {
        "id": item.key,
        "input": (item.record.meta.input if edit is None else edit.input) or "",
        "notes": "\n".join(str(note) for note in item.notes),
        "passage": item.passage,
        "digest": item.digest(),
        **{name: getattr(item.record.meta, name) or "" for name in FACTS},
        **{name: turn["content"] for name, turn in zip(turn_names(messages), messages, strict=True)},
    }
    if decided is not None:
        reason = REASONS.get(decided.reason)
        values |= {
            "decision": WORDS[decided.decision][language == "ja"],
            "reason": say(reason, language) if reason else decided.reason,
            "note": decided.note,
            "reviewer": decided.reviewer,
        }
    return [safe(values.get(name, "")) for name in names]


def write_table(
    path: Path, items: Sequence[ReviewItem], language: Language = "en", decisions: Sequence[Action] = ()
) -> list[str]:
    """Write a review table (.csv or .xlsx by the suffix). Returns the keys that do not fit into a cell and are left out.

    decisions: what is decided already; it stands in the table, of several about one record the last. A long passage is
    cut (it only helps to decide); a long question or answer is not, that record is left out.
    """
    decided = {action.item: action for action in decisions}
    names = columns(items)
    place = names.index("passage")
    rows: list[list[str]] = []
    left_out: list[str] = []
    for item in items:
        cells = _cells(item, names, decided.get(item.key), language)
        cells[place] = cells[place][: MAX_CELL // 2]
        if any(len(_escape(cell)) > MAX_CELL for cell in cells):
            left_out.append(item.key)
        else:
            rows.append(cells)
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerows([[heading(name, language) for name in names], *rows])
        write_atomic(path, ("\ufeff" + text.getvalue()).encode())
    else:
        write_atomic(path, _workbook(names, rows, language))
    return left_out


def _escape(text: str) -> str:
    """Characters XML cannot hold, in Excel's own notation `_x0008_`."""
    return _ILLEGAL.sub(lambda match: f"_x{ord(match[0]):04X}_", re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text))


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError as error:
        raise TekioError(
            Text("XLSX needs the package openpyxl.", "XLSX には openpyxl が必要です。"),
            fix="pip install 'tekio[review]'",
        ) from error
    return openpyxl


def _workbook(names: Sequence[str], rows: Iterable[Sequence[str]], language: Language) -> bytes:
    openpyxl = _openpyxl()
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "review"
    for number, row in enumerate([[heading(name, language) for name in names], *rows], 1):
        for place, text in enumerate(row, 1):
            if text:
                cell = sheet.cell(number, place)
                cell.value = _escape(text)
                cell.data_type = "s"  # text, even if it begins with =
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.quotePrefix = True
    for place, name in enumerate(names, 1):
        wide = name.startswith(("system", "question", "answer")) or name in ("passage", "input")
        sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width = 60 if wide else 14
        sheet.cell(1, place).font = Font(bold=True)
    sheet.freeze_panes = "B2"
    decisions = [words[language == "ja"] for words in WORDS.values()]
    reasons = [say(text, language).replace(",", " ") for text in REASONS.values()]
    for name, choices in (("decision", decisions), ("reason", reasons)):
        letter = openpyxl.utils.get_column_letter(list(names).index(name) + 1)
        choice = DataValidation(type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True)
        choice.add(f"{letter}2:{letter}1048576")
        sheet.add_data_validation(choice)
    # No time of day in the file: equal records give equal cells, and the archive says nothing about the writer.
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- back ---------------------------------------------------------------------------------------------------------


def read_table(path: Path, items: Sequence[ReviewItem], reviewer: str = "") -> Returned:
    """The decisions in a table that came back. reviewer: who decided, where the column `reviewer` is empty.

    A row whose text differs from the record is an edit, also without the word; a row without a decision and with
    unchanged text is untouched. Raises `TekioError` for a file that is no such table.
    """
    if path.stat().st_size > MAX_FILE:
        raise TekioError(Text("The table is too large.", "表が大きすぎます。"), where=path)
    found, known = Returned(), KnownItems(items)
    try:
        rows, lossy = _rows(path)
        for number, row in enumerate(rows, 2):
            if isinstance(row, BadRow):
                found.problems.append((f"{path.name}{row.place}", reject_words(row.reason)))
                continue
            values = {column(str(name)): unsafe(str(cell)) for name, cell in row.values.items()}
            if "id" not in values or "decision" not in values:
                raise TekioError(
                    Text(
                        "The table has no columns id and decision.",
                        "表に ID（id）列と判断（decision）列がありません。",
                    ),
                    where=path,
                    why=", ".join(row.values),
                )
            _take_row(found, f"{path.name}:{number}", values, known, reviewer, lossy=lossy)
    except UnreadableError as error:
        raise TekioError(
            Text("The table cannot be read.", "表を読めません。"), where=path, why=error.why_words()
        ) from error
    return found


def _take_row(
    found: Returned, where: str, row: dict[str, str], known: KnownItems, reviewer: str, *, lossy: bool
) -> None:
    item = known.find(row.get("id", ""), row.get("digest", ""))
    if item is None:
        found.problems.append((where, unknown_record(row.get("id", ""))))
        return
    word = row.get("decision", "").strip().casefold()
    decision = next((name for name, words in WORDS.items() if word in words), "")
    if word and not decision:
        words = Text(
            f"decision {word[:40]!r} is not accept, edit or reject",
            f"判断 {word[:40]!r} は採用・修正・不採用のどれでもありません",
        )
        found.problems.append((where, words))
        return
    names = turn_names(item.record.messages)
    messages = [
        {"role": turn["role"], "content": _kept(turn["content"], text_of(row, name, number), lossy=lossy)}
        for number, (name, turn) in enumerate(zip(names, item.record.messages, strict=True), 1)
    ]
    given = _kept(item.record.meta.input or "", row.get("input"), lossy=lossy) or None
    changed = messages != item.record.messages or given != (item.record.meta.input or None)
    if decision == "reject" or not (decision or changed):
        messages, given, changed = None, None, False
    if not decision and not changed:
        found.untouched += 1
        return
    decision = "reject" if decision == "reject" else "edit" if changed else "accept"
    body: dict[str, Any] = {
        "item": item.key,
        "reviewer": row.get("reviewer", "").strip() or reviewer,
        "decision": decision,
        "digest": row.get("digest", ""),
        "reason": _reason(row.get("reason", "").strip()),
        "note": row.get("note", "").strip(),
        "messages": messages if changed else None,
        "input": given if changed else None,
    }
    body["key"] = "table-" + hashlib.sha256(canonical_json(body).encode("utf-8", "replace")).hexdigest()[:32]
    found.take(where, body, known)


def _reason(word: str) -> str:
    """The name of a reason that is written in either language; other words stay as they are."""
    return next((name for name, text in REASONS.items() if word in (name, text.en, text.ja)), word)


def _kept(text: str, cell: str | None, *, lossy: bool) -> str:
    """What a cell says; the record's own text where the cell only lost line ends or characters of an old encoding."""
    if cell is None:
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if cell.replace("\r\n", "\n").replace("\r", "\n") == plain:
        return text
    if lossy and cell == plain.encode("cp932", "replace").decode("cp932"):
        return text
    return cell


def _rows(path: Path) -> tuple[Iterator[Row | BadRow], bool]:
    """The rows of a table, and whether its encoding may have lost characters (Excel under Japanese Windows)."""
    file = PathFile(path)
    lossy = format_of(file) == "csv" and encoding_of(file, None) != "utf-8"
    return read_rows(file, RowOptions(max_file_bytes=MAX_FILE)), lossy
