"""Rows for a person: by the shares of the sources, what is near a limit, the source's own text beside them."""

import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.corpus.sample import beside, near_limits, sample_rows, shares, source_text
from tekio.errors import UsageError
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.recipe.paths import RecipePath


def table(folder: Path, sizes: dict[str, int], group: int = 10) -> Path:
    rows = [(name, f"{name}{number}") for name, size in sizes.items() for number in range(size)]
    half = len(rows) // 2
    for part, own in enumerate((rows[:half], rows[half:])):
        columns: dict[str, Any] = {
            "id": [text for _, text in own],
            "source": [name for name, _ in own],
            "text": [text for _, text in own],
        }
        columns["rejected_by"] = ["filter:letters" if text.endswith("7") else None for _, text in own]
        (folder / "train").mkdir(exist_ok=True)
        pq.write_table(pa.table(columns), folder / "train" / f"part-{part:05d}.parquet", row_group_size=group)
    return folder


def test_each_source_has_its_share_and_at_least_one_row(tmp_path: Path):
    rows = sample_rows(table(tmp_path, {"laws": 700, "news": 299, "letters": 1}), "train", 20, seed=3)
    counts = {name: sum(row["source"] == name for row in rows) for name in ("laws", "news", "letters")}
    assert counts == {"laws": 14, "news": 5, "letters": 1}
    assert len({row["id"] for row in rows}) == 20


def test_a_seed_gives_the_same_rows_and_another_others(tmp_path: Path):
    folder = table(tmp_path, {"laws": 500})
    first = [row["id"] for row in sample_rows(folder, "train", 30, seed=1)]
    assert first == [row["id"] for row in sample_rows(folder, "train", 30, seed=1)]
    assert first != [row["id"] for row in sample_rows(folder, "train", 30, seed=2)]


def test_rows_of_one_source_only_and_an_unknown_one_is_named(tmp_path: Path):
    folder = table(tmp_path, {"laws": 20, "news": 5})
    assert {row["source"] for row in sample_rows(folder, "train", 30, seed=1, source="news")} == {"news"}
    with pytest.raises(UsageError):
        sample_rows(folder, "train", 3, seed=1, source="new")


def test_only_row_groups_with_chosen_rows_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = table(tmp_path, {"laws": 5_000}, group=50)
    opened: list[int] = []
    whole = pq.ParquetFile.read_row_group

    def counted(self: pq.ParquetFile, group: int, **options: Any) -> pa.Table:
        opened.append(group)
        return whole(self, group, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counted)
    assert len(sample_rows(folder, "train", 4, seed=1)) == 4
    assert len(opened) <= 4


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(0, 60))
def test_shares_add_up_and_none_takes_more_than_it_has(sizes: list[int], count: int):
    given_out = shares(sizes, count)
    assert sum(given_out) == min(count, sum(sizes))
    assert all(own <= size for own, size in zip(given_out, sizes, strict=True))
    if count >= sum(size > 0 for size in sizes):
        assert all(own or not size for own, size in zip(given_out, sizes, strict=True))


def test_only_statistics_near_a_limit_are_told():
    limits = {"letters": (100.0, None), "symbol_share": (None, 0.3), "longest_run": (0.0, 200.0)}
    near = near_limits({"letters": 105.0, "symbol_share": 0.1, "longest_run": 0.0}, limits)
    assert [(one.name, one.limit, one.at_least) for one in near] == [("letters", 100.0, True)]
    near = near_limits({"letters": 500.0, "symbol_share": 0.28, "longest_run": float("nan")}, limits)
    assert [one.name for one in near] == ["symbol_share"]


def test_the_source_of_a_page_is_all_that_can_be_seen_on_it(tmp_path: Path):
    page = "<html><body><nav>商品案内</nav><main><h1>お知らせ</h1><p>手数料を改定します。</p></main></body></html>"
    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as archive:
        archive.writestr("a/one.html", page)
        archive.writestr("a/two.txt", "二つ目の\n本文です。")
    (tmp_path / "rows.jsonl").write_text('{"text": "一つ目"}\n{"text": "二つ目"}\n', encoding="utf-8")
    config = CorpusConfig(sources=[SourceConfig(name="all", path=RecipePath.of(tmp_path))])
    text = source_text(config, {"source": "all", "uri": "pages.zip!/a/one.html"})
    assert text is not None
    assert "商品案内" in text
    assert source_text(config, {"source": "all", "uri": "pages.zip!/a/two.txt"}) == "二つ目の\n本文です。"
    assert source_text(config, {"source": "all", "uri": "gone.txt"}) is None
    assert source_text(config, {"source": "other", "uri": "rows.jsonl"}) is None
    from tekio.corpus.readers import Rejected, Unit, UnitFile, read_unit

    unit = Unit("all", (UnitFile(tmp_path / "rows.jsonl", "rows.jsonl", 1),))
    uris = [row.uri for row in read_unit(config.sources[0], unit) if not isinstance(row, Rejected)]
    assert [source_text(config, {"source": "all", "uri": uri}) for uri in uris] == ["一つ目", "二つ目"]


def test_lines_of_both_texts_stand_in_order_with_what_was_left_out():
    source = "商品案内\n" + "\n".join(f"行{number}です。" for number in range(20)) + "\nサイトマップ"
    text = "\n".join(f"行{number}です。" for number in range(20)) + "\n（注）補足"
    shown = list(beside(source, text))
    assert shown[0] == ("-", "商品案内")
    assert ("…", "14") in shown
    assert shown[-2:] == [("-", "サイトマップ"), ("+", "（注）補足")]
