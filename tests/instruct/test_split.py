"""Splits keep groups whole, are stable under added data and say how they round."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tekio.instruct.split import Method, group_position, say_if_none_is_kept, training_size, validation_groups
from tekio.records import InstructionMeta, InstructionRecord, new_record


def assign_split(records: Sequence[InstructionRecord], share: float, seed: int, method: Method = "stable") -> None:
    """Set `meta.split` of every record, as the build does."""
    sizes: dict[str, int] = {}
    for record in records:
        sizes[record.meta.group] = sizes.get(record.meta.group, 0) + 1
    validation = validation_groups(sizes, share, seed, method)
    for record in records:
        record.meta.split = "validation" if record.meta.group in validation else "train"


def records(groups):
    return [
        new_record(f"質問{number}", "答え", InstructionMeta(task="qa", origin="o", license="l", group=group))
        for number, group in enumerate(groups)
    ]


def test_no_group_is_on_both_sides():
    rows = records([f"page{number % 50}" for number in range(500)])
    assign_split(rows, 0.15, 17)
    sides = {row.meta.group: set() for row in rows}
    for row in rows:
        sides[row.meta.group].add(row.meta.split)
    assert all(len(side) == 1 for side in sides.values())
    assert {row.meta.split for row in rows} == {"train", "validation"}


@given(st.lists(st.text(max_size=8), min_size=4, max_size=60, unique=True), st.integers(0, 1000))
def test_added_groups_move_nobody(groups, seed):
    sizes = dict.fromkeys(groups, 1)
    before = validation_groups(sizes, 0.3, seed, "stable")
    after = validation_groups({**sizes, "added one": 1, "added two": 2}, 0.3, seed, "stable")
    assert before == {group for group in after if group in sizes}


def test_the_share_is_met_on_many_groups():
    sizes = {f"g{number}": 1 for number in range(20_000)}
    assert abs(len(validation_groups(sizes, 0.15, 3, "stable")) / 20_000 - 0.15) < 0.01


def test_jafin_split_rounds_down():
    assert training_size(1490, 0.15) == 1266  # 0.85 x 1490 = 1266.5
    chosen = validation_groups({f"g{number}": 1 for number in range(1490)}, 0.15, 17, "exact")
    assert len(chosen) == 224


def test_a_group_with_most_of_the_records_is_trained_on():
    rows = records(["only page"] * 30 + ["other"])
    for method in ("stable", "exact"):
        assign_split(rows, 0.15, 1, method)
        assert all(row.meta.split == "train" for row in rows if row.meta.group == "only page")


def test_the_position_depends_on_the_seed():
    assert group_position("a", 1) != group_position("a", 2)
    assert 0 <= group_position("a", 1) < 1


def test_a_share_that_keeps_no_record_is_told(capsys):
    sizes = {"one": 6, "two": 6}
    seed = next(
        seed for seed in range(100) if not validation_groups(sizes, 0.2, seed, "stable")
    )  # both groups' hashes lie above the share
    say_if_none_is_kept("instruct", sizes, 0.2, validation_groups(sizes, 0.2, seed, "stable"))
    said = capsys.readouterr().err
    assert "none of 12 record(s) in 2 group(s) is kept for validation" in said
    assert "0.2" in said

    say_if_none_is_kept("instruct", sizes, 0.2, {"one"})
    say_if_none_is_kept("instruct", sizes, 0.0, set())
    say_if_none_is_kept("instruct", {}, 0.2, set())
    assert capsys.readouterr().err == ""
