"""A page of a JSON Lines file is found by its place; words are looked for in values, never in keys or escapes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.errors import TekioError
from tekio.store import write_jsonl
from tekio.view.lines import LineTable
from view.view_fixture import record


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("lines") / "train.jsonl"
    write_jsonl(path, [record(number, rejected_by="b" if number % 4 == 0 else "a") for number in range(60)])
    return LineTable(path)


def walk(table, size, **asked):
    at, ids = 0, []
    while at is not None:
        found = table.page(at, size, **asked)
        assert all(table.at(place) == row for place, row in zip(found.places, found.rows, strict=True))
        ids += [row["id"] for row in found.rows]
        at = found.following
    return ids


@given(size=st.integers(1, 70))
def test_pages_of_any_size_show_every_line_once(table, size):
    assert walk(table, size) == [f"r{number:03d}" for number in range(60)]
    assert walk(table, size, where={"rejected_by": "b"}) == [f"r{number:03d}" for number in range(0, 60, 4)]


@settings(deadline=None)
@given(words=st.text(min_size=1, max_size=4), texts=st.lists(st.text(max_size=20), max_size=8), size=st.integers(1, 3))
def test_a_search_finds_any_characters_in_values_only(tmp_path_factory, words, texts, size):
    path = tmp_path_factory.mktemp("words") / "t.jsonl"
    rows: list[Any] = [{"id": str(number), "content": {"of": [text]}} for number, text in enumerate(texts)]
    path.write_bytes(
        b"".join((json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass") for row in rows)
    )
    if path.stat().st_size:
        expected = [row["id"] for row in rows if words in row["id"] or words in row["content"]["of"][0]]
        assert walk(LineTable(path), size, words=words) == expected


def test_a_name_of_a_key_is_not_found(table):
    assert walk(table, 10, words="messages") == []
    assert walk(table, 10, words="「利率」") == [f"r{number:03d}" for number in range(60)]


def test_a_line_by_its_id_or_place(table):
    assert table.find("id", "r007")["messages"][0]["content"] == "第7号の「利率」は？"
    assert table.find("id", "r07") is None
    with pytest.raises(TekioError):
        table.at(5)


def test_a_damaged_line_is_named(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"id": "a"}\n{broken\n', encoding="utf-8")
    with pytest.raises(TekioError, match="damaged"):
        LineTable(tmp_path / "t.jsonl").page(0, 10)
