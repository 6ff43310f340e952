"""Tekio: from a body of Japanese documents and a base model to a domain expert model, with proof.

The command line and this Python interface are the same functions. Nothing heavy is imported until it is used, so
`import tekio` works without torch.

    from tekio import load_recipe, run
    run(load_recipe("recipe.yaml"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tekio._version import __version__

if TYPE_CHECKING:
    from tekio.compare import compare_answers
    from tekio.corpus import build_corpus
    from tekio.errors import RecipeError, TekioError
    from tekio.evaluate import evaluate
    from tekio.instruct import build_instructions
    from tekio.pipeline import plan, run
    from tekio.recipe import Recipe, load_recipe
    from tekio.report import write_report
    from tekio.train import make_base, prefer, pretrain, tune

__all__ = [
    "Recipe",
    "RecipeError",
    "TekioError",
    "__version__",
    "build_corpus",
    "build_instructions",
    "compare_answers",
    "evaluate",
    "load_recipe",
    "make_base",
    "plan",
    "prefer",
    "pretrain",
    "run",
    "tune",
    "write_report",
]

_HOMES = {
    "Recipe": "tekio.recipe",
    "RecipeError": "tekio.errors",
    "TekioError": "tekio.errors",
    "build_corpus": "tekio.corpus",
    "build_instructions": "tekio.instruct",
    "compare_answers": "tekio.compare",
    "evaluate": "tekio.evaluate",
    "load_recipe": "tekio.recipe",
    "make_base": "tekio.train",
    "plan": "tekio.pipeline",
    "prefer": "tekio.train",
    "pretrain": "tekio.train",
    "run": "tekio.pipeline",
    "tune": "tekio.train",
    "write_report": "tekio.report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tekio' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
