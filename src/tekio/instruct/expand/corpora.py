"""Readers of question sets, works, films and dishes: sources of llm-japanese-dataset (arXiv 2305.12720) as published.

Its parallel corpora are in `parallel.py`, Wikipedia, Wikinews and WordNet in `encyclopedia.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.errors import InputError, Text
from tekio.instruct.expand.readers import MAX_FILE_BYTES, Reading, Row, parse_json, read_auto, read_decoded
from tekio.instruct.expand.rules import DroppedError
from tekio.rows.read import BadRow, PathFile, RowOptions, read_rows
from tekio.text.aozora import read_aozora as plain_aozora
from tekio.text.unreadable import UnreadableError


def read_squad(path: Path, options: Mapping[str, Any]) -> Reading:
    """SQuAD JSON (JSQuAD): a row for each question, with all its answer texts in `answers`."""
    value = parse_json(read_decoded(path, options), path.name)
    if not isinstance(value, dict) or not isinstance(cast("dict[str, Any]", value).get("data"), list):
        raise InputError(Text("Not a SQuAD file.", "SQuAD の形式ではありません。"), where=path.name)
    for article in cast("list[dict[str, Any]]", value["data"]):
        for number, paragraph in enumerate(cast("list[dict[str, Any]]", article.get("paragraphs") or [])):
            for item in cast("list[dict[str, Any]]", paragraph.get("qas") or []):
                answers = [
                    str(answer.get("text")) for answer in cast("list[dict[str, Any]]", item.get("answers") or [])
                ]
                row: dict[str, Any] = {
                    "id": str(item.get("id")),
                    "title": str(article.get("title") or ""),
                    "context": str(paragraph.get("context") or ""),
                    "question": str(item.get("question") or ""),
                    "answers": answers,
                    "impossible": bool(item.get("is_impossible")),
                }
                yield f"#{item.get('id') or number}", row


def read_aozora(path: Path, _: Mapping[str, Any]) -> Reading:
    """A work of Aozora Bunko: title, author and text without markup."""
    text = read_decoded(path, {})
    work = plain_aozora(text)
    if not work.title or not work.author or not work.text.strip():
        yield "", DroppedError("no_title_or_author", "no header with title and author")
        return
    body = "".join(line.strip(" \u3000") for line in work.text.strip().split("\n"))
    yield "", {"id": path.stem, "title": work.title, "author": work.author, "text": body}


def read_xlsx(path: Path, options: Mapping[str, Any]) -> Reading:
    """A sheet with a header row (SNOW T15 and T23). `columns`: field -> a part of the column's name."""
    places: dict[str, str] | None = None
    for row in read_rows(PathFile(path), RowOptions(format="xlsx", max_file_bytes=MAX_FILE_BYTES)):
        if isinstance(row, BadRow):
            yield row.place, UnreadableError(row.reason, row.measured)
            continue
        if places is None:
            wanted = cast("dict[str, str]", options.get("columns") or {name: name for name in row.values})
            found = {field: next((name for name in row.values if part in name), None) for field, part in wanted.items()}
            missing = [wanted[field] for field, name in found.items() if name is None]
            if missing:
                raise UnreadableError("missing_column", {"missing": missing, "columns": list(row.values)[:40]})
            places = {field: name for field, name in found.items() if name is not None}
        told = {field: row.values.get(name, "") for field, name in places.items()}
        if any(value != "" for value in told.values()):
            number = row.place.rpartition(":")[2]
            named = {name: str(value) for name, value in told.items()}
            yield f":{number}", {"id": f"{path.stem}:{number}", **named}


def read_jmrd(path: Path, options: Mapping[str, Any]) -> Reading:
    """JMRD: dialogues about a film with its `knowledge` (製作年度, 監督名, キャスト名, あらすじ ...). One row a film.

    The same film opens many dialogues. With `original` every dialogue is a row, as in llm-japanese-dataset.
    """
    value = parse_json(read_decoded(path, options), path.name)
    seen: set[str] = set()
    for number, dialogue in enumerate(cast("list[dict[str, Any]]", value if isinstance(value, list) else [])):
        knowledge = cast("dict[str, Any]", dialogue.get("knowledge") or {})
        title = str(dialogue.get("movie_title") or knowledge.get("タイトル") or "")
        place = f"#{number}"
        if not title or not knowledge:
            yield place, DroppedError("no_knowledge", "no title or knowledge")
        elif title in seen and not options.get("original"):
            yield place, DroppedError("film_again", title)
        else:
            seen.add(title)
            identity = f"{path.stem}:{dialogue.get('dialog_id', number)}" if options.get("original") else title
            yield place, {"id": identity, "title": title, "knowledge": knowledge}


_JQAC = {"topic": ("topic",), "question": ("question",), "answer": ("answer",)}


def read_jqac(path: Path, options: Mapping[str, Any]) -> Reading:
    """JQAC: CSV files with `Topic (Title)`, `URL`, `Question (What, Who, …)` and `Answer`; `*Syllabus.csv` is left out.

    Columns are found by how their names begin; a table with `topic`, `question` and `answer` is read too.
    """
    if path.name.endswith("Syllabus.csv"):
        yield "", DroppedError("syllabus_file", path.name)
        return
    columns: dict[str, str] | None = None
    for place, row in read_auto(path, options):
        if not isinstance(row, dict):
            yield place, row
            continue
        if columns is None:
            columns = _columns(row)
        told = {name: str(row.get(column) or "").strip() for name, column in columns.items()}
        if not told["question"] or not told["answer"]:
            yield place, DroppedError("no_question_or_answer", told["topic"])
        else:
            yield place, {"id": f"{path.stem}{place}", **told}


def _columns(row: Row) -> dict[str, str]:
    found = {
        name: next((column for column in row if column.strip().lower().startswith(begins)), None)
        for name, begins in _JQAC.items()
    }
    missing = [name for name, column in found.items() if column is None]
    if missing:
        raise UnreadableError("missing_column", {"missing": missing, "columns": list(row)[:40]})
    return {name: column for name, column in found.items() if column is not None}


_DIVIDER = re.compile(r"^-{10,}\s*$", re.MULTILINE)
_SECTION = re.compile(r"^\[(.+)\]$")
_NAME = re.compile(r"^【(.+)】$")


def read_foodkb(path: Path, options: Mapping[str, Any]) -> Reading:
    """Basic cooking knowledge base (`foodkb.dictionary.txt`): dishes parted by `----------`; one row for each of their names.

    A dish is 【name】, perhaps [同義語] and a line of other names, [材料] and [調理法] with a line of `<word.number>` each
    (most frequent first; what further lines of a section hold is not read), and [属性].
    """
    for number, block in enumerate(_DIVIDER.split(read_decoded(path, options).replace("\r\n", "\n"))):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if not lines:
            continue
        name, sections = _NAME.match(lines[0]), _sections(lines[1:])
        if name is None or not sections.get("材料") or not sections.get("調理法"):
            yield (
                f"#{number}",
                UnreadableError("foodkb_section_missing", {"begins": lines[0][:40], "has": list(sections)}),
            )
            continue
        told = {"ingredients": _words(sections["材料"]), "methods": _words(sections["調理法"])}
        others = sections.get("同義語", "").split()
        for dish in [name[1], *(other for other in others if other != name[1])]:
            yield f"#{number}.{dish}", {"id": dish, "dish": dish, **told}


def _sections(lines: Sequence[str]) -> dict[str, str]:
    """Name of a section -> its first line."""
    found: dict[str, str] = {}
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        section = _SECTION.match(line)
        if section is not None and not _SECTION.match(following):
            found.setdefault(section[1], following)
    return found


def _words(line: str) -> list[str]:
    words = (token.strip("<>").split(".")[0] for token in line.split())
    return list(dict.fromkeys(word for word in words if word))
