"""A sweep on the page: its table, its chart, and in one sentence what it can tell."""

from __future__ import annotations

from typing import Any

from tekio.artifacts.sweep import Judgement, Sweep, SweepPoint, SweepSetting
from tekio.errors import Text
from tekio.report import charts
from tekio.report.number_format import NONE, plain, signed

WORDS: dict[Judgement, Text] = {
    "best": Text("the best", "最良"),
    "lowest mean": Text("lowest mean, not proven best", "平均が最小(最良とは言えない)"),
    "worse": Text("worse", "劣る"),
    "cannot tell": Text("cannot be told from the lowest", "最小かどうか判別できない"),
    "one seed": Text("one seed: cannot tell", "シード一つ: 判定不能"),
    "not comparable": Text("measured on other text", "測定した文章が異なる"),
    "not finite": Text("a run gave NaN or infinity", "損失が NaN または無限大の実行がある"),
}
SET_ASIDE = ("not comparable", "not finite")
CAPTION = "sweep-chart"


def sweep_contents(sweep: Sweep | None) -> dict[str, Any] | None:
    """What the template needs, settings from the lowest mean loss up; None without a sweep."""
    if sweep is None or not sweep.settings:
        return None
    settings = sorted(sweep.settings, key=lambda item: (item.judgement in SET_ASIDE, item.mean or 0.0))
    columns = [_values(item.setting) for item in settings]
    varied = [name for name in columns[0] if len({values[name] for values in columns}) > 1]
    rows = [
        charts.SpreadRow(_short(item, varied), _known(item), item.mean, None, item.low, item.high)
        for item in settings
        if _known(item)
    ]
    axis = Text("loss on validation records (nats per token)", "検証データの損失（nat／トークン）")
    return {
        "sentence": _sentence(sweep, settings, varied),
        "rows": [_row(item) for item in settings],
        "chart": charts.spread_chart(rows, axis, CAPTION),
        "caption": CAPTION,
        "percent": round(100 * sweep.confidence),
        "seeds": len(sweep.seeds),
    }


def _known(item: SweepSetting) -> list[float]:
    return [loss for loss in item.losses.values() if loss is not None]


def _short(item: SweepSetting, varied: list[str]) -> str:
    values = _values(item.setting)
    return ", ".join(f"{name}{_value(values[name])}" for name in varied) or item.name


def _values(point: SweepPoint) -> dict[str, float | None]:
    """What can vary, under short names, in the order of the table's columns."""
    return {
        "r": point.rank,
        "α": point.alpha,
        "lr ": point.learning_rate,
        "len ": point.sequence_length,
        "n ": point.records,
    }


def _value(value: float | None) -> str:
    return "all" if value is None else f"{value:g}"


def _sentence(sweep: Sweep, settings: list[SweepSetting], varied: list[str]) -> Text:
    first = next(item for item in settings if item.judgement != "not comparable")
    name = _short(first, varied)
    if first.judgement == "best":
        return Text(
            f"{name} has the lowest loss, and every other setting is worse.",
            f"{name} の損失が最小で、他はすべて劣ります。",
        )
    if len(sweep.seeds) < 2:
        return Text(
            f"{name} has the lowest loss, with one seed: whether that is more than chance cannot be said.",
            f"{name} の損失が最小ですが、シードが一つのため偶然かどうか判定できません。",
        )
    same = [_short(item, varied) for item in settings if item.judgement == "cannot tell"]
    return Text(
        f"No setting is proven best. {name} has the lowest mean; it cannot be told from: {'; '.join(same) or NONE}.",
        f"最良と言える設定はありません。平均が最小の {name} と差を判別できない設定: {'、'.join(same) or NONE}。",
    )


def _row(item: SweepSetting) -> dict[str, Any]:
    low, high = item.difference_low, item.difference_high
    return {
        "values": [_value(value) for value in _values(item.setting).values()],
        "mean": NONE if item.mean is None else plain(item.mean, 4),
        "interval": "" if item.low is None or item.high is None else f"[{plain(item.low, 4)}, {plain(item.high, 4)}]",
        "difference": NONE if not item.difference else signed(item.difference, 4),
        "difference_interval": "" if low is None or high is None else f"[{signed(low, 4)}, {signed(high, 4)}]",
        "p": NONE if item.p_adjusted is None else f"{item.p_adjusted:.3g}",
        "n": len(item.losses),
        "word": WORDS[item.judgement],
    }
