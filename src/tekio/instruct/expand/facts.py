"""Facts of an XBRL instance as EDINET hands it out: value, unit, scale, period, consolidation; nothing guessed.

Only contexts without dimensions, or with the axis "consolidated or not" alone, are read: a segment's figure is no
figure of the company. Concepts without a label in `concepts.yaml` are left out and counted.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from tekio.recipe.read import parse_yaml
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import parse_xml

MAX_MEMBERS = 20_000
MAX_INSTANCE = 200_000_000
MAX_RATIO = 400
_XBRLI = "{http://www.xbrl.org/2003/instance}"
_XBRLDI = "{http://xbrl.org/2006/xbrldi}"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_SUFFIXES = ("SummaryOfBusinessResults", "IFRS")
_CONSOLIDATED_AXIS = "ConsolidatedOrNonConsolidatedAxis"


@dataclass(frozen=True)
class Fact:
    """One number. `start` None: the value of a day, else of a period."""

    concept: str
    label: str
    form: str
    value: Decimal
    unit: str
    decimals: int | None
    start: str | None
    end: str
    consolidated: bool


@dataclass(frozen=True)
class Filing:
    """A company's filing and its facts in the order of the instance."""

    company: str
    edinet_code: str
    document: str
    standard: str
    period_kind: str
    current_end: str
    facts: list[Fact]
    left_out: int
    """Numbers whose concept has no label here, or that hold for a segment only."""


@lru_cache(maxsize=1)
def concepts() -> dict[str, tuple[str, str]]:
    """Concept -> (Japanese label, form)."""
    raw = (resources.files("tekio.instruct.expand") / "concepts.yaml").read_bytes()
    value, _ = parse_yaml(raw, "concepts.yaml")
    return {name: (str(item[0]), str(item[1])) for name, item in value.items()}


def instances_in(path: Path) -> list[tuple[str, bytes]]:
    """(name, bytes) of the XBRL instances of a file: an instance itself, or those under PublicDoc of an EDINET archive.

    Raises `UnreadableError` for a damaged or hostile archive. Nothing is written to the disk.
    """
    raw = path.read_bytes()
    if not raw.startswith(b"PK"):
        return [(path.name, raw)]
    found: list[tuple[str, bytes]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise UnreadableError("too_many_members", {"members": len(members), "limit": MAX_MEMBERS})
            for member in sorted(members, key=lambda item: item.filename):
                if "PublicDoc/" not in member.filename or not member.filename.endswith(".xbrl"):
                    continue
                if member.file_size > min(MAX_INSTANCE, MAX_RATIO * max(member.compress_size, 1)):
                    raise UnreadableError("too_large", {"bytes": member.file_size, "member": member.filename})
                with archive.open(member) as stream:
                    content = stream.read(MAX_INSTANCE + 1)
                if len(content) > MAX_INSTANCE:
                    raise UnreadableError("too_large", {"limit": MAX_INSTANCE, "member": member.filename})
                found.append((member.filename.rpartition("/")[2], content))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableError("bad_archive", {"error": str(error)[:200]}) from error
    return found


def _local(tag: Any) -> tuple[str, str]:
    namespace, _, name = str(tag).rpartition("}")
    return namespace, name


def _contexts(root: Any) -> dict[str, tuple[str | None, str, bool | None]]:
    """id -> (start or None, end, consolidated: True, False for the single company, None when a segment)."""
    found: dict[str, tuple[str | None, str, bool | None]] = {}
    for node in root.iter(f"{_XBRLI}context"):
        instant = node.findtext(f"{_XBRLI}period/{_XBRLI}instant")
        start = node.findtext(f"{_XBRLI}period/{_XBRLI}startDate")
        end = instant or node.findtext(f"{_XBRLI}period/{_XBRLI}endDate")
        if not end:
            continue
        members = [
            (str(item.get("dimension")), str(item.text))
            for item in node.iter(f"{_XBRLDI}explicitMember", f"{_XBRLDI}typedMember")
        ]
        consolidated: bool | None = True
        if members:
            only = len(members) == 1 and members[0][0].endswith(_CONSOLIDATED_AXIS)
            consolidated = (not members[0][1].endswith("NonConsolidatedMember")) if only else None
        found[str(node.get("id"))] = (None if instant else start, end.strip(), consolidated)
    return found


def _units(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in root.iter(f"{_XBRLI}unit"):
        measures = [str(item.text).rpartition(":")[2].strip() for item in node.iter(f"{_XBRLI}measure")]
        found[str(node.get("id"))] = "/".join(measures)
    return found


def read_filing(name: str, raw: bytes) -> Filing:
    """The facts of one instance. Raises `UnreadableError` when it is no XBRL or does not say whose it is."""
    root = parse_xml(raw, max_bytes=MAX_INSTANCE)
    if _local(root.tag)[1] != "xbrl":
        raise UnreadableError("not_xbrl", {"root": _local(root.tag)[1]})
    contexts, units = _contexts(root), _units(root)
    about: dict[str, str] = {}
    facts: list[Fact] = []
    left_out = 0
    for node in root:
        if not isinstance(node.tag, str) or node.get("contextRef") is None:
            continue
        namespace, concept = _local(node.tag)
        text = (node.text or "").strip()
        if "jpdei_cor" in namespace:
            about[concept.removesuffix("DEI")] = text
        if node.get("unitRef") is None or node.get(_NIL) in ("true", "1") or not text:
            continue
        fact = _fact(namespace, concept, node, text, contexts, units)
        if fact is None:
            left_out += 1
        else:
            facts.append(fact)
    company = about.get("FilerNameInJapanese", "")
    if not company or not about.get("CurrentPeriodEndDate"):
        raise UnreadableError("no_filer", {"instance": name})
    only_single = about.get("WhetherConsolidatedFinancialStatementsArePrepared") == "false"
    if only_single:  # contexts without a member then speak of the single company
        facts = [replace(fact, consolidated=False) for fact in facts]
    return Filing(
        company=company,
        edinet_code=about.get("EDINETCode", ""),
        document=name.removesuffix(".xbrl"),
        standard=about.get("AccountingStandards", ""),
        period_kind=about.get("TypeOfCurrentPeriod", "FY"),
        current_end=about["CurrentPeriodEndDate"],
        facts=facts,
        left_out=left_out,
    )


def _fact(
    namespace: str,
    concept: str,
    node: Any,
    text: str,
    contexts: dict[str, tuple[str | None, str, bool | None]],
    units: dict[str, str],
) -> Fact | None:
    context = contexts.get(str(node.get("contextRef")))
    if context is None or context[2] is None:
        return None
    base = concept
    for suffix in _SUFFIXES:
        base = base.removesuffix(suffix)
    prefix = "jppfs_cor" if "jppfs" in namespace else "jpcrp_cor" if "jpcrp_cor" in namespace else ""
    known = concepts().get(f"{prefix}:{base}") or concepts().get(base)
    if known is None or not prefix:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    decimals = cast("str | None", node.get("decimals"))
    return Fact(
        concept=f"{prefix}:{concept}",
        label=known[0],
        form=known[1],
        value=value,
        unit=units.get(str(node.get("unitRef")), ""),
        decimals=int(decimals) if decimals and decimals.lstrip("-").isdecimal() else None,
        start=context[0],
        end=context[1],
        consolidated=bool(context[2]),
    )
