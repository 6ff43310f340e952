"""Blind judgements on the page: win rates, agreement, what may have swayed the judges, and a model as judge."""

from __future__ import annotations

from typing import Any

from tekio.artifacts.judged import JudgedSummary, ModelJudge, Share, WinRate
from tekio.errors import Text
from tekio.report.number_format import NONE, count, p_value, plain, share

CRITERIA = {
    "overall": Text("Overall", "総合"),
    "accuracy": Text("Accuracy", "正確性"),
    "grounds": Text("Grounds", "根拠"),
    "currency": Text("Up to date", "最新性"),
    "clarity": Text("Clarity", "分かりやすさ"),
    "compliance": Text("Compliance", "コンプライアンス"),
}
LEVEL = 0.05


def judged_contents(found: JudgedSummary | None) -> dict[str, Any] | None:
    """What the page says of the judgements; None where nothing was judged."""
    if found is None:
        return None
    people = sum(found.reviewers.values())
    return {
        "reference": found.reference,
        "model": found.model,
        "pairs": count(found.items),
        "people": count(len(found.reviewers)),
        "judgements": count(people),
        "rates": [_rate(rate) for rate in found.rates],
        "agreement": [
            {
                "criterion": CRITERIA.get(item.criterion, item.criterion),
                "pairs": count(item.items),
                "equal": share(item.equal),
                "alpha": NONE if item.alpha is None else plain(item.alpha, 2),
            }
            for item in found.agreement
        ],
        "longer": _share(found.longer),
        "first": _share(found.first),
        "lengths": [
            NONE if value is None else plain(value, 1) for value in (found.characters_preferred, found.characters_other)
        ],
        "stale": found.stale,
        "judges": [_model(judge) for judge in found.judges or ()],
    }


def _rate(rate: WinRate) -> dict[str, Any]:
    sure = rate.p_adjusted is not None and rate.p_adjusted <= LEVEL
    known = rate.low is not None and rate.high is not None
    return {
        "criterion": CRITERIA.get(rate.criterion, rate.criterion),
        "rate": share(rate.rate),
        "interval": f"[{share(rate.low)}, {share(rate.high)}]" if known else "",
        "wins": count(rate.wins),
        "losses": count(rate.losses),
        "ties": count(rate.ties),
        "pairs": count(rate.items),
        "p": p_value(rate.p_adjusted if rate.p_adjusted is not None else rate.p),
        "word": Text("cannot tell", "判別できない")
        if not sure
        else Text("preferred", "優れる")
        if rate.rate > 1 / 2
        else Text("not preferred", "劣る"),
    }


def _share(found: Share) -> str:
    if found.share is None:
        return NONE
    interval = f" [{share(found.low)}, {share(found.high)}]" if found.low is not None else ""
    return f"{share(found.share)}{interval} (n = {count(found.n)})"


def _model(judge: ModelJudge) -> dict[str, Any]:
    return {
        "name": judge.name,
        "rate": _rate(judge.rate),
        "consistent": share(judge.consistent, judge.items),
        "unread": count(judge.unread),
        "first": _share(judge.first),
        "equal": share(judge.equal),
        "kappa": NONE if judge.kappa is None else plain(judge.kappa, 2),
        "shared": count(judge.shared),
    }
