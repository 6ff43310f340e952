"""Terms of benchmarks beside those of the records."""

# pyright: standard

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
spec = importlib.util.spec_from_file_location("topic_coverage", ROOT / "benchmarks" / "topic_coverage.py")
assert spec is not None
assert spec.loader is not None
topic_coverage = importlib.util.module_from_spec(spec)
spec.loader.exec_module(topic_coverage)


def test_terms_are_runs_of_kanji_and_of_katakana():
    assert topic_coverage.terms_of("投資信託の分配金はファンドから、ETF や円で払う") == [
        "投資信託",
        "分配金",
        "ファンド",
    ]


def test_a_share_counts_every_occurrence_and_gaps_come_by_the_items_that_have_them():
    items = ["国債と国債と為替", "為替と先物", "先物", "保険"]
    share, gaps = topic_coverage.coverage(items, "国債とは国が借りた金です。")
    assert share == pytest.approx(2 / 7)
    assert gaps == ["先物", "為替", "保険"]


def test_a_term_within_a_longer_word_of_a_record_is_covered():
    assert topic_coverage.coverage(["国債"], "個人向け国債利子") == (1.0, [])


def test_nothing_to_cover_is_no_share_of_nothing():
    assert topic_coverage.coverage(["ABC"], "") == (0.0, [])
