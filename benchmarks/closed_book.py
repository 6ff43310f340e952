"""Closed book: does plain text teach the facts of documents, do documents told again, does looking them up?

    python benchmarks/closed_book.py [recipes/study-small.yaml] [--out DIR] [--seeds 17 18 19 20 21]

Corpus, study, exam and base of the recipe are made once. Then three arms are trained from the same base with equal tokens (`pretrain.max_steps` of the recipe),
each with every seed: `raw` (the documents), `study` (the documents told again), `both` (half of each); and, as a control that has read none of the documents, `other`:
the same steps on the base's general text. All are asked the frozen exam closed book; the base, and the arm with the most right answers (first seed), also with retrieved
passages and with the right one, for the verdict. Printed: right answers by arm with the interval over seeds (Student's t), gains over the base and over the control, arms
against each other paired by seed, the unseen half, the verdict. Repeated, it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path

from tekio.artifacts.exam_results import ExamResults
from tekio.artifacts.model import read_artifact
from tekio.evaluate import evaluate
from tekio.evaluate.exam.words import exam_lines
from tekio.exam.show import exam_lines as shown_exam
from tekio.pipeline import run_recipe
from tekio.recipe import Recipe, load_recipe
from tekio.recipe.evaluate import AskExamConfig, EvaluateConfig
from tekio.recipe.train import PretrainConfig
from tekio.statistics.corrections import holm
from tekio.statistics.intervals import MeanOf, mean_of
from tekio.train import pretrain

ARMS: dict[str, dict[str, float]] = {"raw": {}, "study": {"study": 1.0}, "both": {"corpus": 0.5, "study": 0.5}}
CONTROL = "other"
ONCE = ("corpus", "exam", "study", "base")  # the items are known to `study`, which tells none of them


def trained(recipe: Recipe, run: Path, arm: str, seed: int) -> Path:
    """The model of one arm and seed; made, if it is not there."""
    config = recipe.pretrain or PretrainConfig()
    read = {"sources": {}, "domains": ["general"]} if arm == CONTROL else {"sources": ARMS[arm]}
    config = config.model_copy(update=read)
    out = run / "arms" / f"{arm}-{seed}"
    pretrain(config, out, base=run / "base", corpus=run / "corpus", seed=seed, study=run / "study")
    return out / "model"


def asked(recipe: Recipe, run: Path, out: Path, models: dict[str, Path], *, open_book: bool) -> ExamResults:
    """The exam's results for some models, closed book, or with every book."""
    config = recipe.evaluate or EvaluateConfig()
    exam = config.exam if open_book else AskExamConfig(template=config.exam.template, retrieve=None, oracle=False)
    text = config.perplexity.model_copy(update={"held_out": False})  # of sixteen models it would take most of the time
    config = config.model_copy(update={"exam": exam, "tasks": [], "perplexity": text})
    evaluate(config, out, models=models, corpus=run / "corpus", seed=recipe.seed, exam=run / "exam")
    return read_artifact(ExamResults, out / "exam.json")


def closed(found: ExamResults, half: str = "seen") -> dict[str, float]:
    """Model -> share of right answers closed book."""
    return {one.model: one.all.share or 0.0 for one in found.scores if one.half == half and one.book == "closed"}


def points(mean: MeanOf) -> str:
    """A mean with its interval, in points."""
    ends = "-" if mean.low is None or mean.high is None else f"{100 * mean.low:+.1f}, {100 * mean.high:+.1f}"
    return f"{100 * mean.mean:+.1f} [{ends}]"


def over_base(shares: dict[str, float], arm: str, seeds: list[int]) -> MeanOf:
    """An arm's gain over the base, its mean over the seeds."""
    return mean_of([shares[f"{arm}-{seed}"] - shares["base"] for seed in seeds])


def in_percent(shares: dict[str, float], arm: str, seeds: list[int]) -> str:
    """An arm's right answers by seed."""
    return " ".join(f"{100 * shares[f'{arm}-{seed}']:.1f}" for seed in seeds)


def print_arms(shares: dict[str, float], unseen: dict[str, float], seeds: list[int]) -> None:
    """Right answers by arm and seed, gains over the base (Holm), arms paired by seed. shares, unseen: model -> share right, by half."""
    print(f"\nclosed book, seen half, right answers; base {100 * shares['base']:.1f} %")
    gains = {arm: over_base(shares, arm, seeds) for arm in (*ARMS, CONTROL)}
    adjusted = dict(zip(ARMS, holm([gains[arm].p for arm in ARMS]), strict=True))
    for arm, gain in gains.items():
        p = f", p (Holm) {adjusted[arm]:.3g}" if adjusted.get(arm) is not None else ""
        print(f"  {arm:<6} {in_percent(shares, arm, seeds)}  gain {points(gain)} points over {len(seeds)} seeds{p}")
    for pair in combinations((*reversed(ARMS), CONTROL), 2):
        print_pair(shares, *pair, seeds)
    each = "; ".join(f"{arm} {in_percent(unseen, arm, seeds)}" for arm in gains)
    print(f"  unseen half: base {100 * unseen['base']:.1f} %; {each}")
    for arm in reversed(ARMS):
        print_pair(unseen, arm, CONTROL, seeds)


def print_pair(shares: dict[str, float], arm: str, other: str, seeds: list[int]) -> None:
    """One arm against another, paired by seed."""
    apart = mean_of([shares[f"{arm}-{seed}"] - shares[f"{other}-{seed}"] for seed in seeds])
    p = "-" if apart.p is None else f"{apart.p:.3g}"
    print(f"  {arm} against {other}, paired by seed: {points(apart)} points, p {p} before any correction")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path, nargs="?", default=Path("recipes/study-small.yaml"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[17, 18, 19, 20, 21])
    given = parser.parse_args()
    recipe = load_recipe(given.recipe)
    run = (given.out or recipe.run_folder).resolve()
    for stage in ONCE:
        run_recipe(recipe, run, only=stage)
    for line in shown_exam(run / "exam", "en"):
        print(line)
    models = {"base": run / "base" / "model"}
    models |= {f"{arm}-{seed}": trained(recipe, run, arm, seed) for arm in (*ARMS, CONTROL) for seed in given.seeds}
    found = asked(recipe, run, run / "arms-closed", models, open_book=False)
    print_arms(closed(found), closed(found, "unseen"), given.seeds)
    gains = {arm: over_base(closed(found), arm, given.seeds) for arm in ARMS}
    best = max(ARMS, key=lambda arm: gains[arm].mean)
    chosen = {"base": models["base"], best: models[f"{best}-{given.seeds[0]}"]}
    print(f"\nthe arm with the most right answers ({best}) beside retrieval:")
    for line in exam_lines(asked(recipe, run, run / f"arms-{best}", chosen, open_book=True), "en"):
        print(line)


if __name__ == "__main__":
    main()
