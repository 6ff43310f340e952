"""Attention text by text: chosen by a probe, the same numbers as each text alone, refused where it would be wrong."""

# pyright: standard

import copy
from typing import Any

import pytest
import torch

from tekio.errors import TekioError
from tekio.train import attention
from tekio.train.attention import MASK, choose_attention, set_attention, spans
from train.test_packing_probe import LEAKING_OPTIONS, OPTIONS, tiny

SIX = ["llama", "mistral", "qwen2", "qwen3", "gemma", "gpt2", "gpt_neox"]
NO_DROPOUT = {"gpt2": {"attn_pdrop": 0.0, "resid_pdrop": 0.0, "embd_pdrop": 0.0}, "mistral": {"sliding_window": None}}


def packed(width: int = 30) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    ids = torch.randint(3, 97, (2, width), generator=generator)
    sizes = [[1, 12, 10, 7], [20, 10]]
    positions = torch.stack([torch.cat([torch.arange(size) for size in row]) for row in sizes])
    return ids, positions


def test_spans_are_the_texts_of_the_rows():
    positions = torch.tensor([[0, 1, 2, 0, 1], [0, 0, 1, 2, 3]])
    assert list(spans(positions)) == [(0, 0, 3), (0, 3, 5), (1, 0, 1), (1, 1, 5)]


@pytest.mark.parametrize("kind", SIX)
def test_logits_and_gradients_are_those_of_every_text_alone(kind: str):
    """Reference: each text by itself through the model's own attention, gradients added up."""
    model = tiny(kind, **OPTIONS.get(kind, {}) | NO_DROPOUT.get(kind, {})).train()
    other = copy.deepcopy(model)
    choice = choose_attention(model, "auto", width=30, vocabulary=97)
    assert choice.name == "varlen"
    ids, positions = packed()
    weights = torch.randn(97, generator=torch.Generator().manual_seed(1))
    total = (model(input_ids=ids, position_ids=positions, use_cache=False).logits @ weights).square().sum()
    total.backward()
    alone = torch.zeros(())
    for row, start, end in spans(positions):
        alone = (
            alone + (other(input_ids=ids[row : row + 1, start:end], use_cache=False).logits @ weights).square().sum()
        )
    alone.backward()
    assert total.item() == pytest.approx(alone.item(), rel=1e-5)
    for (name, one), two in zip(model.named_parameters(), other.parameters(), strict=True):
        assert one.grad is not None, name
        scale = float(two.grad.abs().max())  # type: ignore[union-attr]
        assert torch.allclose(one.grad, two.grad, atol=2e-5 * scale + 1e-7), name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("mistral", {"sliding_window": 8}, "sliding window"),
        ("gemma2", {}, "softcapping"),
        ("gpt2", OPTIONS["gpt2"], "attn_pdrop"),
    ],
)
def test_what_the_kernel_cannot_do_keeps_the_mask_and_says_why(kind: str, options: dict[str, Any], why: str):
    model = tiny(kind, **options)
    choice = choose_attention(model, "auto", width=64, vocabulary=97)
    assert choice.name == MASK
    assert why in choice.refused["varlen"]
    with pytest.raises(TekioError, match="varlen") as caught:
        choose_attention(model, "varlen", width=64, vocabulary=97)
    assert why in caught.value.explain()


def test_an_attention_that_lets_texts_mix_is_not_chosen(monkeypatch: pytest.MonkeyPatch):
    """A kernel that takes the row for one text: the probe sees it, the mask stays."""
    model = tiny("llama")
    attention.register_varlen()
    monkeypatch.setattr(attention, "spans", lambda positions: ((row, 0, positions.shape[1]) for row in range(2)))
    choice = choose_attention(model, "auto", width=64, vocabulary=97)
    assert choice.name == MASK
    assert "logits differ" in choice.refused["varlen"]
    assert model.config._attn_implementation == choice.own == "sdpa"


def test_a_model_that_leaks_is_refused_whatever_the_attention():
    with pytest.raises(TekioError, match="lfm2"):
        choose_attention(tiny("lfm2", **LEAKING_OPTIONS["lfm2"]), "auto", width=64, vocabulary=97)


def test_a_kernel_that_is_not_there_is_refused_by_name():
    with pytest.raises(TekioError, match="flash") as caught:
        choose_attention(tiny("llama"), "flash", width=64, vocabulary=97)
    assert "flash-attn" in caught.value.explain()


def test_bf16_is_measured_against_fp32_and_the_model_is_left_as_found():
    model = tiny("qwen3")
    choice = choose_attention(model, "auto", width=64, vocabulary=97, bf16=True)
    assert choice.name == "varlen"
    set_attention(model, choice.own)
    assert model.config._attn_implementation == "sdpa"
    assert "_attn_implementation" not in model.config.to_dict()
