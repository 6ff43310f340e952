"""Moments in bf16: the update is AdamW's, the rounding keeps the mean, replicas and resumed runs have the same bits."""

# pyright: standard

import pytest
import torch

from tekio.recipe.train import OptimizerConfig
from tekio.train import half_state
from tekio.train.half_state import stochastic_bf16
from tekio.train.optimizer import make_optimizer, set_rate


def model() -> torch.nn.Module:
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(40, 30), torch.nn.LayerNorm(30), torch.nn.Linear(30, 5))


def trained(state: str, steps: int, *, kind: str = "adamw", **options: float) -> list[torch.Tensor]:
    net = model()
    config = OptimizerConfig(kind=kind, state=state, learning_rate=3e-3, weight_decay=0.1, **options)  # type: ignore[arg-type]
    optimizer = make_optimizer(net, config)
    source = torch.Generator().manual_seed(2)
    for _ in range(steps):
        x, y = torch.randn(16, 40, generator=source), torch.randint(5, (16,), generator=source)
        torch.nn.functional.cross_entropy(net(x), y).backward()
        set_rate(optimizer, 3e-3)
        optimizer.step()
        optimizer.zero_grad()
    return [item.detach().clone() for item in net.parameters()]


def test_without_rounding_it_is_torch_s_own_adamw(monkeypatch: pytest.MonkeyPatch):
    """With the moments left in fp32 the weights after thirty steps are those of `torch.optim.AdamW`."""
    monkeypatch.setattr(half_state.torch, "bfloat16", torch.float32)
    monkeypatch.setattr(half_state, "stochastic_bf16", lambda values, draw: values)
    monkeypatch.setattr(half_state, "CHUNK", 64)
    for own, theirs in zip(trained("bf16", 30), trained("fp32", 30), strict=True):
        assert torch.allclose(own, theirs, atol=1e-6)


def test_rounded_moments_stay_near_and_give_the_same_bits_again():
    first = trained("bf16", 30, beta2=0.999)
    for own, theirs in zip(first, trained("fp32", 30, beta2=0.999), strict=True):
        assert (own - theirs).abs().max() < 0.02 * 30 * 3e-3
    assert all(torch.equal(one, two) for one, two in zip(first, trained("bf16", 30, beta2=0.999), strict=True))


def test_the_mean_of_many_roundings_is_the_number_itself():
    values = torch.tensor([1.001, -3.14159, 1e-12, 0.0, -7e20])
    draw = torch.Generator().manual_seed(3)
    rounded = stochastic_bf16(values.repeat(40_000, 1), draw).double()
    assert torch.allclose(rounded.mean(0), values.double(), rtol=1e-4)
    assert all(len(set(rounded[:, place].tolist())) <= 2 for place in range(5))  # neighbours only


def test_a_second_moment_falls_that_rounding_to_the_nearest_would_hold():
    """beta2 0.999 without gradients: after 1,000 steps 0.37 of it is left; to the nearest it would stand still."""
    moment, nearest = torch.ones(2_000).bfloat16(), torch.ones(2_000).bfloat16()
    draw = torch.Generator().manual_seed(4)
    for _ in range(1_000):
        moment = stochastic_bf16(moment.float() * 0.999, draw)
        nearest = (nearest.float() * 0.999).bfloat16()
    assert float(moment.float().mean()) == pytest.approx(0.999**1_000, rel=0.02)
    assert float(nearest.float().mean()) == 1.0
