"""Sweeps: the grid, runs skipped when they are there, and no winner out of noise."""

# pyright: standard

import json
import math
import random
from functools import partial
from pathlib import Path

import pytest

from tekio.artifacts.model import parse_artifact, read_artifact
from tekio.artifacts.sweep import Sweep
from tekio.cli import main
from tekio.errors import TekioError, UsageError
from tekio.pipeline import check_stages
from tekio.recipe import Recipe
from tekio.recipe.train import SweepConfig
from tekio.report.sweeps import sweep_contents
from tekio.store import StagePlanned, planning, read_json, replacing, verify_folder
from tekio.train import make_base, sweep
from tekio.train.inputs import records_of, sampled
from tekio.train.sweep import RUNS, Judged, Setting, grid, judge
from train.tiny_inputs import base_config, make_corpus, make_records, tune_config


def judged(*losses: list[float], tokens: int = 100) -> list[Judged]:
    return [
        Judged(Setting(number + 1, 16, 3e-4, 64, None), dict(enumerate(row)), tokens)
        for number, row in enumerate(losses)
    ]


def test_a_clear_difference_makes_a_best_setting():
    found = judge(judged([2.00, 2.01, 1.99], [2.50, 2.52, 2.49], [3.0, 3.01, 2.99]))
    assert [item.judgement for item in found] == ["best", "worse", "worse"]


def test_noise_makes_no_winner():
    """Settings that do not differ: at most about 5 % of such sweeps may call one the best."""
    source = random.Random(5)
    called = sum(
        any(
            item.judgement == "best"
            for item in judge(judged(*[[source.gauss(2, 0.1) for _ in range(3)] for _ in "123"]))
        )
        for _ in range(300)
    )
    assert called <= 15


def test_one_seed_proves_nothing():
    found = judge(judged([2.0], [5.0]))
    assert [item.judgement for item in found] == ["one seed", "one seed"]
    contents = sweep_contents(Sweep(confidence=0.95, seeds=[17], settings=[item.row() for item in found]))
    assert contents is not None
    assert "cannot be said" in contents["sentence"].en


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_setting_that_diverged_is_marked_and_the_others_are_judged(bad: float):
    """In whatever place it stands; its runs can be written and shown."""
    sound = [[2.00, 2.01, 1.99], [2.50, 2.52, 2.49]]
    for place in range(3):
        rows = [*sound[:place], [2.0, bad, 2.1], *sound[place:]]
        found = judge(judged(*rows))
        assert found[place].judgement == "not finite"
        assert [item.judgement for item in found if item is not found[place]] == ["best", "worse"]
        made = Sweep(confidence=0.95, seeds=[0, 1, 2], settings=[item.row() for item in found])
        contents = sweep_contents(parse_artifact(Sweep, json.loads(json.dumps(made.plain(), allow_nan=False))))
        assert contents is not None
    alone = judge(judged([bad, bad]))
    assert [item.judgement for item in alone] == ["not finite"]
    assert sweep_contents(Sweep(confidence=0.95, seeds=[0, 1], settings=[item.row() for item in alone])) is not None


def test_settings_measured_on_other_text_are_set_apart():
    short = judged([0.5, 0.5, 0.5], tokens=40)
    short[0].setting = Setting(9, 16, 3e-4, 16, None)
    found = judge([*judged([2.0, 2.1, 2.05], [3.0, 3.1, 3.0]), *short])
    assert [item.judgement for item in found] == ["best", "worse", "not comparable"]


def test_the_grid_is_every_combination_with_every_seed():
    runs = grid(SweepConfig(rank=[2, 4], learning_rate=[1e-3, 2e-3, 4e-3], seeds=[1, 2]), tune_config())
    assert len(runs) == len({run.name for run in runs}) == 12
    assert {run.setting.sequence_length for run in runs} == {256}


def test_a_larger_sample_holds_the_smaller(tmp_path: Path):
    records = records_of(make_records(tmp_path / "instruct"), "train")
    small, large = ({item.id for item in sampled(records, most)} for most in (10, 25))
    assert (len(small), len(large)) == (10, 25)
    assert small < large
    assert sampled(records, None) == records


def test_a_sweep_needs_a_tune_section():
    recipe = Recipe.model_validate({"name": "r", "base": {"model": "m"}, "instruct": {}, "sweep": {"rank": [2]}})
    with pytest.raises(TekioError, match="tune"):
        check_stages(recipe)


@pytest.mark.timeout(300)
def test_runs_that_are_there_are_not_repeated(tmp_path: Path):
    make_base(base_config(max_steps=2), tmp_path / "base", corpus=make_corpus(tmp_path / "corpus"), seed=7)
    tuning = tune_config(max_steps=2, checkpoint_every=0)
    config, out = SweepConfig(rank=[2, 4], records=[20], seeds=[1, 2]), tmp_path / "sweep"
    run = partial(sweep, model=tmp_path / "base", records=make_records(tmp_path / "instruct"), seed=7)
    run(config, tuning, out)
    assert verify_folder(out) == []
    found = read_json(out / "sweep.json")
    assert [item["name"] for item in found["settings"]] == ["r2-a16-lr0.003-l256-n20", "r4-a16-lr0.003-l256-n20"]
    folders = {path: path.stat().st_mtime_ns for path in (tmp_path / RUNS).glob("*/manifest.json")}
    assert len(folders) == 4
    losses = [read_json(path.parent / "summary.json")["held_out_after"]["validation"]["loss"] for path in folders]
    assert sorted(losses) == sorted(loss for item in found["settings"] for loss in item["losses"].values())
    with planning(), pytest.raises(StagePlanned) as answer:
        run(config, tuning, out)
    assert answer.value.status == "done"
    wider = SweepConfig(rank=[2, 4], records=[20, 10], seeds=[1, 2])
    with planning(), pytest.raises(StagePlanned) as answer:
        run(wider, tuning, out)
    assert answer.value.status == "continue"
    with pytest.raises(UsageError):
        run(wider, tuning, out)
    with replacing(True):
        run(wider, tuning, out)
    assert {path: path.stat().st_mtime_ns for path in folders} == folders
    assert len(list((tmp_path / RUNS).glob("*/manifest.json"))) == 8
    contents = sweep_contents(read_artifact(Sweep, out / "sweep.json"))
    assert contents is not None
    assert len(contents["rows"]) == 4
    assert "<svg" in contents["chart"]


def test_a_dry_run_lists_the_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "r.yaml").write_text(
        "name: r\ncorpus: {sources: [{name: a, path: a.txt}]}\ninstruct: {import: [{name: r, path: a.jsonl}]}\ntune: {sequence_length: 512}\n"
        "base: {scratch: {domains: [finance], sequence_length: 512}}\n"
        "sweep: {rank: [2, 4], seeds: [1, 2]}\n"
    )
    (tmp_path / "a.txt").write_text("預金")
    (tmp_path / "a.jsonl").write_text('{"instruction": "預金とは。", "input": "", "output": "預けた金です。"}')
    assert main(["--lang", "en", "run", str(tmp_path / "r.yaml"), "--dry-run"]) == 0
    said = capsys.readouterr()
    assert said.out.count("-s1: runs after") == 2, said
