"""Log-likelihoods of choices: every shared token once, by batches that can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tekio.errors import TekioError, Text
from tekio.evaluate.scoring.batching import Batch, halve, plan_plain, plan_trees
from tekio.evaluate.scoring.encode import EncodedChoice
from tekio.evaluate.scoring.forward import (
    Prefix,
    Reading,
    ScoringModel,
    compute_prefix,
    plain_inputs,
    read_batch,
    tree_inputs,
)
from tekio.evaluate.scoring.out_of_memory import is_out_of_memory, release
from tekio.evaluate.scoring.requests import ChoiceScore
from tekio.evaluate.scoring.token_tree import Tree

CPU_FILL = 256

Values = dict[tuple[int, int], tuple[float, bool]]
"""(request, choice) -> summed log-probability, greedy."""


def plan_choices(scoring: ScoringModel, encoded: Sequence[EncodedChoice], batch_tokens: int) -> list[Batch]:
    """The batches for `encoded`: with trees where the model can, row by row where it cannot."""
    if not scoring.tree:
        return plan_plain(encoded, batch_tokens)
    # A CPU is busy with few tokens at once; there padding costs more than small batches do.
    fill = CPU_FILL if scoring.device.type == "cpu" else 0
    if scoring.window is None:
        return plan_trees(encoded, batch_tokens, fill)
    # A tree mask would let tokens look further back than a sliding window does: longer sequences go row by row.
    window = scoring.window
    short = [number for number, item in enumerate(encoded) if _longest(item) <= window]
    long = [number for number, item in enumerate(encoded) if _longest(item) > window]
    batches: list[Batch] = []
    for numbers, trees in ((short, True), (long, False)):
        items = [encoded[number] for number in numbers]
        part = plan_trees(items, batch_tokens, fill) if trees else plan_plain(items, batch_tokens)
        batches.extend(_renumbered(batch, numbers) for batch in part)
    return batches


@dataclass
class ChoiceScorer:
    """Scores batches one after another, keeping the prefix that neighbouring batches share."""

    scoring: ScoringModel
    encoded: Sequence[EncodedChoice]
    too_large: int = 0
    """Size (rows x width) of the smallest batch that did not fit so far; 0: all did."""
    _prefix_ids: tuple[int, ...] = ()
    _prefix: Prefix = field(default_factory=lambda: Prefix(0, None))

    def score(self, batch: Batch) -> list[ChoiceScore]:
        """The scores of the batch's items, in the order of `batch.requests`."""
        values = self._with_backoff(batch)
        scores: list[ChoiceScore] = []
        for number in batch.requests:
            item = self.encoded[number]
            found = [values[number, choice] for choice in range(len(item.candidates))]
            scores.append(
                ChoiceScore(
                    item.item,
                    tuple(round(value, 6) for value, _ in found),
                    tuple(greedy for _, greedy in found),
                    tuple(candidate.scored for candidate in item.candidates),
                    item.truncated,
                    item.lost_characters,
                )
            )
        return scores

    def _with_backoff(self, batch: Batch) -> Values:
        """Score a batch; when the memory is full, its halves; a single tree at last choice by choice."""
        size = len(batch.rows) * max(row.length for row in batch.rows)
        parts = halve(batch) if self.too_large and size >= self.too_large else []
        message = ""
        if len(parts) < 2:
            try:
                return self._values(batch)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                message = str(error)
            release(self.scoring.device)
            self.too_large = min(size, self.too_large or size)
            parts = halve(batch)
        if len(parts) < 2 and not batch.plain:
            numbers = batch.requests
            parts = [_renumbered(part, numbers) for part in plan_plain([self.encoded[n] for n in numbers], 1)]
        if len(parts) < 2 and parts[0] == batch:
            raise TekioError(
                Text("Not enough memory for a single item.", "1 項目分のメモリもありません。"),
                where=", ".join(self.encoded[number].item for number in batch.requests),
                why=message.splitlines()[0] if message else None,
                fix=Text("Use a smaller dtype (--dtype bf16).", "精度を下げてください (--dtype bf16)。"),
            )
        values: Values = {}
        for part in parts:
            values.update(self._with_backoff(part))
        return values

    def _values(self, batch: Batch) -> Values:
        width = max(row.length for row in batch.rows)
        if batch.plain:
            inputs, arguments = plain_inputs(self.scoring, [row.tree.tokens for row in batch.rows])
        else:
            if batch.prefix != self._prefix_ids:
                self._prefix, self._prefix_ids = Prefix(0, None), ()
                self._prefix, self._prefix_ids = compute_prefix(self.scoring, batch.prefix), batch.prefix
            inputs, arguments = tree_inputs(self.scoring, batch.rows, self._prefix)
        reading, owners = _reading([row.tree for row in batch.rows], width)
        values, greedy = read_batch(self.scoring, inputs, reading, arguments)
        sums: dict[tuple[int, int], float] = {}
        flags: dict[tuple[int, int], bool] = {}
        for (row, candidate), value, flag in zip(owners, values.tolist(), greedy.tolist(), strict=True):
            member = batch.rows[row].members[candidate]
            sums[member] = sums.get(member, 0.0) + value
            flags[member] = flags.get(member, True) and flag
        return {member: (sums[member], flags[member]) for member in sums}


def score_choices(
    scoring: ScoringModel,
    encoded: Sequence[EncodedChoice],
    *,
    batch_tokens: int = 8192,
    owed: Callable[[int, Batch], bool] = lambda _number, _batch: True,
) -> Iterator[list[ChoiceScore]]:
    """Score all of `encoded`, batch by batch (not in the order of the items).

    owed(number, batch): whether this process has to compute the batch (false for one that is stored already, or
    another process's).
    """
    scorer = ChoiceScorer(scoring, encoded)
    for number, batch in enumerate(plan_choices(scoring, encoded, batch_tokens)):
        if owed(number, batch):
            yield scorer.score(batch)


def _reading(trees: Sequence[Tree], width: int) -> tuple[Reading, list[tuple[int, int]]]:
    """All targets of a batch as one `Reading`, and whose they are: (row, candidate)."""
    flat = np.array([row * width + target.source for row, tree in enumerate(trees) for target in tree.targets])
    places, sources = np.unique(flat, return_inverse=True)
    tokens = [target.token for tree in trees for target in tree.targets]
    owners = [(row, target.candidate) for row, tree in enumerate(trees) for target in tree.targets]
    return Reading(places.tolist(), sources.tolist(), tokens), owners


def _longest(item: EncodedChoice) -> int:
    return max(len(candidate.ids) for candidate in item.candidates) - 1


def _renumbered(batch: Batch, numbers: Sequence[int]) -> Batch:
    """A batch planned over a part of the items, with the numbers of the whole."""
    rows = [type(row)(row.tree, [(numbers[number], choice) for number, choice in row.members]) for row in batch.rows]
    return Batch(batch.prefix, rows, [numbers[number] for number in batch.requests], batch.plain)
