"""Likelihood of texts: every token once, BOS never a target, comparable across windows and tokenizers."""

# pyright: standard

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model.tiny import tiny_llama, tiny_tokenizer
from tekio.evaluate.scoring import rolling_loglikelihood as roll_module
from tekio.evaluate.scoring.capability import prepare
from tekio.evaluate.scoring.encode import make_encoder
from tekio.evaluate.scoring.requests import RollingRequest, RollingScore
from tekio.evaluate.scoring.rolling_loglikelihood import cut_windows, encode_rolling, score_rolling

TEXTS = ["金", "当社の売上高は前年同期比で増加した。", "日本銀行は金融政策決定会合で政策金利を据え置いた。\n" * 6, ""]


@given(ids=st.lists(st.integers(10, 99), max_size=60), window=st.integers(1, 20), stride=st.integers(1, 20))
def test_windows_predict_every_token_once_in_order_from_what_came_before(ids: list[int], window: int, stride: int):
    windows = cut_windows(ids, 1, window, min(stride, window))
    assert [token for one in windows for token in one.targets] == ids
    whole = [1, *ids]
    done = 0
    for one in windows:
        done += len(one.targets)
        assert 0 < len(one.fed) <= window
        assert one.fed == whole[done - len(one.fed) : done]


@given(ids=st.lists(st.integers(10, 99), max_size=60), window=st.integers(2, 20), stride=st.integers(1, 20))
def test_with_bos_every_window_begins_with_it_and_holds_the_token_before_its_first_target(
    ids: list[int], window: int, stride: int
):
    windows = cut_windows(ids, 1, window, min(stride, window), bos=1)
    assert [token for one in windows for token in one.targets] == ids
    whole = [1, *ids]
    done = 0
    for one in windows:
        done += len(one.targets)
        assert 0 < len(one.fed) <= window
        assert one.fed[0] == 1
        assert len(one.targets) < len(one.fed) or done == len(one.targets)
        assert one.fed[1:] == whole[done - len(one.fed) + 1 : done]


def test_later_windows_get_bos_where_the_tokenizer_gives_it_to_a_text(pair: tuple[Any, Any]):
    _, tokenizer = pair
    request = [RollingRequest("t", TEXTS[2])]
    for encoder, wanted in (
        (make_encoder(tokenizer, 256), True),
        (make_encoder(tokenizer, 256, boundary="lm-eval"), False),
        (make_encoder(tiny_tokenizer(bos=False), 256), False),
    ):
        [item] = encode_rolling(request, encoder, window=32)
        assert len(item.windows) > 1
        assert all((one.fed[0] == tokenizer.bos_token_id) is wanted for one in item.windows[1:])


def scored(texts: list[str], model: Any, tokenizer: Any, **options: Any) -> list[RollingScore]:
    encoder = make_encoder(tokenizer, 256)
    encoded = encode_rolling([RollingRequest(str(n), text) for n, text in enumerate(texts)], encoder, **options)
    found = {score.item: score for batch in score_rolling(prepare(model), encoded, batch_tokens=128) for score in batch}
    return [found[str(n)] for n in range(len(texts))]


def reference(text: str, model: Any, tokenizer: Any) -> float:
    ids = [tokenizer.bos_token_id, *tokenizer(text, add_special_tokens=False)["input_ids"]]
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([ids])).logits[0].float().log_softmax(-1)
    return -sum(float(logits[place - 1, ids[place]]) for place in range(1, len(ids)))


@pytest.fixture(scope="module")
def pair() -> tuple[Any, Any]:
    tokenizer = tiny_tokenizer()
    return tiny_llama(len(tokenizer)), tokenizer


def test_a_text_is_as_likely_as_the_model_says_and_bos_is_no_target(pair: tuple[Any, Any]):
    model, tokenizer = pair
    for text, score in zip(TEXTS, scored(TEXTS, model, tokenizer), strict=True):
        assert score.nats == pytest.approx(reference(text, model, tokenizer), abs=1e-3)
        assert score.tokens == len(tokenizer(text, add_special_tokens=False)["input_ids"])
        assert (score.characters, score.bytes) == (len(text), len(text.encode()))


def test_a_tokenizer_that_adds_no_bos_gives_the_same_context(pair: tuple[Any, Any]):
    model, tokenizer = pair
    silent = tiny_tokenizer(bos=False)
    assert scored(TEXTS, model, silent) == scored(TEXTS, model, tokenizer)


def test_a_smaller_stride_gives_more_context(pair: tuple[Any, Any]):
    model, tokenizer = pair
    text = [TEXTS[2]]
    [whole] = scored(text, model, tokenizer)
    [disjoint] = scored(text, model, tokenizer, window=32)
    [overlapping] = scored(text, model, tokenizer, window=32, stride=8)
    assert whole.windows == 1 < disjoint.windows < overlapping.windows
    assert whole.tokens == disjoint.tokens == overlapping.tokens


def test_a_full_memory_halves_the_windows(pair: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch):
    model, tokenizer = pair
    wanted = scored(TEXTS, model, tokenizer, window=32)
    original = roll_module.read_batch
    refused: list[int] = []

    def small_memory(scoring: Any, inputs: torch.Tensor, *rest: Any) -> Any:
        if inputs.shape[0] > 1:
            refused.append(inputs.shape[0])
            raise torch.OutOfMemoryError
        return original(scoring, inputs, *rest)

    monkeypatch.setattr(roll_module, "read_batch", small_memory)
    found = scored(TEXTS, model, tokenizer, window=32)
    assert refused
    assert [score.nats for score in found] == pytest.approx([score.nats for score in wanted], abs=1e-3)
