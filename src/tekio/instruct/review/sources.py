"""The passage a record was made from: kept with the record, a document of the corpus, or the page it was harvested from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tekio.records import InstructionRecord
from tekio.text.encoding import decode
from tekio.text.html import block_text, parse_html
from tekio.text.unreadable import UnreadableError

# Where a source keeps the text a record was made from, if it keeps it with the record.
PASSAGE_KEYS = ("passage", "source_text")
PLACE_KEYS = ("file", "uri", "url", "place")
MAX_PASSAGE_CHARACTERS = 200_000
MAX_PAGE_BYTES = 20_000_000


@dataclass
class Passages:
    """Finds passages. documents: a document table. pages: the folder the records' pages lie in.

    A page's name comes from the record, so from outside: it is only looked for below `pages`, and never through a link
    that leads out of it.
    """

    documents: Path | None = None
    pages: Path | None = None
    _texts: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    _pages: dict[str, str] = field(default_factory=dict[str, str])

    def prepare(self, records: Iterable[InstructionRecord]) -> None:
        """Read the documents that `records` name as parents."""
        if self.documents is None:
            return
        from tekio.documents import read_documents

        wanted = {parent for record in records for parent in record.meta.parents}
        for row in read_documents(self.documents, ["id", "text", "title", "uri"]):
            if row["id"] in wanted:
                self._texts[row["id"]] = (str(row["text"]), str(row["title"] or row["uri"]))

    def of(self, record: InstructionRecord) -> tuple[str, str]:
        """The passage of a record and where it is from; empty texts where nothing is known."""
        extra = record.meta.extra
        named = [str(extra[name]) for name in PLACE_KEYS if extra.get(name)]
        for name in PASSAGE_KEYS:
            if isinstance(extra.get(name), str) and extra[name].strip():
                return str(extra[name])[:MAX_PASSAGE_CHARACTERS], (named or [""])[0]
        found = [self._texts[parent] for parent in record.meta.parents if parent in self._texts]
        if found:
            text = "\n\n".join(text for text, _ in found)
            return text[:MAX_PASSAGE_CHARACTERS], ", ".join(title for _, title in found)
        for place in (*named, *record.meta.parents):
            text = self._page(place.partition("#")[0])
            if text:
                return text, place
        return "", (named or [""])[0]

    def _page(self, name: str) -> str:
        if self.pages is None or not name:
            return ""
        if name not in self._pages:
            self._pages[name] = next((text for path in _inside(self.pages, name) if (text := _page_text(path))), "")
        return self._pages[name]


def _inside(folder: Path, name: str) -> Iterator[Path]:
    root = folder.resolve()
    try:
        path = (root / name.lstrip("/")).resolve()
        if path.is_relative_to(root) and path.is_file() and path.stat().st_size <= MAX_PAGE_BYTES:
            yield path
    except (OSError, ValueError):  # a name no file can have
        return


def _page_text(path: Path) -> str:
    """The text of a page (HTML, plain text, PDF); empty when it cannot be read."""
    raw = path.read_bytes()
    try:
        if raw[:1024].lstrip().startswith(b"%PDF-"):
            from tekio.instruct.harvest.files import pdf_pages

            text = "\n\n".join(pdf_pages(raw))
        elif path.suffix.lower() in (".txt", ".text", ".md"):
            text = decode(raw).text
        else:
            text = block_text(parse_html(raw))
    except UnreadableError:
        return ""
    return text[:MAX_PASSAGE_CHARACTERS]
