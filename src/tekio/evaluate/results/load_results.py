"""Reading the per-item files of a finished evaluation back into scores, to judge them again without a model."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, RollingRequest, RollingScore, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.store import read_jsonl


def read_saved(folder: Path, built: BuiltTask) -> dict[str, list[Score]]:
    """Label -> scores of the built task's items, from `<folder>/items/<label>/<task>.<template>.jsonl`.

    folder: the folder of the stage `evaluate`. Raises `TekioError` if there is no such file, or if it was made from
    other prompts than the built task's.
    """
    name = f"{built.name.replace(':', '-')}.{built.template}.jsonl"
    files = sorted((folder / "items").glob(f"*/{name}"))
    if not files:
        raise TekioError(
            Text(f"Task {built.name} is not in this evaluation.", f"この評価にタスク {built.name} はありません。"),
            where=folder / "items",
            why=name,
            fix=Text("Name the template that was evaluated.", "評価したテンプレートを指定してください。"),
        )
    return {path.parent.name: _read(path, built) for path in files}


def _read(path: Path, built: BuiltTask) -> list[Score]:
    rows = {str(row["item"]): row for row in read_jsonl(path)}
    scores: list[Score] = []
    for request in built.requests:
        prompt = request.text if isinstance(request, RollingRequest) else request.prompt
        row = rows.get(request.item)
        digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()
        if row is None or row["prompt_sha256"] != digest:
            raise TekioError(
                Text("This evaluation asked something else.", "この評価は別のプロンプトで行われています。"),
                where=f"{path}, item {request.item}",
                fix=Text(
                    "Give the template, protocol, shots and limit it was run with.",
                    "実行時の template、protocol、shots、limit を指定してください。",
                ),
            )
        scores.append(_score(request.item, row))
    return scores


def _score(item: str, row: Mapping[str, Any]) -> Score:
    truncated = int(row.get("truncated", 0))
    if "loglikelihoods" in row:
        reply: str | None = row.get("reply")
        missing = math.nan if reply is None else -math.inf  # in a reply: a choice that was not found
        values = tuple(missing if value is None else float(value) for value in row["loglikelihoods"])
        tokens = tuple(int(count) for count in row.get("tokens", [1] * len(values)))
        lost, unread = int(row.get("lost_characters", 0)), bool(row.get("unparsed", False))
        return ChoiceScore(item, values, (False,) * len(values), tokens, truncated, lost, reply, unread)
    if "text" in row:
        return GenerationScore(item, row["text"], int(row.get("tokens", 0)), row["finish"], truncated)
    nats = math.nan if row["nats"] is None else float(row["nats"])
    return RollingScore(item, nats, row["tokens"], row["characters"], row["bytes"], int(row.get("windows", 1)))
