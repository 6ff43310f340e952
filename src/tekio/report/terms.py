"""What the sources' licenses allow, by the policy table: for the page, the card and what to distrust."""

from __future__ import annotations

from dataclasses import dataclass

from tekio.errors import Text
from tekio.licenses import UNKNOWN, find_license
from tekio.report.sources import Source

ANSWERS = {
    "yes": Text("yes", "可"),
    "no": Text("no", "不可"),
    "ask": Text("a person decides", "要判断"),
    "derived": Text("derived data only", "派生データのみ"),
}


@dataclass(frozen=True)
class Terms:
    """One license of the run and the sources under it."""

    license: str
    name: Text
    sources: list[str]
    train: str
    redistribute: str
    commercial: str
    share_alike: bool
    notes: Text | None
    known: bool

    @property
    def free(self) -> bool:
        """Nothing about it needs a decision before a model trained on it leaves the house."""
        return self.known and (self.train, self.redistribute, self.commercial) == ("yes", "yes", "yes")


def terms_of(sources: list[Source]) -> list[Terms]:
    """The licenses of all sources that gave training rows, in the order they come."""
    grouped: dict[str, list[str]] = {}
    for source in sources:
        if source.rows_train:
            for name in source.licenses or [source.license or UNKNOWN]:
                grouped.setdefault(name, []).append(source.name)
    found: list[Terms] = []
    for identity, names in grouped.items():
        policy = find_license(identity)
        found.append(
            Terms(
                license=identity,
                name=policy.name,
                sources=names,
                train=policy.may_train,
                redistribute=policy.may_redistribute,
                commercial=policy.commercial,
                share_alike=policy.share_alike,
                notes=policy.notes,
                known=policy.id != UNKNOWN,
            )
        )
    return found


def answer_words(answer: str) -> Text:
    """An answer of the policy table in words."""
    return ANSWERS.get(answer, Text(answer, answer))
