"""What a strategy reads, and what it gives: a document cut into passages, and drafts of rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tekio.knowledge.computed import Computed
from tekio.knowledge.figures import Figure, table_figures, with_levels
from tekio.knowledge.passages import Passage, split_passages
from tekio.knowledge.rules import is_rule

_EXCERPT = re.compile(r"[ \u3000]+[（(]?抄[）)]?$")
"""The mark behind a law's name that it is not printed whole."""
_LONGEST_TOPIC = 30
_STATEMENT = re.compile("計算書|貸借対照表|財務諸表|状況|指標|情報|推移|一覧|明細|概要|報告書|短信|注記|[0-9０-９第]")
_JAPANESE = re.compile("[ぁ-んァ-ヴ一-龥]")


@dataclass(frozen=True)
class Material:
    """A training document. subject: whom or what its figures are of; empty where nothing says it."""

    id: str
    text: str
    source: str
    title: str
    subject: str
    license: str
    as_of: str | None
    domain: str
    group: str
    longest: int

    @cached_property
    def passages(self) -> list[Passage]:
        return split_passages(self.id, self.text, self.longest)

    @cached_property
    def figures(self) -> dict[int, list[Figure]]:
        """Number of a passage -> the figures of its tables."""
        tables = [passage for passage in self.passages if passage.kind == "table"]
        return {one.number: table_figures(one.text, one.above) for one in tables}

    @cached_property
    def told_figures(self) -> dict[int, list[Figure]]:
        """The same with the heads of their columns as a sentence has them (株主資本の自己株式)."""
        return {
            passage.number: with_levels(passage.text, self.figures[passage.number])
            for passage in self.passages
            if passage.number in self.figures
        }

    @cached_property
    def names_articles(self) -> bool:
        """Whether the title and an article's number name an article of this document."""
        return is_rule(self.title, self.passages)

    @property
    def topic(self) -> str:
        """What the document is about beside its subject (`その他の費用` of 甲社 その他の費用); empty where its title names a statement or a section."""
        rest = self.title.replace(self.subject, "").strip(" \u3000:：-－の") if self.subject in self.title else ""
        return "" if len(rest) > _LONGEST_TOPIC or _STATEMENT.search(rest) else rest

    def context(self, passage: Passage) -> str:
        """What is known of a passage beside its text: the document's title and subject, the headings above it."""
        return "\n".join((self.title, self.subject, *passage.path, passage.heading, passage.above))


def material_of(row: Mapping[str, Any], meta: Mapping[str, Any], longest: int) -> Material:
    """A row of the document table."""
    title = str(row["title"] or "")
    if title and not _JAPANESE.search(title):
        title = ""  # the name of a file
    first = row["text"].split("\n", 1)[0].strip()
    if not title and 0 < len(first) <= 60 and not first.endswith("。"):
        title = first
    title = _EXCERPT.sub("", title)
    company = meta.get("company")
    return Material(
        id=row["id"],
        text=row["text"],
        source=row["source"],
        title=title,
        subject=company if isinstance(company, str) else _folder(str(row["uri"])),
        license=row["license"],
        as_of=row["as_of"],
        domain=row["domain"],
        group=row["group"] or row["id"],
        longest=longest,
    )


def _folder(uri: str) -> str:
    """The folder of a document where it has a Japanese name: users keep a company's reports under its name."""
    parts = uri.split("#")[0].split("/")[:-1]
    return parts[-1] if parts and _JAPANESE.search(parts[-1]) and not parts[-1].endswith("!") else ""


@dataclass(slots=True)
class Draft:
    """A row before it is checked: a text for pre-training, or a question with its answer (`question` is not empty).

    passage: where its facts must stand. wording: 0, 1 ...: which of several tellings.
    """

    strategy: str
    passage: Passage
    wording: int
    text: str
    question: str = ""
    computed: tuple[Computed, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def whole(self) -> str:
        return f"{self.question}\n{self.text}" if self.question else self.text


@dataclass(slots=True)
class LeftOut:
    """What a strategy saw and could not tell."""

    strategy: str
    passage: Passage
    reason: str
    measured: dict[str, Any] = field(default_factory=dict[str, Any])
