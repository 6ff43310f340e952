"""Attacks on what is not ours: an output never replaces, enters or surrounds it."""

from pathlib import Path

import pytest

from tekio.errors import TekioError, UsageError
from tekio.store import (
    Input,
    describe_input,
    new_folder,
    read_manifest,
    replacing,
    require_beside_recipe,
    require_file,
    run_stage,
    write_json,
)


def make(out: Path, *, stage: str = "evaluate", setting: int = 1, seed: int = 1, inputs: list[Input] | None = None):
    def work(space):
        (space.path / "rows.txt").write_text(f"{setting} {seed}")

    return run_stage(stage, out, config={"a": setting}, inputs=inputs or [], seed=seed, work=work)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def a_user_s_folder(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("three years")


def a_user_s_manifest(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text('{"name": "an extension"}')


def another_stage(tmp_path):
    make(tmp_path / "out", stage="tune")


def notes_in_a_finished_stage(tmp_path):
    make(tmp_path / "out")
    (tmp_path / "out" / "notes").mkdir()
    (tmp_path / "out" / "notes" / "mine.txt").write_text("x")


def a_user_s_partial(tmp_path):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "draft.txt").write_text("x")


def a_user_s_partial_with_a_key(tmp_path):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "key.json").write_text('{"key": "of my house"}')


def a_user_s_old_partial(tmp_path):
    (tmp_path / "out.old.partial").mkdir()
    (tmp_path / "out.old.partial" / "draft.txt").write_text("x")


def a_file(tmp_path):
    (tmp_path / "out").write_text("x")


def a_link_to_a_folder(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("x")
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")


def a_link_to_nothing(tmp_path):
    (tmp_path / "out").symlink_to(tmp_path / "nothing")


@pytest.mark.parametrize(
    "there",
    [
        a_user_s_folder,
        a_user_s_manifest,
        another_stage,
        notes_in_a_finished_stage,
        a_user_s_partial,
        a_user_s_partial_with_a_key,
        a_user_s_old_partial,
        a_file,
        a_link_to_a_folder,
        a_link_to_nothing,
    ],
)
def test_what_is_not_ours_stays_as_it_is(tmp_path, there):
    there(tmp_path)
    before = everything(tmp_path)
    with pytest.raises(UsageError, match="nothing was touched"):
        make(tmp_path / "out", setting=2)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("place", ["data", "data/deeper/out", "."], ids=["is", "lies in", "contains"])
@pytest.mark.parametrize("through_a_link", [False, True])
def test_an_output_is_apart_from_its_inputs(tmp_path, place, through_a_link):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("x")
    out = tmp_path / place
    if through_a_link:
        (tmp_path / "way").symlink_to(tmp_path)
        out = tmp_path / "way" / place
    with pytest.raises(UsageError, match="contain, lie in, or be an input"):
        make(out, inputs=[describe_input(tmp_path / "data", "data")])
    assert (tmp_path / "data" / "a.txt").read_text() == "x"


@pytest.mark.parametrize("stage", ["base", "pretrain", "tune", "sweep"])
@pytest.mark.parametrize("change", [{"setting": 2}, {"seed": 2}, {"inputs": [Input("x", "ab", "file")]}])
def test_finished_training_is_replaced_on_request_only(tmp_path, stage, change):
    first = make(tmp_path / "out", stage=stage)
    with pytest.raises(UsageError, match=r"(?s)it is kept.*--out.*--replace"):
        make(tmp_path / "out", stage=stage, **change)
    assert read_manifest(tmp_path / "out") == first
    with replacing():
        assert make(tmp_path / "out", stage=stage, **change).key != first.key


def test_earlier_reports_are_kept(tmp_path):
    for setting in (1, 2, 3):
        make(tmp_path / "report", stage="report", setting=setting)
    kept = sorted(path.read_text() for path in (tmp_path / "report.earlier").rglob("rows.txt"))
    assert kept == ["1 1", "2 1"]


def test_a_half_written_file_of_a_kill_is_no_output(tmp_path):
    def work(space):
        (space.path / "rows.txt").write_text("x")
        (space.path / ".summary.json.4711.tmp").write_text("half")

    run_stage("corpus", tmp_path / "out", config={}, inputs=[], seed=1, work=work)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "rows.txt"]


def test_an_input_that_changes_meanwhile_fails_the_stage_and_leaves_no_part(tmp_path):
    data = tmp_path / "data.txt"
    data.write_text("one")
    found = describe_input(data)

    def work(space):
        data.write_text("two")
        (space.path / "rows.txt").write_text(data.read_text())

    with pytest.raises(TekioError, match="changed while it was read"):
        run_stage("corpus", tmp_path / "out", config={}, inputs=[found], seed=1, work=work)
    assert [path.name for path in tmp_path.iterdir()] == ["data.txt"]


def test_a_renamed_input_is_another_input(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    first = make(tmp_path / "out", inputs=[describe_input(tmp_path / "a.txt", "data")])
    (tmp_path / "a.txt").rename(tmp_path / "a.html")
    assert make(tmp_path / "out", inputs=[describe_input(tmp_path / "a.html", "data")]).key != first.key


def test_files_of_a_stage_are_for_their_owner(tmp_path):
    make(tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "out" / "rows.txt").stat().st_mode & 0o777 == 0o600


def test_a_new_folder_never_takes_a_user_s(tmp_path):
    (tmp_path / "model.partial").mkdir()
    (tmp_path / "model.partial" / "mine.txt").write_text("x")
    with pytest.raises(UsageError), new_folder(tmp_path / "model"):
        pass
    assert (tmp_path / "model.partial" / "mine.txt").read_text() == "x"

    def failing():
        with new_folder(tmp_path / "other") as working:
            write_json(working / "a.json", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.partial"]


def test_a_recipe_s_folder_is_no_output(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "way").symlink_to(tmp_path / "project")
    for out in (tmp_path / "project", tmp_path, tmp_path / "way", Path("/")):
        with pytest.raises(UsageError, match="own folder"):
            require_beside_recipe(out, tmp_path / "project")
    require_beside_recipe(tmp_path / "project" / "runs" / "x", tmp_path / "project")


def test_a_file_is_not_written_over_an_input(tmp_path):
    (tmp_path / "a.jsonl").write_text("{}")
    (tmp_path / "way.jsonl").symlink_to(tmp_path / "a.jsonl")
    for out in ("a.jsonl", "way.jsonl"):
        with pytest.raises(UsageError):
            require_file(tmp_path / out, [tmp_path / "a.jsonl"])
