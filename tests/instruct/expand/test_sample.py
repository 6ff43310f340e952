"""Caps and limits are seeded samples that do not depend on order, on workers, or on how files are cut into units."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tekio.engine import LocalEngine
from tekio.instruct import build_instructions
from tekio.instruct.expand.sample import beyond
from tekio.recipe.instruct import ExpandConfig, InstructConfig
from tekio.recipe.paths import RecipePath
from tekio.store import read_jsonl


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2**40)), unique_by=lambda item: item[1], max_size=40))
def test_what_stays_is_the_smallest_of_each_task(candidates):
    tasks, numbers = [task for task, _ in candidates], [number for _, number in candidates]
    out = beyond(tasks, numbers, {"a": 3}, 5)
    kept = [place for place in range(len(tasks)) if place not in out]
    assert len(kept) <= 5
    assert sum(tasks[place] == "a" for place in kept) <= 3
    smallest = sorted(number for task, number in candidates if task == "a")[:3]
    assert all(numbers[place] in smallest for place in kept if tasks[place] == "a")


@given(st.lists(st.integers(0, 2**40), unique=True, min_size=1, max_size=40), st.integers(0, 39))
def test_sampling_parts_first_changes_nothing(numbers, cut):
    tasks = ["a"] * len(numbers)
    whole = {numbers[place] for place in range(len(numbers)) if place not in beyond(tasks, numbers, {"a": 4}, None)}
    parts = [numbers[:cut], numbers[cut:]]
    left = [
        n
        for part in parts
        for place, n in enumerate(part)
        if place not in beyond(["a"] * len(part), part, {"a": 4}, None)
    ]
    assert whole == {n for place, n in enumerate(left) if place not in beyond(["a"] * len(left), left, {"a": 4}, None)}


def test_a_stage_keeps_exactly_the_limit_and_the_caps(tmp_path):
    comments = [
        {"id": f"c{number}", "year-month": "202101", "地域": "東海", "関連": "雇用", "業種・職種": "店長", "景気の現状判断": "○▲□"[number % 3],
         "判断の理由": "来客数の動き", "追加説明及び具体的状況の説明": f"第{number}回の調査で{number * 37 % 101}人が来店した。"}
        for number in range(90)
    ]  # fmt: skip
    (tmp_path / "c.json").write_text(json.dumps(comments, ensure_ascii=False), encoding="utf-8")
    source = ExpandConfig(
        name="ew", path=RecipePath.of(tmp_path / "c.json"), template="economy-watchers", caps={"write": 7}, limit=60
    )
    build_instructions(InstructConfig(expand=[source]), tmp_path / "out", seed=17, engine=LocalEngine(1))
    kept = [row for split in ("train", "validation") for row in read_jsonl(tmp_path / "out" / f"{split}.jsonl")]
    rejected = Counter(row["rejected_by"] for row in read_jsonl(tmp_path / "out" / "rejected.jsonl"))
    assert len(kept) == 60
    assert Counter(row["meta"]["extra"]["task"] for row in kept)["write"] <= 7
    assert rejected == {"over_cap": 83, "over_limit": 4 * 90 - 83 - 60}
