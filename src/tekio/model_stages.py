"""The models a run makes: the label of each and the stage that makes it, in the order they are made.

The one list of them. Recipe, doctor, pipeline, results and report take labels, stages and their order from here.
"""

from __future__ import annotations

from typing import Literal

ModelLabel = Literal["base", "pretrained", "residual", "tuned", "preferred"]
ModelStage = Literal["base", "pretrain", "residual", "tune", "prefer"]

MODEL_STAGES: dict[ModelLabel, ModelStage] = {
    "base": "base",
    "pretrained": "pretrain",
    "residual": "residual",
    "tuned": "tune",
    "preferred": "prefer",
}
TRAINING_STAGES: tuple[str, ...] = (*MODEL_STAGES.values(), "sweep")
"""Stages that cost hours or days, and leave models."""


def stages_behind(label: str) -> tuple[ModelStage, ...]:
    """The stages after the base that may have made what the model of this label is, in order; none of an unknown label."""
    labels = list(MODEL_STAGES)
    if label not in labels:
        return ()
    return tuple(MODEL_STAGES[one] for one in labels[1 : labels.index(label) + 1])
