"""What the style elements of a page say of its elements, for a screen as wide as a desk's: simple selectors, in or below others.

Sheets are never fetched. `@media` blocks count where they hold for a wide screen (not print, not a telephone); pseudo-classes,
attributes and other at-rules are passed over.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Styles = Mapping[str, str]

SCREEN = 1_280
"""Pixels of the screen that is read for."""
MAX_SELECTORS = 5_000
MOST_BY_NAME, MOST_STEPS, MOST_PARTS = 20, 30, 6
"""Rules that are tried for one name, elements above that are looked at, parts of a selector."""
_SEEN = {"display", "visibility", "font-size", "left", "text-indent", "clip", "color", "text-decoration"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_AT_BLOCK = re.compile(r"@([^{};]{0,300})\{((?:[^{}]{0,5000}\{[^{}]{0,2000}\}){0,200}[^{}]{0,5000})\}")
_FEATURE = re.compile(r"\((min|max)-(?:device-)?width\s*:\s*([0-9.]+)(px|em|rem)?\s*\)")
_COMPOUND = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?P<marks>(?:[.#][\w-]+){0,5})")
_COMBINED = re.compile(r"\s*(>)\s*|\s+")


@dataclass(frozen=True)
class _Compound:
    """One part of a selector: the tag, id and classes an element has."""

    tag: str
    name: str
    classes: frozenset[str]

    def fits(self, node: Any) -> bool:
        """Whether an element is one of these."""
        return (
            (not self.tag or node.tag == self.tag)
            and (not self.name or node.get("id") == self.name)
            and self.classes <= set((node.get("class") or "").split())
        )


@dataclass(frozen=True)
class _Rule:
    """The element's own part, and those above it with whether each is its parent, from the nearest on."""

    own: _Compound
    above: tuple[tuple[_Compound, bool], ...]
    styles: Styles

    def fits(self, node: Any) -> bool:
        """Whether the rule is said of an element. Of several that could stand above only the nearest is tried."""
        if not self.own.fits(node):
            return False
        place = node
        for part, is_parent in self.above:
            place = place.getparent()
            steps = 0
            while place is not None and not part.fits(place):
                steps += 1
                place = None if is_parent or steps > MOST_STEPS else place.getparent()
            if place is None:
                return False
        return True


@dataclass
class Rules:
    """The rules of a page, by the class or id that their last part names."""

    by_name: dict[str, list[_Rule]] = field(default_factory=dict[str, list[_Rule]])
    count: int = 0

    @classmethod
    def of(cls, root: Any) -> Rules:
        """The rules of a page's style elements that could hide something."""
        found = cls()
        for element in root.iter("style"):
            if _is_for_screen(element.get("media") or ""):
                found.add(_COMMENT.sub("", (element.text or "")[:200_000]))
        return found

    def add(self, sheet: str) -> None:
        """Take in a sheet: what is outside of at-rules, and what holds for a wide screen."""
        blocks = _AT_BLOCK.findall(sheet)
        for text in (_AT_BLOCK.sub("", sheet), *(inner for told, inner in blocks if _holds(told))):
            for selectors, body in _RULE.findall(text):
                styles = declarations(body)
                if styles.keys() & _SEEN:
                    for selector in selectors.split(","):
                        self._take(selector.strip(), styles)

    def _take(self, selector: str, styles: Styles) -> None:
        parts = _COMBINED.split(selector)
        compounds = [_compound(part) for part in parts[::2]]
        if self.count >= MAX_SELECTORS or len(compounds) > MOST_PARTS or None in compounds:
            return
        own, *above = [compound for compound in reversed(compounds) if compound]
        joints = [mark == ">" for mark in reversed(parts[1::2])]
        name = f"#{own.name}" if own.name else next((f".{one}" for one in sorted(own.classes)), "")
        rules = self.by_name.setdefault(name, [])
        if name and len(rules) < MOST_BY_NAME:
            rules.append(_Rule(own, tuple(zip(above, joints, strict=True)), styles))
            self.count += 1

    def styles_of(self, node: Any) -> Styles:
        """What the rules say of an element, those of its id last."""
        found: dict[str, str] = {}
        for name in (node.get("class") or "").split()[:20]:
            for rule in self.by_name.get(f".{name}", ()):
                if rule.fits(node):
                    found |= rule.styles
        if node.get("id"):
            for rule in self.by_name.get(f"#{node.get('id')}", ()):
                if rule.fits(node):
                    found |= rule.styles
        return found


def declarations(style: str) -> Styles:
    """The declarations of a style attribute or rule, in lower case."""
    return _declarations(style[:4000]) if style else _NONE


_NONE: Styles = {}


@lru_cache(maxsize=1024)  # the cells of a table have few styles
def _declarations(style: str) -> Styles:
    found: dict[str, str] = {}
    for part in style.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip().lower()] = value.lower().replace("!important", "").strip()
    return found


def _compound(part: str) -> _Compound | None:
    match = _COMPOUND.fullmatch(part)
    if match is None or not part:
        return None
    marks = re.findall(r"[.#][\w-]+", match["marks"])
    names = [mark[1:] for mark in marks if mark[0] == "#"]
    if len(names) > 1:
        return None
    return _Compound(match["tag"] or "", "".join(names), frozenset(mark[1:] for mark in marks if mark[0] == "."))


def _holds(told: str) -> bool:
    """Whether an at-rule is a media query that holds for a wide screen."""
    word, _, query = told.strip().partition(" ")
    return word == "media" and _is_for_screen(query)


def _is_for_screen(query: str) -> bool:
    """Whether one of several media queries, with commas between them, holds for a wide screen."""
    return not query.strip() or any(_is_wide(one.strip().lower()) for one in query.split(","))


def _is_wide(query: str) -> bool:
    rest = _FEATURE.sub("", query)
    if "(" in rest or "not" in rest or "print" in rest or "speech" in rest:
        return False
    for side, number, unit in _FEATURE.findall(query):
        try:
            width = float(number) * (16 if unit in ("em", "rem") else 1)
        except ValueError:
            return False
        if (width > SCREEN) if side == "min" else (width < SCREEN):
            return False
    return True
