"""Run folders are complete or absent, and say truthfully what is in them."""

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tekio.errors import TekioError
from tekio.store import (
    Input,
    StagePlanned,
    describe_input,
    files_below,
    planning,
    read_json,
    read_jsonl,
    read_manifest,
    run_stage,
    single_writer,
    verify_folder,
    write_atomic,
    write_jsonl,
)


def make(out: Path, text: str = "one", *, config: dict | None = None, fail: bool = False, calls: list | None = None):
    def work(space):
        if calls is not None:
            calls.append(text)
        (space.path / "data").mkdir(exist_ok=True)
        write_atomic(space.path / "data" / "rows.txt", text)
        space.scratch("units").mkdir(exist_ok=True)
        (space.path / "units" / "0").write_text("part")
        space.volatile("timing.json").write_text(json.dumps({"seconds": os.urandom(4).hex()}))
        space.counts["rows"] = 1
        if fail:
            raise RuntimeError("interrupted")

    return run_stage("corpus", out, config=config or {"a": 1}, inputs=[Input("x", "ab", "file")], seed=1, work=work)


def test_a_finished_stage_has_a_manifest_and_no_scratch(tmp_path):
    manifest = make(tmp_path / "corpus")
    assert read_manifest(tmp_path / "corpus") == manifest
    assert sorted(item.path for item in manifest.outputs) == ["data/rows.txt", "timing.json"]
    assert not (tmp_path / "corpus" / "units").exists()
    assert not (tmp_path / "corpus.partial").exists()
    assert verify_folder(tmp_path / "corpus") == []


def test_equal_runs_have_equal_artifacts_although_timings_differ(tmp_path):
    first, second = make(tmp_path / "a" / "corpus"), make(tmp_path / "b" / "corpus")
    assert first.artifact == second.artifact
    assert first.outputs != second.outputs


def test_a_stage_with_the_same_key_is_not_repeated(tmp_path):
    calls: list = []
    make(tmp_path / "corpus", calls=calls)
    make(tmp_path / "corpus", calls=calls)
    assert len(calls) == 1


@pytest.mark.parametrize("change", ["config", "missing", "cut"])
def test_anything_else_is_redone(tmp_path, change):
    calls: list = []
    make(tmp_path / "corpus", calls=calls)
    rows = tmp_path / "corpus" / "data" / "rows.txt"
    if change == "missing":
        rows.unlink()
    if change == "cut":
        rows.write_text("o")
    make(tmp_path / "corpus", config={"a": 2} if change == "config" else None, calls=calls)
    assert len(calls) == 2
    assert verify_folder(tmp_path / "corpus") == []


def test_an_interrupted_stage_leaves_the_old_result_and_its_parts(tmp_path):
    make(tmp_path / "corpus")
    with pytest.raises(RuntimeError):
        make(tmp_path / "corpus", "two", config={"a": 2}, fail=True)
    assert (tmp_path / "corpus" / "data" / "rows.txt").read_text() == "one"
    assert (tmp_path / "corpus.partial" / "units" / "0").read_text() == "part"
    make(tmp_path / "corpus", "three", config={"a": 3})
    assert not (tmp_path / "corpus.partial").exists()


def test_planning_answers_without_working(tmp_path):
    def status(**kwargs):
        with planning(), pytest.raises(StagePlanned) as answer:
            make(tmp_path / "corpus", **kwargs)
        return answer.value.status

    assert status() == "new"
    with pytest.raises(RuntimeError):
        make(tmp_path / "corpus", fail=True)
    assert status() == "continue"
    make(tmp_path / "corpus")
    assert status() == "done"
    assert status(config={"a": 2}) == "redo"


def test_verify_names_what_is_wrong(tmp_path):
    make(tmp_path / "corpus")
    (tmp_path / "corpus" / "data" / "rows.txt").write_text("two")
    (tmp_path / "corpus" / "extra").write_text("x")
    assert [line.split(": ")[-1] for line in verify_folder(tmp_path / "corpus")] == ["changed", "not in the manifest"]


@pytest.mark.parametrize("state", ["finished partial", "old and no new", "old and new"])
def test_a_kill_between_the_renames_is_mended(tmp_path, state):
    out = tmp_path / "corpus"
    make(out)
    if state == "finished partial":
        out.rename(tmp_path / "corpus.partial")
    elif state == "old and no new":
        out.rename(tmp_path / "corpus.old.partial")
    else:
        (tmp_path / "corpus.old.partial").mkdir()
    calls: list = []
    make(out, calls=calls)
    assert calls == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


def test_a_full_disk_is_one_clear_message_and_the_old_file_stays(tmp_path, monkeypatch):
    target = tmp_path / "file"
    write_atomic(target, "old")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TekioError, match="disk is full"):
        write_atomic(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "full"), RuntimeError("I/O error: No space left on device (os error 28)")],
    ids=["from Python", "from a native library"],
)
def test_a_disk_that_fills_up_during_a_stage_is_one_clear_message(tmp_path, error):
    def work(_space):
        raise error

    with pytest.raises(TekioError, match="disk is full"):
        run_stage("base", tmp_path / "base", config={}, inputs=[], seed=1, work=work)
    assert not (tmp_path / "base").exists()


def test_a_run_folder_has_one_writer_and_a_killed_one_leaves_no_lock(tmp_path):
    code = f"""
    import sys, time
    from pathlib import Path
    from tekio.store import single_writer
    with single_writer(Path({str(tmp_path)!r})):
        print("held", flush=True)
        time.sleep(60)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(TekioError, match=f"pid {process.pid}"), single_writer(tmp_path):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    with single_writer(tmp_path):
        pass


def test_inputs_are_known_by_content_not_by_place(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "texts").mkdir(parents=True)
        (tmp_path / name / "texts" / "1.txt").write_text("同じ")
    assert describe_input(tmp_path / "a" / "texts") == describe_input(tmp_path / "b" / "texts")
    make(tmp_path / "corpus")
    assert describe_input(tmp_path / "corpus").kind == "stage"
    with pytest.raises(TekioError, match="missing"):
        describe_input(tmp_path / "nothing")


def test_links_are_refused_inside_artifacts(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to("/etc/passwd")
    with pytest.raises(TekioError, match="link"):
        files_below(tmp_path / "folder")


def test_links_of_an_input_count_by_the_content_they_lead_to(tmp_path):
    """As in a snapshot of the Hugging Face cache."""
    cache, plain = tmp_path / "cache", tmp_path / "plain"
    (cache / "blobs").mkdir(parents=True)
    (cache / "snapshots" / "1").mkdir(parents=True)
    plain.mkdir()
    (cache / "blobs" / "abc").write_text("{}")
    (cache / "snapshots" / "1" / "config.json").symlink_to("../../blobs/abc")
    (plain / "config.json").write_text("{}")
    snapshot = cache / "snapshots" / "1"
    assert describe_input(snapshot, "model") == describe_input(plain, "model")
    before = describe_input(snapshot).sha256
    (cache / "blobs" / "abc").write_text("{ }")
    assert describe_input(snapshot).sha256 != before
    (cache / "blobs" / "abc").unlink()
    with pytest.raises(TekioError, match="leads to no file"):
        describe_input(snapshot)


def test_damaged_json_lines_are_named_by_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    assert write_jsonl(path, [{"text": "改行\nと\u2028"}, {"n": 1}]) == 2
    assert list(read_jsonl(path)) == [{"text": "改行\nと\u2028"}, {"n": 1}]
    path.write_text('{"a": 1}\n{"a": \n')
    with pytest.raises(TekioError, match=r"rows.jsonl:2"):
        list(read_jsonl(path))
    with pytest.raises(TekioError, match="not valid JSON"):
        read_json(path)
