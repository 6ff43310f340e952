"""Signatures estimate the Jaccard similarity of character n-grams without bias."""

import math

import numpy as np
import pytest

from tekio.text.kernels.codepoints import code_points, to_utf8
from tekio.text.kernels.shingles import (
    BINS,
    band_keys,
    choose_bands,
    digests,
    estimate,
    jaccard,
    shingle_sets,
    signatures,
)


def reference_jaccard(first, second, n=5):
    def grams(text):
        plain = "".join(text.split())
        return {plain[i : i + n] for i in range(len(plain) - n + 1)}

    a, b = grams(first), grams(second)
    return len(a & b) / len(a | b)


def random_text(rng, length):
    return "".join(chr(code) for code in rng.integers(0x4E00, 0x4F00, length))


def edited(rng, text, share):
    letters = list(text)
    for place in rng.choice(len(letters), int(len(letters) * share), replace=False):
        letters[place] = chr(rng.integers(0x5000, 0x5100))
    return "".join(letters)


def test_exact_similarity_equals_the_definition():
    rng = np.random.default_rng(1)
    first = random_text(rng, 400)
    second = edited(rng, first, 0.05)
    sets, ends = shingle_sets(code_points([first, second]))
    found = jaccard(sets[: ends[1]], sets[ends[1] :])
    assert found == pytest.approx(reference_jaccard(first, second), abs=1e-12)


@pytest.mark.parametrize(("length", "share"), [(40, 0.05), (150, 0.04), (900, 0.02), (6000, 0.05)])
def test_the_estimate_has_no_bias_and_the_standard_error_of_minhash(length, share):
    rng = np.random.default_rng(length)
    errors = []
    for _ in range(150):
        first = random_text(rng, length)
        second = edited(rng, first, share)
        signed, _ = signatures(code_points([first, second]))
        errors.append(float(estimate(signed[0], signed[1])) - reference_jaccard(first, second))
    assert abs(np.mean(errors)) < 4 * 0.5 / math.sqrt(BINS * 150)
    assert np.std(errors) < 1.3 * 0.5 / math.sqrt(BINS)


def test_white_space_does_not_matter():
    signed, counts = signatures(code_points(["売上高は前年同期比で増加した。", "売上高は\n前年同期比で　増加した。 "]))
    assert (signed[0] == signed[1]).all()
    assert counts[0] == counts[1] == 11


def test_either_way_to_write_commas_and_full_stops_is_the_same():
    signed, _ = signatures(
        code_points(["預金は増え、貸出も伸びた。", "預金は増え，貸出も伸びた．", "預金は増え・貸出も伸びた。"])
    )
    assert (signed[0] == signed[1]).all()
    assert (signed[0] != signed[2]).any()


def test_a_text_without_shingles_has_an_empty_signature():
    signed, counts = signatures(code_points(["売上高", "", "あ い う え"]))
    assert (signed == 0xFFFFFFFF).all()
    assert counts.tolist() == [0, 0, 0]


def test_signatures_do_not_depend_on_the_batch():
    texts = ["売上高は前年同期比で増加した。", "営業利益は減少した。" * 30, "x" * 7]
    together, _ = signatures(code_points(texts))
    alone = np.concatenate([signatures(code_points([text]))[0] for text in texts])
    assert (together == alone).all()


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9, 1.0])
def test_bands_find_what_is_asked_for(threshold):
    bands, rows = choose_bands(threshold)
    assert bands * rows <= BINS
    assert 1 - (1 - threshold**rows) ** bands >= 0.97


def test_band_keys_are_equal_where_rows_are():
    signed, _ = signatures(code_points(["売上高は前年同期比で増加した。" * 9, "売上高は前年同期比で減少した。" * 9]))
    keys = band_keys(signed, 16, 8)
    for band in range(16):
        rows = slice(band * 8, band * 8 + 8)
        assert (keys[0, band] == keys[1, band]) == bool((signed[0, rows] == signed[1, rows]).all())
    assert len(np.unique(keys[0])) == 16


def test_digests_are_equal_for_equal_texts_only():
    found = digests(code_points(["売上", "売上", "売上 ", "上売", "", "売\x00上", "売上\x00"]))
    assert (found[0] == found[1]).all()
    assert len({tuple(row) for row in found.tolist()}) == 6


def test_utf8_columns_are_what_python_encodes():
    texts = ["売上高は１２円", "", "aé漢𠀋🙂", "\x00"]
    data, ends = to_utf8(code_points(texts))
    assert [bytes(data[ends[i] : ends[i + 1]]).decode() for i in range(len(texts))] == texts
