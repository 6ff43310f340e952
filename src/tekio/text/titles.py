"""The title of a document from its lines."""

from __future__ import annotations

import re

LONGEST = 300
_GOES_ON = re.compile("[\u3041-\u3096、・（(「『―—～〜－-]$")
"""What a title's line ends with that goes on in the next; 付録 stands for itself."""


def joined_title(before: str, line: str) -> str:
    """A title with a further line."""
    line = " ".join(line.split())
    if not before:
        return line[:LONGEST]
    gap = "" if _GOES_ON.search(before) or not line else " "
    return f"{before}{gap}{line}"[:LONGEST]
