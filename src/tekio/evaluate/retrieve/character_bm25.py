"""Looking passages up by BM25 over character n-grams: Japanese needs no word segmentation, and no embedding model, for it.

BM25 as Lucene computes it (Kamphuis et al. 2020, "Which BM25 do you mean?"): idf = ln(1 + (N - df + 0.5) / (df + 0.5)), term
weight = tf / (tf + k1 (1 - b + b length / mean length)); `bm25s` sums the terms of the query.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (bm25s has no type information)

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.errors import TekioError, Text

LONGEST = 3  # n-grams that fit one 64-bit number: 21 bits hold any code point
_BITS = 21
_NOTHING = np.zeros(0, dtype=np.int64)

Grams = NDArray[np.int64]


@dataclass(frozen=True)
class Hit:
    """A passage that was found: its number and its score (the higher, the better)."""

    passage: int
    score: float


def search_form(text: str) -> str:
    """The text that is compared: NFKC, lower case, without white space (a line end in a word is no end of the word)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def character_ngrams(text: str, length: int) -> Grams:
    """All n-grams of a text in `search_form`, in order, each as one number; a shorter text is one n-gram of its own."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    if not len(codes):
        return _NOTHING
    length = min(length, len(codes))
    grams = codes[: len(codes) - length + 1].copy()
    for step in range(1, length):
        grams = (grams << _BITS) | codes[step : len(codes) - length + 1 + step]
    return grams


class PassageIndex:
    """Passages that can be searched.

    texts: the passages. ngram: characters of an n-gram, 1 to 3. k1, b: BM25's saturation and length normalisation.
    Raises `TekioError` if no passage has a character.
    """

    def __init__(self, texts: Sequence[str], *, ngram: int = 2, k1: float = 1.5, b: float = 0.75) -> None:
        if not 1 <= ngram <= LONGEST:
            raise ValueError(f"ngram: 1 to {LONGEST}, not {ngram}")
        self.ngram = ngram
        pieces = [character_ngrams(search_form(text), ngram) for text in texts]
        if not any(len(piece) for piece in pieces):
            raise TekioError(
                Text("There is no text to look anything up in.", "検索の対象となる文章がありません。"),
                fix=Text("The corpus has no training text.", "コーパスに学習用の文章がありません。"),
            )
        self.size = len(pieces)
        self._vocabulary, numbers = np.unique(np.concatenate(pieces), return_inverse=True)
        ends = np.cumsum([len(piece) for piece in pieces])
        self._bm25 = _bm25(np.split(numbers, ends[:-1]), len(self._vocabulary), k1, b)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every passage for a query; n-grams that no passage has add nothing."""
        grams = character_ngrams(search_form(query), self.ngram)
        places = np.searchsorted(self._vocabulary, grams)
        places[places == len(self._vocabulary)] = 0
        known = places[self._vocabulary[places] == grams]
        if not len(known):
            return np.zeros(self.size, dtype=np.float32)
        return self._bm25.get_scores_from_ids(known.tolist())

    def search(self, query: str, k: int) -> list[Hit]:
        """The `k` best passages, best first; of equal ones the earlier. Fewer, where fewer share an n-gram with the query."""
        scores = self.scores(query)
        if k < len(scores):  # every passage as good as the k-th, so that a tie is decided by the order alone
            least = np.partition(scores, len(scores) - k)[len(scores) - k]
            places = np.flatnonzero(scores >= max(least, np.finfo(np.float32).tiny))
        else:
            places = np.flatnonzero(scores > 0)
        best = places[np.lexsort((places, -scores[places]))][:k]
        return [Hit(int(place), float(scores[place])) for place in best]


def _bm25(pieces: list[NDArray[np.int64]], vocabulary: int, k1: float, b: float) -> Any:
    from bm25s import BM25

    made = BM25(k1=k1, b=b, method="lucene")
    names = {str(number): number for number in range(vocabulary)}
    made.index(([piece.tolist() for piece in pieces], names), create_empty_token=False, show_progress=False)
    return made
