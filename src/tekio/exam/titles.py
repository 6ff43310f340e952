"""Titles that tell a document from all others: a question that names none cannot be answered without its passage."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_SECTION = re.compile(
    r"^(?:[(]?\s*注\s*[)]|[0-9]{1,2}\s*[.、)](?![0-9])|[(][0-9]{1,2}[)]|【[^】]*】$|[(][^()]*[)]$|[○●◎■◆▼▲・※①-⑳]|[IVX]{1,4}\s*[.、 ])"
)
"""How the headings of sections and notes begin (after NFKC): where a document has no title of its own its first line is one."""
SHORTEST, LONGEST = 3, 80
_SHORT_LAW = re.compile("[一-龥][法令]")


def telling_titles(documents: Sequence[Mapping[str, str | None]]) -> dict[str, str]:
    """Document id -> a title that no other document has: its own, else with the folder it lies in; the others have none.

    documents: `id`, `title`, `uri` of every document of the corpus.
    """
    own = {str(row["id"]): _plain(row["title"] or "") for row in documents}
    folders = {str(row["id"]): _folder(row["uri"] or "") for row in documents}
    together = {
        name: folders[name] if not _JAPANESE.search(own[name]) else f"{folders[name]} {own[name]}".strip()
        for name in own
    }
    own_titles = {name: bool(_JAPANESE.search(title)) and not _SECTION.match(title) for name, title in own.items()}
    counts, wider = Counter(own.values()), Counter(together.values())
    found: dict[str, str] = {}
    for name, title in own.items():
        if counts[title] == 1 and _tells(title) and own_titles[name]:
            found[name] = title
        elif (
            wider[together[name]] == 1
            and _tells(together[name])
            and (own_titles[name] or _JAPANESE.search(folders[name]))
            and folders[name]
        ):
            found[name] = together[name]
    return found


def _tells(title: str) -> bool:
    short = len(title) < SHORTEST and not _SHORT_LAW.fullmatch(title)  # 商法, 民法
    return not short and len(title) <= LONGEST and bool(_JAPANESE.search(title))


def _folder(uri: str) -> str:
    """The folder of a file; an archive is none (html.zip!/商法.html)."""
    name = PurePosixPath(uri).parent.name
    return "" if name.endswith("!") else _plain(name)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
