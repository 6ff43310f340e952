"""Tables as Chromium prints them, ruled and without lines, over page ends (`benchmarks/documents/printed_tables.py`).

First measurement, before the reader was looked at whole: 352 of 888 figures right, 108 under a part of their labels
(`benchmarks/pdf_tables.py`). They are no longer blind.
"""

# pyright: basic

import importlib
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))
tables = importlib.import_module("pdf_tables")

STILL_BARE = {"head-split-plain": 54, "segments-plain": 41, "balance-plain": 26}
"""A head without lines that the page's end cuts, names of groups at the height of their first row, two halves side by side."""


@pytest.mark.heavy
def test_every_figure_has_its_labels_or_none(tmp_path: Path):
    pytest.importorskip("selenium")
    if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
        pytest.skip("the pages are printed by Chromium")
    pages = list(tables.all_printed())
    paths = tables.printed(pages, tmp_path)
    for page in pages:
        text, refused = tables.text_of(paths[page.name])
        counts = Counter(verdict for _, verdict in tables.judged(page.figures, text))
        assert refused == []
        bare = STILL_BARE.get(page.name, 0)
        assert counts == Counter(right=len(page.figures) - bare, bare=bare), page.name


def test_a_figure_under_a_part_of_its_labels_is_wrong():
    figure = tables.Figure(("売上高",), ("前期", "金額"), "1,234")
    for line, verdict in (
        ("売上高 | 前期 金額: 1,234", "right"),
        ("売上高 | 金額: 1,234", "wrong"),
        ("売上高 1,234 5,678", "bare"),
        ("売上高 1,2345,678", "lost"),
    ):
        assert [found for _, found in tables.judged([figure], line)] == [verdict]
