"""Encoders, and encoders with a decoder, are refused by name wherever a model is read; what writes from left to right is not."""

# pyright: standard

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    MBartConfig,
    MBartForConditionalGeneration,
    T5Config,
    T5ForConditionalGeneration,
)

from model.tiny import save_tiny, tiny_tokenizer
from tekio.errors import TekioError
from tekio.model.causal import SURE, kind_sees_what_follows, require_causal, sees_what_follows
from tekio.model.check import check_model
from tekio.model.load import load_weights
from tekio.model.small import small_models
from tekio.train.estimate import model_without_weights

SMALL: dict[str, Any] = {
    "vocab_size": 600,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
}
BART: dict[str, Any] = {
    "vocab_size": 600, "d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48,
}  # fmt: skip
T5: dict[str, Any] = {"vocab_size": 600, "d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 1, "num_heads": 4}


def encoder(kind: str, **options: Any) -> Any:
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **SMALL, **options))


MODELS: dict[str, Any] = {
    "bert": lambda: encoder("bert"),
    "roberta": lambda: encoder("roberta"),
    "t5": lambda: T5ForConditionalGeneration(T5Config(**T5)),
    "mbart": lambda: MBartForConditionalGeneration(MBartConfig(**BART)),
}


@pytest.mark.parametrize("kind", MODELS)
def test_what_is_no_causal_model_is_refused_by_name_before_anything_runs(tmp_path: Path, kind: str):
    """By `doctor` and `run` (`check_model`), by a configuration alone, and by every loading."""
    MODELS[kind]().save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    for read in (check_model, model_without_weights, load_weights):
        with pytest.raises(TekioError, match=f"type '{kind}' is no causal language model"):
            read(tmp_path)


def test_a_decoder_of_the_same_families_is_a_causal_model(tmp_path: Path):
    encoder("bert", is_decoder=True).save_pretrained(tmp_path / "bert")
    AutoModelForCausalLM.from_config(MBartConfig(**BART)).save_pretrained(tmp_path / "mbart")
    save_tiny(tmp_path / "llama")
    for kind in ("bert", "mbart", "llama"):
        require_causal(load_weights(tmp_path / kind), vocabulary=100)


def test_the_model_itself_is_asked_whatever_its_configuration_says():
    model = encoder("bert")
    model.config.is_decoder = True
    assert sees_what_follows(model, vocabulary=100)
    model.train()
    with pytest.raises(TekioError, match="bert"):
        require_causal(model, vocabulary=100)
    assert model.training


@pytest.mark.parametrize(("kind", "sees"), [("bert", True), ("llama", False), ("qwen3", False), ("gemma3_text", False)])
def test_a_kind_is_asked_by_a_small_model_of_it(kind: str, sees: bool):
    assert kind_sees_what_follows(AutoConfig.for_model(kind)) == sees


@pytest.mark.parametrize("kind", sorted(SURE))
def test_kinds_taken_on_trust_are_causal_when_measured(kind: str):
    config = AutoConfig.for_model(kind)
    assert next(small_models(config), None) is not None  # otherwise nothing was measured
    assert not kind_sees_what_follows(config)
