"""What a model was trained on is read in whatever form and encoding it lies there: none of it is passed over."""

import gzip
import json
from pathlib import Path

import pytest

from tekio.contamination.training_text import read_sources
from tekio.errors import TekioError

TEXT = "銀行法において、業務報告書の提出が義務付けられている会社の期限を述べる。"


def read(path: Path) -> list[str]:
    return [text for _, _, text in read_sources(path)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "iso2022_jp", "utf-16"])
def test_text_is_read_in_its_encoding(tmp_path: Path, encoding: str):
    (tmp_path / "a.txt").write_text(TEXT * 5, encoding=encoding)
    assert read(tmp_path / "a.txt") == [TEXT * 5]


def test_row_files_give_a_text_a_row_with_its_id(tmp_path: Path):
    rows = [{"id": "first", "text": TEXT}, {"text": TEXT[5:], "more": ["株式", {"a": "債券"}]}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (tmp_path / "b.json").write_text(json.dumps(rows))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    wanted = [f"first\n{TEXT}", f"{TEXT[5:]}\n株式\n債券"]
    assert [(name, text) for _, name, text in read_sources(tmp_path / "a.jsonl")] == [
        ("first", wanted[0]),
        ("2", wanted[1]),
    ]
    assert read(tmp_path / "b.json") == read(tmp_path / "c.jsonl.gz") == wanted
    (tmp_path / "d.csv").write_text(f"id,text\n7,{TEXT}\n", encoding="cp932")
    assert [(name, text) for _, name, text in read_sources(tmp_path / "d.csv")][-1] == ("7", f"7\n{TEXT}")


def test_what_is_no_row_is_looked_through_all_the_same(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "一"}) + f"\n{{broken {TEXT}\n", encoding="utf-8")
    assert any(TEXT in text for text in read(tmp_path / "a.jsonl"))


def test_a_text_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(TekioError, match=r"a\.parquet"):
        read(tmp_path / "a.parquet")


def test_of_a_pair_both_answers_are_learned_from(tmp_path: Path):
    """As `prefer/train.jsonl` has it, and as the published sets do."""
    turns = [{"role": "user", "content": "問い"}, {"role": "assistant", "content": "良い答え"}]
    other = {"content": "悪い答え", "id": "x1", "why": "wrong"}
    rows = [
        {"id": "one", "messages": turns, "meta": {"input": "資料"}, "rejected": other},
        {"prompt": "問い", "chosen": "良い答え", "rejected": "悪い答え"},
    ]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    assert read(tmp_path) == ["問い\n良い答え\n資料\n悪い答え", "問い\n良い答え\n悪い答え"]
