"""Generation: batching does not change answers; EOS and stop texts end them."""

# pyright: standard

import pytest
import torch

from model.tiny import save_tiny, tiny_tokenizer
from tekio.model.generate import Sampling, encode_prompt, generate
from tekio.model.load import LoadedModel, load_model


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return load_model(save_tiny(tmp_path_factory.mktemp("models") / "base"), device="cpu")


PROMPTS = ["日本銀行は", "当社の売上高は前年同期比で増加し、", "A", "預金保険制度とは何ですか。" * 3]


def test_a_batch_gives_what_each_prompt_gives_alone(loaded: LoadedModel):
    together = generate(loaded, PROMPTS, max_new_tokens=12)
    assert together == [generate(loaded, [prompt], max_new_tokens=12)[0] for prompt in PROMPTS]


def test_greedy_follows_the_largest_logit_and_ends_at_eos(loaded: LoadedModel):
    ids = encode_prompt(loaded.tokenizer, PROMPTS[1])
    expected: list[int] = []
    with torch.inference_mode():
        while len(expected) < 40 and (not expected or expected[-1] != 2):
            logits = loaded.model(torch.tensor([ids + expected])).logits
            expected.append(int(logits[0, -1].argmax()))
    answer = generate(loaded, [PROMPTS[1]], max_new_tokens=40)[0]
    assert answer.tokens == len(expected)
    assert answer.finish == ("eos" if expected[-1] == 2 else "length")
    assert answer.text == loaded.tokenizer.decode(expected, skip_special_tokens=True)


def test_any_eos_id_ends_an_answer(loaded: LoadedModel):
    first = generate(loaded, [PROMPTS[0]], max_new_tokens=1)[0]
    ids = encode_prompt(loaded.tokenizer, PROMPTS[0])
    with torch.inference_mode():
        token = int(loaded.model(torch.tensor([ids])).logits[0, -1].argmax())
    more = LoadedModel(
        loaded.model, loaded.tokenizer, loaded.device, loaded.path, None, (2, token), loaded.context_length
    )
    assert first.finish == "length"
    assert generate(more, [PROMPTS[0]], max_new_tokens=9)[0] == type(first)(first.text, 1, "eos")


def test_a_stop_text_is_cut_off(loaded: LoadedModel):
    whole = generate(loaded, [PROMPTS[0]], max_new_tokens=20)[0].text
    stop = whole[5:7]
    answer = generate(loaded, [PROMPTS[0]], max_new_tokens=20, stop=[stop])[0]
    assert answer.finish == "stop"
    assert answer.text == whole[: whole.index(stop)]


def test_sampling_repeats_with_its_seed(loaded: LoadedModel):
    draw = Sampling(temperature=1.5, seed=3)
    assert generate(loaded, PROMPTS, max_new_tokens=8, sampling=draw) == generate(
        loaded, PROMPTS, max_new_tokens=8, sampling=draw
    )


def test_a_prompt_gets_one_bos_and_no_eos():
    tokenizer = tiny_tokenizer()
    assert encode_prompt(tokenizer, "銀行")[0] == 1
    assert encode_prompt(tokenizer, "<s>銀行") == encode_prompt(tokenizer, "銀行")
    assert encode_prompt(tiny_tokenizer(bos=False), "銀行")[0] != 1


def test_an_overlong_prompt_keeps_its_end(loaded: LoadedModel):
    answer = generate(loaded, ["銀行" * 500], max_new_tokens=4)[0]
    assert answer.tokens >= 1
