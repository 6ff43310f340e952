"""The verbs `tasks`, `published` and `contamination`, as a user calls them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evaluate.choices import answered
from evaluate.tasks.test_hashes import built, cases
from realdata import need_real_data
from tekio.cli import build_parser
from tekio.errors import LimitError, TekioError
from tekio.evaluate.results.item_rows import item_rows
from tekio.evaluate.tasks import load_task

TASK = """
name: exam
license: CC0
data: {files: [exam.jsonl], fields: {id: id, options: choices, gold: answer}}
templates: {default: {prompt: "{{ question }}"}}
"""
QUESTION = "投資信託の信託報酬について、制度の目的と計算の方法を踏まえ、もっとも注意すべき点はどれか。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        {"id": 1, "question": QUESTION, "choices": ["残高に応じて日々かかる", "一度だけかかる"], "answer": 0},
        {"id": 2, "question": QUESTION[::-1], "choices": ["有利になる", "不利になる"], "answer": 1},
    ]
    (tmp_path / "exam.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (tmp_path / "exam.yaml").write_text(TASK)
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"id": "d", "text": f"前文。{QUESTION}残高に応じて日々かかる。"}))
    return tmp_path


def run(*words: object) -> int:
    """The verb's action in this process, which keeps its network (other tests need it)."""
    parsed = build_parser("en").parse_args([str(word) for word in words])
    parsed.language = "en"
    return parsed.action(parsed) or 0


def test_list_names_every_task_and_its_templates(capsys):
    assert run("tasks", "list") == 0
    out = capsys.readouterr().out
    assert "chabsa" in out
    assert "default, 0.1, 0.1.2, 0.2, 0.2.1, 0.3, 0.4, 0.5, 0.6" in out


def test_show_prints_an_item_as_it_is_sent(folder, capsys):
    assert run("tasks", "show", folder / "exam.yaml", "--item", 1) == 0
    out = capsys.readouterr().out
    assert QUESTION[::-1] + "\n--- 有利になる\n--- 不利になる" in out


def test_hash_prints_sixteen_digits(folder, capsys):
    assert run("tasks", "hash", folder / "exam.yaml") == 0
    short = capsys.readouterr().out.strip()
    assert run("tasks", "hash", folder / "exam.yaml", "--full") == 0
    assert len(short) == 16
    assert capsys.readouterr().out.startswith(short)


@pytest.mark.real
@pytest.mark.parametrize(("task", "template", "protocol", "expected"), list(cases()))
def test_the_first_line_is_the_published_hash(task, template, protocol, expected, capsys):
    """Every cell of the published table, through the command line."""
    data = need_real_data("chabsa" if task == "chabsa" else "fin-harness")
    assert run("tasks", "hash", task, "--template", template, "--protocol", protocol, "--data", data) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first == expected
    if task == "cpa_audit":
        sent = built(task, template, protocol).prompt_hash[:16]
        assert others == [f"{sent}  the prompts that are sent"]
        assert sent != expected
    else:
        assert not others


def test_contamination_counts_writes_and_fails_on_request(folder, capsys):
    words = ["contamination", folder / "exam.yaml", "--in", folder / "corpus.jsonl"]
    assert run(*words, "--out", folder / "found.jsonl") == 0
    out = capsys.readouterr().out
    assert "1  question seen in the text" in out
    assert "1  right answer beside it" in out
    row = json.loads((folder / "found.jsonl").read_text())
    assert (row["item"], row["matches"][0]["text"]) == ("1", QUESTION)
    with pytest.raises(LimitError, match=r"50\.0% of the items of exam") as caught:
        run(*words, "--fail-above", 0.1)
    assert caught.value.exit_code == 3


def test_contamination_shows_scores_with_and_without(folder, capsys):
    built = load_task("exam.yaml", base=folder).build(
        None, template="default", protocol="plain", shots=0, limit=None, seed=17
    )
    items = folder / "evaluate" / "items" / "tuned" / "exam.default.jsonl"
    items.parent.mkdir(parents=True)
    lines = [json.dumps(row.plain(), ensure_ascii=False) + "\n" for row in item_rows(built, answered(built, [0, 0]))]
    items.write_text("".join(lines))
    words = ["contamination", folder / "exam.yaml", "--in", folder / "corpus.jsonl"]
    assert run(*words, "--evaluation", folder / "evaluate") == 0
    assert "tuned acc: 0.5000 -> 0.0000 (1 clean)" in capsys.readouterr().out
    items.write_text(
        lines[0].replace(built.prompt_hash[:4], "x") + lines[1].replace('"prompt_sha256": "', '"prompt_sha256": "x')
    )
    with pytest.raises(TekioError, match="asked something else"):
        run(*words, "--evaluation", folder / "evaluate")


def test_published_prints_both_tables_and_places_ours(tmp_path, capsys):
    folder = tmp_path / "acme" / "one"
    folder.mkdir(parents=True)
    tasks = ("chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1")
    results = {task: {("f1,none" if task == "chabsa" else "acc,none"): 0.5} for task in tasks}
    (folder / "result-default.json").write_text(json.dumps({"results": results, "config": {}}))
    assert run("published", tmp_path) == 0
    out = capsys.readouterr().out
    assert "50.00" in out
    assert "Honest" in out


def test_the_verbs_start_without_heavy_libraries():
    code = "import sys; from tekio.cli import build_parser; build_parser('en'); print([m for m in ('numpy','jinja2','pydantic','torch') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_what_a_task_is_stands_in_japanese_too_and_so_does_why_a_prompt_cannot_be_made(tmp_path, capsys):
    (tmp_path / "quiz.jsonl").write_text('{"id": "q1", "question": "1+1は？", "choices": ["2", "3"], "answer": 0}\n')
    made = (
        "name: quiz\nkind: choice\nlicense: internal\ndata:\n  files: [quiz.jsonl]\n"
        "  fields: {id: id, options: choices, gold: answer}\ntemplates:\n  default:\n    prompt: '{{ question }}'\n"
    )
    file = tmp_path / "quiz.yaml"
    parsed = build_parser("ja").parse_args(["tasks", "show", str(file)])
    parsed.language = "ja"
    file.write_text(made)
    assert not parsed.action(parsed)
    out = capsys.readouterr().out
    assert "quiz: (finance, choice)\nライセンス: internal\n" in out
    assert "1 問、プロンプトのハッシュ " in out
    assert "--- 正解: " in out
    for wrong, japanese in (
        ("{{ qestion }}", "`qestion` という名前はありません"),
        ("{{ question ", "テンプレートの書き方が違います"),
    ):
        file.write_text(made.replace("{{ question }}", wrong))
        with pytest.raises(TekioError) as error:
            parsed.action(parsed)
        assert japanese in error.value.explain("ja")
