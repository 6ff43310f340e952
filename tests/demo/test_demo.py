"""The demo: the whole chain on the shipped collection, and what a kill costs (nothing but time)."""

import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.golden_run import GOLDEN, differences, golden_of
from tekio.demo import lay_out
from tekio.documents import read_documents
from tekio.errors import TekioError
from tekio.pipeline import STAGES as ALL_STAGES
from tekio.recipe.key_file import DEFAULT_KEY_FILE
from tekio.store import read_json, read_jsonl, read_manifest, verify_folder

STAGES = [
    name for name in ALL_STAGES if name not in ("exam", "study", "residual", "sweep", "prefer")
]  # the demo has none of these
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def start(*words: str, **kwargs) -> subprocess.Popen[str]:
    """A process that Ctrl-C ends, also where the tests themselves run behind a shell's `&`, which ignores it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tekio", "--lang", "en", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **kwargs,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=800)
    assert process.returncode == 0, err
    return out


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """The demo as a user runs it: one command."""
    folder = tmp_path_factory.mktemp("demo") / "tekio-demo"
    printed = finish(start("demo", "--out", str(folder)))
    assert printed.strip().endswith("report.html")
    return folder / "run"


def test_every_stage_is_there_and_sound(demo):
    assert [name for name in ALL_STAGES if (demo / name).is_dir()] == STAGES
    assert [problem for name in STAGES for problem in verify_folder(demo / name)] == []
    assert list(demo.glob("*.partial")) == []


def test_every_document_is_in_a_table_or_rejected_with_a_reason(demo):
    funnel = read_json(demo / "corpus" / "funnel.json")
    for source in [*funnel["sources"], funnel["totals"]]:
        kept = source["rows_train"] + source["rows_held_out"]
        assert source["rows_in"] == kept + sum(source["rejected"].values()), source
    rejected = list(read_documents(demo / "corpus" / "rejected"))
    assert len(rejected) == sum(funnel["totals"]["rejected"].values())
    assert all(row["rejected_by"] for row in rejected)


def test_the_planted_duplicates_personal_data_and_junk_are_found(demo):
    kept = {row["uri"]: row for part in ("train", "held_out") for row in read_documents(demo / "corpus" / part)}
    rejected = list(read_documents(demo / "corpus" / "rejected"))
    duplicates = [row for row in rejected if row["duplicate_of"]]
    assert len(duplicates) == 3
    kept_ids = {row["id"] for row in kept.values()}
    assert all(row["duplicate_of"] in kept_ids for row in duplicates)
    texts = "\n".join(row["text"] for row in kept.values())
    for planted in (
        "yamada.taro",
        "03-1234-5678",
        "4111 1111",
        "Lorem ipsum",
        "サイトマップ",
        "今すぐクリック",
        "この行は",
    ):
        assert planted not in texts, planted
    assert "カードを紛失したときは" in texts


def test_wrapped_lines_are_joined_and_menus_are_gone(demo):
    rows = [row for part in ("train", "held_out") for row in read_documents(demo / "corpus" / part)]
    texts = "\n".join(row["text"] for row in rows)
    assert "担保の評価額の約3.3倍まで取引できるため" in texts
    assert "お問い合わせ" not in "\n".join(row["text"] for row in rows if row["source"] == "articles")
    assert "手形は、将来の決まった日に" in texts  # CP932


def test_all_questions_of_the_three_pages_become_records(demo):
    records = [row for part in ("train", "validation") for row in read_jsonl(demo / "instruct" / f"{part}.jsonl")]
    questions = {row["messages"][0]["content"] for row in records}
    assert "追証とは何ですか。" in questions  # a button accordion with a hidden panel
    assert "個人向け国債の最低金利はいくらですか。" in questions  # a definition list in CP932
    assert "iDeCoのお金は、いつから受け取れますか。" in questions
    assert len(questions) == 27


def test_the_model_learns_finance_text_it_has_not_seen(demo):
    summary = read_json(demo / "pretrain" / "summary.json")
    before, after = summary["held_out_before"]["finance"], summary["held_out_after"]["finance"]
    assert after["bits_per_character"] < before["bits_per_character"]
    results = read_json(demo / "evaluate" / "results.json")
    task = next(item for item in results["tasks"] if item["task"] == "perplexity:finance")
    change = next(item for item in task["comparisons"] if item["model"] == "pretrained")
    assert change["difference"] < 0


def test_every_score_has_n_an_interval_and_the_hash_of_its_prompts(demo):
    results = read_json(demo / "evaluate" / "results.json")
    assert {item["task"] for item in results["tasks"]} >= {"demo-exam", "demo-sentiment", "perplexity:finance"}
    for task in results["tasks"]:
        assert set(task["scores"]) == {"base", "pretrained", "tuned"}
        assert re.fullmatch(r"[0-9a-f]{16,64}", task["prompt_hash"])
        for score in task["scores"].values():
            headline = score["metrics"][task["headline"]]
            assert headline["low"] <= headline["value"] <= headline["high"]
            assert headline["n"] > 0
            assert score["lost_characters"] == 0
        for comparison in task["comparisons"]:
            assert comparison["verdict"] in ("improved", "worse", "cannot tell")


def test_the_report_is_one_file_that_refers_to_nothing(demo):
    page = (demo / "report" / "report.html").read_text(encoding="utf-8")
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    assert "<script" not in page


def test_the_files_are_those_of_the_golden_run(demo):
    """Keys, types, units and fixed counts of every artifact, and the bytes of those that do not depend on the machine."""
    changed = differences(read_json(GOLDEN), golden_of(demo))
    assert changed == [], "a format changed: see tests/demo/golden_run.py"


def test_repeating_the_demo_does_nothing(demo):
    before = {name: (demo / name / "manifest.json").read_bytes() for name in STAGES}
    finish(start("demo", "--out", str(demo.parent)))
    assert {name: (demo / name / "manifest.json").read_bytes() for name in STAGES} == before


def test_a_row_can_be_explained(demo):
    row = next(row for row in read_documents(demo / "corpus" / "rejected") if row["duplicate_of"])
    shown = finish(start("explain", str(demo), row["id"]))
    assert row["duplicate_of"] in shown
    assert "news.jsonl" in shown
    record = next(read_jsonl(demo / "instruct" / "train.jsonl"))
    assert "CC0-1.0" in finish(start("explain", str(demo), record["id"]))


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "precious.txt").write_text("x")
    with pytest.raises(TekioError, match="not empty"):
        lay_out(tmp_path)


def shortened(folder: Path) -> Path:
    """The demo's recipe with few epochs: the same stages in less time."""
    recipe = lay_out(folder)
    text = re.sub(r"epochs: \d+", "epochs: 3", recipe.read_text(encoding="utf-8"))
    recipe.write_text(text.replace("evaluate_every: 10", "evaluate_every: 5\n  checkpoint_every: 3"), encoding="utf-8")
    assert "checkpoint_every" in recipe.read_text(encoding="utf-8")
    return recipe


def artifacts(run: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in STAGES:
        manifest = read_manifest(run / name)
        assert manifest is not None, name
        found[name] = [(item.path, item.sha256) for item in manifest.outputs if not item.volatile]
    return found


@pytest.mark.heavy
def test_ten_kills_cost_nothing_but_time(tmp_path):
    undisturbed = shortened(tmp_path / "a")
    started = time.monotonic()
    finish(start("run", str(undisturbed)))
    whole = time.monotonic() - started
    recipe = shortened(tmp_path / "b")
    # Each recipe gets a secret key of its own for pseudonyms; equal bytes need the same one.
    shutil.copy2(tmp_path / "a" / DEFAULT_KEY_FILE, tmp_path / "b" / DEFAULT_KEY_FILE)
    moments = random.Random(5)
    for _ in range(10):
        process = start("run", str(recipe))
        try:
            process.wait(timeout=moments.uniform(0.3, 0.6 * whole))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
    finish(start("run", str(recipe)))
    assert artifacts(tmp_path / "b" / "run") == artifacts(tmp_path / "a" / "run")
    results = [json.loads((tmp_path / side / "run" / "evaluate" / "results.json").read_text()) for side in "ab"]
    assert results[0] == results[1]
    assert list((tmp_path / "b" / "run").glob("*.partial")) == []


def test_ctrl_c_ends_with_130_and_the_next_run_continues(tmp_path):
    recipe = shortened(tmp_path / "c")
    process = start("run", str(recipe))
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Run the same command again" in err
    assert "Traceback" not in err
    finish(start("run", str(recipe), "--only", "corpus"))
    assert verify_folder(tmp_path / "c" / "run" / "corpus") == []
