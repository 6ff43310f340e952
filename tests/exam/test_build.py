"""The stage: every question that was considered is an item or has a reason, and the frozen set is known by its hash."""

# pyright: standard

import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from exam.corpus import filing, law, write_documents
from tekio.artifacts.exam import Exam, ExamItem, RejectedItem
from tekio.artifacts.model import read_artifact, read_lines
from tekio.documents import Document, to_table, write_table
from tekio.errors import InputError, NothingError, UsageError
from tekio.evaluate.exam.tasks import read_exam
from tekio.exam import build_exam
from tekio.instruct.review.items import load_items
from tekio.recipe import RecipePath
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.exam import ExamConfig
from tekio.store import verify_folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_documents(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def done(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exam") / "exam"
    build_exam(ExamConfig(seen=60, unseen=20), out, corpus=corpus, seed=17)
    return out


def items(folder: Path) -> list[ExamItem]:
    return [item for half in ("seen", "unseen") for item in read_lines(ExamItem, folder / f"{half}.jsonl")]


def test_every_question_is_an_item_or_has_a_reason(done: Path):
    exam = read_artifact(Exam, done / "exam.json")
    rejected = list(read_lines(RejectedItem, done / "rejected.jsonl"))
    assert exam.items == len(items(done))
    assert exam.considered == exam.items + len(rejected)
    assert exam.rejected == Counter(item.rejected_by for item in rejected)
    assert verify_folder(done) == []


def test_the_halves_are_about_their_own_documents(done: Path):
    for item in items(done):
        number = int("".join(filter(str.isdigit, item.document)))
        assert item.half == ("seen" if number < 10 else "unseen")


def test_an_item_has_one_right_option_and_it_stands_in_the_passage(done: Path):
    for item in items(done):
        assert len(set(item.options)) == len(item.options)
        assert 0 <= item.answer < len(item.options)
        assert item.passage_text[item.start : item.end]
        if item.kind in ("date", "who", "what"):
            assert item.passage_text[item.start : item.end] == item.options[item.answer]
            others = [option for place, option in enumerate(item.options) if place != item.answer]
            assert not any(option in item.question for option in others)


def test_all_kinds_of_all_sources_are_asked(done: Path):
    exam = read_artifact(Exam, done / "exam.json")
    assert set(exam.counts["kind"]) == {"number", "date", "who", "what", "choice", "true_false"}
    assert set(exam.counts["topic"]) == {"laws", "filings", "answers"}
    assert max(Counter(item.document for item in items(done)).values()) <= 4


def test_the_plan_says_what_the_exam_can_show(done: Path):
    plan = read_artifact(Exam, done / "exam.json").plan["seen"]
    assert plan.n == sum(item.half == "seen" for item in items(done))
    assert plan.clusters == len({item.group for item in items(done) if item.half == "seen"})
    assert plan.corrected is not None
    assert plan.corrected > 0.15


def contents(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }


def test_it_is_the_same_again_and_another_with_another_seed(corpus: Path, done: Path, tmp_path: Path):
    config = ExamConfig(seen=60, unseen=20)
    build_exam(config, tmp_path / "again", corpus=corpus, seed=17)
    assert contents(tmp_path / "again") == contents(done)
    build_exam(config, tmp_path / "other", corpus=corpus, seed=18)
    first, second = (read_artifact(Exam, folder / "exam.json") for folder in (done, tmp_path / "other"))
    assert first.sha256 != second.sha256


def test_the_frozen_set_is_asked_or_none(corpus: Path, done: Path, tmp_path: Path):
    exam = read_artifact(Exam, done / "exam.json")
    assert read_exam(done).exam.sha256 == exam.sha256
    build_exam(ExamConfig(seen=60, unseen=20, frozen=exam.sha256), tmp_path / "same", corpus=corpus, seed=17)
    with pytest.raises(UsageError, match="frozen"):
        build_exam(ExamConfig(seen=50, unseen=20, frozen=exam.sha256), tmp_path / "other", corpus=corpus, seed=17)
    assert not (tmp_path / "other").exists()


def test_a_held_out_fact_that_training_text_has_too_is_not_asked(corpus: Path, tmp_path: Path):
    copied = tmp_path / "corpus"
    shutil.copytree(corpus, copied)
    again = Document("copy", f"再録\n{law(12)}", "laws", "u/copy", "CC0-1.0", "finance", "copy", "再録集")
    write_table(to_table([again]), copied / "train" / "part-00001.parquet")
    build_exam(ExamConfig(seen=20, unseen=200, per_document=50), tmp_path / "exam", corpus=copied, seed=17)
    assert not any(item.document == "laws12" for item in items(tmp_path / "exam") if item.half == "unseen")
    rejected = read_lines(RejectedItem, tmp_path / "exam" / "rejected.jsonl")
    why = {item.rejected_by for item in rejected if item.document == "laws12"}
    assert "stands_in_training_text" in why


def test_an_item_of_the_evaluation_is_not_asked(corpus: Path, done: Path, tmp_path: Path):
    item = next(item for item in items(done) if item.kind == "who")
    file = tmp_path / "test.jsonl"
    file.write_text(json.dumps({"question": item.question}, ensure_ascii=False) + "\n")
    avoid = ContaminationConfig(items=[RecipePath.of(file)])
    build_exam(ExamConfig(seen=60, unseen=20, avoid=avoid), tmp_path / "exam", corpus=corpus, seed=17)
    rejected = {one.id: one.rejected_by for one in read_lines(RejectedItem, tmp_path / "exam" / "rejected.jsonl")}
    assert rejected[item.id] == "evaluation_item"


def reviewed(done: Path, file: Path, decide) -> Path:
    rows = [json.loads(line) for line in (done / "review.jsonl").read_text().splitlines()]
    for place, row in enumerate(rows):
        decide(place, row)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return file


def test_only_what_people_accepted_is_asked_as_they_edited_it(corpus: Path, done: Path, tmp_path: Path):
    def decide(place: int, row: dict) -> None:
        row["meta"]["review"] = ["accepted", "unseen", "edited", "rejected"][place % 4]
        if place % 4 == 2:
            row["messages"][0]["content"] = "改めた問い。" + row["messages"][0]["content"]

    file = reviewed(done, tmp_path / "accepted.jsonl", decide)
    config = ExamConfig(accepted=RecipePath.of(file))
    build_exam(config, tmp_path / "exam", corpus=corpus, seed=17)
    found = items(tmp_path / "exam")
    assert len(found) == len([n for n in range(len(items(done))) if n % 4 in (0, 2)])
    assert {item.review for item in found} == {"accepted", "edited"}
    assert all(item.question.startswith("改めた問い。") == (item.review == "edited") for item in found)
    assert read_artifact(Exam, tmp_path / "exam" / "exam.json").accepted_by == "people"


def test_an_edit_without_its_right_option_is_refused(corpus: Path, done: Path, tmp_path: Path):
    def decide(place: int, row: dict) -> None:
        row["meta"]["review"] = "edited"
        row["messages"][1]["content"] = "どの選択肢でもない答え"

    file = reviewed(done, tmp_path / "accepted.jsonl", decide)
    with pytest.raises(InputError, match="cannot be asked"):
        build_exam(ExamConfig(accepted=RecipePath.of(file)), tmp_path / "exam", corpus=corpus, seed=17)


def test_an_option_may_be_named_by_its_letter(corpus: Path, done: Path, tmp_path: Path):
    def decide(place: int, row: dict) -> None:
        row["meta"]["review"] = "edited"
        row["messages"][1]["content"] = "B" if place % 2 else f"A. {row['meta']['extra']['exam']['options'][0]}"

    file = reviewed(done, tmp_path / "accepted.jsonl", decide)
    build_exam(ExamConfig(accepted=RecipePath.of(file)), tmp_path / "exam", corpus=corpus, seed=17)
    order = [json.loads(line)["id"] for line in file.read_text().splitlines()]
    assert {item.id: item.answer for item in items(tmp_path / "exam")} == {
        name: place % 2 for place, name in enumerate(order)
    }


def test_the_desk_shows_where_the_answer_stands_and_what_kind_of_item_it_is(done: Path):
    for item in load_items(done / "review.jsonl"):
        shown, exam = item.as_dict(), item.record.meta.extra["exam"]
        first, last = shown["at"]
        assert item.passage[first:last] == exam["passage_text"][exam["start"] : exam["end"]] != ""
        assert shown["facts"]["kind"] == exam["kind"]
        assert "exam" not in shown["facts"]


def test_accepted_items_of_documents_that_changed_sides_are_refused(done: Path, tmp_path: Path):
    other = write_documents(tmp_path / "corpus", range(4, 14), range(4))
    file = reviewed(done, tmp_path / "accepted.jsonl", lambda _, row: row["meta"].update(review="accepted"))
    with pytest.raises(UsageError, match="another side"):
        build_exam(ExamConfig(accepted=RecipePath.of(file)), tmp_path / "exam", corpus=other, seed=17)


def test_documents_without_facts_or_telling_titles_make_no_exam(tmp_path: Path):
    rows = [Document(f"d{n}", filing(n), "own", f"u{n}", "CC0-1.0", title="決算短信") for n in range(3)]
    write_table(to_table(rows), tmp_path / "corpus" / "train" / "part-00000.parquet")
    with pytest.raises(NothingError):
        build_exam(ExamConfig(seen=5, unseen=0), tmp_path / "exam", corpus=tmp_path / "corpus", seed=1)
