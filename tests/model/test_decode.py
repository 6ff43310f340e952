"""Continuous decoding: what each prompt gives alone by whole forward passes, whatever else is in flight."""

# pyright: standard

from pathlib import Path

import pytest
import torch

from model.tiny import save_tiny
from tekio.model.decode import can_decode, decode_greedy
from tekio.model.generate import encode_prompt, generate
from tekio.model.load import LoadedModel, load_model

HEAD = "次の質問に短く答えてください。例: 円とは何ですか。通貨です。質問: "
PROMPTS = [
    HEAD + text
    for text in ("株", "預金保険とは何ですか。", "A", "当社の売上高は前年同期比で増加し、", "税", "債券の利回り")
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return load_model(save_tiny(tmp_path_factory.mktemp("models") / "base"), device="cpu")


def naive(loaded: LoadedModel, ids: list[int], most: int, ends: set[int]) -> list[int]:
    made: list[int] = []
    with torch.inference_mode():
        while len(made) < most and (not made or made[-1] not in ends):
            made.append(int(loaded.model(torch.tensor([ids + made])).logits[0, -1].argmax()))
    return made


@pytest.fixture(scope="module", params=[HEAD, ""], ids=["shared", "apart"])
def alone(request: pytest.FixtureRequest, loaded: LoadedModel) -> tuple[list[list[int]], list[list[int]]]:
    """Prompts in ids, and how each goes on by itself for twelve tokens."""
    rows = [encode_prompt(loaded.tokenizer, request.param + text.removeprefix(HEAD)) for text in PROMPTS]
    return rows, [naive(loaded, row, 12, set()) for row in rows]


@pytest.mark.parametrize("capacity", [1, 3, 6])
def test_each_prompt_is_continued_as_if_alone(
    loaded: LoadedModel, alone: tuple[list[list[int]], list[list[int]]], capacity: int
):
    rows, free = alone
    ends = {free[0][3], free[2][7], free[4][0]}
    places = [next((place for place, token in enumerate(row) if token in ends), 11) for row in free]
    wanted = [row[: place + 1] for row, place in zip(free, places, strict=True)]
    assert len({len(row) for row in wanted}) > 2
    found = decode_greedy(
        loaded.model,
        rows,
        max_new_tokens=12,
        ended=lambda made: made[-1] in ends,
        capacity=capacity,
        device="cpu",
        prefill_tokens=60,
    )
    assert found == wanted


def test_a_shared_beginning_is_read_once(loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch):
    rows = [encode_prompt(loaded.tokenizer, text) for text in PROMPTS]
    seen: list[int] = []
    whole = loaded.model.forward

    def counted(*args, **options):
        seen.append(options["input_ids"].numel())
        return whole(*args, **options)

    monkeypatch.setattr("tekio.model.decode._arguments", lambda _model: {"logits_to_keep"})
    monkeypatch.setattr(loaded.model, "forward", counted)
    decode_greedy(loaded.model, rows, max_new_tokens=1, ended=lambda _: False, capacity=6, device="cpu")
    assert sum(seen) < sum(map(len, rows)) / 2


def test_a_sliding_window_goes_through_transformers(tmp_path: Path):
    from transformers import AutoTokenizer, MistralConfig, MistralForCausalLM

    folder = save_tiny(tmp_path / "base")
    vocabulary = load_model(folder, device="cpu").model.config.vocab_size
    torch.manual_seed(0)
    config = MistralConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        sliding_window=8,
        eos_token_id=2,
        bos_token_id=1,
    )
    MistralForCausalLM(config).save_pretrained(tmp_path / "sliding")
    AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path / "sliding")
    sliding = load_model(tmp_path / "sliding", device="cpu")
    assert not can_decode(sliding.model)
    rows = [encode_prompt(sliding.tokenizer, text) for text in PROMPTS[:3]]
    wanted = [naive(sliding, row, 6, {2}) for row in rows]
    assert [list(one.ids) for one in generate(sliding, PROMPTS[:3], max_new_tokens=6)] == wanted
