"""A histogram counts every row of every status once, where its statistic lies."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tekio.text.kernels.measure import COLUMNS
from tekio.text.statistics import NAMES, statistics
from tekio.view.documents import DocumentTable
from tekio.view.histograms import histogram, histogram_chart

STATUSES = ["train", "held_out", "rejected"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    rng = np.random.default_rng(7)
    counts = rng.integers(0, 500, (400, len(COLUMNS))).astype(np.int32)
    status = rng.choice(STATUSES, 400).tolist()
    folder = tmp_path_factory.mktemp("measures")
    table = pa.table({**{name: counts[:, at] for at, name in enumerate(COLUMNS)}, "status": status})
    pq.write_table(table, folder / "part-00000.parquet", row_group_size=64)
    return DocumentTable(folder), counts, np.array(status)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_counted_where_it_lies(measured, name):
    table, counts, status = measured
    found = histogram(table, name)
    values = np.maximum(np.nan_to_num(statistics(counts)[name]), 0)
    for kind in STATUSES:
        expected, _ = np.histogram(values[status == kind], found.edges)
        assert found.counts[kind] == expected.tolist()
        assert sum(found.counts[kind]) == (status == kind).sum()


def test_the_chart_draws_bars_and_limits(measured):
    chart = histogram_chart(histogram(measured[0], "letters"), [("news", 10.0)], "caption")
    assert chart.count("<rect") > 10
    assert "news 10" in chart
    assert 'aria-labelledby="caption"' in chart


def test_of_a_large_corpus_a_part_is_shown_at_once_and_all_of_it_later(measured, tmp_path, monkeypatch):
    import time

    from tekio.view import runs
    from tekio.view.pages import Query, funnel
    from view.view_fixture import open_run

    monkeypatch.setattr(runs, "FIRST_LOOK", -1.0)  # over after the first batch
    opened = runs.OpenRun(open_run(tmp_path / "run"))
    whole = histogram(measured[0], "letters")
    assert (whole.complete, whole.looked_at) == (True, measured[0].rows)
    monkeypatch.setattr(type(measured[0]), "values", lambda table, columns: _halves(table, columns))
    assert funnel(opened, Query({"statistic": "letters"})).values["part_of"] == 50
    until = time.monotonic() + 20
    while not (found := opened.histogram("letters")).complete and time.monotonic() < until:
        time.sleep(0.02)
    assert sum(sum(counts) for counts in found.counts.values()) == found.looked_at == 100


def _halves(table, columns):
    for _, batch in table._batches(0, list(columns), size=50):
        yield batch
