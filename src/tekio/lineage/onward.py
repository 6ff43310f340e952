"""Where a training text went: what was made from it, which models were trained with it, which tests and answers hold it."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tekio.artifacts.answers import AnsweredPrompt
from tekio.artifacts.model import is_older, read_lines
from tekio.artifacts.results import SeenItem
from tekio.documents import read_documents
from tekio.errors import Message, Text
from tekio.model_stages import MODEL_STAGES, stages_behind
from tekio.store import read_jsonl, read_manifest

MOST = 50
"""Rows of one kind that are listed; the rest is counted."""


def onward_lines(run: Path, identity: str, *, stage: str, trained: bool) -> Iterator[Message]:
    """stage: where the text stands (`corpus`, `study`, `instruct`). trained: whether a model may have been trained on it."""
    found = list(_made(run, identity)) if stage == "corpus" else list(_answered_anew(run, identity))
    for place, own in found[:MOST]:
        yield Text(f"  went into {place} {own}", f"  ここから作られたもの: {place} {own}")
    if len(found) > MOST:
        yield Text(f"  and {len(found) - MOST:,} more", f"  ほか {len(found) - MOST:,} 件")
    if trained:
        labels = [label for label in MODEL_STAGES if _reads(run, label, stage)]
        if labels:
            names = ", ".join(labels)
            yield Text(f"  models trained with {stage}: {names}", f"  {stage} を学習に使ったモデル: {names}")
    yield from _seen(run, identity)
    yield from _copied(run, identity)


def _made(run: Path, identity: str) -> Iterator[tuple[str, str]]:
    if any((run / "study" / "documents").glob("*.parquet")):
        for row in read_documents(run / "study" / "documents", ["id", "meta"]):
            if identity in json.loads(row["meta"]).get("parents", []):
                yield "study/documents", str(row["id"])
    for stage in ("study", "instruct", "prefer"):
        for part in ("train", "validation"):
            path = run / stage / f"{part}.jsonl"
            for row in read_jsonl(path) if path.is_file() else ():
                meta: dict[str, Any] = row.get("meta") or {}
                if identity in (meta.get("parents") or []):
                    yield f"{stage}/{part}", str(row.get("id"))
    for half in ("seen", "unseen"):
        path = run / "exam" / f"{half}.jsonl"
        for row in read_jsonl(path) if path.is_file() else ():
            if identity == row.get("document") or identity in (row.get("parents") or []):
                yield f"exam/{half}", str(row.get("id"))


def _answered_anew(run: Path, identity: str) -> Iterator[tuple[str, str]]:
    """The record with an answer of the model itself, where it was asked for one before its tuning."""
    for name in ("replay", "rewritten"):
        path = run / "tune" / f"{name}.jsonl"
        for row in read_jsonl(path) if path.is_file() else ():
            if row["meta"]["extra"].get("own_answer", {}).get("from") == identity:
                yield f"tune/{name}", str(row["id"])


def _reads(run: Path, label: str, stage: str) -> bool:
    """Whether a stage behind the model of this label read the stage."""
    behind = ("base", *stages_behind(label))
    own = MODEL_STAGES[label]  # pyright: ignore[reportArgumentType]  (a label of that table)
    if read_manifest(run / own) is None:
        return False
    manifests = [manifest for name in behind if (manifest := read_manifest(run / name)) is not None]
    return any(item.stage == stage or item.name == stage for manifest in manifests for item in manifest.inputs)


def _seen(run: Path, identity: str) -> Iterator[Message]:
    place = run / "evaluate" / "contamination.jsonl"
    if not place.is_file():
        return
    for item in read_lines(SeenItem, place, older=is_older(run / "evaluate" / "results.json")):
        if any(match.document == identity for match in item.matches):
            what = Text("question", "問題文") if item.question_seen else Text("a part", "一部")
            yield Text(
                f"  holds {what.en} of the test item {item.task}#{item.item}",
                f"  評価課題 {item.task}#{item.item} の{what.ja}を含む",
            )


def _copied(run: Path, identity: str) -> Iterator[Message]:
    place = run / "compare" / "answers.jsonl"
    if not place.is_file():
        return
    for row in read_lines(AnsweredPrompt, place, older=is_older(place.with_name("summary.json"))):
        for label, answer in row.answers.items():
            if answer.copied_from is not None and answer.copied_from.kind == identity:
                yield Text(
                    f"  {label} copies {answer.copied} characters of it in its answer to {row.id}",
                    f"  {label} が質問 {row.id} への回答に {answer.copied} 文字を写している",
                )
