"""Instruction data: pages and data sets in, screened and split instruction records out."""

from __future__ import annotations

from tekio.instruct.build import build_instructions

__all__ = ["build_instructions"]
