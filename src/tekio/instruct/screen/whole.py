"""Checks over all records: equal ids, exact duplicates, near duplicates, conflicting answers, contamination."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tekio.instruct.rows import Row
from tekio.instruct.screen.contamination import build_index, reject_contaminated
from tekio.instruct.screen.near import reject_near_duplicates
from tekio.instruct.screen.shadow import shadow
from tekio.recipe.instruct import ScreenConfig


def question_key(row: Row) -> bytes:
    """A hash of instruction and input. Many data sets share one instruction, so the input must be part of it."""
    record = row.record
    turns = [turn["content"] for turn in record.messages[:-1] if turn["role"] != "system"]
    text = "\x1f".join([*(shadow(turn) for turn in turns), shadow(record.meta.input or "")])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:12]


def screen_whole(rows: Sequence[Row], config: ScreenConfig) -> None:
    """Reject among `rows` (all sources, in order) what only a view of everything shows. The first of equals stays."""
    alive = [row for row in rows if row.alive]
    if "exact_duplicate" not in config.off:
        _exact_duplicates(alive)
    if "id_collision" not in config.off:
        _id_collisions(alive)
    if "near_duplicate" not in config.off and config.near_duplicate_threshold < 1:
        reject_near_duplicates([row for row in alive if row.alive], config.near_duplicate_threshold)
    if "conflicting_answers" not in config.off and config.conflicts != "off":
        _conflicts(alive, config)
    if "contaminated" not in config.off and config.contamination:
        files = [file for path in config.contamination for file in path.files()]
        index = build_index(files, config.contamination_ngram)
        left = [row for row in alive if row.alive]
        reject_contaminated(left, index, config.contamination_ngram, config.contamination_share)


def _exact_duplicates(rows: Sequence[Row]) -> None:
    seen: dict[bytes, str] = {}
    for row in rows:
        answer = shadow(row.record.output).encode("utf-8", "surrogatepass")
        key = question_key(row) + hashlib.sha256(answer).digest()
        if key in seen:
            row.reject("exact_duplicate", {"of": seen[key]})
        else:
            seen[key] = row.record.id


def _id_collisions(rows: Sequence[Row]) -> None:
    """Two different records under one id of their source (llm-japanese-dataset's alt) cannot be traced back."""
    seen: dict[str, str] = {}
    for row in rows:
        if not row.alive:
            continue
        own = row.record.meta.extra.get("id")
        name = f"{row.record.meta.origin}\x1f{own}" if own is not None else row.record.id
        first = seen.setdefault(name, row.record.id)
        if first != row.record.id:
            row.reject("id_collision", {"id": own, "first": first})


def _conflicts(rows: Sequence[Row], config: ScreenConfig) -> None:
    groups: dict[bytes, list[Row]] = {}
    for row in rows:
        if row.alive and not row.record.meta.extra.get("open"):
            groups.setdefault(question_key(row), []).append(row)
    for members in groups.values():
        if len(members) < 2:
            continue
        others = [row.record.id for row in members]
        if config.conflicts == "flag":
            for row in members:
                row.flags.append("conflicting_answers")
            continue
        dates = [row.record.meta.as_of or "" for row in members]
        newest = max(dates)
        keep = config.conflicts == "newest" and newest != "" and dates.count(newest) == 1
        for row, date in zip(members, dates, strict=True):
            if not keep or date != newest:
                row.reject("conflicting_answers", {"with": [item for item in others if item != row.record.id][:5]})
