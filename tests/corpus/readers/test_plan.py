"""Units of work: every file once, the same whatever the machine, large line files cut by bytes."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.readers.corpus_reading import read, source_of
from tekio.corpus.readers import plan_units
from tekio.errors import TekioError


def test_small_files_are_put_together_in_the_order_of_their_uris(tmp_path: Path):
    for name in ("b/2.txt", "a/1.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("あ" * 100, encoding="utf-8")
    units = plan_units(source_of(tmp_path), 700)
    assert [[file.uri for file in unit.files] for unit in units] == [["a/1.txt", "b/2.txt"], ["c.txt"]]
    assert [unit.bytes for unit in units] == [600, 300]
    assert pickle.loads(pickle.dumps(units)) == units


def test_a_large_line_file_is_cut_and_read_the_same(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    rows = [{"text": f"{number}番目の文です。" * (number % 7 + 1)} for number in range(200)]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    whole, _ = read(path)
    assert [document.text for document in whole] == [row["text"] for row in rows]
    for unit_bytes in (61, 1000, 5000):
        assert read(path, unit_bytes)[0] == whole


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.integers(0, 40), min_size=1, max_size=30), unit=st.integers(10, 200), final=st.booleans())
def test_ranges_cover_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[int], unit: int, final: bool
):
    path = tmp_path_factory.mktemp("ranges") / "rows.jsonl"
    text = "\n".join(json.dumps({"text": f"{number}:" + "x" * length}) for number, length in enumerate(lines))
    path.write_text(text + ("\n" if final else ""), encoding="utf-8")
    documents, rejected = read(path, unit)
    assert [document.text for document in documents] == [f"{number}:" + "x" * size for number, size in enumerate(lines)]
    assert rejected == []


def test_a_path_without_files_is_an_error(tmp_path: Path):
    with pytest.raises(TekioError):
        plan_units(source_of(tmp_path / "nothing*"), 100)
