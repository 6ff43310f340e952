"""Questions about a filing's figures: rows for the templates, with an answer that can be checked.

Every row carries `answer_check`: concept, value, unit, decimals, period, consolidation, and the answer expected. The
screening check `wrong_answer` reads the number in the answer back and compares (`answer_agrees`), so a record edited
later, by a person or a model, cannot silently state another figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tekio.instruct.expand.facts import Fact, Filing, instances_in, read_filing
from tekio.instruct.expand.readers import Reading, Row
from tekio.instruct.expand.rules import DroppedError
from tekio.text.unreadable import UnreadableError

TABLE_ROWS = 8
_SCALES = {-6: (Decimal(10) ** 6, "百万円"), -3: (Decimal(10) ** 3, "千円")}
_SCALE_OF = {
    "兆": Decimal(10) ** 12,
    "億": Decimal(10) ** 8,
    "百万": Decimal(10) ** 6,
    "万": Decimal(10) ** 4,
    "千": Decimal(10) ** 3,
}
_NUMBER = re.compile(r"([△▲-]?)\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*(兆|億|百万|万|千)?\s*(円|%|倍|株|ポイント)")


def show(fact: Fact) -> str | None:
    """A value as a filing prints it: `323,609百万円`, `△839百万円`, `25.05円`, `45.1％`, `12,345株`; None when it cannot be."""
    sign = "△" if fact.value < 0 else ""
    size = abs(fact.value)
    if fact.form == "amount" and fact.unit == "JPY":
        scale, word = _SCALES.get(fact.decimals or 0, (Decimal(1), "円"))
        return f"{sign}{(size / scale).to_integral_value(ROUND_HALF_UP):,}{word}"
    if fact.form == "per_share" and fact.unit.startswith("JPY"):
        return f"{sign}{size:,}円"
    if fact.form == "ratio" and fact.unit == "pure":
        return f"{sign}{_trim(size * 100)}％"
    if fact.form == "times" and fact.unit == "pure":
        return f"{sign}{_trim(size)}倍"
    if fact.form == "shares" and fact.unit == "shares":
        return f"{size:,}株"
    return None


def _trim(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def read_edinet(path: Path, _: Mapping[str, Any]) -> Reading:
    """One row for each figure of the current period in an EDINET archive or an `.xbrl` instance."""
    for name, raw in instances_in(path):
        try:
            filing = read_filing(name, raw)
        except UnreadableError as error:
            yield f"/{name}", error
            continue
        rows = list(filing_rows(filing))
        yield from ((f"/{name}#{number}", row) for number, row in enumerate(rows))
        if not rows:
            yield f"/{name}", DroppedError("no_known_figure", f"{filing.left_out} figures, none with a known label")


def filing_rows(filing: Filing) -> Iterator[Row]:
    """The rows of one filing; each figure once (the summary and the statements repeat each other)."""
    seen: set[tuple[str, bool]] = set()
    current = [fact for fact in filing.facts if fact.end == filing.current_end and show(fact) is not None]
    prior = {
        (fact.concept, fact.consolidated, fact.start is None, fact.end): fact
        for fact in filing.facts
        if fact.end < filing.current_end
    }
    kept: list[Fact] = []
    for fact in current:
        if (fact.label, fact.consolidated) not in seen:
            seen.add((fact.label, fact.consolidated))
            kept.append(fact)
    for number, fact in enumerate(kept):
        same = [other for other in kept if other.consolidated == fact.consolidated]
        place = same.index(fact)
        first = max(0, min(place - TABLE_ROWS // 2, len(same) - TABLE_ROWS))
        table = same[first : first + TABLE_ROWS]
        yield _row(filing, fact, _before(fact, prior, filing), table, number)


def _before(fact: Fact, prior: Mapping[tuple[str, bool, bool, str], Fact], filing: Filing) -> Fact | None:
    """The same figure one year earlier, to the day."""
    year, rest = filing.current_end[:4], filing.current_end[4:]
    if not year.isdecimal():
        return None
    for day in (f"{int(year) - 1}{rest}", f"{int(year) - 1}-02-29" if rest == "-02-28" else ""):
        found = prior.get((fact.concept, fact.consolidated, fact.start is None, day))
        if found is not None:
            return found
    return None


def period_text(filing: Filing, *, instant: bool) -> str:
    """`2026年3月期`, `2026年9月中間期`, and with 末 for the value of a day."""
    year, month = filing.current_end[:4], int(filing.current_end[5:7])
    kind = "期" if filing.period_kind == "FY" else "中間期" if filing.period_kind in ("HY", "Q2") else "四半期"
    return f"{year}年{month}月{kind}{'末' if instant else ''}"


def _row(filing: Filing, fact: Fact, before: Fact | None, table: list[Fact], number: int) -> Row:
    answer = show(fact) or ""
    shown = [(item.label, show(item) or "") for item in table]
    unique = sum(value == answer for _, value in shown) == 1
    check = {
        "kind": "figure",
        "concept": fact.concept,
        "value": str(fact.value),
        "unit": fact.unit,
        "decimals": fact.decimals,
        "period": [fact.start, fact.end],
        "consolidated": fact.consolidated,
        "answer": answer,
    }
    change, direction = _change(fact, before)
    return {
        "company": filing.company,
        "edinet_code": filing.edinet_code,
        "document": filing.document,
        "number": number,
        "standard": filing.standard,
        "label": fact.label,
        "concept": fact.concept,
        "consolidated": "連結" if fact.consolidated else "個別",
        "period": period_text(filing, instant=fact.start is None),
        "period_name": period_text(filing, instant=False),
        "period_end": fact.end,
        "answer": answer,
        "unit_word": re.sub(r"^[△0-9,.]+", "", answer),
        "table": "\n".join(f"{label}: {value}" for label, value in shown),
        "unique": unique,
        "prior_answer": (show(before) or "") if before is not None else "",
        "change": change,
        "direction": direction,
        "answer_check": check,
        "change_check": {**check, "kind": "change", "prior": str(before.value), "answer": change}
        if change and before
        else None,
    }


def _change(fact: Fact, before: Fact | None) -> tuple[str, str]:
    """(size of the change in per cent with one decimal, 増加 or 減少) for positive amounts; empty when it has no meaning."""
    if before is None or fact.form not in ("amount", "per_share") or before.value <= 0 or fact.value <= 0:
        return "", ""
    rate = ((fact.value - before.value) / before.value * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{abs(rate)}％", "増加" if rate > 0 else "減少" if rate < 0 else "横ばい"


def answer_agrees(answer: str, check: Mapping[str, Any]) -> bool:
    """Whether the first figure in `answer` is the one `check` expects, to the precision it is told with."""
    plain = unicodedata.normalize("NFKC", answer)
    wanted = _first(unicodedata.normalize("NFKC", str(check.get("answer", ""))))
    told = _first(plain)
    if wanted is None or told is None:
        return bool(check.get("answer")) and str(check["answer"]) in answer
    if wanted[1] != told[1]:
        return False
    return abs(wanted[0] - told[0]) <= told[2] / 2


def _first(text: str) -> tuple[Decimal, str, Decimal] | None:
    """(value, unit, value of the last digit told) of the first figure in a text."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = found[2].replace(",", "")
    scale = _SCALE_OF.get(found[3] or "", Decimal(1))
    try:
        value = Decimal(digits) * scale
    except InvalidOperation:
        return None
    places = len(digits.partition(".")[2])
    return (-value if found[1] else value), found[4], scale / Decimal(10) ** places
