"""Nothing of an evaluation item and nothing of a held-out document is told: the contamination matcher looks at every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tekio.contamination.evaluation_items import Record, evaluation_files, read_records
from tekio.contamination.index import ItemIndex, build_index
from tekio.documents import read_documents
from tekio.knowledge.passages import split_passages
from tekio.recipe.contamination import ContaminationConfig

HELD_OUT = "held_out"


class KeepOut:
    """What must not be told. counts: evaluation items and held-out passages."""

    def __init__(self, config: ContaminationConfig, corpus: Path) -> None:
        self.counts = {"evaluation_records": 0, "held_out_passages": 0}
        self._index: ItemIndex | None = build_index(self._records(config, corpus), config)
        if not self._index.items:
            self._index = None

    def _records(self, config: ContaminationConfig, corpus: Path) -> Iterator[Record]:
        for file in evaluation_files(config, "study.avoid"):
            for record in read_records(file):
                self.counts["evaluation_records"] += 1
                yield record
        if any((corpus / HELD_OUT).glob("*.parquet")):
            for row in read_documents(corpus / HELD_OUT, ["id", "text"]):
                for passage in split_passages(row["id"], row["text"]):
                    self.counts["held_out_passages"] += 1
                    yield Record(f"held-out {passage.id}", {"": passage.text})

    def check(self, texts: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Number of a text -> evidence, for texts that hold what must not be told."""
        return self._index.check(texts) if self._index is not None else {}
