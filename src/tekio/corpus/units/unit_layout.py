"""What one unit of work is told, and what it tells back: small values with paths, never rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tekio.corpus.readers import Unit
from tekio.hashes import Hashed
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.text.personal_data.pseudonyms import PseudonymKey

# In the folder of a measured unit, which is kept from build to build:
ROWS = "rows.arrow"
COUNTS = "counts.npy"
LIGHT = "light.npy"
DIGESTS = "digests.npy"
SCORES = "scores.npy"  # of the filters of installed packages, float64 [rows, filters by name]; NaN: none
SUMMARY = "summary.json"

# In the folder of a decided unit, which lasts as long as the build:
STANDING = "standing.npy"
REASONS = "reasons.arrow"
DECISIONS = "decisions.arrow"
CANDIDATES = "candidates.npy"
SHINGLES = "shingles.bin"
SHINGLE_ENDS = "shingle_ends.npy"
FIGURES = "figures.u32"
FIGURE_ENDS = "figure_ends.npy"

# What is known of a row before any decision, as bits.
REFUSED, BLANK, PERSONAL, EVIDENCE, OWN_LICENSE, FILTER_FAILED, WEB_PAGE = 1, 2, 4, 8, 16, 32, 64

LIGHT_ROW = np.dtype(
    [
        ("id", "<u8"),
        ("place", "<u8"),  # of the row's group in the held-out order (`tekio.corpus.decisions.split`)
        ("date", "<u8"),  # as_of, else published; grows with the date, 0: none
        ("sample", "<u8"),  # place in the seeded sample of a source with a limit
        ("letters", "<u4"),
        ("flags", "<u4"),
    ]
)


def bands_name(bands: int, rows: int) -> str:
    """The file of a unit's band keys for one choice of bands."""
    return f"bands-{bands}x{rows}.npy"


@dataclass(frozen=True)
class UnitTask:
    """Read, clean, measure and sign one unit into `folder`, that of its source.

    index, number: among all units and within the source. items: the folder of evaluation n-grams (see
    `tekio.contamination.index`), or None. hashed: what the files were when the unit's key was made. key: of the pseudonyms, where personal data
    is replaced.
    """

    index: int
    number: int
    unit: Unit
    source: SourceConfig
    config: CorpusConfig
    seed: int
    folder: Path
    items: Path | None = None
    hashed: tuple[Hashed, ...] = ()
    key: PseudonymKey | None = None


@dataclass
class UnitSummary:
    """What a unit holds: rows (with those refused by the reader), files, and what was found.

    files: name -> [documents, 1 if it was read to its end else 0]; a file cut into units is in each of them.
    """

    source: str
    rows: int = 0
    available: int = 0
    files: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    characters: int = 0
    personal_data: dict[str, int] = field(default_factory=dict[str, int])
    tables: dict[str, int] = field(default_factory=dict[str, int])


def unit_folder(task: UnitTask) -> Path:
    """Where the finished unit lies."""
    return task.folder / f"unit-{task.number:06d}"
