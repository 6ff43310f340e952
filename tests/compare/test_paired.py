"""Measures of two models' answers beside scipy's tests of the same pairs."""

import numpy as np
import pytest
from scipy.stats import permutation_test

from tekio.artifacts.answers import Answer, Found
from tekio.compare.paired import measure_tests


def answer(characters: int, refused: bool = False, copied: int | None = None) -> Answer:
    return Answer(
        text="あ" * characters, tokens=1, finish="eos", characters=characters, japanese_share=1.0, repetition=0.0, overlap=None,
        ungrounded=None, copied=copied, copied_from=None, conduct=None,
        refusal=Found(kind="refusal", text="", start=0, end=0) if refused else None,
    )  # fmt: skip


def test_the_test_is_the_paired_permutation_of_scipy():
    rng = np.random.default_rng(5)
    before = rng.integers(20, 90, 12)
    after = before + rng.integers(-10, 25, 12)
    answers = {"base": [answer(int(n)) for n in before], "tuned": [answer(int(n)) for n in after]}
    [found] = [item for item in measure_tests([str(n) for n in range(12)], answers, 17) if item.measure == "characters"]
    exact = permutation_test(
        (after, before), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=10**6, vectorized=False
    )
    assert found.p == pytest.approx(exact.pvalue, abs=0.02)
    assert found.after - found.before == pytest.approx(float(np.mean(after - before)), abs=1e-3)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.after - found.before < found.high


def test_several_answers_to_a_prompt_are_one_observation():
    answers = {"base": [answer(10)] * 12, "tuned": [answer(14), answer(18)] * 6}
    prompts = [str(number // 2) for number in range(12)]
    [found] = [item for item in measure_tests(prompts, answers, 17) if item.measure == "characters"]
    assert (found.n, found.before, found.after) == (6, 10, 16)


def test_every_test_of_the_file_is_corrected_together_and_what_is_the_same_is_not_told():
    answers = {
        "base": [answer(10)] * 20,
        "tuned": [answer(30, refused=True)] * 20,
        "same": [answer(10)] * 20,
    }
    found = {(item.measure, item.model): item for item in measure_tests([str(n) for n in range(20)], answers, 17)}
    assert {measure for measure, _ in found} == {"characters", "ungrounded", "refused", "conduct"}  # no training text
    assert found["characters", "tuned"].word == "more"
    assert found["refused", "tuned"].word == "more"
    assert found["characters", "same"].word == "cannot tell"
    told = found["characters", "tuned"]
    assert told.p is not None
    assert told.p_adjusted == pytest.approx(min(1, 8 * told.p), rel=1e-6)
