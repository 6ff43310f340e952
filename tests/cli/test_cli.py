"""The command line answers at once, in both languages, and ends with the documented exit codes."""

import os
import resource
import subprocess
import sys
import time

import pytest

from tekio.cli import main


def tekio(*words: str, **kwargs) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tekio", *words], capture_output=True, text=True, timeout=120, check=False, **kwargs
    )


def test_help_needs_less_than_three_tenths_of_a_cpu_second():
    best = 9.0
    for _ in range(3):  # the first call may have to compile byte code
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert tekio("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert best < 0.3


def test_import_needs_no_torch():
    code = "import sys, tekio, tekio.cli; sys.exit(any(m in sys.modules for m in ('torch', 'transformers', 'pyarrow')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_speaks_the_users_language():
    assert "レシピを実行" in tekio("--lang", "ja", "--help").stdout
    assert "run a recipe" in tekio("--help", env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    assert "レシピを実行" in tekio("--help", env={**os.environ, "LC_ALL": "ja_JP.UTF-8"}).stdout


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["doctor", "--help"], ["corpus", "--help"]])
def test_every_help_page_opens(words):
    assert tekio(*words).returncode == 0


def test_a_recipe_error_is_one_message_and_exit_code_2(tmp_path):
    (tmp_path / "r.yaml").write_text("name: x\nsead: 1\n")
    done = tekio("--lang", "en", "run", str(tmp_path / "r.yaml"))
    assert done.returncode == 2
    assert done.stderr.startswith("Error: Unknown key `sead`.")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_unknown_words_are_exit_code_2():
    assert tekio("frobnicate").returncode == 2


def test_init_writes_a_recipe_that_can_be_read_and_never_overwrites(tmp_path, capsys):
    from tekio.recipe import load_recipe

    path = tmp_path / "new" / "recipe.yaml"
    assert main(["init", str(path)]) == 0
    assert load_recipe(path).corpus is not None
    text = path.read_text()
    assert main(["init", str(path)]) == 1
    assert path.read_text() == text


def test_a_section_that_lacks_its_input_is_named(tmp_path, capsys):
    (tmp_path / "r.yaml").write_text("name: x\npretrain: {}\n")
    assert main(["--lang", "en", "run", str(tmp_path / "r.yaml")]) == 2
    assert "`pretrain` needs a section `base`" in capsys.readouterr().err


def test_an_interrupt_ends_with_130(monkeypatch, tmp_path, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("tekio.pipeline.run_recipe", interrupted)
    (tmp_path / "r.yaml").write_text("name: x\n")
    assert main(["--lang", "en", "run", str(tmp_path / "r.yaml")]) == 130
    assert "Run the same command again" in capsys.readouterr().err


def test_a_missing_library_is_named_with_its_extra(monkeypatch, tmp_path, capsys):
    def missing(*_, **__):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr("tekio.pipeline.run_recipe", missing)
    (tmp_path / "r.yaml").write_text("name: x\n")
    assert main(["--lang", "en", "run", str(tmp_path / "r.yaml")]) == 1
    assert "pip install 'tekio[train]'" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tekio", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    time.sleep(0.1)
    assert process.wait(timeout=30) in (0, 120)
