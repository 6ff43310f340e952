"""What a check found, and how failures become the one refusal that `tekio run` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tekio.errors import Message, TekioError, Text, UsageError, say

Level = Literal["ok", "warning", "failure"]


@dataclass(frozen=True)
class Finding:
    """One checked thing. error: of a failure that has more to say than `text` (its exit code above all)."""

    level: Level
    subject: Message
    text: Message
    error: TekioError | None = None


def failure(subject: Message, error: TekioError) -> Finding:
    """The finding that a stage would raise `error`."""
    en, ja = error.explain("en").removeprefix("Error: "), error.explain("ja").removeprefix("エラー: ")
    return Finding("failure", subject, Text(en, ja), error)


def lacking(subject: Message, en: str, ja: str) -> Finding:
    """A failure of the machine (no memory, no disk, no library), not of the recipe: exit code 1."""
    return Finding("failure", subject, Text(en, ja), TekioError(Text(en, ja), where=subject))


def refusal(findings: Sequence[Finding]) -> TekioError | None:
    """The error of the first failure, naming all others too; None if there is no failure."""
    failures = [item for item in findings if item.level == "failure"]
    if not failures:
        return None
    first, others = failures[0], failures[1:]
    error = first.error or UsageError(first.text, where=say(first.subject, "en"))
    if others:
        more = Text(
            "".join(f"\nAlso: {say(item.subject, 'en')}: {say(item.text, 'en')}" for item in others),
            "".join(f"\nほかに: {say(item.subject, 'ja')}: {say(item.text, 'ja')}" for item in others),
        )
        fix = error.fix or Text("Put this right.", "これを解消してください。")
        error.fix = Text(f"{say(fix, 'en')}{more.en}", f"{say(fix, 'ja')}{more.ja}")
    return error
