"""What a model can do, found out on a few tokens rather than read from its name.

A tree mask behind a cached prefix gives the right numbers only if the model keeps keys and values, takes positions and
a four-dimensional mask, and has no other memory of the past (recurrent layers, ALiBi by row position ...). All of that
is one comparison: the same choices scored with and without sharing.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (parts of torch have no complete type information)

from __future__ import annotations

from typing import Any

import torch

from tekio.evaluate.scoring.batching import Batch, Row, plan_plain
from tekio.evaluate.scoring.encode import Candidate, EncodedChoice
from tekio.evaluate.scoring.forward import ScoringModel, scoring_model
from tekio.evaluate.scoring.score import ChoiceScorer
from tekio.evaluate.scoring.token_tree import build_tree

PREFIX = 6
TOLERANCE = {torch.float32: 5e-4, torch.float64: 5e-4}
HALF_TOLERANCE = 0.25


def prepare(model: Any, device: torch.device | str | None = None) -> ScoringModel:
    """Wrap a model for scoring with the fastest way that gives the same numbers as the plain one."""
    plain = scoring_model(model, device)
    items = _probe_items(plain)
    reference = _scores(plain, items, tree=False)
    found = plain
    for tree, apart in ((False, True), (True, False)):
        trial = plain.able(tree=tree, apart=apart)
        try:
            close = _close(_scores(trial, items, tree=tree), reference, plain.dtype)
        except Exception:  # noqa: BLE001 (any failure means: the model cannot do this; the plain way is kept)
            close = False
        if close:
            found = found.able(tree=found.tree or tree, apart=found.apart or apart)
    return found


def _probe_items(scoring: ScoringModel) -> list[EncodedChoice]:
    config = scoring.model.config
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    vocabulary = int(text.vocab_size)
    numbers = [3 + (37 * step + 11) % max(1, min(vocabulary, 997) - 3) for step in range(40)]
    trunk = numbers[: PREFIX + 2]
    first = [Candidate((*trunk, *numbers[10:13]), 3), Candidate((*trunk, *numbers[20:22]), 2)]
    second = [
        Candidate((*trunk[:-1], *numbers[30:33], *numbers[14:16]), 2),
        Candidate((*trunk[:-1], *numbers[30:36]), 3),
    ]
    return [EncodedChoice("probe", tuple(choices), 0, 0) for choices in (first, second)]


def _scores(scoring: ScoringModel, items: list[EncodedChoice], *, tree: bool) -> list[float]:
    if tree:
        prefix = items[0].candidates[0].ids[:PREFIX]
        rows = [
            Row(build_tree(item.candidates, PREFIX), [(number, choice) for choice in range(len(item.candidates))])
            for number, item in enumerate(items)
        ]
        batches = [Batch(prefix, rows, [0, 1])]
    else:
        batches = plan_plain(items, 1 << 16)
    scorer = ChoiceScorer(scoring, items)
    values: dict[str, list[float]] = {}
    for batch in batches:
        for number, score in zip(batch.requests, scorer.score(batch), strict=True):
            values[str(number)] = list(score.loglikelihoods)
    return [value for number in sorted(values) for value in values[number]]


def _close(found: list[float], reference: list[float], dtype: torch.dtype) -> bool:
    tolerance = TOLERANCE.get(dtype, HALF_TOLERANCE)
    return all(
        abs(one - other) <= tolerance * max(1.0, abs(other) / 10) for one, other in zip(found, reference, strict=True)
    )
