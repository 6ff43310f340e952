"""Records kept on disk in parts, and a corpus decided in many parts instead of one."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tekio.corpus import build, build_corpus
from tekio.corpus.decisions import decide
from tekio.corpus.duplicates import hash_partitions
from tekio.corpus.duplicates.hash_partitions import Spill
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig

RECORD = np.dtype([("key", "<u8"), ("number", "<i8")])
KEYS = st.lists(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=30), max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=KEYS, expected=st.integers(0, 100))
def test_every_record_comes_back_once_and_equal_keys_together(tmp_path, monkeypatch, batches, expected):
    monkeypatch.setattr(hash_partitions, "RECORDS", 7)
    kept = Spill(tmp_path / "spill", RECORD, expected)
    count = 0
    for keys in batches:
        records = np.zeros(len(keys), dtype=RECORD)
        records["key"], records["number"] = keys, np.arange(count, count + len(keys))
        count += len(keys)
        kept.add(records, records["key"])
    parts = list(kept.parts())
    assert len(parts) <= max(1, -(-expected // 7))
    assert sorted(number for part in parts for number in part["number"].tolist()) == list(range(count))
    assert all(part["number"].tolist() == sorted(part["number"].tolist()) for part in parts)
    homes = [set(part["key"].tolist()) for part in parts]
    assert sum(map(len, homes)) == len(set().union(*homes))
    assert not (tmp_path / "spill").exists()


@pytest.mark.parametrize("records", [3, 50])
def test_a_corpus_decided_in_many_parts_is_the_same(tmp_path, monkeypatch, records):
    words = [f"{first}{second}" for first in "山川海空森林田野島原" for second in "一二三四五六七八九十"]
    texts = [
        "".join(f"{words[(n * 7 + k * 13) % 100]}社の売上高は{n * 37 + k}億円となった。" for k in range(9))
        for n in range(40)
    ]
    texts += texts[:9] + [text.replace("売上高", "利益額", 1) for text in texts[5:30]]
    rows = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts]
    (tmp_path / "in.jsonl").write_text("".join(rows), encoding="utf-8")
    plain = {"sources": [{"name": "a", "path": "in.jsonl", "license": "CC0-1.0"}], "shard_bytes": 3000}
    config = CorpusConfig.model_validate(plain, context={"base": tmp_path})
    whole = build_corpus(config, tmp_path / "whole" / "corpus", seed=1, engine=LocalEngine(1))
    monkeypatch.setattr(hash_partitions, "RECORDS", records)
    monkeypatch.setattr(decide, "RECORDS", records)
    parts = build_corpus(config, tmp_path / "parts" / "corpus", seed=1, engine=LocalEngine(1))
    rejected = json.loads((tmp_path / "whole" / "corpus" / "funnel.json").read_text())["totals"]["rejected"]
    assert rejected["exact_duplicate"] == 9
    assert rejected["near_duplicate"] == 25
    assert parts.artifact == whole.artifact


def test_deciding_holds_few_bytes_a_row(tmp_path, monkeypatch):
    """Python objects for every row (ids, reasons) would be hundreds of bytes; a unit's and a part's are there once."""
    monkeypatch.setattr(hash_partitions, "RECORDS", 500)
    monkeypatch.setattr(decide, "RECORDS", 500)
    decide_rows, peaks = build.decide_rows, []

    def traced(*arguments):
        tracemalloc.start()
        try:
            return decide_rows(*arguments)
        finally:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    monkeypatch.setattr(build, "decide_rows", traced)
    # The first one warms up. On a slow machine a module may still be loaded on the way (to say how far it is), once: so each size runs twice.
    sizes = (500, 1_000, 1_000, 5_000, 5_000)
    for turn, size in enumerate(sizes):
        file = tmp_path / f"{turn}.jsonl"
        texts = (f"{n}番の{n * 7919 % 10_007}号、{n * 104_729 % 99_991}円。" for n in range(size))
        file.write_text("".join(f'{{"text": "{text}"}}\n' for text in texts), encoding="utf-8")
        plain = {"sources": [{"name": "a", "path": file.name, "license": "CC0-1.0"}], "shard_bytes": 20_000}
        config = CorpusConfig.model_validate(plain, context={"base": tmp_path})
        build_corpus(config, tmp_path / str(turn) / "corpus", seed=1, engine=LocalEngine(1))
    few, many = min(peaks[1:3]), min(peaks[3:])
    assert (many - few) / (sizes[-1] - sizes[1]) < 100
