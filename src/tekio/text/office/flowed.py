"""Plain text of messages with `format=flowed` (RFC 3676): lines that a program wrapped to send them are one line again."""

from __future__ import annotations

SIGNATURE = "-- "


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """The text with its flowed lines joined, those of a quotation of one depth among themselves.

    delete_space: the blank at the end of a flowed line is not text (`DelSp=yes`, which Japanese needs).
    """
    lines: list[str] = []
    depth_before, flows = 0, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")  # stuffed
        signs = bare == SIGNATURE
        if flows and depth == depth_before and not signs:
            lines[-1] += bare
        else:
            lines.append(f"{'>' * depth}{' ' if depth and bare else ''}{bare}")
        depth_before, flows = depth, bare.endswith(" ") and not signs
        if flows and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
