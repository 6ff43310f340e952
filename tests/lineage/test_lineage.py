"""Lineage both ways: from a score or an answer back to sources and licenses, from a document on to what was made of it."""

from pathlib import Path

import pytest

from tekio.artifacts.model import read_artifact
from tekio.artifacts.results import Results
from tekio.errors import TekioError, say
from tekio.lineage import explain_id
from tekio.store import read_json, read_jsonl, write_json, write_jsonl
from view.view_fixture import open_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose first answer copies from a record, which was made from a document."""
    run = open_run(tmp_path / "run")
    rows = list(read_jsonl(run / "compare" / "answers.jsonl"))
    rows[0]["answers"]["tuned"] |= {"copied": 14, "copied_from": {"kind": "r005", "text": "年5.5%です。", "start": 0, "end": 8}}  # fmt: skip
    write_jsonl(run / "compare" / "answers.jsonl", rows)
    return run


def told(run: Path, identity: str) -> str:
    """In both languages, line by line."""
    lines = explain_id(run, identity)
    return "\n".join(say(line, language) for language in ("en", "ja") for line in lines)


def test_a_score_leads_to_what_was_asked_and_to_what_its_model_was_trained_on(run: Path):
    results = read_artifact(Results, run / "evaluate" / "results.json")
    task = results.tasks[0]
    label = next(label for label in task.scores if label != results.reference)
    value = task.scores[label].metrics[task.headline].value
    found = told(run, f"{task.task}:{label}")
    assert str(task.prompt_hash) in found
    assert f"{value:.4f}" in found
    assert "SHA-256 " in found
    assert "corrected p" in found
    others = [f"  {name}: " for name in task.scores if name != label]
    assert not any(line.startswith(tuple(others)) for line in found.splitlines())
    assert all(f"  {name}: " in told(run, task.task) for name in task.scores)


def test_an_answer_leads_to_the_record_it_copies_and_on_to_its_document(run: Path):
    found = told(run, "q0")
    assert "14 characters stand in training text r005" in found
    assert "指示データ r005" in found
    assert f"document {5:016x} in corpus/train" in found
    assert "ライセンス PDL-1.0" in found


def test_a_document_leads_on_to_records_models_and_answers(run: Path):
    document = told(run, f"{5:016x}")
    assert "went into instruct/train r005" in document
    record = told(run, "r005")
    assert "tuned copies 14 characters of it in its answer to q0" in record


def test_a_document_leads_on_to_the_test_items_that_stand_in_it(run: Path):
    match = {"source": "reports", "document": f"{5:016x}", "part": "question", "coverage": 0.9, "start": 0, "end": 3, "text": "利率"}  # fmt: skip
    seen = {"task": "exam", "item": "7", "origin": "corpus", "coverage": 0.9, "question_seen": True, "answer_seen": False, "matches": [match]}  # fmt: skip
    write_jsonl(run / "evaluate" / "contamination.jsonl", [seen])
    assert "評価課題 exam#7 の問題文を含む" in told(run, f"{5:016x}")


def test_models_whose_stages_read_the_corpus_are_named(run: Path):
    manifest = read_json(run / "pretrain" / "manifest.json")
    manifest["inputs"] = [{"name": "corpus", "sha256": "0" * 64, "kind": "stage", "stage": "corpus"}]
    write_json(run / "pretrain" / "manifest.json", manifest)
    found = told(run, f"{5:016x}")
    assert "models trained with corpus: pretrained, tuned" in found


def test_what_is_not_there_is_said_with_what_may_be_asked(run: Path):
    with pytest.raises(TekioError) as caught:
        explain_id(run, "no-such-thing")
    assert "TASK:MODEL" in caught.value.explain("en")


def test_a_score_and_a_document_are_told_in_japanese_words(run: Path):
    score = "\n".join(say(line, "ja") for line in explain_id(run, "chabsa:tuned"))
    assert "（割合）" in score
    assert not [word for word in ("share", "macro_f1", "McNemar exact", "(Wilson)") if word in score]
    document = "\n".join(say(line, "ja") for line in explain_id(run, f"{5:016x}"))
    assert "題名     通知" in document
    assert "title" not in document


def test_how_often_a_source_was_read_is_counted_over_all_epochs(run: Path):
    pretrain = run / "pretrain" / "summary.json"
    packed = {"documents": 812, "characters": 9, "tokens": 1000, "epochs": 0.5}
    write_json(
        pretrain, read_json(pretrain) | {"epochs": 8.0, "sources": {"a": packed, "b": packed | {"learned": 1000}}}
    )
    tune = run / "tune" / "summary.json"
    write_json(tune, read_json(tune) | {"epochs": 3.0, "sources": {"records:instruct": packed | {"epochs": 1.0}}})
    results = read_artifact(Results, run / "evaluate" / "results.json")
    found = told(run, f"{results.tasks[0].task}:tuned")
    assert "a (?): 812 documents, 1,000 tokens, read 4 times" in found
    assert "b (?): 812 documents, 1,000 tokens, read once" in found
    assert "records:instruct: 812 件、1,000 トークンを 3 回学習" in found
    for source in read_json(run / "instruct" / "funnel.json")["sources"]:
        assert f"{source['name']} ({source['license']}): {source['rows_train']:,} records to train on" in found
