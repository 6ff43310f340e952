"""The items of an exam as tasks: one for each half and book, with the same items in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tekio.artifacts.exam import Exam, ExamItem, Half
from tekio.artifacts.exam_results import Book
from tekio.artifacts.model import is_older, read_artifact, read_lines
from tekio.errors import Text, UsageError
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.build import build_task
from tekio.evaluate.tasks.schema import Data, Fields, TaskSpec, Template
from tekio.recipe.evaluate import ExamTemplate
from tekio.store import sha256_json

SUMMARY = "exam.json"
HALVES: tuple[Half, ...] = ("seen", "unseen")
GROUP = "exam"
TEMPLATES = {
    "options": Template(
        prompt="問: {{ question }}\n{% for option in options %}{{ letters[loop.index0] }}. {{ option }}\n{% endfor %}答: ",
    ),
    "cloze": Template(prompt="問: {{ question }}\n答: "),
}
TITLES = {
    "seen": ("facts of training documents", "学習に使った文書の事実"),
    "unseen": ("facts of held-out documents", "学習に使っていない文書の事実"),
}
BOOKS = {
    "closed": ("closed book", "資料なし"),
    "retrieved": ("with retrieved passages", "検索した資料付き"),
    "oracle": ("with the right passage", "正しい資料付き"),
}


@dataclass(frozen=True)
class ReadExam:
    """An exam that was read: its summary, and the items by half (only halves that have any)."""

    exam: Exam
    items: dict[Half, list[ExamItem]]


def items_hash(items: list[ExamItem]) -> str:
    """SHA-256 over the items in order: what a frozen exam is known by."""
    return sha256_json([item.plain() for item in items])


def read_exam(folder: Path) -> ReadExam:
    """The exam in a stage's folder. Raises `UsageError` if its items are not those that were frozen."""
    exam = read_artifact(Exam, folder / SUMMARY)
    older = is_older(folder / SUMMARY)
    items: dict[Half, list[ExamItem]] = {
        half: list(read_lines(ExamItem, folder / f"{half}.jsonl", older=older)) for half in HALVES
    }
    if items_hash([item for half in HALVES for item in items[half]]) != exam.sha256:
        raise UsageError(
            Text("The exam's items are not those that were frozen.", "試験の問題が、固定された問題と一致しません。"),
            where=folder,
            fix=Text(
                "Make the exam again, with another `exam.version`.", "`exam.version` を変えて作り直してください。"
            ),
        )
    return ReadExam(exam, {half: found for half, found in items.items() if found})


def task_name(half: Half, book: Book) -> str:
    """The name of the task of one half with one book."""
    return f"exam-{half}:{book}"


def half_and_book(task: str) -> tuple[Half, Book] | None:
    """The half and the book of an exam's task; None for the name of another task."""
    front, colon, book = task.partition(":")
    half = front.removeprefix("exam-")
    if not colon or front == half or half not in HALVES or book not in BOOKS:
        return None
    return half, cast("Book", book)


def spec_of(half: Half, book: Book, licenses: list[str]) -> TaskSpec:
    """The task file of a half with a book, as it would be written by hand."""
    (title, title_ja), (shown, shown_ja) = TITLES[half], BOOKS[book]
    return TaskSpec(
        name=task_name(half, book),
        title=f"Exam: {title}, {shown}",
        title_ja=f"試験: {title_ja}、{shown_ja}",
        group=GROUP,
        license=", ".join(licenses),
        data=Data(
            files=[f"{half}.jsonl"],
            fields=Fields(id="id", options="options", gold="answer", question=["question"], cluster="group"),
        ),
        templates=dict(TEMPLATES),
        metrics=["acc", "acc_norm"],
    )


def closed_task(folder: Path, read: ReadExam, half: Half, template: ExamTemplate, *, seed: int) -> BuiltTask:
    """The half's questions alone. folder: the exam stage's."""
    licenses = sorted({item.license for item in read.items[half]})
    spec = spec_of(half, "closed", licenses)
    return build_task(
        spec, folder / f"{half}.jsonl", template=template, protocol="plain", shots=0, limit=None, seed=seed
    )
