"""Scores on disk while they are made: an append-only file a unit, so that a kill costs a batch at most.

A batch's scores are appended in one write, each with its hash. After a kill the repeated run reads what is there, drops a torn
last line and every line that is not as it was written, and computes only the batches that are not complete. Because the plan of the batches depends on the requests alone, and
a batch is always computed whole, the final files have the same bytes as those of an undisturbed run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, RollingScore, Score

HASH = "sha256"
ADDED = ("ratings", "judgments")
"""Fields that rows of an earlier attempt may not have."""
KINDS = {"choice": ChoiceScore, "generation": GenerationScore, "perplexity": RollingScore}


def score_row(score: Score) -> dict[str, Any]:
    """A score as plain JSON values."""
    return asdict(score)


def _line(score: Score) -> str:
    """A score with the hash of its row."""
    row = score_row(score)
    return json.dumps({**row, HASH: _hash(row)}, ensure_ascii=False) + "\n"


def _hash(row: dict[str, Any]) -> str:
    """SHA-256 of a row; NaN and lone surrogates are values like others here."""
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _read_line(kind: str, line: bytes) -> Score | None:
    """The score in a line of a store; None for a line that is not as it was written."""
    try:
        row: dict[str, Any] = json.loads(line)
        written = row.pop(HASH)
        return score_from_row(kind, row) if _hash(row) == written else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def score_from_row(kind: str, row: dict[str, Any]) -> Score:
    """The score in a row written by `score_row`. Raises `KeyError` or `TypeError` for a row of another form."""
    form = KINDS[kind]
    values: dict[str, Any] = {
        item.name: row[item.name] for item in fields(form) if item.name not in ADDED or item.name in row
    }
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(cast("list[Any]", value))
    return form(**values)


@dataclass
class ItemStore:
    """The scores of one unit (one model on one template of one task).

    path: this process's file; beside it lie those of other processes of the same run (`<stem>.<rank>.jsonl`).
    """

    path: Path
    kind: str
    scores: dict[str, Score] = field(default_factory=dict[str, Score])

    @classmethod
    def open(cls, folder: Path, kind: str, rank: int = 0) -> ItemStore:
        """Read everything that any process stored in `folder`; a torn last line of our own file is cut off."""
        folder.mkdir(parents=True, exist_ok=True)
        store = cls(folder / f"{rank}.jsonl", kind)
        for path in sorted(folder.glob("*.jsonl")):
            store.read(path, mend=path == store.path)
        return store

    def read(self, path: Path, *, mend: bool = False) -> None:
        """Take in the complete lines of `path`."""
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if mend and whole < len(content):
            os.truncate(path, whole)
        for line in content[:whole].splitlines():
            score = _read_line(self.kind, line)
            if score is not None:  # a damaged line is as good as none: its batch is computed again
                self.scores[score.item] = score

    def has(self, items: Iterable[str]) -> bool:
        """Whether all `items` are stored."""
        return all(item in self.scores for item in items)

    def add(self, scores: Sequence[Score]) -> None:
        """Append the scores of a batch, in one write."""
        lines = "".join(_line(score) for score in scores)
        with self.path.open("ab", buffering=0) as file:
            file.write(lines.encode("utf-8", "surrogatepass"))
        self.scores.update({score.item: score for score in scores})

    def ordered(self, items: Sequence[str]) -> list[Score]:
        """The scores of `items`, in this order. Raises `KeyError` for one that is missing."""
        return [self.scores[item] for item in items]


def owed_batches(
    store: ItemStore, names: Sequence[str], *, rank: int = 0, world: int = 1
) -> Callable[[int, Sequence[int]], bool]:
    """A predicate for the scorers: batch `number` over request `numbers` is ours and not stored yet.

    names: item ids by request number. Batches are dealt out in turn to `world` processes.
    """

    def owed(number: int, numbers: Sequence[int]) -> bool:
        return number % world == rank and not store.has(names[index] for index in numbers)

    return owed
