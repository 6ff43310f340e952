"""Which test items are in the training text, where, and what the scores are without them.

The rule is that of `tekio.contamination`, with the thresholds by which the training text was made: what a corpus or a data set
was cleaned of cannot be seen in it. An item counts as seen when its question was found, by itself or together with its
options; its answer counts as seen when the right answer stands near it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tekio.artifacts.results import CleanScore, SeenCounts, SeenItem, SeenSpan, TaskContamination, Thresholds
from tekio.contamination.evaluation_items import Record, texts_of
from tekio.contamination.index import Found, build_index
from tekio.contamination.match_text import shadow
from tekio.errors import Text
from tekio.evaluate.results.answered import not_finite
from tekio.evaluate.results.metrics import measures, rounded
from tekio.evaluate.scoring.requests import RollingRequest, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.items import Item
from tekio.progress import followed
from tekio.recipe.contamination import ContaminationConfig

if TYPE_CHECKING:
    from tekio.contamination.training_text import Document

BATCH = 500_000  # characters looked through at once
NEAR = 300
SHORTEST_ANSWER = 2
MATCHES_SHOWN = 5
RAW_ROWS = "jsonl"
"""The reader whose rows are the file's own; what is looked for of them is what a corpus looks for of that file."""
_ENDS = re.compile("[。．.？?！!」』）)]*")
_PLACE = re.compile(r"\[(\d+)\]\Z")


@dataclass(frozen=True)
class Match:
    """Where a part of an item stands: document id, character span of the original text, and that text."""

    source: str
    document: str
    part: str
    coverage: float
    start: int
    end: int
    text: str


@dataclass
class Finding:
    """What was found of one item. coverage: largest share of the question in one document. checked: whether the question
    is long and particular enough to be looked for.
    """

    item: str
    checked: bool
    coverage: float = 0.0
    question_seen: bool = False
    options_seen: int = 0
    answer_seen: bool = False
    matches: list[Match] = field(default_factory=list[Match])


def question_fields(built: BuiltTask, item: Item) -> list[str]:
    """The fields that are the item's own question: those the task names, else every one that is no id, option or answer."""
    fields = built.spec.data.fields
    if fields.question:
        return fields.question
    other = {fields.id, fields.gold, fields.cluster, *_option_fields(built)}
    return [name for name in item.fields if name not in other]


def _option_fields(built: BuiltTask) -> list[str]:
    options = built.spec.data.fields.options
    return [options] if isinstance(options, str) else options or []


def record_of(built: BuiltTask, item: Item) -> Record:
    """What is looked for of an item."""
    texts, _ = texts_of(item.fields)
    if built.spec.data.reader != RAW_ROWS:  # the reader's own fields: ids, and the same text in another form
        wanted = {*question_fields(built, item), *_option_fields(built)}
        texts = {name: text for name, text in texts.items() if _field(name) in wanted}
    if not built.labels:
        known = set(texts.values())
        texts |= {f".options[{n}]": option for n, option in enumerate(item.options) if option not in known}
    return Record(item.id, texts)


def _field(name: str) -> str:
    """The field of an item that a text is from: `choices` of `.choices[2]`."""
    return _PLACE.sub("", name).removeprefix(".")


def _part(name: str, questions: Sequence[str]) -> str:
    """What a text of an item is, in words: question, option 2, or its field."""
    if _field(name) in questions:
        return "question"
    place = _PLACE.search(name)
    return f"option {place[1]}" if place else _field(name)


class _Search:
    """The items of several tasks, and what was found of them so far."""

    def __init__(self, tasks: Sequence[BuiltTask], config: ContaminationConfig) -> None:
        self.tasks = list(tasks)
        self.findings = [[Finding(item.id, checked=False) for item in task.items] for task in tasks]
        self.owners = [(number, place) for number, task in enumerate(tasks) for place in range(len(task.items))]
        records = [record_of(task, item) for task in tasks for item in task.items]
        self.index = build_index(records, config)
        for number, (item, owners) in enumerate(zip(self.index.items, self.index.records, strict=True)):
            for owner in owners if self.index.is_looked_for(number) else ():
                task, place = self.owners[owner]
                parts = self._parts(task, place, item.parts)
                self.findings[task][place].checked |= "question" in parts.values()

    def _parts(self, task: int, place: int, texts: Iterable[str]) -> dict[str, str]:
        questions = question_fields(self.tasks[task], self.tasks[task].items[place])
        return {name: _part(name, questions) for name in texts}

    def scan(self, documents: Sequence[Document]) -> None:
        """Look for every item in some documents; what is found is added to `findings`."""
        for number, found in self.index.find([text for _, _, text in documents]):
            for one in found:
                for owner in one.records:
                    self._note(*self.owners[owner], documents[number], one)

    def _note(self, task: int, place: int, document: Document, found: Found) -> None:
        finding, evidence = self.findings[task][place], found.evidence
        parts = list(self._parts(task, place, found.item.parts).values())
        asked = "question" in parts
        if asked and (len(parts) == 1 or evidence["rule"]):
            finding.coverage = max(finding.coverage, evidence["containment"])
        if evidence["rule"] is None:
            return
        source, identifier, text = document
        spans = [span["document"] for span in evidence["spans"]]
        if evidence["rule"] == "longest":
            spans = [max(spans, key=lambda span: span[1] - span[0])]
        start, end = min(first for first, _ in spans), max(last for _, last in spans)
        if (closing := _ENDS.match(text, end)) is not None:
            end = closing.end()
        part = parts[0] if len(parts) == 1 else "question and options" if asked else "options"
        match = Match(source, identifier, part, evidence["containment"], start, end, text[start:end])
        if len(finding.matches) < MATCHES_SHOWN and match not in finding.matches:
            finding.matches.append(match)
        if not asked:
            finding.options_seen += sum(name.startswith("option ") for name in parts)
            return
        finding.question_seen = True
        item = self.tasks[task].items[place]
        near = shadow(text[max(0, start - NEAR) : end + NEAR])
        for name, own in found.item.parts.items():
            if _field(name) in question_fields(self.tasks[task], item):
                near = near.replace(shadow(own), "")
        answers = [shadow(answer) for answer in item.answers]
        finding.answer_seen |= any(len(answer) >= SHORTEST_ANSWER and answer in near for answer in answers)


def find_contamination(
    tasks: Sequence[BuiltTask], sources: Iterable[Document], config: ContaminationConfig | None = None
) -> list[list[Finding]]:
    """For every task the findings of its items (in their order), after one pass over `sources` (file, id, text).

    config: the thresholds by which the sources were made (`tekio.contamination.training_text.thresholds_of`).
    """
    search = _Search(tasks, config or ContaminationConfig())
    waiting: list[Document] = []
    characters = 0
    for document in followed(Text("contamination", "混入の検査"), sources):
        waiting.append(document)
        characters += len(document[2])
        if characters >= BATCH:
            search.scan(waiting)
            waiting, characters = [], 0
    search.scan(waiting)
    return search.findings


def united(by_origin: Mapping[str, Sequence[Finding]]) -> list[Finding]:
    """The findings of the same items in several texts as one: seen in any is seen."""
    return [
        Finding(
            item=found[0].item,
            checked=any(one.checked for one in found),
            coverage=max(one.coverage for one in found),
            question_seen=any(one.question_seen for one in found),
            options_seen=max(one.options_seen for one in found),
            answer_seen=any(one.answer_seen for one in found),
            matches=[match for one in found for match in one.matches],
        )
        for found in zip(*by_origin.values(), strict=True)
    ]


def asks_questions(built: BuiltTask) -> bool:
    """Whether a task has questions that could have been seen (held-out text is kept apart by the corpus itself)."""
    return bool(built.requests) and not isinstance(built.requests[0], RollingRequest)


# --- scores with and without ---------------------------------------------------------------------------------------


def clean_part(built: BuiltTask, scores: Sequence[Score], findings: Sequence[Finding]) -> tuple[BuiltTask, list[Score]]:
    """The task and scores without the items whose question was seen."""
    keep = [number for number, finding in enumerate(findings) if not finding.question_seen]
    part = replace(
        built,
        items=tuple(built.items[number] for number in keep),
        requests=tuple(built.requests[number] for number in keep),
        choices=tuple(built.choices[number] for number in keep) if built.choices else (),
    )
    return part, [scores[number] for number in keep]


def seen_counts(findings: Sequence[Finding]) -> SeenCounts:
    """How many questions, right answers and options were seen."""
    return SeenCounts(
        question_seen=sum(finding.question_seen for finding in findings),
        answer_seen=sum(finding.answer_seen for finding in findings),
        option_seen=sum(finding.options_seen > 0 for finding in findings),
    )


def summary(
    built: BuiltTask,
    findings: Sequence[Finding],
    scores: Mapping[str, Sequence[Score]] | None = None,
    origins: Mapping[str, SeenCounts] | None = None,
    thresholds: Mapping[str, ContaminationConfig] | None = None,
) -> TaskContamination:
    """Counts of a task's findings and, if scores are given, each metric over all and over clean items.

    thresholds: by origin, those that were looked for by.
    """
    counts = seen_counts(findings)
    left = built.n - counts.question_seen
    by_label: dict[str, dict[str, CleanScore]] = {}
    for label, one in (scores or {}).items():
        broken = not_finite(one) > 0
        clean = measures(*clean_part(built, one, findings)) if left > 0 and not broken else {}
        by_label[label] = {
            name: CleanScore(
                all=None if broken else rounded(measure.observed),
                clean=rounded(clean[name].observed) if name in clean else None,
                n_clean=left,
            )
            for name, measure in measures(built, one).items()
        }
    return TaskContamination(
        n=built.n,
        checked=sum(finding.checked for finding in findings),
        question_seen=counts.question_seen,
        answer_seen=counts.answer_seen,
        option_seen=counts.option_seen,
        origins=dict(origins or {}),
        thresholds={name: stated(config) for name, config in (thresholds or {}).items()},
        scores=by_label,
    )


def stated(config: ContaminationConfig) -> Thresholds:
    """The thresholds of a search as results state them."""
    return Thresholds(
        ngram=config.ngram,
        shortest=config.shortest,
        shortest_question=config.shortest_question,
        containment=config.containment,
        whole=config.whole,
        longest=config.longest,
        long_text=config.long_text,
        piece=config.piece,
    )


def finding_rows(built: BuiltTask, findings: Sequence[Finding], origin: str) -> Iterator[SeenItem]:
    """One line for every item of which anything was found, with the matching spans."""
    for finding in findings:
        if finding.matches or finding.coverage:
            yield SeenItem(
                task=built.name,
                item=finding.item,
                origin=origin,
                coverage=round(finding.coverage, 4),
                question_seen=finding.question_seen,
                answer_seen=finding.answer_seen,
                matches=[
                    SeenSpan(
                        source=match.source,
                        document=match.document,
                        part=match.part,
                        coverage=match.coverage,
                        start=match.start,
                        end=match.end,
                        text=match.text,
                    )
                    for match in finding.matches
                ],
            )
