"""EDINET filings: text blocks by concept from the ZIP of the API (type=1) or a single `.xbrl` file.

Every text block becomes a document, or a named refusal: `contained_in_block` (its text stands in a larger block that is
kept, as the taxonomy nests them), `superseded_by_amendment`, `concept_not_chosen`, `table_dropped`, `no_text`, `heading_only`,
`nothing_to_report` (該当事項はありません). So does the text of the inline documents between the blocks (`untagged`). The first
row of a filing carries the account of all characters in `meta.filing_coverage`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from lxml import etree

from tekio.corpus.readers.filing_headings import bare_heading, heading_of, says_nothing
from tekio.corpus.readers.ixbrl import read_inline
from tekio.corpus.readers.rows import (
    Rejected,
    Rows,
    UnitFile,
    make_document,
    one_of,
    option_int,
    option_list,
    option_tables,
    wrong_option,
)
from tekio.corpus.readers.untagged import Untagged, read_untagged
from tekio.corpus.readers.xbrl import Fact, Instance, read_instance
from tekio.documents import Document, document_id
from tekio.recipe.corpus import SourceConfig
from tekio.rows.archive import ArchiveLimits, Member, ZipArchive
from tekio.text.hidden import drop_hidden
from tekio.text.html import page_text, parse_html_text
from tekio.text.tables.render import Count, Tables
from tekio.text.unreadable import UnreadableError
from tekio.visible import shown_name

MAX_XBRL_BYTES = 200_000_000

WHOLE = 0.25  # of a block's characters that an amendment's block must have to stand for it; less is an excerpt
_EXCERPT = re.compile(
    r"[（(〈<＜【〔[]\s*(?:(?:前|中|後|以[上下]|一部|途中)\s*(?:省\s*)?|省\s*)略\s*[）)〉>＞】〕\]]"
    r"|下線(?:部)?[^。<]{0,20}訂正|(?:訂正|変更)(?:した|する)?(?:箇所|部分)(?:は|に|のみ)"
)
"""What an amendment says that gives only what it changes."""
INSTANCE_NAME = re.compile(
    r"(?P<form>jp[a-z]{2,4}[0-9]*-[a-z0-9]+(?:-[a-z]+)?-[0-9]{3})_(?P<code>[A-Z][0-9]{5}-[0-9]{3})"
    r"_(?P<end>[0-9]{4}-[0-9]{2}-[0-9]{2})_(?P<number>[0-9]{2})_(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.xbrl|_ixbrl\.htm)$"
)
"""EDINET's rule for the names of instances and inline documents: form, code of the filer and sub-document, end of period, submission number, day filed."""

UNTAGGED = "UntaggedText"
"""The concept, for `concepts` and `exclude`, of text outside of every text block."""
_PAGE_FOOTER = re.compile(
    r"^(?:.{2,40}報告書（[^）]{2,12}）_[0-9]{14}|EDINET提出書類|[\s　]*[-－―‐][\s　]*[0-9０-９]{1,3}[\s　]*[-－―‐][\s　]*)$"
)


@dataclass(frozen=True)
class Block:
    """A text block: its fact and its text with tables as chosen.

    bare: all characters of the markup's text but white space: what is counted and compared.
    tables: the text of tables left out, count: the cells of all tables in and out. footers: page footers taken out. lost: characters that stand in none of them.
    """

    fact: Fact
    text: str = ""
    tables: str = ""
    footers: str = ""
    bare: str = ""
    lost: int = 0
    count: Count = field(default_factory=Count)

    @property
    def characters(self) -> int:
        return len(self.bare)


def squeeze(text: str) -> str:
    """`text` without white space: what is counted and compared."""
    return "".join(text.split())


def read_block(fact: Fact, tables: Tables) -> Block:
    """The text of a text block's markup. Raises `UnreadableError` when the markup passes a limit."""
    value = fact.value or ""
    if not value.strip():
        return Block(fact)
    root = parse_html_text(value)
    bare = squeeze("".join(root.itertext(etree.Element)))
    if "none" in value:
        drop_hidden(root)
    read = page_text(root, tables=tables)
    text, left = read.text, read.dropped
    lines = text.split("\n")
    footers = [line for line in lines if _PAGE_FOOTER.match(line)]
    if footers:
        text = "\n".join(line for line in lines if not _PAGE_FOOTER.match(line))
    missing = Counter(bare)
    missing.subtract(squeeze("".join((text, *left, *footers))))
    lost = sum(count for count in missing.values() if count > 0)
    return Block(fact, text, "\n".join(left), "\n".join(footers), bare, lost, read.tables)


def read_filing(source: SourceConfig, file: UnitFile) -> Rows:
    """The documents of a filing (ZIP or `.xbrl`).

    Options: `tables` (labelled, lines, markdown, drop), `concepts` and `exclude` (names or patterns such as `*Risks*`), `parts`
    (public, audit), `max_file_bytes`.
    """
    tables = option_tables(source)
    rejected: list[Rejected] = []  # members without text of the filing: schemas, pictures, attachments, refused ones
    untagged: dict[str, Untagged] = {}
    instances = list(_instances(source, file, rejected, untagged))
    yield from rejected
    if not instances:
        raise UnreadableError("no_xbrl", {"rejected_members": len(rejected)})
    later = [_replacements(path, source) for path in file.superseded_by]
    rows = list(_blocks(source, file, instances, tables, later, untagged))
    rows += _untagged_rows(source, file, instances, untagged, later)
    if rows:
        first = next((row for row in rows if isinstance(row, Document)), rows[0])
        (first.meta if isinstance(first, Document) else first.measured)["filing_coverage"] = filing_coverage(rows)
    else:
        yield Rejected(file.uri, "no_text_blocks", {"instances": len(instances)}, whole_file=True)
    yield from rows


def filing_coverage(rows: Sequence[Document | Rejected]) -> dict[str, Any]:
    """Characters of a filing's text blocks: `in`, `kept`, and left out by reason. `in` is the sum of the others."""
    counts: Counter[str] = Counter()
    for row in rows:
        if isinstance(row, Document):
            counts["kept"] += row.meta["characters"]
        else:
            counts[row.reason] += row.measured.get("characters", 0)
    return {"in": sum(counts.values()), **{name: counts[name] for name in sorted(counts)}}


def _instances(
    source: SourceConfig, file: UnitFile, rejected: list[Rejected], untagged: dict[str, Untagged] | None = None
) -> Iterator[tuple[str, Instance]]:
    """Name and facts of the instance documents of a filing; members that are refused go to `rejected`.

    untagged: takes the text outside of text blocks, by the name of the inline document. Where a folder has no `.xbrl` file, its inline documents (`.htm`) are read as one instance.
    """
    parts = option_list(source, "parts") or ["public", "audit"]
    folders = {"public": "PublicDoc", "audit": "AuditDoc"}
    if unknown := [part for part in parts if part not in folders]:
        raise wrong_option(source, "parts", unknown[0], one_of(*folders))
    limit = option_int(source, "max_file_bytes", MAX_XBRL_BYTES)
    if file.path.suffix.lower() != ".zip":
        yield shown_name(Path(file.path.name)), read_instance(file.read(limit))
        return
    with ZipArchive(file.path, ArchiveLimits(member_bytes=limit)) as archive:
        members = sorted(archive.members, key=lambda member: member.name)
        rejected += [
            Rejected(f"{file.uri}!/{member.name}", member.refused, {"bytes": member.size})
            for member in members
            if member.refused
        ]
        taken: set[str] = set()
        for part in parts:
            inside = [member for member in members if not member.refused and _is_in(member, folders[part])]
            generated = [member for member in inside if member.name.lower().endswith(".xbrl")]
            if part == "public" and not inside:  # no filing of EDINET, but an instance all the same
                generated = [
                    member
                    for member in members
                    if not member.refused
                    and member.name.lower().endswith(".xbrl")
                    and not _is_in(member, folders["audit"])
                ]
            inline = [member for member in inside if member.name.lower().endswith((".htm", ".html", ".xhtml"))]
            groups = [[member] for member in generated] or ([inline] if inline else [])
            for group in groups:
                taken |= {member.name for member in group}
                try:
                    raws = [archive.read(member) for member in group]
                    instance = read_instance(raws[0]) if generated else read_inline(raws)
                except UnreadableError as error:
                    rejected.append(Rejected(f"{file.uri}!/{group[0].name}", error.reason, error.measured))
                    continue
                yield group[0].name, instance
            if untagged is not None:
                taken |= {member.name for member in inline}
                for member in inline:
                    try:
                        untagged[member.name] = read_untagged(archive.read(member), option_tables(source))
                    except UnreadableError as error:
                        rejected.append(Rejected(f"{file.uri}!/{member.name}", error.reason, error.measured))
        rejected += [
            Rejected(f"{file.uri}!/{member.name}", "beside_instance", {"bytes": member.size})
            for member in members
            if not member.refused and member.name not in taken
        ]


def _is_in(member: Member, folder: str) -> bool:
    return f"/{folder}/" in f"/{member.name}"


Key = tuple[str, str, str, str, str]
"""What makes two text blocks the same section of the same report: form, code, end of period, concept, context."""


def _key(name: str, fact: Fact) -> Key:
    named = INSTANCE_NAME.search(name)
    form, code, end = (named["form"], named["code"], named["end"]) if named else ("", "", "")
    return form, code, end, fact.name, fact.context


def _replacements(path: Path, source: SourceConfig) -> dict[Key, int]:
    """The text blocks an amended filing gives anew, with their characters; not excerpts (old words set against new)."""
    found: dict[Key, int] = {}
    untagged: dict[str, Untagged] = {}
    file = UnitFile(path, path.name, 0)
    try:
        for name, instance in _instances(source, file, [], untagged):
            for fact in instance.text_blocks():
                text = fact.value or ""
                if not _EXCERPT.search(text) and not ("訂正前" in text and "訂正後" in text):
                    found[_key(name, fact)] = read_block(fact, "lines").characters
        for name, inline in untagged.items():
            for piece in inline.pieces:
                if piece.bare and not _EXCERPT.search(piece.text):
                    found[_key(name, _untagged_fact(name, piece.text))] = len(piece.bare)
    except (UnreadableError, OSError):
        return found  # an amendment that cannot be read replaces nothing
    return found


def _blocks(
    source: SourceConfig,
    file: UnitFile,
    instances: list[tuple[str, Instance]],
    tables: Tables,
    later: list[dict[Key, int]],
    untagged: dict[str, Untagged],
) -> Rows:
    above = {key: heading for document in untagged.values() for key, heading in document.headings.items()}
    chosen, excluded = option_list(source, "concepts"), option_list(source, "exclude")
    entity = next((instance for _, instance in instances if instance.dei("EDINETCodeDEI")), instances[0][1])
    found: list[tuple[str, Block]] = []
    used: Counter[str] = Counter(fact.name for _, instance in instances for fact in instance.text_blocks())
    for name, instance in instances:
        for fact in instance.text_blocks():
            try:
                found.append((name, read_block(fact, tables)))
            except UnreadableError as error:
                measured = error.measured | {"characters": len(fact.value or ""), "concept": fact.name}
                yield Rejected(f"{file.uri}#{fact.name};{fact.context}", error.reason, measured)
    container = containers([block for _, block in found])
    for number, (name, block) in enumerate(found):
        fact = block.fact
        part = fact.name if used[fact.name] == 1 else f"{fact.name};{fact.context}"
        document = _document(source, file, part, block, name, entity, above.get((fact.name, fact.context)))
        measured: dict[str, Any] = {"characters": block.characters, "concept": fact.name}
        whole = replace(document, text="\n".join(filter(None, (block.text, block.tables, block.footers))))
        if not block.bare:
            yield Rejected(document.uri, "no_text", measured)
        elif (chosen and not _matches(fact.name, chosen)) or _matches(fact.name, excluded):
            yield Rejected(document.uri, "concept_not_chosen", measured, whole)
        elif any(given.get(_key(name, fact), 0) >= WHOLE * block.characters for given in later):
            measured["by"] = shown_name(Path(file.superseded_by[-1].name))
            yield Rejected(document.uri, "superseded_by_amendment", measured, whole)
        elif (outer := container[number]) is not None:
            measured["block"] = found[outer][1].fact.name
            yield Rejected(document.uri, "contained_in_block", measured, whole)
        elif not block.tables and not block.footers and (reason := says_nothing(block.text)):
            yield Rejected(document.uri, reason, measured, whole)
        else:
            yield from _kept(document, block, measured)


def _kept(document: Document, block: Block, measured: dict[str, Any]) -> Rows:
    """The document of a block, and what was left out of it as rows of their own."""
    kept = block.characters - block.lost
    for reason, text in (("table_dropped", block.tables), ("page_footer", block.footers)):
        if text:
            count = min(len(squeeze(text.replace(" | ", ""))), kept)
            kept -= count
            place = f"{document.uri};{reason}"
            meta = document.meta | {"characters": count}
            left = replace(document, id=document_id(document.source, place, text), text=text, meta=meta)
            yield Rejected(place, reason, measured | {"characters": count}, left)
    if block.lost:
        yield Rejected(f"{document.uri};lost", "markup_not_read", measured | {"characters": block.lost})
    document.meta["characters"] = kept
    if document.text.strip():
        yield document
    elif kept:
        yield Rejected(document.uri, "no_text", measured | {"characters": kept}, document)


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) or name == f"{pattern}TextBlock" for pattern in patterns)


def containers(blocks: Sequence[Block]) -> list[int | None]:
    """For every block the block that holds its whole text, or None: the longest first, of equal ones the first.

    The taxonomy nests blocks (a note in the notes, the opinion in the auditor's report) and `.xbrl` files repeat the
    text; the outermost is kept because it has the context.
    """
    order = sorted(range(len(blocks)), key=lambda number: (-blocks[number].characters, number))
    result: list[int | None] = [None] * len(blocks)
    kept: list[int] = []
    starts: list[int] = []
    text = ""
    pieces: list[str] = []
    for number in order:
        bare = blocks[number].bare
        if not bare:
            continue
        if pieces:
            text += "\0".join(pieces) + "\0"
            pieces.clear()
        place = text.find(bare)
        if place >= 0:
            result[number] = kept[bisect_right(starts, place) - 1]
            continue
        starts.append(len(text))
        kept.append(number)
        pieces.append(bare)
    return result


def _untagged_fact(name: str, text: str) -> Fact:
    """Text between blocks as a fact; what stands in an amendment's document of this name under this heading replaces it."""
    return Fact("", "tekio", UNTAGGED, f"{_stem(name)};{heading_of(text) or ''}", None, None, None)


def _stem(name: str) -> str:
    """The part of an inline document's name that says its place in a filing: `0105010_honbun`."""
    return PurePosixPath(name).name.removesuffix("_ixbrl.htm").partition("_jp")[0]


def _untagged_rows(
    source: SourceConfig,
    file: UnitFile,
    instances: list[tuple[str, Instance]],
    untagged: dict[str, Untagged],
    later: list[dict[Key, int]],
) -> Rows:
    """The text between the text blocks: documents, and headings and the like as rows of their own."""
    if not instances:
        return
    entity = next((instance for _, instance in instances if instance.dei("EDINETCodeDEI")), instances[0][1])
    chosen, excluded = option_list(source, "concepts"), option_list(source, "exclude")
    for name, inline in sorted(untagged.items()):
        stem, dropped, document = _stem(name), 0, None
        for number, piece in enumerate(inline.pieces, start=1):
            if not piece.bare:
                continue
            fact = _untagged_fact(name, piece.text)
            block = Block(fact, piece.text, bare=piece.bare, count=inline.count if number == 1 else Count())
            missing = Counter(piece.bare)
            missing.subtract(squeeze(piece.text))
            lost = sum(count for count in missing.values() if count > 0)
            block = replace(block, lost=min(lost, block.characters))
            document = _document(source, file, f"{UNTAGGED};{stem};{number}", block, name, entity, None)
            measured: dict[str, Any] = {"characters": block.characters, "concept": UNTAGGED}
            if (chosen and UNTAGGED not in chosen) or _matches(UNTAGGED, excluded):
                yield Rejected(document.uri, "concept_not_chosen", measured, document)
            elif any(given.get(_key(name, fact), 0) >= WHOLE * block.characters for given in later):
                measured["by"] = shown_name(Path(file.superseded_by[-1].name))
                yield Rejected(document.uri, "superseded_by_amendment", measured, document)
            elif piece.text.strip() and (reason := says_nothing(piece.text)):
                yield Rejected(document.uri, reason, measured, document)
            elif inline.tables:  # the tables of all pieces are one row, below
                dropped += block.lost
                measured["characters"] = block.characters - block.lost
                yield from _kept(document, replace(block, bare=piece.bare[block.lost :], lost=0), measured)
            else:
                yield from _kept(document, block, measured)
        for reason, count in (("table_dropped", dropped), ("page_footer", len(inline.footers))):
            if count and document:
                place = f"{file.uri}#{UNTAGGED};{stem};{reason}"
                text = inline.tables if reason == "table_dropped" else inline.footers
                left = replace(document, id=document_id(source.name, place, text), text=text)
                yield Rejected(place, reason, {"characters": count, "concept": UNTAGGED}, left)


def _document(
    source: SourceConfig, file: UnitFile, part: str, block: Block, name: str, entity: Instance, above: str | None
) -> Document:
    """above: the heading that stands over the block, outside of it."""
    named = INSTANCE_NAME.search(name)
    fact = block.fact
    filer = entity.dei("FilerNameInJapaneseDEI")
    heading = heading_of(block.text) or above or _first_words(block.text)
    code = entity.dei("EDINETCodeDEI") or (named["code"].split("-")[0] if named else None)
    meta: dict[str, Any] = {
        "concept": f"{fact.prefix}:{fact.name}",
        "context": fact.context,
        "section": heading or concept_words(fact.name),
        "characters": block.characters,
        "instance": PurePosixPath(name).name,
        "company": filer,
        "edinet_code": code,
        "security_code": entity.dei("SecurityCodeDEI"),
        "document_type": entity.dei("DocumentTypeDEI"),
        "accounting_standards": entity.dei("AccountingStandardsDEI"),
        "amendment": entity.dei("AmendmentFlagDEI") == "true" or (bool(named) and named["number"] != "01"),
        "fund_code": entity.dei("FundCodeDEI"),
    }
    return make_document(
        source,
        file,
        block.text,
        part=part,
        title=" ".join(filter(None, (filer, heading or concept_words(fact.name)))),
        published=named["date"] if named else None,
        as_of=entity.dei("CurrentPeriodEndDateDEI") or (named["end"] if named else None),
        group=code,
        meta={key: value for key, value in (meta | block.count.meta()).items() if value is not None},
    )


def _first_words(text: str) -> str | None:
    """The beginning of a text, for one that has no heading."""
    line = next((line for line in text.split("\n") if line.strip(" \t\u3000")), "")
    words = re.split("[。|]", line, maxsplit=1)[0].strip(" \t\u3000")
    return (bare_heading(words) or words)[:40] or None


def concept_words(name: str) -> str:
    """A concept's name in words: `BusinessRisksTextBlock` -> `Business Risks`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.removesuffix("TextBlock"))


def filing_key(path: Path) -> tuple[tuple[str, str, str], tuple[str, str]] | None:
    """((form, filer, period), (submission number, day filed)) of a filing, from its file names alone; None if unknown.

    Two filings with the same first part are an original and its amendments.
    """
    names: list[str] = []
    try:
        if path.suffix.lower() == ".zip":
            with ZipArchive(path) as archive:
                names = sorted(member.name for member in archive.readable() if "/PublicDoc/" in f"/{member.name}")
        else:
            names = [path.name]
    except (UnreadableError, OSError):
        return None
    for name in names:
        if found := INSTANCE_NAME.search(name):
            return (found["form"], found["code"], found["end"]), (found["number"], found["date"])
    return None
