"""The table of exit codes in docs/cli.md, line by line: what it says of a code ends with that code.

`test_failures` holds every verb against it; here each claim has a command of its own.
"""

import os
import re
from pathlib import Path

import pytest

from tekio.cli import main

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
TABLE = dict(re.findall(r"^\| (\d+) \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
NO_ROWS = '{"nothing": "of a record"}\n'
SOURCE = "name: x\ncorpus: {sources: [{name: s, path: %s, license: %s}]%s}\n"
CLAIMS: dict[str, list[tuple[str, str, list[str]]]] = {  # code: words of the table, content of `in`, the command
    "0": [("done", SOURCE % ("text.txt", "CC0-1.0", ""), ["run", "in", "--out", "out"])],
    "1": [
        ("damaged", "\ufffd\0", ["verify", "run"]),
        ("what a recipe names is not there", SOURCE % ("none", "CC0-1.0", ""), ["run", "in", "--out", "out"]),
        ("disk, access", "", ["dataset", "import", "records.jsonl", "--out", "/proc/x.jsonl"]),
    ],
    "2": [
        ("a path on the command line that names nothing", "", ["dataset", "stats", "none"]),
        ("the wrong kind (a folder for a file", "", ["doctor", "run"]),
        ("a pipe", "", ["dataset", "import", "pipe.jsonl", "--out", "out.jsonl"]),
        ("an unknown name", "", ["tasks", "show", "no-such-task"]),
        ("a number out of range", "", ["dataset", "show", "records.jsonl", "-n", "-1"]),
        ("a place that may not be written to", SOURCE % ("text.txt", "CC0-1.0", ""), ["run", "in", "--out", "mine"]),
        ("a recipe", "name: x\nsede: 1\n", ["run", "in"]),
        ("task, suite", "tasks: [{task: no-such-task}]\n", ["evaluate", "m=model", "--suite", "in", "--out", "out"]),
        (
            "template that is wrong",
            "name: x\ninstruct: {expand: [{name: e, path: records.jsonl, template: in}]}\n",
            ["run", "in"],
        ),
    ],
    "3": [
        (
            "a limit of the recipe was passed (rejected inputs",
            SOURCE % ("two", "CC0-1.0", ", max_rejected_files: 0"),
            ["run", "in", "--out", "out"],
        ),
        ("a source gave nothing", NO_ROWS, ["dataset", "import", "in.jsonl", "--out", "out.jsonl"]),
        ("a source gave nothing", NO_ROWS, ["dataset", "stats", "in.jsonl"]),
        ("a source gave nothing", NO_ROWS, ["dataset", "stats", "in.jsonl", "--json"]),
        ("nothing was left to train on", SOURCE % ("empty", "CC0-1.0", ""), ["run", "in", "--out", "out"]),
    ],
    "4": [("blocked by a license", SOURCE % ("text.txt", "evaluation-only", ""), ["run", "in", "--out", "out"])],
}


@pytest.fixture
def example(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("銀行は預金を受け入れ、資金を貸し出します。")
    Path("records.jsonl").write_text('{"instruction": "預金とは。", "input": "", "output": "預けた金です。"}\n')
    os.mkfifo("pipe.jsonl")
    Path("mine").mkdir()
    Path("mine/thesis.txt").write_text("mine")
    Path("two").mkdir()
    Path("two/a.txt").write_text("銀行は預金を受け入れ、資金を貸し出します。")
    Path("two/b.pdf").write_bytes(b"%PDF-1.4 broken")
    Path("empty").mkdir()
    Path("empty/a.txt").write_text("")
    Path("run/corpus").mkdir(parents=True)
    Path("run/corpus/manifest.json").write_text("{")
    Path("model").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("code", "words", "content", "command"),
    [(code, *claim) for code, claims in CLAIMS.items() for claim in claims],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_table_of_exit_codes_is_true(code, words, content, command, example, capsys):
    assert words in TABLE[code]
    for name in ("in", "in.jsonl"):
        Path(name).write_text(content)
    capsys.readouterr()
    try:
        got = main(["--lang", "en", *command])
    except SystemExit as stop:  # argparse
        got = int(stop.code or 0)
    out, err = capsys.readouterr()
    assert got == int(code), err or out
    assert "is a bug" not in err, err


def test_every_code_of_the_table_is_tried():
    assert set(TABLE) == {*CLAIMS, "130"}  # 130: test_an_interrupt_ends_with_130 (test_cli)
