"""Readers of published formats that are no plain table."""

from __future__ import annotations

from tekio.instruct.expand.readers import Reader


def published_readers() -> dict[str, Reader]:
    """Readers by name."""
    return {}
