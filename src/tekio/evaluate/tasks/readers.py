"""Readers of the layouts in which public data sets come: each yields plain rows with a place for messages.

The data stays where the user has it; nothing is copied and no loading script is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from tekio.errors import InputError, Text
from tekio.rows.archive import bare_name
from tekio.rows.read import FORMATS, BadRow, PathFile, RowOptions
from tekio.rows.read import read_rows as read_row_file
from tekio.rows.strict_json import loads
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

MAX_FILE_BYTES = 1 << 30
MAX_LINE_BYTES = 64_000_000
KANA = "アイウエオカ"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a data file. where: file and row, for messages."""

    values: dict[str, Any]
    where: str


def read_rows(reader: str, files: Sequence[Path]) -> Iterator[Row]:
    """The rows of `files` in the layout `reader` names, in order. Raises `InputError` where a file is not of that form."""
    for path in files:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(Text("The data file is too large.", "データファイルが大きすぎます。"), where=path)
        yield from READERS[reader](path)


def format_suffix(path: Path) -> str:
    """The suffix that tells a file's form: `.csv` for `a.csv.gz`."""
    return Path(bare_name(path.name.lower())).suffix


def _wrong(path: Path, why: str) -> InputError:
    return InputError(
        Text("The data file does not have the expected form.", "データファイルの形式が想定と違います。"),
        where=path,
        why=why,
        fix=Text("Give the published file unchanged.", "公開されたままのファイルを指定してください。"),
    )


def _json(path: Path) -> Any:
    try:
        return loads(decode(path.read_bytes()).text.encode())
    except (UnreadableError, UnicodeEncodeError) as error:
        raise _wrong(path, error.why_words() if isinstance(error, UnreadableError) else str(error)) from error


def _mapping(value: Any, path: Path, part: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, f"{part}: an object is expected")
    return cast("dict[str, Any]", value)


def _list(value: Any, path: Path, part: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(path, f"{part}: a list is expected")
    return cast("list[Any]", value)


def row_file(path: Path) -> Iterator[Row]:
    """A row a line or a row a table's row: JSON Lines, a JSON array of objects, CSV, TSV, XLSX, Parquet, also compressed."""
    options = RowOptions(max_line_bytes=MAX_LINE_BYTES, max_file_bytes=MAX_FILE_BYTES)
    try:
        for row in read_row_file(PathFile(path), options):
            where = f"{path}{row.place}"
            if isinstance(row, BadRow):
                raise _wrong(path, f"{row.place}: {row.reason} {dict(row.measured)}")
            yield Row(row.values, where)
    except UnreadableError as error:
        raise _wrong(path, error.why_words()) from error


def fin_harness(path: Path) -> Iterator[Row]:
    """`{"data": [{id, question, context, choices: [{id, text}], answer, comment}]}`; choices become a list of texts."""
    data = _list(_mapping(_json(path), path, "file").get("data"), path, "data")
    for number, value in enumerate(data):
        row = _mapping(value, path, f"data[{number}]")
        choices = [
            _mapping(item, path, "choices") for item in _list(row.get("choices"), path, f"data[{number}].choices")
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
            raise _wrong(path, f"sheet data: no column {name}")
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
                raise _wrong(path, f"{row.place}: {row.reason} {dict(row.measured)}")
            rows.append(row.values)
    except UnreadableError as error:
        raise _wrong(path, error.why_words()) from error
    if not rows:
        raise _wrong(path, f"sheet {name} is empty")
    return list(rows[0]), rows


def chabsa(path: Path) -> Iterator[Row]:
    """One annotated report: an item for each opinion (sentence, target, polarity); `document` is the report."""
    report = _mapping(_json(path), path, "file")
    document = str(_mapping(report.get("header"), path, "header").get("document_id") or path.stem)
    for value in _list(report.get("sentences"), path, "sentences"):
        sentence = _mapping(value, path, "sentences")
        number = sentence.get("sentence_id")
        for position, item in enumerate(_list(sentence.get("opinions"), path, f"sentence {number}: opinions")):
            opinion = _mapping(item, path, f"sentence {number}: opinions")
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
    for article in _list(_mapping(_json(path), path, "file").get("data"), path, "data"):
        title = _mapping(article, path, "data").get("title", "")
        for number, value in enumerate(_list(article.get("paragraphs"), path, "paragraphs")):
            paragraph = _mapping(value, path, "paragraphs")
            # JSQuAD's contexts begin with "title [SEP] "
            context = str(paragraph.get("context", "")).split(" [SEP] ", 1)[-1]
            for item in _list(paragraph.get("qas"), path, "qas"):
                question = _mapping(item, path, "qas")
                answers = [
                    str(_mapping(found, path, "answers").get("text", "")) for found in question.get("answers", [])
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
    for number, value in enumerate(_list(_json(path), path, "file")):
        image = _mapping(value, path, f"[{number}]")
        for item in _list(image.get("qas"), path, f"[{number}].qas"):
            pair = _mapping(item, path, "qas")
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
        raise _wrong(path, error.why_words()) from error


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "jsonl": row_file,
    "fin-harness": fin_harness,
    "cpa-audit": cpa_audit,
    "cpa-audit-nan": partial(cpa_audit, empty="nan"),
    "chabsa": chabsa,
    "squad": squad,
    "ja-vg-vqa": ja_vg_vqa,
    "text": text,
}
