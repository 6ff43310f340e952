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
from tekio.model.causal import SURE, kind_sees_what_follows, require_causal, require_causal_kind, sees_what_follows
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


@pytest.mark.parametrize("kind", ["roberta", "camembert", "xlm-roberta", "data2vec-text"])
def test_a_decoder_whose_texts_do_not_begin_at_position_0_is_refused_by_name(tmp_path: Path, kind: str):
    """Its loss with one padded text a row would be that of other positions than it was trained with."""
    model = encoder(kind, is_decoder=True)
    model.save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(TekioError, match=f"type '{kind}' counts positions"):
        load_weights(tmp_path)
    with pytest.raises(TekioError, match=f"type '{kind}' counts positions"):  # the model itself
        require_causal(model, vocabulary=100)


def test_a_model_that_guesses_ahead_for_another_is_refused_by_name():
    text = {"hidden_size_per_layer_input": 0, "vocab_size_per_layer_input": 0}
    with pytest.raises(TekioError, match="'gemma4_assistant' is no causal language model"):
        require_causal_kind(AutoConfig.for_model("gemma4_assistant", text_config=text))


def test_attention_by_hashes_is_refused_because_padding_moves_a_texts_loss():
    config = AutoConfig.for_model(
        "reformer", is_decoder=True, vocab_size=64, hidden_size=32, feed_forward_size=48, num_attention_heads=2,
        attention_head_size=16, axial_pos_embds=False, num_buckets=4, attn_layers=["local", "lsh"], lsh_attn_chunk_length=16,
        local_attn_chunk_length=16, hidden_dropout_prob=0.0, local_attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config).eval()
    ids = torch.randint(5, 60, (1, 32))
    with torch.no_grad():
        alone = model(input_ids=ids, use_cache=False).logits[0]
        padded = model(input_ids=torch.cat([ids, torch.full((1, 32), 3)], 1), use_cache=False).logits[0, :32]
    assert (alone - padded).abs().max() > 0.01 * alone.std()
    with pytest.raises(TekioError, match="'reformer' is no causal language model"):
        require_causal_kind(config)
