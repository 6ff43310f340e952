"""Test items in training text are found with their place, whatever the layout; the exam's own phrases are not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluate.choices import answered, choice_task
from realdata import need_real_data
from tekio.contamination.match_text import shadow
from tekio.contamination.training_text import read_sources
from tekio.documents import Document, to_table, write_table
from tekio.errors import TekioError
from tekio.evaluate.results.contamination import (
    clean_part,
    find_contamination,
    finding_rows,
    summary,
)
from tekio.evaluate.tasks import load_task
from tekio.evaluate.tasks.build import BuiltTask

SUBJECTS = [
    "投資信託の信託報酬",
    "国債の利回り",
    "自己資本比率",
    "外国為替証拠金取引",
    "確定拠出年金",
    "損害保険の再保険",
    "株式の貸借取引",
    "財務諸表監査",
]
QUESTIONS = [
    f"{subject}について、制度の目的と計算の方法を踏まえたうえで、実務上もっとも注意すべき点は番号{n}のどれか。"
    for n, subject in enumerate(SUBJECTS)
]
BOILERPLATE = "次の文章について、正しければ○と、正しくなければ×と答えよ。なお、法令は今年度のものによるものとする。"


def exam(questions=QUESTIONS, answer="残高に応じて日々差し引かれる費用である") -> BuiltTask:
    built = choice_task([0] * len(questions), choices=(answer, "売却のときにだけ支払う費用である"))
    items = tuple(
        replace(item, fields={"question": question}, answers=(answer,))
        for item, question in zip(built.items, questions, strict=True)
    )
    return replace(built, items=items)


def one_document(text: str, built: BuiltTask | None = None):
    return find_contamination([built or exam()], [("train", "d1", text)])[0]


def test_a_question_is_found_with_its_span():
    text = "前置きの文章です。" * 10 + QUESTIONS[2] + "あとがきです。" * 10
    findings = one_document(text)
    assert [finding.question_seen for finding in findings] == [n == 2 for n in range(len(QUESTIONS))]
    match = findings[2].matches[0]
    assert text[match.start : match.end] == match.text == QUESTIONS[2]
    assert (match.source, match.document, match.part, match.coverage) == ("train", "d1", "question", 1.0)


def test_layout_and_widths_do_not_hide_it():
    changed = "\n".join(QUESTIONS[3][start : start + 7] for start in range(0, len(QUESTIONS[3]), 7)).replace("3", "３")
    text = "見出し\n" + changed + "\nおわり"
    finding = one_document(text)[3]
    assert finding.question_seen
    match = finding.matches[0]
    assert shadow(text[match.start : match.end]) == shadow(QUESTIONS[3])


def test_the_answer_beside_the_question_is_said():
    answer = "残高に応じて日々差し引かれる費用である"
    with_answer = one_document(f"問: {QUESTIONS[0]}\n答: {answer}。")[0]
    without = one_document(f"問: {QUESTIONS[0]}\n答: 分からない。")[0]
    far = one_document(f"{QUESTIONS[0]}{'別の話が続きます。' * 100}{answer}")[0]
    assert with_answer.answer_seen
    assert not without.answer_seen
    assert not far.answer_seen


def test_half_a_question_is_not_the_question():
    finding = one_document(QUESTIONS[4][: len(QUESTIONS[4]) // 2 + 4])[4]
    assert not finding.question_seen
    assert 0 < finding.coverage < 0.6


def test_phrases_that_many_items_share_say_nothing():
    questions = [BOILERPLATE + question for question in QUESTIONS]
    findings = one_document(BOILERPLATE * 3, exam(questions))
    assert not any(finding.question_seen for finding in findings)
    assert one_document(questions[1], exam(questions))[1].question_seen


def test_a_sentence_that_several_items_ask_about_is_no_phrase():
    findings = one_document(QUESTIONS[0], exam([QUESTIONS[0]] * 9))
    assert all(finding.question_seen for finding in findings)


def test_questions_too_short_to_be_particular_are_looked_for_with_their_options_only():
    built = exam(["PERとは？", QUESTIONS[0]])
    assert not one_document("PERとは？", built)[0].question_seen
    options = "、".join((*built.items[0].answers, "売却のときにだけ支払う費用である"))
    assert one_document(f"PERとは？ {options}", built)[0].question_seen
    alone = exam(["PERとは？"], answer="高い")
    alone = replace(alone, items=tuple(replace(item, options=("高い", "低い")) for item in alone.items))
    assert not one_document("PERとは？", alone)[0].checked


def test_an_option_that_stands_in_the_text_is_counted():
    answer = "保有しているあいだ、投資信託の財産の残高に応じて日々差し引かれる費用である"
    findings = one_document(f"信託報酬は、{answer}。", exam(answer=answer))
    assert findings[0].options_seen == 1
    assert not findings[0].question_seen


def test_several_tasks_are_looked_for_in_one_pass():
    first, second = exam(QUESTIONS[:4]), exam(QUESTIONS[4:])
    found = find_contamination([first, second], [("s", "a", QUESTIONS[1]), ("s", "b", QUESTIONS[6])])
    assert [[item.question_seen for item in task].index(True) for task in found] == [1, 2]


def test_scores_are_given_with_and_without_the_items_seen():
    built = exam()
    findings = one_document(QUESTIONS[0] + QUESTIONS[1])
    scores = answered(built, [0, 0, 1, 1, 1, 1, 0, 1])  # right on the two seen and one other
    found = summary(built, findings, {"base": scores})
    assert (found.question_seen, found.checked, found.n) == (2, 8, 8)
    assert found.scores["base"]["acc"].plain() == {"all": 3 / 8, "clean": pytest.approx(1 / 6), "n_clean": 6}
    part, kept = clean_part(built, scores, findings)
    assert [item.id for item in part.items] == [score.item for score in kept] == ["2", "3", "4", "5", "6", "7"]


def test_findings_are_rows_of_json():
    rows = [row.plain() for row in finding_rows(exam(), one_document(QUESTIONS[5]), "corpus")]
    assert [row["item"] for row in rows] == ["5"]
    assert json.loads(json.dumps(rows))[0]["matches"][0]["document"] == "d1"


def test_everything_seen_leaves_no_clean_score():
    built = exam(QUESTIONS[:2])
    found = summary(built, one_document("".join(QUESTIONS), built), {"base": answered(built, [0, 0])})
    assert found.scores["base"]["acc"].clean is None


def test_sources_of_every_kind_are_read(tmp_path):
    document = Document(id="d1", text=QUESTIONS[0], source="s", uri="u", license="CC0")
    write_table(to_table([document]), tmp_path / "corpus" / "train" / "part-00000.parquet")
    record = {"id": "r1", "messages": [{"role": "user", "content": QUESTIONS[1]}], "meta": {"input": "x"}}
    (tmp_path / "train.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\nnot json\n")
    (tmp_path / "notes.txt").write_text(QUESTIONS[2])
    sources = [
        *read_sources(tmp_path / "corpus"),
        *read_sources(tmp_path / "train.jsonl"),
        *read_sources(tmp_path / "notes.txt"),
    ]
    findings = find_contamination([exam()], sources)[0]
    assert [finding.question_seen for finding in findings[:4]] == [True, True, True, False]
    assert findings[1].matches[0].document == "r1"
    (tmp_path / "empty").mkdir()
    with pytest.raises(TekioError, match="no text to look through"):
        list(read_sources(tmp_path / "empty"))


@pytest.mark.real
def test_real_sentences_are_found_in_a_report_and_not_in_the_news():
    built = load_task("chabsa", base=Path()).build(
        need_real_data("chabsa"), template="default", protocol="fin-harness-2025", shots=0, limit=None, seed=1
    )
    planted = [item for item in built.items[::500] if len(shadow(item.fields["sentence"])) >= 30]
    report = "。\n".join(item.fields["sentence"] for item in planted)
    news = list(read_sources(need_real_data("jfinteb", "wikinews.jsonl")))[:300]
    findings = find_contamination([built], [*news, ("corpus", "report", report)])[0]
    seen = {finding.item for finding in findings if finding.question_seen}
    missed = {item.id for item in planted} - seen
    assert len(missed) <= 1  # a sentence of phrases that many reports share is not looked for
    sentences = {item.fields["sentence"] for item in planted}
    extra = [item for item in built.items if item.id in seen and item.fields["sentence"] not in sentences]
    assert all(match.document == "report" for finding in findings for match in finding.matches)
    assert len(extra) < 20  # near copies of planted sentences only
