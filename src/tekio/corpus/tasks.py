"""What one unit of work is told, and what it tells back: small values with paths, never rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tekio.corpus.readers import Unit
from tekio.recipe.corpus import CorpusConfig, SourceConfig

ROWS = "rows.arrow"
COUNTS = "counts.npy"
BANDS = "bands.npy"
DIGESTS = "digests.npy"
SUMMARY = "summary.json"
CANDIDATES = "candidates.npy"
SHINGLES = "shingles.npy"
SHINGLE_ENDS = "shingle_ends.npy"
DECISIONS = "decisions.arrow"


@dataclass(frozen=True)
class UnitTask:
    """Read, clean, measure and sign one unit into `folder`.

    items: the file of evaluation n-grams (see `tekio.corpus.decontaminate`), or None.
    """

    index: int
    unit: Unit
    source: SourceConfig
    config: CorpusConfig
    seed: int
    folder: Path
    items: Path | None = None


@dataclass
class UnitSummary:
    """What a unit holds: rows (with those rejected already), files, and what was found."""

    index: int
    source: str
    rows: int = 0
    available: int = 0
    files: int = 0
    files_rejected: int = 0
    characters: int = 0
    personal_data: dict[str, int] = field(default_factory=dict[str, int])
