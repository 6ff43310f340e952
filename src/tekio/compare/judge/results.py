"""Judgements in numbers: win rates with intervals, agreement, and what may have swayed the judges (length, order)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from tekio.artifacts.judged import JudgedSummary, JudgementRow, JudgesAgreement, ModelJudge, Share, WinRate
from tekio.compare.judge.judgement import CRITERIA, OVERALL, TIE, Judgement
from tekio.compare.judge.pairs import Judged
from tekio.statistics.agreement import cohen_kappa, krippendorff_alpha
from tekio.statistics.corrections import holm
from tekio.statistics.intervals import Interval, wilson, wilson_clustered
from tekio.statistics.paired_tests import mcnemar_exact

DIGITS = 4
Told = tuple[str, str]
"""Item and the label of the better answer, or `tie`."""


def summarize(judged: Judged, judgements: Iterable[Judgement]) -> JudgedSummary:
    """Everything that is said of the judgements of these pairs."""
    digests = {pair.key: pair.digest() for pair in judged.pairs}
    every = [one for one in judgements if one.item in digests and set(one.shown) == set(judged.labels)]
    known = [one for one in every if one.digest == digests[one.item]]
    people = [one for one in known if one.by == "person"]
    models = [one for one in known if one.by == "model"]
    rates = [win_rate(name, _told(people, name), judged.labels) for name in (OVERALL, *CRITERIA) if _told(people, name)]
    for rate, adjusted in zip(rates, holm([rate.p for rate in rates]), strict=True):
        rate.p_adjusted = adjusted
    longer, preferred, other = _lengths(judged, people)
    return JudgedSummary(
        reference=judged.labels[0],
        model=judged.labels[1],
        items=len(judged.pairs),
        reviewers=dict(sorted(Counter(one.reviewer for one in people).items())),
        rates=rates,
        agreement=[found for name in (OVERALL, *CRITERIA) if (found := agreement(name, people)) is not None],
        longer=longer,
        characters_preferred=preferred,
        characters_other=other,
        first=_first(people),
        stale=len(every) - len(known),
        judges=[_model_judge(judged, name, models, people) for name in sorted({_judge(one) for one in models})] or None,
    )


def rows(judgements: Iterable[Judgement]) -> list[JudgementRow]:
    """The judgements with labels instead of sides, in a stable order."""
    found = [
        JudgementRow(
            item=one.item,
            reviewer=one.reviewer,
            by=one.by,
            shown=list(one.shown),
            better=one.winner() or TIE,
            marks={name: winner for name in CRITERIA if (winner := one.winner(name)) is not None},
            note=one.note,
            at=one.at,
        )
        for one in judgements
    ]
    return sorted(found, key=lambda row: (row.item, row.reviewer))


def win_rate(criterion: str, told: Sequence[Told], labels: tuple[str, str]) -> WinRate:
    """How often the second label was better. The interval is Wilson's where every pair was judged once and there is no tie."""
    wins, losses = (sum(better == label for _, better in told) for label in (labels[1], labels[0]))
    scores = np.array([[_score(better, labels[1]), 1.0] for _, better in told])
    items = [item for item, _ in told]
    interval = (
        wilson(wins, len(told)) if len(set(items)) == len(told) == wins + losses else wilson_clustered(scores, items)
    )
    by_item: dict[str, list[float]] = defaultdict(list)
    for (item, _), score in zip(told, scores[:, 0].tolist(), strict=True):
        by_item[item].append(score - 0.5)
    sums = [sum(values) for values in by_item.values()]
    above, below = sum(value > 0 for value in sums), sum(value < 0 for value in sums)
    return WinRate(
        criterion=criterion,
        items=len(by_item),
        judgements=len(told),
        wins=wins,
        losses=losses,
        ties=len(told) - wins - losses,
        rate=round(float(scores[:, 0].mean()), DIGITS) if len(told) else 0.0,
        low=_rounded(interval.low),
        high=_rounded(interval.high),
        p=mcnemar_exact(above, below) if above + below else None,
        p_adjusted=None,
        method=interval.method,
    )


def agreement(criterion: str, people: Sequence[Judgement]) -> JudgesAgreement | None:
    """How far people agree; None where fewer than two judged by this criterion."""
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for one in people:
        winner = one.winner(criterion)
        if winner is not None:
            told[one.item][one.reviewer] = winner
    names = sorted({name for answers in told.values() for name in answers})
    if len(names) < 2:
        return None
    shared = [list(answers.values()) for answers in told.values() if len(answers) > 1]
    pairs = [a == b for answers in shared for a, b in combinations(answers, 2)]
    kappa: dict[str, float | None] = {}
    for first, second in combinations(names, 2):
        both = [answers for answers in told.values() if first in answers and second in answers]
        value = cohen_kappa([answers[first] for answers in both], [answers[second] for answers in both])
        kappa[f"{first} / {second}"] = _rounded(value)
    return JudgesAgreement(
        criterion=criterion,
        reviewers=len(names),
        items=len(shared),
        equal=round(sum(pairs) / len(pairs), DIGITS) if pairs else None,
        alpha=_rounded(krippendorff_alpha(shared)),
        kappa=kappa,
    )


def _told(judgements: Iterable[Judgement], criterion: str = OVERALL) -> list[Told]:
    return [(one.item, winner) for one in judgements if (winner := one.winner(criterion)) is not None]


def _score(better: str, label: str) -> float:
    return 0.5 if better == TIE else float(better == label)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _share(told: Sequence[tuple[str, bool]]) -> Share:
    """told: item and whether it holds."""
    items = [item for item, _ in told]
    hits = sum(holds for _, holds in told)
    interval: Interval = (
        wilson(hits, len(told))
        if len(set(items)) == len(told)
        else wilson_clustered(np.array([[float(holds), 1.0] for _, holds in told]), items)
    )
    share = round(hits / len(told), DIGITS) if told else None
    return Share(n=len(told), share=share, low=_rounded(interval.low), high=_rounded(interval.high))


def _first(judgements: Iterable[Judgement]) -> Share:
    return _share([(one.item, one.decision == "A") for one in judgements if one.decision != TIE])


def _lengths(judged: Judged, people: Sequence[Judgement]) -> tuple[Share, float | None, float | None]:
    """How often the longer answer was preferred, and the mean length of the preferred and of the other answers."""
    lengths = {pair.key: dict(zip(judged.labels, map(len, pair.texts), strict=True)) for pair in judged.pairs}
    told: list[tuple[str, bool]] = []
    preferred: list[int] = []
    other: list[int] = []
    for one in people:
        winner = one.winner()
        if winner is None or winner == TIE:
            continue
        own = lengths[one.item][winner]
        [left] = [length for label, length in lengths[one.item].items() if label != winner]
        preferred.append(own)
        other.append(left)
        if own != left:
            told.append((one.item, own > left))
    means = [round(sum(values) / len(values), 1) if values else None for values in (preferred, other)]
    return _share(told), means[0], means[1]


# --- a model as judge -------------------------------------------------------------------------------------------------


def _judge(one: Judgement) -> str:
    """The model's name: its two orders are kept as two reviewers."""
    return one.reviewer.rpartition(" ")[0]


def _model_judge(judged: Judged, name: str, models: Sequence[Judgement], people: Sequence[Judgement]) -> ModelJudge:
    own = [one for one in models if _judge(one) == name]
    orders: dict[str, list[Judgement]] = defaultdict(list)
    for one in own:
        orders[one.item].append(one)
    complete = {item: both for item, both in orders.items() if len(both) == 2}
    told: list[Told] = []
    consistent = 0
    for item, both in complete.items():
        first, second = (one.winner() or TIE for one in both)
        same = first == second and not any(one.unread for one in both)
        consistent += same
        told.append((item, first if same else TIE))
    majority = {item: winner for item, winner in _majority(people).items() if item in complete}
    shared = [(better, majority[item]) for item, better in told if item in majority]
    read = [one for one in own if not one.unread and one.item in complete]
    return ModelJudge(
        name=name,
        items=len(complete),
        consistent=consistent,
        unread=sum(any(one.unread for one in both) for both in complete.values()),
        first=_first(read),
        rate=win_rate(OVERALL, told, judged.labels),
        shared=len(shared),
        equal=round(sum(a == b for a, b in shared) / len(shared), DIGITS) if shared else None,
        kappa=_rounded(cohen_kappa([a for a, _ in shared], [b for _, b in shared])),
    )


def _majority(people: Iterable[Judgement]) -> dict[str, str]:
    """What most people say of each pair; a tie where two answers have as many."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for one in people:
        told[one.item][one.winner() or TIE] += 1
    found: dict[str, str] = {}
    for item, counts in told.items():
        best = max(counts.values())
        most = [winner for winner, number in counts.items() if number == best]
        found[item] = most[0] if len(most) == 1 else TIE
    return found
