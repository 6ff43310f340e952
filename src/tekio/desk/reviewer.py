"""Who decides: the name under which decisions are kept."""

from __future__ import annotations

import re

from tekio.errors import InputError, Text

MAX_REVIEWER = 60
_REVIEWER = re.compile(r"[\w.@ +-]+")


def reviewer_name(value: object) -> str:
    """A reviewer's name as given. Raises `InputError` for one that cannot be shown or stored."""
    name = value.strip() if isinstance(value, str) else ""
    if not name or len(name) > MAX_REVIEWER or not _REVIEWER.fullmatch(name):
        raise InputError(
            Text("A reviewer needs a name (letters, digits, space, . @ _ -).", "確認者の名前が使えません。"),
            where=repr(value)[:100],
        )
    return name
