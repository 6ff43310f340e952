"""Instruction data of every known format is read as published, and what cannot be used is named."""

# pyright: standard
# (hypothesis strategies and JSON rows are untyped)

import gzip
import json
from collections.abc import Iterable
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tekio.errors import TekioError, UsageError
from tekio.instruct.formats import RejectedRecord, import_records, read_any
from tekio.instruct.formats.read import stated_license
from tekio.records import InstructionRecord
from tekio.rows.read import MAX_LINE_BYTES
from tekio.store import write_jsonl

QUESTION, ANSWER = "国債とは何ですか。", "国が発行する債券です。"


def records(path, kind="auto", **options) -> list[Any]:
    return list(import_records(path, kind, origin="test", **options))


def only(path, kind="auto", **options):
    (record,) = records(path, kind, **options)
    assert not isinstance(record, RejectedRecord), record
    return record


def reasons(path, kind="auto"):
    return [item.rejected_by if isinstance(item, RejectedRecord) else "ok" for item in records(path, kind)]


def lines(path, *rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


ROWS = {
    "alpaca": {"instruction": QUESTION, "input": "", "output": ANSWER},
    "sharegpt": {"conversations": [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": ANSWER}]},
    "messages": {"messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}]},
    "trl": {"prompt": QUESTION, "completion": ANSWER},
    "qa": {"question": QUESTION, "answer": ANSWER},
}


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_every_format_gives_the_same_conversation(tmp_path, kind):
    file = lines(tmp_path / "data.jsonl", ROWS[kind])
    for wanted in ("auto", kind):
        record = only(file, wanted, license="CC-BY-4.0")
        assert (record.instruction, record.output, record.meta.input) == (QUESTION, ANSWER, None)
        assert (record.meta.origin, record.meta.license, record.meta.review) == ("test", "CC-BY-4.0", "unseen")


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_row_of_another_format_is_named_when_one_format_was_asked_for(tmp_path, kind):
    other = {"alpaca": "sharegpt"}.get(kind, "alpaca")
    assert reasons(lines(tmp_path / "data.jsonl", ROWS[kind]), other) == ["schema"]


def test_jafin_as_downloaded(tmp_path):
    file = lines(
        tmp_path / "financial_instruction_1490_input.jsonl",
        {"instruction": "金融庁の役割を教えてください。", "input": "", "output": "金融の機能の安定を確保します。"},
        {
            "instruction": "次の用語を説明してください。",
            "input": "個人向け国債",
            "output": "個人だけが買える国債です。",
        },
    )
    first, second = records(file)
    assert first.meta.input is None
    assert second.meta.input == "個人向け国債"
    assert second.meta.license == "unknown"  # the published file has no license tag
    assert [item.id for item in records(file)] == [first.id, second.id]


def test_llm_japanese_dataset_folders(tmp_path):
    row = {
        "instruction": "入力されたワードを説明してください。",
        "input": "国債",
        "output": ANSWER,
        "index": "0",
        "curid": "12",
    }
    for place, readme in (
        ("datasets/wikinews", "## 作成方法\n変換した\n\n## ライセンス\nCC BY 2.5\n"),
        ("datasets-cc-by-sa/wikipedia-summary", "# wikipedia\n"),
    ):
        folder = tmp_path / place
        (folder / "data").mkdir(parents=True)
        (folder / "_README.md").write_text(readme, encoding="utf-8")
        (folder / "data" / "000000.json").write_text(json.dumps([row], ensure_ascii=False), encoding="utf-8")
    found = {item.meta.task: item for item in records(tmp_path)}
    assert sorted(found) == ["wikinews", "wikipedia-summary"]
    assert found["wikinews"].meta.license == "CC-BY-2.5"
    assert found["wikipedia-summary"].meta.license == "CC-BY-SA-4.0"
    assert found["wikinews"].meta.extra == {"index": "0", "curid": "12"}
    stated = {item.meta.task: item for item in records(tmp_path, license="CC-BY-4.0")}
    assert stated["wikipedia-summary"].meta.extra["license_in_readme"] == "CC-BY-SA-4.0"


def test_alpaca_history_and_system_become_turns(tmp_path):
    row = {
        "instruction": "では株式は。",
        "input": "",
        "output": "株です。",
        "system": "簡潔に。",
        "history": [[QUESTION, ANSWER]],
    }
    record = only(lines(tmp_path / "a.jsonl", row))
    assert [turn["role"][0] for turn in record.messages] == ["s", "u", "a", "u", "a"]
    assert record.instruction == QUESTION
    assert record.output == "株です。"


def test_sharegpt_with_openai_keys_and_a_system_column(tmp_path):
    row = {
        "system": "簡潔に。",
        "conversations": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}],
    }
    assert [turn["role"] for turn in only(lines(tmp_path / "a.jsonl", row)).messages] == ["system", "user", "assistant"]


def test_trl_conversational_prompt_and_completion(tmp_path):
    row = {"prompt": [{"role": "user", "content": QUESTION}], "completion": [{"role": "assistant", "content": ANSWER}]}
    assert only(lines(tmp_path / "a.jsonl", row), "trl").output == ANSWER


def test_a_set_that_ships_several_schemas_side_by_side_is_read_by_the_richest(tmp_path):
    row = {"id": 1, "input": "短い", "output": "別", **ROWS["messages"], **ROWS["sharegpt"]}
    assert only(lines(tmp_path / "a.jsonl", row)).instruction == QUESTION


def test_openai_text_parts_are_joined_and_images_are_refused(tmp_path):
    text = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
            {"role": "assistant", "content": ANSWER},
        ]
    }
    image = {
        "messages": [{"role": "user", "content": [{"type": "image_url"}]}, {"role": "assistant", "content": ANSWER}]
    }
    file = lines(tmp_path / "a.jsonl", text, image)
    assert reasons(file) == ["ok", "media"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"instruction": "", "input": "", "output": ANSWER}, "empty_instruction"),
        ({"instruction": QUESTION, "input": "", "output": " "}, "empty_answer"),
        ({"instruction": QUESTION, "input": "", "output": None}, "empty_answer"),
        ({"instruction": QUESTION, "input": "", "output": 3}, "not_text"),
        ({"messages": [{"role": "user", "content": QUESTION}]}, "turn_order"),
        ({"messages": []}, "schema"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "role"),
        ({"conversations": [{"from": "gpt", "value": ANSWER}, {"from": "human", "value": QUESTION}]}, "turn_order"),
        ({"text": "only text"}, "schema"),
        ({"instruction": "\ud800", "input": "", "output": ANSWER}, "bad_json"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_reason(tmp_path, row, reason):
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    (item,) = records(tmp_path / "a.jsonl")
    assert isinstance(item, RejectedRecord)
    assert (item.rejected_by, item.where) == (reason, "a.jsonl:1")


def test_a_bad_line_does_not_end_the_file(tmp_path):
    good = json.dumps(ROWS["alpaca"], ensure_ascii=False).encode()
    bad = [b"{broken", b"[1]", b'{"a":1,"a":2}', b'{"a":NaN}', '{"a":"日本"}'.encode("cp932"), b"[" * 100_000]
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + good + b"\n" + b"\n".join(bad) + b"\n\n" + good)
    assert reasons(tmp_path / "a.jsonl") == [
        "ok", "bad_json", "not_a_record", "duplicate_key", "bad_json", "broken_encoding", "bad_json", "ok",
    ]  # fmt: skip


def test_a_giant_line_is_skipped_without_being_held(tmp_path):
    good = json.dumps(ROWS["alpaca"]).encode()
    (tmp_path / "a.jsonl").write_bytes(good + b"\n" + b"x" * (MAX_LINE_BYTES * 2 + 7) + b"\n" + good + b"\n")
    assert reasons(tmp_path / "a.jsonl") == ["ok", "line_too_long", "ok"]


def test_json_arrays_are_streamed_and_a_cut_one_keeps_what_was_whole(tmp_path):
    rows = [{**ROWS["alpaca"], "index": str(number)} for number in range(3000)]
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert [item.meta.extra["index"] for item in records(tmp_path / "a.json")] == [row["index"] for row in rows]
    cut = text[: len(text) // 2]
    (tmp_path / "a.json").write_text(cut, encoding="utf-8")
    assert reasons(tmp_path / "a.json") == ["ok"] * cut.count("\n  }") + ["bad_json"]


@pytest.mark.parametrize(
    "text",
    ['{"data": [%s, %s]}', "%s\n%s\n", "[%s,\n%s]"],
    ids=["wrapped", "lines in .json", "array"],
)
def test_the_shapes_of_a_json_file(tmp_path, text):
    row = json.dumps(ROWS["qa"], ensure_ascii=False)
    (tmp_path / "a.json").write_text(text % (row, row), encoding="utf-8")
    assert reasons(tmp_path / "a.json") == ["ok", "ok"]


def test_compressed_files(tmp_path):
    line = json.dumps(ROWS["qa"], ensure_ascii=False).encode() + b"\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(line))
    (tmp_path / "b.jsonl.zst").write_bytes(zstandard.compress(line))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(line * 1000)[:-20])
    (tmp_path / "d.parquet").write_bytes(b"PAR1 no")
    found = reasons(tmp_path)
    assert found[:2] == ["ok", "ok"]
    assert found[-2:] == ["broken_archive", "bad_parquet"]


def test_a_folder_with_nothing_to_read_and_unknown_names_are_usage_errors(tmp_path):
    with pytest.raises(TekioError):
        records(tmp_path)
    with pytest.raises(UsageError):
        records(tmp_path, "alpca")
    with pytest.raises(TekioError):
        list(read_any(tmp_path / "absent.jsonl"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("---\nlicense: cc-by-sa-4.0\n---\n", "CC-BY-SA-4.0"),
        ("## ライセンス\n\nCC BY-NC-SA 4.0\n", "CC-BY-NC-SA-4.0"),
        ("License: Apache License, Version 2.0", "Apache-2.0"),
        ("# data\nnothing said", None),
    ],
)
def test_the_license_a_readme_states(text, name):
    assert stated_license(text) == name


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["instruction", "input", "output", "system", "history", "messages", "conversations", "prompt", "completion"]


@given(
    st.lists(st.dictionaries(st.sampled_from([*KEYS, "id", "meta", "license"]), json_values, max_size=6), max_size=4)
)
def test_any_json_row_becomes_one_record_or_one_rejected_row(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "any.json"  # a folder for each example takes longer than the reading
    path.write_text(json.dumps(rows))
    assert len(records(path)) == len(rows)


@given(st.binary(max_size=200) | st.text('{}[]",:\n \\u0123aé', max_size=60).map(lambda text: text.encode()))
def test_no_bytes_end_a_run(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "bytes"
    folder.mkdir(exist_ok=True)
    for name in ("a.jsonl", "b.json", "c.jsonl.gz", "d.json.zst", "e.parquet"):
        (folder / name).write_bytes(data)
    assert all(isinstance(item, RejectedRecord) for item in records(folder))


def records_of(found: Iterable[InstructionRecord | RejectedRecord]) -> list[InstructionRecord]:
    records: list[InstructionRecord] = []
    for item in found:
        assert isinstance(item, InstructionRecord), item
        records.append(item)
    return records


def test_harvested_pairs_of_one_page_stay_together_through_review(tmp_path):
    """Else the split would put pairs of one page on both sides after a detour through `tekio review`."""
    rows = [
        {"file": "faq/a.html", "question": f"質問{number}は何ですか。", "answer": "答えです。", "topic": "口座", "anchor": "#q1",
         "as_of": None, "confidence": 0.9, "reading": "dl", "suggestions": []}
        for number in range(3)
    ]  # fmt: skip
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    found = records_of(import_records(path, origin="bank"))
    assert {record.meta.group for record in found} == {"bank:faq/a.html"}
    assert {record.meta.task for record in found} == {"faq"}
    assert found[0].meta.parents == ["faq/a.html#q1"]
    written = tmp_path / "reviewed.jsonl"
    write_jsonl(written, [record.as_dict() for record in found])
    again = records_of(import_records(written, origin="reviewed", license="PDL-1.0"))
    assert {(record.meta.group, record.meta.license) for record in again} == {("bank:faq/a.html", "PDL-1.0")}
