"""What is exported comes back as it was, nothing a format cannot hold is lost silently, and the license gate holds."""

# pyright: standard
# (hypothesis strategies and JSON rows are untyped)

import json
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.errors import PolicyError, UsageError
from tekio.instruct.formats import EXPORT_FORMATS, RejectedRecord, export_records, import_records
from tekio.instruct.formats.trainers import axolotl_entry, llama_factory_entry
from tekio.instruct.formats.write import Shape
from tekio.records import InstructionMeta, InstructionRecord, new_record, record_id

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(lambda text: text.strip() != "")
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=9)


@st.composite
def any_record(draw, *, exchanges=3, system=True):
    messages = []
    if system and draw(st.booleans()):
        messages.append({"role": "system", "content": draw(words)})
    for _ in range(draw(st.integers(1, exchanges))):
        messages += [{"role": "user", "content": draw(words)}, {"role": "assistant", "content": draw(words)}]
    meta = InstructionMeta(
        task=draw(st.sampled_from(["faq", "要約", "a/b"])),
        origin=draw(st.sampled_from(["fsa", "mof"])),
        license=draw(st.sampled_from(["PDL-1.0", "CC-BY-SA-4.0"])),
        topic=draw(st.none() | words),
        parents=draw(st.lists(words, max_size=2)),
        as_of=draw(st.none() | st.just("2026-04-01")),
        split=draw(st.sampled_from([None, "train", "validation"])),
        review=draw(st.sampled_from(["unseen", "accepted", "edited", "rejected"])),
        input=draw(st.none() | words),
        extra=draw(st.dictionaries(words, plain, max_size=3)),
    )
    identity = record_id(meta.origin, messages, meta.input)
    meta.group = draw(st.sampled_from(["page", identity]))
    return InstructionRecord(identity, messages, meta)


def write(records, out, to, license_id="internal", **options):
    return export_records(lambda: iter(records), out, to, license_id=license_id, **options)


def read(path, kind="auto") -> list[Any]:
    return list(import_records(path, kind, origin="test"))


@pytest.mark.parametrize("to", EXPORT_FORMATS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_record_comes_back_as_it_was(tmp_path_factory, to, data):
    single = to in ("trl", "llm-japanese-dataset")
    one = any_record(exchanges=1, system=False) if single else any_record()
    records = data.draw(st.lists(one, max_size=4, unique_by=lambda item: item.id))
    out = tmp_path_factory.mktemp("trip") / ("out" if to in ("parquet", "llm-japanese-dataset") else "out.jsonl")
    result = write(records, out, to)
    assert (result.rows, result.rejected) == (len(records), [])
    if not records:
        return
    back = {item.id: item for item in read(out)}
    assert {key: item.as_dict() for key, item in back.items()} == {item.id: item.as_dict() for item in records}


@pytest.mark.parametrize("to", ["alpaca", "sharegpt", "messages", "trl-messages"])
@settings(max_examples=25, deadline=None)
@given(record=any_record())
def test_a_bare_export_keeps_every_word_of_the_conversation(tmp_path_factory, to, record):
    out = tmp_path_factory.mktemp("bare") / "out.json"
    write([record], out, to, bare=True)
    (row,) = json.loads(out.read_text(encoding="utf-8"))
    assert "meta" not in row
    (back,) = read(out)
    said = "\n".join([turn["content"] for turn in back.messages] + [back.meta.input or ""])
    for turn in record.messages:
        assert turn["content"] in said
    assert (record.meta.input or "") in said


def sample(text="問い", license_id="PDL-1.0", **meta):
    return new_record(text, "答え", InstructionMeta("faq", "fsa", license_id, **meta))


def test_all_rows_of_a_file_have_the_same_columns(tmp_path):
    system = new_record("問い", "答え", InstructionMeta("faq", "a", "MIT"), system="簡潔に")
    write([sample(), system], tmp_path / "a.jsonl", "alpaca")
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["system"] for row in rows] == ["", "簡潔に"]
    assert {type(row["meta"]) for row in rows} == {str}


def test_what_a_format_cannot_hold_is_listed(tmp_path):
    turns: list[Any] = [{"role": role, "content": "x"} for role in ("user", "assistant", "user", "assistant")]
    long = InstructionRecord("long", turns, InstructionMeta("faq", "fsa", "MIT"))
    for to, out in (("trl", tmp_path / "a.jsonl"), ("llm-japanese-dataset", tmp_path / "folders")):
        result = write([sample(), long], out, to)
        assert (result.rows, [item.where for item in result.rejected]) == (1, ["long"])
        listed = [json.loads(line) for line in (tmp_path / f"{out.name}.rejected.jsonl").read_text().splitlines()]
        assert listed[0]["row"]["id"] == "long"


def test_rejected_rows_of_the_source_are_passed_on_to_the_list(tmp_path):
    items = [sample(), RejectedRecord("not_json", "a.jsonl:2")]
    result = export_records(lambda: iter(items), tmp_path / "b.jsonl", "alpaca", license_id="internal")
    assert [item.rejected_by for item in result.rejected] == ["not_json"]


def test_parquet_has_a_file_a_split_and_equal_bytes(tmp_path):
    records = [sample(f"{number}", split="train" if number else "validation") for number in range(5)]
    write(records, tmp_path / "a", "parquet")
    write(records, tmp_path / "b", "parquet")
    files = sorted(path.relative_to(tmp_path / "a").as_posix() for path in (tmp_path / "a").rglob("*.parquet"))
    assert files == ["data/train-00000.parquet", "data/validation-00000.parquet"]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert pq.read_table(tmp_path / "a" / files[0]).num_rows == 4


def test_folders_of_llm_japanese_dataset_hold_a_thousand_rows_a_file_and_keep_share_alike_apart(tmp_path):
    records = [sample(f"問い{number}") for number in range(1001)] + [sample("継承", "CC-BY-SA-4.0")]
    write(records, tmp_path / "out", "llm-japanese-dataset", bare=True)
    first = json.loads((tmp_path / "out/datasets/faq/data/000000.json").read_text(encoding="utf-8"))
    second = json.loads((tmp_path / "out/datasets/faq/data/000001.json").read_text(encoding="utf-8"))
    assert (len(first), len(second)) == (1000, 1)
    assert list(second[0]) == ["instruction", "input", "output", "index"]
    assert "PDL-1.0" in (tmp_path / "out/datasets/faq/_README.md").read_text(encoding="utf-8")
    assert (tmp_path / "out/datasets-cc-by-sa/faq/data/000000.json").is_file()
    (share_alike,) = [item for item in read(tmp_path / "out") if item.instruction == "継承"]
    assert share_alike.meta.license == "CC-BY-SA-4.0"


def test_a_folder_with_content_is_not_overwritten(tmp_path):
    (tmp_path / "keep").write_text("x")
    with pytest.raises(UsageError):
        write([sample()], tmp_path, "parquet")


@pytest.mark.parametrize("to", ["parquet", "llm-japanese-dataset"])
@pytest.mark.parametrize("name", ["x.jsonl", "x.JSON", "x.parquet"])
def test_a_folder_gets_no_name_of_a_file(tmp_path, to, name):
    with pytest.raises(UsageError) as caught:
        write([sample()], tmp_path / name, to)
    said = caught.value.explain("en")
    assert "folder" in said
    assert f"Name a folder, such as {tmp_path / 'x'}." in said
    assert list(tmp_path.iterdir()) == []
    write([sample()], tmp_path / "set.v1", to)
    assert (tmp_path / "set.v1").is_dir()


# --- the license gate -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "target", "passes"),
    [
        ("CC-BY-4.0", "CC-BY-4.0", True),
        ("CC-BY-4.0", "CC-BY-SA-4.0", True),
        ("CC-BY-SA-4.0", "CC-BY-4.0", False),
        ("CC-BY-SA-4.0", "MIT", False),
        ("CC-BY-SA-4.0", "Apache-2.0", False),
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0", True),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", False),
        ("CC-BY-NC-4.0", "CC-BY-4.0", False),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0", True),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-4.0", False),
        ("CC-BY-NC-SA-4.0", "CC-BY-SA-4.0", False),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-SA-4.0", True),
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", False),
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", False),
        ("CC-BY-3.0", "CC-BY-4.0", True),
        ("CC-BY-NC-3.0", "CC-BY-4.0", False),
        ("EDINET", "CC-BY-4.0", False),
        ("boj-terms", "CC-BY-4.0", False),
        ("evaluation-only", "internal", False),
        ("cc-by-sa-3.0", "CC-BY-SA-4.0", True),
        ("CC BY-SA 4.0", "cc-by-sa-4.0", True),
        ("CC BY-SA 4.0", "MIT", False),
        ("MIT, parts CC BY-NC 4.0", "MIT", False),
        ("see LICENSE.txt", "MIT", False),
        ("unknown", "CC-BY-4.0", False),
        ("CC-BY-SA-4.0", "internal", True),
        ("unknown", "internal", True),
    ],
)
def test_the_gate_follows_the_licenses(tmp_path, row, target, passes):
    out = tmp_path / "a.jsonl"
    records = [sample("一", "CC0-1.0"), sample("二", row)]
    if passes:
        assert write(records, out, "alpaca", target).rows == 2
        return
    with pytest.raises(PolicyError) as stopped:
        write(records, out, "alpaca", target)
    assert stopped.value.exit_code == 4
    assert records[1].id in str(stopped.value)
    assert records[0].id not in str(stopped.value)
    assert not out.exists()


def test_the_gate_looks_at_every_license_a_row_carries(tmp_path):
    for key in ("license_in_readme", "generator_license"):
        record = sample("一", "MIT", extra={key: "CC-BY-NC-4.0"})
        with pytest.raises(PolicyError):
            write([record], tmp_path / "a.jsonl", "alpaca", "MIT")


def test_blocked_rows_can_be_left_out_and_are_then_listed(tmp_path):
    records = [sample("一", "MIT"), sample("二", "CC-BY-SA-4.0")]
    result = write(records, tmp_path / "a.jsonl", "alpaca", "MIT", drop_blocked=True)
    assert (result.rows, [(item.rejected_by, item.where) for item in result.rejected]) == (
        1,
        [("license", records[1].id)],
    )


# --- what trainers need -----------------------------------------------------------------------------------------


def test_the_entries_name_columns_that_the_file_has(tmp_path):
    for to in ("alpaca", "sharegpt", "messages", "trl"):
        out = tmp_path / f"{to}.jsonl"
        result = write([sample()], out, to)
        row = json.loads(out.read_text(encoding="utf-8"))
        entry = llama_factory_entry("faq", out.name, to, result.shape)
        assert entry is not None
        assert set(entry["faq"]["columns"].values()) <= set(row)
        axolotl = axolotl_entry(out.name, to, result.shape)
        assert axolotl is not None
        assert axolotl.get("field_messages", "messages") in {*row, "messages"}
    # axolotl's alpaca strategy would drop system turns and history without a word.
    assert axolotl_entry("a.jsonl", "alpaca", Shape(system=True)) is None
    assert axolotl_entry("a.jsonl", "alpaca", Shape(history=True)) is None
    with_system: Any = llama_factory_entry("faq", "a.jsonl", "alpaca", Shape(system=True))
    assert with_system["faq"]["columns"]["system"] == "system"


def test_the_axolotl_entry_is_yaml(tmp_path):
    from tekio.instruct.formats.trainers import snippets

    text = snippets("faq", "a.jsonl", "messages", Shape())
    value = yaml.safe_load(text.split("# axolotl\n")[1])
    assert value["datasets"][0]["type"] == "chat_template"


def test_derived_data_needs_the_word_of_who_exports_it(tmp_path):
    assert write([sample("一", "EDINET")], tmp_path / "a.jsonl", "alpaca", "CC-BY-4.0", derived=True).rows == 1


def test_a_license_nobody_knows_is_no_target(tmp_path):
    with pytest.raises(UsageError, match=r"CC-BY-4\.0"):
        write([sample()], tmp_path / "a.jsonl", "alpaca", "my-license")


@pytest.mark.parametrize("to", ["records", "parquet", "messages", "sharegpt", "trl-messages"])
def test_every_conversation_that_is_written_holds_its_input(tmp_path, to):
    record = new_record(
        "次の文を要約してください。",
        "株価は上昇した。",
        InstructionMeta("t", "o", "MIT", input="株価は、\n3％上がった。"),
    )
    write([record], tmp_path / "out", to)
    if to == "parquet":
        (row,) = pq.read_table(tmp_path / "out" / "data").to_pylist()
    else:
        row = json.loads((tmp_path / "out").read_text())
    turns = row.get("messages") or row.get("conversations") or row["prompt"]
    asked = turns[0].get("content") or turns[0]["value"]
    assert asked == "次の文を要約してください。\n株価は、\n3％上がった。"
