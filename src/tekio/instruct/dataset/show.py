"""Records and counts as text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, cast

from tekio.errors import Language
from tekio.instruct.dataset.diff import Difference
from tekio.instruct.dataset.stats import PARTS, Composition, ordered
from tekio.instruct.screen.note_words import told
from tekio.records import InstructionRecord

INTERNAL = ("suggestions", "flags", "scope")
"""What is told in words, or is for the program alone."""
HEADINGS = {
    "origin": ("source", "情報源"),
    "task": ("task", "タスク"),
    "topic": ("topic", "話題"),
    "license": ("license", "ライセンス"),
    "as_of": ("as of", "時点"),
    "split": ("split", "分割"),
    "review": ("review", "確認"),
    "instruction": ("instruction", "指示"),
    "input": ("input", "入力"),
    "output": ("output", "応答"),
}


def printable(text: str) -> str:
    """Text safe for a terminal: control characters (but newline and tab) and direction overrides become visible."""
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
        else f"\\u{ord(character):04x}"
        for character in text
    )


def width(text: str) -> int:
    """Columns a text takes in a terminal: a full-width character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def columns(rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Rows as aligned lines; the first `left` columns to the left, numbers to the right."""
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    lines: list[str] = []
    for row in rows:
        cells = [
            cell + " " * (widths[place] - width(cell)) if place < left else " " * (widths[place] - width(cell)) + cell
            for place, cell in enumerate(row)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def show_composition(found: Composition, language: Language, limit: int = 15) -> list[str]:
    """The composition as lines; at most `limit` values a part, the rest in one line."""
    ja = language == "ja"
    lines = [
        f"{found.rows:,} 行、{found.exchanges:,} やりとり、{len(found.groups):,} グループ、入力つき {found.with_input:,} 行"
        if ja
        else f"{found.rows:,} rows, {found.exchanges:,} exchanges, {len(found.groups):,} groups, "
        f"{found.with_input:,} with input"
    ]
    if found.duplicate_ids:
        lines.append(
            f"同じ id の行: {found.duplicate_ids:,}" if ja else f"rows with an id seen before: {found.duplicate_ids:,}"
        )
    for part in PARTS:
        counts = ordered(found.by[part])
        rows = [
            [printable(name).replace("\n", " ")[:60], f"{number:,}", f"{number / found.rows:.1%}"]
            for name, number in counts[:limit]
        ]
        if len(counts) > limit:
            rest = sum(number for _, number in counts[limit:])
            rows.append([f"… +{len(counts) - limit}", f"{rest:,}", f"{rest / found.rows:.1%}"])
        if rows:
            lines += ["", HEADINGS[part][ja], *("  " + line for line in columns(rows))]
    measures = ["mean", "min", "p5", "p50", "p95", "max"]
    table = [["", *measures]]
    for name, lengths in found.lengths.items():
        summary = lengths.summary()
        if summary["rows"]:
            table.append([HEADINGS[name][ja], *(f"{summary[measure]:,}" for measure in measures)])
    if len(table) > 1:
        lines += ["", "長さ（文字）" if ja else "length (characters)", *("  " + line for line in columns(table))]
    if found.rejected:
        rows = [[name, f"{number:,}"] for name, number in ordered(found.rejected)]
        lines += ["", "読めなかった行" if ja else "rows not read", *("  " + line for line in columns(rows))]
    return lines


def _notes(value: Any) -> list[dict[str, Any]]:
    several = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", one) for one in several if isinstance(one, dict)]


def show_record(record: InstructionRecord, language: Language) -> list[str]:
    """One record as lines: where it comes from, then the conversation."""
    ja = language == "ja"
    meta = record.meta
    head = [f"── {record.id}"]
    for part in ("origin", "task", "topic", "license", "as_of", "split", "review"):
        value: str | None = getattr(meta, part)
        if value:
            head.append(f"{HEADINGS[part][ja]}: {printable(value)}")
    if meta.parents:
        head.append(("元文書: " if ja else "parents: ") + ", ".join(meta.parents))
    lines = [" · ".join(head)]
    waiting = meta.input
    for message in record.messages:
        lines += [f"[{message['role']}]", printable(message["content"])]
        if waiting and message["role"] == "user":
            lines += [f"[{HEADINGS['input'][ja]}]", printable(waiting)]
            waiting = None
    lines += [f"  {printable(told(note, language))[:300]}" for note in _notes(meta.extra.get("suggestions"))]
    for name, value in sorted(meta.extra.items()):
        if name not in INTERNAL:
            lines.append(printable(f"  {name}: {value}")[:300])
    return [*lines, ""]


def show_difference(found: Difference, language: Language, shown: int = 20) -> list[str]:
    """A difference as lines."""
    ja = language == "ja"
    lines = [
        f"追加 {len(found.added):,}、削除 {len(found.removed):,}、変更 {len(found.changed):,}、同じ {found.same:,}"
        if ja
        else f"{len(found.added):,} added, {len(found.removed):,} removed, {len(found.changed):,} changed, "
        f"{found.same:,} the same"
    ]
    if found.fields:
        lines.append(
            ("変わった項目: " if ja else "changed fields: ")
            + ", ".join(f"{name} {number:,}" for name, number in sorted(found.fields.items()))
        )
    lines += [f"+ {key}" for key in found.added[:shown]] + _more(found.added, shown)
    lines += [f"- {key}" for key in found.removed[:shown]] + _more(found.removed, shown)
    for change in found.changes[:shown]:
        lines.append(f"~ {change.id}")
        for name, (old, new) in change.fields.items():
            lines += [f"    {name}", f"      - {_short(old)}", f"      + {_short(new)}"]
    return lines + _more(found.changed, shown)


def _short(value: object) -> str:
    text = printable(str(value)).replace("\n", "⏎")
    return text if len(text) <= 200 else text[:200] + "…"


def _more(items: Sequence[str], shown: int) -> list[str]:
    return [f"  … +{len(items) - shown:,}"] if len(items) > shown else []


def chosen(
    records: Iterable[InstructionRecord], ids: Sequence[str], where: dict[str, str]
) -> Iterable[InstructionRecord]:
    """The records with one of `ids` (all, if none is named) whose meta has the values of `where`."""
    wanted = set(ids)
    for record in records:
        if wanted and record.id not in wanted:
            continue
        if all(str(getattr(record.meta, name, None) or "") == value for name, value in where.items()):
            yield record
