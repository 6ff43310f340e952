"""Public benchmarks in their published layouts: a stand-in that knows the answers scores 1.0, a constant one is marked."""

# pyright: standard

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score, mean_absolute_error

from realdata import need_real_data
from tekio.evaluate.results.degenerate import baselines, why_degenerate
from tekio.evaluate.results.metrics import measures
from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore
from tekio.evaluate.tasks import load_task
from tekio.evaluate.tasks.build import BuiltTask, request_text

GRADES = "◎○□▲×"


def build(name: str, data: Path, **options) -> BuiltTask:
    values = {"template": "default", "protocol": "plain", "shots": 0, "limit": None, "seed": 1} | options
    return load_task(name, base=Path()).build(data, **values)


def choosing(built: BuiltTask, positions) -> list[ChoiceScore]:
    return [
        ChoiceScore(item.id, tuple(float(n == chosen) - 1 for n in range(5)), (False,) * 5, (1,) * 5)
        for item, chosen in zip(built.items, positions, strict=True)
    ]


def write_month(folder: Path, month: str, grades: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "id": f"current-{month}-{number:04}",
            "year-month": month,
            "業種・職種": "商店街",
            "景気の現状判断": grade,
            "追加説明及び具体的状況の説明": f"{month}の来客数は{number}割ほど動いた。",
        }
        for number, grade in enumerate(grades)
    ]
    (folder / f"{month}.json").write_text(json.dumps(rows, ensure_ascii=False))


@pytest.fixture
def survey(tmp_path: Path) -> BuiltTask:
    write_month(tmp_path / "current", "202301", GRADES * 6)
    write_month(tmp_path / "current", "202302", "□▲×" * 7)
    write_month(tmp_path / "current", "202212", GRADES)
    return build("economy_watchers", tmp_path)


def test_demonstrations_are_of_an_earlier_year(survey: BuiltTask, tmp_path: Path):
    shown = build("economy_watchers", tmp_path, shots=2)
    assert survey.n == 51
    prompt = request_text(shown.requests[7]).split("\x1f")[0]
    assert "202212の来客数は0割" in prompt
    assert prompt.count("コメント：") == 3


def test_grades_are_judged_by_their_distance_as_scikit_learn_does(survey: BuiltTask):
    golds = [int(item.gold or 0) for item in survey.items]
    rng = np.random.default_rng(2)
    chosen = [int(np.clip(gold + rng.integers(-1, 2), 0, 4)) for gold in golds]
    found = {name: one.observed for name, one in measures(survey, choosing(survey, chosen)).items()}
    assert found["quadratic_kappa"] == pytest.approx(cohen_kappa_score(golds, chosen, weights="quadratic"))
    assert found["mae"] == pytest.approx(mean_absolute_error(golds, chosen))
    assert found["macro_f1"] == pytest.approx(f1_score(golds, chosen, average="macro"))
    assert not measures(survey, choosing(survey, chosen))["mae"].higher_is_better


def test_a_constant_grade_is_marked(survey: BuiltTask):
    constant = choosing(survey, [2] * survey.n)
    assert why_degenerate(survey, constant, baselines(survey)) is not None
    assert measures(survey, constant)["quadratic_kappa"].observed == 0.0


@pytest.mark.real
def test_the_survey_reads_as_published():
    built = build("economy_watchers", need_real_data("economy-watchers"))
    golds = [int(item.gold or 0) for item in built.items]
    assert built.n > 10_000
    found = measures(built, choosing(built, golds))
    assert {name: one.observed for name, one in found.items()} == {
        "macro_f1": 1.0,
        "acc": 1.0,
        "quadratic_kappa": pytest.approx(1.0),
        "mae": 0.0,
    }


@pytest.mark.real
def test_jaquad_reads_as_published():
    built = build("jaquad", need_real_data("jaquad"), shots=1)
    scores = [GenerationScore(item.id, item.answers[0], 5, "eos") for item in built.items]
    assert {one.observed for one in measures(built, scores).values()} == {1.0}
    constant = [GenerationScore(item.id, "日本", 1, "eos") for item in built.items]
    assert why_degenerate(built, constant) is not None
