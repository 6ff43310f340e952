"""Documents and records that `study` made, beside the texts and records they are mixed with."""

# pyright: standard

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import TrainingSummary
from tekio.documents import Document, document_id, to_table, write_table
from tekio.errors import NothingError, TekioError
from tekio.recipe.study import StudyConfig
from tekio.recipe.train import PretrainConfig, ReplayConfig, TuneConfig
from tekio.store import read_manifest
from tekio.study import build_study
from tekio.train import make_base, pretrain, tune
from tekio.train.mixing import shared_parts
from tekio.train.packing import Example, build_rows
from tekio.train.schedule import Part, make_schedule
from train.tiny_inputs import base_config, make_corpus, make_records, pretrain_config, tune_config

FAQ = "【照会要旨】\n預金{n}の限度はいくらですか。\n【回答要旨】\n元本{n}千万円までとその利息です。"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("study")
    make_corpus(root / "corpus")
    pages = [FAQ.format(n=number) for number in range(1, 60)]
    rows = [
        Document(document_id("faq", text, text), text, "faq", str(number), "CC0-1.0", "finance")
        for number, text in enumerate(pages)
    ]
    write_table(to_table(rows), root / "corpus" / "train" / "part-00001.parquet")
    make_records(root / "instruct")
    build_study(StudyConfig(wordings=2), root / "study", corpus=root / "corpus", seed=7)
    make_base(base_config(max_steps=2), root / "base", corpus=root / "corpus", seed=7)
    return root


@pytest.mark.parametrize(("shares", "left"), [([0.5, 0.5], 1.0), ([0.2, 0.8], 1.0), ([0.75, 0.25], 0.8)])
def test_stores_have_the_shares_of_learned_tokens_that_are_asked_for(tmp_path: Path, shares: list[float], left: float):
    stores = [
        build_rows(tmp_path / name, [Example(list(range(10)), None, 9)] * count, 10)
        for name, count in {"a": 300, "b": 170, "general": 500}.items()
    ]
    parts = [*shared_parts(shares, stores[:2], left=left), Part(replay=True)]
    schedule = make_schedule(stores, seed=1, share=1 - left, batch=7, epochs=2, max_steps=None, parts=parts)
    taken = [stream.taken for stream in schedule.streams]
    assert taken[0] / (taken[0] + taken[1]) == pytest.approx(shares[0], abs=0.01)
    if left < 1:
        assert taken[2] / sum(taken) == pytest.approx(1 - left, abs=0.01)
    largest = shares.index(max(shares))
    assert taken[largest] == len(stores[largest])


@pytest.mark.parametrize("shares", [{}, {"corpus": 0.5}, {"corpus": 1.2, "study": -0.2}, {"other": 1.0}])
def test_shares_make_one(shares: dict[str, float]):
    with pytest.raises(ValidationError):
        PretrainConfig.model_validate({"sources": shares})
    if shares:
        with pytest.raises(ValidationError):
            TuneConfig.model_validate({"records": shares})


def test_pretraining_takes_texts_as_they_are_and_told_again(run: Path, tmp_path: Path):
    config = pretrain_config(sources={"corpus": 0.5, "study": 0.5})
    pretrain(config, tmp_path / "both", base=run / "base", corpus=run / "corpus", study=run / "study", seed=7)
    summary = read_artifact(TrainingSummary, tmp_path / "both" / "summary.json")
    assert summary.sources is not None
    told = {name: item for name, item in summary.sources.items() if name.startswith("study-")}
    plain = {name: item for name, item in summary.sources.items() if name not in told}
    assert told
    seen = [sum(item.tokens * item.epochs for item in part.values()) for part in (told, plain)]
    # Half of what replay leaves: the corpus' source is counted with the general text of the same name.
    assert seen[0] / sum(seen) == pytest.approx(0.5 * (1 - config.replay.share), abs=0.02)
    manifest = read_manifest(tmp_path / "both")
    assert manifest is not None
    assert {"base", "corpus", "study"} == {item.name for item in manifest.inputs}


def test_pretraining_on_what_was_told_alone(run: Path, tmp_path: Path):
    config = pretrain_config(sources={"study": 1.0}, replay=ReplayConfig(), max_steps=3)
    pretrain(config, tmp_path / "told", base=run / "base", corpus=run / "corpus", study=run / "study", seed=7)
    summary = read_artifact(TrainingSummary, tmp_path / "told" / "summary.json")
    assert summary.sources is not None
    assert all(name.startswith("study-") for name in summary.sources)


def test_without_study_the_stage_is_no_input(run: Path, tmp_path: Path):
    pretrain(pretrain_config(max_steps=1), tmp_path / "a", base=run / "base", corpus=run / "corpus", seed=7)
    manifest = read_manifest(tmp_path / "a")
    assert manifest is not None
    assert {item.name for item in manifest.inputs} == {"base", "corpus"}
    config = pretrain_config(sources={"study": 1.0})
    with pytest.raises(TekioError):
        pretrain(config, tmp_path / "b", base=run / "base", corpus=run / "corpus", seed=7)


def test_a_domain_without_told_documents_is_an_error(run: Path, tmp_path: Path):
    config = pretrain_config(sources={"corpus": 0.5, "study": 0.5}, domains=["general"])
    with pytest.raises(NothingError):
        pretrain(config, tmp_path / "none", base=run / "base", corpus=run / "corpus", study=run / "study", seed=7)


def test_tuning_takes_records_of_both(run: Path, tmp_path: Path):
    config = tune_config(records={"instruct": 0.5, "study": 0.5}, max_steps=4)
    folders = {"instruct": run / "instruct", "study": run / "study"}
    tune(config, tmp_path / "tune", model=run / "base", records=folders, seed=7)
    manifest = read_manifest(tmp_path / "tune")
    assert manifest is not None
    assert {item.name for item in manifest.inputs} == {"model", "records:instruct", "records:study"}
    rows = [json.loads(line) for line in (run / "study" / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows
    assert manifest.counts["tokens_trained"] > 0
