"""Files with questions and answers: which reader a file needs."""

from __future__ import annotations

from pathlib import Path

from tekio.instruct.harvest.page import HarvestedPage, harvest_html
from tekio.text.unreadable import UnreadableError

MAX_BYTES = 50_000_000


def harvest_path(path: Path, only: list[str] | None = None) -> HarvestedPage:
    """Pairs and remainder of a file. Raises `UnreadableError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError("too_large", {"bytes": path.stat().st_size, "limit": MAX_BYTES})
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableError("cannot_open", {"error": error.strerror or "?"}) from error
    if not raw.strip():
        raise UnreadableError("empty", {"bytes": len(raw)})
    return harvest_html(raw, only=only)
