"""What the golden file of the demo's run would notice."""

# pyright: standard

from typing import Any

import pytest

from demo.golden_run import GOLDEN, MANIFESTS, SAME_BYTES, SHAPES, differences, shape
from tekio.store import read_json


def changed(*place: str, value: Any = None, name: str | None = None) -> list[str]:
    """What is said where a value of the golden file is another, or its key has another name."""
    golden = read_json(GOLDEN)
    table = golden
    for part in place[:-1]:
        table = table[part]
    found = table.pop(place[-1])
    table[name or place[-1]] = found if value is None else value
    return differences(read_json(GOLDEN), golden)


def test_it_holds_every_artifact_of_the_demo():
    golden = read_json(GOLDEN)
    assert set(golden["bytes"]) == set(SAME_BYTES)
    assert set(golden["shapes"]) == {*SHAPES, *(f"{stage}/manifest.json" for stage in MANIFESTS)}
    assert differences(golden, golden) == []


def test_a_renamed_key_a_changed_type_a_changed_unit_and_changed_bytes_are_noticed():
    funnel = ("shapes", "corpus/funnel.json", "totals")
    assert changed(*funnel, "rows_train", name="rows_training") == [
        "/shapes/corpus/funnel.json/totals/rows_train: not there any more",
        "/shapes/corpus/funnel.json/totals/rows_training: new",
    ]
    assert changed(*funnel, "rows_train", value="text")
    metric = ("shapes", "evaluate/results.json", "tasks", "each", "scores", "each model", "metrics", "acc")
    assert changed(*metric, "unit", value=["points"])
    assert changed(*metric, "higher_is_better", value=[False])
    assert changed(*funnel, "rows_in", value=[106])
    assert changed("bytes", "instruct/train.jsonl", value="00")


@pytest.mark.parametrize(("one", "other"), [(1.5, None), (2, 3.25), ([1, 2], [3, 4])])
def test_numbers_of_training_may_differ_or_be_missing(one: Any, other: Any):
    assert differences(shape({"low": one}), shape({"low": other})) == []


def test_items_of_a_list_are_held_together():
    assert shape([{"a": 1}, {"a": None, "b": "x"}]) == {"each": {"a": "number or null", "b": "text"}, "length": 2}
