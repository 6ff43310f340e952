"""Matthews' correlation and the area under the ROC curve, beside scikit-learn's."""

# pyright: standard

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from evaluate.choices import answered, choice_task
from tekio.evaluate.results.binary import auc_from_sums, rank_rows
from tekio.evaluate.results.degenerate import baselines
from tekio.evaluate.results.metrics import measures
from tekio.evaluate.scoring.read_choice import Reply, choice_score
from tekio.evaluate.scoring.requests import ChoiceRequest


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_area_counts_pairs_in_order_and_ties_half(items):
    scores, positive = np.array([float(score) for score, _ in items]), np.array([kind for _, kind in items])
    found = float(auc_from_sums(rank_rows(scores, positive).sum(axis=0)))
    wanted = roc_auc_score(positive, scores) if 0 < positive.sum() < len(items) else 0.5
    assert found == pytest.approx(wanted)


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
def test_matthews_correlation_of_several_classes(items):
    built = choice_task([gold for gold, _ in items], metrics=["mcc"])
    found = measures(built, answered(built, [chosen for _, chosen in items]))["mcc"].observed
    if len({gold for gold, _ in items}) < 2:
        assert np.isnan(found)
        return
    with np.errstate(invalid="ignore", divide="ignore"):
        assert found == pytest.approx(matthews_corrcoef(*zip(*items, strict=True)))


def test_a_reply_without_an_answer_is_a_class_of_its_own():
    built = choice_task([0, 1, 1, 0, 1], ("0", "1"), labels=True, metrics=["mcc", "auc"])
    replies = ['{"prob": 0.2, "prediction": 0}', '{"prob": 0.7, "prediction": 1}', "?", "0", '{"prediction": 1}']
    scores = [
        choice_score(request, Reply(text, 5, "eos"), "strict")
        for request, text in zip(built.requests, replies, strict=True)
        if isinstance(request, ChoiceRequest)
    ]
    found = measures(built, scores)
    assert found["mcc"].observed == pytest.approx(matthews_corrcoef([0, 1, 1, 0, 1], [0, 1, -2, 0, 1]))
    # 1 of 3 positive items stands below both others
    assert found["auc"].observed == pytest.approx(roc_auc_score([0, 1, 1, 0, 1], [0.2, 0.7, -9, 0.0, 1.0]))


def test_a_constant_answer_has_no_correlation_and_half_the_area():
    built = choice_task([0, 1, 1, 0, 1, 1], ("0", "1"), labels=True, metrics=["mcc", "auc"])
    assert baselines(built)["constant:1"] == {"mcc": 0.0, "auc": 0.5}
