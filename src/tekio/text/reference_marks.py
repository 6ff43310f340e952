"""Marks of references in running text, `[1]`, whose list the text does not have: they are no part of its sentences.

Encyclopedias and news sites number their sources; a copy of the text alone keeps the numbers. They go where they are
surely that: they count up from 1 (a source may be named again), stand behind Japanese words, at the ends of clauses for the
most part. Where a line begins with one the text has its list, or numbers its paragraphs, and keeps all; so does a text whose
sentences name them (文献[1]), and code.
"""

from __future__ import annotations

import re
import unicodedata

_MARK = re.compile(r"[\[［]([0-9０-９]{1,3})[\]］]")
_MARK_AND_BLANKS = re.compile(rf"[ \t\u3000]*{_MARK.pattern}")
_NAMED = re.compile("[文献資料図表式問注節章条項例第番号証頁]$")
_AFTER = re.compile(r"$|[。、，．,.)）」』】\[［\n]")
_BEFORE = "。、」』）)］]"
CLAUSE_ENDS, BEHIND_JAPANESE = 0.5, 0.75
"""Shares of the marks that stand at the end of a clause, and behind a Japanese character."""


def drop_reference_marks(text: str) -> tuple[str, int]:
    """(`text` without its marks of references, how many those were); as it is where they may be anything else."""
    marks = list(_MARK.finditer(text))
    if not marks or not _count_up([int(unicodedata.normalize("NFKC", mark[1])) for mark in marks]):
        return text, 0
    ends = behind = 0
    for mark in marks:
        before = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()].rstrip(" \t\u3000")
        bare = _MARK.sub("", before)
        if not bare.strip("・*-#>|") or _NAMED.search(bare):
            return text, 0
        ends += _AFTER.match(text, mark.end()) is not None or before[-1] in _BEFORE
        behind += bare[-1] > "\u2fff"
    if ends < CLAUSE_ENDS * len(marks) or behind < BEHIND_JAPANESE * len(marks):
        return text, 0
    return _MARK_AND_BLANKS.sub("", text), len(marks)


def _count_up(numbers: list[int]) -> bool:
    """Whether each number is one that stood before, or the next."""
    last = 0
    for number in numbers:
        if not 1 <= number <= last + 1:
            return False
        last = max(last, number)
    return True
