"""The passages before each question of an exam: what a search of the training documents finds, or the right one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tekio.artifacts.exam import ExamItem
from tekio.artifacts.exam_results import FoundPassage, RetrievedItem
from tekio.documents import read_documents
from tekio.evaluate.retrieve.character_bm25 import Hit, PassageIndex, search_form
from tekio.evaluate.retrieve.embedding_index import EmbeddingIndex
from tekio.evaluate.retrieve.open_book import PromptRoom
from tekio.evaluate.scoring.requests import Request
from tekio.knowledge.passages import Passage, split_passages
from tekio.recipe.exam import RetrieveConfig


@dataclass
class Library:
    """The passages of the training documents. seconds: how long it took to read and index them."""

    passages: list[Passage]
    titles: list[str]
    index: PassageIndex | EmbeddingIndex
    method: str
    seconds: float
    searches: list[float] = field(default_factory=list[float])

    def search(self, question: str, k: int) -> list[Hit]:
        """The `k` best passages for a question; how long it took is noted."""
        started = time.perf_counter()
        found = self.index.search(question, k)
        self.searches.append(time.perf_counter() - started)
        return found

    def shown(self, place: int) -> str:
        """A passage as it stands in a prompt: its document's title over its text."""
        return shown_text(self.titles[place], self.passages[place].text)


def shown_text(title: str, text: str) -> str:
    """A passage under the title of its document."""
    return f"【{title}】\n{text}" if title else text


def open_library(corpus: Path, config: RetrieveConfig) -> Library:
    """All passages of a corpus' training text, ready to be searched. All of them are kept in memory.

    Raises `TekioError` if there is no text.
    """
    started = time.perf_counter()
    passages: list[Passage] = []
    titles: list[str] = []
    for row in read_documents(corpus / "train", ["id", "text", "title"]):
        found = split_passages(row["id"], row["text"], config.longest_passage)
        passages.extend(found)
        titles.extend([row["title"] or ""] * len(found))
    texts = [shown_text(title, passage.text) for title, passage in zip(titles, passages, strict=True)]
    index, method = _index(texts, config)
    return Library(passages, titles, index, method, time.perf_counter() - started)


def _index(texts: Sequence[str], config: RetrieveConfig) -> tuple[PassageIndex | EmbeddingIndex, str]:
    """The index the recipe asks for, and what it is called."""
    if config.embedding is None:
        index = PassageIndex(texts, ngram=config.ngram, k1=config.k1, b=config.b)
        return index, f"BM25 of character {config.ngram}-grams"
    folder = config.embedding.path
    prefixes = {"query_prefix": config.query_prefix, "passage_prefix": config.passage_prefix}
    return EmbeddingIndex(texts, folder, **prefixes), f"vectors of {folder.name}"


def is_right(passage: Passage, item: ExamItem) -> bool:
    """Whether a passage is the one that answers: of the item's document, around the answer's place in it."""
    return (
        passage.document == item.document and passage.start <= item.document_start and item.document_end <= passage.end
    )


def retrieved(
    library: Library, items: Sequence[ExamItem], requests: Mapping[str, Request], room: PromptRoom, k: int
) -> tuple[dict[str, tuple[str, ...]], list[RetrievedItem]]:
    """For each item the texts shown before it, and what was found. requests: item -> its closed-book request."""
    texts: dict[str, tuple[str, ...]] = {}
    lines: list[RetrievedItem] = []
    for item in items:
        hits = library.search(item.question, k)
        shown = room.fit(requests[item.id], [library.shown(hit.passage) for hit in hits])
        texts[item.id] = shown.texts
        answer = search_form(item.options[item.answer])
        lines.append(
            RetrievedItem(
                item=item.id,
                found=[
                    FoundPassage(
                        passage=library.passages[hit.passage].id,
                        document=library.passages[hit.passage].document,
                        score=round(hit.score, 4),
                        right=is_right(library.passages[hit.passage], item),
                        shown=place in shown.places,
                    )
                    for place, hit in enumerate(hits)
                ],
                cut=shown.cut,
                answer_shown=any(answer in search_form(text) for text in shown.texts),
            )
        )
    return texts, lines


def right_passages(
    items: Sequence[ExamItem], requests: Mapping[str, Request], room: PromptRoom
) -> dict[str, tuple[str, ...]]:
    """For each item its own passage, cut around the answer where it does not fit."""
    texts: dict[str, tuple[str, ...]] = {}
    for item in items:
        text = shown_text(item.title, item.passage_text)
        before = len(text) - len(item.passage_text)
        shown = room.fit(requests[item.id], [text], (before + item.start, before + item.end))
        texts[item.id] = shown.texts
    return texts
