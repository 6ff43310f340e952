"""Looking passages up by the cosine of their vectors and the question's, from an embedding model in a local folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tekio.evaluate.retrieve.character_bm25 import Hit
from tekio.model.embeddings import EmbeddingModel


class EmbeddingIndex:
    """Passages that can be searched. folder: the model's. query_prefix, passage_prefix: what it wants before each text."""

    def __init__(self, texts: Sequence[str], folder: Path, *, query_prefix: str = "", passage_prefix: str = "") -> None:
        self._model = EmbeddingModel(folder)
        self._prefix = query_prefix
        self._vectors = self._model.vectors([passage_prefix + text for text in texts])

    def search(self, query: str, k: int) -> list[Hit]:
        """The `k` best passages, best first; of equal ones the earlier."""
        scores = self._vectors @ self._model.vectors([self._prefix + query])[0]
        places = np.lexsort((np.arange(len(scores)), -scores))[:k]
        return [Hit(int(place), float(scores[place])) for place in places]
