"""The page says of every strategy how many rows were kept, refused and why."""

# pyright: standard

import re
from pathlib import Path

from report.report_fixture import RECIPE, config, full_run, write_stage
from tekio.artifacts.study import STUDY, Study, StudyStrategy
from tekio.report import write_report


def study() -> Study:
    one = StudyStrategy(
        made=1290, texts=800, records=400, rejected={"exam_item": 60, "repeats": 30}, left_out={"no_unit": 7},
        characters=9000, tokens=6000, ended=None,
    )  # fmt: skip
    none = StudyStrategy(
        made=0, texts=0, records=0, rejected={}, left_out={}, characters=0, tokens=0, ended=None,
    )  # fmt: skip
    return Study(
        generator="rules <b>", terms="", prompts={}, documents=12, passages=340, strategies={"cloze": one, "lists": none},
        sources={}, licenses={}, tokens=6000, tokenizer="base", kept_out={"exam_items": 400}, cost=None,
    )  # fmt: skip


def test_strategies_stand_with_their_rows_and_reasons(tmp_path: Path):
    run = full_run(tmp_path / "run")
    write_stage(run, "study", {STUDY: study().plain()})
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    shown = page[page.index('<section aria-labelledby="study"') :].split("</section>")[0]
    part = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
    assert "cloze 1,290 800 400 6,000" in part
    assert "has the wording of an exam item 60, repeats earlier rows 30" in part
    assert "試験の問題と同じ文面 60、既出の繰り返し 30" in part
    assert "no unit 7" in part
    assert "lists 0 0 0 0 – –" in part
    assert "items of the exam 試験の問題 400" in part
    assert "<b>" not in page


def test_a_run_without_a_study_says_nothing_of_it(tmp_path: Path):
    run = full_run(tmp_path / "run")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    assert 'aria-labelledby="study"' not in (run / "report" / "report.html").read_text(encoding="utf-8")
