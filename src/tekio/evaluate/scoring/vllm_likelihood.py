"""Likelihoods of choices and texts from vLLM (`tekio.model.vllm_engine`): the ids and the sums are those of the engine of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tekio.evaluate.scoring.encode import EncodedChoice
from tekio.evaluate.scoring.requests import ChoiceScore, RollingScore
from tekio.evaluate.scoring.rolling_loglikelihood import RollingItem
from tekio.model.vllm_engine import Vllm

TOGETHER = 64
"""Items handed over at once: their scores are stored together, so a kill costs as many."""

Owed = Callable[[int, Sequence[int]], bool]


def choices_by_vllm(vllm: Vllm, encoded: Sequence[EncodedChoice], *, owed: Owed) -> Iterator[list[ChoiceScore]]:
    """As `score_choices`: every choice behind its context, in batches of items of similar length."""
    order = sorted(range(len(encoded)), key=lambda number: (-len(encoded[number].candidates[0].ids), number))
    for number, batch in enumerate(_parts(order)):
        if not owed(number, batch):
            continue
        candidates = [candidate for member in batch for candidate in encoded[member].candidates]
        told = iter(
            vllm.token_likelihoods(
                [candidate.ids for candidate in candidates], [candidate.scored for candidate in candidates]
            )
        )
        scores: list[ChoiceScore] = []
        for member in batch:
            item = encoded[member]
            found = [next(told) for _ in item.candidates]
            scores.append(
                ChoiceScore(
                    item.item,
                    tuple(round(sum(value for value, _ in one), 6) for one in found),
                    tuple(all(greedy for _, greedy in one) for one in found),
                    tuple(candidate.scored for candidate in item.candidates),
                    item.truncated,
                    item.lost_characters,
                )
            )
        yield scores


def texts_by_vllm(vllm: Vllm, items: Sequence[RollingItem], *, owed: Owed) -> Iterator[list[RollingScore]]:
    """As `score_rolling`: every window of every text."""
    for number, batch in enumerate(_parts(range(len(items)))):
        if not owed(number, batch):
            continue
        windows = [window for member in batch for window in items[member].windows]
        told = iter(
            vllm.token_likelihoods(
                [[*window.fed, window.targets[-1]] for window in windows], [len(window.targets) for window in windows]
            )
        )
        scores: list[RollingScore] = []
        for member in batch:
            item = items[member]
            nats = -sum(value for _ in item.windows for value, _ in next(told))
            tokens = sum(len(window.targets) for window in item.windows)
            scores.append(
                RollingScore(item.item, round(nats, 6), tokens, item.characters, item.bytes, len(item.windows))
            )
        yield scores


def _parts(numbers: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), TOGETHER):
        yield list(numbers[start : start + TOGETHER])
