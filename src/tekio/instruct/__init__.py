"""Instruction data: pages and data sets in, screened and split instruction records out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tekio.instruct.build import build_instructions

__all__ = ["build_instructions"]


def __getattr__(name: str) -> Any:
    # Late, because the stage brings numba with it, which the PDF worker and the review page do without.
    if name == "build_instructions":
        from tekio.instruct.build import build_instructions

        return build_instructions
    raise AttributeError(f"module 'tekio.instruct' has no attribute {name!r}")
