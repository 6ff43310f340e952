"""XBRL instances as EDINET writes them: facts, contexts and text blocks, without a taxonomy.

XBRL 2.1 instance documents (`.xbrl`) hold text blocks as escaped XHTML. A concept whose name ends in `TextBlock` is of
the type `textBlockItemType` (or a filer's extension of it); no taxonomy is needed to find the text of a filing.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from tekio.text.unreadable import UnreadableError
from tekio.text.xml import parse_xml

XBRLI = "http://www.xbrl.org/2003/instance"
_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@dataclass(frozen=True)
class Fact:
    """One fact. `value` is the text as written (escaped markup decoded once), None when the fact is nil."""

    namespace: str
    prefix: str
    name: str
    context: str
    unit: str | None
    decimals: str | None
    value: str | None

    @property
    def is_text_block(self) -> bool:
        """Whether the fact holds text of the filing with its markup."""
        return self.name.endswith("TextBlock") and self.unit is None


@dataclass(frozen=True)
class Instance:
    """The facts of an instance document in document order."""

    facts: tuple[Fact, ...]

    def dei(self, name: str) -> str | None:
        """A value of the document and entity information, for example `EDINETCodeDEI`."""
        return self._information.get(name)

    @cached_property
    def _information(self) -> dict[str, str | None]:
        """By name, the first value of each."""
        found: dict[str, str | None] = {}
        for fact in self.facts:
            if fact.prefix.startswith("jpdei"):
                found.setdefault(fact.name, (fact.value or "").strip() or None)
        return found

    def text_blocks(self) -> list[Fact]:
        """The text blocks that hold something."""
        return [fact for fact in self.facts if fact.is_text_block and fact.value is not None]


def read_instance(raw: bytes) -> Instance:
    """The facts of an `.xbrl` file. Raises `UnreadableError`: `bad_xml`, `doctype`, `too_large`, `not_xbrl`."""
    root = parse_xml(raw)
    if etree.QName(root).namespace != XBRLI or etree.QName(root).localname != "xbrl":
        raise UnreadableError("not_xbrl", {"root": str(root.tag)[:200]})
    elements = (element for element in root if isinstance(element.tag, str))
    return Instance(tuple(_fact(element) for element in elements if element.get("contextRef") is not None))


def _fact(element: Any) -> Fact:
    name = etree.QName(element)
    nil = element.get(_XSI_NIL) in ("true", "1")
    return Fact(
        namespace=name.namespace or "",
        prefix=element.prefix or "",
        name=name.localname,
        context=element.get("contextRef"),
        unit=element.get("unitRef"),
        decimals=element.get("decimals"),
        value=None if nil else "".join(element.itertext()),
    )
