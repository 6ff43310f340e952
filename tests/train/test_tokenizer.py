"""Tokenizers from scratch: lossless, repeatable, compact on the text they were made for."""

# pyright: standard

import json
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.errors import TekioError
from tekio.recipe.train import TokenizerConfig
from tekio.train.tokenizer import train_tokenizer
from train.tiny_inputs import PIECES

TEXTS = ["".join(PIECES["finance"][(i * k) % 14] for i in range(30)) + f"\n{k}年 Tokyo  12%。" for k in range(1, 60)]
Kind = Literal["bpe", "unigram"]
KINDS: list[Kind] = ["bpe", "unigram"]
MADE = {kind: train_tokenizer(TEXTS, TokenizerConfig(kind=kind, vocabulary=600)) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_survives(kind: Kind, text: str):
    tokenizer = MADE[kind]
    for special in ("<s>", "</s>", "<unk>", "<pad>"):
        text = text.replace(special, "")
    ids = tokenizer(text)["input_ids"]
    assert ids[0] == tokenizer.bos_token_id
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids, skip_special_tokens=True) == text


@pytest.mark.parametrize("kind", KINDS)
def test_equal_text_gives_equal_tokenizers(kind: Kind):
    again = train_tokenizer(TEXTS, TokenizerConfig(kind=kind, vocabulary=600))
    assert again.backend_tokenizer.to_str() == MADE[kind].backend_tokenizer.to_str()


@pytest.mark.parametrize("kind", KINDS)
def test_known_words_are_few_tokens(kind: Kind):
    tokenizer = MADE[kind]
    assert len(tokenizer) <= 600
    text = "日本銀行金利預金国債"
    assert len(tokenizer(text, add_special_tokens=False)["input_ids"]) <= 6
    assert len(tokenizer("2024", add_special_tokens=False)["input_ids"]) == 4  # digits stand alone


def test_unigram_falls_back_to_bytes():
    tokens = MADE["unigram"].tokenize("鬱")
    assert tokens == [f"<0x{byte:02X}>" for byte in "鬱".encode()]
    json.loads(MADE["unigram"].backend_tokenizer.to_str())


def test_no_text_is_an_error():
    with pytest.raises(TekioError, match="no text"):
        train_tokenizer([], TokenizerConfig())
