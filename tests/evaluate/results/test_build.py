"""What stands in results.json: verdicts, corrections, intervals, forgetting, prompt spread."""

import dataclasses
import json
import math

import numpy as np
import pytest

from evaluate.choices import answered, choice_task, raw_scores
from tekio.errors import UsageError
from tekio.evaluate.results.build import Rules, Scored, forgetting, item_rows, results, task_entry
from tekio.evaluate.scoring.requests import RollingRequest, RollingScore
from tekio.evaluate.tasks.build import BuiltTask
from tekio.evaluate.tasks.items import Item
from tekio.evaluate.tasks.schema import TaskSpec
from tekio.statistics import paired

RULES = Rules(reference="base", resamples=500)


def right_on(built, right: int, seed: int = 0) -> list[int]:
    """Predictions that are right on `right` items, spread over the test by a seed."""
    order = np.random.default_rng(seed).permutation(len(built.items))
    chosen = set(order[:right].tolist())
    golds = [int(item.gold) for item in built.items]
    return [gold if n in chosen else (gold + 1) % 4 for n, gold in enumerate(golds)]


def exam(n=200, **options):
    return choice_task([number % 4 for number in range(n)], **options)


def compared(built, base: int, tuned: int, rules: Rules = RULES, **scores):
    models = {"base": answered(built, right_on(built, base, 1)), "tuned": answered(built, right_on(built, tuned, 2))}
    return results([task_entry(Scored(built, {**models, **scores}), [], rules)], rules)


def test_a_clear_gain_is_improved_and_a_small_one_cannot_be_told():
    clear = compared(exam(), 80, 130)["tasks"][0]["comparisons"][0]
    small = compared(exam(), 80, 84)["tasks"][0]["comparisons"][0]
    assert (clear["verdict"], clear["difference"], clear["test"]) == ("improved", 0.25, "McNemar exact")
    assert clear["low"] > 0
    assert small["verdict"] == "cannot tell"
    assert small["low"] < 0 < small["high"]
    assert small["minimum_detectable"] > abs(small["difference"])
    assert small["wins"] + small["losses"] + small["ties"] == 200


def test_holm_counts_every_comparison_looked_at():
    entries = [
        task_entry(
            Scored(
                exam(name=f"exam{number}"),
                {
                    label: answered(exam(), right_on(exam(), 80 + 10 * number * (label == "tuned"), 3))
                    for label in ("base", "tuned")
                },
            ),
            [],
            RULES,
        )
        for number in range(4)
    ]
    p_values = [entry["comparisons"][0]["p"] for entry in entries]
    found = results(entries, RULES)
    adjusted = [entry["comparisons"][0]["p_adjusted"] for entry in found["tasks"]]
    assert found["compared"] == 4
    assert adjusted == pytest.approx(paired.holm(p_values))
    assert adjusted != p_values


def test_scores_carry_n_interval_and_method():
    entry = compared(exam(), 80, 90)["tasks"][0]
    score = entry["scores"]["base"]["metrics"]["acc"]
    interval = paired.wilson(80, 200)
    assert score == {
        "value": 0.4,
        "low": pytest.approx(interval.low),
        "high": pytest.approx(interval.high),
        "n": 200,
        "method": "Wilson",
    }
    assert entry["prompt_hash"] == exam().prompt_hash
    assert entry["baselines"]["constant:A"]["acc"] == 0.25


def test_items_of_one_document_are_resampled_together():
    clusters = [str(number // 10) for number in range(200)]
    entry = compared(exam(clusters=clusters), 80, 90)["tasks"][0]
    assert entry["scores"]["base"]["metrics"]["acc"]["method"] == "Wilson, cluster-robust, 20 clusters"
    assert entry["comparisons"][0]["test"] == "paired permutation of 20 clusters"


def test_a_model_that_always_gives_one_answer_is_marked():
    found = compared(exam(), 80, 90, constant=answered(exam(), [2] * 200))
    scores = found["tasks"][0]["scores"]
    assert scores["constant"]["degenerate"] == "the answer is always C"
    assert scores["base"]["degenerate"] is None


def test_nan_does_not_break_the_file():
    found = compared(exam(), 80, 90, broken=raw_scores([[math.nan] * 4] * 200))
    assert "NaN" in found["tasks"][0]["scores"]["broken"]["degenerate"]
    json.dumps(found, allow_nan=False)
    rows = list(item_rows(exam(), raw_scores([[math.nan] * 4] * 200)))
    json.dumps(rows, allow_nan=False)


def test_equal_work_gives_equal_files():
    assert json.dumps(compared(exam(), 80, 90)) == json.dumps(compared(exam(), 80, 90))


def test_scores_of_other_items_are_refused():
    built = exam(20)
    with pytest.raises(UsageError, match="not those of task exam"):
        task_entry(Scored(built, {"base": answered(built, [0] * 20)[:-1]}), [], RULES)


def test_item_rows_say_what_was_asked_and_answered():
    built = exam(4)
    row = next(iter(item_rows(built, answered(built, [1, 1, 2, 3]))))
    assert row["item"] == "0"
    assert row["prompt"] == "question 0"
    assert (row["prediction"], row["gold"], row["correct"]) == (1, 0, False)
    assert len(row["loglikelihoods"]) == len(row["choices"]) == 4


# --- prompt spread -------------------------------------------------------------------------------------------------


def test_best_of_k_is_shown_as_selection_with_its_optimism():
    """Nine templates of one quality: the best looks better than it is, and the optimism says by how much."""
    n, k = 40, 9
    rng = np.random.default_rng(3)
    gains, estimates = [], []
    for _ in range(60):
        versions = []
        for number in range(k):
            built = exam(n, template=f"t{number}")
            right = rng.random(n) < 0.3
            golds = [int(item.gold or 0) for item in built.items]
            predicted = [gold if hit else (gold + 1) % 4 for gold, hit in zip(golds, right, strict=True)]
            versions.append(Scored(built, {"base": answered(built, predicted)}))
        entry = task_entry(versions[0], versions[1:], Rules(reference="base", resamples=100))
        selection = entry["selection"]["base"]
        assert selection["registered"] == "t0"
        assert set(entry["templates"]) == {f"t{number}" for number in range(k)}
        gains.append(selection["best_value"] - 0.3)
        estimates.append(selection["optimism"])
    assert np.mean(gains) > 0.08  # what choosing on the test set pretends
    assert np.mean(estimates) == pytest.approx(np.mean(gains), rel=0.45)


# --- forgetting ----------------------------------------------------------------------------------------------------


def perplexity_task(n: int, group: str) -> BuiltTask:
    spec = TaskSpec(name=f"perplexity:{group}", kind="perplexity", license="CC0")
    items = tuple(Item(str(number), {"text": "字" * 100}, (), None, (), str(number)) for number in range(n))
    requests = tuple(RollingRequest(item.id, "字" * 100) for item in items)
    return BuiltTask(spec, "default", "plain", 0, 1, "pool", items, requests, (), n, "0", group)


def text_scores(n: int, bits: float, seed: int = 5):
    noise = np.random.default_rng(seed).normal(0, 0.02, n)
    return [RollingScore(str(k), (bits + noise[k]) * 100 * math.log(2), 60, 100, 300, 1) for k in range(n)]


@pytest.mark.parametrize(("tuned", "word"), [(3.0, "kept"), (3.3, "lost"), (2.9, "kept")])
def test_forgetting_on_text_is_measured_in_per_cent(tuned, word):
    built = perplexity_task(50, "general")
    scored = Scored(built, {"base": text_scores(50, 3.0), "tuned": text_scores(50, tuned, 6)})
    found = results([task_entry(scored, [], RULES)], Rules(reference="base", margin=2.0))
    assert found["forgetting"]["verdict"] == {"tuned": word}
    loss = found["forgetting"]["losses"]["tuned"][0]
    assert loss["loss"] == pytest.approx((tuned / 3 - 1) * 100, abs=0.4)
    assert loss["unit"] == "per cent"


@pytest.mark.parametrize(("tokenizer", "compared"), [("one", True), ("two", False)])
def test_loss_per_token_is_not_compared_between_tokenizers(tokenizer, compared):
    built = perplexity_task(50, "general")
    spec = built.spec.model_copy(update={"metrics": ["macro_perplexity", "bits_per_character"], "headline": ""})
    built = dataclasses.replace(built, spec=spec)
    scored = Scored(built, {"base": text_scores(50, 3.0), "tuned": text_scores(50, 2.0, 6)})
    models = {"base": {"tokenizer_sha256": "one"}, "tuned": {"tokenizer_sha256": tokenizer}}
    found = results([task_entry(scored, [], RULES)], RULES, models=models)
    comparison = found["tasks"][0]["comparisons"][0]
    assert (comparison["verdict"] == "improved") is compared
    assert comparison.get("not_comparable") == (None if compared else "different tokenizers")
    assert found["compared"] == int(compared)


def test_one_general_text_cannot_tell():
    """It has no interval, and an interval of no width must not pass for certainty."""
    built = perplexity_task(1, "general")
    found = results(
        [task_entry(Scored(built, {"base": text_scores(1, 3.0), "tuned": text_scores(1, 3.0)}), [], RULES)], RULES
    )
    assert found["forgetting"]["verdict"] == {"tuned": "cannot tell"}


def test_a_small_general_test_cannot_tell():
    found = compared(exam(60, group="general"), 30, 29)
    assert found["forgetting"]["verdict"] == {"tuned": "cannot tell"}
    assert found["forgetting"]["declared"] is False


def test_a_large_general_test_keeps_or_loses():
    lost = compared(exam(1200, group="general"), 900, 700)
    assert lost["forgetting"]["verdict"] == {"tuned": "lost"}
    built = exam(1200, group="general")
    same = answered(built, right_on(built, 900, 1))
    kept = results([task_entry(Scored(built, {"base": same, "tuned": same}), [], RULES)], RULES)
    assert kept["forgetting"]["verdict"] == {"tuned": "kept"}


def test_finance_tasks_do_not_count_as_forgetting():
    assert compared(exam(), 130, 80)["forgetting"]["verdict"] == {}
    assert forgetting([], RULES)["losses"] == {}


def test_documents_with_items_that_do_not_count_have_an_interval_too():
    """chABSA: neutral items count in one accuracy and not in the other."""
    built = choice_task(
        [0, 1, -1, 1] * 50,
        ("positive", "negative"),
        labels=True,
        metrics=("acc_without_neutral", "acc"),
        clusters=[str(number // 10) for number in range(200)],
    )
    entry = task_entry(Scored(built, {"base": answered(built, [0, 0, 0, 1] * 50)}), [], Rules("base", resamples=200))
    without = entry["scores"]["base"]["metrics"]["acc_without_neutral"]
    assert without["value"] == pytest.approx(2 / 3)
    assert without["low"] < 2 / 3 < without["high"]
    assert without["n"] == 150
