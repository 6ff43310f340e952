"""The table of sources: what each gave, about what, and, for a paper's recipe, what the paper says of it.

One table for the terminal, the report and the data card, made from `funnel.json` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tekio.artifacts.instruct import InstructFunnel, InstructSource
from tekio.errors import Language, Text, say
from tekio.instruct.dataset.show import columns, printable, width
from tekio.recipe.paper_sources import EXPECTED_SOURCES, ExpectedSource
from tekio.records import InstructionRecord

NONE = "–"
MOST_TOPICS = 12
"""Topics a funnel names of a source; the others are counted."""
SHOWN_TOPICS = 3
OTHER_TOPICS = ""
"""The key under which the records of all other topics are counted."""

HEAD = (
    Text("source", "情報源"),
    Text("paper", "論文"),
    Text("files", "ファイル"),
    Text("made", "作成"),
    Text("kept", "採用"),
    Text("topics", "話題"),
)


@dataclass(frozen=True)
class SourceLine:
    """One line of the table. paper: the paper's number in words; files, made, kept: ours, None where it is not at hand."""

    name: Text
    paper: Text
    files: int | None
    made: int | None
    kept: int | None
    topics: Text

    def cells(self, language: Language) -> list[str]:
        numbers = [NONE if number is None else f"{number:,}" for number in (self.files, self.made, self.kept)]
        return [say(self.name, language), say(self.paper, language), *numbers, say(self.topics, language)]


@dataclass(frozen=True)
class SourceTable:
    """title, lines (the last is the total) and what is to be said of the numbers; has_paper: there is a column of a paper."""

    title: Text
    lines: list[SourceLine]
    said: list[Text]
    has_paper: bool

    def head(self, language: Language) -> list[str]:
        return self._chosen([say(text, language) for text in HEAD])

    def rows(self, language: Language) -> list[list[str]]:
        return [self._chosen(line.cells(language)) for line in self.lines]

    def _chosen(self, cells: list[str]) -> list[str]:
        return cells if self.has_paper else [cells[0], *cells[2:]]


def topic_of(record: InstructionRecord) -> str:
    """What a record is about, coarsely: the section of its site, or the first part of its topic."""
    section: Any = record.meta.extra.get("section")
    return section if isinstance(section, str) and section else (record.meta.topic or "").partition(" > ")[0]


def most_common_topics(topics: Counter[str]) -> dict[str, int]:
    """The most frequent topics, and under `OTHER_TOPICS` the records of all others together."""
    named = Counter({topic: number for topic, number in topics.items() if topic})
    most = dict(sorted(named.items(), key=lambda item: (-item[1], item[0]))[:MOST_TOPICS])
    other = sum(topics.values()) - sum(most.values())
    return {**most, OTHER_TOPICS: other} if other else most


def source_table(funnel: InstructFunnel) -> SourceTable:
    """The table of a finished stage."""
    expected = EXPECTED_SOURCES.get(funnel.expected or "")
    total = funnel.totals
    kept = total.rows_train + total.rows_validation
    if expected is None:
        own_lines = [_ours([source], Text(source.name, source.name), Text(NONE, NONE)) for source in funnel.sources]
        whole = SourceLine(Text("total", "合計"), Text(NONE, NONE), total.files, total.rows_in, kept, Text("", ""))
        return SourceTable(Text("Sources", "情報源"), [*own_lines, whole], [], has_paper=False)
    lines: list[SourceLine] = []
    taken: set[str] = set()
    for row in expected.rows:
        own = [source for source in funnel.sources if _stands_for(source.name, row.key)]
        taken.update(source.name for source in own)
        lines.append(_ours(own, row.name, _paper(row), row.note))
    others = [source for source in funnel.sources if source.name not in taken]
    lines += [_ours([source], Text(source.name, source.name), Text(NONE, NONE)) for source in others]
    number = f"{expected.records:,}" if expected.records is not None else NONE
    lines.append(
        SourceLine(Text("total", "合計"), Text(number, number), total.files, total.rows_in, kept, Text("", ""))
    )
    title = Text(f"Sources expected and obtained: {expected.paper.en}", f"情報源の期待値と結果: {expected.paper.ja}")
    said = [
        Text(f"paper: {expected.said.en}", f"論文: {expected.said.ja}"),
        Text(
            f"made, kept: records from the files at hand; {NONE}: none of its files is at hand",
            f"作成・採用: 手元のファイルからの件数。{NONE}: ファイルが手元にない",
        ),
    ]
    return SourceTable(title, lines, said, has_paper=True)


def _stands_for(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}-")


def _paper(row: ExpectedSource) -> Text:
    if row.records is None:
        return Text("not known", "不明")
    number = f"{'≤ ' if row.at_most else ''}{row.records:,}"
    return Text(number, number)


def _ours(sources: Sequence[InstructSource], name: Text, paper: Text, note: Text | None = None) -> SourceLine:
    present = [source for source in sources if source.files]
    if not present:
        return SourceLine(name, paper, None, None, None, note or Text("", ""))
    topics = _topics(present)
    return SourceLine(
        name=name,
        paper=paper,
        files=sum(source.files for source in present),
        made=sum(source.rows_in for source in present),
        kept=sum(source.rows_train + source.rows_validation for source in present),
        topics=_joined(note, topics),
    )


def _joined(note: Text | None, topics: Text) -> Text:
    if note is None or not note.en:
        return topics
    return Text(f"{note.en}: {topics.en}", f"{note.ja}: {topics.ja}") if topics.en else note


def _topics(sources: Iterable[InstructSource]) -> Text:
    counted: Counter[str] = Counter()
    for source in sources:
        counted.update(source.topics or {})
    other = counted.pop(OTHER_TOPICS, 0)
    most = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    if not most or most[0][1] == 1:  # every record about something of its own: names would say nothing
        return Text("", "")
    named = ", ".join(f"{printable(topic)[:30]} {number:,}" for topic, number in most[:SHOWN_TOPICS])
    other += sum(number for _, number in most[SHOWN_TOPICS:])
    return Text(named + (f", other {other:,}" if other else ""), named + (f", 他 {other:,}" if other else ""))


def table_lines(table: SourceTable, language: Language) -> list[str]:
    """The table as lines for a terminal."""
    rows = [table.head(language), *table.rows(language)]
    numbers = columns([row[:-1] for row in rows])
    widest = max((width(line) for line in numbers), default=0)
    lines = [
        f"  {line}{' ' * (widest - width(line))}  {row[-1]}".rstrip() for line, row in zip(numbers, rows, strict=True)
    ]
    return [f"{say(table.title, language)}:", *lines, *(f"  {say(text, language)}" for text in table.said)]
