"""Which documents a training reads: domains, and a share of them that a larger share holds."""

# pyright: standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.errors import NothingError
from tekio.store import read_json
from tekio.train.inputs import in_share, sourced_texts
from tekio.train.stages import make_base, pretrain
from train.tiny_inputs import base_config, make_corpus, pretrain_config


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_holds_the_smaller(text, one, other):
    small, large = sorted((one, other))
    assert not in_share(text, small) or in_share(text, large)


def test_a_share_is_about_so_many_texts_whatever_stands_in_them():
    kept = sum(in_share(f"文書 {number}", 0.25) for number in range(4000))
    assert 900 < kept < 1100  # binomial: 1,000, standard deviation 27
    assert all(in_share(f"文書 {number}", 1.0) for number in range(100))


def test_a_share_of_the_documents_is_taken_in_the_order_of_the_table(tmp_path):
    corpus = make_corpus(tmp_path / "corpus")
    everything = [text for _, text in sourced_texts(corpus, "train", ["finance"])]
    half = [text for _, text in sourced_texts(corpus, "train", ["finance"], share=0.5)]
    assert half == [text for text in everything if text in set(half)]
    assert 0 < len(half) < len(everything)


def test_pretraining_on_a_share_reads_fewer_documents_and_all_of_the_replay(tmp_path):
    corpus, base = make_corpus(tmp_path / "corpus"), tmp_path / "base"
    make_base(base_config(), base, corpus=corpus, seed=1)
    found = {}
    for share in (1.0, 0.5):
        config = pretrain_config(document_share=share, max_steps=2, epochs=9)
        pretrain(config, tmp_path / str(share), base=base, corpus=corpus, seed=1)
        found[share] = read_json(tmp_path / str(share) / "summary.json")
    assert found[0.5]["texts"] < found[1.0]["texts"]
    assert found[0.5]["tokens"]["trained"] > 0
    assert found[0.5]["held_out_before"] == found[1.0]["held_out_before"]


def test_a_share_that_leaves_nothing_is_an_error_with_the_key_to_change(tmp_path):
    corpus, base = make_corpus(tmp_path / "corpus"), tmp_path / "base"
    make_base(base_config(), base, corpus=corpus, seed=1)
    config = pretrain_config(document_share=1e-9)
    with pytest.raises(NothingError, match="leaves no document of finance") as caught:
        pretrain(config, tmp_path / "out", base=base, corpus=corpus, seed=1)
    assert "`pretrain.document_share` を大きく" in caught.value.explain("ja")
