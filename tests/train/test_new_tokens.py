"""New words trained beside LoRA: only their rows move, and adapter, merged and exported model give the same tokens."""

# pyright: standard

from pathlib import Path

import pytest
import torch
from pydantic import ValidationError

from model.tiny import save_tiny, tiny_tokenizer
from tekio.errors import TekioError
from tekio.model.export import export_folder
from tekio.model.generate import generate
from tekio.model.load import load_model, load_weights
from tekio.model.merge import merge_adapter
from tekio.model.vocabulary import extend_vocabulary
from tekio.recipe.paths import RecipePath
from tekio.recipe.train import BaseConfig, LoraConfig, OptimizerConfig
from tekio.train import make_base, tune
from tekio.train.adapter import add_adapter
from tekio.train.loss import split_model, token_loss_sum
from train.tiny_inputs import make_records, tune_config

WORDS = ["日本銀行", "国債", "決算"]
PROMPTS = ["日本銀行の国債とは何ですか。", "決算とは何ですか。", "預金保険"]


def save_qwen(folder: Path, *, tie: bool) -> Path:
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = tiny_tokenizer(bos=False)
    torch.manual_seed(3)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        initializer_range=0.1,
        tie_word_embeddings=tie,
        eos_token_id=2,
        pad_token_id=3,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tables(model) -> list[torch.Tensor]:
    return [model.get_input_embeddings().weight.detach(), model.get_output_embeddings().weight.detach()]


@pytest.mark.parametrize("tie", [True, False], ids=["tied", "untied"])
@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_new_words_are_learned_and_survive_merge_and_export(family: str, tie: bool, tmp_path: Path):
    given = tmp_path / "given"
    if family == "llama":
        save_tiny(given, tie_word_embeddings=tie)
    else:
        save_qwen(given, tie=tie)
    assert extend_vocabulary(given, tmp_path / "extended", WORDS) == WORDS
    make_base(BaseConfig(model=RecipePath.of(tmp_path / "extended")), tmp_path / "base", corpus=None, seed=1)
    config = tune_config(
        lora=LoraConfig(rank=4, train_tokens="added", dropout=0.0),
        epochs=4,
        loss_on="all",
        optimizer=OptimizerConfig(learning_rate=2e-2),
    )
    records = make_records(tmp_path / "instruct", count=40)
    tune(config, tmp_path / "tune", model=tmp_path / "base", records=records, seed=1)

    adapted = load_model(tmp_path / "tune", dtype="fp32")
    expected = [item.ids for item in generate(adapted, PROMPTS, max_new_tokens=16)]
    parity = merge_adapter(tmp_path / "tune", tmp_path / "merged")
    assert parity.holds
    merged = load_model(tmp_path / "merged", dtype="fp32")
    assert [item.ids for item in generate(merged, PROMPTS, max_new_tokens=16)] == expected
    export_folder(tmp_path / "tune", tmp_path / "exported")
    exported = load_model(tmp_path / "exported", dtype="fp32")
    assert [item.ids for item in generate(exported, PROMPTS, max_new_tokens=16)] == expected

    before, after = load_weights(tmp_path / "extended", dtype="fp32"), load_weights(tmp_path / "merged", dtype="fp32")
    new = [int(adapted.tokenizer.convert_tokens_to_ids(word)) for word in WORDS]
    old = [place for place in range(before.get_input_embeddings().weight.shape[0]) if place not in new]
    for one, other in zip(tables(before), tables(after), strict=True):
        assert torch.equal(one[old], other[old])
        assert all((one[place] - other[place]).abs().max() > 1e-3 for place in new)
    same = after.get_input_embeddings().weight is after.get_output_embeddings().weight
    assert same == tie


def test_there_must_be_new_words(tmp_path: Path):
    make_base(BaseConfig(model=RecipePath.of(save_tiny(tmp_path / "given"))), tmp_path / "base", corpus=None, seed=1)
    records = make_records(tmp_path / "instruct", count=20)
    config = tune_config(lora=LoraConfig(train_tokens="added"))
    with pytest.raises(TekioError, match="no added words"):
        tune(config, tmp_path / "tune", model=tmp_path / "base", records=records, seed=1)


def test_pissa_cannot_train_tokens():
    with pytest.raises(ValidationError, match="pissa"):
        LoraConfig(variant="pissa", train_tokens="added")


@pytest.mark.parametrize("tie", [True, False], ids=["tied", "untied"])
def test_the_loss_sees_the_trained_rows_in_both_embeddings(tie: bool, tmp_path: Path):
    """The loop reaches the output layer apart from the model; it must be the one with the new rows."""
    extend_vocabulary(save_tiny(tmp_path / "given", tie_word_embeddings=tie), tmp_path / "extended", WORDS)
    loaded = load_model(tmp_path / "extended", dtype="fp32")
    model = add_adapter(loaded.model, LoraConfig(train_tokens="added", dropout=0.0), loaded.tokenizer).eval()
    vocabulary = len(loaded.tokenizer)
    body = split_model(model, vocabulary=vocabulary)
    with torch.no_grad():
        for name, item in model.named_parameters():
            if "trainable_tokens_delta" in name:
                item += torch.randn(item.shape, generator=torch.Generator().manual_seed(1))
    new = [int(loaded.tokenizer.convert_tokens_to_ids(word)) for word in WORDS]
    ids = torch.tensor([[5, 6, *new, 7, new[0]]])
    positions = torch.arange(ids.shape[1])[None]
    learned = torch.ones_like(ids, dtype=torch.bool)
    logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
    whole = torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1), reduction="sum"
    )
    found = token_loss_sum(body, ids, positions, learned)
    assert found.item() == pytest.approx(whole.item(), rel=1e-5)
    found.backward()
    wanted = {name for name, _ in model.named_parameters() if "trainable_tokens_delta" in name}
    moved = {name for name, item in model.named_parameters() if name in wanted and item.grad.abs().min() > 0}
    assert moved == wanted
    assert len(wanted) == (1 if tie else 2)
