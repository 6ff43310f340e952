"""One reason to be careful, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tekio.errors import Text

Severity = Literal["high", "medium", "note"]
NOTHING = Text("", "")
RANK = {"high": 0, "medium": 1, "note": 2}


@dataclass(frozen=True)
class Caution:
    """One reason to be careful. `key` names the rule."""

    key: str
    severity: Severity
    title: Text
    detail: Text
    items: tuple[Text, ...] = ()


def listed(key: str, severity: Severity, title: Text, values: list[Text], detail: Text = NOTHING) -> list[Caution]:
    """A caution with a list, or none where the list is empty."""
    if not values:
        return []
    return [Caution(key, severity, title, detail, tuple(values))]
