"""Generated answers: lm-eval's own, stop strings, cut prompts, the same whatever the batch."""

# pyright: standard

from pathlib import Path
from typing import Any

import pytest

from evaluate.golden import golden_items, golden_model
from tekio.errors import UsageError
from tekio.evaluate.scoring.encode import make_encoder
from tekio.evaluate.scoring.generation import score_generation
from tekio.evaluate.scoring.requests import GenerationRequest, GenerationScore, Sampling
from tekio.model.load import LoadedModel, load_model


def answers(loaded: LoadedModel, requests: list[GenerationRequest], **options: Any) -> dict[str, GenerationScore]:
    encoder = make_encoder(loaded.tokenizer, options.pop("length", 4096), bos=options.pop("bos", "tokenizer"))
    return {score.item: score for batch in score_generation(loaded, encoder, requests, **options) for score in batch}


@pytest.mark.real
@pytest.mark.parametrize(
    ("folder", "kind", "new_tokens"),
    [
        ("mini-unigram-0.4.9.1", "unigram", 16),
        ("mini-bbpe-0.4.9.1", "bbpe", 16),
        ("extras-unigram-0.4.9.1", "unigram", 24),
    ],
)
def test_greedy_answers_are_those_of_lm_eval(folder: str, kind: str, new_tokens: int):
    model, tokenizer = golden_model(kind)
    ends = tuple({tokenizer.eos_token_id})
    loaded = LoadedModel(model, tokenizer, "cpu", Path(), None, ends, 4096)
    items = golden_items(folder)["generate"]
    requests = [GenerationRequest(str(item["doc_id"]), item["context"], new_tokens, ("\n",)) for item in items]
    found = answers(loaded, requests, bos="never")
    for item in items:
        wanted = item["text"] if "text" in item else item["output"][0]
        assert found[str(item["doc_id"])].text.strip() == wanted.strip()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    from model.tiny import save_tiny

    return load_model(save_tiny(tmp_path_factory.mktemp("tiny")), device="cpu")


def asked(count: int, **options: Any) -> list[GenerationRequest]:
    return [GenerationRequest(str(n), "当社の売上高は" * (n + 1), 6, **options) for n in range(count)]


def test_the_batch_does_not_matter(tiny: LoadedModel):
    requests = asked(6)
    one_by_one = {name: score.text for name, score in answers(tiny, requests, batch_tokens=1).items()}
    together = {name: score.text for name, score in answers(tiny, requests, batch_tokens=4096).items()}
    assert one_by_one == together


def test_an_answer_ends_before_a_stop_string(tiny: LoadedModel):
    whole = answers(tiny, asked(1))["0"].text
    stop = whole[2:4]
    found = answers(tiny, asked(1, stop=(stop,)))["0"]
    assert found.text == whole[: whole.index(stop)]
    assert found.finish == "stop"


def test_prompts_that_leave_no_room_are_cut_and_counted(tiny: LoadedModel):
    found = answers(tiny, asked(12), length=40)
    tokens = [len(tiny.tokenizer(request.prompt)["input_ids"]) for request in asked(12)]
    assert [found[str(n)].truncated for n in range(12)] == [max(0, count - 34) for count in tokens]
    assert max(tokens) > 34 > min(tokens)


def test_an_answer_that_takes_the_whole_context_is_refused(tiny: LoadedModel):
    with pytest.raises(UsageError, match="leaves no room for the prompt"):
        answers(tiny, asked(1), length=6)


def test_sampling_is_repeatable_and_depends_on_its_seed(tiny: LoadedModel):
    def texts(seed: int) -> list[str]:
        found = answers(tiny, asked(4, sampling=Sampling(temperature=1.0, seed=seed)))
        return [found[str(n)].text for n in range(4)]

    assert texts(1) == texts(1)
    assert texts(1) != texts(2)


def test_a_prompt_that_opens_the_reasoning_leaves_no_answer_when_it_is_cut_off(tiny: LoadedModel):
    whole = answers(tiny, asked(1))["0"].text
    opened = [GenerationRequest("0", "当社の売上高は<think>\n", 6, (whole[2:4],))]
    found = answers(tiny, opened)["0"]
    assert (found.text, found.finish) == ("", "length")
    assert found.reasoning
