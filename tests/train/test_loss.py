"""The loss is a token sum: chunks, micro-batches and batch sizes do not change it."""

# pyright: standard

import copy
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from model.tiny import tiny_llama
from tekio.train.loss import chunked_loss_sum, split_model, token_loss_sum
from train.test_packing_probe import OPTIONS, SOUND, tiny

SOURCE = Path(__file__).parents[2] / "src"


def batch(vocabulary: int = 97, rows: int = 3, width: int = 16):
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(0, vocabulary, (rows, width), generator=generator)
    positions = torch.cat([torch.arange(9), torch.arange(width - 9)])[None].repeat(rows, 1)
    learned = torch.rand((rows, width), generator=generator) < 0.5
    learned[:, [0, 9]] = False
    return ids, positions, learned


@pytest.mark.parametrize("kind", SOUND)
def test_the_loss_is_that_of_every_text_alone(kind: str):
    """Independent reference: each text by itself through the model, log-softmax by hand."""
    model = tiny(kind, **OPTIONS.get(kind, {}))
    ids, positions, learned = batch()
    body = split_model(model, vocabulary=97)
    expected = 0.0
    with torch.no_grad():
        for row in range(len(ids)):
            for start, end in ((0, 9), (9, 16)):
                logits = model(input_ids=ids[row : row + 1, start:end], use_cache=False).logits[0].double()
                for place in range(1, end - start):
                    if learned[row, start + place]:
                        expected -= float(logits[place - 1].log_softmax(-1)[ids[row, start + place]])
        assert float(token_loss_sum(body, ids, positions, learned)) == pytest.approx(expected, rel=1e-5)


def test_models_that_change_their_logits_keep_their_own_path():
    assert split_model(tiny("gemma2"), vocabulary=97).head is None  # soft-capped logits
    assert split_model(tiny("granite", logits_scaling=8.0), vocabulary=97).head is None
    assert split_model(tiny("llama"), vocabulary=97).head is not None


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("trained", [True, False])
def test_chunks_give_the_loss_and_gradients_of_whole_logits(bias: bool, trained: bool):
    """Reference: torch's cross-entropy over whole logits, in double precision."""
    torch.manual_seed(0)
    head = torch.nn.Linear(16, 1000, bias=bias).requires_grad_(trained)
    targets = torch.randint(0, 1000, (300,))
    targets[::7] = -100
    start = torch.randn(300, 16)
    double = copy.deepcopy(head).double()
    hidden = start.double().requires_grad_()
    wanted = torch.nn.functional.cross_entropy(double(hidden), targets, reduction="sum")
    (wanted * 0.37).backward()
    for limit in (10**9, 13_000, 1):
        mine = start.clone().requires_grad_()
        head.zero_grad()
        loss = chunked_loss_sum(mine, head, targets, limit=limit)
        (loss * 0.37).backward()
        assert loss.item() == pytest.approx(wanted.item(), rel=1e-6)
        assert torch.allclose(mine.grad.double(), hidden.grad, atol=1e-6)  # type: ignore[union-attr, arg-type]
        for one, two in zip(head.parameters(), double.parameters(), strict=True):
            assert (one.grad is None) == (not trained)
            if one.grad is not None and two.grad is not None:
                assert torch.allclose(one.grad.double(), two.grad, atol=1e-6)


def test_an_output_layer_with_an_adapter_goes_the_other_way_to_the_same_gradients():
    class Wrapped(torch.nn.Linear):
        """Not a plain matrix to the loss (as an adapter on the output layer is not)."""

    torch.manual_seed(0)
    head, targets = Wrapped(16, 1000, bias=False), torch.randint(0, 1000, (50,))
    found = []
    for layer, limit in ((head, 13_000), (head, 10**9), (torch.nn.Linear(16, 1000, bias=False), 13_000)):
        layer.weight.data = head.weight.data
        hidden = torch.randn(50, 16, generator=torch.Generator().manual_seed(1)).requires_grad_()
        layer.weight.grad = None
        chunked_loss_sum(hidden, layer, targets, limit=limit).backward()
        assert hidden.grad is not None
        assert layer.weight.grad is not None
        found.append((hidden.grad.clone(), layer.weight.grad.clone()))
    for one, other in (*zip(found[0], found[1], strict=True), *zip(found[0], found[2], strict=True)):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-6)


def test_bf16_autocast_is_as_near_to_fp32_as_whole_logits_in_bf16_are():
    torch.manual_seed(0)
    head, targets = torch.nn.Linear(64, 500, bias=False), torch.randint(0, 500, (200,))
    start = torch.randn(200, 64)

    def gradient(bf16: bool, whole: bool) -> torch.Tensor:
        head.weight.grad = None
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            if whole:
                torch.nn.functional.cross_entropy(head(start).float(), targets, reduction="sum").backward()
            else:
                chunked_loss_sum(start, head, targets, limit=20_000).backward()
        assert head.weight.grad is not None
        return head.weight.grad.clone()

    exact = gradient(False, True)
    far = (gradient(True, True) - exact).norm() / exact.norm()
    assert float((gradient(True, False) - exact).norm() / exact.norm()) < 2 * float(far) + 1e-4


def test_few_supervised_tokens_give_the_same_loss_as_many():
    model = tiny_llama(97)
    ids, positions, learned = batch()
    body = split_model(model, vocabulary=97)
    whole = sum(token_loss_sum(body, ids, positions, learned & part).item() for part in (ids % 5 == 0, ids % 5 != 0))
    assert whole == pytest.approx(token_loss_sum(body, ids, positions, learned).item(), rel=1e-5)
    assert float(token_loss_sum(body, ids, positions, torch.zeros_like(learned))) == 0.0


PEAK = """
import sys, torch
from pathlib import Path
from tekio.train.loss import CHUNK_LOGITS, chunked_loss_sum
torch.set_num_threads(1)


def peak():  # not ru_maxrss, which begins with the peak of the process that started this one
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


limit, places, vocabulary = int(sys.argv[1]), int(sys.argv[2]), 100_000
head = torch.nn.Linear(16, vocabulary, bias=False)
hidden, targets = torch.randn(places, 16, requires_grad=True), torch.randint(0, vocabulary, (places,))
before = peak()
if limit:
    chunked_loss_sum(hidden, head, targets).backward()
else:
    torch.nn.functional.cross_entropy(head(hidden), targets, reduction="sum").backward()
print(peak() - before)
"""


def test_logits_of_a_large_vocabulary_are_never_held_whole():
    """Peak memory, measured by the kernel: 1,024 places of a vocabulary of 100,000 are 410 MB of logits a copy."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
    peaks = [
        int(
            subprocess.run(
                [sys.executable, "-c", PEAK, chunked, "1024"],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for chunked in ("0", "1")
    ]
    whole, chunked = (1024 * peak for peak in peaks)
    assert whole > 1.5 * 1024 * 100_000 * 4  # the logits and their gradient
    assert chunked < 0.25 * whole
