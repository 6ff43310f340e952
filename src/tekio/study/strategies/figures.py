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
from tekio.knowledge.figures import Figure, has_unit, how_much, labels_of, period_of, says_nothing_alone, tells_period
from tekio.knowledge.formulas import is_unfilled
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
_RATE_COLUMN = re.compile(r"増減率|増減比|前(?:年|期)(?:同期)?比|伸び?率")
_LONGEST_LABEL = 60
_OF_CHANGE = re.compile(r"増[ \u3000]*減(?:[額高数]|金額)?(?:[（(]|$)")
"""Rows and columns that are a change themselves: a change of it says little, and nothing says between which periods."""
_COMPARED = re.compile(r"比|増[ \u3000]*減|差|[（(][AＡBＢ][）)] *[-－−‐]")
"""Columns that are no period, whichever they name: 2021年3月末比, 2020年度比 (A)－(B)."""
_WHEN = re.compile(
    r"[（(][^（）()]*[）)]|[0-9０-９元一二三四五六七八九十]+|年度?|月|日|前|当|今|本|次|々|第|連結|会計|事業|四半期|中間|累計|期間?|末|首|現在|時点|自|至|通|上|下|令和|平成|昭和|FY|Q|[～〜\-－/.\s]"
)
_NOTE = re.compile(r"[ \u3000]*[（(]注[）)]?[0-9０-９,，、・ ]*[）)]?$")
_LEAD = re.compile(r"^(?:[（(][0-9０-９]{1,2}[）)]|[－―‐・:：])[ \u3000]*")
"""What stands before a label and is none of it: (1), a dash, the colon of a cut cell."""
_PERIOD_FIRST = re.compile(
    r"((?:前|当)(?:中間)?(?:連結)?(?:(?:会計|事業)年度|期)末?)[ \u3000]*([^0-9０-９（(末間首].+)"
)
_RELATIVE = re.compile(r"前(?:年|期|年度)(?:同期|度)?[比差]|対?前(?:年|期)(?:同期)?|比較")
_BRACKETED = re.compile(r"[（(〔［【].{0,12}[）)〕］】]")
_WHO = re.compile(r"株式会社|有限会社|[㈱㈲]|(?:銀行|信託|金庫|組合|保険(?:相互)?会社|公社|機構|持株会)(?:[（(].*)?$")
"""Rows that are somebody: what is measured stands in the column."""
_FEWEST_DIGITS = 2
"""Of a figure whose rate of change is told: 1百万円 is anything from half a million to one and a half."""
_MOST_PARTS = 3
"""Of a total that only its parts name."""
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
    """Row and column as a sentence has them; of a row that is somebody what is measured stands with it (甲銀行の所有株式数)."""
    row, column = labels_of(figure)
    row, column = (_LEAD.sub("", _NOTE.sub("", label)).strip(":： ") for label in (row, column))
    if column and _WHO.search(row):
        both = _PERIOD_FIRST.fullmatch(column)
        if both and not is_period(both[2]):
            return joined(row, both[2]), both[1]
        if not is_period(column):
            return joined(row, column), ""
    return row, column


def _part(material: Material, figure: Figure) -> str:
    """What the row is a part or the total of: the heading above it; for a total or a rest also what the document is about."""
    section = "" if _BRACKETED.fullmatch(figure.section) else figure.section.strip(":： ")
    return section or (material.topic if says_nothing_alone(figure.row) else "")


def _scope(material: Material, figure: Figure) -> str:
    _, column = _labels(figure)
    period = "" if is_period(column) else period_of(figure)
    return joined(material.subject, period, column, _part(material, figure))


def _told(material: Material, strategy: str) -> Iterator[Told | LeftOut]:
    """Every figure that can be told without the table: it has a subject, short labels, and no other figure has the same."""
    tables = material.figures if strategy == "shares" else material.told_figures
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for found in tables.values():
        for figure in found:
            known[_scope(material, figure), _labels(figure)[0]].add(figure.with_unit)
    dated = any(tells_period(figure) for found in tables.values() for figure in found)
    for passage in material.passages:
        for figure in tables.get(passage.number, ()):
            reason = ""
            scope, (row, column) = _scope(material, figure), _labels(figure)
            if not material.subject:
                reason = "no_subject"
            elif is_unfilled(f"{scope}{row}"):
                reason = "not_filled_in"
            elif not has_unit(figure):
                reason = "no_unit"
            elif figure.written[:1] in "（([［〈<":
                reason = "in_parentheses"
            elif len(figure.row) > _LONGEST_LABEL or len(figure.column) > _LONGEST_LABEL:
                reason = "long_label"
            elif strategy != "shares" and says_nothing_alone(figure.row) and not _part(material, figure):
                reason = "bare_label"
            elif strategy != "changes" and dated and not tells_period(figure):
                reason = "no_period"
            elif strategy == "figures" and _is_change(figure):
                reason = "change_of_no_period"
            elif len(known[scope, row]) > 1:
                reason = "ambiguous_labels"
            if reason:
                measured = {"row": figure.row[:80], "column": figure.column[:80], "value": figure.written}
                yield LeftOut(strategy, passage, reason, measured)
            else:
                yield Told(figure, passage, scope, figure.with_unit, row, column, _part(material, figure))


def _is_change(figure: Figure) -> bool:
    """Whether a column is the change between two periods and names neither."""
    rest = _RELATIVE.sub("", figure.column)
    changes = _OF_CHANGE.search(figure.column) or _RATE_COLUMN.search(figure.column)
    return bool(changes) and not is_period(rest)


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
        measures: dict[str, list[Told]] = defaultdict(list)
        for told in line:
            if is_period(told.column) and not _COMPARED.search(told.figure.column):
                measures[_WHEN.sub("", told.column)].append(
                    told
                )  # 売上高 of a period is not compared with 利益 of another
        pairs = [pair for found in measures.values() for pair in pairwise(found)]
        for one, other in pairs:
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
    if _OF_CHANGE.search(old.figure.row):
        yield LeftOut("changes", new.passage, "change_of_a_change", {"row": old.figure.row})
        return
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
        if change and min(_digits(before), _digits(after)) >= _FEWEST_DIGITS:
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


def _digits(value: Decimal) -> int:
    """How many digits a figure is told with."""
    return len(value.as_tuple().digits)


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
        if isinstance(told, Told) and not _TOTALS.fullmatch(told.figure.column):
            columns[told.passage.number, told.figure.period, told.figure.column].append(told)
    for found in columns.values():
        start = 0
        for place, told in enumerate(found):
            if _TOTALS.fullmatch(told.figure.row):
                yield from _shares(told, found[start:place], wordings)
                start = place + 1


def _total_row(total: Told, parts: Sequence[Told]) -> str:
    """How a total is called: by what it is of (流動資産合計), else by its few parts; empty where neither tells it."""
    part = total.part if total.figure.section or is_period(total.column) or not total.column else ""
    if part and total.row.startswith(part):
        return total.row
    if part or not says_nothing_alone(total.row):
        return joined(part, total.row)
    return f"{'と'.join(one.row for one in parts)}の合計" if len(parts) <= _MOST_PARTS else ""


def _shares(total: Told, parts: Sequence[Told], wordings: int) -> Iterator[Draft | LeftOut]:
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
    total_row = _total_row(total, parts)
    if not total_row:
        yield LeftOut("shares", total.passage, "bare_label", {"row": total.figure.row, "parts": len(parts)})
        return
    for part, value in zip(parts, told, strict=True):
        if not rounded(value[0] / whole[0] * 100):
            continue  # 0.0% of what is not nothing says less than the figure
        share = f"{rounded(value[0] / whole[0] * 100):f}%"
        words = {
            "what": part.what,
            "scope": part.scope.removesuffix(f"の{part.part}") if part.part else part.scope,
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
