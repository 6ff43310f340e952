"""Attention in pieces gives what attention as a whole gives, over prefixes, trees and padding."""

# pyright: standard

import numpy as np
import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import LlamaConfig, LlamaForCausalLM

from tekio.evaluate.scoring import block_attention
from tekio.evaluate.scoring.block_attention import PIECE, BlockAttention, in_pieces
from tekio.evaluate.scoring.capability import prepare
from tekio.evaluate.scoring.encode import Candidate, EncodedChoice
from tekio.evaluate.scoring.score import plan_choices, score_choices


def left_of_each(length: int, before: int, share: float) -> torch.Tensor:
    """A mask that lets a token look at itself, the prefix, and some of the tokens to its left."""
    chance = torch.Generator().manual_seed(7)
    seen = (torch.rand(length, length, generator=chance) < share).tril() | torch.eye(length, dtype=torch.bool)
    whole = torch.cat([torch.ones(length, before, dtype=torch.bool), seen], dim=1)
    return torch.zeros(whole.shape).masked_fill(~whole, torch.finfo(torch.float32).min)[None, None]


@pytest.mark.parametrize("length", [2 * PIECE, 2 * PIECE + 1, 5 * PIECE - 3])
@pytest.mark.parametrize("before", [0, 1, 37])
@pytest.mark.parametrize("share", [1.0, 0.3])
def test_pieces_are_the_whole(length: int, before: int, share: float):
    torch.manual_seed(1)
    query = torch.randn(2, 4, length, 16)
    key, value = torch.randn(2, 2, 4, before + length, 16)
    mask = left_of_each(length, before, share)
    whole = scaled_dot_product_attention(query, key, value, attn_mask=mask)
    torch.testing.assert_close(in_pieces(query, key, value, mask), whole, atol=1e-5, rtol=1e-5)
    with BlockAttention(mask):
        inside = scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=0.0, is_causal=False)
    torch.testing.assert_close(inside, whole, atol=1e-5, rtol=1e-5)


def pieces_of(length: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often attention over `length` tokens was taken in pieces: once under the mask of the rows, and under others."""
    calls: list[int] = []

    def counted(query, key, value, mask, **others):
        calls.append(1)
        return in_pieces(query, key, value, mask, **others)

    monkeypatch.setattr(block_attention, "in_pieces", counted)
    rows = torch.randn(1, 2, length, 8)
    mask = left_of_each(length, 0, 1.0)
    with BlockAttention(mask):
        scaled_dot_product_attention(rows, rows, rows, attn_mask=mask[:, :, :, :length])
        scaled_dot_product_attention(rows, rows, rows, attn_mask=mask.clone())
        scaled_dot_product_attention(rows, rows, rows, is_causal=True)
    return len(calls)


def test_short_rows_and_other_attention_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch):
    assert pieces_of(2 * PIECE, monkeypatch) == 1
    assert pieces_of(2 * PIECE - 1, monkeypatch) == 0


def items() -> list[EncodedChoice]:
    """Questions of 300 to 600 tokens with four choices, some behind a common beginning."""
    chance = np.random.default_rng(5)
    head = chance.integers(3, 90, 150).tolist()
    found: list[EncodedChoice] = []
    for number in range(12):
        own = chance.integers(3, 90, 150 + 40 * number).tolist()
        trunk = (*(head if number % 2 else []), *own)
        tails = [tuple(chance.integers(3, 90, 1 + choice).tolist()) for choice in range(4)]
        found.append(EncodedChoice(str(number), tuple(Candidate((*trunk, *tail), len(tail)) for tail in tails), 0, 0))
    return found


def test_scores_of_long_questions_do_not_change(monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=97, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=1024,
    )  # fmt: skip
    scoring = prepare(LlamaForCausalLM(config).eval(), "cpu")
    assert scoring.tree
    asked = items()
    assert any(row.length >= 2 * PIECE for batch in plan_choices(scoring, asked, 2048) for row in batch.rows)
    pieces = {score.item: score for batch in score_choices(scoring, asked, batch_tokens=2048) for score in batch}
    monkeypatch.setattr(block_attention, "PIECE", 1 << 20)
    whole = {score.item: score for batch in score_choices(scoring, asked, batch_tokens=2048) for score in batch}
    plain = {
        score.item: score
        for batch in score_choices(scoring.able(tree=False, apart=False), asked, batch_tokens=2048)
        for score in batch
    }
    for item, score in pieces.items():
        assert score.loglikelihoods == pytest.approx(whole[item].loglikelihoods, abs=2e-5)
        assert score.loglikelihoods == pytest.approx(plain[item].loglikelihoods, abs=1e-4)
        assert score.greedy == whole[item].greedy
