"""`tekio explain ID`: from a row, a score, an item or an answer back to its source, license and transforms, and from a row to what was
made of it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tekio.documents import reading
from tekio.errors import Message, TekioError, Text
from tekio.lineage.onward import onward_lines
from tekio.lineage.scores import answer_lines, copied_ids, score_lines
from tekio.reject_reasons import reject_words
from tekio.store import read_jsonl, read_manifest

EXCERPT = 160
OWN_ANSWERS = ("replay", "replay.rejected", "rewritten", "rewritten.rejected")
"""Records in `tune/` whose answers the model gave before it was tuned (of `rewritten` those it told again; the others are as they were)."""


def explain_id(run: Path, identity: str) -> list[Message]:
    """What is known about a document or record with this id, the answers to a prompt, a task's score (`TASK`, `TASK:MODEL`) or an item
    of it (`TASK#ITEM`), line by line.

    Raises `TekioError` if the run has nothing of this name.
    """
    lines: list[Message] = list(score_lines(run, identity))
    answers = list(answer_lines(run, identity))
    lines += answers
    for copied in dict.fromkeys(copied_ids(run, identity) if answers else ()):
        if copied != identity:
            lines += _row_lines(run, copied)
    lines += _row_lines(run, identity)
    if not lines:
        raise TekioError(
            Text(f"Nothing is called {identity}.", f"{identity} という id はありません。"),
            where=run,
            fix=Text(
                "Ids are in the tables of corpus/, study/, instruct/ and compare/ and in the report; a score is TASK or TASK:MODEL, an "
                "item TASK#ITEM.",
                "id は corpus/、study/、instruct/、compare/ の表とレポートにあります。スコアは 課題名 か 課題名:モデル、設問は 課題名#設問 で指定します。",
            ),
        )
    return lines


def _row_lines(run: Path, identity: str) -> list[Message]:
    """What is known about a document or record with this id, back to its source and on to what was made of it."""
    lines: list[Message] = []
    for place, row in _document_rows(run / "corpus", identity):
        lines.extend(_document_lines(place, row))
        lines.extend(onward_lines(run, identity, stage="corpus", trained=place == "train"))
    for place, row in _document_rows(run / "study", identity):
        lines.extend(_document_lines(place, row, "study"))
        lines.extend(onward_lines(run, identity, stage="study", trained=True))
        for parent in json.loads(row["meta"]).get("parents", []):
            for parent_place, document in _document_rows(run / "corpus", parent):
                lines.extend(_document_lines(parent_place, document))
    for stage in ("instruct", "study", "prefer"):
        for place, row in _record_rows(run / stage, identity):
            lines.extend(_record_lines(run, place, row, stage))
            lines.extend(onward_lines(run, identity, stage=stage, trained=place == "train"))
    for place, row in _record_rows(run / "tune", identity, OWN_ANSWERS):
        lines.extend(_record_lines(run, place, row, "tune"))
        asked = str(row["meta"]["extra"].get("own_answer", {}).get("from", ""))
        for stage in ("instruct", "study") if asked else ():
            for before, record in _record_rows(run / stage, asked):
                lines.extend(_record_lines(run, before, record, stage))
    return lines


def _document_rows(folder: Path, identity: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in ("train", "held_out", "rejected", "documents"):
        for shard in sorted((folder / part).glob("*.parquet")):
            with reading(shard):
                hits = pq.read_table(shard, filters=[("id", "==", identity)])
            yield from ((part, row) for row in hits.to_pylist())


def _record_rows(
    folder: Path, identity: str, parts: Sequence[str] = ("train", "validation", "rejected")
) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in parts:
        path = folder / f"{part}.jsonl"
        if path.is_file():
            yield from ((part, row) for row in read_jsonl(path) if row.get("id") == identity)


def _excerpt(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= EXCERPT else shown[:EXCERPT] + "…"


def _document_lines(place: str, row: dict[str, Any], stage: str = "corpus") -> Iterator[Message]:
    yield Text(f"document {row['id']} in {stage}/{place}", f"文書 {row['id']}({stage}/{place})")
    yield Text(f"  source   {row['source']} ({row['domain']})", f"  情報源   {row['source']}({row['domain']})")
    yield Text(f"  place    {row['uri']}", f"  場所     {row['uri']}")
    yield Text(f"  license  {row['license']}", f"  ライセンス {row['license']}")
    for key, en, ja in (
        ("title", "title", "題名    "),
        ("published", "published", "公開日  "),
        ("as_of", "as of", "時点    "),
        ("group", "group", "まとまり"),
    ):
        if row.get(key):
            yield Text(f"  {en:8} {row[key]}", f"  {ja} {row[key]}")
    meta: dict[str, Any] = json.loads(row["meta"])
    for key in sorted(meta):
        yield f"  {key}: {json.dumps(meta[key], ensure_ascii=False)}"
    if row.get("rejected_by"):
        name, measured = str(row["rejected_by"]), row.get("measured") or ""
        words = reject_words(name)
        yield Text(
            f"  left out: {words.en} [{name}] {measured}".rstrip(),
            f"  除外理由 {words.ja} [{name}] {measured}".rstrip(),
        )
    if row.get("duplicate_of"):
        yield Text(f"  the kept row is {row['duplicate_of']}", f"  残した行は {row['duplicate_of']}")
    yield f"  {_excerpt(row['text'])}"


def _record_lines(run: Path, place: str, row: dict[str, Any], stage: str) -> Iterator[Message]:
    meta: dict[str, Any] = row.get("meta", {})
    yield Text(f"record {row['id']} in {stage}/{place}", f"指示データ {row['id']}({stage}/{place})")
    for key in sorted(meta):
        if meta[key] not in (None, [], {}, ""):
            yield f"  {key}: {json.dumps(meta[key], ensure_ascii=False)}"
    if row.get("rejected_by"):
        name, measured = str(row["rejected_by"]), row.get("measured") or ""
        words = reject_words(name)
        yield Text(
            f"  left out: {words.en} [{name}] {measured}".rstrip(),
            f"  除外理由 {words.ja} [{name}] {measured}".rstrip(),
        )
    for turn in row.get("messages", []):
        yield f"  {turn['role']}: {_excerpt(turn['content'])}"
    manifest = read_manifest(run / stage)
    if manifest is not None:
        origin = str(meta.get("origin", "")).split("#")[0]
        for item in manifest.inputs:
            if origin and item.name in origin:
                yield Text(
                    f"  from the file {item.name}, SHA-256 {item.sha256}",
                    f"  元ファイル {item.name}, SHA-256 {item.sha256}",
                )
    for parent in meta.get("parents") or []:
        for parent_place, document in _document_rows(run / "corpus", parent):
            yield from _document_lines(parent_place, document)
