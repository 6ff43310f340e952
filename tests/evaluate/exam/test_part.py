"""An exam in an evaluation: the same items closed book, with retrieved passages, with the right one; the same bytes again."""

# pyright: standard

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests

from evaluate.exam_stage import write_exam_stage, write_library
from tekio.artifacts.exam_results import ExamCost, ExamResults, RetrievedItem
from tekio.artifacts.model import read_artifact, read_lines
from tekio.artifacts.results import ScoredItem
from tekio.errors import UsageError
from tekio.evaluate import evaluate
from tekio.recipe.evaluate import AskExamConfig, EvaluateConfig
from tekio.recipe.exam import RetrieveConfig

NAMES = ["exam-seen-closed", "exam-seen-oracle", "exam-seen-retrieved", "exam-unseen-closed", "exam-unseen-oracle"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from model.tiny import save_tiny

    folder = tmp_path_factory.mktemp("exam")
    save_tiny(folder / "base")
    save_tiny(folder / "tuned", seed=1)
    write_exam_stage(folder / "exam")
    write_library(folder / "corpus")
    return folder


def run(place: Path, out: Path, **options):
    config = EvaluateConfig(resamples=200, batch_tokens=256, exam=AskExamConfig(**options))
    models = {"base": place / "base", "tuned": place / "tuned"}
    return evaluate(config, out, models=models, corpus=place / "corpus", seed=17, exam=place / "exam")


@pytest.fixture(scope="module")
def done(place: Path) -> Path:
    run(place, place / "done")
    return place / "done"


def test_every_half_is_asked_with_every_book(done: Path):
    for label in ("base", "tuned"):
        files = {path.stem.partition(".")[0] for path in (done / "items" / label).glob("exam-*.jsonl")}
        assert sorted(files) == NAMES


def rows(done: Path, label: str, task: str) -> list[ScoredItem]:
    return list(read_lines(ScoredItem, done / "items" / label / f"{task}.options.jsonl"))


def test_the_same_items_are_asked_and_only_the_passages_differ(done: Path):
    closed, opened = rows(done, "base", NAMES[0]), rows(done, "base", NAMES[2])
    assert [row.item for row in closed] == [row.item for row in opened]
    for first, second in zip(closed, opened, strict=True):
        assert second.prompt.endswith(first.prompt)
    for line, row in zip(read_lines(RetrievedItem, done / "retrieval.jsonl"), opened, strict=True):
        assert line.item == row.item
        assert row.prompt.count("資料") == 1 + sum(one.shown for one in line.found)


def test_no_prompt_is_cut_by_the_context(done: Path):
    found = read_artifact(ExamResults, done / "exam.json")
    assert [score.truncated for score in found.scores] == [0] * len(found.scores)


def test_the_right_passage_is_found_and_counted(done: Path):
    found = read_artifact(ExamResults, done / "exam.json").retrieval
    assert found is not None
    lines = list(read_lines(RetrievedItem, done / "retrieval.jsonl"))
    assert found.hit.right == sum(any(one.right and one.shown for one in line.found) for line in lines)
    assert found.first.right == sum(line.found[0].right for line in lines)
    assert found.first.right >= 10  # each passage names its company; ten of twelve names are different
    given, missed = found.right_given_hit["base"], found.right_given_miss["base"]
    assert given.n + missed.n == 12
    assert given.n == found.hit.right


def test_the_family_of_differences_is_that_of_scipy_and_statsmodels(done: Path):
    found = read_artifact(ExamResults, done / "exam.json")
    p: list[float] = []
    for one in found.comparisons:
        sides = []
        for side in (one.result.model, one.result.reference):
            label, book = side.split()
            sides.append(np.array([row.correct for row in rows(done, label, f"exam-{one.half}-{book}")], dtype=int))
        wins, losses = int((sides[0] > sides[1]).sum()), int((sides[0] < sides[1]).sum())
        assert one.result.difference == pytest.approx((wins - losses) / len(sides[0]))
        p.append(float(np.asarray(binomtest(wins, wins + losses).pvalue)) if wins + losses else 1.0)
    assert found.compared == len(p) == 8
    assert [one.result.p_adjusted for one in found.comparisons] == pytest.approx(multipletests(p, method="holm")[1])
    assert [one.model for one in found.advice] == ["tuned"]


def test_scores_are_told_by_kind_topic_and_difficulty(done: Path):
    found = read_artifact(ExamResults, done / "exam.json")
    for score in found.scores:
        for parts in score.by.values():
            assert sum(part.n for part in parts.values()) == score.all.n
            assert sum(part.right for part in parts.values()) == score.all.right


def test_cost_is_told_for_every_model_and_book(done: Path):
    cost = read_artifact(ExamCost, done / "exam-cost.json")
    assert {(one.model, one.book) for one in cost.asked} == {
        (label, book) for label in ("base", "tuned") for book in ("closed", "retrieved", "oracle")
    }
    assert all(one.seconds > 0 for one in cost.asked)
    found = read_artifact(ExamResults, done / "exam.json")
    tokens = {(one.model, one.half, one.book): one.tokens for one in found.scores}
    assert (tokens["base", "seen", "closed"] or 0) < (tokens["base", "seen", "oracle"] or 0)


def test_the_tasks_of_the_exam_are_judged_in_the_exam_alone(done: Path):
    results = json.loads((done / "results.json").read_text())
    assert [task["task"] for task in results["tasks"]] == ["perplexity:finance"]


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.name not in ("manifest.json", "exam-cost.json")]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()
    }


def test_again_it_gives_the_same_bytes(place: Path, done: Path):
    run(place, place / "again")
    assert contents(place / "again") == contents(done)
    assert "evaluate" in json.loads((done / "manifest.json").read_text())["stage"]


def test_other_retrieval_is_another_result(place: Path, done: Path):
    run(place, place / "one", retrieve=RetrieveConfig(passages=1), oracle=False)
    found = read_artifact(ExamResults, place / "one" / "exam.json")
    assert {score.book for score in found.scores} == {"closed", "retrieved"}
    assert found.retrieval is not None
    assert found.retrieval.given <= 1


def test_an_exam_that_was_changed_is_refused(place: Path, tmp_path: Path):
    folder = write_exam_stage(tmp_path / "exam")
    text = (folder / "seen.jsonl").read_text()
    (folder / "seen.jsonl").write_text(text.replace("売上高(3)", "売上高(4)"))
    with pytest.raises(UsageError, match="frozen"):
        evaluate(EvaluateConfig(), tmp_path / "out", models={"base": place / "base"}, corpus=None, seed=1, exam=folder)


def test_retrieval_without_a_corpus_is_refused(place: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="corpus"):
        evaluate(
            EvaluateConfig(),
            tmp_path / "out",
            models={"base": place / "base"},
            corpus=None,
            seed=1,
            exam=place / "exam",
        )
