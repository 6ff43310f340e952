"""The token store: every token is accounted for, every target is learned exactly once, rows are full."""

# pyright: standard

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tekio.train.packing import Example, TokenCount, best_fit, build_rows, cut, open_rows
from tekio.train.schedule import make_schedule

lengths = st.lists(st.integers(1, 16), max_size=80)


@given(lengths)
def test_best_fit_loses_nothing_and_never_overfills(sizes: list[int]):
    rows = best_fit(sizes, 16)
    assert sorted(item for row in rows for item in row) == list(range(len(sizes)))
    assert all(sum(sizes[item] for item in row) <= 16 for row in rows)


@given(lengths)
def test_best_fit_is_close_to_the_fewest_rows(sizes: list[int]):
    """Best-fit decreasing needs at most 11/9 of the optimum plus one bin; ours never opens a row for two places."""
    rows = best_fit(sizes, 16)
    assert len(rows) <= -(-sum(sizes) // 16) * 11 / 9 + len([s for s in sizes if s == 1]) + 2


def test_rows_are_full_on_the_lengths_of_real_text():
    source = np.random.default_rng(1)
    sizes = np.minimum(source.lognormal(4.8, 0.9, 5000).astype(int) + 2, 512)
    rows = best_fit(sizes, 512)
    assert sizes.sum() / (len(rows) * 512) > 0.995


@given(st.integers(1, 200), st.integers(2, 40))
def test_a_long_text_is_cut_so_that_every_token_but_the_first_is_a_target_once(length: int, width: int):
    pieces = cut(length, width)
    targets = [start + place for start, size in pieces for place in range(1, size)]
    assert targets == list(range(1, length))
    assert all(size <= width for _, size in pieces)


examples = st.lists(
    st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=50).map(
        lambda pairs: Example([token for token, _ in pairs], [flag for _, flag in pairs], len(pairs))
    ),
    max_size=12,
)


@given(examples, st.integers(2, 20), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_tokens_in_are_trained_masked_or_dropped(
    tmp_path_factory: pytest.TempPathFactory, texts: list[Example], width: int, packed: bool
):
    folder = tmp_path_factory.mktemp("store") / "rows"
    dropped = TokenCount(into=7, dropped=7, texts_dropped=1)
    rows = build_rows(folder, texts, width, packed=packed, dropped=dropped)
    count = rows.count
    assert count.into == count.trained + count.masked + count.dropped == sum(len(t.ids) for t in texts) + 7
    assert count.trained == int(rows.targets.sum())
    ids, positions, learned = rows.read(range(len(rows)), padding=101)
    assert int(learned.sum()) == count.trained
    seen = sorted(ids[learned].tolist())
    assert seen == sorted(
        token
        for text in texts
        for place, (token, flag) in enumerate(zip(text.ids, text.learned or [], strict=True))
        if flag and place
    )
    assert not learned[positions == 0].any()
    if packed is False:
        assert (np.count_nonzero(positions == 0, axis=1) <= 2).all()


def test_a_finished_store_is_opened_and_not_built_again(tmp_path: Path):
    texts = [Example([1, 2, 3]), Example([4, 5])]
    first = build_rows(tmp_path / "rows", texts, 8)
    again = build_rows(tmp_path / "rows", iter(()), 8)
    assert np.array_equal(first.tokens, again.tokens)
    assert len(open_rows(tmp_path / "rows")) == 1


def test_a_store_that_was_being_written_is_built_anew(tmp_path: Path):
    (tmp_path / "rows.working").mkdir()
    (tmp_path / "rows.working" / "tokens.bin").write_bytes(b"half")
    assert len(build_rows(tmp_path / "rows", [Example([1, 2, 3])], 8)) == 1


def test_chunks_of_a_long_text_keep_their_order(tmp_path: Path):
    rows = build_rows(tmp_path / "rows", [Example(list(range(100)))], 10)
    starts = [int(rows.items[item, 0]) for item in range(len(rows.items))]
    assert starts == sorted(starts)


def test_replay_makes_up_its_share_of_the_learned_tokens(tmp_path: Path):
    domain = build_rows(tmp_path / "d", [Example(list(range(9)))] * 90, 10)
    general = build_rows(tmp_path / "g", [Example(list(range(7)))] * 200, 10)
    schedule = make_schedule([domain, general], seed=1, share=0.25, batch=8, epochs=2, max_steps=None)
    refs = [ref for step in range(schedule.steps) for ref in schedule.at(step)]
    tokens = [int((domain, general)[ref.store].targets[ref.row]) for ref in refs]
    replayed = sum(size for ref, size in zip(refs, tokens, strict=True) if ref.store == 1)
    assert replayed / sum(tokens) == pytest.approx(0.25, abs=0.01)
    rows = [ref.row for ref in refs if ref.store == 1]
    assert len(set(rows)) == len(rows) <= 200  # nothing of it twice before all of it once


def test_an_epoch_is_every_row_once_in_an_order_of_its_own(tmp_path: Path):
    store = build_rows(tmp_path / "d", [Example(list(range(9)))] * 40, 10)
    schedule = make_schedule([store], seed=1, share=0, batch=8, epochs=2, max_steps=None)
    first = [ref.row for step in range(5) for ref in schedule.at(step)]
    second = [ref.row for step in range(5, 10) for ref in schedule.at(step)]
    assert sorted(first) == sorted(second) == list(range(40))
    assert first != second
