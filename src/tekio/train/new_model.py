"""A small Llama-type model with random weights."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (transformers has no complete type information)

from __future__ import annotations

from typing import Any

from tekio.model.load import quiet_libraries
from tekio.recipe.train import ArchitectureConfig


def new_model(config: ArchitectureConfig, tokenizer: Any) -> Any:
    """A Llama causal model of the wanted shape over the tokenizer's vocabulary; random from torch's generator."""
    from transformers import LlamaConfig, LlamaForCausalLM

    quiet_libraries()
    hidden = config.hidden_size
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=hidden,
            intermediate_size=config.intermediate_size or -(-hidden * 8 // 3 // 16) * 16,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.key_value_heads or config.heads,
            max_position_embeddings=config.context_length,
            tie_word_embeddings=config.tie_embeddings,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
