"""What stands in results.json: verdicts, corrections, intervals, forgetting, prompt spread."""

import dataclasses
import json
import math

import numpy as np
import pytest

from evaluate.choices import answered, choice_task
from tekio.artifacts.model import parse
from tekio.artifacts.results import EvaluatedModel, Results
from tekio.errors import UsageError
from tekio.evaluate.results.build import Scored, Settings, forgetting, results, task_entry
from tekio.evaluate.results.comparisons import Rules
from tekio.evaluate.results.item_rows import item_rows
from tekio.evaluate.results.summary import summary_lines
from tekio.evaluate.scoring.requests import RollingRequest, RollingScore
from tekio.evaluate.tasks.build import BuiltTask
from tekio.evaluate.tasks.items import Item
from tekio.evaluate.tasks.schema import TaskSpec
from tekio.statistics.corrections import holm
from tekio.statistics.intervals import wilson

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
    return results([task_entry(Scored(built, {**models, **scores}), [], rules)], rules).plain()


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
    p_values = [entry.comparisons[0].p for entry in entries]
    found = results(entries, RULES).plain()
    adjusted = [entry["comparisons"][0]["p_adjusted"] for entry in found["tasks"]]
    assert found["compared"] == 4
    assert adjusted == pytest.approx(holm(p_values))
    assert adjusted != p_values


def test_scores_carry_n_interval_and_method():
    entry = compared(exam(), 80, 90)["tasks"][0]
    score = entry["scores"]["base"]["metrics"]["acc"]
    interval = wilson(80, 200)
    assert score == {
        "value": 0.4,
        "low": pytest.approx(interval.low),
        "high": pytest.approx(interval.high),
        "n": 200,
        "method": "Wilson",
        "unit": "share",
        "higher_is_better": True,
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


def with_bad_value(built, bad: float, count: int = 1):
    """A model that answers like any other, and gives `bad` in the last `count` items."""
    scores = answered(built, right_on(built, 90, 5))
    broken = [dataclasses.replace(score, loglikelihoods=(-1.0, bad, -2.0, -3.0)) for score in scores[-count:]]
    return [*scores[:-count], *broken]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("count", [1, 200])
def test_a_model_that_gives_nan_has_no_score_and_the_others_are_judged_as_without_it(bad, count):
    """From one item on: no value, no interval, no p, no verdict; and it is not counted among the comparisons."""
    built = exam()
    found = compared(built, 80, 130, broken=with_bad_value(built, bad, count))
    entry = found["tasks"][0]
    score, good = entry["scores"]["broken"], entry["scores"]["tuned"]
    assert score["not_finite"] == count
    assert good["not_finite"] == 0
    assert f"{count} of 200 items gave NaN or infinity" in score["degenerate"]
    assert {(metric["value"], metric["low"], metric["high"]) for metric in score["metrics"].values()} == {(None,) * 3}
    assert entry["templates"]["default"]["broken"] is None
    good_one, bad_one = entry["comparisons"]
    assert bad_one["not_comparable"] == "not finite"
    assert bad_one["verdict"] == "cannot tell"
    for name in ("difference", "p", "p_adjusted", "low", "high", "minimum_detectable", "wins"):
        assert bad_one[name] is None
    assert found["compared"] == 1
    assert good_one == compared(built, 80, 130)["tasks"][0]["comparisons"][0]
    json.dumps(found, allow_nan=False)
    rows = [row.plain() for row in item_rows(built, with_bad_value(built, bad, count))]
    json.dumps(rows, allow_nan=False)
    assert (rows[-1]["prediction"], rows[-1]["correct"]) == (None, False)
    assert all(
        "NaN" not in line and "nan" not in line
        for line in summary_lines(Results.model_validate(found), "en")
        if "gave NaN" not in line
    )


@pytest.mark.parametrize("group", ["finance", "general"])
def test_nothing_can_be_compared_with_a_reference_that_gives_nan(group):
    built = exam(group=group)
    models = {"base": with_bad_value(built, math.nan), "tuned": answered(built, right_on(built, 90, 2))}
    found = results([task_entry(Scored(built, models), [], RULES)], RULES).plain()
    assert [item["verdict"] for item in found["tasks"][0]["comparisons"]] == ["cannot tell"]
    assert found["tasks"][0]["scores"]["tuned"]["metrics"]["acc"]["value"] == 0.45
    assert found["forgetting"]["verdict"] == ({"tuned": "undecided"} if group == "general" else {})
    json.dumps(found, allow_nan=False)


def test_a_text_without_a_likelihood_is_no_text_without_bits():
    built = perplexity_task(30, "general")
    scores = text_scores(30, 3.0)
    models = {"base": text_scores(30, 3.1), "tuned": [*scores[:-1], dataclasses.replace(scores[-1], nats=math.nan)]}
    found = results([task_entry(Scored(built, models), [], RULES)], RULES).plain()
    entry = found["tasks"][0]
    assert entry["comparisons"][0]["p"] is None
    assert entry["scores"]["tuned"]["not_finite"] == 1
    assert found["forgetting"]["verdict"] == {"tuned": "undecided"}
    assert found["forgetting"]["tested"] == 0
    json.dumps([row.plain() for row in item_rows(built, models["tuned"])], allow_nan=False)


UNSURE = ("low", "high", "p", "p_adjusted", "error", "minimum_detectable", "minimum_detectable_corrected")
CLASS_METRICS = ("quadratic_kappa", "mcc", "auc", "f1", "macro_f1", "macro_f1_without_neutral")


@pytest.mark.parametrize("group", ["finance", "general"])
@pytest.mark.parametrize("name", ["acc", "map", "mae", "acc_without_neutral", *CLASS_METRICS])
def test_one_item_has_no_interval_and_no_detectable_difference(name, group):
    built, other = (
        choice_task([0], ("no", "yes"), labels=True, metrics=(name,), group=group, template=template)
        for template in ("default", "other")
    )
    models = {"base": answered(built, [1]), "tuned": answered(built, [0])}
    found = results([task_entry(Scored(built, models), [Scored(other, models)], RULES)], RULES)
    entry = found.plain()["tasks"][0]
    comparison = entry["comparisons"][0]
    assert {comparison[key] for key in UNSURE} == {None}
    assert comparison["verdict"] == "cannot tell"
    assert comparison["not_comparable"] == ("undefined" if name in CLASS_METRICS else None)
    for score in entry["scores"].values():
        assert all(metric["low"] is metric["high"] is None for metric in score["metrics"].values())
        assert (score["metrics"][name]["value"] is None) == (name in CLASS_METRICS)
    assert {one["optimism"] for one in entry["selection"].values()} == {None}
    assert {one["corrected"] for one in entry["selection"].values()} == {None}
    assert found.forgetting is not None
    assert set(found.forgetting.verdict.values()) == ({"undecided"} if group == "general" else set())
    for losses in found.forgetting.losses.values():
        assert [(one.low, one.high, one.p_adjusted, one.minimum_detectable) for one in losses] == [(None,) * 4]
    assert not any("[" in line for line in summary_lines(found, "en"))
    json.dumps(found.plain(), allow_nan=False)


def test_one_item_that_counts_among_many_is_one_item():
    built = choice_task([0, -1, -1, -1], choices=("no", "yes"), labels=True, metrics=("acc_without_neutral",))
    models = {"base": answered(built, [1, 0, 0, 0]), "tuned": answered(built, [0, 0, 0, 0])}
    entry = results([task_entry(Scored(built, models), [], RULES)], RULES).plain()["tasks"][0]
    assert {entry["comparisons"][0][key] for key in UNSURE} == {None}
    assert entry["comparisons"][0]["n"] == 1


def test_models_that_never_differ_show_no_detectable_difference():
    built = exam(50, metrics=("map",))
    models = {"base": answered(built, [0] * 50), "tuned": answered(built, [0] * 50)}
    entry = results([task_entry(Scored(built, models), [], RULES)], RULES).plain()["tasks"][0]
    assert entry["comparisons"][0]["minimum_detectable"] is None


@pytest.mark.parametrize(
    ("name", "expected"), [("quadratic_kappa", (1, 1, 2)), ("mcc", (1, 1, 2)), ("macro_f1", (1, 1, 2)), ("auc", None)]
)
def test_items_won_are_counted_by_item_or_not_at_all(name, expected):
    built = choice_task([0, 1, 0, 1], choices=("no", "yes"), labels=True, metrics=(name,))
    models = {"base": answered(built, [0, 0, 0, 1]), "tuned": answered(built, [1, 1, 0, 1])}
    found = results([task_entry(Scored(built, models), [], RULES)], RULES).plain()["tasks"][0]["comparisons"][0]
    assert (found["wins"], found["losses"], found["ties"]) == (expected or (None, None, None))


def test_equal_work_gives_equal_files():
    assert json.dumps(compared(exam(), 80, 90)) == json.dumps(compared(exam(), 80, 90))


def test_scores_of_other_items_are_refused():
    built = exam(20)
    with pytest.raises(UsageError, match="not those of task exam"):
        task_entry(Scored(built, {"base": answered(built, [0] * 20)[:-1]}), [], RULES)


def test_item_rows_say_what_was_asked_and_answered():
    built = exam(4)
    row = next(iter(item_rows(built, answered(built, [1, 1, 2, 3])))).plain()
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
        entry = task_entry(versions[0], versions[1:], Rules(reference="base", resamples=100)).plain()
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
    found = results([task_entry(scored, [], RULES)], Rules(reference="base", margin=2.0)).plain()
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
    models = {
        label: parse(EvaluatedModel, {"tokenizer_sha256": name}, older=True)
        for label, name in (("base", "one"), ("tuned", tokenizer))
    }
    found = results([task_entry(scored, [], RULES)], RULES, Settings(models=models)).plain()
    comparison = found["tasks"][0]["comparisons"][0]
    assert (comparison["verdict"] == "improved") is compared
    assert comparison.get("not_comparable") == (None if compared else "different tokenizers")
    assert found["compared"] == int(compared)


def test_one_general_text_decides_nothing():
    """It has no interval, and an interval of no width must not pass for certainty."""
    built = perplexity_task(1, "general")
    found = results(
        [task_entry(Scored(built, {"base": text_scores(1, 3.0), "tuned": text_scores(1, 3.0)}), [], RULES)], RULES
    ).plain()
    assert found["forgetting"]["verdict"] == {"tuned": "undecided"}


def test_a_small_general_test_decides_nothing_and_says_what_it_could_not_have_seen():
    found = compared(exam(60, group="general"), 30, 29)
    assert found["forgetting"]["verdict"] == {"tuned": "undecided"}
    assert found["forgetting"]["declared"] is False
    assert found["forgetting"]["losses"]["tuned"][0]["minimum_detectable"] > 10


def test_a_large_general_test_keeps_or_loses():
    lost = compared(exam(1200, group="general"), 900, 700)
    assert lost["forgetting"]["verdict"] == {"tuned": "lost"}
    built = exam(1200, group="general")
    same = answered(built, right_on(built, 900, 1))
    kept = results([task_entry(Scored(built, {"base": same, "tuned": same}), [], RULES)], RULES).plain()
    assert kept["forgetting"]["verdict"] == {"tuned": "kept"}


def test_a_constant_answer_has_nothing_to_lose_and_keeps_nothing():
    built = exam(1200, group="general")
    constant, able = answered(built, [0] * 1200), answered(built, right_on(built, 305, 1))
    for base, tuned in ((constant, constant), (constant, answered(built, right_on(built, 200, 2))), (able, constant)):
        entry = task_entry(Scored(built, {"base": base, "tuned": tuned}), [], RULES)
        found = results([entry], RULES).plain()["forgetting"]
        assert found["verdict"] == {"tuned": "undecided"}


def general_run(rng, tasks: int, items: int, loss: float, discordant: float = 0.2):
    """Forgetting over `tasks` general tasks of which every one truly lost `loss`."""
    built = exam(items, group="general")
    entries = []
    for _ in range(tasks):
        draws = rng.choice(3, size=items, p=[(discordant - loss) / 2, (discordant + loss) / 2, 1 - discordant])
        base = np.where(draws == 0, 0, np.where(draws == 1, 1, rng.integers(0, 2, items)))
        tuned = np.where(draws == 0, 1, np.where(draws == 1, 0, base))
        golds = np.array([int(item.gold or 0) for item in built.items])
        models = {
            label: answered(
                built, [int(gold if right else (gold + 1) % 4) for gold, right in zip(golds, row, strict=True)]
            )
            for label, row in (("base", base), ("tuned", tuned))
        }
        entries.append(task_entry(Scored(built, models), [], RULES))
    return results(entries, RULES).plain()["forgetting"]


def test_where_nothing_was_lost_a_run_seldom_says_so():
    """Five tasks of 200: at most 5 % of such runs (uncorrected: 11 %)."""
    rng = np.random.default_rng(3)
    alarms = sum(general_run(rng, 5, 200, 0.0)["verdict"]["tuned"] == "lost" for _ in range(30))
    assert alarms <= 5  # past the 99 % point of Binomial(30, 0.05); benchmarks/error_rates.py counts with more runs


def test_a_loss_in_every_task_is_seen():
    rng = np.random.default_rng(4)
    assert general_run(rng, 5, 400, 0.12)["verdict"] == {"tuned": "lost"}


def test_finance_tasks_do_not_count_as_forgetting():
    assert compared(exam(), 130, 80)["forgetting"]["verdict"] == {}
    assert forgetting([], RULES).losses == {}


def test_documents_with_items_that_do_not_count_have_an_interval_too():
    """chABSA: neutral items count in one accuracy and not in the other."""
    built = choice_task(
        [0, 1, -1, 1] * 50,
        ("positive", "negative"),
        labels=True,
        metrics=("acc_without_neutral", "acc"),
        clusters=[str(number // 10) for number in range(200)],
    )
    entry = task_entry(
        Scored(built, {"base": answered(built, [0, 0, 0, 1] * 50)}), [], Rules("base", resamples=200)
    ).plain()
    without = entry["scores"]["base"]["metrics"]["acc_without_neutral"]
    assert without["value"] == pytest.approx(2 / 3)
    assert without["low"] < 2 / 3 < without["high"]
    assert without["n"] == 150
