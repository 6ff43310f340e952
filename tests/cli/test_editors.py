"""`tekio schema` and `tekio completion`: what editors and shells ask for."""

# pyright: standard

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tekio.cli import main
from tekio.recipe.schema import recipe_schema


def test_the_schema_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed) == recipe_schema()
    assert main(["schema", "--out", str(tmp_path / "recipe.schema.json")]) == 0
    assert (tmp_path / "recipe.schema.json").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_gets_a_script_that_knows_the_verbs(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "doctor" in script
    assert "--endpoint-rule" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script, encoding="utf-8")
        assert subprocess.run([shell, "-n", str(tmp_path / "script")], check=False).returncode == 0
