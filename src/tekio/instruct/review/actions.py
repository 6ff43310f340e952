"""One decision of one reviewer. Actions are facts: they are added, never changed; taking one back is an action too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from tekio.desk.reviewer import reviewer_name
from tekio.errors import InputError, Text
from tekio.instruct.formats.rejected import RowError
from tekio.instruct.formats.turns import check_text, checked, messages_of
from tekio.records import ChatMessage, ReviewState
from tekio.reject_reasons import reject_words

Decision = Literal["accept", "edit", "reject"]
DECISIONS: tuple[Decision, ...] = ("accept", "edit", "reject")
STATES: dict[str, ReviewState] = {"accept": "accepted", "edit": "edited", "reject": "rejected"}
REASONS: dict[str, Text] = {
    "wrong": Text("wrong or unsupported", "誤り・根拠なし"),
    "outdated": Text("outdated", "古い"),
    "unclear": Text("question unclear", "質問が不明確"),
    "incomplete": Text("answer incomplete", "回答が不完全"),
    "procedure": Text("procedure or form", "手続き・書類の案内"),
    "figure": Text("needs a figure or table", "図表が前提"),
    "duplicate": Text("duplicate", "重複"),
    "personal": Text("personal data", "個人情報"),
    "other": Text("other", "その他"),
}
MAX_TEXT = 100_000
MAX_NAME = 2000


@dataclass(frozen=True, slots=True)
class Action:
    """What `reviewer` decided about the item `item` while its text had the hash `digest`.

    key: unique name of this action, made where it was taken, so that sending it twice counts once.
    edit: for `edit`, the messages and input as the reviewer wants them.
    at: when (ISO 8601), for people; the order of actions is the store's.
    """

    key: str
    item: str
    reviewer: str
    decision: Decision
    digest: str = ""
    reason: str = ""
    note: str = ""
    messages: list[ChatMessage] | None = None
    input: str | None = None
    at: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def read_action(value: Any) -> Action:
    """An action from outside (the page, a file). Raises `InputError` saying what is wrong with it."""
    if not isinstance(value, dict):
        raise _bad(Text("not an object", "オブジェクトではありません"), value)
    row = cast("dict[str, Any]", value)
    texts = {name: _text(row, name) for name in ("key", "item", "digest", "reason", "note", "at")}
    decision = row.get("decision")
    if decision not in DECISIONS:
        known = ", ".join(DECISIONS)
        raise _bad(Text(f"decision must be one of {known}", f"decision は {known} のいずれかです"), decision)
    if not texts["key"] or not texts["item"]:
        raise _bad(Text("key and item are needed", "key と item が必要です"), row)
    messages: list[ChatMessage] | None = None
    given = row.get("input")
    if decision == "edit":
        messages, given = edited(row.get("messages"), given)
    return Action(
        key=texts["key"][:100],
        item=texts["item"],
        reviewer=reviewer_name(row.get("reviewer")),
        decision=decision,
        digest=texts["digest"],
        reason=texts["reason"],
        note=texts["note"],
        messages=messages,
        input=given if decision == "edit" else None,
        at=texts["at"][:40],
    )


def edited(messages: Any, given: Any) -> tuple[list[ChatMessage], str | None]:
    """The texts of an edit, checked like those of any record. Raises `InputError`."""
    try:
        found = checked(messages_of(messages))
        if given is not None and not isinstance(given, str):
            raise RowError("not_text", column="input")
        check_text(given or "")
    except RowError as problem:
        raise _bad(reject_words(problem.reason), problem.measured) from problem
    if sum(len(message["content"]) for message in found) + len(given or "") > MAX_TEXT:
        raise _bad(Text(f"longer than {MAX_TEXT:,} characters", f"{MAX_TEXT:,} 字を超えています"), None)
    return found, given or None


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        raise _bad(
            Text(
                f"{name} must be a text of at most {MAX_NAME:,} characters",
                f"{name} は {MAX_NAME:,} 字以内の文字列にしてください",
            ),
            value,
        )
    try:
        check_text(value)
    except RowError as problem:
        raise _bad(reject_words(problem.reason), name) from problem
    return value


def _bad(why: Text, seen: object) -> InputError:
    return InputError(Text("This decision cannot be used.", "この判断は使えません。"), where=repr(seen)[:200], why=why)
