"""The loss is a token sum: chunks, micro-batches and batch sizes do not change it."""

# pyright: standard

import pytest
import torch

from model.tiny import tiny_llama
from tekio.train.loss import chunked_loss_sum, split_model, token_loss_sum
from train.test_probe import OPTIONS, SOUND, tiny


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


def test_chunks_give_the_same_loss_and_gradients():
    torch.manual_seed(0)
    head = torch.nn.Linear(16, 1000, bias=False)
    targets = torch.randint(0, 1000, (50,))
    targets[::7] = -100
    found = []
    for limit in (10**9, 13_000):
        hidden = torch.randn(50, 16, generator=torch.Generator().manual_seed(1)).requires_grad_()
        head.weight.grad = None
        loss = chunked_loss_sum(hidden, head, targets, limit=limit)
        loss.backward()
        assert hidden.grad is not None
        assert head.weight.grad is not None
        found.append((loss.detach(), hidden.grad.clone(), head.weight.grad.clone()))
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-6)


def test_few_supervised_tokens_give_the_same_loss_as_many():
    model = tiny_llama(97)
    ids, positions, learned = batch()
    body = split_model(model, vocabulary=97)
    whole = sum(token_loss_sum(body, ids, positions, learned & part).item() for part in (ids % 5 == 0, ids % 5 != 0))
    assert whole == pytest.approx(token_loss_sum(body, ids, positions, learned).item(), rel=1e-5)
    assert float(token_loss_sum(body, ids, positions, torch.zeros_like(learned))) == 0.0


def test_logits_of_a_large_vocabulary_are_never_held_whole():
    """The largest tensor the graph keeps is far below tokens x vocabulary."""
    head = torch.nn.Linear(8, 100_000, bias=False)
    hidden = torch.randn(256, 8, requires_grad=True)
    largest = 0

    def watch(item):
        nonlocal largest
        largest = max(largest, item.numel())
        return item

    with torch.autograd.graph.saved_tensors_hooks(watch, lambda item: item):
        chunked_loss_sum(hidden, head, torch.randint(0, 100_000, (256,)), limit=3_200_000)
    assert largest <= head.weight.numel()
