"""Inline charts: scales, marks, escaping."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.errors import Text
from tekio.report import charts

finite = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


def tree(chart: str) -> ET.Element:
    return ET.fromstring(chart)


def texts(chart: str) -> list[str]:
    return [item.text or "" for item in tree(chart).iter() if item.tag.endswith("text")]


@given(finite, st.floats(min_value=1e-6, max_value=1e9), st.integers(2, 10))
def test_ticks_are_few_round_and_inside(low: float, span: float, about: int):
    high = low + span
    if high - low < abs(low) * 1e-9:
        return
    found = charts.ticks(low, high, about)
    step = charts.nice_step(high - low, about)
    assert len(found) <= 2 * about + 1
    assert all(low - step * 1e-6 <= value <= high + step * 1e-6 for value in found)


@pytest.mark.parametrize(
    ("value", "step", "shown"),
    [(0.25, 0.05, "0.25"), (-3.0, 0.5, "−3.0"), (1500, 500, "1,500"), (-0.0, 0.1, "0.0"), (20, 10, "20")],
)
def test_tick_labels_have_the_digits_of_their_step(value: float, step: float, shown: str):
    assert charts.tick_text(value, step) == shown


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=1500))
def test_thinning_keeps_ends_and_spikes(points: list[tuple[float, float]]):
    ordered = [(float(place), y) for place, (_, y) in enumerate(points)]
    kept = charts.thin(ordered)
    assert len(kept) <= charts.MAX_POINTS + 2
    assert kept[0] == ordered[0]
    assert kept[-1] == ordered[-1]
    assert max(y for _, y in kept) == max(y for _, y in ordered)
    assert min(y for _, y in kept) == min(y for _, y in ordered)
    assert sorted(kept) == kept


def test_an_interval_that_crosses_zero_is_drawn_across_the_zero_line():
    row = charts.IntervalRow("task", 1.0, -2.0, 4.0, "unclear", Text("cannot tell", "判別できない"))
    root = tree(charts.interval_chart([row], "points", "caption"))
    lines = [item for item in root.iter() if item.tag.endswith("line")]
    zero = next(float(item.get("x1", "")) for item in lines if item.get("class") == "zero")
    bar = next(item for item in lines if item.get("class") == "bar unclear")
    assert float(bar.get("x1", "")) < zero < float(bar.get("x2", ""))
    assert texts(charts.interval_chart([row], "points", "caption")).count("判別できない") == 1


@pytest.mark.parametrize("style", ["improved", "worse", "unclear"])
def test_verdicts_differ_in_form_not_only_in_colour(style: str):
    others = {other: str(charts.mark(10, 10, other)) for other in ("improved", "worse", "unclear")}
    assert len({re.sub(r' class="[^"]+"', "", shape) for shape in others.values()}) == 3
    assert style in others[style]


def test_no_verdict_is_a_triangle_which_is_minus_in_japanese_accounts():
    assert str(charts.mark(10, 10, "improved")).startswith("<circle")  # ○
    assert len(re.findall("M", str(charts.mark(10, 10, "worse")))) == 2  # ×: two strokes
    corners = re.findall(r'points="([^"]+)"', str(charts.mark(10, 10, "unclear")))[0].split()
    assert len(corners) == 4


def test_bars_fill_their_row_in_proportion():
    rows = [charts.BarRow("a", (3, 1, 0), "4"), charts.BarRow("empty", (0, 0, 0), "0")]
    legend = [("kept", "kept"), ("aside", "aside"), ("rejected", "rejected")]
    root = tree(charts.stacked_bars(rows, legend, "caption"))
    widths = [float(item.get("width", "")) for item in root.iter() if item.tag.endswith("rect")][3:]
    assert len(widths) == 2
    assert widths[0] == pytest.approx(3 * widths[1], rel=1e-3)


@given(st.text(max_size=40))
def test_any_label_gives_well_formed_markup_without_its_markup(label: str):
    chart = charts.line_chart(
        [charts.Series(label, [(0, 1.0), (1, 2.0)]), charts.Series("b", [(0, 1.0)])], label, Text(label, "軸"), "c"
    )
    root = tree(chart)
    assert {item.tag.split("}")[-1] for item in root.iter()} <= {"svg", "text", "line", "polyline", "circle"}


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0], [0.0, 0.0], []])
def test_flat_or_single_values_still_have_a_range(values: list[float]):
    low, high = charts.widen(values)
    assert low < high
    points = [(float(place), value) for place, value in enumerate(values)]
    tree(charts.line_chart([charts.Series("s", points)], "x", "y", "c"))
