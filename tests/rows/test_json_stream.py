"""JSON arrays are read element by element: the same rows as reading them whole, and bounded memory on hostile files."""

import io
import json
import tracemalloc
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.readers.corpus_reading import read
from tekio.rows import json_stream
from tekio.rows.json_stream import iter_elements
from tekio.text.unreadable import UnreadableError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def elements(raw: bytes, path: str | None = None, limit: int = 1 << 20) -> list[object]:
    return [
        None if item.data is None else orjson.loads(item.data) for item in iter_elements(io.BytesIO(raw), path, limit)
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, max_size=6), st.sampled_from([None, 1, "\t"]), st.booleans(), st.integers(1, 40))
def test_any_array_gives_what_reading_it_whole_gives(values, indent, escape, block):
    raw = json.dumps(values, indent=indent, ensure_ascii=escape).encode("utf-8", "surrogatepass")
    assert _with_blocks(block, raw) == orjson.loads(raw)


def _with_blocks(block: int, raw: bytes, path: str | None = None) -> list[object]:
    before, json_stream.BLOCK = json_stream.BLOCK, block
    try:
        return elements(raw, path)
    finally:
        json_stream.BLOCK = before


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), st.lists(VALUES, max_size=4), st.integers(1, 40))
def test_a_list_inside_an_object_is_found_whatever_stands_before_and_after_it(others, values, block):
    others.pop("data", None)
    plain = {**others, "data": {**others, "rows": values, "after": others}, "after": others}
    raw = json.dumps(plain).encode()
    if "rows" not in others:
        assert _with_blocks(block, raw, "data.rows") == orjson.loads(json.dumps(values))


@pytest.mark.parametrize(
    "raw",
    [b"[1,", b"[1 2]", b"[,]", b"[1,]", b"[1}", b"[1] x", b'["abc', b'[{"a": [}]', b"[[1]", b"[1]]", b'{"a": 1'],
)
def test_what_is_no_json_is_refused(raw: bytes):
    with pytest.raises((UnreadableError, orjson.JSONDecodeError)):
        elements(raw)


@pytest.mark.parametrize(
    ("raw", "path"), [(b'{"a": 1}', "rows"), (b"{}", "rows"), (b'{"a": [1]}', "a.b"), (b"3", None)]
)
def test_a_list_that_is_not_there_is_named(raw: bytes, path: str | None):
    with pytest.raises(UnreadableError, match="no_records"):
        elements(raw, path)


def test_a_bad_element_is_named_and_the_rows_before_a_broken_end_stay(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf[{"text": "one"}, {"text": NaN}, 3, {"text": "two"}, {"text": "thr')
    documents, rejected = read(path)
    assert [document.text for document in documents] == ["one", "two"]
    assert [(row.uri, row.reason) for row in rejected] == [
        ("a.json#item=1", "bad_json"),
        ("a.json#item=2", "not_a_record"),
        ("a.json#item=4", "bad_json"),
    ]


def test_one_object_is_one_row(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text('{\n "text": "本文, [a] {b}"\n}\n', encoding="utf-8")
    assert [document.text for document in read(path)[0]] == ["本文, [a] {b}"]


def test_an_array_in_another_encoding_is_read(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_bytes('[{"text": "表示機能ソ\\n十"}]'.encode("cp932"))  # half of ソ and 表 is a backslash
    assert [document.text for document in read(path)[0]] == ["表示機能ソ\n十"]


def test_memory_is_bounded_whatever_the_size_of_the_file_and_of_one_element(tmp_path: Path):
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.write(b'[{"text": "first"}, {"text": "' + b"a" * 40_000_000 + b'"}')
        for _ in range(40):
            file.write(b', {"text": "' + b"b" * 900_000 + b'"}')
        file.write(b"]")
    from corpus.readers.corpus_reading import source_of
    from tekio.corpus.readers import plan_units, read_unit

    source = source_of(path, options={"max_line_bytes": 2_000_000})
    tracemalloc.start()
    reasons = [getattr(row, "reason", "") for unit in plan_units(source, 1 << 30) for row in read_unit(source, unit)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reasons == ["", "line_too_long"] + [""] * 40
    assert peak < 16_000_000
