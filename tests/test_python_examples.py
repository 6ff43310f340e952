"""The examples of `examples/python` run, and use the public interface only; the notebook runs cell by cell, stored without outputs."""

import ast
import csv
import json
import runpy
from pathlib import Path
from typing import Any

import pytest

import tekio
from report.report_fixture import full_run

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "python"
SCRIPTS = sorted(FOLDER.glob("*.py"))
NOTEBOOK = FOLDER / "scores.ipynb"
RECIPE = """\
name: small
corpus:
  sources:
    - {name: notes, domain: finance, path: notes.jsonl, columns: {text: body}, license: internal}
  filters: {preset: none}
  held_out: {share: 0}
instruct:
  import: [{name: asked, path: asked.jsonl, license: internal}]
  validation_share: 0
"""


def cells() -> list[dict[str, Any]]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    notes = [
        "当社の売上高は、前年を上回る見通しです。主な要因は国内の需要です。",
        "短い文です。",
        "金利が上がると、債券の価格は下がります。逆も同じです。",
    ]
    lines = "".join(json.dumps({"body": text}, ensure_ascii=False) + "\n" for text in notes)
    (tmp_path / "notes.jsonl").write_text(lines, encoding="utf-8")
    asked = {
        "instruction": "債券の価格は、金利が上がるとどうなりますか。",
        "input": "",
        "output": "金利が上がると、債券の価格は下がります。",
    }
    (tmp_path / "asked.jsonl").write_text(json.dumps(asked, ensure_ascii=False) + "\n", encoding="utf-8")
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def test_examples_use_the_public_interface_only():
    texts = [(path, path.read_text(encoding="utf-8")) for path in SCRIPTS]
    texts.append((NOTEBOOK, "\n".join("".join(cell["source"]) for cell in cells() if cell["cell_type"] == "code")))
    for path, text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tekio"):
                assert node.module == "tekio", path
                assert {alias.name for alias in node.names} <= set(tekio.__all__), path


def example(name: str) -> Any:
    """The functions of a script."""
    return runpy.run_path(str(FOLDER / f"{name}.py"))


def test_stages_one_after_another_with_an_own_threshold(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert example("one_stage_after_another")["main"](str(recipe), str(tmp_path / "out")) == 0
    assert "assistant: 金利が上がると" in capsys.readouterr().out
    texts = [row["text"] for row in tekio.read_documents(tmp_path / "out" / "corpus" / "train", ["text"])]
    assert len(texts) == 2
    assert not any("短い" in text for text in texts)
    assert example("what_was_left_out")["main"](str(tmp_path / "out"), str(tmp_path / "left.csv")) == 0
    assert "notes\ttrain\t2" in capsys.readouterr().out
    with (tmp_path / "left.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source"], row["rejected_by"]) for row in rows] == [("notes", "filter:letters")]


def test_a_recipe_is_planned_run_and_its_mistakes_explained(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    script = example("run_and_compare")
    assert script["main"](str(recipe), str(tmp_path / "run")) == 0
    assert "corpus: " in capsys.readouterr().out
    recipe.write_text(RECIPE.replace("corpus:", "corpsu:"), encoding="utf-8")
    assert script["main"](str(recipe), str(tmp_path / "other")) == 2
    assert "Did you mean `corpus`?" in capsys.readouterr().err


def test_comparisons_are_told_with_n_correction_and_verdict(tmp_path: Path):
    lines = example("run_and_compare")["comparisons"](tekio.read_results(full_run(tmp_path / "run")))
    assert lines
    assert all("n = " in line and line.rpartition(": ")[2] in ("improved", "worse", "cannot tell") for line in lines)


def test_the_notebook_runs_and_holds_no_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("TEKIO_RUN", str(full_run(tmp_path / "run")))
    names: dict[str, Any] = {}
    for cell in cells():
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            exec(compile("".join(cell["source"]), NOTEBOOK.name, "exec"), names)
    shown = capsys.readouterr().out
    assert "reference: base" in shown
    assert "n = " in shown
    assert len(names["verdicts"]) == sum(len(task.comparisons) for task in names["results"].tasks)
