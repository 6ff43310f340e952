"""State-space and recurrent models train with one text a row, exactly as their own loss says; packed, they are refused."""

# pyright: standard

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from model.tiny import save_tiny, tiny_tokenizer
from tekio.errors import TekioError
from tekio.model.load import load_weights
from tekio.recipe.paths import RecipePath
from tekio.recipe.train import BaseConfig
from tekio.train import make_base, pretrain
from tekio.train.loss import split_model, token_loss_sum
from train.tiny_inputs import make_corpus, pretrain_config

SIZES = {
    "mamba": {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8},
    "mamba2": {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8, "num_heads": 4, "head_dim": 16, "n_groups": 1, "chunk_size": 16},
    "rwkv": {"hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32, "context_length": 256},
}  # fmt: skip


def base_of(folder: Path, kind: str) -> Path:
    tokenizer = tiny_tokenizer()
    torch.manual_seed(0)
    ends = {"vocab_size": len(tokenizer), "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 3}
    AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **SIZES[kind], **ends)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", SIZES)
def test_the_loss_of_a_padded_row_is_that_of_the_text_alone(tmp_path: Path, kind: str):
    model = load_weights(base_of(tmp_path / kind, kind), dtype="fp32").eval()
    ids = torch.randint(5, 100, (1, 20))
    own = float(model(input_ids=ids, labels=ids).loss) * 19
    row = torch.cat([ids, torch.full((1, 12), 3)], 1)
    learned = torch.tensor([[False] + [True] * 19 + [False] * 12])
    found = token_loss_sum(split_model(model, vocabulary=100), row, torch.arange(32)[None], learned)
    assert float(found) == pytest.approx(own, rel=1e-4)


@pytest.mark.parametrize("kind", SIZES)
def test_they_are_trained_one_text_a_row_and_refused_packed(tmp_path: Path, kind: str):
    folder = base_of(tmp_path / kind, kind)
    corpus = make_corpus(tmp_path / "corpus", documents=20)
    make_base(BaseConfig(model=RecipePath.of(folder)), tmp_path / "base", corpus=None, seed=3)
    pretrain(
        pretrain_config(packing=False, max_steps=3), tmp_path / "done", base=tmp_path / "base", corpus=corpus, seed=3
    )
    losses = [json.loads(line) for line in (tmp_path / "done" / "metrics.jsonl").read_text().splitlines()]
    held_out = [line["held_out"]["finance"]["loss"] for line in losses if "held_out" in line]
    assert held_out[-1] < held_out[0]
    with pytest.raises(TekioError, match=kind):
        pretrain(pretrain_config(max_steps=3), tmp_path / "packed", base=tmp_path / "base", corpus=corpus, seed=3)


def test_attention_still_counts_where_there_is_some(tmp_path: Path):
    from tekio.train.flops import model_flops

    assert model_flops(load_weights(save_tiny(tmp_path / "llama"))).attention > 0
    assert model_flops(load_weights(base_of(tmp_path / "mamba", "mamba"))).attention == 0
