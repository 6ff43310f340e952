"""Review in a spreadsheet or in Label Studio, there and back: no formula, no loss, every decision found."""

# pyright: standard
# (openpyxl is untyped)

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.cli import main
from tekio.errors import TekioError
from tekio.instruct.review.items import ReviewItem, load_items
from tekio.instruct.review.label_studio import interface, read_annotations, tasks, write_tasks
from tekio.instruct.review.tables import RISKY, read_table, safe, unsafe, write_table
from tekio.records import InstructionMeta, new_record
from tekio.store import write_jsonl

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    "＝1",
    "'=1",
    "''",
    "'",
    "_x0041_",
    "a\x08b",
    "a\r\nb",
]


def item(question="問い", answer="答え", given=None, **extra):
    record = new_record(question, answer, InstructionMeta("faq", "fsa", "PDL-1.0", input=given, extra=extra))
    return ReviewItem(record.id, record, passage="元の文章")


@given(st.text(max_size=20) | st.text(RISKY + "'", max_size=4))
def test_a_safe_cell_is_no_formula_and_comes_back(text):
    assert unsafe(safe(text)) == text
    assert safe(text)[:1] not in [*RISKY]


def active(path) -> Any:
    return openpyxl.load_workbook(path).active


def cells(path):
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    else:
        rows = [[str(value or "") for value in row] for row in active(path).iter_rows(values_only=True)]
    return rows


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_nothing_in_a_table_is_a_formula(tmp_path, suffix):
    path = tmp_path / f"review{suffix}"
    write_table(path, [item(text, text, text) for text in FORMULAS])
    for row in cells(path):
        assert all(cell[:1] not in [*RISKY] for cell in row)
    if suffix == ".xlsx":
        types = {cell.data_type for row in active(path).iter_rows() for cell in row if cell.value}
        assert types == {"s"}
    else:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # Excel needs it


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: text.strip()) | st.sampled_from(FORMULAS),
        min_size=1,
        max_size=5,
        unique=True,
    )
)
def test_an_untouched_table_brings_no_decision(tmp_path_factory, suffix, texts):
    path = tmp_path_factory.mktemp("table") / f"review{suffix}"
    items = [item(text, text, text) for text in texts]
    assert write_table(path, items) == []
    back = read_table(path, items)
    assert (back.actions, back.problems, back.untouched) == ([], [], len(items))


def changed(path, changes):
    """Rewrite a table as a reviewer (or Excel) would: `changes[row][column] = text`."""
    rows = cells(path)
    head = rows[0]
    for number, values in changes.items():
        for name, text in values.items():
            rows[number][head.index(name)] = text
    if path.suffix == ".csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
    else:
        book: Any = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_decisions_come_back_from_a_table(tmp_path, suffix):
    items = [item(f"問い{number}") for number in range(6)]
    path = tmp_path / f"review{suffix}"
    write_table(path, items)
    changed(
        path,
        {
            1: {"decision": "採用", "reviewer": "山田"},
            2: {"decision": "Reject", "reason": "outdated", "note": "古い", "text_2": "捨てた案"},
            3: {"text_2": "直した答え"},
            4: {"decision": "accept", "input": "足した入力"},
            5: {"decision": "maybe"},
        },
    )
    back = read_table(path, items, "A")
    assert [(found.decision, found.reviewer) for found in back.actions] == [
        ("accept", "山田"), ("reject", "A"), ("edit", "A"), ("edit", "A"),
    ]  # fmt: skip
    assert (back.actions[1].reason, back.actions[1].note, back.actions[1].messages) == ("outdated", "古い", None)
    assert back.actions[2].messages == [
        {"role": "user", "content": "問い2"},
        {"role": "assistant", "content": "直した答え"},
    ]
    assert back.actions[3].input == "足した入力"
    assert (len(back.problems), back.untouched) == (1, 1)
    assert [found.key for found in read_table(path, items, "A").actions] == [found.key for found in back.actions]


def test_a_table_that_excel_saved_in_cp932_is_no_edit(tmp_path):
    items = [item("問い①", "株価〜髙い🙂")]
    path = tmp_path / "review.csv"
    write_table(path, items)
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    path.write_bytes(text.encode("cp932", "replace"))
    back = read_table(path, items, "A")
    assert (back.actions, back.untouched) == ([], 1)


def test_rows_that_cannot_be_used_are_named(tmp_path):
    items = [item("一"), item("二"), item("三")]
    path = tmp_path / "review.csv"
    write_table(path, items)
    changed(
        path,
        {
            1: {"id": "absent", "decision": "accept"},
            2: {"decision": "accept", "digest": "0" * 16},
            3: {"decision": "accept"},
        },
    )
    back = read_table(path, items)
    assert [where for where, _ in back.problems] == [
        "review.csv:2",
        "review.csv:3",
        "review.csv:4",
    ]  # the last: no reviewer
    assert back.actions == []


def test_what_does_not_fit_into_a_cell_is_left_out_and_told(tmp_path):
    long = item("長い", "あ" * 40_000)
    assert write_table(tmp_path / "review.xlsx", [item(), long]) == [long.key]
    assert len(cells(tmp_path / "review.xlsx")) == 2


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_other_tables_are_refused(tmp_path, name):
    (tmp_path / name).write_text("x,y\n1,2\n")
    with pytest.raises(TekioError):
        read_table(tmp_path / name, [item()])


# --- Label Studio ------------------------------------------------------------------------------------------------


def annotation(number, decision, who="a@example.com", **texts):
    result = [{"from_name": "decision", "type": "choices", "value": {"choices": [decision]}}]
    result += [{"from_name": name, "type": "textarea", "value": {"text": [text]}} for name, text in texts.items()]
    return {"id": number, "completed_by": {"email": who}, "was_cancelled": False, "result": result}


def test_label_studio_there_and_back(tmp_path):
    items = [item(f"問い{number}") for number in range(4)]
    config = write_tasks(tmp_path / "tasks.json", items, "ja")
    names = {element.get("name") for element in ET.fromstring(config.read_text(encoding="utf-8")).iter()}
    assert {"decision", "reason", "text_1", "text_2", "input"} <= names
    exported = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    exported[0]["annotations"] = [annotation(1, "accept", text_2="答え"), annotation(2, "採用", "b@example.com")]
    exported[1]["annotations"] = [annotation(3, "accept", text_2="直した答え")]
    exported[2]["annotations"] = [annotation(4, "reject", reason="wrong") | {"was_cancelled": True}]
    exported[3]["annotations"] = [annotation(5, "reject")]
    (tmp_path / "back.json").write_text(json.dumps(exported), encoding="utf-8")
    back = read_annotations(tmp_path / "back.json", items)
    assert [(found.reviewer, found.decision) for found in back.actions] == [
        ("a@example.com", "accept"), ("b@example.com", "accept"), ("a@example.com", "edit"), ("a@example.com", "reject"),
    ]  # fmt: skip
    edited: Any = back.actions[2].messages
    assert edited[1]["content"] == "直した答え"
    assert (back.untouched, back.problems) == (1, [])


def test_label_studio_json_min(tmp_path):
    items = [item()]
    row = {**tasks(items)[0]["data"], "decision": "reject", "reason": "wrong", "annotator": 7, "annotation_id": 3}
    (tmp_path / "min.json").write_text(json.dumps([row]), encoding="utf-8")
    (found,) = read_annotations(tmp_path / "min.json", items).actions
    assert (found.reviewer, found.decision, found.reason) == ("7", "reject", "wrong")


def test_every_interface_names_each_turn():
    long: Any = item()
    long.record.messages += [{"role": "user", "content": "また"}, {"role": "assistant", "content": "はい"}]
    assert 'name="text_4"' in interface([item(), long], "en")
    assert len({tuple(task["data"]) for task in tasks([item(), long])}) == 1


# --- the command -------------------------------------------------------------------------------------------------


def test_a_review_by_table_from_the_command_line(tmp_path, capsys):
    file = tmp_path / "pairs.jsonl"
    write_jsonl(file, [item(f"問い{number}").record.as_dict() for number in range(3)])
    assert main(["--lang", "en", "review", str(file), "--write", str(tmp_path / "r.csv")]) == 0
    changed(tmp_path / "r.csv", {1: {"decision": "accept"}, 2: {"decision": "reject", "reason": "wrong"}})
    assert main(["--lang", "en", "review", str(file), "--merge", str(tmp_path / "r.csv"), "--reviewer", "A"]) == 0
    shown = capsys.readouterr().out
    assert "2 new decisions" in shown
    assert "2 of 3 records decided" in shown
    changed(tmp_path / "r.csv", {1: {"decision": "reject"}})
    assert main(["--lang", "en", "review", str(file), "--merge", str(tmp_path / "r.csv"), "--reviewer", "B"]) == 0
    capsys.readouterr()
    assert main(["--lang", "en", "review", str(file), "--finish", str(tmp_path / "done.jsonl")]) == 0
    shown = capsys.readouterr().out
    assert "conflicts 1" in shown
    assert load_items(file)[0].key in shown
    assert [json.loads(line)["rejected_by"] for line in (tmp_path / "done.rejected.jsonl").open()] == ["review"]
    (conflict,) = [json.loads(line) for line in (tmp_path / "done.conflicts.jsonl").open()]
    assert {opinion["reviewer"] for opinion in conflict["opinions"]} == {"A", "B"}
    assert main(["review", str(file), "--write", str(tmp_path / "r.docx")]) == 2
    assert main(["review", str(file), "--merge", str(tmp_path / "absent.csv")]) == 2
