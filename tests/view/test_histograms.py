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
