"""Documents told again: by rules from their facts, or by a local model; every row grounded in the passage it comes from."""

from tekio.study.build import build_study

__all__ = ["build_study"]
