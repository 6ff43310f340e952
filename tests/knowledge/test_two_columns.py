"""What rows say of two columns of a line, calculated again, and of columns under a heading of their own."""

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

PASSAGE = """（単位：百万円）
減価償却費 | 報告セグメント eコマース事業: 5,922 | 報告セグメント ロジスティクス 事業: 251 | 報告セグメント 計: 6,173 | その他: 55 | 合計: 6,228
のれん償却額 | 報告セグメント eコマース事業: 100 | 報告セグメント ロジスティクス 事業: 20 | 報告セグメント 計: 120 | その他: 3 | 合計: 123"""


def kinds(question: str, text: str) -> set[str]:
    return {one.kind for one in check_row(question, text, Ground.of(PASSAGE))[1]}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("", "ロジスティクス事業の減価償却費は251百万円です。"),
        ("", "減価償却費は、eコマース事業が5,922百万円、ロジスティクス事業が251百万円です。"),
        ("", "減価償却費は、eコマース事業がロジスティクス事業より多い。"),
        ("", "eコマース事業の減価償却費はロジスティクス事業より5,671百万円多い。"),
        ("", "eコマース事業ののれん償却額はロジスティクス事業の約5.0倍です。"),
        ("eコマース事業とロジスティクス事業では、減価償却費はどちらが少ないですか。", "ロジスティクス事業"),
    ],
)
def test_what_the_figures_bear_out_is_right(question: str, text: str):
    assert kinds(question, text) == set()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("", "ロジスティクス事業の減価償却費は5,922百万円です。"),
        ("ロジスティクス事業の減価償却費はいくらですか。", "5,922百万円"),
        ("", "減価償却費は、eコマース事業が251百万円、ロジスティクス事業が5,922百万円です。"),
        ("", "減価償却費は、ロジスティクス事業がeコマース事業より多い。"),
        ("", "ロジスティクス事業の減価償却費はeコマース事業より5,671百万円多い。"),
        ("", "eコマース事業ののれん償却額はロジスティクス事業の約4.0倍です。"),
        ("eコマース事業とロジスティクス事業では、減価償却費はどちらが多いですか。", "ロジスティクス事業"),
    ],
)
def test_what_the_figures_have_otherwise_is_wrong(question: str, text: str):
    assert kinds(question, text) != set()
