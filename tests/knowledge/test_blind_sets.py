"""The blind sets of the check, after it was mended on them: no more right rows are refused, no more errors pass."""

# pyright: standard

import importlib.util
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "study_blind.py"


@pytest.mark.parametrize(
    ("name", "size", "refused", "passed"),
    [
        ("second", 240, 1, 24),
        ("third", 240, 5, 27),
        ("fourth", 240, 27, 48),
        ("fifth", 240, 7, 12),
        ("sixth", 100, 2, 5),
        ("seventh", 120, 7, 5),
    ],
)
def test_what_was_mended_on_a_set_stays_mended(name: str, size: int, refused: int, passed: int):
    spec = importlib.util.spec_from_file_location("study_blind", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    blind = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(blind)
    rows = [(kind, bool(blind.refused(row, ground))) for _, ground, kind, row in blind.SETS[name]()]
    assert len(rows) == size
    assert sum(found for kind, found in rows if kind == "right") <= refused
    assert sum(not found for kind, found in rows if kind != "right") <= passed
