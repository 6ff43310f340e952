"""Cells between ruling lines are those that pdfplumber finds in the same lines."""

import random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tekio.text.pdf.rules import Rules, ruled_cells

table = pytest.importorskip("pdfplumber.table")


def by_pdfplumber(rules: Rules) -> list[list[tuple[float, float, float, float]]]:
    edges: list[dict[str, Any]] = [
        {"orientation": "h", "x0": x0, "x1": x1, "top": y, "bottom": y, "width": x1 - x0, "height": 0.0}
        for x0, x1, y in rules.across
    ]
    edges += [
        {"orientation": "v", "x0": x, "x1": x, "top": top, "bottom": bottom, "width": 0.0, "height": bottom - top}
        for top, bottom, x in rules.down
    ]
    page = SimpleNamespace(
        edges=[edge | {"object_type": "line"} for edge in sorted(edges, key=lambda edge: edge["top"])]
    )
    return [found.cells for found in table.TableFinder(cast("Any", page)).tables]


def drawn(chance: random.Random) -> Rules:
    """Lines on a grid, some of them short of it, some a little beside it, all in one band."""

    def near(value: float) -> float:
        return value + chance.choice([0.0, 0.0, 0.0, chance.uniform(-1.5, 1.5)])

    rules = Rules(down=[(0.0, 400.0, 900.0)])  # one table's lines may be as far from each other as they like
    for _ in range(chance.randrange(4, 24)):
        x, y = near(60.0 * chance.randrange(5)), near(20.0 * chance.randrange(8))
        rules.across.append((x, x + chance.choice([2.0, 60.0, 240.0, 300.0, 300.0]), y))
        x, y = near(60.0 * chance.randrange(5)), near(20.0 * chance.randrange(8))
        rules.down.append((y, y + chance.choice([2.0, 20.0, 120.0, 160.0, 160.0]), x))
    return rules


@pytest.mark.parametrize("seed", range(40))
def test_cells_are_those_of_pdfplumber(seed: int):
    rules = drawn(random.Random(seed))
    assert ruled_cells(rules) == by_pdfplumber(rules)


def test_the_lines_that_are_drawn_here_make_cells():
    assert sum(len(cells) for seed in range(40) for cells in ruled_cells(drawn(random.Random(seed)))) > 100


def test_tables_one_below_the_other_are_two():
    def box(top: float) -> list[tuple[float, float, float]]:
        return [(0.0, 100.0, top + row) for row in (0.0, 20.0, 40.0)]

    rules = Rules([*box(0.0), *box(60.0)], [(top, top + 40.0, x) for top in (0.0, 60.0) for x in (0.0, 50.0, 100.0)])
    assert [len(cells) for cells in ruled_cells(rules)] == [4, 4]
    assert ruled_cells(rules)[0][0] == (0.0, 0.0, 50.0, 20.0)
