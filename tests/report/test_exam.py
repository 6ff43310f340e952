"""Train, look it up, or both: the first screen says what the exam recommends, with its numbers and its cost, in both languages."""

# pyright: standard

import json
import re
from pathlib import Path

import pytest

from report.report_fixture import RECIPE, config, full_run, write_stage
from tekio.artifacts.exam_results import (
    Advice,
    AskedCost,
    Book,
    BookScore,
    ExamComparison,
    ExamCost,
    ExamResults,
    ModelAdvice,
    Reason,
    Retrieval,
    ToldByStudy,
)
from tekio.artifacts.model import read_artifact
from tekio.artifacts.results import Comparison
from tekio.artifacts.training import TrainingSummary
from tekio.evaluate.exam.shares import right_of
from tekio.evaluate.exam.words import ADVICE, REASONS
from tekio.report import write_report
from tekio.report.exam import overview_line
from tekio.store import read_json

N = 400
RIGHT: dict[tuple[str, Book], int] = {("base", "closed"): 120, ("base", "retrieved"): 240, ("base", "oracle"): 280}
RIGHT |= {("tuned", "closed"): 132, ("tuned", "retrieved"): 244, ("tuned", "oracle"): 284}


def right(count: int, n: int = N):
    return right_of([1.0] * count + [0.0] * (n - count), 0.95)


def exam(advice: Advice = "retrieve", reason: Reason = "only retrieval gains", **more) -> ExamResults:
    scores = [
        BookScore(
            model=model,
            half="seen",
            book=book,
            all=right(count),
            by={
                "kind": {"number": right(count)},
                "topic": {"laws <b>": right(count)},
                "difficulty": {"hard": right(count)},
            },
            tokens=80.0 if book == "closed" else 490.0,
            not_finite=0,
            truncated=0,
        )
        for (model, book), count in RIGHT.items()
    ]
    result = Comparison(
        model="base retrieved", reference="base closed", metric="acc", difference=0.3, low=0.24, high=0.36,
        method="Bonett-Price", p=1e-9, p_adjusted=8e-9, test="McNemar exact", verdict="improved", n=N, discordant=0.4,
        error=None, minimum_detectable=0.08, minimum_detectable_corrected=0.1, wins=140, losses=20, ties=240,
        not_comparable=None,
    )  # fmt: skip
    found = ModelAdvice(model="tuned", advice=advice, reason=reason, reads_worse=False, base_reads=True)
    return ExamResults(
        exam="ab" * 32,
        version=1,
        template="options",
        reference="base",
        confidence=0.95,
        margin=0.08,
        compared=8,
        scores=scores,
        retrieval=Retrieval(
            method="BM25 of character 2-grams",
            passages=1234,
            asked=3,
            given=2.5,
            cut=0,
            hit=right(350),
            first=right(300),
            answer=right(360),
            right_given_hit={"base": right(230, 350)},
            right_given_miss={"base": right(10, 50)},
        ),
        comparisons=[ExamComparison(question="retrieve", half="seen", model="base", result=result)],
        advice=[found.model_copy(update=more)],
        told=[ToldByStudy(half="seen", n=N, told=12, without={"base": right(200, N - 12)})],
    )


CLOCKS: tuple[tuple[Book, float], ...] = (("closed", 0.02), ("retrieved", 0.07))
COST = ExamCost(
    device="cpu",
    asked=[AskedCost(model="base", book=book, questions=8, seconds=seconds) for book, seconds in CLOCKS],
    search_seconds=0.001,
    index_seconds=1.5,
)


def report(tmp_path: Path, found: ExamResults) -> tuple[str, dict]:
    run = full_run(tmp_path / "run")
    results = read_json(run / "evaluate" / "results.json")
    import shutil

    shutil.rmtree(run / "evaluate")
    files = {"results.json": results, "exam.json": found.plain(), "exam-cost.json": COST.plain()}
    write_stage(run, "evaluate", files)
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    return page, json.loads((run / "report" / "summary.json").read_text(encoding="utf-8"))


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_the_first_screen_says_what_is_recommended_and_why(tmp_path: Path):
    page, summary = report(tmp_path, exam())
    first = plain(page[: page.index("<nav")])
    assert "tuned: retrieve: do not train for these facts (only retrieval is shown to gain)." in first
    assert "tuned: 検索で足りる（この目的の学習は不要）（効果が確認できたのは検索だけ）。" in first
    assert "30.0 % as it was, 33.0 % trained, 60.0 % with retrieval, 61.0 % with both (n = 400)." in first
    assert "retrieval adds 410 tokens and 51 ms to a question".lower() in first.lower()
    assert "when a document changes, train again" in first
    assert "and 8 of the exam for theirs" in first
    said = [
        line["answer"]["en"] for line in summary["overview"] if line["question"]["en"] == "Train, look it up, or both?"
    ]
    assert len(said) == 1
    assert "410 tokens" not in said[0]  # clocks and what goes with them are for the page
    assert " ms" not in json.dumps(summary["overview"])


def test_a_training_that_ended_before_it_had_read_everything_is_named_beside_the_recommendation(tmp_path: Path):
    run = full_run(tmp_path / "run")
    summaries = {
        stage: read_artifact(TrainingSummary, run / stage / "summary.json").model_copy(update={"epochs": epochs})
        for stage, epochs in (("base", 0.2), ("pretrain", 0.52), ("tune", 1.0))
    }
    said = overview_line(exam(), summaries)
    assert "Pretrain ended after 52 % of an epoch: some of these questions are about text" in said.en
    assert "pretrain は 1 エポックの 52 % で終了しており" in said.ja
    whole = {stage: summary.model_copy(update={"epochs": 1.0}) for stage, summary in summaries.items()}
    assert "epoch" not in overview_line(exam(), whole).en


@pytest.mark.parametrize("advice", ADVICE)
def test_every_recommendation_has_words_in_both_languages(tmp_path: Path, advice: Advice):
    page, _ = report(tmp_path, exam(advice))
    assert ADVICE[advice].en in plain(page)
    assert ADVICE[advice].ja in plain(page)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words_in_both_languages(reason: Reason):
    assert REASONS[reason].en
    assert re.search("[ぁ-ん一-鿿]", REASONS[reason].ja)


def test_the_part_below_shows_books_differences_and_hits(tmp_path: Path):
    page, _ = report(tmp_path, exam(reads_worse=True, base_reads=False))
    part = plain(page[page.index('<section aria-labelledby="exam"') : page.index('<section aria-labelledby="answers"')])
    assert "60.0 % [55.1, 64.7]" in part  # Wilson's interval of 240 of 400
    assert "+30.0 [24.0, 36.0]" in part
    assert "BM25 of character 2-grams" in part
    assert "reads unseen documents worse than the base" in part
    assert "was not shown to read even the right passage" in part
    assert "seen: 12 of 400 items stand in study with their answer" in part
    assert "<b>" not in page  # a topic comes from outside


def test_a_run_without_an_exam_says_nothing_of_it(tmp_path: Path):
    run = full_run(tmp_path / "run")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    assert "look it up" not in (run / "report" / "report.html").read_text(encoding="utf-8")
