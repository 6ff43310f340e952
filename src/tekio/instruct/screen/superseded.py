"""Rules that no longer hold, as a table of patterns: content a reviewer should look at because the law has moved on."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (yaml has no complete type information)

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, cast

import yaml

_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_SENTENCE = re.compile(r"[^。\n]+")


@dataclass(frozen=True)
class Superseded:
    """One rule: since when something else holds, where that stands, and how the old rule shows in a text.

    `why`: what holds now; `reason`: the same in Japanese. `words`: a text without any of them matches no pattern.
    """

    id: str
    since: date
    law: str
    why: str
    reason: str
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None


@cache
def superseded_rules() -> tuple[Superseded, ...]:
    """The table that comes with Tekio (`superseded.yaml`)."""
    text = resources.files("tekio.instruct.screen").joinpath("superseded.yaml").read_text(encoding="utf-8")
    plain = cast("dict[str, dict[str, Any]]", yaml.safe_load(text))
    return tuple(
        Superseded(
            name,
            row["since"],
            row["law"],
            row["why"],
            row["reason"],
            tuple(row["words"]),
            tuple(re.compile(pattern) for pattern in row["patterns"]),
            re.compile(row["unless"]) if "unless" in row else None,
        )
        for name, row in plain.items()
    )


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile("|".join(sorted({re.escape(word) for rule in superseded_rules() for word in rule.words})))


def names_a_rule(text: str) -> bool:
    """Whether a word of any rule stands in `text`: without one, `find_superseded` finds nothing."""
    return _any_word().search(unicodedata.normalize("NFKC", text).replace(",", "")) is not None


def find_superseded(text: str) -> list[dict[str, Any]]:
    """Every rule of the table whose old form a sentence of `text` states: `{"rule", "found", "why", "since", "law"}`.

    A rule's `unless` is looked for in the whole text: a page that knows the new rule is not told of it.
    """
    plain = unicodedata.normalize("NFKC", text)
    if "," in plain:
        plain = _THOUSANDS.sub("", plain)
    found: list[dict[str, Any]] = []
    for rule in superseded_rules():
        for word in rule.words:
            if word in plain:
                break
        else:
            continue
        if rule.unless is not None and rule.unless.search(plain):
            continue
        seen = [
            match[0]
            for sentence in _SENTENCE.findall(plain)
            for pattern in rule.patterns
            if (match := pattern.search(sentence)) is not None
        ]
        seen = [one for one in seen if not any(other != one and other in one for other in seen)]
        if seen:
            why = f"{rule.id}: {rule.why}"
            since = rule.since.isoformat()
            found.append({"rule": "superseded", "found": seen[:5], "why": why, "since": since, "law": rule.law})
    return found
