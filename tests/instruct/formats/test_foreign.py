"""Rows in the words of other projects: renamed by name, one side of a pair kept, pictures and tools refused."""

# pyright: standard
# (rows are untyped)

import json
from typing import Any

import openpyxl
import pytest

from tekio.cli import main
from tekio.errors import UsageError
from tekio.instruct.formats import RejectedRecord, export_records, import_records

QUESTION, ANSWER = "税とは何ですか。", "国や自治体に納めるお金です。"


def read(path, **options) -> list[Any]:
    return list(import_records(path, origin="t", **options))


def one(tmp_path, row, **options) -> Any:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    (item,) = read(path, **options)
    return item


@pytest.mark.parametrize(
    "row",
    [
        {"質問": QUESTION, "回答": ANSWER, "分野": "税"},
        {"Q": QUESTION, "A": ANSWER, "カテゴリ": "税"},
        {"query": QUESTION, "response": ANSWER, "topic": "税"},
        {"prompt": QUESTION, "response": ANSWER, "topic": "税"},
        {"question": QUESTION, "output": ANSWER, "topic": "税"},
        {"Ｑ": QUESTION, "Ａ．": ANSWER, "topic": "税"},
        {"指示": QUESTION, "入力": "", "出力": ANSWER, "topic": "税"},
        {"ID": "x-1", "text": QUESTION, "output": ANSWER, "topic": "税"},
        {"prompt": QUESTION, "chosen": ANSWER, "rejected": "知りません。", "topic": "税"},
        {"instruction": QUESTION, "chosen": ANSWER, "rejected": "知りません。", "topic": "税"},
        {
            "prompt": QUESTION,
            "chosen": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}],
            "rejected": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "知りません。"}],
            "topic": "税",
        },
        {
            "conversations": [{"from": "human", "value": QUESTION}],
            "chosen": {"from": "gpt", "value": ANSWER},
            "rejected": {"from": "gpt", "value": "知りません。"},
            "topic": "税",
        },
        {
            "chosen": f"\n\nHuman: {QUESTION}\n\nAssistant: {ANSWER}",
            "rejected": f"\n\nHuman: {QUESTION}\n\nAssistant: 知りません。",
            "topic": "税",
        },
        {
            "messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}],
            "label": True,
            "topic": "税",
        },
    ],
)
def test_other_shapes_are_read(tmp_path, row):
    record = one(tmp_path, row)
    assert [turn["content"] for turn in record.messages] == [QUESTION, ANSWER]
    assert record.meta.topic == "税"
    assert ("preference_side" in record.meta.extra) == ("chosen" in row or "label" in row)
    assert "知りません" not in json.dumps(record.as_dict(), ensure_ascii=False)


PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
TOLD = {"role": "assistant", "content": "円です。"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": [{"role": "user", "content": "a"}], "label": False}, "bad_side"),
        (
            {
                "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}],
                "label": "rejected",
            },
            "bad_side",
        ),
        ({"prompt": "a", "completion": "b", "label": "False"}, "bad_side"),
        ({"instruction": "a", "output": "b", "is_correct": False}, "bad_side"),
        ({"instruction": "a", "output": "b", "is_correct": 0}, "bad_side"),
        ({"prompt": "a", "completion": "b", "kto_tag": "0"}, "bad_side"),
        ({"instruction": "a", "output": "b", "desirable": 0.0}, "bad_side"),
        ({"question": "a", "context": {"title": ["b"]}, "answer": "c"}, "not_text"),
        ({"messages": [{"role": "user", "content": "<image>何ですか"}], "images": ["a.jpg"]}, "media"),
        ({"conversations": [{"from": "human", "value": "<image>何ですか"}]}, "media"),
        ({"instruction": "[IMG]の説明を書いてください。", "output": "棒グラフです。"}, "media"),
        (
            {"instruction": "説明を。", "input": "<|vision_start|><|image_pad|><|vision_end|>", "output": "円グラフ。"},
            "media",
        ),
        ({"instruction": "<start_of_image>これは。", "output": "円グラフです。"}, "media"),
        ({"instruction": "a", "output": "b", "image": "a.png"}, "media"),
        ({"messages": [{"role": "user", "content": [PICTURE, {"type": "text", "text": "何ですか"}]}, TOLD]}, "media"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}, TOLD]}, "media"),
        ({"messages": [{"role": "user", "content": [{"text": "何ですか"}]}, TOLD]}, "not_text"),
        ({"conversations": [{"from": "human", "value": "a"}], "tools": "[{}]"}, "tool_call"),
    ],
)
def test_what_a_record_cannot_hold_is_refused_by_name(tmp_path, row, reason):
    item = one(tmp_path, row)
    assert isinstance(item, RejectedRecord)
    assert item.rejected_by == reason


@pytest.mark.parametrize("field", ["input", "inputs", "Input", "入力"])
def test_what_a_task_is_about_is_its_input_whatever_the_column_is_called(tmp_path, field):
    passage = "日銀は政策金利を据え置いた。"
    record = one(tmp_path, {"instruction": "次の文を要約してください。", field: passage, "output": "据え置き。"})
    assert record.meta.input == passage
    assert field not in record.meta.extra


def test_inputs_and_targets_are_a_question_and_its_answer(tmp_path):
    record = one(tmp_path, {"inputs": QUESTION, "targets": ANSWER})
    assert [turn["content"] for turn in record.messages] == [QUESTION, ANSWER]


def test_a_verdict_may_be_a_number_and_a_class_may_not(tmp_path):
    row = {"prompt": QUESTION, "completion": ANSWER}
    assert one(tmp_path, row | {"is_correct": 1}).meta.extra == {"preference_side": "true"}
    assert one(tmp_path, row | {"label": 0}).meta.extra == {"label": 0}
    told = one(tmp_path, row | {"label": 0}, columns={"is_correct": "label"})
    assert isinstance(told, RejectedRecord)


def test_columns_that_train_nothing_are_named(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    rows = [{"question": QUESTION, "answer": ANSWER, "根拠規程": "第3条", "label": number} for number in range(3)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    for language in ("en", "ja"):
        assert main(["--lang", language, "dataset", "import", str(path), "--out", str(tmp_path / "o.jsonl")]) == 0
        said = capsys.readouterr().out
        assert "根拠規程 (3), label (3)" in said
        assert "is_correct=label" in said
        assert ("! 2 rows" if language == "en" else "! 2 行") in said


def test_a_class_called_negative_says_nothing_of_the_answer(tmp_path):
    record = one(tmp_path, {"prompt": "この文の感情は。", "completion": "否定です。", "label": "negative"})
    assert record.messages[-1]["content"] == "否定です。"


@pytest.mark.parametrize("name", ["system", "system_prompt"])
@pytest.mark.parametrize(
    "row",
    [
        {"question": QUESTION, "response": ANSWER},
        {"prompt": QUESTION, "completion": ANSWER},
        {"messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}]},
        {"conversations": [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": ANSWER}]},
        {"instruction": QUESTION, "output": ANSWER},
    ],
)
def test_a_system_message_in_a_column_opens_the_conversation(tmp_path, row, name):
    record = one(tmp_path, {**row, name: "税務の窓口です。"})
    assert [(turn["role"], turn["content"]) for turn in record.messages] == [
        ("system", "税務の窓口です。"),
        ("user", QUESTION),
        ("assistant", ANSWER),
    ]
    assert name not in record.meta.extra


@pytest.mark.parametrize(
    "row",
    [
        {"question": QUESTION, "context": "税法の文", "answer": ANSWER},
        {"prompt": QUESTION, "input": "税法の文", "output": ANSWER},
        {"指示": QUESTION, "入力": "税法の文", "出力": ANSWER},
    ],
)
def test_what_a_question_is_asked_about_is_its_input(tmp_path, row):
    record = one(tmp_path, row)
    assert record.meta.input == "税法の文"
    assert record.messages[0]["content"].startswith(QUESTION)
    assert not record.meta.extra


def test_full_width_letters_head_a_table(tmp_path):
    (tmp_path / "a.csv").write_text("一覧,,\n区分,Ｑ,Ａ\n税," + QUESTION + "," + ANSWER + "\n", encoding="utf-8")
    title, record = read(tmp_path / "a.csv")
    assert title.rejected_by == "above_heading"
    assert [turn["content"] for turn in record.messages] == [QUESTION, ANSWER]


def test_a_tree_gives_its_best_rated_conversation(tmp_path):
    def node(role, text, rank=None, replies=()):
        return {"role": role, "text": text, "rank": rank, "replies": list(replies)}

    good = node("assistant", "良い答え", 0, [node("prompter", "続き", None, [node("assistant", "続きの答え")])])
    tree = {"message_tree_id": "m", "prompt": node("prompter", QUESTION, None, [node("assistant", "悪い", 1), good])}
    record = one(tmp_path, tree)
    assert [turn["content"] for turn in record.messages] == [QUESTION, "良い答え", "続き", "続きの答え"]
    assert record.meta.extra["replies_left_out"] == 1


def test_columns_of_a_sheet_are_named_by_the_caller(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["番号", "お客様の声", "補足", "対応"])
    sheet.append([1, QUESTION, "至急", ANSWER])
    book.save(tmp_path / "a.xlsx")
    columns = {"question": "お客様の声+補足", "answer": "対応"}
    (record,) = read(tmp_path / "a.xlsx", columns=columns)
    assert [turn["content"] for turn in record.messages] == [f"{QUESTION}\n至急", ANSWER]
    assert record.meta.extra == {"番号": 1}
    with pytest.raises(UsageError) as refused:
        read(tmp_path / "a.xlsx", columns={"question": "お客様の声", "answer": "回答"})
    assert "番号, お客様の声, 補足, 対応" in refused.value.explain("ja")


def test_samples_inside_an_object_are_rows(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"name": "x", "samples": [{"question": QUESTION, "answer": ANSWER}]}))
    assert len(read(tmp_path / "a.json")) == 1


def sheet(path, *lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    book.save(path)
    return path


def kept_and_left_out(path, **how):
    """Questions and answers that were read, and what was left out with its reason."""
    found = read(path, **how)
    kept = [(item.instruction, item.output) for item in found if not isinstance(item, RejectedRecord)]
    return kept, [(item.rejected_by, item.row) for item in found if isinstance(item, RejectedRecord)]


def test_titles_above_a_heading_are_no_rows(tmp_path):
    """Most FAQ sheets have a title, a date or an empty line above the names of their columns."""
    kept = [("円安とは。", "円の価値が下がること。")]
    title = ["よくあるご質問"]
    lines = (title, [], ["No", "ご質問", "ご回答"], [1, "円安とは。", "円の価値が下がること。"])
    assert kept_and_left_out(sheet(tmp_path / "a.xlsx", *lines)) == (kept, [("above_heading", title)])
    (tmp_path / "a.csv").write_text(
        "よくあるご質問,,\n\n質問,分類,回答\n円安とは。,為替,円の価値が下がること。\n", encoding="utf-8"
    )
    assert kept_and_left_out(tmp_path / "a.csv") == (kept, [("above_heading", ["よくあるご質問", "", ""])])
    (tmp_path / "b.csv").write_text(
        "社内用;;\n照会;分類;返事\n円安とは。;為替;円の価値が下がること。\n", encoding="utf-8"
    )
    mapped = kept_and_left_out(tmp_path / "b.csv", columns={"question": "照会", "answer": "返事"})
    assert mapped == (kept, [("above_heading", ["社内用", "", ""])])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("お客さまからのご質問", "回答例"),
        ("ご質問内容", "ご回答内容"),
        ("質問文（100字以内）", "回答案"),
        ("お問合せ事項※必須", "御回答"),
        ("設問", "模範解答例"),
    ],
)
def test_a_heading_is_known_by_what_it_is_called_in_any_usual_wording(tmp_path, question, answer):
    (tmp_path / "a.csv").write_text(
        f"想定問答集,,\nＮｏ．;{question};{answer}\n1;円安とは。;円の価値が下がること。\n", encoding="utf-8"
    )
    kept, _ = kept_and_left_out(tmp_path / "a.csv")
    assert kept == [("円安とは。", "円の価値が下がること。")]


@pytest.mark.parametrize("name", ["質問者", "質問日", "質問番号", "回答者", "回答部署"])
def test_who_asked_and_when_is_no_question(tmp_path, name):
    (tmp_path / "a.csv").write_text(f"{name},回答\n甲,はい\n", encoding="utf-8")
    assert [row.rejected_by for row in read(tmp_path / "a.csv")] == ["schema"]


def test_turns_written_as_json_in_a_column_are_read(tmp_path):
    turns = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}]
    record = one(tmp_path, {"messages": json.dumps(turns, ensure_ascii=False)})
    assert [turn["content"] for turn in record.messages] == [QUESTION, ANSWER]
    (tmp_path / "b.jsonl").write_text(json.dumps({"messages": "[{"}), encoding="utf-8")
    (bad,) = read(tmp_path / "b.jsonl")
    assert (bad.rejected_by, bad.measured["column"]) == ("schema", "messages")


@pytest.mark.parametrize(
    "text", ["Picture 1: <img>a.jpg</img>\nこれは何ですか。", "![図](data:image/png;base64,AAAA)これは何ですか。"]
)
def test_a_picture_within_a_question_is_media(tmp_path, text):
    (tmp_path / "a.jsonl").write_text(json.dumps({"question": text, "answer": ANSWER}), encoding="utf-8")
    assert [row.rejected_by for row in read(tmp_path / "a.jsonl")] == ["media"]
    assert one(tmp_path, {"question": "HTMLの<img>タグとは。", "answer": ANSWER}).instruction == "HTMLの<img>タグとは。"


@pytest.mark.parametrize(("said", "good"), [("bad", False), ("不正解", False), ("good", True), ("正解", True)])
def test_a_verdict_may_be_a_word(tmp_path, said, good):
    (tmp_path / "v.jsonl").write_text(
        json.dumps({"prompt": QUESTION, "completion": ANSWER, "label": said}), encoding="utf-8"
    )
    (found,) = read(tmp_path / "v.jsonl")
    assert (getattr(found, "rejected_by", None) is None) == good


def test_every_sheet_has_its_own_heading(tmp_path):
    book = openpyxl.Workbook()
    for line in (["版"], ["質問", "回答"], ["一", "二"]):
        book.worksheets[0].append(line)
    second: Any = book.create_sheet("次")
    for line in (["問い", "答え"], ["三", "四"], ["問", "答"]):
        second.append(line)
    book.save(tmp_path / "a.xlsx")
    assert kept_and_left_out(tmp_path / "a.xlsx")[0] == [("一", "二"), ("三", "四"), ("問", "答")]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_columns_of_a_table_without_a_heading_are_named_by_number(tmp_path, name):
    rows = [["円安とは。", "円の価値が下がること。"], ["円高とは。", "上がること。"]]
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    else:
        sheet(path, *rows)
    assert kept_and_left_out(path, columns={"question": "1", "answer": "2"}) == ([tuple(row) for row in rows], [])
    with pytest.raises(UsageError, match="no column 3"):
        kept_and_left_out(path, columns={"question": "1", "answer": "3"})


def test_reasoning_in_a_field_of_its_own_is_left_out_and_counted(tmp_path):
    turns = [{"role": "user", "content": "問い"}, {"role": "assistant", "content": "答え", "reasoning_content": "考え"}]
    (tmp_path / "a.jsonl").write_text(json.dumps({"messages": turns}), encoding="utf-8")
    result = export_records(lambda: read(tmp_path / "a.jsonl"), tmp_path / "b.jsonl", "records", license_id="internal")
    assert (result.rows, result.reasoning) == (1, 1)
    assert "考え" not in (tmp_path / "b.jsonl").read_text(encoding="utf-8")
