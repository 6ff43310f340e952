"""How often the verdicts are wrong, and how much they see: runs drawn from a known truth, judged by the code of the results.

    python benchmarks/error_rates.py [--runs 2000]

Prints three tables: false alarms and power of `lost` (five general tasks), before and after the correction; false alarms and
power of McNemar's test with Holm; coverage of the BCa interval by number of items. Nothing is read or written.
"""

# pyright: standard

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from tekio.artifacts.model import parse
from tekio.artifacts.results import TaskResult
from tekio.evaluate.results.build import Rules, forgetting, results
from tekio.statistics.intervals import bca, bonett_price
from tekio.statistics.paired_tests import mcnemar_exact

RULES = Rules("base", margin=2.0)


def drawn(rng: np.random.Generator, items: int, discordant: float, loss: float) -> tuple[int, int]:
    """Wins and losses among `items` with a true loss."""
    wins, losses, _ = rng.multinomial(items, [(discordant - loss) / 2, (discordant + loss) / 2, 1 - discordant])
    return int(wins), int(losses)


def entry(name: str, items: int, wins: int, losses: int) -> TaskResult:
    """A general task as `results.json` has it."""
    interval = bonett_price(wins, losses, items)
    comparison = {
        "model": "tuned",
        "reference": "base",
        "metric": "acc",
        "difference": (wins - losses) / items,
        "low": interval.low,
        "high": interval.high,
        "p": mcnemar_exact(wins, losses),
        "n": items,
        "discordant": (wins + losses) / items,
        "error": None,
        "verdict": "cannot tell",
    }
    score = {"metrics": {"acc": {"value": 0.6}}}
    plain = {
        "task": name,
        "group": "general",
        "kind": "choice",
        "n": items,
        "headline": "acc",
        "higher_is_better": True,
        "scores": {"base": score, "tuned": score},
        "comparisons": [comparison],
    }
    return parse(TaskResult, plain, older=True)  # what it leaves out has no part in a verdict


def uncorrected(entries: list[TaskResult]) -> bool:
    """The rule without correction: a loss above the margin whose 95 % interval excludes none."""
    found = [comparison for item in entries for comparison in item.comparisons]
    return any(-100 * (one.difference or 0.0) > (RULES.margin or 0.0) and (one.high or 0.0) < 0 for one in found)


def forgetting_table(runs: int) -> None:
    print(f"`lost` in {runs} runs; share of items on which the models differ: 0.2; margin 2 points\n")
    print("| tasks x items | true loss (points) | lost, uncorrected | lost | kept |")
    print("|---|---|---|---|---|")
    for tasks, items in ((1, 500), (5, 500), (8, 500), (5, 2000)):
        for loss in (0.0, 0.02, 0.05, 0.08):
            rng = np.random.default_rng([tasks, items, int(1000 * loss)])
            before = after = kept = 0
            for _ in range(runs):
                entries = [entry(str(number), items, *drawn(rng, items, 0.2, loss)) for number in range(tasks)]
                word = forgetting(entries, RULES).verdict["tuned"]
                before += uncorrected(entries)
                after += word == "lost"
                kept += word == "kept"
            shares = " | ".join(f"{100 * count / runs:.1f} %" for count in (before, after, kept))
            print(f"| {tasks} x {items} | {100 * loss:.0f} | {shares} |")


def verdict_table(runs: int) -> None:
    print(f"\n`improved` or `worse` on any of k tasks in {runs} runs (McNemar, Holm; 20 % differ)\n")
    print("| tasks x items | no true difference: any verdict | uncorrected | 6 points better everywhere: share seen |")
    print("|---|---|---|---|")
    for tasks, items in ((1, 400), (5, 400), (10, 400), (5, 40)):
        rng = np.random.default_rng([tasks, items])
        alarms = plain = seen = 0
        for _ in range(runs):
            rows = [entry(str(number), items, *drawn(rng, items, 0.2, 0.0)) for number in range(tasks)]
            found = [item.comparisons[0] for item in results(rows, RULES).tasks]
            alarms += any(one.verdict != "cannot tell" for one in found)
            plain += any((one.p or 0.0) <= 0.05 for one in found)
            rows = [entry(str(number), items, *drawn(rng, items, 0.2, -0.06)) for number in range(tasks)]
            better = [item.comparisons[0].verdict for item in results(rows, RULES).tasks]
            seen += better.count("improved")
        print(
            f"| {tasks} x {items} | {100 * alarms / runs:.1f} % | {100 * plain / runs:.1f} % | "
            f"{100 * seen / runs / tasks:.1f} % |"
        )


def coverage_table(runs: int) -> None:
    print(f"\ncoverage of the 95 % BCa interval in {runs} samples (2,000 resamples each)\n")
    print(
        "| items | share .7 as a mean | mean of a skewed number (exponential) | macro-F1 of two labels, true value .7 |"
    )
    print("|---|---|---|---|")
    for items in (5, 10, 20, 38, 100, 400):
        rng = np.random.default_rng(items)
        cells = []
        for kind in ("share", "skewed", "f1"):
            covered = sum(covers(rng, items, kind) for _ in range(runs))
            cells.append(f"{100 * covered / runs:.1f} %")
        print(f"| {items} | {' | '.join(cells)} |")


def covers(rng: np.random.Generator, items: int, kind: str) -> bool:
    ratio: Any = lambda sums: sums[..., 0] / sums[..., 1]  # noqa: E731 (one line, used here only)
    if kind == "f1":
        from tekio.evaluate.results.metrics import macro_f1_from_sums

        gold = rng.integers(0, 2, items)
        predicted = np.where(rng.random(items) < 0.7, gold, 1 - gold)
        names = np.arange(2)
        is_gold, is_predicted = (gold[:, None] == names) * 1.0, (predicted[:, None] == names) * 1.0
        rows = np.concatenate([is_gold, is_predicted, is_gold * is_predicted, np.zeros((items, 1))], axis=1)
        value, truth = macro_f1_from_sums, 0.7
    else:
        draws = rng.exponential(size=items) if kind == "skewed" else (rng.random(items) < 0.7) * 1.0
        rows, value, truth = np.column_stack([draws, np.ones(items)]), ratio, 1.0 if kind == "skewed" else 0.7
    return bca(rows.astype(np.float64), value, confidence=0.95, resamples=2000, rng=rng).holds(truth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    forgetting_table(runs)
    verdict_table(runs)
    coverage_table(runs)


if __name__ == "__main__":
    main()
