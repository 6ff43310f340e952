"""Verbs of `evaluate`."""

from __future__ import annotations

from tekio.cli import Verbs


def register(verbs: Verbs) -> None:
    """Add the verbs."""
