"""Direct preference optimization over packed pairs (Rafailov et al., arXiv 2305.18290).

A row holds whole pairs: the preferred answer with its question, then the other answer with the same question, each a text of its
own that sees no neighbour. The loss of a pair is `-log sigmoid(beta x (rise of the preferred - rise of the other))`, a rise being
the log-likelihood of an answer under the model less that under the reference: the model as it was before the first step.
Reference log-likelihoods are computed once, so no second model is held. With `label_smoothing` a part of the pairs counts the
wrong way round (conservative DPO; TRL has it in other losses only).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportUnknownParameterType=false
# (torch has no complete type information)

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tekio.artifacts.training import HeldOut, PairFigures
from tekio.store import write_atomic
from tekio.train.held_out import MEASURE_TOKENS
from tekio.train.loss import Body, token_log_probabilities
from tekio.train.objective import Place
from tekio.train.packing import Rows
from tekio.train.strategy import Strategy

SUMS = 5
"""Of a batch: losses, rewards of the preferred, rewards of the others, pairs that are right, -log-likelihoods of the preferred."""


@dataclass
class PairLoss:
    """The objective. folder: where the reference's log-likelihoods are kept while the stage works (one file a store)."""

    beta: float
    label_smoothing: float
    folder: Path
    _reference: dict[Path, npt.NDArray[np.float32]] = field(default_factory=dict[Path, npt.NDArray[np.float32]])

    def module(self, body: Body) -> Any:
        return pair_module(body, self.beta, self.label_smoothing)

    def begin(self, strategy: Strategy, stores: Sequence[Rows], held_out: Mapping[str, Rows], at: Place) -> None:
        """Compute the reference's log-likelihoods of all answers, or read them where that was done before an interruption."""
        for rows in (*stores, *held_out.values()):
            file = self.folder / f"{rows.folder.name}.npy"
            if not at.world.agree(file.is_file()):
                values = _reference_of(strategy, rows, at)
                if at.world.first:
                    written = io.BytesIO()
                    np.save(written, values)
                    self.folder.mkdir(parents=True, exist_ok=True)
                    write_atomic(file, written.getvalue())
                at.world.barrier()
            self._reference[rows.folder] = np.load(file, allow_pickle=False)

    def count(self, rows: Rows, row: int) -> int:
        return int(rows.row_starts[row + 1] - rows.row_starts[row]) // 2

    def beside(self, rows: Rows, chosen: Sequence[int], count: int) -> list[Any]:
        """The reference's log-likelihood of each text at the place of its first token; zeros elsewhere."""
        values = np.zeros((count, rows.width), np.float32)
        known = self._reference[rows.folder]
        for place, row in enumerate(chosen):
            column = 0
            for item in rows.row_items[rows.row_starts[row] : rows.row_starts[row + 1]]:
                values[place, column] = known[item]
                column += int(rows.items[item, 1])
        return [values]

    def figures(self, sums: Sequence[float], count: int) -> PairFigures | None:
        loss, chosen, rejected, right = (total / max(1, count) for total in sums[:4])
        return PairFigures(
            pairs=count, loss=loss, chosen=chosen, rejected=rejected, margin=chosen - rejected, accuracy=right
        )

    def measure(self, strategy: Strategy, model: Any, stores: Mapping[str, Rows], at: Place) -> dict[str, HeldOut]:
        import torch

        was_training = model.training
        model.eval()
        found: dict[str, HeldOut] = {}
        try:
            for name, rows in sorted(stores.items()):
                totals = [0.0] * SUMS
                for chosen, at_once in batches_of(rows, at):
                    parts = [*rows.read(chosen, at.padding, at_once), *self.beside(rows, chosen, at_once)]
                    batch = [torch.from_numpy(item).to(at.device) for item in parts]
                    with torch.no_grad(), at.autocast():
                        sums = strategy.loss(*batch, train=False)
                    totals = [one + other for one, other in zip(totals, sums.tolist(), strict=True)]
                totals = at.world.total(*totals)
                pairs, tokens, nats = len(rows.items) // 2, preferred_tokens(rows), totals[4]
                if pairs:
                    found[name] = HeldOut(
                        loss=nats / max(1, tokens),
                        bits_per_character=nats / math.log(2) / max(1, rows.count.characters),
                        tokens=tokens,
                        characters=rows.count.characters,
                        pairs=self.figures(totals, pairs),
                    )
        finally:
            model.train(was_training)
        return found


def preferred_tokens(rows: Rows) -> int:
    """Supervised tokens of the preferred answers."""
    return sum(int(rows.learned[start + 1 : start + length].sum()) for start, length in rows.items[0::2].tolist())


def batches_of(rows: Rows, at: Place) -> list[tuple[list[int], int]]:
    """Batches of a store for this process, as many as for every other: row numbers, and rows of the batch (the rest is empty)."""
    at_once = max(1, min(len(rows), MEASURE_TOKENS // rows.width))
    batches = -(-len(rows) // at_once)
    numbers = range(at.world.rank, -(-batches // at.world.size) * at.world.size, at.world.size)
    return [(list(range(number * at_once, min((number + 1) * at_once, len(rows)))), at_once) for number in numbers]


def _reference_of(strategy: Strategy, rows: Rows, at: Place) -> npt.NDArray[np.float32]:
    """Log-likelihood of every text's supervised tokens under the model as it is."""
    import torch

    model = strategy_model(strategy)
    was_training = model.training
    model.eval()
    values = np.zeros(len(rows.items), np.float64)
    for chosen, at_once in batches_of(rows, at):
        batch = [torch.from_numpy(item).to(at.device) for item in rows.read(chosen, at.padding, at_once)]
        with torch.no_grad(), at.autocast():
            sums = strategy.loss(*batch, None, train=False).cpu().numpy()
        for place, row in enumerate(chosen):
            items = rows.row_items[rows.row_starts[row] : rows.row_starts[row + 1]]
            values[items] = sums[place, : len(items)]
    model.train(was_training)
    return np.array(at.world.total(*values.tolist()), np.float32)


def strategy_model(strategy: Any) -> Any:
    """The model a strategy trains."""
    return strategy.module.model


def pair_module(body: Body, beta: float, label_smoothing: float) -> Any:
    """The loss as a module: `module(ids, positions, learned, reference, train)` gives `SUMS` sums over the pairs of a batch.

    reference: as `PairLoss.beside` gives it; None: the log-likelihoods of the texts themselves, (rows, texts).
    """
    import torch

    class PairModule(torch.nn.Module):
        """Holds the model."""

        def __init__(self) -> None:
            super().__init__()
            self.model = body.model

        def example(self, device: Any) -> tuple[Any, ...]:
            ids = torch.zeros((1, 8), dtype=torch.long, device=device)
            positions = torch.arange(4, device=device).repeat(2)[None]
            return ids, positions, torch.ones_like(ids, dtype=torch.bool), torch.zeros((1, 8), device=device)

        def forward(self, ids: Any, positions: Any, learned: Any, reference: Any, train: bool = True) -> Any:
            tokens = token_log_probabilities(body, ids, positions, learned, train=train)
            places = torch.cumsum(positions == 0, 1) - 1  # which text of its row a token belongs to
            most = ids.shape[1] + ids.shape[1] % 2  # texts a row can have, in pairs
            texts = _by_text(tokens, places[:, 1:], most)
            if reference is None:
                return texts
            known = _by_text(reference, places, most)
            supervised = _by_text(learned[:, 1:].float(), places[:, 1:], most)
            chosen, other = texts[:, 0::2] - known[:, 0::2], texts[:, 1::2] - known[:, 1::2]
            pair = ((supervised[:, 0::2] > 0) & (supervised[:, 1::2] > 0)).float()
            margin = beta * (chosen - other)
            right, turned = torch.nn.functional.logsigmoid(margin), torch.nn.functional.logsigmoid(-margin)
            losses = -(1 - label_smoothing) * right - label_smoothing * turned
            better = (margin > 0).float()
            nats = -texts[:, 0::2]
            sums = [losses, beta * chosen.detach(), beta * other.detach(), better, nats.detach()]
            return torch.stack([(item * pair).sum() for item in sums])

    return PairModule()


def _by_text(values: Any, places: Any, most: int) -> Any:
    """Sums of `values` (rows, tokens) by the text of each token: (rows, most), in which free texts are 0."""
    return values.new_zeros((values.shape[0], most)).scatter_add(1, places, values)
