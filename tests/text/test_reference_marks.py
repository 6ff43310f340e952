"""Marks of references go from running text that has no list of them; whatever else stands in brackets stays."""

import pytest

from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig
from tekio.text.reference_marks import drop_reference_marks

NEWS = "全議席が確定した[1]。これは初めてである[2][3]。また、短い期間[2]となり、再び述べた。[4]"


def test_marks_that_count_up_go():
    assert drop_reference_marks(NEWS) == ("全議席が確定した。これは初めてである。また、短い期間となり、再び述べた。", 5)
    assert drop_reference_marks("開始された ［１］。") == ("開始された。", 1)


@pytest.mark.parametrize(
    "text",
    [
        "確定した[2]。初めてである[1]。",  # not in order
        "確定した[1]。初めてである[3]。",  # a number is missing
        "確定した[1]。\n参考\n[1] 統計年報",  # the text has its list
        "[1]範囲\nこの規程は全社に適用する[1]。",
        "・[1]の場合は届け出る。",
        "詳細は文献[1]、文献[2]を参照。",  # the sentence needs them
        "式[1]。",
        "配列 x[1]、x[2]、x[3]の和を求める。",  # code
        "値は a[1] = b[2] とする。",
        "売上高[百万円]は増加した。",
        "令和[4]年",
    ],
)
def test_other_brackets_stay(text):
    assert drop_reference_marks(text) == (text, 0)


def test_a_build_drops_them_counts_them_and_can_be_told_not_to():
    source = {"name": "news", "path": "news.jsonl", "license": "CC-BY-2.5"}
    config = CorpusConfig.model_validate({"sources": [source], "personal_data": {"mode": "report"}})
    cleaned = clean_texts([NEWS, "印はない。"], config, None)
    assert "[" not in cleaned.texts[0]
    assert (cleaned.transforms, cleaned.marks) == ({0: ("reference_marks",)}, {0: 5})
    kept = config.model_copy(update={"normalize": config.normalize.model_copy(update={"reference_marks": "keep"})})
    assert clean_texts([NEWS], kept, None).texts == [NEWS]
