"""Packed texts stay apart, or the model is refused by name."""

# pyright: standard

from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from tekio.errors import TekioError
from tekio.train.packing_probe import (
    ROUNDED_TOLERANCE,
    probe_packing,
    require_safe_packing,
    require_safe_rounded,
    rounding_noise,
)

SMALL: dict[str, Any] = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 128,
    "initializer_range": 0.3,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
SOUND = [
    "llama",
    "mistral",
    "qwen2",
    "qwen3",
    "gemma",
    "gemma2",
    "gemma3_text",
    "phi3",
    "gpt_neox",
    "gpt2",
    "olmo2",
    "granite",
]
OPTIONS: dict[str, dict[str, Any]] = {
    "mistral": {"sliding_window": 8},
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128},
}
LEAKING = ["qwen3_next", "lfm2", "bamba"]
LEAKING_OPTIONS: dict[str, dict[str, Any]] = {
    "qwen3_next": {
        "num_hidden_layers": 4,
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 16,
        "shared_expert_intermediate_size": 16,
        "linear_num_key_heads": 2,
        "linear_num_value_heads": 4,
        "linear_key_head_dim": 8,
        "linear_value_head_dim": 8,
    },
    "lfm2": {"layer_types": ["conv", "full_attention"], "block_multiple_of": 8},
    "bamba": {
        "mamba_n_heads": 4,
        "mamba_d_head": 16,
        "mamba_d_state": 8,
        "mamba_n_groups": 1,
        "mamba_expand": 2,
        "attn_layer_indices": [1],
        "mamba_chunk_size": 8,
    },
}


def tiny(kind: str, **options: Any) -> Any:
    torch.manual_seed(0)
    values = SMALL | options
    if kind == "gpt2":
        values = {
            key: value
            for key, value in values.items()
            if not key.startswith(("num_", "hidden", "head", "inter", "max"))
        }
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **values)).eval()


@pytest.mark.parametrize("kind", SOUND)
def test_attention_models_keep_packed_texts_apart(kind: str):
    model = tiny(kind, **OPTIONS.get(kind, {}))
    assert require_safe_packing(model, vocabulary=97) < 1e-4


@pytest.mark.parametrize("kind", LEAKING)
def test_models_that_carry_state_across_texts_are_refused_by_name(kind: str):
    model = tiny(kind, **LEAKING_OPTIONS[kind])
    with pytest.raises(TekioError, match=kind):
        require_safe_packing(model, vocabulary=97)


def test_an_attention_mask_of_ones_brings_contamination_back_and_the_probe_sees_it():
    model = tiny("llama")
    plain = model.forward

    def with_mask(**inputs: Any) -> Any:
        return plain(attention_mask=torch.ones_like(inputs["input_ids"]), **inputs)

    assert probe_packing(model, vocabulary=97) < 1e-5
    model.forward = with_mask
    assert probe_packing(model, vocabulary=97) > 0.05
    with pytest.raises(TekioError, match="llama"):
        require_safe_packing(model, vocabulary=97)


def test_a_model_that_gives_no_numbers_is_refused():
    model = tiny("llama")
    with torch.no_grad():
        model.lm_head.weight.fill_(float("nan"))
    with pytest.raises(TekioError):
        require_safe_packing(model, vocabulary=97)


def test_the_probe_leaves_the_model_as_it_was():
    model = tiny("llama").train()
    probe_packing(model, vocabulary=97)
    assert model.training
    assert all(item.grad is None for item in model.parameters())


def test_rounding_of_bf16_is_no_leak_however_much_it_moves_the_logits():
    """SmolLM2 after a few steps: its own rounding moves logits by 0.48 of their spread, packing by 0.49."""
    model = tiny("llama", num_hidden_layers=10, initializer_range=0.9).bfloat16()
    noise = rounding_noise(model, vocabulary=97)
    assert noise > ROUNDED_TOLERANCE
    assert require_safe_rounded(model, vocabulary=97) > ROUNDED_TOLERANCE


def test_a_leak_in_bf16_is_refused():
    model = tiny("llama").bfloat16()
    plain = model.forward

    def with_mask(**inputs: Any) -> Any:
        return plain(attention_mask=torch.ones_like(inputs["input_ids"]), **inputs)

    assert rounding_noise(model, vocabulary=97) < ROUNDED_TOLERANCE
    model.forward = with_mask
    with pytest.raises(TekioError, match="llama"):
        require_safe_rounded(model, vocabulary=97)
