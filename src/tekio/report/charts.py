"""Small SVG charts, inline in the page: no library, no script, text stays text.

Colours come from classes of the page's style sheet (light, dark, paper); meaning never hangs on colour alone. Every
function returns safe markup: texts are made visible and escaped here. Widths and heights are in SVG user units.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from tekio.errors import Message, Text
from tekio.report.number_format import MINUS
from tekio.visible import visible

WIDTH = 760
ROW = 26
MAX_POINTS = 400


def element(name: str, content: Markup | str = "", **attributes: float | str) -> Markup:
    """One SVG element. `_` in attribute names stands for `-`; numbers are rounded to two decimals."""
    parts = [Markup("<{}").format(name)]
    for key, value in attributes.items():
        shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        parts.append(Markup(' {}="{}"').format(key.strip("_").replace("_", "-"), shown))
    parts.append(Markup(">{}</{}>").format(content, name))
    return Markup("").join(parts)


def words(x: float, y: float, message: Message, anchor: str = "start", style: str = "label") -> Markup:
    """A text at a place; in both languages where they differ."""

    def one(text: str, extra: str = "", language: str | None = None) -> Markup:
        spoken = {"lang": language} if language else {}
        return element(
            "text",
            escape(visible(text)),
            x=float(x),
            y=float(y),
            text_anchor=anchor,
            _class=f"{style}{extra}",
            **spoken,
        )

    if isinstance(message, Text) and message.en != message.ja:
        return one(message.en, " en", "en") + one(message.ja, " ja", "ja")
    return one(message.en if isinstance(message, Text) else message)


def text_width(message: Message) -> float:
    """About how wide a text is drawn (the wider language): 13 units a full-width character, 7 for others."""
    texts = (message.en, message.ja) if isinstance(message, Text) else (message,)
    return max(sum(13.0 if ord(char) > 0x2E7F else 7.0 for char in text) for text in texts)


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    """A straight line."""
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), _class=style)


def svg(height: float, content: Markup, labelled_by: str) -> Markup:
    """The chart as an image whose text alternative is the caption with id `labelled_by`."""
    return element(
        "svg",
        content,
        viewBox=f"0 0 {WIDTH} {height:.0f}",
        width="100%",
        role="img",
        aria_labelledby=labelled_by,
        xmlns="http://www.w3.org/2000/svg",
    )


# --- scales ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """A linear map from values to places."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values (1, 2 or 5 times a power of ten apart) within [low, high]."""
    step = nice_step(high - low, about)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def nice_step(span: float, about: int) -> float:
    """The round step that cuts `span` into about so many parts."""
    raw = span / about
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if raw <= factor * power * (1 + 1e-9))


def widen(values: Sequence[float], share: float = 0.06, *, zero: bool = False) -> tuple[float, float]:
    """The range of `values` with some air; never empty."""
    known = [value for value in values if math.isfinite(value)] + ([0.0] if zero else [])
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    air = (high - low) * share or max(abs(high) * 0.1, 0.5)
    return low - air, high + air


def tick_text(value: float, step: float) -> str:
    """A tick's label with as many digits as its step needs."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    shown = f"{value:,.{digits}f}"
    if float(shown.replace(",", "")) == 0:
        shown = shown.lstrip("-")
    return shown.replace("-", MINUS)


def thin(points: Sequence[tuple[float, float]], most: int = MAX_POINTS) -> list[tuple[float, float]]:
    """At most about `most` points that keep each stretch's lowest and highest value, so that spikes stay."""
    if len(points) <= most:
        return list(points)
    kept: list[tuple[float, float]] = [points[0]]
    buckets = most // 2
    for number in range(buckets):
        stretch = points[number * len(points) // buckets : (number + 1) * len(points) // buckets]
        extremes = {min(stretch, key=lambda point: point[1]), max(stretch, key=lambda point: point[1])}
        kept.extend(sorted(extremes))
    kept.append(points[-1])
    return kept


# --- charts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """One line of a line chart. Points must be in the order of x."""

    name: Message
    points: Sequence[tuple[float, float]]
    markers: bool = False


def line_chart(series: Sequence[Series], x_label: Message, y_label: Message, labelled_by: str) -> Markup:
    """Lines over a common x axis, each named at the top with its own line style."""
    height, left, right, top, bottom = 260.0, 62.0, WIDTH - 16.0, 40.0, 214.0
    xs = [point[0] for item in series for point in item.points]
    ys = [point[1] for item in series for point in item.points]
    x_low, x_high = (min(xs), max(xs)) if xs and min(xs) < max(xs) else widen(xs)
    y_low, y_high = widen(ys)
    across, up = Scale(x_low, x_high, left, right), Scale(y_low, y_high, bottom, top)
    parts: list[Markup] = []
    step = nice_step(y_high - y_low, 4)
    for value in ticks(y_low, y_high, 4):
        parts.append(line(left, up(value), right, up(value), "grid"))
        parts.append(words(left - 8, up(value) + 4, tick_text(value, step), "end", "tick"))
    step = nice_step(x_high - x_low, 7)
    for value in ticks(x_low, x_high, 7):
        parts.append(line(across(value), bottom, across(value), bottom + 5, "axis"))
        parts.append(words(across(value), bottom + 20, tick_text(value, step), "middle", "tick"))
    parts.append(line(left, bottom, right, bottom, "axis"))
    parts.append(words((left + right) / 2, height - 6, x_label, "middle"))
    parts.append(words(8, 14, y_label, "start"))
    at = left + 4
    for number, item in enumerate(series):
        style = f"series s{number % 4}"
        places = [(across(x), up(y)) for x, y in thin(item.points)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(element("polyline", points=path, _class=style))
        if item.markers or len(places) == 1:
            parts.extend(element("circle", cx=x, cy=y, r="3.5", _class=f"dot d{number % 4}") for x, y in places)
        if len(series) == 1:  # the axis says what it is
            continue
        parts.append(line(at, 29, at + 26, 29, style))
        parts.append(words(at + 32, 33, item.name))
        at += 56 + text_width(item.name)
    return svg(height, Markup("").join(parts), labelled_by)


@dataclass(frozen=True)
class IntervalRow:
    """One difference: where it lies, how sure it is, and in words what that means."""

    name: Message
    value: float
    low: float | None
    high: float | None
    style: str  # "improved", "worse", "unclear"
    note: Message = ""


def interval_chart(rows: Sequence[IntervalRow], x_label: Message, labelled_by: str) -> Markup:
    """Differences with their intervals beside a line at zero (a forest plot)."""
    left, right, top = 270.0, WIDTH - 150.0, 12.0
    bottom = top + ROW * len(rows) + 6
    values = [value for row in rows for value in (row.value, row.low, row.high) if value is not None]
    low, high = widen(values, zero=True)
    across = Scale(low, high, left, right)
    parts: list[Markup] = []
    step = nice_step(high - low, 5)
    for value in ticks(low, high, 5):
        parts.append(line(across(value), top, across(value), bottom, "grid"))
        parts.append(words(across(value), bottom + 18, tick_text(value, step), "middle", "tick"))
    parts.append(line(across(0), top - 4, across(0), bottom, "zero"))
    for number, row in enumerate(rows):
        y = top + ROW * number + ROW / 2
        parts.append(words(left - 12, y + 4, row.name, "end"))
        if row.low is not None and row.high is not None:
            parts.append(line(across(row.low), y, across(row.high), y, f"bar {row.style}"))
            parts.extend(
                line(across(end), y - 5, across(end), y + 5, f"bar {row.style}") for end in (row.low, row.high)
            )
        parts.append(mark(across(row.value), y, row.style))
        parts.append(words(right + 12, y + 4, row.note, "start", f"label word {row.style}"))
    parts.append(line(left, bottom, right, bottom, "axis"))
    parts.append(words((left + right) / 2, bottom + 38, x_label, "middle"))
    return svg(bottom + 46, Markup("").join(parts), labelled_by)


def mark(x: float, y: float, style: str) -> Markup:
    """A verdict's mark, told apart by form as well as colour: ○, ×, and a filled diamond for what cannot be told.

    No triangles: a black one before a figure is minus in Japanese accounts.
    """
    if style == "improved":
        return element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="5.5", _class=f"mark {style}")
    if style == "worse":
        cross = f"M{x - 5:.1f},{y - 5:.1f} L{x + 5:.1f},{y + 5:.1f} M{x - 5:.1f},{y + 5:.1f} L{x + 5:.1f},{y - 5:.1f}"
        return element("path", d=cross, _class=f"mark {style}")
    diamond = f"{x:.1f},{y - 5:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 5:.1f} {x - 5:.1f},{y:.1f}"
    return element("polygon", points=diamond, _class=f"mark {style}")


@dataclass(frozen=True)
class BarRow:
    """One source: parts in the order of the legend."""

    name: Message
    parts: Sequence[float]
    note: Message = ""


def stacked_bars(rows: Sequence[BarRow], legend: Sequence[tuple[Message, str]], labelled_by: str) -> Markup:
    """Each row's parts as shares of that row (rows differ in size by orders of magnitude; the note gives the size)."""
    left, right, top = 180.0, WIDTH - 130.0, 34.0
    parts: list[Markup] = []
    at = left
    for name, style in legend:
        parts.append(element("rect", x=at, y="8", width="14", height="14", _class=f"part {style}"))
        parts.append(words(at + 20, 20, name))
        at += 44 + text_width(name)
    for number, row in enumerate(rows):
        y = top + ROW * number
        parts.append(words(left - 12, y + 15, row.name, "end"))
        total = sum(row.parts)
        place = left
        for (_, style), part in zip(legend, row.parts, strict=True):
            width = part / total * (right - left) if total else 0.0
            if width > 0:
                parts.append(element("rect", x=place, y=float(y + 3), width=width, height="16", _class=f"part {style}"))
            place += width
        parts.append(words(right + 12, y + 15, row.note))
    return svg(top + ROW * len(rows) + 8, Markup("").join(parts), labelled_by)


@dataclass(frozen=True)
class SpreadRow:
    """One model on one task: its score under every template; the pre-registered one is filled."""

    name: Message
    values: Sequence[float]
    headline: float | None
    level: float | None = None  # a constant answer's score
    low: float | None = None
    high: float | None = None


def spread_chart(rows: Sequence[SpreadRow], x_label: Message, labelled_by: str) -> Markup:
    """Scores under all templates as open dots, the headline filled on its interval, a constant answer as a dashed line."""
    left, right, top = 270.0, WIDTH - 24.0, 10.0
    bottom = top + ROW * len(rows) + 4
    known = [
        value
        for row in rows
        for value in (*row.values, row.headline, row.level, row.low, row.high)
        if value is not None
    ]
    low, high = widen(known)
    across = Scale(low, high, left, right)
    parts: list[Markup] = []
    step = nice_step(high - low, 6)
    for value in ticks(low, high, 6):
        parts.append(line(across(value), top, across(value), bottom, "grid"))
        parts.append(words(across(value), bottom + 18, tick_text(value, step), "middle", "tick"))
    for number, row in enumerate(rows):
        y = top + ROW * number + ROW / 2
        parts.append(words(left - 12, y + 4, row.name, "end"))
        if row.low is not None and row.high is not None:
            parts.append(line(across(row.low), y, across(row.high), y, "band"))
        if row.values:
            parts.append(line(across(min(row.values)), y, across(max(row.values)), y, "range"))
        if row.level is not None:
            parts.append(line(across(row.level), y - 11, across(row.level), y + 11, "level"))
        parts.extend(element("circle", cx=across(value), cy=float(y), r="4.5", _class="open") for value in row.values)
        if row.headline is not None:
            parts.append(element("circle", cx=across(row.headline), cy=float(y), r="5.5", _class="filled"))
    parts.append(line(left, bottom, right, bottom, "axis"))
    parts.append(words((left + right) / 2, bottom + 38, x_label, "middle"))
    return svg(bottom + 46, Markup("").join(parts), labelled_by)
