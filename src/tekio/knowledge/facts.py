"""The facts of a text that can be checked: numbers with units, dates, articles of laws, names; each with its place and a value by
which two of them can be compared.

Money is compared in yen (or its currency), shares in per cent, so that 12億円, 1,200百万円 and 十二億円 are equal; dates as
ISO text, so that 令和6年3月31日 and 2024年3月31日 are; articles with plain digits, so that 第三十二条の五 and 第32条の5 are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from tekio.knowledge.columns import spaced_figures
from tekio.knowledge.figures import table_figures
from tekio.knowledge.names import names_of
from tekio.text.dates import ERAS

FactKind = Literal["number", "date", "article", "name"]


@dataclass(frozen=True, slots=True)
class Fact:
    """text: as written, `text[start:end]`. value: the form that is compared (`512112000000円`, `2024-03-31`, `32の5`)."""

    kind: FactKind
    text: str
    value: str
    start: int
    end: int


WIDE_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}
_PLAIN = WIDE_DIGITS | {
    ord(wide): narrow for wide, narrow in zip("，．％（）－−–‐△▲：／　～", ",.%()-----" + "-" + ":/ ~", strict=True)
}
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "億": 10**8, "兆": 10**12}
_ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_K = "〇零一二三四五六七八九十百千"
_N = rf"(?:[0-9]{{1,4}}|[{_K}]{{1,7}}|元)"

# Units by which numbers are compared: written form -> (name, factor).
_COUNTERS = "人|名|世帯|口座|社|店舗|店|件|台|口|個|回|戸|本|枚|室|校|棟|倍|時間|分|秒|日間|日|週間|週|か月|カ月|ヶ月|ケ月|箇月|か所|箇所|年間|年度|年|月|歳|才|期|度|位|種類|区分|項目|点|号|項|銘柄|議席|株|トン|t|kg|g|km|m|㎡|㎥|平方メートル|立方メートル|坪|ha|kwh"
_UNITS: dict[str, tuple[str, Decimal]] = {
    "円": ("円", Decimal(1)),
    "店舗": ("店", Decimal(1)),
    "銭": ("円", Decimal("0.01")),
    "米ドル": ("ドル", Decimal(1)),
    "アメリカドル": ("ドル", Decimal(1)),
    "アメリカ・ドル": ("ドル", Decimal(1)),
    **{
        f"{land}ドル": (f"{land}ドル", Decimal(1))
        for land in ("豪", "オーストラリア", "カナダ", "香港", "シンガポール", "台湾")
    },
    "ドル": ("ドル", Decimal(1)),
    "ユーロ": ("ユーロ", Decimal(1)),
    "元": ("元", Decimal(1)),
    "ポンド": ("ポンド", Decimal(1)),
    "%ポイント": ("ポイント", Decimal(1)),
    "ポイント": ("ポイント", Decimal(1)),
    "%": ("%", Decimal(1)),
    "パーセント": ("%", Decimal(1)),
    "割": ("%", Decimal(10)),
    "名": ("人", Decimal(1)),
    "才": ("歳", Decimal(1)),
    "日間": ("日", Decimal(1)),
    "年間": ("年", Decimal(1)),
    "年度": ("年", Decimal(1)),
    "週間": ("週", Decimal(1)),
    "カ月": ("か月", Decimal(1)),
    "ヶ月": ("か月", Decimal(1)),
    "ケ月": ("か月", Decimal(1)),
    "箇月": ("か月", Decimal(1)),
    "箇所": ("か所", Decimal(1)),
    "km": ("m", Decimal(1000)),
    "キロメートル": ("m", Decimal(1000)),
    "メートル": ("m", Decimal(1)),
    "センチメートル": ("m", Decimal("0.01")),
    "センチ": ("m", Decimal("0.01")),
    "ミリメートル": ("m", Decimal("0.001")),
    "mm": ("m", Decimal("0.001")),
    "cm": ("m", Decimal("0.01")),
    "平方メートル": ("㎡", Decimal(1)),
    "立方メートル": ("㎥", Decimal(1)),
    "m3": ("㎥", Decimal(1)),
    "ミリ": ("m", Decimal("0.001")),
    "ヘクタール": ("㎡", Decimal(10000)),
    "ha": ("㎡", Decimal(10000)),
    "kg": ("g", Decimal(1000)),
    "キログラム": ("g", Decimal(1000)),
    "グラム": ("g", Decimal(1)),
    "トン": ("g", Decimal(1000000)),
    "t": ("g", Decimal(1000000)),
    "リットル": ("リットル", Decimal(1)),
}
_UNIT = "|".join(sorted({*_UNITS, *_COUNTERS.split("|")}, key=len, reverse=True))
_ARABIC = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_NUMBER = rf"(?:(?:{_ARABIC})(?: ?(?=[十百千]?[万億兆][0-9円ドユポ人名社株件])[十百千万億兆]+|[十百千万億兆]*))+|[{_K}万億兆]+(?:・[{_K}]+)?"

_TWICE = r"(?:\s*\([^()\n]{2,12}年\))?"  # 2015年（平成27年）9月7日
_AGAIN = re.compile(r"\(([^()\n]{2,12}年)\)")
_BEGINS = re.compile(rf"[0-9{_K}元万億兆第明大昭平令RHSTMマ+-]")
"""What every fact begins with: nothing else is looked for where none of these stands."""
_FACT = re.compile(
    rf"(?={_BEGINS.pattern})(?:(?P<era>(?:明治|大正|昭和|平成|令和)\s*{_N}\s*年(?:度)?{_TWICE}(?:\s*{_N}\s*月(?:\s*{_N}\s*日)?)?)"
    r"|(?P<letter>(?<![A-Za-z])[RHSTM]\.?[0-9]{1,2}[./][0-9]{1,2}(?:[./][0-9]{1,2})?(?![0-9]))"
    rf"|(?P<western>(?<![0-9.])(?<![0-9],)(?:1[0-9]|20)[0-9]{{2}}\s*年(?:度)?{_TWICE}(?:\s*[0-9]{{1,2}}\s*月(?:\s*[0-9]{{1,2}}\s*日)?)?"
    r"|(?<![0-9.,])(?:19|20)[0-9]{2}[/.-][01]?[0-9](?:[/.-][0-3]?[0-9])?(?!\s*[0-9%倍円年]))"
    rf"|(?P<day>(?<![0-9,.{_K}])(?<![^同翌前当本今昨毎]年){_N}\s*月\s*{_N}\s*日(?!間)|(?<![0-9,.年{_K}])(?:1[0-2]|[1-9])月(?!間|以内|以上|末?日))"
    rf"|(?P<article>(?:第\s*|(?<![0-9.,])(?=[0-9]{{1,4}}条)|(?<=条)(?=[0-9]{{1,2}}項)|(?<=条の[0-9]の)(?=[0-9]{{1,2}}項)|(?<=[0-9]項)(?=[0-9]{{1,2}}号))(?P<a>[0-9{_K}]{{1,7}})\s*(?P<what>条|項|号|章|節|編|款|目|表|四半期|期|回|類)(?P<of>(?:の(?:[0-9]{{1,4}}(?![0-9]*[年月日円%人項号]|,[0-9]{{3}})|[{_K}]{{1,4}}(?![{_K}]*[年月日円%人項号])))*))"
    rf"|(?P<fraction>(?<![0-9.,])(?P<parts>[0-9]{{1,4}}|[{_K}]{{1,5}})\s*分の\s*(?P<part>[0-9]{{1,4}}|[{_K}]{{1,5}}))"
    rf"|(?P<number>(?P<sign>(?<![0-9])[-+](?=[0-9])(?!(?:1[0-9]|20)[0-9]{{2}}\s*年)|マイナス\s*)?(?P<body>{_NUMBER})\s*(?P<unit>{_UNIT})?(?P<wari>[0-9{_K[1:]}]分(?=[^間の]|$))?))"
)
_LIST_MARK = re.compile(r"(?m)^[ \t]*(?:[-*・] ?)?(?:\([0-9]{1,2}\)|[0-9]{1,2}(?:[.)](?![0-9])|、(?=[^0-9])))|[①-⑳]")
_SCALE_ALONE = frozenset(
    ["百万", "千万", "十億", "万", "億", "兆", "千", "百"]
)  # a unit, where no numeral stands before it
_AMOUNT_CELL = re.compile(r"[額金料費価][^:|\n]{0,6}: $")
"""額面金額: 百万円, a cell, and no unit."""
_BEFORE_NUMERAL = (
    "年約満各計去近最毎翌内後前者円"  # 年七・三パーセント, 満六歳: letters before a numeral that make no word with it
)
_WORDS_BEFORE_NUMERAL = (
    "以上",
    "以下",
    "以内",
    "以後",
    "未満",
    "毎分",
    "毎秒",
    "毎時",
    "毎日",
    "毎月",
)  # 一月以上一年以内, 毎分四万回
_SOME = "数"
"""数千年: some thousands are not one thousand, and a unit of their own."""
_REMEMBERED = 256
"""Texts whose facts are kept: the title and headings over many passages are the same."""
_SURE_UNITS = ("円", "ドル", "ユーロ", "ポンド", "%")
_ASCII_DIGIT = re.compile("[0-9]")
_KANJI_LETTER = re.compile(r"[一-鿿々]")
_KANJI_WORD = re.compile(
    r"もう[1１一](?:人|名|件|点|種類|か国)|一日(?=何|あたり|当たり)|[1１]つ|一人(?!以|を超|未満|につき)|一[つ般部方定切時律覧致旦貫括体層段連]|二[つ次重]|三[つ者]|[四五六七八九]つ|第[一二三]者|十分|万一|千葉|百貨|唯一|同一|統一|均一|単一|随一|八百屋|一個人"
)


def facts_of(text: str, *, list_marks: bool = False, names: bool = True) -> list[Fact]:
    """The facts of a text in order. list_marks: also the numbers of lists at the beginning of a line, which say nothing. names: also these."""
    return [*(_with_names(text, list_marks) if names else _checked(text, list_marks))]


@lru_cache(maxsize=_REMEMBERED)
def _checked(text: str, list_marks: bool) -> tuple[Fact, ...]:
    """The facts of a text but names."""
    plain = text.translate(_PLAIN)
    marks = [] if list_marks else [match.span() for match in _LIST_MARK.finditer(plain)]
    words = [match.span() for match in _KANJI_WORD.finditer(plain)]
    skipped = {place for start, end in (*marks, *words) for place in range(start, end)}
    found = [fact for fact in _checkable(text, plain) if fact.kind != "number" or fact.start not in skipped]
    return tuple(sorted(found, key=_place))


@lru_cache(maxsize=_REMEMBERED)
def _with_names(text: str, list_marks: bool) -> tuple[Fact, ...]:
    found = [*_checked(text, list_marks)]
    taken = {place for fact in found if fact.kind in ("date", "article") for place in range(fact.start, fact.end)}
    for first, end in names_of(text):
        start = first
        while start in taken and start < end:  # 第九条船舶…法: a name after a date or an article without a mark between
            start += 1
        if start < end - 1 and end - 1 not in taken and (start == first or end - start > 2):
            found.append(Fact("name", text[start:end], name_value(text[start:end]), start, end))
    return tuple(sorted(found, key=_place))


def _place(fact: Fact) -> tuple[int, int]:
    return fact.start, fact.end


def passage_facts(text: str, above: str = "") -> list[Fact]:
    """`facts_of` with the figures of tables, which have their unit in a heading: `440,082` below （百万円） is money.

    above: see `table_figures`.
    """
    found = facts_of(text, list_marks=True)
    for figure in table_figures(text, above):
        told = facts_of(figure.with_unit, names=False)
        if told and figure.with_unit != figure.written:
            found.append(Fact("number", figure.written, told[0].value, figure.start, figure.end))
    for written, start, end in spaced_figures(text):
        if told := facts_of(written, names=False):
            found.append(Fact("number", text[start:end], told[0].value, start, end))
    return found


def value_unit(value: str) -> str:
    """The unit of a number's value in the compared form; empty for none. A fraction's is what stands behind its first number."""
    return value.lstrip("-0123456789.")


def value_amount(value: str) -> Decimal | None:
    """The amount of a number's value in the compared form; None for a fraction."""
    try:
        return Decimal(value.removesuffix(value_unit(value)))
    except InvalidOperation:
        return None


_BETWEEN_WORDS = re.compile(r"[\s・･=＝]")
_PLACES = re.compile(r"(?:[.．]|(?<=[〇一二三四五六七八九])・)([0-9０-９〇一二三四五六七八九]+)")


def written_places(written: str) -> int:
    """Decimal places of a number as it is written: 2 of 8.20%, 3 of 〇・〇七二パーセント."""
    found = _PLACES.search(written)
    return len(found[1]) if found else 0


def name_value(name: str) -> str:
    """A name in the form that is compared: compatibility forms folded, lower case, without spaces and dots between words."""
    return _BETWEEN_WORDS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _checkable(text: str, plain: str) -> Iterator[Fact]:
    for match in _FACT.finditer(plain):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "article":
            numbers = [kanji_number(match["a"]), *(kanji_number(part) for part in match["of"].split("の")[1:])]
            if all(number is not None for number in numbers):
                what = "" if match["what"] == "条" else match["what"]
                yield Fact("article", text[start:end], what + "の".join(map(str, numbers)), start, end)
        elif kind in ("era", "letter", "western", "day"):
            value = date_value(match[0])
            if value is not None:
                yield Fact("date", text[start:end], value, start, end)
            again = _AGAIN.search(match[0])
            other = date_value(again[1]) if again else None
            if again and other and not (value or "").startswith(other):  # 1984年（昭和8年）: the two disagree
                first = start + again.start(1)
                yield Fact("date", text[first : first + len(again[1])], other, first, first + len(again[1]))
        elif kind == "fraction":
            parts = kanji_number(match["parts"]), kanji_number(match["part"])
            if None not in parts:
                yield Fact("number", text[start:end], f"{parts[1]}/{parts[0]}", start, end)
        elif kind is not None:
            label = match["unit"] and plain.startswith(":", end) and "\n" in plain[match.end("body") : end]
            value = _number_value(match, plain, "" if label else match["unit"])
            if label:  # the next line's: △19,778 / 区分: 投資
                end = match.end("body")
            if value is not None:
                while end > start and text[end - 1].isspace():
                    end -= 1
                yield Fact("number", text[start:end], value, start, end)


def _number_value(match: re.Match[str], plain: str, unit: str | None) -> str | None:
    body = match["body"]
    before = plain[match.start("body") - 1] if match.start("body") else ""
    kanji = _ASCII_DIGIT.search(body) is None
    if kanji:
        # 四捨五入, 一部: a numeral within a word is none; one with a unit is.
        if not unit or (
            _KANJI_LETTER.match(before or " ")
            and before not in _BEFORE_NUMERAL
            and before != _SOME
            and plain[max(0, match.start("body") - 2) : match.start("body")] not in _WORDS_BEFORE_NUMERAL
            and not (_UNITS.get(unit, ("", 0))[0] in _SURE_UNITS and set(body) & set("万億兆"))  # 資本金三億円
        ):
            return None
        if body in ("〇", "零"):
            return None
        after = plain[match.end() : match.end() + 1]
        if (
            body in _SCALE_ALONE
            and before in "(:・、/ 　"
            and after in ")・、/ 　\n"
            and not _AMOUNT_CELL.search(plain, 0, match.start("body"))
        ):  # （百万円）: the unit of a table
            return None
        if body in _SCALE_ALONE and before.isdigit():
            return None
    elif before and before.isascii() and before.isalpha():
        return None  # A4, R2
    value = _amount(body)
    if value is None:
        return None
    sign = (match["sign"] or "").strip()
    if sign in ("-", "マイナス") and not (
        sign == "-" and re.match(r"[0-9A-Za-z年月日円%期)]", _before(plain, match.start()))
    ):
        value = -value
    name, factor = _UNITS.get(unit or "", (unit or "", Decimal(1)))
    value *= factor
    if kanji and before == _SOME:
        name = f"{_SOME}{name}"
    if match["wari"]:
        if name != "%":
            return f"{_written(value)}{name}"
        value += kanji_number(match["wari"][:-1]) or 0
    return f"{_written(value)}{name}"


def _before(plain: str, place: int) -> str:
    return plain[place - 1 : place] if place else ""


def _written(value: Decimal) -> str:
    told = format(value, "f")
    return told.rstrip("0").rstrip(".") if "." in told else told


def kanji_number(text: str) -> int | None:
    """`32`, `三十二`, `三二`, `元` as a number; None when it is none."""
    if text == "元":
        return 1
    if text.isascii():
        return int(text) if text.isdecimal() else None
    value = _amount(text)
    return int(value) if value is not None and value == int(value) else None


def _amount(body: str) -> Decimal | None:
    """3億2,500万, 1,234百万, 二百五十万, 二〇, 一・五."""
    if "・" in body:
        whole, _, part = body.partition("・")
        above, below = _amount(whole), [_DIGITS.get(digit) for digit in part]
        if above is None or any(digit is None for digit in below):
            return None
        return above + Decimal("0." + "".join(map(str, below)))
    if body.isascii():
        return (
            Decimal(0) + Decimal(body.replace(",", "").replace(" ", "") or 0) if body else None
        )  # rounded as the sum below
    total, group, waiting, digits = Decimal(0), Decimal(0), Decimal(0), ""
    seen = grouped = False

    def number() -> Decimal | None:
        nonlocal digits
        told, digits = digits, ""
        return Decimal(told) if told else None

    for character in body:
        if character.isascii():
            if character not in ", ":
                digits += character
            seen = True
        elif character in _DIGITS:
            digits += str(_DIGITS[character])
            seen = True
        elif character in _SMALL:
            told = number()
            if told is None and waiting:  # 百万 after 1,234: 1234 x 100
                group += waiting * _SMALL[character]
                waiting = Decimal(0)
            else:
                group += (told if told is not None else Decimal(1)) * _SMALL[character]
            seen = grouped = True
        elif character in _LARGE:
            told = number()
            group += told if told is not None else Decimal(0)
            total += (group if grouped or told is not None else Decimal(1)) * _LARGE[character]
            group = Decimal(0)
            seen, grouped = True, False
        else:
            return None
    rest = number()
    return total + group + (rest or Decimal(0)) if seen else None


_PARTS = re.compile(
    rf"(明治|大正|昭和|平成|令和|[RHSTM])?\s*\.?({_N})?\s*(?:年度?|[./-])?\s*(?:({_N})\s*(?:月|[./-])?)?\s*(?:({_N})\s*日?)?"
)


_LAST_YEAR = {"明治": 45, "大正": 15}
"""Of eras that nobody wrote beyond their end: 昭和 and 平成 stand in contracts that outlived them."""


def date_value(written: str) -> str | None:
    """`2024-03-31`, `2024-03`, `2024`, `--03-31` (no year told) of a date in any of the forms of this module."""
    plain = re.sub(r"\([^()]*\)", "", written.translate(_PLAIN))
    if "年" not in plain and "月" in plain:
        month, _, day = plain.partition("月")
        told = day.strip(" 日")
        return _iso(None, kanji_number(month.strip()), kanji_number(told) if told else None)
    match = _PARTS.fullmatch(plain.strip())
    if match is None or match[2] is None:
        return None
    year = kanji_number(match[2])
    if year is None:
        return None
    era = _ERA_LETTERS.get(match[1] or "", match[1])
    if era and year <= _LAST_YEAR.get(era, year):  # 明治47年 is no year of ours
        year += ERAS[era] - 1
    month = kanji_number(match[3]) if match[3] else None
    day = kanji_number(match[4]) if match[4] else None
    return _iso(year, month, day)


def _iso(year: int | None, month: int | None, day: int | None) -> str | None:
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and not 1 <= day <= 31:
        return None
    told = "-" if year is None else f"{year:04d}"
    if month is not None:
        told += f"-{month:02d}"
    return told + (f"-{day:02d}" if day is not None else "")
