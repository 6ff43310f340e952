"""Documents in, tables out: the corpus builder. See docs/corpus.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tekio.corpus.build import build_corpus

__all__ = ["build_corpus"]


def __getattr__(name: str) -> Any:
    if name == "build_corpus":
        from tekio.corpus.build import build_corpus

        return build_corpus
    raise AttributeError(f"module 'tekio.corpus' has no attribute {name!r}")
