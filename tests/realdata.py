"""Where the real data of the tests is, and a clear skip when it is not there."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("TEKIO_REAL_DATA") or REPOSITORY.parent / "shared" / "data")
GOLDEN = REAL_DATA.parent / "golden"


def need_real_data(*parts: str) -> Path:
    """The path of a part of the real data; skips the test, saying so, where it is not present."""
    path = REAL_DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data not present: {'/'.join(parts)} (set TEKIO_REAL_DATA)")
    return path


def need_golden(*parts: str) -> Path:
    """The path of a part of the golden values; skips the test, saying so, where it is not present."""
    path = GOLDEN.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"golden values not present: {'/'.join(parts)}")
    return path
