"""What is judged: two models' answers to the same prompt, in an order that hides which is whose."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tekio.artifacts.answers import AnsweredPrompt
from tekio.artifacts.model import is_older, read_lines
from tekio.errors import Text, UsageError
from tekio.store import canonical_json

ANSWERS = "answers.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one prompt. texts: the reference model's, then the other's. key: prompt id, with `#2` for a second sample."""

    key: str
    prompt: str
    input: str | None
    reference: str | None
    topic: str | None
    texts: tuple[str, str]

    def digest(self) -> str:
        """16 hex digits over what is judged: a judgement holds for these texts only."""
        content = canonical_json([self.prompt, self.input, *self.texts])
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Judged:
    """The pairs of a finished `compare`. labels: the reference model, then the one that is held against it."""

    labels: tuple[str, str]
    pairs: list[Pair]
    seed: int = 17

    def swapped(self, judge: str) -> dict[str, bool]:
        """For every pair whether the second model's answer is shown first to this judge.

        Half of the pairs, chosen by a hash of seed, judge and pair: known to nobody who only sees the page, the same whenever it
        is asked for, and recorded with each judgement.
        """

        def rank(pair: Pair) -> bytes:
            return hashlib.sha256(f"{self.seed}\x1f{judge}\x1f{pair.key}".encode("utf-8", "surrogatepass")).digest()

        return {pair.key: number % 2 == 1 for number, pair in enumerate(sorted(self.pairs, key=rank))}


def answers_file(place: Path) -> Path:
    """`answers.jsonl` of a run, of its `compare` or itself. Raises `UsageError` if there is none."""
    for path in (place, place / ANSWERS, place / "compare" / ANSWERS):
        if path.is_file():
            return path
    raise UsageError(
        Text("There are no answers here.", "回答がありません。"),
        where=place,
        fix=Text(
            "Give a run, or the folder that `tekio compare` wrote.",
            "実行フォルダか `tekio compare` の出力先を指定してください。",
        ),
    )


def read_pairs(place: Path, labels: Sequence[str] = (), *, seed: int = 17) -> Judged:
    """The pairs of two models; of more than two the first and the last, unless `labels` names them. Raises `UsageError`."""
    path = answers_file(place)
    rows = list(read_lines(AnsweredPrompt, path, older=is_older(path.with_name("summary.json"))))
    there = list(dict.fromkeys(label for row in rows for label in row.answers))
    wanted = list(labels) or [there[0], there[-1]] if there else list(labels)
    if len(wanted) != 2 or wanted[0] == wanted[1] or not set(wanted) <= set(there):
        raise UsageError(
            Text("Two models are judged against each other.", "判定には 2 つのモデルの回答が必要です。"),
            where=path,
            why=Text(f"There are answers of: {', '.join(there)}.", f"回答のあるモデル: {'、'.join(there)}"),
            fix="--pair LABEL,LABEL",
        )
    first, second = wanted
    pairs = [
        Pair(
            key=row.id if not row.sample else f"{row.id}#{row.sample + 1}",
            prompt=row.prompt,
            input=row.input,
            reference=row.reference,
            topic=row.topic,
            texts=(row.answers[first].text, row.answers[second].text),
        )
        for row in rows
        if first in row.answers and second in row.answers
    ]
    again = {pair.key for number, pair in enumerate(pairs) if pair.key in {one.key for one in pairs[:number]}}
    if again:
        raise UsageError(
            Text("Two prompts have the same id.", "同じ id の質問があります。"),
            where=path,
            why=", ".join(sorted(again)[:5]),
        )
    return Judged((first, second), pairs, seed)
