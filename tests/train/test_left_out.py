"""What training leaves out is said before the first step, and refused above a share."""

from pathlib import Path

import pytest

from tekio.errors import RecipeError
from tekio.recipe.train import TuneConfig
from tekio.train import make_base, tune
from tekio.train.left_out import records_left_out, require_little_left_out, say_left_out, sources_not_learned
from tekio.train.packing import Example, TokenCount, build_rows
from tekio.train.schedule import Part, make_schedule
from train.tiny_inputs import base_config, make_corpus, make_records, tune_config


def test_nothing_is_said_where_nothing_is_left_out():
    assert records_left_out(TokenCount(into=10, trained=10, texts=1), TuneConfig()) is None


@pytest.mark.parametrize(("dropped", "refused"), [(4, False), (5, False), (6, True)])
def test_more_than_the_share_of_records_is_refused_with_numbers(dropped: int, refused: bool):
    count = TokenCount(into=1000, trained=1000, texts=100 - dropped, texts_dropped=dropped)
    if not refused:
        require_little_left_out(count, TuneConfig())
        return
    with pytest.raises(RecipeError) as caught:
        require_little_left_out(count, TuneConfig())
    assert "6 of 100 records" in caught.value.explain("en")
    assert "100 件中 6 件" in caught.value.explain("ja")


def test_few_long_records_may_hold_most_of_the_tokens():
    count = TokenCount(into=1000, trained=900, dropped=100, texts=99, texts_dropped=1)
    with pytest.raises(RecipeError, match="left out"):
        require_little_left_out(count, TuneConfig())
    require_little_left_out(count, TuneConfig(max_dropped=0.1))


def test_sources_that_no_step_reads_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    stores = [
        build_rows(tmp_path / name, [Example(list(range(9)), None, 9, source=name) for _ in range(4)], 16)
        for name in ("law", "news")
    ]
    schedule = make_schedule(stores, seed=1, share=0, batch=1, epochs=1, max_steps=1, parts=[Part(), Part(rate=0)])
    assert sources_not_learned(stores, schedule) == ["news"]
    say_left_out("pretrain", stores, schedule)
    said = capsys.readouterr().err
    assert "news" in said
    assert "25.0%" in said  # one of four rows


def test_a_run_says_it_and_stops_before_the_first_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    make_corpus(tmp_path / "corpus")
    make_records(tmp_path / "instruct")
    make_base(base_config(max_steps=1), tmp_path / "base", corpus=tmp_path / "corpus", seed=7)
    config = tune_config(max_steps=1, max_dropped=0.05)
    with pytest.raises(RecipeError, match="left out"):
        tune(config, tmp_path / "tune", model=tmp_path / "base", records=tmp_path / "instruct", seed=7)
    assert "records left out" in capsys.readouterr().err
    assert not (tmp_path / "tune").exists()
