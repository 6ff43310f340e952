"""The compiled statistics against slow references written from the published definitions."""

import collections
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realdata import need_real_data
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.measure import measure
from tekio.text.statistics import NAMES, statistics

TERMINATORS = "。．！？!?"


def statistics_of(texts):
    found = statistics(measure(code_points(texts)))
    return [{name: float(found[name][row]) for name in NAMES} for row in range(len(texts))]


def swallow_reference(text):
    """The measures of arXiv 2404.17733, section 3.3, in plain Python."""
    lines = [re.findall(f"[^{TERMINATORS}]+[{TERMINATORS}]?", line) for line in text.split("\n")]
    paragraphs = ["".join(line) for line in lines]
    sentences = [sentence for line in lines for sentence in line]

    def repeated(items):
        counts = collections.Counter(items)
        extra = sum(count - 1 for count in counts.values())
        return extra, sum(len(item) * (count - 1) for item, count in counts.items())

    def share(above, below):
        return above / below if below else 0.0

    def grams(n):
        return collections.Counter(text[i : i + n] for i in range(len(text) - n + 1))

    def among(*ranges):
        return sum(any(low <= ord(char) <= high for low, high in ranges) for char in text)

    hiragana, katakana = among((0x3041, 0x3096)), among((0x30A1, 0x30FA))
    kanji = among((0x3400, 0x9FFF), (0xF900, 0xFAFF)) + sum(text.count(char) for char in "々〇〻")
    kuten, toten = sum(text.count(char) for char in "。．！？"), sum(text.count(char) for char in "、，")
    japanese = hiragana + katakana + kanji + kuten + toten
    letters = sum(map(len, sentences))
    extra_sentences, extra_sentence_letters = repeated(sentences)
    extra_paragraphs, extra_paragraph_letters = repeated(paragraphs)
    found = {
        "letters": len(text),
        "japanese_letters": japanese,
        "japanese_share": share(japanese, len(text)),
        "hiragana_share": share(hiragana, japanese),
        "katakana_share": share(katakana, japanese),
        "kanji_share": share(kanji, japanese),
        "kuten_share": share(kuten, japanese),
        "toten_share": share(toten, japanese),
        "mean_sentence": share(letters, len(sentences)),
        "longest_sentence": max(map(len, sentences), default=0),
        "ellipsis_sentence_share": share(sum(s.strip().endswith(("・", "…")) for s in sentences), len(sentences)),
        "duplicate_sentence_share": share(extra_sentences, len(sentences)),
        "duplicate_sentence_letter_share": share(extra_sentence_letters, letters),
        "duplicate_paragraph_share": share(extra_paragraphs, len(paragraphs)),
        "duplicate_paragraph_letter_share": share(extra_paragraph_letters, letters),
    }
    for n in (2, 3, 4):
        counts = grams(n)
        found[f"top_{n}gram_share"] = share(max(counts.values(), default=0), sum(counts.values()))
    for n in range(5, 11):
        counts = grams(n)
        found[f"distinct_{n}gram_repeated_share"] = share(sum(c > 1 for c in counts.values()), len(counts))
        found[f"covered_{n}gram_share"] = share(sum(c for c in counts.values() if c > 1), sum(counts.values()))
    return found


def hojichar_reference(text):
    """HojiChar 0.18's own measures, from their documentation."""
    lines = text.split("\n")
    counts = sorted(collections.Counter(text[i : i + 5] for i in range(len(text) - 4)).values(), reverse=True)
    chosen = min(int(math.sqrt(len(counts))), sum(count > 1 for count in counts))
    return {
        "frequent_5gram_share": sum(counts[:chosen]) / sum(counts) if counts else 0.0,
        "short_line_share": sum(len(line) <= 10 for line in lines) / len(lines),
        "full_stops_per_100": 100 * text.count("。") / len(text) if text else 0.0,
        "ellipsis_line_share": len(re.findall(r"(?:\.{3}|…)\n", text)) / max(text.count("\n"), 1),
        "longest_run": max((len(m[0]) for m in re.finditer(r"(.)\1*", text, re.S)), default=0),
        "head_kana": len(re.findall("[ぁ-んァ-ン]", text[:50])),
    }


def assert_same(text, found):
    for name, value in (swallow_reference(text) | hojichar_reference(text)).items():
        assert found[name] == pytest.approx(value, abs=1e-12), (name, text[:80])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="あいう漢字ア、。！？!?…・. \n\u3000a1𠀋🙂", max_size=80), min_size=1, max_size=4))
def test_measures_equal_the_definitions(texts):
    for text, found in zip(texts, statistics_of(texts), strict=True):
        assert_same(text, found)


@pytest.mark.real
def test_measures_equal_the_definitions_on_real_works():
    works = sorted(need_real_data("aozora").rglob("*.txt"))[:12]
    texts = [work.read_bytes().decode("cp932", "replace").replace("\r\n", "\n")[:6000] for work in works]
    for text, found in zip(texts, statistics_of(texts), strict=True):
        assert_same(text, found)


def test_texts_in_one_batch_do_not_touch_each_other():
    texts = ["売上高は増加した。", "", "売上高は増加した。", "x" * 500]
    alone = [statistics_of([text])[0] for text in texts]
    assert statistics_of(texts) == alone


def test_signs_of_a_wrong_encoding_are_counted():
    good, bad = statistics_of(["売上高は増加した。", "縺ｓ繧後・繝\ufffd"])
    assert good["broken_share"] == 0
    assert bad["broken_share"] > 0.5


def test_bullets_and_digits():
    found = statistics_of(["・売上\n　●利益\n１２３45"])[0]
    assert found["bullet_line_share"] == pytest.approx(2 / 3)
    assert found["digit_share"] == pytest.approx(5 / 14)


def test_a_text_in_a_large_batch_keeps_exact_counts():
    text = "同じ文。" * 3000
    found = measure(code_points([text]))
    assert found.dtype == np.int64
    assert_same(text, statistics_of([text])[0])
