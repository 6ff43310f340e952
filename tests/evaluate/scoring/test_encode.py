"""From text to ids: nothing is lost, one BOS, what is cut is counted, what cannot be scored is refused."""

# pyright: standard

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.errors import InputError, TekioError
from tekio.evaluate.scoring.encode import Encoder, common_prefix, encode_choices, make_encoder
from tekio.evaluate.scoring.requests import ChoiceRequest

TEXT = st.text(alphabet="金利が上がると債券 価格:\n- は下abc123。👍", min_size=0, max_size=40)


@pytest.fixture(scope="module")
def tokenizer():
    from model.tiny import tiny_tokenizer

    return tiny_tokenizer()


def encoder(tokenizer, length: int = 256, **options) -> Encoder:
    return make_encoder(tokenizer, length, **options)


@given(first=st.lists(st.integers(0, 2), max_size=30), second=st.lists(st.integers(0, 2), max_size=30))
def test_common_prefix_is_the_longest_one(first: list[int], second: list[int]):
    length = common_prefix(first, second)
    assert first[:length] == second[:length]
    assert first[: length + 1] != second[: length + 1] or length == min(len(first), len(second))


@settings(max_examples=60, deadline=None)
@given(prompt=TEXT, choices=st.lists(TEXT.filter(bool), min_size=1, max_size=4))
def test_the_lossless_boundary_feeds_every_character(tokenizer, prompt: str, choices: list[str]):
    [item] = encode_choices([ChoiceRequest("1", prompt, tuple(choices))], encoder(tokenizer))
    for choice, candidate in zip(choices, item.candidates, strict=True):
        assert candidate.ids[0] == tokenizer.bos_token_id
        assert list(candidate.ids[1:]) == tokenizer(prompt + choice, add_special_tokens=False)["input_ids"]
        assert 1 <= candidate.scored < len(candidate.ids)
    heads = {candidate.ids[: len(candidate.ids) - candidate.scored] for candidate in item.candidates}
    assert len(heads) == 1, "all choices are judged on the same context"


def test_a_text_that_brings_its_own_bos_does_not_get_a_second_one(tokenizer):
    [item] = encode_choices([ChoiceRequest("1", "<s>問題:", ("A",))], encoder(tokenizer, bos="always"))
    assert list(item.candidates[0].ids).count(tokenizer.bos_token_id) == 1


def test_bos_policies(tokenizer):
    from model.tiny import tiny_tokenizer

    request = [ChoiceRequest("1", "問題:", ("A",))]
    first = {
        bos: encode_choices(request, encoder(tokenizer, bos=bos))[0].candidates[0].ids[0]
        for bos in ("tokenizer", "never", "always")
    }
    assert first["tokenizer"] == first["always"] == tokenizer.bos_token_id
    assert first["never"] != tokenizer.bos_token_id
    silent = tiny_tokenizer(bos=False)
    assert encode_choices(request, encoder(silent))[0].candidates[0].ids[0] != silent.bos_token_id
    silent.bos_token = None
    with pytest.raises(TekioError, match="no BOS"):
        encoder(silent, bos="always")


@pytest.mark.parametrize("boundary", ["lossless", "lm-eval"])
def test_a_choice_without_context_is_conditioned_on_bos(tokenizer, boundary):
    [item] = encode_choices([ChoiceRequest("1", "", ("abc",))], encoder(tokenizer, boundary=boundary, bos="never"))
    assert item.candidates[0].ids[0] == tokenizer.bos_token_id
    assert item.candidates[0].scored == len(item.candidates[0].ids) - 1


@pytest.mark.parametrize("boundary", ["lossless", "lm-eval"])
def test_long_prompts_are_cut_from_the_left_and_counted(tokenizer, boundary):
    prompt = "当社の売上高は増加した。" * 40 + "答え:"
    request = [ChoiceRequest("1", prompt, ("はい", "いいえです"))]
    whole = encode_choices(request, encoder(tokenizer, 10_000, boundary=boundary))[0]
    cut = encode_choices(request, encoder(tokenizer, 64, boundary=boundary))[0]
    assert whole.truncated == 0
    longest = max(len(candidate.ids) for candidate in whole.candidates)
    assert cut.truncated == longest - 65  # the last token is predicted, never fed
    for before, after in zip(whole.candidates, cut.candidates, strict=True):
        assert len(after.ids) <= 65
        assert after.scored == before.scored
        assert after.ids[-after.scored :] == before.ids[-before.scored :]
    if boundary == "lossless":
        assert {candidate.ids[0] for candidate in cut.candidates} == {tokenizer.bos_token_id}


def test_cut_prompts_keep_the_end_as_lm_eval_does(tokenizer):
    prompt = "当社の売上高は増加した。" * 40
    request = [ChoiceRequest("1", prompt, ("はい",))]
    ids = encode_choices(request, encoder(tokenizer, 10_000, boundary="lm-eval"))[0].candidates[0].ids
    cut = encode_choices(request, encoder(tokenizer, 32, boundary="lm-eval"))[0].candidates[0].ids
    assert cut == ids[-33:]


@pytest.mark.parametrize("boundary", ["lossless", "lm-eval"])
def test_a_choice_that_tokenizes_to_nothing_is_refused_by_name(tokenizer, boundary):
    with pytest.raises(InputError, match="tokenizes to nothing") as caught:
        encode_choices([ChoiceRequest("q7", "問題:", ("A", ""))], encoder(tokenizer, boundary=boundary))
    assert "q7, choice 1" in str(caught.value)


def test_a_choice_longer_than_the_context_is_refused_by_name(tokenizer):
    with pytest.raises(InputError, match="does not fit") as caught:
        encode_choices([ChoiceRequest("q8", "問題:", ("abc" * 100,))], encoder(tokenizer, 16))
    assert "q8, choice 0" in str(caught.value)


@pytest.mark.parametrize("boundary", ["lossless", "lm-eval"])
def test_the_end_of_text_is_scored_where_the_task_wants_it(tokenizer, boundary):
    how = encoder(tokenizer, boundary=boundary)
    plain, ended = encode_choices(
        [
            ChoiceRequest("1", "問: 何色？\n", ("赤", "青い")),
            ChoiceRequest("2", "問: 何色？\n", ("赤", "青い"), end_of_text=True),
        ],
        how,
    )
    for without, candidate in zip(plain.candidates, ended.candidates, strict=True):
        assert candidate.ids == (*without.ids, tokenizer.eos_token_id)
        assert candidate.scored == without.scored + 1


def test_an_item_without_choices_is_refused(tokenizer):
    with pytest.raises(InputError, match="no choices"):
        encode_choices([ChoiceRequest("q9", "問題:", ())], encoder(tokenizer))
