"""Tuning on the records of some sources, with the validation records of each measured by themselves."""

# pyright: standard

from pathlib import Path

import pytest

from tekio.errors import NothingError
from tekio.recipe.train import TuneReplayConfig
from tekio.records import InstructionMeta, new_record
from tekio.report.glossary import domain_words
from tekio.store import read_json, read_jsonl, write_jsonl
from tekio.train import make_base, tune
from train.tiny_inputs import base_config, make_corpus, make_records, tune_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small base, and records of `made` and of two more sources, one of which is called as a folder cannot be."""
    root = tmp_path_factory.mktemp("sources")
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_base(base_config(max_steps=2), root / "base", corpus=root / "corpus", seed=7)
    for part, number in (("train", 20), ("validation", 5)):
        rows = list(read_jsonl(root / "instruct" / f"{part}.jsonl"))
        for source, answer in (("はい#1", "はい。"), ("a/b", "いいえ、そうではありません。")):
            rows += [
                new_record(f"{part}の問い{n}", answer, InstructionMeta("yes", source, "CC0-1.0")).as_dict()
                for n in range(number)
            ]
        write_jsonl(root / "instruct" / f"{part}.jsonl", rows)
    return root


def tuned(run: Path, place: Path, **options) -> dict:
    tune(tune_config(**options), place, model=run / "base", records=run / "instruct", seed=7)
    return read_json(place / "summary.json")


def test_only_the_named_sources_are_trained_on_and_judged(run: Path, tmp_path: Path):
    every, one = tuned(run, tmp_path / "every"), tuned(run, tmp_path / "one", sources=["はい"])
    assert set(one["held_out_after"]) == set(every["held_out_after"]) == {"validation"}
    assert one["held_out_after"]["validation"]["characters"] == 5 * len("はい。")
    alone = tmp_path / "alone"
    for part in ("train", "validation"):
        rows = read_jsonl(run / "instruct" / f"{part}.jsonl")
        write_jsonl(alone / f"{part}.jsonl", [row for row in rows if row["meta"]["origin"].startswith("はい")])
    tune(tune_config(), tmp_path / "same", model=run / "base", records=alone, seed=7)
    same = read_json(tmp_path / "same" / "summary.json")
    assert one["held_out_after"] == same["held_out_after"] != every["held_out_after"]
    assert one["texts"] == same["texts"] == 20 < every["texts"]


def test_each_source_is_measured_by_itself_whether_trained_or_not(run: Path, tmp_path: Path):
    summary = tuned(run, tmp_path / "tune", sources=["はい"], validation_by_source=True)
    before, after = summary["held_out_before"], summary["held_out_after"]
    assert set(after) == {"validation", "validation:はい", "validation:made", "validation:a/b"}
    assert after["validation"] == after["validation:はい"]
    assert after["validation:a/b"]["characters"] == 5 * len("いいえ、そうではありません。")
    gains = {name: before[name]["loss"] - after[name]["loss"] for name in after}
    assert gains["validation:はい"] > gains["validation:made"]
    assert domain_words("validation:a/b").ja == "検証用の指示データ（a/b）"


def test_a_source_without_records_is_refused_by_name(run: Path, tmp_path: Path):
    with pytest.raises(NothingError, match="source missing to train on"):
        tuned(run, tmp_path / "tune", sources=["missing"])
    with pytest.raises(NothingError, match="source gone to replay"):
        tuned(run, tmp_path / "tune", replay=TuneReplayConfig(sources=["gone"], answers="given"))
