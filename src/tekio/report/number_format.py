"""Numbers as people read them: one place that decides unit, digits and sign.

Shares (accuracy, F1 ...) are kept between 0 and 1 in files and shown in percent, their differences in percentage
points. Bits per character are shown as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from tekio.artifacts import results
from tekio.errors import Text

MINUS = "−"
NONE = "–"


@dataclass(frozen=True)
class Unit:
    """How values of one metric are shown: `value * scale` with `digits` decimals, then `name`."""

    scale: float
    digits: int
    name: Text
    difference: Text

    def value(self, value: float | None) -> str:
        return NONE if value is None else plain(value * self.scale, self.digits)

    def signed(self, value: float | None) -> str:
        return NONE if value is None else signed(value * self.scale, self.digits)

    def interval(self, low: float | None, high: float | None, *, sign: bool = False) -> str:
        """`[low, high]`, or an empty string when there is none."""
        if low is None or high is None:
            return ""
        show = self.signed if sign else self.value
        return f"[{show(low)}, {show(high)}]"


PERCENT = Unit(100, 1, Text("%", "%"), Text("points", "ポイント"))
BITS = Unit(1, 3, Text("bits per character", "ビット／文字"), Text("bits per character", "ビット／文字"))
BYTES = Unit(1, 3, Text("bits per byte", "ビット／バイト"), Text("bits per byte", "ビット／バイト"))
PLAIN = Unit(1, 3, Text("", ""), Text("", ""))


UNITS: dict[str, Unit] = {
    "share": PERCENT,
    "bits per character": BITS,
    "bits per byte": BYTES,
    "perplexity": PLAIN,
    "grades": Unit(1, 3, Text("grades", "段階"), Text("grades", "段階")),
    "rating": Unit(1, 2, Text("of 10", "／10"), Text("of 10", "／10")),
}


def unit_of(name: results.Unit) -> Unit:
    """How values in a unit of the results are shown; one of an installed package's metric has its own word."""
    return UNITS.get(name) or Unit(1, 3, Text(name, name), Text(name, name))


METRIC_NAMES = {
    "acc": Text("accuracy", "正解率"),
    "accuracy": Text("accuracy", "正解率"),
    "acc_norm": Text("accuracy (length-normalized)", "正解率（長さ正規化）"),
    "macro_f1": Text("macro F1", "マクロ F1"),
    "quadratic_kappa": Text("quadratic kappa", "二次重み付きカッパ"),
    "mae": Text("mean distance in grades (MAE)", "段階の平均誤差（MAE）"),
    "judge_score": Text("rating by a judge", "審査モデルの評点"),
    "judge_first_turn": Text("rating of the first turn", "1 ターン目の評点"),
    "judge_second_turn": Text("rating of the second turn", "2 ターン目の評点"),
    "f1": Text("F1", "F1"),
    "adjusted_macro_f1": Text("adjusted macro F1", "調整マクロ F1"),
    "macro_f1_without_neutral": Text("macro F1 without neutral items", "マクロ F1（中立を除く）"),
    "acc_without_neutral": Text("accuracy without neutral items", "正解率（中立を除く）"),
    "map": Text("mean reciprocal rank of the answer (MAP)", "正解順位の逆数の平均（MAP）"),
    "token_perplexity": Text("perplexity per token", "トークンあたりパープレキシティ"),
    "macro_perplexity": Text("perplexity averaged over documents", "文書平均パープレキシティ"),
    "exact_match": Text("exact match", "完全一致"),
    "bits_per_character": Text("bits per character", "1 文字あたりビット数"),
    "bits_per_byte": Text("bits per byte", "1 バイトあたりビット数"),
}


def metric_name(metric: str) -> Text:
    """A metric in words; unknown ones keep their own name."""
    return METRIC_NAMES.get(metric, Text(metric.replace("_", " "), metric))


def plain(value: float, digits: int) -> str:
    """`1,234.5` with a real minus sign; a rounded zero has no sign."""
    shown = f"{value:,.{digits}f}"
    if float(shown.replace(",", "")) == 0:
        shown = shown.lstrip("-")
    return shown.replace("-", MINUS)


def signed(value: float, digits: int) -> str:
    """Like `plain`, with a plus sign before positive values."""
    shown = plain(value, digits)
    if shown.startswith(MINUS) or float(shown.replace(",", "")) == 0:
        return shown
    return f"+{shown}"


def count(value: float | None) -> str:
    """A whole number with thousands separators."""
    return NONE if value is None else f"{round(value):,}".replace("-", MINUS)


def share(part: float | None, whole: float | None = 1.0, digits: int = 1) -> str:
    """`part` of `whole` in percent; a dash when there is nothing to divide."""
    if part is None or not whole:
        return NONE
    least = 10.0**-digits
    if 0 < 100 * part / whole < least / 2:
        return f"< {plain(least, digits)}\u00a0%"
    return f"{plain(100 * part / whole, digits)}\u00a0%"


def compact(value: float | None) -> str:
    """A large number in short: 950, 12.3k, 4.56M, 7.0B (model sizes, tokens)."""
    if value is None:
        return NONE
    for limit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.3g}{letter}" if abs(value) < 1000 * limit else f"{value / limit:,.0f}{letter}"
    return f"{value:g}"


def p_value(value: float | None) -> str:
    """A p-value with three decimals, never `0.000`."""
    if value is None:
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def general(value: object) -> str:
    """A setting of unknown kind: floats in their shortest form (`5e-07`), everything else as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if value is None:
        return NONE
    return str(value)
