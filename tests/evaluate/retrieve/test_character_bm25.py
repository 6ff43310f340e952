"""Passages are found by BM25 over character n-grams; every score is checked against a computation by definition."""

import math
import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.errors import TekioError
from tekio.evaluate.retrieve.character_bm25 import LONGEST, PassageIndex, character_ngrams

PASSAGES = [
    "第一条 この法律は、投資者の保護を図ることを目的とする。",
    "第二条 この法律において「有価証券」とは、国債証券をいう。",
    "第三条 金融商品取引業者は、四月以内に報告書を提出しなければならない。",
    "売上高は1,234百万円、営業利益は56百万円であった。",
    "",
]


def naive_grams(text: str, length: int) -> list[str]:
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not plain:
        return []
    length = min(length, len(plain))
    return [plain[start : start + length] for start in range(len(plain) - length + 1)]


def naive_scores(passages: list[str], query: str, length: int, k1: float, b: float) -> list[float]:
    """Lucene's BM25, term by term as the paper writes it."""
    grams = [naive_grams(passage, length) for passage in passages]
    mean = sum(map(len, grams)) / len(grams)
    found: list[float] = []
    for passage in grams:
        times = Counter(passage)
        score = 0.0
        for term in naive_grams(query, length):
            df = sum(term in other for other in grams)
            if df:
                idf = math.log(1 + (len(grams) - df + 0.5) / (df + 0.5))
                score += idf * times[term] / (times[term] + k1 * (1 - b + b * len(passage) / mean))
        found.append(score)
    return found


@pytest.mark.parametrize("length", range(1, LONGEST + 1))
@pytest.mark.parametrize(("k1", "b"), [(1.5, 0.75), (0.9, 0.4), (1.2, 0.0)])
def test_scores_are_those_of_the_definition(length: int, k1: float, b: float):
    index = PassageIndex(PASSAGES, ngram=length, k1=k1, b=b)
    for query in ("有価証券とは何か", "営業利益はいくらか", "報告書の提出期限は", "ＡＢＣ", "国"):
        assert index.scores(query) == pytest.approx(naive_scores(PASSAGES, query, length, k1, b), abs=1e-5)


@given(
    st.lists(st.text("株価の利益は上昇した12", max_size=30), min_size=1, max_size=8),
    st.text("株価の利益は上昇した12", max_size=12),
)
def test_any_passages_and_queries_score_as_the_definition_says(passages: list[str], query: str):
    if not any(naive_grams(passage, 2) for passage in passages):
        with pytest.raises(TekioError):
            PassageIndex(passages)
        return
    assert PassageIndex(passages).scores(query) == pytest.approx(naive_scores(passages, query, 2, 1.5, 0.75), abs=1e-4)


def test_the_best_come_first_and_of_equal_ones_the_earlier():
    index = PassageIndex(["利益は増加", "売上高は減少", "利益は増加", "利益は増加"])
    assert [hit.passage for hit in index.search("利益は", 2)] == [0, 2]
    assert [hit.passage for hit in index.search("利益は", 9)][:3] == [0, 2, 3]


def test_what_shares_nothing_with_the_question_is_not_found():
    index = PassageIndex(PASSAGES)
    assert index.search("xyz", 3) == []
    assert {hit.passage for hit in index.search("営業利益", 5)} == {3}


def test_width_case_and_line_ends_do_not_matter():
    index = PassageIndex(["ＲＯＥは８．５％で\nあった", "配当は三十円"])
    assert index.search("roeは8.5%であった", 1)[0].passage == 0


def test_every_code_point_has_room_in_an_ngram():
    grams = character_ngrams("\U0010ffff\U0010fffe\U00020bb7a", 3)
    assert len(np.unique(grams)) == 2
    assert (grams > 0).all()


def test_an_ngram_of_no_or_too_many_characters_is_refused():
    with pytest.raises(ValueError, match="ngram"):
        PassageIndex(PASSAGES, ngram=4)
