"""Metrics against sklearn, against what lm-eval computed, and against published constant answers."""

import dataclasses
import json
import lzma
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from evaluate.choices import answered, choice_task, raw_scores
from realdata import need_golden, need_real_data
from tekio.errors import UsageError
from tekio.evaluate.results.degenerate import agreement_z, baselines, constant_scores, why_degenerate
from tekio.evaluate.results.metrics import measures, predictions
from tekio.evaluate.results.read_answer import character_f1, set_f1
from tekio.evaluate.scoring.requests import ChoiceScore, RollingRequest, RollingScore
from tekio.evaluate.tasks import load_task
from tekio.evaluate.tasks.build import BuiltTask
from tekio.evaluate.tasks.items import Item
from tekio.evaluate.tasks.schema import TaskSpec


def observed(built, scores):
    return {name: measure.observed for name, measure in measures(built, scores).items()}


def test_ties_go_to_the_first_choice_in_acc_and_to_the_last_in_map():
    built = choice_task([0, 3], metrics=["acc", "map", "map_2"])
    values = observed(built, raw_scores([[0.0] * 4, [0.0] * 4]))
    assert values == {"acc": 0.5, "map": (1 / 4 + 1) / 2, "map_2": 0.5}


def test_nan_is_chosen_first_and_ranks_first():
    nan = math.nan
    built = choice_task([1, 1], metrics=["acc", "map"])
    values = observed(built, raw_scores([[-1.0, nan, -2.0, nan], [nan] * 4]))
    assert values["acc"] == 0.5  # argmax takes the first NaN; where all are NaN, option 0
    assert values["map"] == (1 / 2 + 1 / 3) / 2  # argsort reversed: the last NaN first


LIKELIHOOD = st.one_of(st.sampled_from([-1.0, -2.0, -math.inf, math.nan]), st.floats(-50, 0))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(LIKELIHOOD, min_size=2, max_size=6), min_size=1, max_size=5), st.data())
def test_ranks_are_those_of_a_reversed_argsort(rows, data):
    """Items with different numbers of choices, ties, NaN and -inf, against numpy's sort."""
    golds = [data.draw(st.integers(0, len(row) - 1)) for row in rows]
    built = choice_task(golds, choices=tuple("ABCDEF"), metrics=["map", "map_2", "acc"])
    built = dataclasses.replace(built, choices=tuple(tuple("ABCDEF")[: len(row)] for row in rows))
    ranks = [
        int(np.flatnonzero(np.argsort(row, kind="stable")[::-1] == gold)[0]) + 1
        for row, gold in zip(rows, golds, strict=True)
    ]
    found = measures(built, raw_scores(rows))
    assert found["map"].rows[:, 0].tolist() == [1 / rank for rank in ranks]
    assert found["map_2"].rows[:, 0].tolist() == [1 / rank if rank <= 2 else 0 for rank in ranks]
    chosen = [float(int(np.argmax(row)) == gold) for row, gold in zip(rows, golds, strict=True)]
    assert found["acc"].rows[:, 0].tolist() == chosen


def test_acc_norm_divides_by_the_characters_of_the_choice():
    built = choice_task([0], choices=("短い", "とても長い選択肢"), metrics=["acc", "acc_norm"])
    values = observed(built, raw_scores([[-4.0, -5.0]]))
    assert values == {"acc": 1.0, "acc_norm": 0.0}


# its annotation of zero_division is wrong
f1_score: Any = sklearn_metrics.f1_score


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 1), st.integers(0, 1)), min_size=1, max_size=60))
def test_f1_equals_sklearn(pairs):
    gold, predicted = [list(column) for column in zip(*pairs, strict=True)]
    built = choice_task(
        gold,
        choices=("positive", "negative"),
        labels=True,
        metrics=["f1", "macro_f1", "macro_f1_without_neutral", "acc", "acc_without_neutral"],
    )
    values = observed(built, answered(built, predicted))
    if len(set(gold)) > 1:
        published = f1_score([-100 if one < 0 else one for one in gold], predicted, average="macro", zero_division=0)
        assert values["f1"] == pytest.approx(1.5 * published)
        both = f1_score(gold, predicted, labels=[0, 1], average="macro", zero_division=0)
        assert values["macro_f1"] == pytest.approx(both)
    else:
        assert math.isnan(values["f1"])
        assert math.isnan(values["macro_f1"])
    real = [(one, two) for one, two in pairs if one >= 0]
    if real:
        first, second = zip(*real, strict=True)
        assert values["acc_without_neutral"] == pytest.approx(np.mean(np.equal(first, second)))
        expected = f1_score(first, second, labels=[0, 1], average="macro", zero_division=0)
        found = values["macro_f1_without_neutral"]
        assert found == pytest.approx(expected) if len(set(first)) > 1 else math.isnan(found)
    else:
        assert math.isnan(values["acc_without_neutral"])
        assert math.isnan(values["macro_f1_without_neutral"])


CLASS_METRICS = ["quadratic_kappa", "mcc", "auc", "f1", "macro_f1", "macro_f1_without_neutral"]


@pytest.mark.parametrize("golds", [[0], [1], [0, 0, 0], [1, 1, 1, 1]])
@pytest.mark.parametrize("name", CLASS_METRICS)
def test_what_compares_classes_is_undefined_where_all_golds_are_one(name, golds):
    built = choice_task(golds, choices=("no", "yes"), labels=True, metrics=[name])
    for predicted in ([0] * len(golds), [1] * len(golds), [number % 2 for number in range(len(golds))]):
        found = measures(built, answered(built, predicted))[name]
        assert math.isnan(found.observed)
    assert {values[name] for values in baselines(built).values()} == {None}


def test_a_metric_over_the_items_without_neutral_is_undefined_where_all_are():
    built = choice_task([-1, -1], choices=("no", "yes"), labels=True, metrics=["acc_without_neutral"])
    assert math.isnan(observed(built, answered(built, [0, 1]))["acc_without_neutral"])


@pytest.mark.parametrize("name", ["bits_per_character", "bits_per_byte", "token_perplexity", "macro_perplexity"])
def test_a_loss_over_no_text_is_undefined(name):
    built = text_task(["", ""])
    built = dataclasses.replace(built, spec=built.spec.model_copy(update={"metrics": [name]}))
    scores = [RollingScore("0", 0.0, 0, 0, 0, 1), RollingScore("1", 0.0, 0, 0, 0, 1)]
    assert math.isnan(observed(built, scores)[name])


def test_a_metric_that_does_not_exist_is_named():
    built = choice_task([0], metrics=["accuracy"])
    with pytest.raises(UsageError, match="no metric `accuracy`"):
        measures(built, answered(built, [0]))


def text_task(texts: list[str]) -> BuiltTask:
    spec = TaskSpec(name="perplexity:finance", kind="perplexity", license="CC0")
    items = tuple(Item(str(n), {"text": text}, (), None, (), str(n)) for n, text in enumerate(texts))
    requests = tuple(RollingRequest(item.id, item.fields["text"]) for item in items)
    return BuiltTask(spec, "default", "plain", 0, 1, "pool", items, requests, (), len(items), "0", "finance")


def test_bits_per_character_weigh_documents_by_their_length():
    built = text_task(["円" * 10, "円" * 90])
    scores = [RollingScore("0", 10 * math.log(2) * 4, 5, 10, 30, 1), RollingScore("1", 90 * math.log(2), 9, 90, 270, 1)]
    values = observed(built, scores)
    assert values["bits_per_character"] == pytest.approx((40 + 90) / 100)
    assert values["bits_per_byte"] == pytest.approx((40 + 90) / 300)
    # the papers' perplexity weighs every document alike
    assert values["macro_perplexity"] == pytest.approx(math.exp((40 / 5 + 90 / 9) / 2 * math.log(2)))


def test_character_f1_is_that_of_shared_characters():
    assert character_f1("日本銀行", "日本銀行") == 1
    assert character_f1("日本", "日本銀行") == pytest.approx(2 * 1 * 0.5 / 1.5)
    assert character_f1("", "日本") == 0


@pytest.mark.parametrize("f1", [character_f1, set_f1])
def test_nothing_said_where_nothing_is_to_be_said_is_right(f1):
    assert f1("", "") == f1(" \n", "") == 1
    assert f1("日本", "") == f1("", "日本") == 0


# --- against lm-eval -----------------------------------------------------------------------------------------------


def golden_rows(folder: str) -> dict[str, list[dict]]:
    by_task: dict[str, list[dict]] = {}
    with lzma.open(need_golden(folder, "items.jsonl.xz"), "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            by_task.setdefault(row["task"], []).append(row)
    return {task: sorted(rows, key=lambda row: row["doc_id"]) for task, rows in by_task.items()}


def golden_scores(rows: list[dict], built: BuiltTask) -> list[ChoiceScore]:
    return [
        ChoiceScore(request.item, tuple(row["loglikelihood"]), tuple(row["is_greedy"]), (1,) * len(row["is_greedy"]))
        for row, request in zip(rows, built.requests, strict=True)
    ]


@pytest.mark.real
@pytest.mark.parametrize("folder", ["finharness-small-unigram-0.4.9.1", "finharness-bigdefault-unigram-0.4.9.1"])
def test_metrics_equal_those_of_lm_eval_on_its_own_loglikelihoods(folder):
    published = json.loads(need_golden(folder, "results.json").read_text())["results"]
    data = need_real_data("fin-harness")
    for name, rows in golden_rows(folder).items():
        task, _, template = name.partition("-1.0-")
        built = load_task(task, base=Path()).build(
            data, template=template or "default", protocol="fin-harness-2025", shots=0, limit=None, seed=1
        )
        found = measures(built, golden_scores(rows, built))
        for metric, measure in found.items():
            assert measure.observed == pytest.approx(published[name][f"{metric},none"], abs=1e-12), (name, metric)
            per_item = [row[metric] for row in rows]
            assert measure.rows[:, 0].tolist() == pytest.approx(per_item)


@pytest.mark.real
def test_chabsa_f1_equals_that_of_the_harness_where_no_item_is_neutral():
    rows = golden_rows("chabsa-unigram-0.4.9.1")
    published = json.loads(need_golden("chabsa-unigram-0.4.9.1", "results.json").read_text())["results"]
    for name, items in rows.items():
        gold = [0 if row["target"] == "positive" else 1 for row in items]
        built = choice_task(gold, choices=("positive", "negative"), labels=True, metrics=["f1", "acc", "acc_norm"])
        scores = raw_scores([row["loglikelihood"] for row in items])
        values = observed(built, scores)
        for metric in ("f1", "acc", "acc_norm"):
            assert values[metric] == pytest.approx(published[name][f"{metric},none"])


# --- constant answers ----------------------------------------------------------------------------------------------


@pytest.mark.real
def test_a_tied_scorer_gives_every_number_of_a_published_degenerate_file():
    path = need_real_data(
        "fin-harness", "published", "line-corporation", "japanese-large-lm-3.6b", "result-default.json"
    )
    published = json.loads(path.read_text())["results"]
    compared = 0
    for task, values in published.items():
        data = need_real_data("chabsa" if task == "chabsa" else "fin-harness")
        built = load_task(task, base=Path()).build(
            data, template="default", protocol="fin-harness-2024", shots=0, limit=None, seed=1
        )
        tied = baselines(built)["tied"]
        for metric, value in tied.items():
            if f"{metric},none" in values:
                assert value == pytest.approx(values[f"{metric},none"], abs=1e-12), (task, metric)
                compared += 1
        assert why_degenerate(built, constant_scores(built, None)) is not None
    assert compared == 4 * 10 + 4  # ten metrics of each exam task, four of chabsa


@pytest.mark.real
def test_the_constant_answers_of_chabsa():
    built = load_task("chabsa", base=Path()).build(
        need_real_data("chabsa"), template="default", protocol="fin-harness-2024", shots=0, limit=None, seed=1
    )
    found = baselines(built)
    assert found["constant:positive"]["f1"] == pytest.approx(0.3594592, abs=1e-7)
    assert found["constant:positive"]["acc"] == pytest.approx(0.5611809, abs=1e-7)
    assert found["constant:negative"]["f1"] == pytest.approx(0.2884651, abs=1e-7)


def why(built, scores) -> str:
    found = why_degenerate(built, scores)
    return found.en if found else ""


def test_degenerate_scores_are_recognised_and_honest_ones_are_not():
    gold = [0, 1, 2, 3, 0, 1, 2, 3, 0, 0]
    built = choice_task(gold)
    assert why(built, answered(built, [1] * 10)) == "the answer is always B"
    assert "tied" in why(built, raw_scores([[-1.0] * 4] * 10))
    assert "NaN" in why(built, raw_scores([[math.nan] * 4] * 10))
    assert "always answering A" in why(built, answered(built, [0, 1, 2, 3, 1, 2, 3, 0, 1, 1]))
    assert why(built, answered(built, gold)) == ""
    assert predictions(built, answered(built, gold)).tolist() == gold


def test_classes_given_without_regard_to_the_item_are_no_ability_though_macro_f1_is_above_every_constant():
    random = np.random.default_rng(3)
    gold = [0] * 120 + [1] * 80
    blind = random.permutation([0] * 100 + [1] * 100).tolist()
    built = choice_task(gold, ("positive", "negative"), labels=True, metrics=["macro_f1"])
    score = measures(built, answered(built, blind))["macro_f1"].observed
    assert score > max(found["macro_f1"] or 0 for found in baselines(built).values())
    assert why(built, answered(built, blind)).startswith("the answers are right no more often than in random order")
    seeing = [right if number % 4 else 1 - right for number, right in enumerate(gold)]
    assert why(built, answered(built, seeing)) == ""
    grades = choice_task(gold, ("positive", "negative"), labels=True, metrics=["quadratic_kappa"])
    assert why(grades, answered(grades, blind)) == ""  # near answers count there
    letters = choice_task(gold, ("A", "B"), metrics=["acc"])  # options differ from item to item: a place is no class
    assert why(letters, answered(letters, blind)) == ""


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 3)), min_size=30, max_size=80), st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_agreement_is_held_against_all_orders_of_the_same_answers(pairs: list[tuple[int, int]], seed: int):
    answers, gold = (np.array(column) for column in zip(*pairs, strict=True))
    random = np.random.default_rng(seed)
    shuffled = np.array([np.sum(random.permutation(answers) == gold) for _ in range(4000)])
    z = agreement_z(answers, gold)
    if shuffled.std() == 0:
        assert z == pytest.approx(0)
    else:
        assert z == pytest.approx(
            (np.sum(answers == gold) - shuffled.mean()) / shuffled.std(), abs=0.15 + 0.06 * abs(z)
        )
