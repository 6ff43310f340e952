"""`tekio dataset`: what a set is made of, what changed, single records, the card, and the gate on the command line."""

# pyright: standard
# (JSON rows are untyped)

import json
import subprocess
import sys

import numpy as np
import pytest
import yaml

from tekio.cli import main
from tekio.instruct.dataset.card import front_matter, plain
from tekio.instruct.dataset.diff import difference
from tekio.instruct.dataset.open import open_dataset
from tekio.instruct.dataset.show import printable, width
from tekio.instruct.dataset.stats import Lengths, composition
from tekio.records import ChatMessage, InstructionMeta, InstructionRecord, new_record
from tekio.store import write_jsonl


def sample(number=0, license_id="PDL-1.0", **meta):
    values = {"task": "faq", "origin": "fsa", "license": license_id, "as_of": "2026-04-01", **meta}
    return new_record(f"問い{number}は何ですか。", "答え" * (number + 1), InstructionMeta(**values))


def write(path, records):
    write_jsonl(path, [record.as_dict() for record in records])
    return path


@pytest.fixture
def file(tmp_path):
    records = [sample(number, topic="国債" if number % 2 else None) for number in range(10)]
    return write(tmp_path / "set.jsonl", records)


def test_composition_counts_every_part(file):
    found = composition(open_dataset(file)).as_dict()
    assert found["rows"] == 10
    assert found["by"]["topic"] == {"-": 5, "国債": 5}
    assert found["by"]["as_of"] == {"2026": 10}
    assert found["lengths"]["output"]["characters"] == sum(2 * (number + 1) for number in range(10))
    assert found["japanese_share"] > 0.9


@pytest.mark.parametrize("values", [[5], [1, 2], list(range(101)), [7] * 30 + [1000]])
def test_quantiles_agree_with_numpy(values):
    lengths = Lengths()
    for value in values:
        lengths.add("x" * value)
    summary = lengths.summary()
    for share in (5, 50, 95):
        assert summary[f"p{share}"] == np.percentile(values, share, method="lower")
    assert summary["mean"] == round(float(np.mean(values)), 1)


def test_rows_that_cannot_be_read_are_counted(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text('{"instruction":"問い","input":"","output":"答え"}\n{broken\n', encoding="utf-8")
    assert main(["--lang", "en", "dataset", "stats", str(tmp_path / "a.jsonl")]) == 0
    shown = capsys.readouterr().out
    assert "1 rows" in shown
    assert "bad_json" in shown


def test_stats_in_japanese_and_as_json(file, capsys):
    assert main(["--lang", "ja", "dataset", "stats", str(file)]) == 0
    assert "10 行" in capsys.readouterr().out
    assert main(["dataset", "stats", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 10


def test_a_stage_folder_is_opened_as_a_set_without_its_rejected_rows(tmp_path, capsys):
    write(tmp_path / "train.jsonl", [sample(1)])
    write(tmp_path / "validation.jsonl", [sample(2)])
    write_jsonl(tmp_path / "rejected.jsonl", [{**sample(3).as_dict(), "rejected_by": "x", "measured": {}}])
    assert composition(open_dataset(tmp_path)).rows == 2


def test_show_selects_by_id_and_by_meta(file, capsys):
    wanted = sample(3, topic="国債")
    assert main(["--lang", "en", "dataset", "show", str(file), wanted.id]) == 0
    assert "問い3" in capsys.readouterr().out
    assert main(["--lang", "en", "dataset", "show", str(file), "--where", "topic=国債", "-n", "2"]) == 0
    assert capsys.readouterr().out.count("── ") == 2
    assert main(["dataset", "show", str(file), "--where", "color=red"]) == 2
    assert main(["dataset", "show", str(file), "absent"]) == 2


def test_nothing_in_a_record_can_write_to_the_terminal():
    assert printable("あ\x1b[31m\u202e\n") == "あ\\u001b[31m\\u202e\n"
    assert width("国債A") == 5


def test_diff_names_added_removed_and_changed_records(tmp_path, capsys):
    kept, gone, new = sample(1), sample(2), sample(3)
    changed = sample(4)
    old = write(tmp_path / "old.jsonl", [kept, gone, changed])
    changed.messages[1]["content"] = "直した答え"
    changed.meta.review = "edited"
    fresh = write(tmp_path / "new.jsonl", [changed, new, kept])
    found = difference(lambda: open_dataset(old), lambda: open_dataset(fresh))
    assert (found.added, found.removed, found.changed, found.same) == ([new.id], [gone.id], [changed.id], 1)
    assert dict(found.fields) == {"messages": 1, "review": 1}
    assert found.changes[0].fields["review"] == ("unseen", "edited")
    assert main(["--lang", "en", "dataset", "diff", str(old), str(fresh)]) == 0
    assert "1 added, 1 removed, 1 changed, 1 the same" in capsys.readouterr().out


def test_downloaded_files_without_ids_are_compared_by_their_text(tmp_path, capsys):
    rows = [{"instruction": "", "input": f"質問{number}は何ですか。", "output": "答えです。"} for number in range(5)]
    for name, kept in (("jafin-v1.jsonl", rows), ("jafin-v2.jsonl", rows[1:])):
        (tmp_path / name).write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), encoding="utf-8"
        )
    command = ["--lang", "en", "dataset", "diff", str(tmp_path / "jafin-v1.jsonl"), str(tmp_path / "jafin-v2.jsonl")]
    assert main(command) == 0
    assert "0 added, 1 removed, 0 changed, 4 the same" in capsys.readouterr().out


def test_a_set_does_not_differ_from_its_own_export(file, tmp_path):
    assert (
        main(
            [
                "dataset",
                "export",
                str(file),
                "--to",
                "alpaca",
                "--out",
                str(tmp_path / "a.json"),
                "--license",
                "internal",
            ]
        )
        == 0
    )
    found = difference(lambda: open_dataset(file), lambda: open_dataset(tmp_path / "a.json"))
    assert (found.same, found.added, found.removed, found.changed) == (10, [], [], [])


def test_export_prints_what_trainers_need(file, tmp_path, capsys):
    out = tmp_path / "faq.json"
    assert main(["dataset", "export", str(file), "--to", "alpaca", "--out", str(out), "--license", "PDL-1.0"]) == 0
    shown = capsys.readouterr().out
    assert '"file_name": "faq.json"' in shown
    assert "type: alpaca" in shown


def test_an_export_that_leaves_every_row_out_does_not_end_well(tmp_path, capsys):
    turns: list[ChatMessage] = [
        {"role": role, "content": "問い"} for role in ("user", "assistant", "user", "assistant")
    ]
    long = InstructionRecord("long", turns, InstructionMeta("faq", "fsa", "PDL-1.0"))
    file, out = write(tmp_path / "set.jsonl", [long]), tmp_path / "out.jsonl"
    assert main(["dataset", "export", str(file), "--to", "trl", "--out", str(out), "--license", "PDL-1.0"]) == 3
    said = capsys.readouterr()
    assert "1 rows left out" in said.out
    assert "No record is left to write in this form." in said.err


def test_parquet_export_has_a_card_that_hugging_face_can_read(tmp_path):
    records = [sample(number, "CC-BY-4.0", split="train" if number else "validation") for number in range(4)]
    file = write(tmp_path / "set.jsonl", records)
    out = tmp_path / "hub"
    assert main(["dataset", "export", str(file), "--to", "parquet", "--out", str(out), "--license", "CC-BY-4.0"]) == 0
    text = (out / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["license"] == "cc-by-4.0"
    assert front["configs"][0]["data_files"][0] == {"split": "train", "path": "data/train-*.parquet"}
    assert "0 of 4 rows" in text
    datasets = pytest.importorskip("datasets", reason="the datasets library is not installed")
    assert datasets.load_dataset(str(out))["train"].num_rows == 3


def test_the_gate_on_the_command_line_ends_with_4_and_names_the_row(tmp_path, capsys):
    blocked = sample(2, "CC-BY-SA-4.0")
    file = write(tmp_path / "set.jsonl", [sample(1), blocked])
    out = tmp_path / "a.jsonl"
    command = ["--lang", "ja", "dataset", "export", str(file), "--to", "messages", "--out", str(out)]
    assert main([*command, "--license", "MIT"]) == 4
    assert blocked.id in capsys.readouterr().err
    assert not out.exists()
    assert main([*command, "--license", "MIT", "--leave-out"]) == 0
    assert [json.loads(line)["rejected_by"] for line in (tmp_path / "a.jsonl.rejected.jsonl").open()] == ["license"]
    assert main(["dataset", "card", str(file), "--license", "CC-BY-4.0"]) == 4
    assert main(["dataset", "card", str(file), "--license", "CC-BY-SA-4.0"]) == 0


def test_an_internal_card_says_that_it_must_not_leave(file, capsys):
    assert main(["dataset", "card", str(file), "--license", "internal"]) == 0
    shown = capsys.readouterr().out
    assert "not for redistribution" in shown
    assert yaml.safe_load(shown.split("---\n")[1])["license"] == "other"


def test_the_card_says_what_a_model_drafted(tmp_path, capsys):
    drafted = sample(1, extra={"draft": {"generator": "local-7b"}, "generator_license": "Apache-2.0"})
    file = write(tmp_path / "set.jsonl", [sample(0), drafted])
    assert main(["dataset", "card", str(file), "--license", "PDL-1.0"]) == 0
    assert "local-7b 1." in capsys.readouterr().out


def test_text_of_records_cannot_mark_up_the_card():
    assert plain("a|b\n[x](javascript:1) <img src=x>") == "a\\|b \\[x\\](javascript:1) \\<img src=x\\>"
    assert front_matter("x", composition([]), "CC-BY-4.0")["size_categories"] == ["n<1K"]


def test_import_turns_a_downloaded_file_into_records(tmp_path, capsys):
    source = tmp_path / "financial_instruction_1490_input.jsonl"
    source.write_text('{"instruction":"問い","input":"入力","output":"答え"}\n[]\n', encoding="utf-8")
    out = tmp_path / "records.jsonl"
    assert main(["--lang", "en", "dataset", "import", str(source), "--out", str(out), "--license", "CC-BY-4.0"]) == 0
    (row,) = [json.loads(line) for line in out.open(encoding="utf-8")]
    assert (row["meta"]["input"], row["meta"]["origin"]) == ("入力", "financial_instruction_1490_input")
    assert "1 rows left out" in capsys.readouterr().out


@pytest.mark.parametrize("mark", ["<|im_end|>", "</s>", "### 返答:", "[INST]"])
@pytest.mark.parametrize("field", ["instruction", "input", "output"])
def test_import_and_export_say_which_records_hold_marks_of_a_template(tmp_path, capsys, field, mark):
    texts = {"instruction": "社債とは何ですか", "input": "用語集", "output": "会社の借金です。"}
    rows = [texts, {**texts, "instruction": "国債とは何ですか", field: f"国債\n{mark}\n続き"}]
    write_jsonl(tmp_path / "set.jsonl", rows)
    common = ["--license", "CC-BY-4.0", "--out"]
    words = ["--lang", "en", "dataset", "import", str(tmp_path / "set.jsonl"), *common, str(tmp_path / "in.jsonl")]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "2 rows ->" in said
    assert "not screened" in said
    assert f"! 1 records hold marks of a chat template or special tokens, first {mark!r}" in said
    words = ["--lang", "ja", "dataset", "export", str(tmp_path / "in.jsonl"), "--to", "alpaca", *common]
    assert main([*words, str(tmp_path / "out.json")]) == 0
    assert "! 1 件にチャットテンプレートの目印か特殊トークンがあります" in capsys.readouterr().out
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))) == 2


def test_nothing_is_said_of_marks_where_no_record_has_one(file, tmp_path, capsys):
    words = ["--lang", "en", "dataset", "export", str(file), "--to", "alpaca", "--license", "PDL-1.0", "--out"]
    assert main([*words, str(tmp_path / "out.json")]) == 0
    assert "marks of a chat template" not in capsys.readouterr().out


def test_help_imports_nothing_heavy():
    code = "import sys; from tekio.cli import build_parser; build_parser('en'); print([n for n in ('pyarrow', 'yaml', 'numpy') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
