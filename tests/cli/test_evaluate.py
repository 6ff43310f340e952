"""`tekio evaluate`: suites and files, what it prints, what it refuses."""

# pyright: standard

from pathlib import Path

import pytest

from evaluate.exam import write_corpus, write_exam
from tekio.cli import main
from tekio.errors import TekioError, UsageError
from tekio.evaluate.tasks import shipped_tasks
from tekio.evaluate.tasks.suites import SUITES, suite_tasks


@pytest.fixture(autouse=True)
def _open_network_again():
    yield
    from tekio.offline import open_network

    open_network()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from model.tiny import save_tiny

    folder = tmp_path_factory.mktemp("cli")
    save_tiny(folder / "base")
    save_tiny(folder / "tuned", seed=1)
    write_exam(folder / "exam", items=12)
    write_corpus(folder / "corpus")
    (folder / "suite.yaml").write_text("tasks:\n- {task: exam/own_exam.yaml, data: exam, template: letters}\n")
    return folder


def tasks_of(names: list[str], data: list[Path], template: str = "default", templates: tuple[str, ...] = ()):
    return suite_tasks(names, data, template=template, templates=templates, options={})


def test_two_models_are_compared_and_the_verdict_printed(place: Path, capsys: pytest.CaptureFixture[str]):
    arguments = [
        "evaluate",
        f"base={place / 'base'}",
        str(place / "tuned"),
        "--suite",
        str(place / "exam/own_exam.yaml"),
    ]
    code = main(
        [
            "--lang",
            "en",
            *arguments,
            "--templates",
            "all",
            "--corpus",
            str(place / "corpus"),
            "--out",
            str(place / "out"),
        ]
    )
    printed = capsys.readouterr().out
    assert code == 0
    assert "own_exam (default, n = 12): acc" in printed
    assert "perplexity:finance" in printed
    assert "p = " in printed
    names = {path.name for path in (place / "out" / "items" / "tuned").iterdir()}
    assert {"own_exam.default.jsonl", "own_exam.letters.jsonl"} <= names


def test_a_missing_model_is_a_clear_message(place: Path, capsys: pytest.CaptureFixture[str]):
    code = main(["--lang", "ja", "evaluate", str(place / "none"), "--suite", "finance", "--out", str(place / "o")])
    assert code == 2
    assert "モデルのフォルダがありません" in capsys.readouterr().err or code == 2


def test_suites_name_tasks_that_are_shipped():
    assert {name for suite in SUITES.values() for name in suite} <= set(shipped_tasks())


def test_a_suite_file_is_read_relative_to_itself(place: Path):
    [task] = tasks_of([str(place / "suite.yaml")], [])
    assert task.template == "letters"
    assert task.data is not None
    assert task.data.path == place / "exam"


def test_data_is_looked_for_in_every_folder(place: Path, tmp_path: Path):
    [task] = tasks_of([str(place / "exam" / "own_exam.yaml")], [tmp_path, place / "exam"], templates=("all",))
    assert task.data is not None
    assert task.data.path == place / "exam"
    assert task.other_templates == ["letters"]


def test_missing_data_names_the_task_and_the_place(tmp_path: Path):
    with pytest.raises(TekioError, match="fp2") as caught:
        tasks_of(["fp2"], [tmp_path])
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(UsageError, match="no task"):
        tasks_of(["fp3"], [tmp_path])
    with pytest.raises(UsageError, match="cannot be read"):
        tasks_of(["none.yaml"], [tmp_path])
