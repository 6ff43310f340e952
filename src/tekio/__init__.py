"""Tekio: from a body of Japanese documents and a base model to a domain expert model, with proof.

The command line and this Python interface are the same functions. Nothing heavy is imported until it is used, so
`import tekio` works without torch. What is named here is the public interface (docs/api); everything else may change.

    from tekio import load_recipe, read_results, run
    folder = run(load_recipe("recipe.yaml"))
    for task in read_results(folder).tasks:
        print(task.task, {label: score.metrics[task.headline].value for label, score in task.scores.items()})
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tekio._version import __version__

if TYPE_CHECKING:
    from tekio.artifacts.results import Results, read_results
    from tekio.compare import compare_answers
    from tekio.corpus import build_corpus
    from tekio.documents import read_documents
    from tekio.engine import Engine, make_engine
    from tekio.errors import (
        InputError,
        LimitError,
        NothingError,
        PolicyError,
        RecipeError,
        TekioError,
        UsageError,
    )
    from tekio.evaluate.run import evaluate as evaluate_models
    from tekio.exam import build_exam
    from tekio.instruct import build_instructions
    from tekio.pipeline import PlannedStage, plan, run
    from tekio.recipe import Recipe, load_recipe
    from tekio.records import InstructionRecord, read_records
    from tekio.report import write_report
    from tekio.store import Manifest, read_manifest
    from tekio.study import build_study
    from tekio.train import make_base, prefer, pretrain, tune

__all__ = [
    "Engine",
    "InputError",
    "InstructionRecord",
    "LimitError",
    "Manifest",
    "NothingError",
    "PlannedStage",
    "PolicyError",
    "Recipe",
    "RecipeError",
    "Results",
    "TekioError",
    "UsageError",
    "__version__",
    "build_corpus",
    "build_exam",
    "build_instructions",
    "build_study",
    "compare_answers",
    "evaluate_models",
    "load_recipe",
    "make_base",
    "make_engine",
    "plan",
    "prefer",
    "pretrain",
    "read_documents",
    "read_manifest",
    "read_records",
    "read_results",
    "run",
    "tune",
    "write_report",
]

_HOMES = {
    "Engine": "tekio.engine",
    "InputError": "tekio.errors",
    "InstructionRecord": "tekio.records",
    "LimitError": "tekio.errors",
    "Manifest": "tekio.store",
    "NothingError": "tekio.errors",
    "PlannedStage": "tekio.pipeline",
    "PolicyError": "tekio.errors",
    "Recipe": "tekio.recipe",
    "RecipeError": "tekio.errors",
    "Results": "tekio.artifacts.results",
    "TekioError": "tekio.errors",
    "UsageError": "tekio.errors",
    "build_corpus": "tekio.corpus",
    "build_exam": "tekio.exam",
    "build_instructions": "tekio.instruct",
    "build_study": "tekio.study",
    "compare_answers": "tekio.compare",
    "evaluate_models": "tekio.evaluate.run:evaluate",  # `tekio.evaluate` is the package
    "load_recipe": "tekio.recipe",
    "make_base": "tekio.train",
    "make_engine": "tekio.engine",
    "plan": "tekio.pipeline",
    "prefer": "tekio.train",
    "pretrain": "tekio.train",
    "read_documents": "tekio.documents",
    "read_manifest": "tekio.store",
    "read_records": "tekio.records",
    "read_results": "tekio.artifacts.results",
    "run": "tekio.pipeline",
    "tune": "tekio.train",
    "write_report": "tekio.report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tekio' has no attribute {name!r}")
    module, _, own_name = _HOMES[name].partition(":")
    return getattr(import_module(module), own_name or name)
