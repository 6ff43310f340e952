"""Instruction data and decisions of reviewers that must not be taken in: the file, and the reasons that are right."""

# pyright: standard

import gzip
import json
from typing import Any

import pyarrow as pa

from hostile.making import Content, parquet

ANSWER = "預金保険制度とは、銀行が破綻したときに預金を守る制度です。"
GOOD = {"instruction": "預金保険制度とは何ですか。", "output": ANSWER}


def rows(*values: Any) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def talk(*turns: tuple[str, Any]) -> bytes:
    return rows({"messages": [{"role": role, "content": content} for role, content in turns]})


# name -> (bytes, reasons of which the one row is refused with)
RECORDS: dict[str, tuple[Content, set[str]]] = {
    "no_answer.jsonl": (rows(GOOD | {"output": ""}), {"empty_answer"}),
    "answer_null.jsonl": (rows(GOOD | {"output": None}), {"empty_answer"}),
    "answer_is_number.jsonl": (rows(GOOD | {"output": 5}), {"not_text"}),
    "answer_is_table.jsonl": (rows({"question": "何ですか。", "answer": {"a": 1}}), {"not_text"}),
    "answer_is_bytes.parquet": (
        lambda: parquet([pa.array(["何ですか。"]), pa.array([b"\xff\0"])], ["instruction", "output"]),
        {"not_text"},
    ),
    "no_question.jsonl": (rows(GOOD | {"instruction": " "}), {"empty_instruction"}),
    "other_columns.jsonl": (rows({"a": 1, "b": 2}), {"schema"}),
    "history_is_text.jsonl": (rows(GOOD | {"history": "x"}), {"schema"}),
    "history_of_threes.jsonl": (rows(GOOD | {"history": [["a", "b", "c"]]}), {"schema"}),
    "no_turns.jsonl": (rows({"messages": []}), {"schema"}),
    "turn_is_text.jsonl": (rows({"messages": ["x"]}), {"schema"}),
    "role_unknown.jsonl": (talk(("root", "a"), ("assistant", ANSWER)), {"role"}),
    "role_is_number.jsonl": (talk((5, "a"), ("assistant", ANSWER)), {"role"}),  # pyright: ignore[reportArgumentType]
    "answers_first.jsonl": (talk(("assistant", ANSWER), ("user", "a")), {"turn_order"}),
    "two_questions.jsonl": (talk(("user", "a"), ("user", "b"), ("assistant", ANSWER)), {"turn_order"}),
    "system_in_the_middle.jsonl": (talk(("user", "a"), ("system", "b"), ("assistant", ANSWER)), {"turn_order"}),
    "no_system.jsonl": (talk(("system", ""), ("user", "a"), ("assistant", ANSWER)), {"empty_system"}),
    "part_is_picture.jsonl": (
        talk(("user", [{"type": "image_url", "image_url": {"url": "http://a/b.png"}}]), ("assistant", ANSWER)),
        {"not_text", "media"},
    ),
    "pictures.jsonl": (rows(GOOD | {"images": ["a.png"]}), {"media"}),
    "picture_mark.jsonl": (rows(GOOD | {"instruction": "<image>これは何ですか。"}), {"media"}),
    "tools.jsonl": (rows(GOOD | {"tools": [{"name": "search"}]}), {"tool_call"}),
    "tool_call.jsonl": (
        rows(
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "tool_calls": [{}], "content": ""}]}
        ),
        {"tool_call"},
    ),
    "bad_side.jsonl": (rows({"prompt": "a", "completion": ANSWER, "label": False}), {"bad_side"}),
    "pair_of_numbers.jsonl": (rows({"chosen": 1, "rejected": 2}), {"schema"}),
    "surrogate.jsonl": (b'{"instruction": "a", "output": "\\ud800"}\n', {"damaged_text", "bad_json"}),
    "same_keys.jsonl": (b'{"instruction": "a", "output": "b", "output": "c"}\n', {"duplicate_key"}),
    "nan.jsonl": (b'{"instruction": "a", "output": "b", "weight": NaN}\n', {"bad_json"}),
    "cut.jsonl": (rows(GOOD)[:-3], {"bad_json"}),
    "list.jsonl": (b"[1, 2]\n", {"not_a_record"}),
    "deep.jsonl": (b'{"instruction": ' + b"[" * 50_000 + b"\n", {"bad_json"}),
    "not_utf8.jsonl": (b'{"instruction": "\xff\xfe", "output": "b"}\n', {"broken_encoding", "bad_json"}),
    "cut.jsonl.gz": (lambda: gzip.compress(rows(GOOD) * 500)[:60], {"broken_archive"}),
    "same_columns.csv": (b"instruction,output,output\na,b,c\n", {"duplicate_column"}),
    "cut.parquet": (b"PAR1" + b"\0" * 200 + b"PAR1", {"bad_parquet"}),
    "hollow.xlsx": (b"PK\x03\x04" + b"\0" * 200, {"bad_workbook", "broken_archive"}),
}

DECISION = {"key": "k", "item": "i", "reviewer": "田中", "decision": "accept"}
_EDIT = DECISION | {"decision": "edit"}

# name -> (what a reviewer's file holds, words of the refusal)
DECISIONS: dict[str, tuple[Any, str]] = {
    "not an object": ([1], "not an object"),
    "unknown decision": (DECISION | {"decision": "delete"}, "decision must be one of"),
    "decision is a list": (DECISION | {"decision": ["accept"]}, "decision must be one of"),
    "no key": (DECISION | {"key": ""}, "key and item are needed"),
    "no item": (DECISION | {"item": None}, "key and item are needed"),
    "item is a table": (DECISION | {"item": {"a": 1}}, "item must be a text of at most 2,000 characters"),
    "long note": (DECISION | {"note": "あ" * 2001}, "note must be a text of at most 2,000 characters"),
    "surrogate": (DECISION | {"note": "\ud800"}, "text damaged in its characters"),
    "no reviewer": (DECISION | {"reviewer": ""}, "name"),
    "reviewer with markup": (DECISION | {"reviewer": "<script>"}, "name"),
    "reviewer with escape": (DECISION | {"reviewer": "a\x1b[2J"}, "name"),
    "edit without text": (_EDIT, "not a proper record"),
    "edit without answer": (_EDIT | {"messages": [{"role": "user", "content": "a"}]}, "turns out of order"),
    "edit of 200,000 characters": (
        _EDIT | {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "あ" * 200_000}]},
        "longer than",
    ),
    "input is a number": (
        _EDIT | {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "input": 5},
        "not text",
    ),
}
