"""Evaluation that can be believed: tasks, scoring over shared prefixes, metrics, statistics. See docs/evaluation.md."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tekio.evaluate.run import evaluate

__all__ = ["evaluate"]


def __getattr__(name: str) -> Any:
    # Tasks and metrics are used without torch (`tekio tasks list`), so the engine is imported when it is asked for.
    if name != "evaluate":
        raise AttributeError(f"module 'tekio.evaluate' has no attribute {name!r}")
    return import_module("tekio.evaluate.run").evaluate
