"""Reasons in words: known ones in both languages, those of installed packages by their own name, said once."""

import re
from dataclasses import fields

from tekio.records import InstructionMeta
from tekio.reject_reasons import reject_words
from tekio.report.glossary import NOTED, personal_data_words
from tekio.statistic_words import STATISTICS, statistic_words
from tekio.text.personal_data.find import KINDS
from tekio.text.statistics import NAMES


def test_reasons_of_filters_name_the_statistic():
    assert reject_words("filter:japanese_share").en == "filter: too little Japanese (japanese_share)"
    assert reject_words("filter:disclaimer_share").en == "filter: disclaimer_share"
    assert reject_words("filter:disclaimer_share").ja == "フィルタ: disclaimer_share"


def test_unknown_reasons_keep_their_name():
    assert reject_words("entry_without_text").en == "entry_without_text"
    assert reject_words("filter_failed").en == "a package's filter gave no number"


def test_every_statistic_and_every_key_of_a_record_has_words():
    assert [name for name in NAMES if name not in STATISTICS] == []
    assert {item.name for item in fields(InstructionMeta)} - {"extra"} <= set(NOTED)
    words = [*STATISTICS.values(), *NOTED.values()]
    assert [text for text in words if not re.search("[ぁ-んァ-ヶ一-鿿]", text.ja) or "_" in text.ja] == []
    assert statistic_words("kanji_share").ja == "漢字の割合（kanji_share）"
    assert statistic_words("of_a_package").ja == "of_a_package"


def test_every_kind_of_personal_data_has_words():
    words = [personal_data_words(kind) for kind in KINDS]
    assert [text for text in words if "_" in text.en or not re.search("[ァ-ヶ一-鿿]", text.ja)] == []
