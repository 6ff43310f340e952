"""A reader: the bulletins of a house in a format of its own.

BULLETIN
== 2026-10-01 社債の利率について
text of the entry, any number of lines
== 2026-10-08 …
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tekio.corpus.readers import Rejected, make_document
from tekio.plugins import Reader
from tekio.text.encoding import decode

if TYPE_CHECKING:
    from tekio.corpus.readers import UnitFile
    from tekio.documents import Document
    from tekio.recipe.corpus import SourceConfig

MOST_BYTES = 50_000_000
MARK = "BULLETIN"
HEAD = re.compile(r"^== (\d{4}-\d{2}-\d{2}) (.+)$", re.MULTILINE)


def read(source: SourceConfig, file: UnitFile) -> Iterator[Document | Rejected]:
    """A document per entry. What gives no document is said: no part of a file is dropped without a row."""
    text = decode(file.read(MOST_BYTES)).text.replace("\r\n", "\n")
    heads = list(HEAD.finditer(text))
    before = text[: heads[0].start()] if heads else text
    if before.strip() not in ("", MARK):
        yield Rejected(f"{file.uri}#before", "text_before_entries", {"characters": len(before.strip())})
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for number, (head, end) in enumerate(zip(heads, ends, strict=True), 1):
        body = text[head.end() : end].strip()
        if body:
            yield make_document(source, file, body, part=f"entry={number}", title=head[2], published=head[1])
        else:
            yield Rejected(f"{file.uri}#entry={number}", "entry_without_text", {"title": head[2]})


READER = Reader(
    "bulletin",
    "1",
    read,
    suffixes=(".bul",),
    sniff=lambda head: head.startswith(MARK.encode()),
)
