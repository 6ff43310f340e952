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
from tekio.instruct.review.actions import Action
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
            2: {"decision": "Reject", "reason": "outdated", "note": "古い", "answer": "捨てた案"},
            3: {"answer": "直した答え"},
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


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_columns_are_called_by_what_they_hold_in_the_language_of_the_reviewer(tmp_path, suffix):
    path = tmp_path / f"review{suffix}"
    items = [item(f"問い{number}") for number in range(3)]
    write_table(path, items, "ja")
    assert cells(path)[0][:8] == ["ID", "判断", "理由", "メモ", "確認者", "質問", "入力", "回答"]
    changed(path, {1: {"判断": "不採用", "理由": "古い"}, 2: {"回答": "直した答え"}})
    back = read_table(path, items, "A")
    assert [(found.decision, found.reason) for found in back.actions] == [("reject", "outdated"), ("edit", "")]
    write_table(path, items, "en")
    assert cells(path)[0][5:8] == ["question", "input", "answer"]


def test_turns_of_every_role_have_a_column_of_their_own(tmp_path):
    long: Any = item("別")
    long.record.messages = [
        {"role": "system", "content": "指示"},
        *item("一", "二").record.messages,
        *item("三", "四").record.messages,
    ]
    items = [item(), long]
    write_table(tmp_path / "r.csv", items)
    head, short, row = cells(tmp_path / "r.csv")
    found = dict(zip(head, row, strict=True))
    assert [found[name] for name in ("system", "question", "answer", "question_2", "answer_2")] == [
        "指示", "一", "二", "三", "四",
    ]  # fmt: skip
    assert dict(zip(head, short, strict=True))["system"] == ""
    assert (read_table(tmp_path / "r.csv", items).actions, read_table(tmp_path / "r.csv", items).untouched) == ([], 2)


def test_a_table_of_an_earlier_version_is_still_read(tmp_path):
    (only,) = items = [item()]
    (tmp_path / "r.csv").write_text(f"id,decision,text_1,text_2\n{only.key},accept,問い,直した答え\n", encoding="utf-8")
    (found,) = read_table(tmp_path / "r.csv", items, "A").actions
    assert found.decision == "edit"


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
    assert {"decision", "reason", "question", "answer", "input"} <= names
    exported = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    exported[0]["annotations"] = [annotation(1, "accept", answer="答え"), annotation(2, "採用", "b@example.com")]
    exported[1]["annotations"] = [annotation(3, "accept", answer="直した答え")]
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


def test_decisions_go_along_to_label_studio_as_predictions():
    items = [item("一"), item("二")]
    texts: Any = [{"role": "user", "content": "一"}, {"role": "assistant", "content": "直した答え"}]
    edit: Any = Action("k", items[0].key, "A", "edit", items[0].digest(), messages=texts)
    decided, open_one = tasks(items, [edit])
    controls = {part["from_name"]: part["value"] for part in decided["predictions"][0]["result"]}
    assert controls["decision"] == {"choices": ["edit"]}
    assert controls["answer"] == {"text": ["直した答え"]}
    assert decided["data"]["answer"] == "答え"  # the record as it is; the edit is a decision
    assert "predictions" not in open_one


def test_every_interface_names_each_turn():
    long: Any = item()
    long.record.messages += [{"role": "user", "content": "また"}, {"role": "assistant", "content": "はい"}]
    assert 'name="answer_2"' in interface([item(), long], "en")
    assert 'value="回答2"' in interface([item(), long], "ja")
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
    assert main(["--lang", "en", "review", str(file), "--out", str(tmp_path / "done.jsonl")]) == 0
    shown = capsys.readouterr().out
    assert "conflicts 1" in shown
    assert load_items(file)[0].key in shown
    assert [json.loads(line)["rejected_by"] for line in (tmp_path / "done.rejected.jsonl").open()] == ["review"]
    (conflict,) = [json.loads(line) for line in (tmp_path / "done.conflicts.jsonl").open()]
    assert {opinion["reviewer"] for opinion in conflict["opinions"]} == {"A", "B"}
    assert main(["review", str(file), "--write", str(tmp_path / "r.docx")]) == 2
    assert main(["review", str(file), "--merge", str(tmp_path / "absent.csv")]) == 2


def test_what_is_decided_stands_in_what_is_written_and_comes_back_as_known(tmp_path, capsys):
    file = tmp_path / "pairs.jsonl"
    write_jsonl(file, [item(f"問い{number}").record.as_dict() for number in range(4)])
    first, second = tmp_path / "a.csv", tmp_path / "b.xlsx"
    assert main(["--lang", "en", "review", str(file), "--write", str(first)]) == 0
    changed(
        first, {1: {"decision": "accept"}, 2: {"answer": "直した"}, 3: {"decision": "reject", "reason": "outdated"}}
    )
    assert main(["--lang", "en", "review", str(file), "--merge", str(first), "--reviewer", "山田"]) == 0
    assert main(["--lang", "ja", "review", str(file), "--write", str(second)]) == 0
    assert "うち 3 件は判断済み" in capsys.readouterr().out
    head, *rows = cells(second)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["判断"] for row in found] == ["採用", "修正", "不採用", ""]
    assert [row["回答"] for row in found] == ["答え", "直した", "答え", "答え"]
    assert [row["理由"] for row in found] == ["", "", "古い", ""]
    assert {row["確認者"] for row in found} == {"山田", ""}
    changed(second, {4: {"判断": "採用", "確認者": "山田"}})
    assert main(["--lang", "en", "review", str(file), "--merge", str(second)]) == 0
    assert "1 new decisions, 3 known already" in capsys.readouterr().out


def test_a_renamed_file_keeps_its_decisions(tmp_path, capsys):
    file, renamed = tmp_path / "pairs.csv", tmp_path / "reviewed 2026.csv"
    file.write_text("question,answer\n" + "".join(f"問い{number},答え\n" for number in range(3)), encoding="utf-8")
    assert main(["--lang", "en", "review", str(file), "--write", str(tmp_path / "r.csv")]) == 0
    changed(tmp_path / "r.csv", {1: {"decision": "accept"}, 2: {"decision": "reject"}})
    assert main(["--lang", "en", "review", str(file), "--merge", str(tmp_path / "r.csv"), "--reviewer", "A"]) == 0
    keys = [found.key for found in load_items(file)]
    file.rename(renamed)
    assert [found.key for found in load_items(renamed)] != keys  # the origin of such rows is the file's name
    capsys.readouterr()
    assert main(["--lang", "en", "review", str(renamed), "--status"]) == 0
    shown = capsys.readouterr().out
    assert "2 decisions taken over from pairs" in shown
    assert "2 of 3 records decided" in shown
    assert main(["--lang", "en", "review", str(renamed), "--status"]) == 0
    assert "taken over" not in capsys.readouterr().out  # once
    assert main(["--lang", "en", "review", str(renamed), "--merge", str(tmp_path / "r.csv"), "--reviewer", "A"]) == 0
    assert "0 new decisions, 2 known already" in capsys.readouterr().out


def test_a_copy_beside_its_original_begins_anew(tmp_path, capsys):
    for name in ("pairs.jsonl", "other.jsonl"):
        write_jsonl(tmp_path / name, [item().record.as_dict()])
    assert main(["--lang", "en", "review", str(tmp_path / "pairs.jsonl"), "--write", str(tmp_path / "r.csv")]) == 0
    changed(tmp_path / "r.csv", {1: {"decision": "accept"}})
    assert main(["review", str(tmp_path / "pairs.jsonl"), "--merge", str(tmp_path / "r.csv"), "--reviewer", "A"]) == 0
    capsys.readouterr()
    assert main(["--lang", "en", "review", str(tmp_path / "other.jsonl"), "--status"]) == 0
    assert "0 of 1 records decided" in capsys.readouterr().out
