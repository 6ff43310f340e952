"""The passage a record was made from: kept with the record, a document of the corpus, or the page it was harvested from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tekio.instruct.harvest.files import is_no_page, page_text
from tekio.records import InstructionRecord
from tekio.text.unreadable import UnreadableError
from tekio.visible import shown_name

# Where a source keeps the text a record was made from, if it keeps it with the record.
PASSAGE_KEYS = ("passage", "source_text")
PLACE_KEYS = ("file", "uri", "url", "place")
MAX_PASSAGE_CHARACTERS = 200_000
MAX_PAGE_BYTES = 20_000_000
NEEDLE = 12
"""Characters of a question or an answer by which a page is looked for; what is found is then compared whole."""
ENOUGH = 20
"""So many characters of a question or an answer alone name a page."""


@dataclass
class Passages:
    """Finds passages. documents: a document table. pages: the folder the records' pages lie in.

    A page is found by its name below `pages`; pages that were moved or renamed since are found by their content: the one
    that has question and answer (white space aside), else one of them, if it is long. A page's name comes from the record, so from outside: it is only looked for below `pages`, and never through a link
    that leads out of it.
    """

    documents: Path | None = None
    pages: Path | None = None
    _texts: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    _pages: dict[str, str] = field(default_factory=dict[str, str])
    _by_content: dict[str, str] = field(default_factory=dict[str, str])

    def prepare(self, records: Iterable[InstructionRecord]) -> None:
        """Read the documents that `records` name as parents, and look for pages that are not where the records say."""
        records = list(records)
        self._prepare_documents(records)
        if self.pages is not None:
            lost = [record for record in records if not self.of(record)[0]]
            if lost:
                self._by_content = _find_by_content(self.pages, lost)

    def _prepare_documents(self, records: list[InstructionRecord]) -> None:
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
        found_at = self._by_content.get(record.id)
        if found_at:
            return self._page(found_at), shown_name(Path(found_at))
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
    """The text of a page of any form that is harvested; empty when it cannot be read."""
    try:
        return page_text(path)[:MAX_PASSAGE_CHARACTERS]
    except (UnreadableError, OSError):
        return ""


def _bare(text: str) -> str:
    return "".join(text.split())


def _find_by_content(folder: Path, records: list[InstructionRecord]) -> dict[str, str]:
    """Id of a record -> the page (relative to `folder`) that has its text. Each page is read once, whatever the number of records."""
    wanted: dict[str, list[int]] = defaultdict(list)
    texts: list[tuple[str, str]] = []
    for place, record in enumerate(records):
        question = _bare(record.instruction)
        answer = max((_bare(line) for line in record.output.splitlines()), key=len, default="")
        texts.append((question, answer))
        for needle in {question[:NEEDLE], answer[:NEEDLE]}:
            if len(needle) == NEEDLE:
                wanted[needle].append(place)
    best: dict[int, tuple[int, str]] = {}
    root = folder.resolve()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if is_no_page(path) or not any(True for _ in _inside(root, name)):
            continue
        page = _bare(_page_text(path))
        near = {
            place for start in range(len(page) - NEEDLE + 1) for place in wanted.get(page[start : start + NEEDLE], ())
        }
        for place in near:
            question, answer = texts[place]
            found = [text for text in (question, answer) if text in page]
            value = len(found) if len(found) == 2 or max(map(len, found), default=0) >= ENOUGH else 0
            if value > best.get(place, (0, ""))[0]:
                best[place] = value, name
    return {records[place].id: name for place, (_, name) in best.items()}
