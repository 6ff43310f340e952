"""The item store survives a kill: complete lines count, a torn one does not."""

# pyright: standard

import math
from pathlib import Path

import pytest

from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, RollingScore
from tekio.evaluate.scoring.score_store import ItemStore, owed_batches, score_from_row, score_row

SCORES = [ChoiceScore(str(number), (-1.5, -2.25 - number), (True, False), (1, 2), number) for number in range(6)]


@pytest.mark.parametrize(
    ("kind", "score"),
    [
        ("choice", SCORES[3]),
        ("generation", GenerationScore("a", "答え\n", 3, "stop", 1)),
        ("perplexity", RollingScore("a", 12.5, 3, 4, 12, 1)),
    ],
)
def test_scores_come_back_as_they_were(kind: str, score):
    assert score_from_row(kind, score_row(score)) == score


def test_a_torn_last_line_is_dropped_and_the_rest_kept(tmp_path: Path):
    store = ItemStore.open(tmp_path, "choice")
    store.add(SCORES[:2])
    store.add(SCORES[2:4])
    whole = store.path.read_bytes()
    for cut in (1, 10, len(whole.splitlines()[-1])):
        store.path.write_bytes(whole[:-cut])
        again = ItemStore.open(tmp_path, "choice")
        assert set(again.scores) == {"0", "1", "2"}
        again.add(SCORES[3:])
        assert ItemStore.open(tmp_path, "choice").ordered([score.item for score in SCORES]) == SCORES


@pytest.mark.parametrize(
    "score",
    [
        ChoiceScore("a", (-1.5, -2.25), (True, False), (1, 2)),
        GenerationScore("a", "\ud800", 1, "eos"),
        RollingScore("a", math.nan, 1, 2, 3, 1),
    ],
)
def test_a_line_that_was_changed_is_scored_again(tmp_path: Path, score):
    kind = {GenerationScore: "generation", RollingScore: "perplexity"}.get(type(score), "choice")
    ItemStore.open(tmp_path, kind).add([score])
    assert repr(ItemStore.open(tmp_path, kind).scores) == repr({score.item: score})
    file = tmp_path / "0.jsonl"
    content = file.read_bytes()
    for old, new in ((b"1", b"2"), (b'"sha256"', b'"other"'), (b'"item": "a"', b'"item": "b"')):
        file.write_bytes(content.replace(old, new, 1))
        assert ItemStore.open(tmp_path, kind).scores == {}


def test_a_damaged_line_is_scored_again(tmp_path: Path):
    store = ItemStore.open(tmp_path, "choice")
    store.add(SCORES[:3])
    lines = store.path.read_bytes().splitlines(keepends=True)
    store.path.write_bytes(lines[0] + b'{"item": "1", "loglik\n' + lines[2])
    assert set(ItemStore.open(tmp_path, "choice").scores) == {"0", "2"}


def test_values_that_are_no_numbers_survive(tmp_path: Path):
    store = ItemStore.open(tmp_path, "choice")
    store.add([ChoiceScore("x", (math.nan, -math.inf), (False, False), (1, 1))])
    [score] = ItemStore.open(tmp_path, "choice").ordered(["x"])
    assert isinstance(score, ChoiceScore)
    assert math.isnan(score.loglikelihoods[0])
    assert score.loglikelihoods[1] == -math.inf


def test_batches_are_dealt_out_and_stored_ones_are_not_owed(tmp_path: Path):
    names = [score.item for score in SCORES]
    batches = [[0, 1], [2, 3], [4, 5]]
    store = ItemStore.open(tmp_path, "choice")
    dealt = [
        [
            number
            for number, batch in enumerate(batches)
            if owed_batches(store, names, rank=rank, world=2)(number, batch)
        ]
        for rank in (0, 1)
    ]
    assert dealt == [[0, 2], [1]]
    store.add(SCORES[:3])  # batch 1 is torn: it is owed as a whole
    owed = owed_batches(ItemStore.open(tmp_path, "choice"), names)
    assert [owed(number, batch) for number, batch in enumerate(batches)] == [False, True, True]


def test_processes_read_each_others_scores(tmp_path: Path):
    ItemStore.open(tmp_path, "choice", rank=0).add(SCORES[:3])
    ItemStore.open(tmp_path, "choice", rank=1).add(SCORES[3:])
    assert ItemStore.open(tmp_path, "choice", rank=0).ordered([score.item for score in SCORES]) == SCORES
