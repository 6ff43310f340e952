"""`corpus/`: how often an epoch takes each source."""

from __future__ import annotations

from tekio.artifacts.model import Artifact, Part

MIXING = "mixing.json"


class SourceMix(Part):
    """What the recipe says of a source."""

    name: str
    domain: str
    epochs: float
    """its passes an epoch"""
    weight: float | None
    """its share of the tokens of all sources with weights; null: `epochs` holds"""


class Mixing(Artifact):
    """`mixing.json`: the sources in the recipe's order; there only when one is not simply taken once."""

    sources: list[SourceMix]
