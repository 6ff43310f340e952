"""One judgement of one pair: which answer is better, as a whole and by criterion, and in which order they were shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from tekio.desk.reviewer import reviewer_name
from tekio.errors import InputError, Text
from tekio.visible import shorten

Side = Literal["A", "B", "tie"]
SIDES: tuple[Side, ...] = ("A", "B", "tie")
CRITERIA: dict[str, Text] = {
    "accuracy": Text("Accuracy", "正確性"),
    "grounds": Text("Grounds", "根拠"),
    "currency": Text("Up to date", "最新性"),
    "clarity": Text("Clarity", "分かりやすさ"),
    "compliance": Text("Compliance", "コンプライアンス"),
}
OVERALL = "overall"
TIE = "tie"
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Judgement:
    """What `reviewer` said of the pair `item` while its texts had the hash `digest`.

    shown: the labels behind A and B, in this order. by: a person or a model. marks: criterion -> side, where one was given.
    note: a person's, or a model's whole reply; unread: no verdict could be read in it.
    """

    key: str
    item: str
    reviewer: str
    decision: Side
    shown: tuple[str, str]
    digest: str
    marks: dict[str, Side] = field(default_factory=dict[str, Side])
    note: str = ""
    by: Literal["person", "model"] = "person"
    unread: bool = False
    at: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def winner(self, criterion: str = OVERALL) -> str | None:
        """The label of the better answer, `tie`, or None where nothing was said of this criterion."""
        side = self.decision if criterion == OVERALL else self.marks.get(criterion)
        return side if side is None or side == TIE else self.shown[side == "B"]


def of_plain(values: dict[str, Any]) -> Judgement:
    """A judgement from the store."""
    first, second = cast("list[str]", values["shown"])
    return replace(Judgement(**values), shown=(first, second))


def read_judgement(value: Any, shown: Mapping[str, tuple[str, str]], digests: Mapping[str, str]) -> Judgement:
    """A judgement from outside (the page, a file). shown: labels behind A and B by item, for this reviewer.

    Raises `InputError` for one that cannot be used, also where the answers have changed since.
    """
    row = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    item, key, decision, note = (row.get(name) for name in ("item", "key", "decision", "note"))
    if not isinstance(item, str) or item not in shown:
        raise _bad(Text("no such pair", "該当する組がありません"), item)
    if not isinstance(key, str) or not 0 < len(key) <= 100:
        raise _bad(Text("a key is needed", "key がありません"), key)
    if decision not in SIDES:
        raise _bad(Text("A, B or tie is needed", "A、B、tie のどれかが必要です"), decision)
    if row.get("digest") != digests[item]:
        raise _bad(Text("the answers have changed since", "判定の後で回答が変わっています"), item)
    given: object = row.get("marks")
    marks = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    if given and not (marks and all(name in CRITERIA and side in SIDES for name, side in marks.items())):
        raise _bad(Text("unknown criterion", "観点が正しくありません"), list(marks))
    if not isinstance(note or "", str) or len(note or "") > LONGEST_NOTE or not _storable(note or ""):
        raise _bad(Text("the note is no short text", "メモが長すぎるか文字列ではありません"), None)
    at = row.get("at")
    return Judgement(
        key=key,
        item=item,
        reviewer=reviewer_name(row.get("reviewer")),
        decision=decision,
        shown=shown[item],
        digest=digests[item],
        marks=dict(marks),
        note=note or "",
        at=at[:40] if isinstance(at, str) else "",
    )


def _storable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" or character == "\0" for character in text)


def _bad(why: Text, seen: object) -> InputError:
    shown, _ = shorten(repr(seen), 200)
    return InputError(Text("This judgement cannot be used.", "この判定は使えません。"), where=shown, why=why)
