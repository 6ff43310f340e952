r"""Text that optical character recognition wrote with formulas in place of kana: 「業種目 $\oslash$ 株価」.

Recognisers that know mathematics read の as `$\mathcal{O}$` or `$\oslash$`, っ as `$\supset$`, ① as `$\textcircled{1}$`, and
write plain figures as formulas (`$50\%$`). A table says what each stands for, beside which letters; a line is repaired when all of it
is sure. Other lines of such a text are damaged: they are given back apart. Texts without these marks keep their formulas.
Dates are written apart by such programs too (「1 0 月1 0 日」).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_FORMULA = re.compile(r"[ \u3000]?(?<!\\)(?P<open>\$\$?)(?P<body>[^$\n]{1,400}?)(?P=open)[ \u3000]?")
_JAPANESE = r"ぁ-んァ-ヶー一-龥々〇「」『』（）｢｣〔〕【】《》、。・％"
_BEFORE = re.compile(rf"[{_JAPANESE}0-9０-９A-Za-zＡ-Ｚａ-ｚ)\]①-⑳]$")
_AFTER = re.compile(rf"[{_JAPANESE}0-9０-９A-Za-zＡ-Ｚａ-ｚ(\[①-⑳㈱]")
_NO = (
    r"\{?\s*(?:\\(?:boldsymbol|mathbf|pmb|mathrm|bf)\s*\{?\s*)?(?:\\mathcal\s*\{?\s*O\s*\}?|\\oslash|\\phi|\\varnothing|\\emptyset)\s*\}?"
    r"|\\boldsymbol\s*\{\s*[Oo]\s*\}|\\textit\s*\{\s*O\s*\}"
)
_KANA = "ぁ-んァ-ヶー一-龥々"
"""Letters that a recogniser dressed as words of a formula: `$\\mathrm{に}$`."""
_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
_TOKENS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("to_the", rf"\{{?\\sim\}}?[\s!]*(?:{_NO})(?:\s*\))?"),
        ("no", rf"(?:{_NO})(?:\s*\))?"),
        ("no", r"\\textcircled\s*\{\s*>\s*\}(?=\s*[0-9])"),
        ("circled", r"\\(?:text)?circled\s*\{\s*(?:\\scriptsize\s*)?\{?\s*(?P<value>[0-9]{1,2})\s*\}?\s*\}"),
        (
            "text",
            rf"\\(?:mathrm|mathbf|mathsf|textrm|textbf|textsf|text|mathit|boldsymbol)\s*\{{\s*(?P<value>{_NUMBER})\s*\}}",
        ),
        (
            "text",
            rf"\\(?:mathrm|mathbf|mathsf|textrm|textbf|textsf|text|mathit|boldsymbol)\s*\{{\s*(?P<value>[{_KANA}]{{1,8}})\s*\}}",
        ),
        ("bracket", r"\\left\s*(?P<value>[(\[])|\\right\s*(?P<other>[)\]])"),
        ("quote", r"\\lceil"),
        ("unquote", r"\\rfloor|\\rceil"),
        ("sign", r"\\(?P<value>times|div|pm|bigcirc|triangle|square|leqq?|geqq?|Rightarrow|cdots)(?![A-Za-z])"),
        ("dot", r"!?\\cdot!?(?![A-Za-z])"),
        ("range", r"\{?!*\\sim!*\}?(?![A-Za-z])"),
        ("small_tsu", r"\\supset(?![A-Za-z])"),
        ("number", rf"(?P<value>{_NUMBER})"),
        ("plain", r"\\?(?P<value>%)|(?P<other>[-+=<>()\[\]/:、。「」])"),
        ("space", r"\\?[ ,;!](?![0-9]{3}(?![0-9]))|~~?|\\quad"),
    )
)
_LEADING = re.compile(r"^(?:\\?[ ,;!]|~)+")
_SIGNS = {
    "times": "×",
    "div": "÷",
    "pm": "±",
    "bigcirc": "○",
    "triangle": "△",
    "square": "□",
    "leq": "≦",
    "leqq": "≦",
    "geq": "≧",
    "geqq": "≧",
    "Rightarrow": "⇒",
    "cdots": "…",
}
_DRESSED = re.compile(
    rf"\\(?:bf|boldsymbol|mathbf|mathrm|textrm|textbf|mathsf|textsf|text)\s*(?=[0-9]|\{{\s*(?:{_NUMBER}|\\cdot)\s*\}})"
)
_WRAPPED = re.compile(rf"(?<!circled)(?<!scriptsize)\{{\s*({_NUMBER}|\\cdot|\\bf\s*[0-9]+)\s*\}}")
_ODD = re.compile(
    r"(?:\s|[,;!]|\\oslash|\\(?:text)?circled\s*\{\s*(?:\\scriptsize\s*)?\{?[0-9>]*\}?\s*\}|\\circledcirc|\\circledast|\\supset|\\backsim"
    r"|\\ddagger|\\ddots|\\curvearrowright|\\frown)+"
)
"""Formulas of signs that stand for nothing by themselves."""
_DIGIT_PAIR = re.compile(r"[0-9]\s*=\s*[0-9]")
_PARTED_DIGITS = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_PARTED_MARK = re.compile(r"(?<=[0-9])\s*(?<!\\)([.,])\s*(?=[0-9])")
"""The blanks of a figure written apart: 1 5 . 3 1 5 and 1 , 2 3 4; 1 , 2 keeps its comma."""
_GAP_BETWEEN = re.compile(r"[0-9]\s*(?:(?<!\\)[;!]|~|\\q?quad)[\s~]*[0-9]")
_ZEROS = re.compile(r"0+(?:[.,]0+)*|0\.[0-9]")
DAMAGED_SHARE = 0.5
"""Of a text more than this in damaged lines: what is left is no text."""

# Single digits with single spaces between them, before the unit that they count.
_SPACED = re.compile(
    r"(?<![0-9０-９.,．，][ \u3000])(?<![0-9０-９.,．，])(?P<digits>[0-9０-９](?:[ \u3000][0-9０-９]){1,3})[ \u3000]?(?P<unit>[年月日条])"
)
_SPACED_FIGURE = re.compile(
    r"(?<![0-9.,][ \u3000])(?<![0-9.,])[1-9](?: [0-9]){0,2}(?: ?, ?[0-9] [0-9] [0-9])+(?![ ,]?[0-9])"
)
"""Single digits in groups of three with commas between them: no list is written so."""
_SPACED_COUNT = re.compile(
    r"(?<![0-9０-９.,．，][ \u3000])(?<![0-9０-９.,．，表図第－―])[1-9１-９](?:[ \u3000][0-9０-９]){1,3}[ \u3000]?(?=日(?:以内|以上|間|前|後|分|目|まで|$|[ \u3000|。、)）])"
    r"|年(?:以内|以上|以下|未満|間|分|まで|超)|[かカヶケ]月|週間|時間|分間|件|人|名(?!称|義)|円|[％%]|歳|回(?!答|復|収)|株(?!式|主|価)|[万億兆]円)"
)
"""Single digits before what they count, in a text that recognition wrote."""
_SPACED_CODE = re.compile(
    r"(第 ?|[0-9] ?[－―] ?)([0-9](?: [0-9]){1,2})(?![ ]?[0-9])(?= ?[号条項章節表款編－―（(…一-龥ぁ-んァ-ヶ]|[ \u3000]*$)(?! ?[人円年月日件個名歳回口株者社割万億兆])"
)
"""Single digits of a number behind 第 or the dash of a numbered rule; a figure that a counter follows may be one of its own."""
_BLANK_BY_DASH = re.compile("(?<=[0-9]) ?([－―]) ?(?=[0-9])")
_BLANK_IN_DATE = re.compile(
    "(?<=第) (?=[0-9])|(?<=明治|大正|昭和|平成|令和) (?=[0-9]{1,2} ?年)|(?<=[0-9]) (?=[年月日条項号](?![ ]))|(?<=[年月]) (?=[0-9]{1,2} ?[月日])"
)
_ERA = re.compile(r"(?:明治|大正|昭和|平成|令和)[ \u3000]?$")


FEWEST_MISREAD = 8
LEAST_HIRAGANA = 0.15
"""Share of hiragana in the letters of a line below which a recogniser of Chinese has lost them."""


@cache
def _simplified() -> re.Pattern[str]:
    """Simplified characters: those of GB 2312 that no Japanese table has."""
    found: list[str] = []
    for code in range(0x4E00, 0xA000):
        try:
            chr(code).encode("gb2312")
        except UnicodeEncodeError:
            continue
        try:
            chr(code).encode("cp932")
        except UnicodeEncodeError:
            found.append(chr(code))
    return re.compile(f"[{''.join(found)}]")


def find_misread(lines: Sequence[str]) -> set[int]:
    """The lines that a recogniser of Chinese read: 「事业年度の翌事業年度有券の渡係渡利益额」. Simplified characters stand in
    them beside kana, which hardly any are left of; Chinese lines (titles in a list) and Japanese ones that quote some are sound.
    """
    signs = _simplified()
    marked = [at for at, line in enumerate(lines) if signs.search(line)]
    if sum(len(signs.findall(lines[at])) for at in marked) < FEWEST_MISREAD:
        return set()
    return {at for at in marked if _has_lost_its_kana(lines[at])}


def _has_lost_its_kana(line: str) -> bool:
    hiragana = len(re.findall("[ぁ-ん]", line))
    letters = hiragana + len(re.findall("[ァ-ヴ一-龥]", line))
    return 0 < hiragana < LEAST_HIRAGANA * letters


@dataclass(frozen=True)
class WithoutDebris:
    """Text after repair. repaired: lines that were. damaged: lines taken out, as they were."""

    text: str
    repaired: int = 0
    damaged: tuple[str, ...] = ()

    @property
    def is_ruined(self) -> bool:
        """Whether most of the text was damaged."""
        lost = sum(len(line) for line in self.damaged)
        return lost > DAMAGED_SHARE * (lost + len("".join(self.text.split())))


def repair_debris(text: str) -> WithoutDebris:
    """Repair what recognition left of formulas and spaced dates; damaged lines go out of a text that shows such marks."""
    was = text.split("\n")
    shows = "$" in text and _shows_recognition(text)
    lines = [_join_recognised(line) if shows else _join_dates(line) for line in was]
    misread = find_misread(lines)
    if "$" not in text and not misread:
        return WithoutDebris("\n".join(lines), sum(1 for old, new in zip(was, lines, strict=True) if old != new))
    damaged: list[str] = []
    kept: list[str] = []
    repaired = 0
    for at, (old, line) in enumerate(zip(was, lines, strict=True)):
        sure = _repaired_line(line) if "$" in line else line
        if (sure is None and shows) or at in misread:
            damaged.append(old)
            continue
        new = line if sure is None else _join_recognised(sure) if shows else _join_dates(sure)
        repaired += new != old
        kept.append(new)
    return WithoutDebris("\n".join(kept), repaired, tuple(damaged))


_FORMULA_PIECE = re.compile(r"\$[^$\n]{0,40}\$")
_KANA_AS_FORMULA = re.compile(
    r"\\(?:mathcal|mathbb|textcircled|circled\w*|bigcirc|circ|vee|wedge|supset|subset|diagdown|tilde|hat|bar|prime)\b"
)
_CALCULATES = re.compile(r"[=+<>]|\\(?:frac|times|sum|sqrt|leq?|geq?|cdot|div|int)\b")


def first_debris(text: str) -> str | None:
    r"""The first formula recognition wrote for a letter or a number (`$\mathcal{O}$` for の) in a text of Japanese without mathematics.

    None for a text without any. What `repair_debris` calls damaged is found, too, wherever nothing in the text calculates.
    """
    pieces = [match[0] for match in _FORMULA_PIECE.finditer(text)]
    if not pieces or not re.search("[ぁ-んァ-ヶ]", text) or any(_CALCULATES.search(piece) for piece in pieces):
        return None
    found = [piece for piece in pieces if _KANA_AS_FORMULA.search(piece)]
    return found[0] if found else pieces[0] if _shows_recognition(text) else None


def _shows_recognition(text: str) -> bool:
    """Whether a text of Japanese has formulas that nobody writes: one for の beside its letters, or alone on a line."""
    if not re.search("[ぁ-んァ-ヶ一-龥]", text):
        return False
    for found in _FORMULA.finditer(text):
        body = found["body"].replace("\\\\", "\\")
        if _ODD.fullmatch(body):
            return True
        if re.fullmatch(rf"\s*(?:{_NO})\s*\)?\s*", body):
            if found.start() == 0 or text[found.start() - 1] == "\n":
                return True
            before, after = text[: found.start()][-1:], text[found.end() : found.end() + 1]
            if re.match("[ぁ-んァ-ヶ一-龥]", before) or re.match("[ぁ-んァ-ヶ一-龥]", after):
                return True
    return False


def _repaired_line(line: str) -> str | None:
    """`line` with its formulas as text; None when one of them is not sure."""
    out: list[str] = []
    place = 0
    for found in _FORMULA.finditer(line):
        out.append(line[place : found.start()])
        before, after = "".join(out).rstrip(" \u3000"), line[found.end() :].lstrip(" \u3000")
        # A formula may come next: what it stands for is not known yet, but it is not the end of the line.
        written = _written(found["body"].replace("\\\\", "\\"), before, "の" if after.startswith("$") else after)
        if written is None:
            return None
        out.append(written)
        place = found.end()
    whole = "".join([*out, line[place:]])
    return None if re.search(r"(?<!\\)\$|\\[A-Za-z]{3,}", whole) else whole


def _written(formula: str, before: str, after: str) -> str | None:
    """The text that one formula stands for; None when that is not sure."""
    formula = _WRAPPED.sub(r"\1", _DRESSED.sub("", formula)).replace("\\bf", "")
    formula = _PARTED_MARK.sub(r"\1", _PARTED_DIGITS.sub("", formula))
    if _GAP_BETWEEN.search(formula):
        return None  # one figure or two
    if _DIGIT_PAIR.search(formula) or _ZEROS.fullmatch(formula.strip()):
        return None  # `1=21` was kana, `0` may have been の
    out: list[str] = []
    place = 0
    while place < len(formula):
        read = _first_token(formula, place)
        if read is None:
            return None
        name, found = read
        rest = _LEADING.sub("", formula[found.end() :]).rstrip(" ,!;")
        text = _token(name, found, before + "".join(out), rest + after if rest else after)
        if text is None:
            return None
        out.append(text)
        place = found.end()
    whole = "".join(out)
    if whole.count("「") != whole.count("」") or (not whole and formula.strip()):
        return None
    brackets = sum(whole.count(char) for char in "([") - sum(whole.count(char) for char in ")]")
    return whole if brackets == 0 else None


def _first_token(formula: str, place: int) -> tuple[str, re.Match[str]] | None:
    for name, pattern in _TOKENS:
        if found := pattern.match(formula, place):
            return name, found
    return None


def _token(name: str, found: re.Match[str], before: str, after: str) -> str | None:
    groups = found.groupdict()
    value = groups.get("value") or groups.get("other") or ""
    if name in ("no", "to_the"):
        kana = _no(found[0], before, after)
        return kana and ("への" if name == "to_the" else kana)
    if name == "circled":
        number = int(value)
        if re.match("[0-9]", after.lstrip("\\ ")):
            return None  # 「条①6」: the の of an article's branch
        return chr(0x2460 + number - 1) if 1 <= number <= 20 else None
    if name in ("text", "number", "plain", "bracket"):
        return value
    if name == "quote":
        return "「"
    if name == "unquote":
        return "」"
    if name == "sign":
        return _SIGNS[value]
    if name == "dot":
        return "・" if re.search("[0-9]$", before) and re.match(r"[0-9]", after) else None
    if name == "range":
        numbers = re.search(r"[0-9)①-⑳]$", before) and re.match(r"[0-9(①-⑳]|\\(?:text)?circled", after)
        return "～" if numbers else None
    if name == "small_tsu":
        return "っ" if re.search("[ぁ-ん一-龥]$", before) and re.match("[たてと]", after) else None
    return ""


def _no(found: str, before: str, after: str) -> str | None:
    """の, where letters of Japanese stand on both sides. Its formula often ends in a bracket that nobody wrote."""
    after = after.lstrip("\\")
    if found.endswith(")") and _is_open(before) and not _closes(before, after):
        return None  # somebody may have written the bracket
    if before.endswith(("も", "そ", "こ")) and (not after or _AFTER.match(after)):
        return "の"  # もの, その, この
    if not _BEFORE.search(before) or not _AFTER.match(after) or before[-1:] in "、。「『（｢〔【《の":
        return None
    return None if after[:1] in "、。）」』｣〕】》の" else "の"


def _is_open(before: str) -> bool:
    return _depth(before) > 0


def _closes(before: str, after: str) -> bool:
    """Whether the brackets that are open before are closed by text that follows."""
    return _depth(before) + _depth(_FORMULA.sub("", after)) <= 0


def _depth(text: str) -> int:
    return sum(text.count(char) for char in "（(") - sum(text.count(char) for char in "）)")


def _join_recognised(line: str) -> str:
    """The same of a text that recognition wrote, where numbers of articles and of letters (課法 2 － 1 7) are written apart too."""
    if " " not in line and "\u3000" not in line:
        return line
    line = _SPACED_CODE.sub(lambda found: found[1] + found[2].replace(" ", ""), line)
    return _BLANK_IN_DATE.sub("", _BLANK_BY_DASH.sub(r"\1", _join_counts(_join_dates(line))))


def _join_counts(line: str) -> str:
    return _SPACED_COUNT.sub(lambda found: re.sub(r"[ \u3000]", "", found[0]), line)


def _join_dates(line: str) -> str:
    """`line` with the digits of spaced dates, articles and figures with commas together, where they can be nothing else."""
    if " " not in line and "\u3000" not in line:
        return line

    def joined(found: re.Match[str]) -> str:
        digits = re.sub(r"[ \u3000]", "", found["digits"])
        number, unit = int(digits), found["unit"]
        before = line[: found.start()]
        sure = {
            "月": 10 <= number <= 12,
            "日": 10 <= number <= 31 and re.search(r"月[ \u3000]?$", before) is not None,
            "年": (len(digits) == 2 and _ERA.search(before) is not None)
            or (len(digits) == 4 and 1868 <= number <= 2100),
            "条": before.rstrip(" \u3000").endswith("第"),
        }[unit]
        return f"{digits}{unit}" if sure else found[0]

    return _SPACED_FIGURE.sub(lambda found: found[0].replace(" ", ""), _SPACED.sub(joined, line))
