"""What is not told: evaluation items, held-out documents, and an exam's items in their own wording. The contamination matcher looks at every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tekio.artifacts.exam import read_items
from tekio.contamination.evaluation_items import Record, evaluation_files, read_records
from tekio.contamination.exam_wording import ExamWordings, Wording
from tekio.contamination.index import ItemIndex, build_index
from tekio.documents import count_documents, read_documents
from tekio.errors import Text
from tekio.knowledge.passages import split_passages
from tekio.progress import followed
from tekio.recipe.contamination import ContaminationConfig

HELD_OUT = "held_out"
SPLITTING = Text("study, held-out documents", "study（評価用に確保した文書の分割）")


class KeepOut:
    """What must not be told. counts: evaluation items, held-out passages and exam items. exam: a finished exam stage, or None."""

    def __init__(self, config: ContaminationConfig, corpus: Path, exam: Path | None) -> None:
        self.counts = {"evaluation_records": 0, "held_out_passages": 0, "exam_items": 0}
        self._index: ItemIndex | None = build_index(self._records(config, corpus), config)
        if not self._index.items:
            self._index = None
        self._exam = None if exam is None else exam_wordings(exam, config)
        if self._exam is not None:
            self.counts["exam_items"] = self._exam.items

    def _records(self, config: ContaminationConfig, corpus: Path) -> Iterator[Record]:
        for file in evaluation_files(config, "study.avoid"):
            for record in read_records(file):
                self.counts["evaluation_records"] += 1
                yield record
        if any((corpus / HELD_OUT).glob("*.parquet")):
            rows = read_documents(corpus / HELD_OUT, ["id", "text"])
            for row in followed(SPLITTING, rows, count_documents(corpus / HELD_OUT)):
                for passage in split_passages(row["id"], row["text"]):
                    self.counts["held_out_passages"] += 1
                    yield Record(f"held-out {passage.id}", {"": passage.text})

    def check(self, texts: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Number of a text -> evidence, for texts that hold what must not be told."""
        return self._index.check(texts) if self._index is not None else {}

    def check_exam(self, texts: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Number of a text -> evidence, for texts that have the wording of an exam item."""
        return self._exam.check(texts) if self._exam is not None else {}


def exam_wordings(exam: Path, config: ContaminationConfig | None = None) -> ExamWordings:
    """The wordings of an exam stage's accepted items."""
    return ExamWordings((Wording(item.id, item.wording, item.told) for item in read_items(exam)), config)
