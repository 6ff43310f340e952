"""`sweep/sweep.json`: tuning runs over settings and seeds, and what they can tell."""

from __future__ import annotations

from typing import Literal

from tekio.artifacts.model import Artifact, Part

Judgement = Literal["best", "lowest mean", "worse", "cannot tell", "one seed", "not comparable", "not finite"]


class SweepPoint(Part):
    """One point of the grid."""

    rank: int
    alpha: float
    learning_rate: float
    sequence_length: int
    records: int | None
    """training records used; null: all"""


class SweepSetting(Part):
    """One setting: its losses by seed on the validation records (nats per token, the lower the better), and its judgement."""

    name: str
    setting: SweepPoint
    losses: dict[str, float | None]
    """by seed; null: NaN or infinity"""
    bits_per_character: dict[str, float | None]
    """by seed"""
    tokens: int | None
    """validation tokens measured; settings with another number are not comparable"""
    mean: float | None
    low: float | None
    high: float | None
    difference: float | None
    """to the lowest mean, paired by seed"""
    difference_low: float | None
    difference_high: float | None
    p_adjusted: float | None
    """corrected by Holm for all settings"""
    judgement: Judgement


class Sweep(Artifact):
    """All settings, in the order of the recipe."""

    confidence: float
    seeds: list[int]
    settings: list[SweepSetting]
