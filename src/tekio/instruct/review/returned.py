"""Decisions that come back from a static page (JSON Lines with a head line), and what all returning forms share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tekio.errors import InputError, Message, TekioError, Text, say
from tekio.instruct.formats.rejected import RejectedRecord
from tekio.instruct.formats.rows import read_rows
from tekio.instruct.review.actions import Action, read_action
from tekio.instruct.review.items import ReviewItem
from tekio.reject_reasons import reject_words


@dataclass
class Returned:
    """Decisions to take in; rows without one; and (where, why) of what could not be used."""

    actions: list[Action] = field(default_factory=list[Action])
    untouched: int = 0
    problems: list[tuple[str, Message]] = field(default_factory=list[tuple[str, Message]])

    def take(self, where: str, row: dict[str, Any], items: KnownItems) -> None:
        """Add one decision after checking it against the items; a decision about another text is a problem."""
        try:
            action = read_action(row)
        except InputError as error:
            self.problems.append((where, _words(error)))
            return
        item = items.find(action.item, action.digest)
        if item is None:
            self.problems.append((where, unknown_record(action.item)))
        elif action.digest and action.digest != item.digest():
            words = Text(
                f"record {action.item} has another text now", f"レコード {action.item} の本文はその後変わっています"
            )
            self.problems.append((where, words))
        else:
            self.actions.append(replace(action, item=item.key))


def _words(error: InputError) -> Message:
    """What is wrong with one decision, in one line."""
    why = error.why
    if why is None:
        return error.what
    place = f"{error.where}: " if error.where else ""
    return Text(f"{place}{say(why, 'en')}", f"{place}{say(why, 'ja')}")


def unknown_record(key: str) -> Text:
    """Of a decision about a record that the set does not have."""
    return Text(f"record {key[:60]} is not in this set", f"レコード {key[:60]} はこのデータにありません")


class KnownItems:
    """The items of a set by their key, or by their text: ids of records change when the file that names their origin is renamed."""

    def __init__(self, items: Sequence[ReviewItem]) -> None:
        self._by_key = {item.key: item for item in items}
        self._by_text: dict[str, ReviewItem | None] = {}
        for item in items:
            digest = item.digest()
            self._by_text[digest] = None if digest in self._by_text else item  # the same text twice names none

    def find(self, key: str, digest: str) -> ReviewItem | None:
        """The item with this key, else the only one with this text."""
        return self._by_key.get(key) or self._by_text.get(digest)


def read_decisions(path: Path, items: Sequence[ReviewItem]) -> Returned:
    """The decisions a static page exported. Raises `TekioError` if the file is something else."""
    found, known = Returned(), KnownItems(items)
    for number, row in enumerate(read_rows(path, path.name)):
        if isinstance(row, RejectedRecord):
            found.problems.append((row.where, reject_words(row.rejected_by)))
        elif number == 0:
            if row.row.get("tekio_review") != 1:
                raise TekioError(
                    Text("Not a file that the review page exported.", "確認ページが書き出したファイルではありません。"),
                    where=path,
                )
        else:
            found.take(row.where, row.row, known)
    return found
