"""Engines give results in the order of the units, whatever the number of workers, and survive a dying worker."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tekio.engine import LocalEngine, make_engine
from tekio.errors import TekioError


def square(number: int) -> int:
    return number * number


def die_once(marker: Path) -> str:
    if not marker.exists():
        marker.write_text("was here")
        os._exit(1)
    return marker.name


def always_die(_: int) -> int:
    os._exit(1)


def fail(number: int) -> int:
    if number == 2:
        raise ValueError("unit 2")
    return number


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_units(workers):
    assert list(LocalEngine(workers).map(square, range(7))) == [0, 1, 4, 9, 16, 25, 36]


def test_a_killed_worker_costs_only_its_unit(tmp_path):
    units = [tmp_path / f"unit-{number}" for number in range(3)]
    units[0].write_text("done before")
    assert list(LocalEngine(2).map(die_once, units)) == ["unit-0", "unit-1", "unit-2"]


def test_a_worker_that_always_dies_is_an_error_not_a_loop():
    with pytest.raises(TekioError, match="three times"):
        list(LocalEngine(2).map(always_die, [1, 2]))


@dataclass
class Task:
    folder: Path
    secret: str


def die_of(_: Task) -> int:
    os._exit(1)


def test_a_unit_whose_worker_died_is_named_and_nothing_in_it_is_shown(tmp_path: Path):
    with pytest.raises(TekioError) as caught:
        list(LocalEngine(2).map(die_of, [Task(tmp_path / "here", "of no one else's business")] * 2))
    said = caught.value.explain("en")
    assert "here (1/2)" in said
    assert "business" not in said


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_in_a_unit_reaches_the_caller(workers):
    with pytest.raises(ValueError, match="unit 2"):
        list(LocalEngine(workers).map(fail, [1, 2, 3]))


def test_an_unknown_engine_is_refused():
    with pytest.raises(TekioError, match="Unknown engine"):
        make_engine("spark")
