"""Epochs and weights by source: what an epoch takes of each, counted."""

# pyright: standard

from collections import Counter
from pathlib import Path

import pytest

from tekio.artifacts.corpus import SourceMix
from tekio.documents import read_documents
from tekio.recipe.corpus import SourceConfig
from tekio.store import read_json, write_json
from tekio.train.mixing import mixed_sources, parts_of
from tekio.train.packing import Example, Rows, build_rows
from tekio.train.schedule import Schedule, make_schedule
from tekio.train.stages import make_base
from train.tiny_inputs import base_config, make_corpus


def store(folder: Path, rows: int, tokens: int) -> Rows:
    """`rows` rows of `tokens` learned tokens each."""
    return build_rows(folder, [Example(list(range(tokens + 1)))] * rows, tokens + 1)


def mix(name: str, domain: str, epochs: float = 1.0, weight: float | None = None) -> SourceMix:
    return SourceMix(name=name, domain=domain, epochs=epochs, weight=weight)


def taken(schedule: Schedule) -> Counter[tuple[int, int]]:
    return Counter((ref.store, ref.row) for step in range(schedule.steps) for ref in schedule.at(step))


def by_store(counted: Counter[tuple[int, int]]) -> dict[int, int]:
    return {number: sum(times for (own, _), times in counted.items() if own == number) for number, _ in counted}


def test_epochs_of_a_source_are_so_many_passes(tmp_path):
    stores = [store(tmp_path / "a", 40, 9), store(tmp_path / "b", 30, 9), store(tmp_path / "c", 20, 9)]
    mixes = [mix("a", "d"), mix("b", "d", epochs=3), mix("c", "d", epochs=0.25)]
    schedule = make_schedule(stores, seed=1, share=0, batch=8, epochs=2, max_steps=None, parts=parts_of(stores, mixes))
    counted = taken(schedule)
    assert by_store(counted) == {0: 80, 1: 180, 2: 10}
    assert all(counted[0, row] == 2 for row in range(40))
    assert all(counted[1, row] == 6 for row in range(30))
    assert max(counted[2, row] for row in range(20)) == 1  # the second epoch takes another quarter


def test_weights_share_out_the_tokens_there_are(tmp_path):
    stores = [store(tmp_path / "a", 40, 9), store(tmp_path / "b", 120, 3), store(tmp_path / "c", 20, 9)]
    mixes = [mix("a", "d", weight=3), mix("b", "d", weight=1), mix("c", "d")]
    schedule = make_schedule(stores, seed=1, share=0, batch=8, epochs=1, max_steps=None, parts=parts_of(stores, mixes))
    rows = by_store(taken(schedule))
    assert (rows[0] * 9, rows[1] * 3, rows[2] * 9) == (540, 180, 180)  # of 720 together, 3 : 1, and c as it is


def test_the_replay_share_holds_with_mixed_sources_on_both_sides(tmp_path):
    stores = [store(tmp_path / str(number), rows, 9) for number, rows in enumerate((40, 30, 50, 200))]
    finance = [mix("a", "finance", epochs=2), mix("b", "finance")]
    general = [mix("c", "general", weight=1), mix("d", "general", weight=1)]
    parts = parts_of(stores[:2], finance) + parts_of(stores[2:], general, replay=True)
    schedule = make_schedule(stores, seed=1, share=0.2, batch=8, epochs=1, max_steps=None, parts=parts)
    rows = by_store(taken(schedule))
    assert (rows[0], rows[1]) == (80, 30)
    assert (rows[2] + rows[3]) / sum(rows.values()) == pytest.approx(0.2, abs=0.005)
    assert abs(rows[2] - rows[3]) <= 1


def test_the_order_does_not_depend_on_the_batch(tmp_path):
    stores = [store(tmp_path / "a", 40, 9), store(tmp_path / "b", 30, 9)]
    parts = parts_of(stores, [mix("a", "d", epochs=0.5), mix("b", "d", epochs=1.5)])

    def order(batch):
        options = {"seed": 3, "share": 0, "epochs": 3, "max_steps": None, "parts": parts}
        schedule = make_schedule(stores, batch=batch, **options)
        return [ref for step in range(schedule.steps) for ref in schedule.at(step)]

    assert order(4) == order(13)


def test_a_source_has_epochs_or_a_weight():
    with pytest.raises(ValueError, match="one of"):
        SourceConfig.model_validate({"name": "a", "path": "a", "epochs": 2, "weight": 1}, context={"base": Path()})


def test_training_counts_tokens_by_source(tmp_path):
    corpus = make_corpus(tmp_path / "corpus", documents=30)
    options = {"domains": ["finance"], "max_steps": 2}
    plain = make_base(base_config(**options), tmp_path / "plain" / "base", corpus=corpus, seed=1)
    texts = [row["text"] for row in read_documents(corpus / "train") if row["domain"] == "finance"]
    (name,) = plain.counts["sources"]
    assert plain.counts["sources"][name]["documents"] == len(texts)
    assert plain.counts["sources"][name]["characters"] == sum(map(len, texts))
    assert plain.counts["sources"][name]["epochs"] == 1
    write_json(corpus / "mixing.json", {"sources": [{"name": name, "domain": "finance", "epochs": 2, "weight": None}]})
    assert mixed_sources(corpus, ["general"]) == []
    mixed = make_base(base_config(**options), tmp_path / "mixed" / "base", corpus=corpus, seed=1)
    learned = {"learned": mixed.counts["tokens_trained"]}
    assert mixed.counts["sources"][name] == plain.counts["sources"][name] | {"epochs": 2} | learned
    summary = read_json(tmp_path / "mixed" / "base" / "summary.json")
    assert summary["sources"] == mixed.counts["sources"]
    assert summary["epochs"] < read_json(tmp_path / "plain" / "base" / "summary.json")["epochs"]
