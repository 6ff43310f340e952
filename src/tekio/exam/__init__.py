"""The stage `exam`: an examination from the run's own documents, planned and frozen before anything is trained."""

from __future__ import annotations

from tekio.exam.build import build_exam

__all__ = ["build_exam"]
