"""What the columns of a row file are: text of documents, instruction records, or test items."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from pathlib import Path
from typing import Any

from tekio.errors import TekioError
from tekio.instruct.formats import RejectedRecord, import_records
from tekio.rows import PathFile, Row, read_rows
from tekio.text.dates import iso_date
from tekio.text.unreadable import UnreadableError

LOOKED_AT = 50
LEAST_LETTERS = 20
"""Letters that a column of text has on average."""
TEXTS = ("text", "body", "content", "本文", "内容", "article", "記事", "コメント", "comment", "document", "文章")
TITLES = ("title", "headline", "題名", "タイトル", "見出し", "件名", "subject")
DATES = ("published", "date", "published_at", "日付", "公開日", "発表日", "掲載日")
ANSWER_KEYS = ("choices", "options", "choice0", "choice1", "label", "gold", "answer_index", "選択肢", "正解")
QUESTIONS = ("question", "問題", "設問", "sentence1", "query")


def is_evaluation(names: Collection[str]) -> bool:
    """Whether columns are those of test items: a question with its choices or its label."""
    small = {name.lower() for name in names}
    options = sum(len(name) == 1 and (name.isdigit() or name.isalpha()) for name in small)  # ア, イ, A, B, 1, 2
    return bool(small & set(QUESTIONS)) and (bool(small & set(ANSWER_KEYS)) or options > 2)


def records_in(path: Path) -> bool:
    """Whether most of the first rows are instruction records of a known format."""
    try:
        items = list(islice(import_records(path, origin=path.stem), LOOKED_AT))
    except (TekioError, UnreadableError, OSError):
        return False
    good = sum(not isinstance(item, RejectedRecord) for item in items)
    return bool(items) and good * 2 > len(items)


def columns_of_text(path: Path) -> dict[str, str]:
    """`text` and, where they are there, `title` and `published`: the columns of the first rows. Empty: no column of text."""
    try:
        rows = [row.values for row in islice(read_rows(PathFile(path)), LOOKED_AT) if isinstance(row, Row)]
    except (UnreadableError, OSError):
        return {}
    names = list(dict.fromkeys(name for row in rows for name in row))
    lengths = {name: _letters(rows, name) for name in names}
    long = [name for name in names if lengths[name] >= LEAST_LETTERS and "+" not in name]
    if not long:
        return {}
    known = [name for wanted in TEXTS for name in long if name.lower() == wanted]
    longest = max(long, key=lambda name: lengths[name])
    told = [name for name in long if name == longest or _says_sentences(rows, name)]  # 問い合わせ内容 and 対応内容
    found = {"text": known[0] if known else "+".join(told)}
    for field, wanted in (("title", TITLES), ("published", DATES)):
        named = next((name for one in wanted for name in names if name.lower() == one), None)
        if named is None or named in found["text"].split("+") or named in found.values() or "+" in named:
            continue
        if field == "title" or all(iso_date(str(row.get(named) or "")) for row in rows):
            found[field] = named
    return found


def _says_sentences(rows: list[dict[str, Any]], name: str) -> bool:
    """Whether most values of a column have a full stop: not addresses of pages, names of products, lists of words."""
    texts = [value for row in rows if isinstance(value := row.get(name), str) and value.strip()]
    return len(texts) * 2 >= len(rows) and sum("。" in text for text in texts) * 2 > len(texts)


def _letters(rows: list[dict[str, Any]], name: str) -> float:
    """Letters of a column's text on average; 0 where a value is no text."""
    values = [row.get(name) for row in rows]
    texts = [value for value in values if isinstance(value, str)]
    if not texts or len(texts) * 2 < len(rows):
        return 0.0
    return sum(len(text) for text in texts) / len(rows)
