"""Figures of tables as sentences: each with its labels, two periods compared, parts of a total."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from tekio.knowledge.computed import Computed
from tekio.knowledge.facts import date_value, facts_of
from tekio.knowledge.figures import Figure, how_much
from tekio.knowledge.passages import Passage
from tekio.study.material import Draft, LeftOut, Material
from tekio.study.wording import joined, pick
from tekio.text.dates import japanese_number
from tekio.text.tables.values import is_period

_TELL = (
    "{what}は{value}である。",
    "{scope}では、{row}が{value}となった。",
    "{row}についてみると、{scope}の値は{value}である。",
    "{what}は、{value}です。",
    "{value}というのは、{what}の値である。",
    "{scope}における{row}は{value}だった。",
)
_ASK = ("{what}は{how_much}ですか。", "{what}を答えてください。", "{scope}において、{row}はどれだけですか。")
_REPLY = ("{value}です。", "{what}は{value}です。", "{value}である。")
_RISE = (
    "{what}は、{old}の{before}から{new}の{after}へ{difference}増加した{rate}。",
    "{old}に{before}だった{what}は、{new}には{after}となり、{difference}増えた{rate}。",
    "{what}を比べると、{new}は{after}であり、{old}の{before}を{difference}上回る{rate}。",
)
_FALL = (
    "{what}は、{old}の{before}から{new}の{after}へ{difference}減少した{rate}。",
    "{old}に{before}だった{what}は、{new}には{after}となり、{difference}減った{rate}。",
    "{what}を比べると、{new}は{after}であり、{old}の{before}を{difference}下回る{rate}。",
)
_ASK_CHANGE = (
    "{what}は、{old}から{new}にかけてどう変わりましたか。",
    "{what}の{old}と{new}の差を答えてください。",
)
_SHARE = (
    "{what}は{part}で、{total_row}{total}の{share}に当たる。",
    "{scope}の{total_row}{total}のうち、{row}は{part}（{share}）である。",
    "{scope}における{row}の{total_row}に対する割合は{share}である（{part}÷{total}）。",
)
_TOTALS = re.compile(r"(?:合計|総計|計|総額|.{1,8}合計)")
_BARE = re.compile(
    r"(?:合計|総計|計|小計|総額|差引|その他|雑)(?:[（(].{0,12}[）)])?|[（(〔［](?:合計|総計|計|小計|その他)[）)〕］]"
)
"""Rows that say nothing without what they are of."""
_RATE_COLUMN = re.compile(r"増減率|増減比|前(?:年|期)(?:同期)?比|伸び?率")
_LONGEST_LABEL = 60
_OF_PERIOD = re.compile(r"[（(]([^（）()]{2,30})[）)][ \u3000]*([^（）()0-9０-９]{2,30})")
_PART_OF_YEAR = re.compile(r"中間|期中|半期|[上下]期|第?([1-4１-４一二三四])四半期|([1-4１-４])Q")
_EARLIER = ("前々", "前")
_LATER = ("当", "今", "本")


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with what a sentence needs to say which one it is. part: what the row is a part or the total of, as far as it is told."""

    figure: Figure
    passage: Passage
    scope: str
    value: str
    row: str
    column: str
    part: str

    @property
    def what(self) -> str:
        return joined(self.scope, self.row)


def _labels(figure: Figure) -> tuple[str, str]:
    """Row and column as a sentence has them: of （当事業年度）貸借対照表計上額 the period is the column, and what is measured stands with the row."""
    found = _OF_PERIOD.fullmatch(figure.column)
    if found and is_period(found[1]) and not is_period(found[2]):
        return joined(figure.row, found[2].strip()), found[1].strip()
    return figure.row, figure.column


def _part(material: Material, figure: Figure) -> str:
    """What the row is a part or the total of: the heading above it; for a total or a rest also what the document is about."""
    return figure.section or (material.topic if _BARE.fullmatch(figure.row) else "")


def _scope(material: Material, figure: Figure) -> str:
    _, column = _labels(figure)
    period = "" if is_period(column) else figure.period
    return joined(material.subject, period, column, _part(material, figure))


def _told(material: Material, strategy: str) -> Iterator[Told | LeftOut]:
    """Every figure that can be told without the table: it has a subject, short labels, and no other figure has the same."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for found in material.figures.values():
        for figure in found:
            known[_scope(material, figure), _labels(figure)[0]].add(figure.with_unit)
    for passage in material.passages:
        for figure in material.figures.get(passage.number, ()):
            reason = ""
            scope, (row, column) = _scope(material, figure), _labels(figure)
            if not material.subject:
                reason = "no_subject"
            elif not told_unit(figure):
                reason = "no_unit"
            elif figure.written[:1] in "（([［〈<":
                reason = "in_parentheses"
            elif len(figure.row) > _LONGEST_LABEL or len(figure.column) > _LONGEST_LABEL:
                reason = "long_label"
            elif strategy != "shares" and _BARE.fullmatch(figure.row) and not _part(material, figure):
                reason = "bare_label"
            elif len(known[scope, row]) > 1:
                reason = "ambiguous_labels"
            if reason:
                measured = {"row": figure.row[:80], "column": figure.column[:80], "value": figure.written}
                yield LeftOut(strategy, passage, reason, measured)
            else:
                yield Told(figure, passage, scope, figure.with_unit, row, column, _part(material, figure))


def told_unit(figure: Figure) -> bool:
    """Whether a figure says of what it is: a bare number would be wrong knowledge."""
    return bool(re.search(r"[^0-9０-９,，.．△▲\-−－()（）\s]", figure.with_unit))


def figures(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """One sentence a figure, and questions about it."""
    for told in _told(material, "figures"):
        if isinstance(told, LeftOut):
            yield told
            continue
        words = {"what": told.what, "scope": told.scope, "row": told.row, "value": told.value}
        for wording in range(wordings):
            yield Draft("figures", told.passage, wording, pick(_TELL, told.what, wording).format(**words))
        question = pick(_ASK, told.what, 0).format(**words, how_much=how_much(told.value))
        yield Draft("figures", told.passage, 0, pick(_REPLY, told.what, 0).format(**words), question)


def _value(written: str) -> tuple[Decimal, str] | None:
    """Number and unit as they are written (`1,000百万円`: 1000 and 百万円); None for anything else than one number."""
    found = re.fullmatch(r"([△▲\-−－]?)\s*([0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?)\s*(\D*)", written.strip())
    if found is None:
        return None
    number = Decimal(found[2].replace(",", "").replace("，", "").replace("．", "."))
    return (-number if found[1] else number), found[3]


def _written(value: Decimal, unit: str) -> str:
    return f"{abs(value):,f}{unit}"


def rounded(value: Decimal, places: int = 1) -> Decimal:
    """Half away from zero, as reports do."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _length(column: str) -> str:
    """Which part of a year a period is, as far as its name says it: empty for a whole one."""
    found = _PART_OF_YEAR.search(column)
    if found is None:
        return ""
    quarter = found[1] or found[2]
    return str(japanese_number(unicodedata.normalize("NFKC", quarter))) if quarter else "half"


def _order(first: Told, second: Told) -> int:
    """-1 where the first's period is the earlier, 1 the later, 0 where it is not told, or one is a part of a year and the other is not."""
    if _length(first.column) != _length(second.column):
        return 0
    dates: list[str] = []
    for told in (first, second):
        found = [fact.value for fact in facts_of(told.column) if fact.kind == "date"]
        dates.append(found[-1] if found else (date_value(told.column) or ""))
    if dates[0] and dates[1] and dates[0] != dates[1]:
        return -1 if dates[0] < dates[1] else 1
    if any(dates):
        return 0
    for early, late, sign in ((first, second, -1), (second, first, 1)):
        one, other = early.column.lstrip("（("), late.column.lstrip("（(")
        if one.startswith(_EARLIER) and other.startswith(_LATER) and one.lstrip("前々") == other[1:]:
            return sign
    return 0


def changes(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """Two periods of a row: the difference, and the rate of change recomputed. A rate that the table states otherwise is not
    told.
    """
    for line in _lines(material, "changes"):
        if isinstance(line, LeftOut):
            continue  # counted by `figures`
        periods = [told for told in line if is_period(told.column) and not _RATE_COLUMN.search(told.figure.column)]
        for one, other in pairwise(periods):
            order = _order(one, other) if one.row == other.row else 0
            old, new = (one, other) if order < 0 else (other, one)
            before, after = _value(old.value), _value(new.value)
            if (
                not order
                or before is None
                or after is None
                or before[1] != after[1]
                or before[1] in ("%", "％", "年", "月", "日")
            ):
                continue
            yield from _change(material, line, old, new, (before[0], after[0], before[1]), wordings)


def _change(
    material: Material, line: Sequence[Told], old: Told, new: Told, values: tuple[Decimal, Decimal, str], wordings: int
) -> Iterator[Draft | LeftOut]:
    before, after, unit = values
    what = joined(material.subject, old.part, old.row)
    difference = after - before
    if before < 0 and after < 0:
        yield LeftOut("changes", new.passage, "both_negative", {"row": old.figure.row})
        return
    if not difference:
        text = f"{what}は、{old.column}も{new.column}も{new.value}で変わらない。"
        yield Draft("changes", new.passage, 0, text)
        return
    result = _written(difference, unit)
    computed = [Computed("difference", (new.value, old.value), result)]
    rate = ""
    if before > 0 and after >= 0:
        change = rounded(difference / before * 100)
        stated = _stated_rate(line)
        if stated is not None and abs(stated - change) > Decimal("0.1") + abs(change) / 1000:
            measured = {"row": old.figure.row, "stated": str(stated), "recomputed": str(change)}
            yield LeftOut("changes", new.passage, "table_disagrees", measured)
            return
        told = f"{abs(change):,f}%"
        rate = f"（増加率{told}）" if difference > 0 else f"（減少率{told}）"
        computed.append(Computed("change", (new.value, old.value), told))
    words = {
        "what": what,
        "old": old.column,
        "new": new.column,
        "before": old.value,
        "after": new.value,
        "difference": result,
        "rate": rate,
    }
    forms = _RISE if difference > 0 else _FALL
    for wording in range(min(wordings, len(forms))):
        text = pick(forms, what, wording).format(**words)
        yield Draft("changes", new.passage, wording, text, computed=tuple(computed))
    answer = f"{old.value}から{new.value}へ{result}{'増加' if difference > 0 else '減少'}しました{rate}。"
    question = pick(_ASK_CHANGE, what, 0).format(**words)
    yield Draft("changes", new.passage, 0, answer, question, tuple(computed))


def _stated_rate(line: Sequence[Told]) -> Decimal | None:
    """The rate of change that the row states itself, where it has one for its two periods."""
    stated = [told for told in line if _RATE_COLUMN.search(told.figure.column) and told.value.endswith(("%", "％"))]
    others = [told for told in line if told not in stated]
    if len(stated) != 1 or len(others) != 2:
        return None
    found = _value(stated[0].value)
    return found[0] if found and "比" not in stated[0].figure.column else None


def _lines(material: Material, strategy: str) -> Iterator[list[Told] | LeftOut]:
    """The figures of each row of a table."""
    line: list[Told] = []
    for told in _told(material, strategy):
        if isinstance(told, LeftOut):
            yield told
            continue
        if line and (told.passage is not line[0].passage or told.figure.line != line[0].figure.line):
            yield line
            line = []
        line.append(told)
    if line:
        yield line


def shares(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """What a row is of the total of its column, in per cent."""
    columns: dict[tuple[int, str, str], list[Told]] = defaultdict(list)
    for told in _told(material, "shares"):
        if isinstance(told, Told):
            columns[told.passage.number, told.figure.period, told.figure.column].append(told)
    for found in columns.values():
        start = 0
        for place, told in enumerate(found):
            if _TOTALS.fullmatch(told.figure.row):
                yield from _shares(told, found[start:place], wordings)
                start = place + 1


def _shares(total: Told, parts: Sequence[Told], wordings: int) -> Iterator[Draft]:
    """Only where the parts are the total: their sum is."""
    whole = _value(total.value)
    values = [_value(part.value) for part in parts]
    if whole is None or whole[0] <= 0 or len(parts) < 2:
        return
    told = [value for value in values if value is not None]
    if len(told) != len(values) or any(value[0] < 0 or value[1] != whole[1] for value in told):
        return
    if sum(value[0] for value in told) != whole[0]:
        return
    total_row = joined(total.part, total.row)
    for part, value in zip(parts, told, strict=True):
        share = f"{rounded(value[0] / whole[0] * 100):f}%"
        words = {
            "what": part.what,
            "scope": part.scope,
            "row": part.row,
            "part": part.value,
            "total_row": total_row,
            "total": total.value,
            "share": share,
        }
        computed = (Computed("share", (part.value, total.value), share),)
        for wording in range(min(wordings, len(_SHARE))):
            text = pick(_SHARE, part.what, wording).format(**words)
            yield Draft("shares", part.passage, wording, text, computed=computed)
        question = f"{part.what}は、{total_row}の何%に当たりますか。"
        yield Draft("shares", part.passage, 0, f"{share}です（{part.value}÷{total.value}）。", question, computed)
