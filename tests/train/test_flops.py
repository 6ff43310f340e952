"""Model FLOPs are those of the matrix products that run, and utilisation is their share of a peak."""

# pyright: standard

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from tekio.recipe.train import LoraConfig
from tekio.train import flops
from tekio.train.adapter import add_adapter
from tekio.train.flops import Meter, ModelFlops, device_peak, measured_peak, model_flops, speed_words
from train.test_packing_probe import OPTIONS, tiny


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gpt_neox", "gpt2"])
@pytest.mark.parametrize("adapter", [False, True])
def test_flops_are_those_torch_counts(kind: str, adapter: bool):
    """Reference: torch's counter of matrix products and attention, over one forward and backward pass."""
    options = {key: 0.0 for key in ("attn_pdrop", "resid_pdrop", "embd_pdrop") if kind == "gpt2"}
    model = tiny(kind, **OPTIONS.get(kind, {}) | options).train()
    if adapter:
        model = add_adapter(model, LoraConfig(rank=2, dropout=0.0))
        model.enable_input_require_grads()
    model.set_attn_implementation("eager") if not adapter else model.get_base_model().set_attn_implementation("eager")
    width = 32
    ids = torch.arange(2 * width).reshape(2, width) % 90
    with FlopCounterMode(display=False) as counter:
        logits = model(input_ids=ids, use_cache=False).logits
        logits.square().sum().backward()
    counted = model_flops(model).of(2 * width, 2 * width * width)
    # Biases, norms and (with an adapter) a gradient before the first layer are in one count and not in the other.
    assert counted == pytest.approx(counter.get_total_flops(), rel=0.06 if adapter else 0.04)


def test_utilisation_is_the_share_of_the_peak():
    meter = Meter(ModelFlops(600.0, 12.0), 1e6, "made up")
    speed = meter.speed([(10, 52), (6, 36)], 14, 2.0, step=3, seconds=2.5)
    assert speed.flops_per_second == round((600 * 16 + 12 * 88) / 2)
    assert speed.utilisation == pytest.approx((600 * 16 + 12 * 88) / 2 / 1e6, abs=1e-4)
    assert speed.tokens_per_second == 7
    assert (
        "utilisation" not in Meter(ModelFlops(1.0, 1.0), None, "?").speed([(1, 1)], 1, 1.0, step=1, seconds=1.0).plain()
    )
    assert "7 tokens/s, 0.0 GFLOP/s (1% of peak)" in speed_words(speed).en


def test_the_peak_of_a_gpu_is_its_data_sheets(monkeypatch: pytest.MonkeyPatch):
    names = {"NVIDIA H200": 989e12, "NVIDIA H100 PCIe": 756e12, "NVIDIA A100-SXM4-80GB": 312e12, "NVIDIA L4": 121e12}
    for name, peak in names.items():
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device, name=name: name)
        assert device_peak("cuda:0", "bf16")[0] == peak
        assert device_peak("cuda:0", "fp32")[0] is None
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Something New")
    assert device_peak("cuda:0", "bf16") == (None, "Something New, data sheet, dense bf16")


def test_the_peak_of_a_cpu_is_measured(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(flops, "MEASURED_SIZE", 256)
    assert 1e8 < measured_peak("fp32") < 1e14
