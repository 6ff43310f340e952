"""From scores to `results.json` (docs/formats.md): every number with n, an interval and its protocol; every difference
with a paired test, corrected for how many were looked at.

`Scored` is one task under one template, scored by one or several models. `task_entry` judges one task, `results` puts
the tasks together (Holm, forgetting).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tekio.artifacts import results as artifact
from tekio.artifacts.results import (
    Comparison,
    Equivalence,
    Forgetting,
    GeneralLoss,
    Metric,
    Results,
    Selection,
    TaskResult,
)
from tekio.errors import Text, UsageError
from tekio.evaluate.results.answered import not_finite
from tekio.evaluate.results.comparisons import (
    NOT_A_NUMBER,
    UNDEFINED_METRIC,
    Rules,
    compare_measures,
    detectable,
    judge_family,
    measured,
    no_comparison,
    tested,
)
from tekio.evaluate.results.degenerate import baselines, why_degenerate
from tekio.evaluate.results.how_asked import asked_differently
from tekio.evaluate.results.metrics import Measure, measures, rounded, unparsed
from tekio.evaluate.results.template_spread import spread
from tekio.evaluate.results.thinking import thinking_pairs, thinking_tokens
from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.statistics.corrections import holm, strictest
from tekio.statistics.intervals import (
    NOT_FINITE,
    normal_quantile,
)

GENERAL = "general"
DEFAULT_MARGIN = 2.0
PER_TOKEN = ("macro_perplexity", "token_perplexity")


@dataclass(frozen=True)
class Scored:
    """A built task and the scores of each model (in the order of its requests)."""

    built: BuiltTask
    scores: Mapping[str, Sequence[Score]]
    thinking: bool | None = None
    """Whether the models were asked to reason, where this is the other half of a pair."""


def task_entry(main: Scored, others: Sequence[Scored], rules: Rules) -> TaskResult:
    """The entry of one task: scores, baselines, template spread and comparisons (`p_adjusted` and `verdict` are set by
    `results`). main: the pre-registered template; others: further templates of the same items, and the other half of a pair
    with reasoning and without.
    """
    built = main.built
    _check(main)
    pair = next((other for other in others if other.thinking is not None), None)
    others = [other for other in others if other is not pair]
    found = {label: measures(built, scores) for label, scores in main.scores.items()}
    constants = baselines(built)
    broken = {label for label, scores in main.scores.items() if not_finite(scores)}
    for other in others:
        _check(other)
    versions = [main, *others]
    headlines = {
        version.built.template: {
            label: measures(version.built, scores, [built.headline])[built.headline]
            for label, scores in version.scores.items()
            if not not_finite(scores)
        }
        for version in versions
    }
    return TaskResult(
        task=built.name,
        group=built.group,
        kind=built.kind,
        n=built.n,
        of=built.total,
        template=built.template,
        protocol=built.protocol,
        shots=built.shots,
        demonstrations=built.pool if built.shots else None,
        prompt_hash=built.prompt_hash,
        license=built.license,
        note=built.spec.note,
        headline=built.headline,
        unit=next(iter(found.values()))[built.headline].unit,
        higher_is_better=next(iter(found.values()))[built.headline].higher_is_better,
        scores={
            label: _score(built, found[label], scores, constants, label, rules) for label, scores in main.scores.items()
        },
        baselines={name: dict(values) for name, values in constants.items()},
        templates={
            version.built.template: {
                label: rounded(by_label[label].observed) if label in by_label else None for label in version.scores
            }
            for version in versions
            for by_label in [headlines[version.built.template]]
        },
        selection=_selection(main, headlines, rules) if others else {},
        comparisons=[
            _not_finite(built, label, rules)
            if broken & {label, rules.reference}
            else _compare(built, found[label], found[rules.reference], label, rules)
            for label in found
            if label != rules.reference and rules.reference in found
        ],
        thinking={}
        if pair is None
        else thinking_pairs(built, main.scores, pair.scores, rules, headline_thinks=not pair.thinking),
        contamination=None,
    )


def _selection(main: Scored, headlines: Mapping[str, Mapping[str, Measure]], rules: Rules) -> dict[str, Selection]:
    """What choosing a template on the test set gives, for every model that was asked with all of them."""
    built = main.built
    columns = {
        label: {template: by_label[label] for template, by_label in headlines.items()}
        for label in main.scores
        if all(label in by_label for by_label in headlines.values())
    }
    return {
        label: spread(by_template, built.template, resamples=rules.resamples, seed=rules.seed, name=built.name)
        for label, by_template in columns.items()
    }


def _check(scored: Scored) -> None:
    for label, scores in scored.scores.items():
        expected = [request.item for request in scored.built.requests]
        if [score.item for score in scores] != expected:
            raise UsageError(
                Text(
                    f"The scores of {label} are not those of task {scored.built.name}.",
                    f"{label} の採点がタスク {scored.built.name} の問題と一致しません。",
                ),
                why=f"{len(scores)} scores, {len(expected)} items",
            )


def _score(
    built: BuiltTask,
    found: Mapping[str, Measure],
    scores: Sequence[Score],
    constants: Mapping[str, Mapping[str, float | None]],
    label: str,
    rules: Rules,
) -> artifact.Score:
    why = why_degenerate(built, scores, constants)
    broken = not_finite(scores)
    return artifact.Score(
        metrics={
            name: _no_value(built, measure) if broken else measured(built, measure, label, rules)
            for name, measure in found.items()
        },
        not_finite=broken,
        degenerate=why.en if why else None,
        degenerate_ja=why.ja if why else None,
        unparsed=unparsed(built, scores),
        truncated=sum(1 for score in scores if isinstance(score, ChoiceScore | GenerationScore) and score.truncated),
        thinking_tokens=thinking_tokens(scores),
        lost_characters=sum(score.lost_characters for score in scores if isinstance(score, ChoiceScore)),
    )


def _no_value(built: BuiltTask, measure: Measure) -> Metric:
    """The metric of a model that gave NaN or infinity."""
    return Metric(
        value=None,
        low=None,
        high=None,
        n=built.n,
        method=NOT_FINITE.method,
        unit=measure.unit,
        higher_is_better=measure.higher_is_better,
    )


def _compare(
    built: BuiltTask, model: Mapping[str, Measure], reference: Mapping[str, Measure], label: str, rules: Rules
) -> Comparison:
    """The paired comparison of one model with the reference on the headline metric."""
    return compare_measures(
        built,
        model[built.headline],
        reference[built.headline],
        (label, rules.reference),
        rules,
        wins=_wins(built, model, reference),
        names=("comparison", built.name, built.template, label),
    )


def _not_finite(built: BuiltTask, label: str, rules: Rules) -> Comparison:
    """The comparison with a model that gave NaN or infinity: there is none."""
    return no_comparison((label, rules.reference), built.headline, built.n, NOT_FINITE.method, NOT_A_NUMBER)


def _wins(
    built: BuiltTask, model: Mapping[str, Measure], reference: Mapping[str, Measure]
) -> tuple[int, int, int] | None:
    """Items the model does better, worse, equally: by being right where that is defined, else by the item's value; None where
    a single item has none (the area under a curve).
    """
    name = next((name for name in ("acc", "exact_match") if name in model), built.headline)
    first, second = model[name], reference[name]
    if first.items is None or second.items is None:
        return None
    change = first.items - second.items if first.higher_is_better else second.items - first.items
    better, worse = int(np.sum(change > 0)), int(np.sum(change < 0))
    return better, worse, len(change) - better - worse


@dataclass(frozen=True)
class Settings:
    """What `results.json` says of the evaluation as a whole (`tekio.artifacts.results.Results`)."""

    protocol: str | None = None
    boundary: str | None = None
    bos: str | None = None
    dtype: str | None = None
    window: int | None = None
    stride: int | None = None
    models: Mapping[str, artifact.EvaluatedModel] = field(default_factory=dict[str, artifact.EvaluatedModel])


def results(entries: Sequence[TaskResult], rules: Rules, settings: Settings | None = None) -> Results:
    """All tasks together: Holm over every comparison looked at, verdicts, forgetting.

    Returns the content of `results.json`.
    """
    settings = settings or Settings()
    comparisons = [
        (entry, comparison)
        for entry in entries
        for comparison in (*entry.comparisons, *(pair.comparison for pair in entry.thinking.values()))
        if not _set_aside(entry, comparison, settings.models)
    ]
    judge_family(
        [comparison for _, comparison in comparisons], [entry.higher_is_better for entry, _ in comparisons], rules
    )
    return Results(
        protocol=settings.protocol,
        boundary=settings.boundary,
        bos=settings.bos,
        dtype=settings.dtype,
        window=settings.window,
        stride=settings.stride,
        confidence=rules.confidence,
        reference=rules.reference,
        compared=tested([comparison for _, comparison in comparisons]),
        models=dict(settings.models),
        tasks=list(entries),
        forgetting=forgetting(entries, rules),
        published=None,
    )


def _set_aside(entry: TaskResult, comparison: Comparison, models: Mapping[str, artifact.EvaluatedModel]) -> bool:
    """Mark a comparison that cannot be made: values that are not finite; a folder and a server that were asked differently;
    per-token loss of two tokenizers, which cut the text into different units.
    """
    if comparison.not_comparable:
        return True
    names = (comparison.model, comparison.reference)
    first, second = (models.get(name) for name in names)
    if first and second and (why := asked_differently(entry, first, second)):
        comparison.not_comparable = why
        comparison.difference = comparison.low = comparison.high = comparison.p = None
        comparison.discordant = comparison.error = comparison.test = None
        comparison.wins = comparison.losses = comparison.ties = None
        return True
    tokenizers = {models[name].tokenizer_sha256 if name in models else None for name in names}
    if comparison.metric not in PER_TOKEN or len(tokenizers) == 1:
        return False
    comparison.not_comparable = "different tokenizers"
    return True


def forgetting(entries: Sequence[TaskResult], rules: Rules) -> Forgetting:
    """Whether general ability was kept: per model `kept`, `lost` or `undecided`.

    A loss is measured in points: hundredths of a share metric, per cent of any other (bits per character). `kept` is an equivalence:
    no general task can have lost more than the margin (upper end of the interval of the loss). `lost`: some task lost more
    than the margin, and that it lost at all is beyond doubt: one-sided p, corrected by Holm over every general task and
    model of the run, so that a run in which nothing was lost is called `lost` in at most 1 - confidence of all cases.
    Everything else is `undecided`; so is a task on which the reference showed no ability (a degenerate score has nothing to
    lose), and one that a model only seems to keep by a degenerate score. margin None: 2 points, and no run fails by it.
    """
    margin = DEFAULT_MARGIN if rules.margin is None else rules.margin
    found = [
        (entry, comparison)
        for entry in entries
        if entry.group == GENERAL
        for comparison in entry.comparisons
        if comparison.not_comparable in (None, NOT_A_NUMBER, UNDEFINED_METRIC)
    ]
    adjusted = holm([_loss_p(entry, comparison) for entry, comparison in found])
    tested = sum(p is not None for p in adjusted)
    losses: dict[str, list[GeneralLoss]] = {}
    for (entry, comparison), p in zip(found, adjusted, strict=True):
        loss = _loss(entry, comparison, p, tested, margin, rules.confidence)
        losses.setdefault(comparison.model, []).append(loss)
    verdicts: dict[str, Equivalence] = {}
    for label, items in losses.items():
        words = [item.verdict for item in items]
        verdicts[label] = "lost" if "lost" in words else "kept" if set(words) == {"kept"} else "undecided"
    return Forgetting(margin=margin, declared=rules.margin is not None, tested=tested, verdict=verdicts, losses=losses)


def _loss_p(entry: TaskResult, comparison: Comparison) -> float | None:
    """One-sided p of a loss, from the two-sided one."""
    p, difference = comparison.p, comparison.difference
    if p is None or difference is None:
        return None
    lost = difference < 0 if entry.higher_is_better else difference > 0
    return p / 2 if lost else 1 - p / 2


def _loss(
    entry: TaskResult, comparison: Comparison, p: float | None, tested: int, margin: float, confidence: float
) -> GeneralLoss:
    """One loss with its verdict, and the smallest true loss that would have been called one four times of five."""
    row = GeneralLoss(
        task=entry.task,
        loss=None,
        low=None,
        high=None,
        p_adjusted=rounded(p),
        minimum_detectable=None,
        unit="points" if entry.unit == "share" else "per cent",
        verdict="undecided",
    )
    if comparison.difference is None:
        return row
    base = entry.scores[comparison.reference].metrics[comparison.metric].value
    scale = 100.0 if entry.unit == "share" else 100.0 / (abs(base or 0.0) or 1.0)
    scale = -scale if entry.higher_is_better else scale
    loss = scale * comparison.difference
    row.loss = rounded(loss)
    if comparison.low is None or comparison.high is None:
        return row
    low, high = sorted(scale * value for value in (comparison.low, comparison.high))
    error = (high - low) / (2 * normal_quantile((1 + confidence) / 2))
    seen = detectable(comparison, 2 * strictest(confidence, tested) - 1)  # one-sided
    if seen is not None:
        row.minimum_detectable = rounded(max(abs(scale) * seen, margin + normal_quantile(0.8) * error))
    beyond_doubt = p is not None and p <= 1 - confidence
    row.low, row.high = rounded(low), rounded(high)
    had, has = (not entry.scores[name].degenerate for name in (comparison.reference, comparison.model))
    lost, kept = had and loss > margin and beyond_doubt, had and has and high <= margin
    row.verdict = "lost" if lost else "kept" if kept else "undecided"
    return row
