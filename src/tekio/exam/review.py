"""Items for the review desk, and items as people decided them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.artifacts.exam import ExamItem
from tekio.artifacts.model import parse
from tekio.errors import InputError, Text
from tekio.records import InstructionMeta, InstructionRecord, read_records

TASK = "exam"
TAKEN = ("accepted", "edited")
LETTERS = "ABCDEFGH"
_LETTER = re.compile(r"([A-H])(?:[.．] ?(.*))?")
_OPTION = re.compile(r"^([A-H])[.．] (.*)$")


def review_records(items: Iterable[ExamItem]) -> Iterator[InstructionRecord]:
    """The items as records: the question with its options, the right one as the answer, the passage beside them."""
    for item in items:
        lines = [item.question, *(f"{letter}. {option}" for letter, option in zip(LETTERS, item.options, strict=False))]
        yield InstructionRecord(
            item.id,
            [
                {"role": "user", "content": "\n".join(lines)},
                {"role": "assistant", "content": item.options[item.answer]},
            ],
            InstructionMeta(
                task=TASK,
                origin="exam",
                license=item.license,
                topic=item.topic,
                parents=[item.document],
                group=item.group,
                extra={"passage": item.passage_text, "exam": item.plain()},
            ),
        )


def accepted_items(path: Path) -> list[ExamItem]:
    """The items people accepted or edited, in the file's order; those nobody decided are not taken.

    Raises `InputError` naming the item for an edit that leaves no question, too few options, or an answer that is no option.
    """
    found = [_item(record, path) for record in read_records(path) if record.meta.review in TAKEN]
    if not found:
        raise InputError(
            Text("Nobody has accepted an item of this exam.", "採用された問題がありません。"),
            where=path,
            fix=Text(
                "Decide them with `tekio review`, then --out.",
                "`tekio review` で判断し、--out で書き出してください。",
            ),
        )
    return found


def _item(record: InstructionRecord, path: Path) -> ExamItem:
    given: Any = record.meta.extra.get("exam")
    if not isinstance(given, dict):
        raise InputError(
            Text("This record is no item of an exam.", "試験の問題ではないデータです。"),
            where=f"{path}, id {record.id}",
        )
    item = parse(ExamItem, cast("dict[str, Any]", given), where=f"{path}, id {record.id}")
    question, options = _read(record.instruction)
    answer = _option_named(record.output.strip(), options)
    if not question or len(set(options)) < max(2, len(options)) or answer not in options:
        raise InputError(
            Text("The edited item cannot be asked.", "編集後の問題は出題できません。"),
            where=f"{path}, id {record.id}",
            why=Text(
                f"{len(options)} options, and the answer must be one of them: {answer!r}",
                f"選択肢 {len(options)} 件。正解は選択肢のどれかと同じ文にしてください: {answer!r}",
            ),
            fix=Text(
                "Write the question, then a line for each option: `A. ...`.",
                "問いの後に、選択肢を 1 行ずつ `A. ...` と書いてください。",
            ),
        )
    changed = {"question": question, "options": options, "answer": options.index(answer), "review": record.meta.review}
    return item.model_copy(update=changed)


def _option_named(answer: str, options: list[str]) -> str:
    """The option a person means by `B` or `B. ...`, as it stands in the question; any other answer as it is."""
    found = _LETTER.fullmatch(answer)
    place = LETTERS.index(found[1]) if found and answer not in options else len(options)
    if found is None or place >= len(options) or (found[2] or options[place]).strip() != options[place]:
        return answer
    return options[place]


def _read(text: str) -> tuple[str, list[str]]:
    """Question and options of a record's first turn."""
    lines = text.splitlines()
    first = next((place for place, line in enumerate(lines) if _OPTION.match(line)), len(lines))
    options: list[str] = []
    for line in lines[first:]:
        found = _OPTION.match(line)
        if found:
            options.append(found[2].strip())
        elif line.strip() and options:
            options[-1] += line.strip()
    return "\n".join(lines[:first]).strip(), options


def numbered(items: Sequence[ExamItem]) -> dict[str, int]:
    """How many items there are of each id: each must be there once."""
    counts: dict[str, int] = {}
    for item in items:
        counts[item.id] = counts.get(item.id, 0) + 1
    return counts
