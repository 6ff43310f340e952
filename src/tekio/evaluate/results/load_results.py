"""Reading the per-item files of a finished evaluation back into scores, to judge them again without a model."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import cast

from tekio.artifacts.model import is_older, read_lines
from tekio.artifacts.results import ScoredItem
from tekio.errors import TekioError, Text
from tekio.evaluate.scoring.requests import ChoiceScore, Finish, GenerationScore, RollingScore, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.build import prompt_text


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
    older = is_older(folder / "results.json")
    return {path.parent.name: _read(path, built, older=older) for path in files}


def _read(path: Path, built: BuiltTask, *, older: bool) -> list[Score]:
    rows = {row.item: row for row in read_lines(ScoredItem, path, older=older)}
    scores: list[Score] = []
    for request in built.requests:
        prompt = prompt_text(request)
        row = rows.get(request.item)
        digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()
        if row is None or row.prompt_sha256 != digest:
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


def _score(item: str, row: ScoredItem) -> Score:
    if row.loglikelihoods is not None:
        broken = row.reply is None or row.finish == "nan"
        missing = math.nan if broken else -math.inf  # in a reply: a choice that was not found
        values = tuple(missing if value is None else value for value in row.loglikelihoods)
        tokens = tuple(row.tokens) if isinstance(row.tokens, list) else (1,) * len(values)
        return ChoiceScore(
            item, values, (False,) * len(values), tokens, row.truncated, row.lost_characters, row.reply, row.unparsed
        )
    tokens = row.tokens if isinstance(row.tokens, int) else 0
    if row.text is not None:
        return GenerationScore(item, row.text, tokens, cast("Finish", row.finish), row.truncated)
    nats = math.nan if row.nats is None else row.nats
    return RollingScore(item, nats, tokens, row.characters or 0, row.bytes or 0, 1)
