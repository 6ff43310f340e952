"""The blind sets of the check, after it was mended on them: no more right rows are refused, no more errors pass."""

# pyright: standard

import importlib.util
import json
from collections import Counter
from pathlib import Path

import pytest

from realdata import need_real_data

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "study_blind.py"


@pytest.mark.parametrize(
    ("name", "size", "refused", "passed"),
    [
        ("second", 240, 1, 22),
        ("third", 240, 5, 26),
        ("fourth", 240, 27, 48),
        ("fifth", 240, 7, 11),
        ("sixth", 100, 2, 5),
        ("seventh", 120, 7, 4),
        ("eighth", 180, 2, 9),
    ],
)
def test_what_was_mended_on_a_set_stays_mended(
    name: str, size: int, refused: int, passed: int, monkeypatch: pytest.MonkeyPatch
):
    if name == "eighth":
        need_real_data("laws-2013", "html.zip")
    monkeypatch.syspath_prepend(str(BENCHMARK.parent))
    spec = importlib.util.spec_from_file_location("study_blind", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    blind = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(blind)
    rows = [(kind, bool(blind.refused(row, ground))) for _, ground, kind, row in blind.SETS[name]()]
    assert len(rows) == size
    assert sum(found for kind, found in rows if kind == "right") <= refused
    assert sum(not found for kind, found in rows if kind != "right") <= passed


def test_the_eighth_set_is_about_passages_that_it_names():
    folder = BENCHMARK.with_name("study_blind")
    passages, rows = (
        [json.loads(line) for line in (folder / f"eighth-{kind}.jsonl").read_text(encoding="utf-8").splitlines()]
        for kind in ("passages", "rows")
    )
    assert {row["passage"] for row in rows} == {passage["id"] for passage in passages}
    assert Counter(row["kind"] == "right" for row in rows) == {True: 90, False: 90}
    assert all("text" not in passage for passage in passages)  # what others wrote is not part of this repository
