"""Reasons in words: known ones in both languages, those of installed packages by their own name, said once."""

from tekio.report.glossary import reason_words


def test_reasons_of_filters_name_the_statistic():
    assert reason_words("filter:japanese_share").en == "filter: too little Japanese (japanese_share)"
    assert reason_words("filter:disclaimer_share").en == "filter: disclaimer_share"
    assert reason_words("filter:disclaimer_share").ja == "フィルタ: disclaimer_share"


def test_unknown_reasons_keep_their_name():
    assert reason_words("entry_without_text").en == "entry_without_text"
    assert reason_words("filter_failed").en == "a package's filter gave no number"
