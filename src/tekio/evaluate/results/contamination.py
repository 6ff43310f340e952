"""Which test items stand in the training text, where, and what the scores are without them.

Every item's question and options are cut into character n-grams (of the text without layout: NFKC, no white space);
the corpus or data set is read once and every n-gram that occurs is looked at closely. An n-gram that many items share (the
exam's own phrases) says nothing and is left out. An item counts as seen when one document holds most of its
question; its answer counts as seen when the right answer stands near it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tekio.artifacts.results import CleanScore, SeenCounts, SeenItem, SeenSpan, TaskContamination
from tekio.evaluate.results.metrics import measures, not_finite, rounded
from tekio.evaluate.scoring.requests import RollingRequest, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.items import Item
from tekio.text.normalize import shadow

if TYPE_CHECKING:
    from tekio.contamination.training_text import Document

Hashes = NDArray[np.uint64]

# n-gram length by length of the text it is cut from; shorter texts cannot be checked
LENGTHS = ((40, 30), (26, 20), (13, 13))
BOILERPLATE_ITEMS = 5
THRESHOLD = 0.6
SHORT_THRESHOLD = 0.9  # for texts under 26 characters, where half a date is already a large share
BATCH = 500_000  # characters looked through at once
NEAR = 300
SHORTEST_ANSWER = 2
MATCHES_SHOWN = 5
BITS = 22
_BASE = 0x9E3779B97F4A7C15 | 1


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


@dataclass(frozen=True)
class _Part:
    """One text of one item that is looked for: its n-grams are `kept` (offsets that are not boilerplate)."""

    task: int
    item: int
    name: str
    text: str
    length: int
    kept: NDArray[np.bool_]

    @property
    def coverable(self) -> int:
        return int(_covered(np.flatnonzero(self.kept), self.length, len(self.text)).sum())


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def window_hashes(codes: NDArray[np.uint32], length: int) -> Hashes:
    """A 64-bit hash of every window of `length` characters, equal windows equal (and almost only those).

    A polynomial in the characters, put together from windows of 1, 2, 4, 8 ... characters.
    """
    count = len(codes) - length + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    power, done, size = codes.astype(np.uint64) + np.uint64(1), 0, 1
    hashes = np.zeros(count, dtype=np.uint64)
    while True:
        if length & size:  # append the window of `size` characters that begins where `hashes` ends
            hashes = hashes * np.uint64(pow(_BASE, size, 1 << 64)) + power[done : done + count]
            done += size
        if size * 2 > length:
            break
        power = power[:-size] * np.uint64(pow(_BASE, size, 1 << 64)) + power[size:]
        size *= 2
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    return hashes ^ (hashes >> np.uint64(32))


def _covered(offsets: NDArray[np.int64], length: int, total: int) -> NDArray[np.bool_]:
    """Which characters are inside a window that begins at one of `offsets`."""
    change = np.zeros(total + 1, dtype=np.int64)
    np.add.at(change, offsets, 1)
    np.add.at(change, np.minimum(offsets + length, total), -1)
    return np.cumsum(change[:-1]) > 0


def _gram_length(text: str) -> int | None:
    return next((length for at_least, length in LENGTHS if len(text) >= at_least), None)


def question_text(built: BuiltTask, item: Item) -> str:
    """The item's own question: the fields the task names, else every text field that is no id, option or answer."""
    fields = built.spec.data.fields
    names = fields.question
    if not names:
        other = {
            fields.id,
            fields.gold,
            fields.cluster,
            *([fields.options] if isinstance(fields.options, str) else fields.options or []),
        }
        names = [name for name in item.fields if name not in other]
    return "\n".join(str(item.fields[name]) for name in names if isinstance(item.fields.get(name), str))


@dataclass(frozen=True)
class _Grams:
    """All kept n-grams of one length, sorted by hash; `present` answers most look-ups at once."""

    length: int
    hashes: Hashes
    part: NDArray[np.int64]
    offset: NDArray[np.int64]
    present: NDArray[np.bool_]


class ItemIndex:
    """The n-grams of the items of one or several tasks."""

    def __init__(self, tasks: Sequence[BuiltTask]) -> None:
        self.tasks = list(tasks)
        self.findings = [[Finding(item.id, checked=False) for item in task.items] for task in tasks]
        raw: list[tuple[int, int, str, str, int]] = []
        for number, task in enumerate(tasks):
            for position, item in enumerate(task.items):
                texts = [("question", question_text(task, item))]
                if not task.labels:
                    texts += [(f"option {place}", option) for place, option in enumerate(item.options)]
                for name, text in texts:
                    plain = shadow(text)
                    length = _gram_length(plain)
                    if length is not None:
                        raw.append((number, position, name, plain, length))
        self.parts: list[_Part] = []
        self.grams = [self._build(length, [entry for entry in raw if entry[4] == length]) for _, length in LENGTHS]
        for part in self.parts:
            if part.name == "question" and part.kept.any():
                self.findings[part.task][part.item].checked = True

    def _build(self, length: int, entries: list[tuple[int, int, str, str, int]]) -> _Grams:
        hashed = [window_hashes(_codes(entry[3]), length) for entry in entries]
        owners = [np.full(len(found), number, dtype=np.int64) for number, found in enumerate(hashed)]
        if not entries:
            empty = np.zeros(0, dtype=np.int64)
            return _Grams(length, np.zeros(0, np.uint64), empty, empty, np.zeros(1 << BITS, np.bool_))
        every, owner = np.concatenate(hashed), np.concatenate(owners)
        offset = np.concatenate([np.arange(len(found), dtype=np.int64) for found in hashed])
        kept = ~np.isin(every, _common(every, owner, entries))
        first = len(self.parts)
        bounds = np.cumsum([0, *(len(found) for found in hashed)])
        for number, entry in enumerate(entries):
            mask = kept[bounds[number] : bounds[number + 1]]
            self.parts.append(_Part(entry[0], entry[1], entry[2], entry[3], length, mask))
        order = np.argsort(every[kept], kind="stable")
        hashes = every[kept][order]
        present = np.zeros(1 << BITS, dtype=np.bool_)
        present[(hashes >> np.uint64(64 - BITS)).astype(np.int64)] = True
        return _Grams(length, hashes, owner[kept][order] + first, offset[kept][order], present)

    def scan(self, documents: Sequence[Document], *, threshold: float = THRESHOLD) -> None:
        """Look for every item in some documents; what is found is added to `findings`."""
        plains = [shadow(text) for _, _, text in documents]
        joined = "\0".join(plains)  # no n-gram crosses the border of two documents
        starts = np.cumsum([0, *(len(plain) + 1 for plain in plains)])
        codes = _codes(joined)
        for grams in self.grams:
            for (place, number), hits in self._hits(grams, joined, codes, starts).items():
                self._judge(self.parts[number], documents[place], plains[place], hits, threshold)

    def _judge(self, part: _Part, document: Document, plain: str, hits: dict[int, int], threshold: float) -> None:
        """Decide from the n-grams of one part in one document. hits: offset in the part -> position in the document."""
        offsets = np.asarray(sorted(hits), dtype=np.int64)
        covered = int(_covered(offsets, part.length, len(part.text)).sum())
        coverage = covered / max(1, part.coverable)
        finding = self.findings[part.task][part.item]
        if part.name == "question":
            finding.coverage = max(finding.coverage, coverage)
        if coverage < (max(threshold, SHORT_THRESHOLD) if part.length == LENGTHS[-1][1] else threshold):
            return
        source, identifier, text = document
        where = original_positions(text, plain)
        start, end = _longest_run(hits.values(), part.length)
        span = (where[start], where[min(end, len(plain)) - 1] + 1)
        match = Match(source, identifier, part.name, round(coverage, 4), *span, text[span[0] : span[1]])
        self._found(part, finding, match, plain[max(0, start - NEAR) : end + NEAR])

    def _hits(
        self, grams: _Grams, plain: str, codes: NDArray[np.uint32], starts: NDArray[np.int64]
    ) -> dict[tuple[int, int], dict[int, int]]:
        """(document, part) -> offset in the part -> position in the document, for n-grams that really are equal."""
        hashes = window_hashes(codes, grams.length)
        found: dict[tuple[int, int], dict[int, int]] = {}
        if not len(hashes) or not len(grams.hashes):
            return found
        candidates = np.flatnonzero(grams.present[(hashes >> np.uint64(64 - BITS)).astype(np.int64)])
        left = np.searchsorted(grams.hashes, hashes[candidates], side="left")
        right = np.searchsorted(grams.hashes, hashes[candidates], side="right")
        for place in np.flatnonzero(right > left).tolist():
            position = int(candidates[place])
            document = int(np.searchsorted(starts, position, side="right")) - 1
            for row in range(int(left[place]), int(right[place])):
                number, offset = int(grams.part[row]), int(grams.offset[row])
                wanted = self.parts[number].text[offset : offset + grams.length]
                if plain[position : position + grams.length] == wanted:
                    found.setdefault((document, number), {}).setdefault(offset, position - int(starts[document]))
        return found

    def _found(self, part: _Part, finding: Finding, match: Match, near: str) -> None:
        if len(finding.matches) < MATCHES_SHOWN:
            finding.matches.append(match)
        if part.name != "question":
            finding.options_seen += 1
            return
        finding.question_seen = True
        item = self.tasks[part.task].items[part.item]
        answers = [shadow(answer) for answer in item.answers]
        rest = near.replace(part.text, "")
        if any(len(answer) >= SHORTEST_ANSWER and answer in rest for answer in answers):
            finding.answer_seen = True


def _common(every: Hashes, owner: NDArray[np.int64], entries: list[tuple[int, int, str, str, int]]) -> Hashes:
    """N-grams of more than `BOILERPLATE_ITEMS` different texts (several items may ask about one sentence)."""
    names = {text: number for number, text in enumerate(dict.fromkeys(entry[3] for entry in entries))}
    texts = np.asarray([names[entry[3]] for entry in entries], dtype=np.int64)[owner]
    order = np.lexsort((texts, every))
    grams, texts = every[order], texts[order]
    first = np.ones(len(grams), dtype=np.bool_)
    first[1:] = (grams[1:] != grams[:-1]) | (texts[1:] != texts[:-1])
    distinct, count = np.unique(grams[first], return_counts=True)
    return distinct[count > BOILERPLATE_ITEMS]


def _longest_run(positions: Iterable[int], length: int) -> tuple[int, int]:
    """Begin and end of the longest stretch of document that the windows at `positions` cover."""
    best = begin = end = -1
    span = (0, 0)
    for position in sorted(positions):
        if begin < 0 or position > end:
            begin = position
        end = position + length
        if end - begin > best:
            best, span = end - begin, (begin, end)
    return span


def original_positions(text: str, plain: str) -> list[int]:
    """For each character of `plain` = shadow(text): the index in `text` it came from.

    Characters are followed in clusters (a base with its combining or half-width voiced marks), as NFKC composes them.
    """
    where: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (unicodedata.combining(text[end]) or text[end] in "ﾞﾟ"):
            end += 1
        where.extend([start] * len(shadow(text[start:end])))
        start = end
    if len(where) < len(plain):  # a composition across clusters (Hangul jamo): the last place is near enough
        where.extend([len(text) - 1] * (len(plain) - len(where)))
    return where


def find_contamination(
    tasks: Sequence[BuiltTask], sources: Iterable[Document], *, threshold: float = THRESHOLD
) -> list[list[Finding]]:
    """For every task the findings of its items (in their order), after one pass over `sources` (file, id, text)."""
    index = ItemIndex(tasks)
    waiting: list[Document] = []
    characters = 0
    for document in sources:
        waiting.append(document)
        characters += len(document[2])
        if characters >= BATCH:
            index.scan(waiting, threshold=threshold)
            waiting, characters = [], 0
    index.scan(waiting, threshold=threshold)
    return index.findings


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
) -> TaskContamination:
    """Counts of a task's findings and, if scores are given, each metric over all and over clean items."""
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
        scores=by_label,
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
