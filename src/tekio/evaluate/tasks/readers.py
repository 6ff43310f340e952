"""Readers of the layouts in which public data sets come: each yields plain rows with a place for messages.

The data stays where the user has it; nothing is copied and no loading script is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tekio.errors import InputError, Text
from tekio.evaluate.tasks import benchmarks
from tekio.evaluate.tasks.layout import (
    MAX_FILE_BYTES,
    Row,
    format_suffix,
    listing,
    mapping,
    read_json,
    row_file,
    wrong,
)
from tekio.evaluate.tasks.pfmt import pfmt
from tekio.rows.read import FORMATS, BadRow, PathFile, RowOptions
from tekio.rows.read import read_rows as read_row_file
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

KANA = "アイウエオカ"


def read_rows(reader: str, files: Sequence[Path]) -> Iterator[Row]:
    """The rows of `files` in the layout `reader` names, in order. Raises `InputError` where a file is not of that form."""
    for path in files:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(Text("The data file is too large.", "データファイルが大きすぎます。"), where=path)
        yield from READERS[reader](path)


def fin_harness(path: Path) -> Iterator[Row]:
    """`{"data": [{id, question, context, choices: [{id, text}], answer, comment}]}`; choices become a list of texts."""
    data = listing(mapping(read_json(path), path, "file").get("data"), path, "data")
    for number, value in enumerate(data):
        row = mapping(value, path, f"data[{number}]")
        choices = [
            mapping(item, path, "choices") for item in listing(row.get("choices"), path, f"data[{number}].choices")
        ]
        texts = [item.get("text") for item in sorted(choices, key=lambda item: int(item.get("id", 0)))]
        yield Row({**row, "choices": texts}, f"{path}: data[{number}]")


def cpa_audit(path: Path, *, empty: str = "") -> Iterator[Row]:
    """The workbook CPA_AUDIT.xlsx: statements ア to カ become the context, columns 1 to 6 the choices; rows marked
    abnormal are left out, as the published task does. empty: what stands for a statement the question does not have
    (nothing: no line, as in the published runs).
    """
    columns, rows = _sheet(path, "data")
    for name in ("key", "q_no", "question", "a_no", "abnormal_flg", *KANA[:4], *"123456"):
        if name not in columns:
            raise wrong(path, f"sheet data: no column {name}")
    for number, values in enumerate(rows, 2):
        if values["abnormal_flg"] and int(values["abnormal_flg"]) == 1:
            continue
        statements = [f"{kana}: {values.get(kana) or empty}" for kana in KANA if values.get(kana) or empty]
        # 38 questions have five choices; the published loader (pandas) offers their empty sixth cell as the text "nan"
        choices = [str(values[column] or "nan") for column in "123456"]
        yield Row(
            {
                "id": f"{values['key']}:{int(values['q_no'])}",
                "question": values["question"],
                "context": "\n".join(statements),
                "statements": [str(values[kana]) for kana in KANA if values.get(kana)],
                "choices": choices,
                "answer": int(values["a_no"]) - 1,
                "exam": values["key"],
            },
            f"{path}: row {number}",
        )


def _sheet(path: Path, name: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Columns and rows of one sheet of a workbook."""
    options = RowOptions(format="xlsx", sheet=name, max_file_bytes=MAX_FILE_BYTES)
    rows: list[dict[str, Any]] = []
    try:
        for row in read_row_file(PathFile(path), options):
            if isinstance(row, BadRow):
                raise wrong(path, f"{row.place}: {row.reason} {dict(row.measured)}")
            rows.append(row.values)
    except UnreadableError as error:
        raise wrong(path, error.why_words()) from error
    if not rows:
        raise wrong(path, f"sheet {name} is empty")
    return list(rows[0]), rows


def chabsa(path: Path) -> Iterator[Row]:
    """One annotated report: an item for each opinion (sentence, target, polarity); `document` is the report."""
    report = mapping(read_json(path), path, "file")
    document = str(mapping(report.get("header"), path, "header").get("document_id") or path.stem)
    for value in listing(report.get("sentences"), path, "sentences"):
        sentence = mapping(value, path, "sentences")
        number = sentence.get("sentence_id")
        for position, item in enumerate(listing(sentence.get("opinions"), path, f"sentence {number}: opinions")):
            opinion = mapping(item, path, f"sentence {number}: opinions")
            values = {
                "id": f"{document}:{number}:{position}",
                "sentence": sentence.get("sentence"),
                "target": opinion.get("target"),
                "polarity": opinion.get("polarity"),
                "document": document,
            }
            yield Row(values, f"{path}: sentence {number}")


def squad(path: Path) -> Iterator[Row]:
    """SQuAD JSON (JSQuAD): a row for each question with `title`, `context`, `question`, `answers` (texts)."""
    for article in listing(mapping(read_json(path), path, "file").get("data"), path, "data"):
        title = mapping(article, path, "data").get("title", "")
        for number, value in enumerate(listing(article.get("paragraphs"), path, "paragraphs")):
            paragraph = mapping(value, path, "paragraphs")
            # JSQuAD's contexts begin with "title [SEP] "
            context = str(paragraph.get("context", "")).split(" [SEP] ", 1)[-1]
            for item in listing(paragraph.get("qas"), path, "qas"):
                question = mapping(item, path, "qas")
                answers = [
                    str(mapping(found, path, "answers").get("text", "")) for found in question.get("answers", [])
                ]
                values = {
                    "id": question.get("id"),
                    "title": title,
                    "context": context,
                    "question": question.get("question"),
                    "answers": answers,
                    "paragraph": f"{title}:{number}",
                }
                yield Row(values, f"{path}: {question.get('id')}")


def ja_vg_vqa(path: Path) -> Iterator[Row]:
    """Japanese Visual Genome VQA: a list of images, each with `qas` = [{qa_id, question, answer}]."""
    for number, value in enumerate(listing(read_json(path), path, "file")):
        image = mapping(value, path, f"[{number}]")
        for item in listing(image.get("qas"), path, f"[{number}].qas"):
            pair = mapping(item, path, "qas")
            values = {
                "id": pair.get("qa_id"),
                "question": pair.get("question"),
                "answer": pair.get("answer"),
                "image": image.get("id", image.get("image_id", number)),
            }
            yield Row(values, f"{path}: qa {pair.get('qa_id')}")


def text(path: Path) -> Iterator[Row]:
    """Held-out text: JSON Lines with a field `text`, or a plain text file as one document."""
    if format_suffix(path) in FORMATS:
        yield from row_file(path)
        return
    try:
        yield Row({"id": path.name, "text": decode(path.read_bytes()).text}, str(path))
    except UnreadableError as error:
        raise wrong(path, error.why_words()) from error


def _niilc(path: Path) -> Iterator[Row]:
    from tekio.evaluate.tasks.niilc import niilc  # lxml, where it is needed

    return niilc(path)


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "jsonl": row_file,
    "fin-harness": fin_harness,
    "cpa-audit": cpa_audit,
    "cpa-audit-nan": partial(cpa_audit, empty="nan"),
    "chabsa": chabsa,
    "squad": squad,
    "ja-vg-vqa": ja_vg_vqa,
    "text": text,
    "chabsa-sentences": benchmarks.chabsa_sentences,
    "jf-icr": benchmarks.jf_icr,
    "jfinqa": benchmarks.jfinqa,
    "jmmlu": benchmarks.jmmlu,
    "llm-jp-eval": benchmarks.llm_jp_eval,
    "mgsm": benchmarks.mgsm,
    "niilc": _niilc,
    "pfmt": pfmt,
}
