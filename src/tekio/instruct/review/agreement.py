"""How far reviewers agree beyond chance, on the records several of them decided.

Cohen's kappa for each pair (Cohen 1960) and Fleiss' kappa over the records that all reviewers decided (Fleiss 1971),
for the three decisions (accept, edit, reject) and for the question that matters most, use it or not (edit counts as use).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from tekio.errors import Language
from tekio.instruct.review.actions import Action


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on `n` records. `kappa` is None where it is not defined (nothing shared, or only one answer given)."""

    reviewers: tuple[str, ...]
    n: int
    equal: float
    kappa: float | None


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Cohen's kappa of two raters over the same records; None if chance agreement is complete or there are none."""
    n = len(first)
    if n == 0 or n != len(second):
        return None
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    left, right = Counter(first), Counter(second)
    expected = sum(left[name] * right[name] for name in left) / (n * n)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def fleiss_kappa(ratings: Sequence[Sequence[str]]) -> float | None:
    """Fleiss' kappa; `ratings[record]` are the answers of the same number (>= 2) of raters. None where not defined."""
    n = len(ratings)
    raters = len(ratings[0]) if n else 0
    if raters < 2 or any(len(row) != raters for row in ratings):
        return None
    totals: Counter[str] = Counter(answer for row in ratings for answer in row)
    agreed = sum(
        (sum(count * count for count in Counter(row).values()) - raters) / (raters * (raters - 1)) for row in ratings
    )
    expected = sum((count / (n * raters)) ** 2 for count in totals.values())
    return None if expected == 1 else (agreed / n - expected) / (1 - expected)


def agreements(actions: Iterable[Action], *, use_only: bool = False) -> list[Agreement]:
    """Agreement of every pair, and of all when there are three or more. use_only: accept and edit count as one."""
    answers: dict[str, dict[str, str]] = defaultdict(dict)
    for action in actions:
        decision = "use" if use_only and action.decision != "reject" else action.decision
        answers[action.reviewer][action.item] = decision
    names = sorted(answers)
    found: list[Agreement] = []
    for first, second in combinations(names, 2):
        shared = sorted(set(answers[first]) & set(answers[second]))
        left, right = [answers[first][item] for item in shared], [answers[second][item] for item in shared]
        equal = sum(a == b for a, b in zip(left, right, strict=True)) / len(shared) if shared else 0.0
        found.append(Agreement((first, second), len(shared), equal, cohen_kappa(left, right)))
    if len(names) > 2:
        by_all = [item for item in sorted(answers[names[0]]) if all(item in answers[name] for name in names)]
        ratings = [[answers[name][item] for name in names] for item in by_all]
        equal = sum(len(set(row)) == 1 for row in ratings) / len(ratings) if ratings else 0.0
        found.append(Agreement(tuple(names), len(by_all), equal, fleiss_kappa(ratings)))
    return found


def sentence(found: Agreement, language: Language) -> str:
    """An agreement in words."""
    names = " / ".join(found.reviewers)
    kind = "Cohen" if len(found.reviewers) == 2 else "Fleiss"
    if language == "ja":
        kappa = "計算できません" if found.kappa is None else f"{found.kappa:.2f}"
        return f"{names}: 共通 {found.n} 件、一致 {found.equal:.0%}、{kind} の κ {kappa}"
    kappa = "not defined" if found.kappa is None else f"{found.kappa:.2f}"
    return f"{names}: {found.n} shared, {found.equal:.0%} equal, {kind}'s kappa {kappa}"
