"""Decisions applied to records: what was accepted, what was edited, what was rejected, and where reviewers disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from tekio.instruct.review.actions import STATES, Action
from tekio.instruct.review.items import ReviewItem
from tekio.records import InstructionRecord
from tekio.store import canonical_json

Resolve = Literal["agree", "majority", "latest"]
RESOLVES = ("agree", "majority", "latest")


@dataclass
class Reviewed:
    """kept: accepted, edited and (if wanted) unseen records. rejected: rows of a rejected file. conflicts: open ones."""

    kept: list[InstructionRecord] = field(default_factory=list[InstructionRecord])
    rejected: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    conflicts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    unseen: int = 0
    unknown: list[str] = field(default_factory=list[str])


def finish(
    items: Sequence[ReviewItem], actions: Iterable[Action], *, resolve: Resolve = "agree", keep_unseen: bool = False
) -> Reviewed:
    """Apply decisions (in the order they were taken) to items.

    resolve: `agree` takes a record only when all who decided it decided the same (same words, if edited), `majority`
    when more than half did, `latest` takes the last decision. A decision about a text that has changed since never
    counts. Everything undecided is a conflict with all opinions in it. keep_unseen: records nobody looked at go on
    as `unseen` instead of staying behind.
    """
    result = Reviewed()
    known = {item.key for item in items}
    opinions: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        if action.item in known:
            opinions[action.item].append(action)
        else:
            result.unknown.append(action.item)
    for item in items:
        given = opinions.get(item.key, [])
        digest = item.digest()
        valid = [action for action in given if action.digest in ("", digest)]
        if not given:
            result.unseen += 1
            if keep_unseen:
                result.kept.append(item.record)
            continue
        chosen = _choose(valid, resolve)
        if chosen is None or (len(valid) < len(given) and resolve == "agree"):
            why = "the text changed after the decision" if len(valid) < len(given) else "reviewers disagree"
            result.conflicts.append(
                {
                    "id": item.key,
                    "why": why,
                    "opinions": [action.as_dict() for action in given],
                    "record": item.record.as_dict(),
                }
            )
        elif chosen.decision == "reject":
            measured = {"reason": chosen.reason or "none given", "note": chosen.note, "reviewers": _names(valid)}
            result.rejected.append({**item.record.as_dict(), "rejected_by": "review", "measured": measured})
        else:
            result.kept.append(_apply(item.record, chosen, _names(valid)))
    return result


def _names(actions: Iterable[Action]) -> list[str]:
    return sorted({action.reviewer for action in actions})


def _opinion(action: Action) -> str:
    return canonical_json([action.decision, action.messages, action.input])


def _choose(actions: list[Action], resolve: Resolve) -> Action | None:
    if not actions:
        return None
    if resolve == "latest":
        return actions[-1]
    groups: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        groups[_opinion(action)].append(action)
    largest = max(groups.values(), key=len)
    if len(groups) == 1 or (resolve == "majority" and 2 * len(largest) > len(actions)):
        return largest[-1]
    return None


def _apply(record: InstructionRecord, action: Action, reviewers: list[str]) -> InstructionRecord:
    """The record as decided: same id (what it descends from stays findable), the texts before kept in `extra`."""
    decided = deepcopy(record)
    decided.meta.review = STATES[action.decision]
    trail: dict[str, Any] = {"reviewers": reviewers}
    if action.note:
        trail["note"] = action.note
    if action.decision == "edit" and action.messages is not None:
        trail["before"] = {"messages": record.messages, "input": record.meta.input}
        decided.messages = [*action.messages]
        decided.meta.input = action.input
    decided.meta.extra["review"] = trail
    return decided
