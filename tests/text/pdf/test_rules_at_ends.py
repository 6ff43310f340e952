"""Ruling lines at a page's ends: a row that the page's end cuts is closed, nothing else is."""

from tekio.text.pdf.rules import Rules, closed_at_ends, ruled_cells

HEIGHT = 800.0
COLUMNS = (30.0, 110.0, 260.0, 410.0)


def test_a_cell_that_goes_on_on_the_next_page_is_a_cell():
    # 科目 stands beside two rows of the head, of which the page holds the first.
    down = [(728.0, 748.0, x) for x in COLUMNS]
    rules = Rules([(30.0, 410.0, 728.0), (110.0, 410.0, 748.0)], down)
    assert len(ruled_cells(rules)[0]) == 2
    assert len(ruled_cells(closed_at_ends(rules, HEIGHT))[0]) == 3


def test_rows_that_begin_before_the_page_are_closed_above():
    rules = Rules([(30.0, 410.0, 48.0)], [(28.0, 48.0, x) for x in COLUMNS])
    assert ruled_cells(rules) == []
    assert len(ruled_cells(closed_at_ends(rules, HEIGHT))[0]) == 3


def test_closed_tables_open_ones_within_the_page_and_two_lines_stay_as_they_are():
    whole = Rules([(30.0, 410.0, 728.0), (30.0, 260.0, 748.0), (259.0, 410.0, 748.5)], [(728.0, 748.0, x) for x in COLUMNS])  # fmt: skip
    within = Rules([(30.0, 410.0, 400.0)], [(400.0, 420.0, x) for x in COLUMNS])
    two = Rules([], [(728.0, 748.0, x) for x in COLUMNS[:2]])
    for rules in (whole, within, two):
        assert closed_at_ends(rules, HEIGHT) is rules
