"""Harvested pairs as rows of the instruct stage."""

from __future__ import annotations

from pathlib import Path

from tekio.artifacts.instruct import PageCoverage, Remainder
from tekio.instruct.candidate import Row, broken_row
from tekio.instruct.harvest.files import harvest_path
from tekio.instruct.harvest.page import HarvestedPage, HarvestedPair
from tekio.recipe.instruct import HarvestConfig
from tekio.records import InstructionMeta, new_record
from tekio.text.ocr_debris import repair_debris
from tekio.text.unreadable import UnreadableError

MAX_REMAINDER = 200


def harvest_file(path: Path, uri: str, source: HarvestConfig) -> tuple[list[Row], PageCoverage]:
    """The rows of one page and its line for the funnel (`file`, `pairs`, `coverage`, remainder)."""
    try:
        page = harvest_path(path, source.readings or None)
    except UnreadableError as error:
        row = broken_row(source.name, source.license, uri, error.reason, error.measured)
        return [row], _unread(uri, error.reason)
    rows = [_row(pair, uri, page, source) for pair in page.pairs]
    if page.silence:
        rows.append(broken_row(source.name, source.license, uri, page.silence, page.main_characters))
    rows.extend(broken_row(source.name, source.license, uri, "listed_not_found", entry) for entry in page.missing)
    return rows, page_line(page, uri)


def _row(pair: HarvestedPair, uri: str, page: HarvestedPage, source: HarvestConfig) -> Row:
    group = {"page": uri, "topic": f"{uri} {pair.topic}", "pair": ""}[source.group]
    meta = InstructionMeta(
        task="faq",
        origin=source.name,
        license=source.license,
        topic=pair.topic or None,
        parents=[uri + pair.anchor],
        as_of=pair.as_of,
        group=f"{source.name}:{group}" if group else "",
        extra={
            "reading": pair.reading,
            "confidence": pair.confidence,
            "suggestions": pair.suggestions,
            # Within it one question has one answer: a source, whose site it is, the page as its title names it, and the section.
            "scope": "\x1f".join((source.name, page.site, page.title, pair.topic)),
            **({"site": page.site} if page.site else {}),
            **({"section": page.trail[-1]} if page.trail else {}),
        },
    )
    question, answer = repair_debris(pair.question), repair_debris(pair.answer)
    row = Row(new_record(question.text or pair.question, answer.text or pair.answer, meta))
    if damaged := (*question.damaged, *answer.damaged):
        row.reject("ocr_debris", list(damaged[:3]))
    elif question.repaired or answer.repaired:
        meta.extra["repaired"] = "ocr_debris"
    if row.alive and pair.confidence < source.min_confidence:
        row.reject("low_confidence", pair.confidence)
    return row


def page_line(page: HarvestedPage, uri: str, most: int | None = MAX_REMAINDER) -> PageCoverage:
    """What is known of a page: how much of its main content is in pairs, and what is left over, by kind.

    most: pieces of the remainder that are listed; None: all.
    """
    kinds: dict[str, int] = {}
    for item in page.remainder:
        kinds[item.kind] = kinds.get(item.kind, 0) + len("".join(item.text.split()))
    return PageCoverage(
        file=uri,
        pairs=len(page.pairs),
        coverage=round(page.coverage, 4),
        remainder_characters=page.main_characters - page.pair_characters,
        rejected=None,
        main_characters=page.main_characters,
        pair_characters=page.pair_characters,
        remainder_kinds=dict(sorted(kinds.items())),
        outside_characters=page.outside_characters,
        silence=page.silence,
        missing=list(page.missing),
        remainder=[Remainder(kind=item.kind, text=item.text) for item in page.remainder[:most]],
    )


def _unread(uri: str, reason: str) -> PageCoverage:
    return PageCoverage(
        file=uri,
        pairs=0,
        coverage=0.0,
        remainder_characters=0,
        rejected=reason,
        main_characters=None,
        pair_characters=None,
        remainder_kinds=None,
        outside_characters=None,
        silence=None,
        missing=None,
        remainder=None,
    )
