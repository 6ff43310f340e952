"""How far reviewers agree beyond chance, on the records several of them decided.

Cohen's kappa for each pair and Fleiss' kappa over the records that all reviewers decided (`tekio.statistics`), for the three decisions (accept, edit, reject) and for the question that matters most, use it or not (edit counts as use).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from tekio.errors import Language
from tekio.instruct.review.actions import Action
from tekio.statistics.agreement import cohen_kappa, fleiss_kappa


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on `n` records. `kappa` is None where it is not defined (nothing shared, or only one answer given)."""

    reviewers: tuple[str, ...]
    n: int
    equal: float
    kappa: float | None


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
