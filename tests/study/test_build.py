"""The stage as a whole: counts agree, nothing is lost in silence, nothing of what is held out is told."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from study.materials import FAQ, LAW, REPORT
from tekio.artifacts.model import read_artifact
from tekio.artifacts.study import STUDY, Study
from tekio.documents import Document, document_id, read_documents, to_table, write_table
from tekio.errors import NothingError
from tekio.lineage import explain_id
from tekio.recipe.study import StudyConfig
from tekio.store import read_jsonl, verify_folder
from tekio.study import build_study

OTHER = LAW.replace("貯金", "保険").replace("第四条", "第五条")


def corpus_of(folder: Path, texts: dict[str, str], held_out: dict[str, str] | None = None) -> Path:
    corpus = folder / "corpus"
    for part, found in (("train", texts), ("held_out", held_out or {})):
        rows = [
            Document(
                document_id("s", name, text), text, "s", name, "CC0-1.0", "finance", name, meta={"company": "甲乙銀行"}
            )
            for name, text in found.items()
        ]
        if rows:
            write_table(to_table(rows), corpus / part / "part-0.parquet")
    return corpus


def built(folder: Path, corpus: Path, **settings: Any) -> tuple[Path, Study]:
    out = folder / "study"
    build_study(StudyConfig(**settings), out, corpus=corpus, seed=17)
    return out, read_artifact(Study, out / STUDY)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return corpus_of(tmp_path, {"law": LAW, "faq": FAQ, "report": REPORT})


def test_every_row_made_is_in_a_file(tmp_path: Path, corpus: Path):
    out, study = built(tmp_path, corpus)
    records = [row for name in ("train", "validation") for row in read_jsonl(out / f"{name}.jsonl")]
    told = sum(len(json.loads(row["meta"])["study"]["rows"]) for row in read_documents(out / "documents", ["meta"]))
    rejected = list(read_jsonl(out / "rejected.jsonl"))
    assert told == sum(item.texts for item in study.strategies.values())
    assert len(records) == sum(item.records for item in study.strategies.values())
    assert len([row for row in rejected if row["text"]]) == sum(
        sum(item.rejected.values()) for item in study.strategies.values()
    )
    assert all(
        item.made == item.texts + item.records + sum(item.rejected.values()) for item in study.strategies.values()
    )
    assert set(study.strategies) == set(StudyConfig().chosen)
    assert verify_folder(out) == []


def test_rows_bear_their_parents_license_and_places(tmp_path: Path, corpus: Path):
    out, study = built(tmp_path, corpus)
    documents = {row["id"]: row for row in read_documents(corpus / "train")}
    for row in read_documents(out / "documents"):
        meta = json.loads(row["meta"])
        [parent] = meta["parents"]
        assert row["group"] == documents[parent]["group"]
        assert row["license"] == "CC0-1.0"
        assert meta["study"]["generator"] == "rules"
        for told in meta["study"]["rows"]:
            assert all(start < end for start, end in told["spans"])
    record = next(read_jsonl(out / "train.jsonl"))
    assert record["meta"]["parents"][0] in documents
    assert record["meta"]["license"] == "CC0-1.0"
    assert study.licenses == {"CC0-1.0": sum(study.sources.values())}


def test_a_row_is_explained_down_to_its_document(tmp_path: Path, corpus: Path):
    out, _ = built(tmp_path, corpus)
    row = next(read_documents(out / "documents", ["id", "meta"]))
    lines = "\n".join(str(line) for line in explain_id(tmp_path, row["id"]))
    assert json.loads(row["meta"])["parents"][0] in lines


def test_the_same_again_gives_the_same_bytes(tmp_path: Path, corpus: Path):
    one, _ = built(tmp_path / "1", corpus)
    two, _ = built(tmp_path / "2", corpus)
    for path in sorted(one.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()


def test_nothing_of_a_held_out_document_is_told(tmp_path: Path):
    own = FAQ.replace("外貨", "金地金").replace("第23条", "第24条")
    long = "【照会要旨】\n住宅を二人で共有するときの控除は誰が受けますか。\n【回答要旨】\n" + (
        "共有者それぞれが、自己の持分に応じて負担した取得対価の額を基礎として控除を受けることができます。登記の割合によります。\n"
    )
    corpus = corpus_of(tmp_path, {"faq": own, "leak": long}, {"held": long})
    out, study = built(tmp_path, corpus)
    assert study.kept_out["held_out_passages"] > 0
    assert study.strategies["questions"].rejected["contaminated"] > 0
    kept = (out / "train.jsonl").read_text(encoding="utf-8") + (out / "validation.jsonl").read_text(encoding="utf-8")
    assert "共有者それぞれが" not in kept
    assert not any("共有者それぞれが" in row["text"] for row in read_documents(out / "documents", ["text"]))


def test_every_part_that_can_take_long_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("tekio.progress.PLAIN_SECONDS", 0.0)  # every step leaves its line
    corpus = corpus_of(tmp_path, {"law": LAW, "faq": FAQ}, {"held": REPORT})
    built(tmp_path, corpus, most_passages=3)
    lines = capsys.readouterr().err.splitlines()
    seen = {line.split(":")[0] for line in lines}
    assert {"study, held-out documents", "study, choosing passages", "study"} <= seen
    assert any(line.startswith("study, choosing passages: 2/2") for line in lines)


@pytest.mark.parametrize("name", [b"exam.jsonl", b"bad\xff.jsonl"])
def test_evaluation_items_are_not_told(tmp_path: Path, corpus: Path, name: bytes):
    item = "金融機関は、事業年度の終了後三月以内に、業務の報告書を主務大臣に提出しなければならない。"
    try:
        (tmp_path / os.fsdecode(name)).write_text(json.dumps({"question": item}) + "\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    config = StudyConfig.model_validate({"avoid": [str(tmp_path / "*.jsonl")]}, context={"base": tmp_path})
    build_study(config, tmp_path / "study", corpus=corpus, seed=17)
    study = read_artifact(Study, tmp_path / "study" / STUDY)
    assert study.strategies["duties"].rejected["contaminated"] > 0


def test_a_budget_ends_the_stage_and_says_so(tmp_path: Path, corpus: Path):
    _, study = built(tmp_path, corpus, tokens=300)
    assert study.tokens <= 400
    assert {item.ended for item in study.strategies.values()} == {"tokens"}


def test_copies_of_a_document_are_told_once(tmp_path: Path):
    corpus = corpus_of(tmp_path, {"a": REPORT, "b": REPORT + "\n", "c": REPORT + " "})
    _, study = built(tmp_path, corpus, strategies=["figures"])
    figures = study.strategies["figures"]
    assert figures.rejected == {"repeats": figures.made - figures.texts - figures.records}
    assert figures.made == 3 * (figures.texts + figures.records)


def test_a_study_that_told_nothing_is_written_and_says_so_each_time(tmp_path: Path):
    corpus = corpus_of(tmp_path, {"a": "今日は天気がよいので、散歩に出かけました。" * 4})
    for _ in range(2):
        with pytest.raises(NothingError, match="told nothing") as caught:
            built(tmp_path, corpus, generator="rules")
        assert caught.value.exit_code == 3
        assert verify_folder(tmp_path / "study") == []


def test_no_document_of_the_source_is_an_error(tmp_path: Path, corpus: Path):
    with pytest.raises(NothingError):
        built(tmp_path, corpus, sources=["other"])


def test_no_row_has_the_wording_of_an_exam_item_whichever_was_made_first(tmp_path: Path):
    from exam.corpus import write_documents
    from tekio.artifacts.exam import Exam, RejectedItem, read_items
    from tekio.artifacts.model import read_lines
    from tekio.contamination.exam_wording import ExamWordings, Wording
    from tekio.contamination.training_text import read_study
    from tekio.exam import build_exam
    from tekio.recipe.exam import ExamConfig

    corpus = write_documents(tmp_path / "corpus", range(4), range(10, 12))
    asked = ExamConfig(seen=20, unseen=5)
    build_exam(asked, tmp_path / "exam", corpus=corpus, seed=17)
    items = list(read_items(tmp_path / "exam"))
    search = ExamWordings(Wording(item.id, item.wording, item.told) for item in items)

    free, without = built(tmp_path / "free", corpus)
    assert without.kept_out["exam_items"] == 0
    told = search.items_in_all(text for _, _, text in read_study(free))
    assert told

    out = tmp_path / "kept" / "study"
    build_study(StudyConfig(), out, corpus=corpus, seed=17, exam=tmp_path / "exam")
    study = read_artifact(Study, out / STUDY)
    assert study.kept_out["exam_items"] == len(items)
    refused = [row for row in read_jsonl(out / "rejected.jsonl") if row["reason"] == "exam_item"]
    assert len(refused) == sum(item.rejected.get("exam_item", 0) for item in study.strategies.values()) > 0
    assert all(row["measured"]["item"] in told for row in refused)
    rows = [text for _, _, text in read_study(out)]
    assert len(rows) > len(refused)  # the facts are told all the same
    assert search.items_in_all(rows) == set()

    build_exam(asked, tmp_path / "later", corpus=corpus, seed=17, study=free)
    exam = read_artifact(Exam, tmp_path / "later" / "exam.json")
    rejected = [one.rejected_by for one in read_lines(RejectedItem, tmp_path / "later" / "rejected.jsonl")]
    assert exam.rejected["told_by_study"] == rejected.count("told_by_study") > 0
    assert not told & {item.id for item in read_items(tmp_path / "later")}


def test_the_rows_of_a_document_are_read_as_they_were_checked(tmp_path: Path, corpus: Path):
    from tekio.contamination.training_text import read_study

    out, study = built(tmp_path, corpus)
    rows = [text for file, _, text in read_study(out) if file == "documents"]
    assert len(rows) == sum(item.texts for item in study.strategies.values())
    assert (
        "\n".join(rows).count("\n")
        == sum(row["text"].count("\n") + 1 for row in read_documents(out / "documents", ["text"])) - 1
    )
