"""The plan feeds every needed token, each shared prefix once, and stays within its batches."""

# pyright: standard

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.evaluate.scoring.batching import Batch, fed_tokens, halve, plan_plain, plan_trees
from tekio.evaluate.scoring.encode import Candidate, EncodedChoice
from tekio.evaluate.scoring.token_tree import build_tree

TAILS = st.lists(st.lists(st.integers(5, 8), min_size=1, max_size=6), min_size=1, max_size=5)
ITEMS = st.lists(st.tuples(st.lists(st.integers(5, 7), min_size=1, max_size=12), TAILS), min_size=1, max_size=12)


def encoded(items: list[tuple[list[int], list[list[int]]]]) -> list[EncodedChoice]:
    return [
        EncodedChoice(str(number), tuple(Candidate((*head, *tail), len(tail)) for tail in tails), 0, 0)
        for number, (head, tails) in enumerate(items)
    ]


def context_of(batch: Batch, row: int, place: int) -> tuple[int, ...]:
    """The ids the model sees up to and including a token of a row."""
    tree = batch.rows[row].tree
    seen = np.flatnonzero(tree.mask()[place])
    return (*batch.prefix, *(tree.tokens[int(other)] for other in seen))


def check(items: list[EncodedChoice], batches: list[Batch], *, halved: bool = False) -> None:
    """halved: an item alone in its batch may have been split into its choices."""
    read: dict[tuple[int, int], list[tuple[tuple[int, ...], int]]] = {}
    for batch in batches:
        for number, row in enumerate(batch.rows):
            assert {request for request, _ in row.members} <= set(batch.requests)
            for target in row.tree.targets:
                member = row.members[target.candidate]
                context = context_of(batch, number, target.source)
                assert row.tree.depths[target.source] + len(batch.prefix) == len(context) - 1
                read.setdefault(member, []).append((context, target.token))
    for number, item in enumerate(items):
        for choice, candidate in enumerate(item.candidates):
            first = len(candidate.ids) - candidate.scored
            wanted = [(candidate.ids[:place], candidate.ids[place]) for place in range(first, len(candidate.ids))]
            assert sorted(read[number, choice]) == sorted(wanted)
    owners = [request for batch in batches for request in batch.requests]
    assert sorted(set(owners) if halved else owners) == list(range(len(items))), "every item is in exactly one batch"


@settings(max_examples=150, deadline=None)
@given(items=ITEMS, batch_tokens=st.sampled_from([1, 16, 64, 4096]))
def test_every_scored_token_is_read_after_exactly_its_context(items, batch_tokens: int):
    given_items = encoded(items)
    check(given_items, plan_trees(given_items, batch_tokens))
    check(given_items, plan_plain(given_items, batch_tokens))


@settings(max_examples=50, deadline=None)
@given(items=ITEMS)
def test_halved_batches_hold_the_same_work(items):
    given_items = encoded(items)
    for batches in (plan_trees(given_items, 4096), plan_plain(given_items, 4096)):
        check(given_items, [part for batch in batches for part in halve(batch)], halved=True)


def exam(count: int, description: int = 60, question: int = 50, choices: int = 4, choice: int = 10):
    rng = np.random.default_rng(1)
    head = rng.integers(10, 5000, description).tolist()
    return [
        (
            [*head, *rng.integers(10, 5000, question).tolist()],
            [rng.integers(10, 5000, choice).tolist() for _ in range(choices)],
        )
        for _ in range(count)
    ]


def test_descriptions_and_questions_are_computed_once():
    items = encoded(exam(100))
    ideal = 60 + 100 * (50 + 4 * 9)
    assert fed_tokens(plan_trees(items, 4096)) <= ideal * 1.01
    assert fed_tokens(plan_plain(items, 4096)) == 100 * 4 * (60 + 50 + 9)


def test_a_few_other_prefixes_do_not_spoil_the_common_one():
    # fixed demonstrations: the items that are demonstrations themselves get other ones
    items = exam(100, description=600)
    rng = np.random.default_rng(2)
    items[3] = (rng.integers(10, 5000, 650).tolist(), items[3][1])
    items[40] = ([*items[40][0][:10], *rng.integers(10, 5000, 600).tolist()], items[40][1])
    ideal = 600 + 98 * (50 + 36) + 2 * (640 + 36)
    assert fed_tokens(plan_trees(encoded(items), 4096)) <= ideal * 1.05


def test_questions_on_one_passage_share_it():
    rng = np.random.default_rng(3)
    items = []
    for _ in range(20):
        passage = rng.integers(10, 5000, 200).tolist()
        items += [([9, *passage, *rng.integers(10, 5000, 20).tolist()], [[7], [8]]) for _ in range(5)]
    assert fed_tokens(plan_trees(encoded(items), 4096)) <= 20 * (200 + 5 * 20) * 1.1


def test_batches_stay_within_their_tokens_unless_one_item_is_larger():
    for batch in plan_trees(encoded(exam(50)), 512):
        width = max(row.length for row in batch.rows)
        assert len(batch.rows) * width <= 512 or len(batch.rows) == 1


def test_equal_requests_give_an_equal_plan():
    assert plan_trees(encoded(exam(30)), 512) == plan_trees(encoded(exam(30)), 512)


def test_a_tree_lets_a_token_see_its_ancestors_only():
    tree = build_tree([Candidate((1, 2, 3, 4), 2), Candidate((1, 2, 5, 6), 2)], 0)
    assert tree.tokens == [1, 2, 3, 5]
    assert tree.depths == [0, 1, 2, 2]
    assert tree.mask().tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1]]


@pytest.mark.parametrize("prefix", [0, 1])
def test_targets_follow_their_own_branch(prefix: int):
    tree = build_tree([Candidate((1, 2, 3, 4), 2), Candidate((1, 2, 3), 1)], prefix)
    assert {(target.candidate, tree.tokens[target.source], target.token) for target in tree.targets} == {
        (0, 2, 3),
        (0, 3, 4),
        (1, 2, 3),
    }
