"""The stage: per-item files and results for every model, resumed after a kill, the same from several processes."""

# pyright: standard

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evaluate.exam import exam_config, write_corpus, write_exam
from tekio.errors import TekioError, UsageError
from tekio.evaluate import evaluate
from tekio.evaluate.scoring import local as local_module
from tekio.store import read_json, read_jsonl, verify_folder

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from model.tiny import save_tiny

    folder = tmp_path_factory.mktemp("stage")
    save_tiny(folder / "base")
    save_tiny(folder / "tuned", seed=1)
    write_exam(folder / "exam")
    write_corpus(folder / "corpus")
    return folder


def run(place: Path, out: Path, **options):
    return evaluate(
        exam_config(place / "exam" / "own_exam.yaml", batch_tokens=256, **options),
        out,
        models={"base": place / "base", "tuned": place / "tuned"},
        corpus=place / "corpus",
        seed=17,
    )


@pytest.fixture(scope="module")
def done(place: Path) -> Path:
    run(place, place / "done")
    return place / "done"


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_model_has_a_file_for_every_task_and_template(done: Path):
    names = {"own_exam.default.jsonl", "own_exam.letters.jsonl"}
    names |= {"perplexity-finance.default.jsonl", "perplexity-general.default.jsonl"}
    for label in ("base", "tuned"):
        assert {path.name for path in (done / "items" / label).iterdir()} == names
    rows = list(read_jsonl(done / "items" / "tuned" / "own_exam.default.jsonl"))
    assert [row["item"] for row in rows] == [str(number) for number in range(24)]
    for row in rows:
        assert row["prompt_sha256"] == hashlib.sha256(row["prompt"].encode()).hexdigest()
        assert row["prediction"] == max(range(3), key=row["loglikelihoods"].__getitem__)
        assert row["correct"] == (row["prediction"] == row["gold"])
    assert verify_folder(done) == []


def test_the_results_compare_each_model_with_the_first(done: Path):
    found = read_json(done / "results.json")
    assert found["reference"] == "base"
    assert [task["task"] for task in found["tasks"]] == ["own_exam", "perplexity:finance", "perplexity:general"]
    exam = found["tasks"][0]
    assert set(exam["templates"]) == {"default", "letters"}
    assert exam["n"] == 24
    assert [comparison["model"] for comparison in exam["comparisons"]] == ["tuned"]
    rows = list(read_jsonl(done / "items" / "base" / "own_exam.default.jsonl"))
    assert exam["scores"]["base"]["metrics"]["acc"]["value"] == pytest.approx(sum(row["correct"] for row in rows) / 24)
    text = found["tasks"][1]
    assert text["higher_is_better"] is False
    assert text["scores"]["base"]["metrics"]["bits_per_character"]["n"] == 5
    assert set(found["models"]["tuned"]) >= {"path", "sha256", "parameters", "tokenizer_sha256"}
    assert found["models"]["base"]["sha256"] != found["models"]["tuned"]["sha256"]


def test_a_finished_stage_is_not_run_again(place: Path, done: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local_module.LocalModel, "load", classmethod(lambda *_: pytest.fail("the model was loaded")))
    run(place, done)


def test_an_interrupted_stage_scores_only_what_is_left(place: Path, done: Path, monkeypatch: pytest.MonkeyPatch):
    out = place / "interrupted"
    original = local_module.score_choices
    scored: list[str] = []
    stop_after = 9

    def interrupted(*arguments, **options):
        for batch in original(*arguments, **options):
            if len(scored) >= stop_after:
                raise KeyboardInterrupt
            scored.extend(score.item for score in batch)
            yield batch

    monkeypatch.setattr(local_module, "score_choices", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(place, out)
    first, stop_after = list(scored), 10**9
    scored.clear()
    run(place, out)
    assert len(first) >= 9
    assert len(first) + len(scored) == 2 * 2 * 24, "no finished item was scored again"
    assert contents(out) == contents(done)


CHILD = """
import sys
sys.path[:0] = {path!r}
import torch
torch.set_num_threads(1)
from pathlib import Path
from evaluate import test_run
test_run.run(Path({place!r}), Path({out!r}))
"""


def start(place: Path, out: Path, *launcher: str) -> subprocess.Popen[bytes]:
    here = [str(TESTS), str(TESTS.parent / "src")]
    script = place / "child.py"
    script.write_text(CHILD.format(path=here, place=str(place), out=str(out)))
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, *launcher, str(script)], env=environment, stderr=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.parametrize("moments", [[40], pytest.param([1, 5, 20, 60, 75, 90, 100], marks=pytest.mark.heavy)])
def test_killed_and_repeated_gives_the_same_files(place: Path, done: Path, moments: list[int]):
    out = place / f"killed-{len(moments)}"
    scores = out.with_name(f"{out.name}.partial") / "scores"
    kills = 0
    for lines in moments:  # kill when so many items are stored
        child = start(place, out)
        while child.poll() is None:
            stored = sum(path.read_bytes().count(b"\n") for path in scores.rglob("*.jsonl"))
            if stored >= lines:
                child.send_signal(signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.005)
        child.communicate()
    run(place, out)
    assert kills
    assert contents(out) == contents(done)


@pytest.mark.slow
def test_two_processes_give_the_same_files(place: Path, done: Path):
    out = place / "two"
    child = start(place, out, "-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port=0", "--standalone")
    _, errors = child.communicate(timeout=240)
    assert child.returncode == 0, errors.decode()[-3000:]
    assert contents(out) == contents(done)


def test_what_cannot_be_scored_names_task_and_item(place: Path, tmp_path: Path):
    task = write_exam(tmp_path / "exam")
    rows = [json.loads(line) for line in (tmp_path / "exam" / "exam.jsonl").read_text().splitlines()]
    rows[5]["choices"][1] = "増える。" * 200
    (tmp_path / "exam" / "exam.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(TekioError, match="does not fit") as caught:
        evaluate(exam_config(task), tmp_path / "out", models={"base": place / "base"}, corpus=None, seed=17)
    assert caught.value.where == "task own_exam, item 5, choice 1"


def test_long_prompts_are_counted_in_the_result(place: Path, tmp_path: Path):
    task = write_exam(tmp_path / "exam")
    rows = [json.loads(line) for line in (tmp_path / "exam" / "exam.jsonl").read_text().splitlines()]
    rows[5]["question"] += "前提を長く述べる。" * 100
    (tmp_path / "exam" / "exam.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    evaluate(exam_config(task), tmp_path / "out", models={"base": place / "base"}, corpus=None, seed=17)
    entry = read_json(tmp_path / "out" / "results.json")["tasks"][0]
    assert entry["scores"]["base"]["truncated"] == 1
    row = list(read_jsonl(tmp_path / "out" / "items" / "base" / "own_exam.default.jsonl"))[5]
    assert row["truncated"] > 0


def test_nothing_to_do_is_said(place: Path, tmp_path: Path):
    config = exam_config(place / "exam" / "own_exam.yaml")
    with pytest.raises(UsageError, match="no model"):
        evaluate(config, tmp_path, models={}, corpus=None, seed=17)
    empty = config.model_copy(update={"tasks": []})
    with pytest.raises(UsageError, match="nothing to evaluate"):
        evaluate(empty, tmp_path, models={"base": place / "base"}, corpus=None, seed=17)
