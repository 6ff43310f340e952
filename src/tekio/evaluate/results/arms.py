"""Train, retrieve, both or neither: four arms on the same questions, and what paired tests say of them.

The arms are the base and the trained model, each with closed book and with the passages a search found. A recommendation rests
on differences that a paired test shows after Holm's correction for all that were looked at; what is not shown is not claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tekio.artifacts.exam_results import Advice, Question, Reason
from tekio.artifacts.results import Comparison

Arm = tuple[str, str]
"""(`base` or `trained`, `closed` or `retrieved`)"""
CLOSED, RETRIEVED, ORACLE = "closed", "retrieved", "oracle"

QUESTIONS: Mapping[Question, tuple[Arm, Arm]] = {
    "train": (("trained", CLOSED), ("base", CLOSED)),
    "retrieve": (("base", RETRIEVED), ("base", CLOSED)),
    "both": (("trained", RETRIEVED), ("base", CLOSED)),
    "train on top": (("trained", RETRIEVED), ("base", RETRIEVED)),
    "retrieve on top": (("trained", RETRIEVED), ("trained", CLOSED)),
    "train against retrieve": (("trained", CLOSED), ("base", RETRIEVED)),
}
"""What is asked -> the arm that may be better, and the arm it is compared with."""


@dataclass(frozen=True)
class Recommended:
    """The recommendation and the rule that gave it."""

    advice: Advice
    reason: Reason


def recommend(found: Mapping[Question, Comparison], margin: float) -> Recommended:
    """What the six comparisons of `QUESTIONS` recommend. margin: the smallest gain (share of items) that matters.

    *both*: together they beat each alone. *train*, *retrieve*: it gains over the base, and the other does not, or gains less.
    *neither*: no gain of the margin's size is left in any interval (an intersection-union test: each at the full level, Berger
    1982). Everything else: *cannot tell*.
    """

    def better(question: Question) -> bool:
        return found[question].verdict == "improved"

    if better("both") and better("train on top") and better("retrieve on top"):
        return Recommended("both", "together better than each alone")
    if better("train") and better("retrieve"):
        against = found["train against retrieve"].verdict
        if against == "improved":
            return Recommended("train", "training gains more")
        if against == "worse":
            return Recommended("retrieve", "retrieval gains more")
        return Recommended("cannot tell", "both gain, which more is not shown")
    if better("train"):
        return Recommended("train", "only training gains")
    if better("retrieve"):
        return Recommended("retrieve", "only retrieval gains")
    if better("both"):
        return Recommended("cannot tell", "only together shown to gain")
    highs = [found[question].high for question in ("train", "retrieve", "both")]
    if all(high is not None and high < margin for high in highs):
        return Recommended("neither", "no gain of this size is left")
    return Recommended("cannot tell", "too few items for so small a gain")
