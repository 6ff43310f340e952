"""The day a text holds for, as its own lines say: 「令和7年4月1日現在法令等」「最終改正 …」「（令和7年6月一部改正）」."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tekio.text.dates import iso_date

HEAD, TAIL, LINE = 3_000, 1_500, 100
"""Characters at a text's start and end where such lines stand, and the longest line that is one."""

_NUMBER = r"[0-9元〇一二三四五六七八九十]{1,4}"
_DATE = rf"(?:(?:令和|平成|昭和|[RHS]|(?:19|20)[0-9]{{2}})[ .]*(?:{_NUMBER})?[ ]*[年./-][ ]*{_NUMBER}[ ]*[月./-](?:[ ]*{_NUMBER}[ ]*日?)?)"
_WORD = r"(?:(?:最終|一部|全部|全文|最近|直近)?(?:改正|改定|改訂)|最終更新)"
_AS_LAW = re.compile(rf"({_DATE})\s*現在の?\s*(?:の?法令|で?施行)")
_WORD_FIRST = re.compile(rf"(?:^|[\s(\[【〔、,/])(?:{_WORD})日?\s*[:)\]】〕]?\s*({_DATE})")
_DATE_FIRST = re.compile(rf"({_DATE})\s*(?:に|付け?)?\s*(?:第?[0-9]{{1,3}}[回次])?\s*{_WORD}(?=$|[\s)\]】〕、,/版])")


def revision_date(text: str) -> str | None:
    """The latest day on which the text says that it was amended or holds, as ISO text (`YYYY-MM` where it has no day).

    Only short lines near its start and end are read, no sentences: a report on an amendment is not itself amended.
    """
    found = [day for line in _lines(text) for day in _days(line)]
    return max(found, default=None)


def _lines(text: str) -> Iterator[str]:
    parts = [text] if len(text) <= HEAD + TAIL else [text[:HEAD], text[-TAIL:]]
    for part in parts:
        if not any(word in part for word in ("改正", "改定", "改訂", "現在", "最終更新")):
            continue
        for line in part.split("\n"):
            if 6 <= len(line) <= LINE and "。" not in line:
                yield unicodedata.normalize("NFKC", line.strip())


def _days(line: str) -> Iterator[str]:
    for pattern in (_AS_LAW, _WORD_FIRST, _DATE_FIRST):
        for match in pattern.finditer(line):
            day = iso_date(match[1].replace(" ", ""))
            if day and len(day) > 4:  # a year alone is a month that does not exist
                yield day
