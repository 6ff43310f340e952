"""Metrics, each as the contributions of single items, so that every one can be resampled, paired and clustered.

A `Measure` holds one row of numbers per item and a function from their sums to the metric. Accuracy, MAP, F1, bits per
character: all are functions of sums over items.

Names: `acc`, `acc_norm`, `map`, `map_k`, `f1`, `f1_norm` are the published ones (lm-evaluation-harness and
japanese-lm-fin-harness, ties and NaN included); `macro_f1`, `acc_without_neutral`, `bits_per_character` and
`bits_per_byte` are the ones to trust.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tekio.artifacts.results import Unit, unit_of
from tekio.errors import TekioError, Text, UsageError
from tekio.evaluate.results import jfinqa
from tekio.evaluate.results.answered import NO_ANSWER
from tekio.evaluate.results.binary import auc_from_sums, mcc_from_sums, rank_rows
from tekio.evaluate.results.item_rows import item_rows
from tekio.evaluate.results.judge import TURNS, overall_rating, rating_rows
from tekio.evaluate.results.read_answer import character_f1, generated_answer, is_right, is_unread, set_f1
from tekio.evaluate.scoring.parse_reply import stated_probability
from tekio.evaluate.scoring.requests import ChoiceScore, GenerationScore, RollingScore, Score
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.metric_names import installed_metric
from tekio.plugins import Metric
from tekio.statistics.agreement import grade_rows, quadratic_kappa

Floats = NDArray[np.float64]


Integers = NDArray[np.int64]


FromSums = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Measure:
    """One metric of one model on one task.

    rows: shape (items, columns), what each item adds. value: sums of shape (..., columns) -> metric of shape (...).
    correct: 0/1 per item if the metric is a share of right answers, else None. own_unit: of a metric of an installed package.
    items: the metric of each item by itself (or what orders items as it does); None: single items have none. undefined:
    these items give the metric no value at all (`value` then keeps a convention for resampling).
    """

    name: str
    rows: Floats
    value: FromSums
    higher_is_better: bool = True
    correct: Floats | None = None
    own_unit: Unit | None = None
    items: Floats | None = None
    undefined: bool = False

    @property
    def unit(self) -> Unit:
        """Of its values: what a package's metric says, else by the name."""
        return self.own_unit or unit_of(self.name)

    @property
    def observed(self) -> float:
        """The metric over all items; NaN where it is undefined."""
        return math.nan if self.undefined else float(self.value(self.rows.sum(axis=0)))

    @property
    def n(self) -> int:
        """Items the metric is about (for a metric over a part of the items, that part)."""
        return int(np.any(self.rows != 0, axis=1).sum()) if self.name.endswith("_without_neutral") else len(self.rows)


def rounded(value: float | None) -> float | None:
    """Twelve significant digits, so that equal work gives equal files; None where there is no number."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.12g}")


def measures(built: BuiltTask, scores: Sequence[Score], names: Sequence[str] | None = None) -> dict[str, Measure]:
    """The metrics `names` (default: all the task names), computed from the scores (one a request, in order).

    Raises `UsageError` for a metric that is unknown or does not fit the kind of task.
    """
    found: dict[str, Measure] = {}
    for name in names or built.metrics:
        if (own := installed_metric(name, built.kind)) is not None:
            found[name] = _installed_measure(own, built, scores)
        elif built.kind == "choice":
            found[name] = _choice_measure(name, built, cast("Sequence[ChoiceScore]", scores))
        elif built.kind == "generation":
            found[name] = _generation_measure(name, built, cast("Sequence[GenerationScore]", scores))
        else:
            found[name] = _text_measure(name, built, scores)
    return found


def _unknown(name: str, built: BuiltTask) -> UsageError:
    return UsageError(
        Text(
            f"Task {built.name}: there is no metric `{name}` for {built.kind} tasks.",
            f"タスク {built.name}: {built.kind} に指標 `{name}` はありません。",
        )
    )


# --- means ---------------------------------------------------------------------------------------------------------


def mean_measure(name: str, values: Sequence[float] | Floats, *, binary: bool) -> Measure:
    """The mean of one number per item."""
    column = np.asarray(values, dtype=np.float64)
    rows = np.stack([column, np.ones_like(column)], axis=1)
    return Measure(name, rows, ratio, correct=column if binary else None, items=column, undefined=not len(column))


def ratio(sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], 0.0)


# --- choice --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """Values of all choices of all items, shape (items, most choices). there: which choices the item has (the others hold
    -inf). answered: whether an answer could be read at all.
    """

    values: Floats
    there: NDArray[np.bool_]
    answered: NDArray[np.bool_]


def _table(built: BuiltTask, scores: Sequence[ChoiceScore], normalized: bool) -> _Table:
    """normalized: divide by the length of the choice in characters (without the delimiter)."""
    counts = np.asarray([len(score.loglikelihoods) for score in scores])
    there = np.arange(int(counts.max(initial=0))) < counts[:, None]
    values = np.full(there.shape, -np.inf)
    values[there] = np.concatenate([np.asarray(score.loglikelihoods, dtype=np.float64) for score in scores])
    if normalized:
        values[there] /= np.concatenate([[len(choice) for choice in texts] for texts in built.choices])
    return _Table(values, there, np.asarray([not score.unparsed for score in scores]))


def predictions(built: BuiltTask, scores: Sequence[ChoiceScore], *, normalized: bool = False) -> Integers:
    """The chosen option of each item: numpy's argmax, so ties go to the lowest index and NaN wins (as in lm-eval).

    normalized: divide by the length of the choice in characters (without the delimiter) first. A reply in which no answer
    could be read is `NO_ANSWER`, which is never right.
    """
    return _chosen(_table(built, scores, normalized))


def _chosen(table: _Table) -> Integers:
    return np.where(table.answered, np.argmax(table.values, axis=1), NO_ANSWER).astype(np.int64)


def golds(built: BuiltTask) -> Integers:
    """The right option of each item; -1 where it is none of them."""
    return np.asarray([-1 if item.gold is None else item.gold for item in built.items], dtype=np.int64)


def _reciprocal_ranks(table: _Table, gold: Integers, limit: int | None) -> Floats:
    """1 / rank of the gold option, 0 past `limit` or where there is no answer, ranked as fin-harness ranks.

    That is numpy's `argsort` reversed: of equal values the LAST index ranks first (the opposite of argmax), and NaN ranks
    before all.
    """
    values = np.where(np.isnan(table.values), np.inf, table.values)
    own = np.take_along_axis(values, np.maximum(gold, 0)[:, None], axis=1)
    later: NDArray[np.bool_] = np.arange(values.shape[1], dtype=np.int64) > gold[:, None]
    before: NDArray[np.bool_] = table.there & ((values > own) | ((values == own) & later))
    ranks = 1 + np.count_nonzero(before, axis=1)
    counted: NDArray[np.bool_] = table.answered & (gold >= 0) & (ranks <= (limit or values.shape[1]))
    return np.where(counted, 1 / ranks, 0.0)


def _choice_measure(name: str, built: BuiltTask, scores: Sequence[ChoiceScore]) -> Measure:
    normalized = name.endswith("_norm")
    plain = name.removesuffix("_norm")
    gold = golds(built)
    table = _table(built, scores, normalized)
    if (ranked := re.fullmatch(r"map(?:_(\d+))?", plain)) is not None:
        limit = int(ranked[1]) if ranked[1] else None
        return mean_measure(name, _reciprocal_ranks(table, gold, limit), binary=False)
    predicted = _chosen(table)
    if plain == "auc":
        rows = rank_rows(_second_over_first(name, built, scores, table, gold), gold == 1)
        return Measure(name, rows, auc_from_sums, undefined=len(np.unique(gold)) < 2)
    options = table.values.shape[1]
    found = measure_of_choices(name, gold, predicted, classes=len(built.labels or ()) or options, options=options)
    if found is None:
        raise _unknown(name, built)
    return found


def measure_of_choices(name: str, gold: Integers, predicted: Integers, *, classes: int, options: int) -> Measure | None:
    """A metric that needs only the right and the chosen option of each item; None for another. classes: labels there are; options: the most
    choices of an item.
    """
    plain = name.removesuffix("_norm")
    right = (predicted == gold).astype(np.float64)
    if plain == "acc":
        return mean_measure(name, right, binary=True)
    real = gold >= 0
    if plain == "acc_without_neutral":
        rows = np.stack([right * real, real.astype(np.float64)], axis=1)
        return Measure(name, rows, ratio, correct=right[real], items=right[real], undefined=not real.any())
    if plain == "mae":
        distance = np.where(predicted >= 0, np.abs(predicted - gold), options - 1).astype(np.float64)
        rows = np.stack([distance, np.ones_like(distance)], axis=1)
        return Measure(name, rows, ratio, higher_is_better=False, items=distance)
    # what compares classes says nothing where all golds are one: no chance, no other class to be told from
    one_class = len(np.unique(gold)) < 2
    if plain == "quadratic_kappa":
        # a reply without an answer is as far off as can be
        chosen = np.where(predicted >= 0, predicted, np.where(gold < classes / 2, classes - 1, 0))
        rows, nearness = grade_rows(gold, chosen, classes), -((gold - chosen) ** 2).astype(np.float64)
        return Measure(name, rows, quadratic_kappa, items=nearness, undefined=one_class)
    if plain == "mcc":
        return Measure(name, _confusion(gold, predicted, classes), mcc_from_sums, items=right, undefined=one_class)
    if plain == "f1":
        return Measure(name, _confusion(gold, predicted, classes), _adjusted_f1, items=right, undefined=one_class)
    if plain == "macro_f1":
        return Measure(name, _confusion(gold, predicted, classes), macro_f1_from_sums, items=right, undefined=one_class)
    if plain == "macro_f1_without_neutral":
        rows = _confusion(gold, predicted, classes) * real[:, None]
        one_class = len(np.unique(gold[real])) < 2
        return Measure(name, rows, macro_f1_from_sums, items=right[real], undefined=one_class)
    return None


def _second_over_first(
    name: str, built: BuiltTask, scores: Sequence[ChoiceScore], table: _Table, gold: Integers
) -> Floats:
    """How much each item speaks for the second of two options: the difference of the log-likelihoods; where a reply was read,
    the probability it states, else its prediction. A reply without an answer is on the wrong side of all others.
    """
    if table.values.shape[1] != 2:
        raise UsageError(
            Text(
                f"Task {built.name}: the metric `{name}` is for two options.",
                f"タスク {built.name}: 指標 `{name}` は選択肢が 2 つの課題のものです。",
            )
        )
    found = table.values[:, 1] - table.values[:, 0]
    for number, score in enumerate(scores):
        if score.reply is not None:
            stated = stated_probability(score.reply)
            found[number] = float(found[number] > 0) if stated is None else stated
        if score.unparsed:
            found[number] = -np.inf if gold[number] == 1 else np.inf
    return found


def _confusion(gold: Integers, predicted: Integers, classes: int) -> Floats:
    """Per item three columns a class: is gold, is predicted, is both; then one column: gold is no class at all."""
    names = np.arange(classes)
    is_gold = (gold[:, None] == names).astype(np.float64)
    is_predicted = (predicted[:, None] == names).astype(np.float64)
    other = (gold < 0).astype(np.float64)[:, None]
    return np.concatenate([is_gold, is_predicted, is_gold * is_predicted, other], axis=1)


def _class_f1(sums: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """F1 of each class (0 where it is undefined, as sklearn's zero_division=0), and whether the class occurs at all."""
    classes = (sums.shape[-1] - 1) // 3
    gold, predicted, both = (sums[..., start * classes : (start + 1) * classes] for start in range(3))
    support = gold + predicted
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.where(support > 0, 2 * both / support, 0.0)
    return f1, support > 0


def macro_f1_from_sums(sums: Floats) -> Floats:
    """Mean F1 of the classes that can be answered. A gold outside of them still costs precision."""
    return _class_f1(sums)[0].mean(axis=-1)


def _adjusted_f1(sums: Floats) -> Floats:
    """ChABSA's published F1: sklearn's macro F1 over the labels that occur in gold or prediction, times 1.5.

    The factor undoes the third label (neutral), which is in the gold but never predicted; where no neutral item is
    there, the value is 1.5 times too large (as published).
    """
    f1, occurs = _class_f1(sums)
    labels = occurs.sum(axis=-1) + (sums[..., -1] > 0)
    return 1.5 * f1.sum(axis=-1) / np.maximum(labels, 1)


# --- generation ----------------------------------------------------------------------------------------------------


def unparsed(built: BuiltTask, scores: Sequence[Score]) -> int:
    """Replies in which no answer can be found."""
    if built.kind != "generation":
        return sum(1 for score in scores if isinstance(score, ChoiceScore) and score.unparsed)
    replies = zip(built.items, cast("Sequence[GenerationScore]", scores), strict=True)
    return sum(is_unread(built, score, item) for item, score in replies)


def _generation_measure(name: str, built: BuiltTask, scores: Sequence[GenerationScore]) -> Measure:
    if name in TURNS:
        categories = [str(item.fields.get("category", "")) for item in built.items]
        rows = rating_rows(categories, [score.ratings for score in scores], TURNS[name])
        each = rows.sum(axis=1)
        return Measure(name, rows, overall_rating, undefined=not each.any() and not rows[:, 1::2].any())
    match, tolerance = built.spec.generation.match, built.spec.generation.tolerance
    replies = [generated_answer(built, score, item) for item, score in zip(built.items, scores, strict=True)]
    answers = [item.answers for item in built.items]
    if name == "exact_match" and match == "jfinqa":
        right = [float(jfinqa.same_text(reply, gold[0])) for reply, gold in zip(replies, answers, strict=True)]
        return mean_measure(name, right, binary=True)
    if name in ("acc", "exact_match", "numerical_match"):
        right = [float(is_right(match, reply, gold, tolerance)) for reply, gold in zip(replies, answers, strict=True)]
        return mean_measure(name, right, binary=True)
    if name == "acc_strict":
        named = [{label for label in built.labels or () if label in reply} for reply in replies]
        right = [float(found == {gold[0]}) for found, gold in zip(named, answers, strict=True)]
        return mean_measure(name, right, binary=True)
    if name in ("character_f1", "set_f1"):
        f1 = character_f1 if name == "character_f1" else set_f1
        values = [max(f1(reply, answer) for answer in gold) for reply, gold in zip(replies, answers, strict=True)]
        return mean_measure(name, values, binary=False)
    raise _unknown(name, built)


# --- text ----------------------------------------------------------------------------------------------------------


def _text_measure(name: str, built: BuiltTask, scores: Sequence[Score]) -> Measure:
    """Metrics of likelihood: over a whole text (`RollingScore`), or over an answer after its prompt (`ChoiceScore`)."""
    nats: list[float] = []
    tokens: list[int] = []
    characters: list[int] = []
    octets: list[int] = []
    for number, score in enumerate(scores):
        if isinstance(score, RollingScore):
            nats.append(score.nats)
            tokens.append(score.tokens)
            characters.append(score.characters)
            octets.append(score.bytes)
        elif isinstance(score, ChoiceScore):
            nats.append(-score.loglikelihoods[0])
            tokens.append(score.tokens[0])
            characters.append(len(built.choices[number][0]))
            octets.append(len(built.choices[number][0].encode("utf-8", "surrogatepass")))
    loss = np.asarray(nats, dtype=np.float64)
    counts = np.asarray(tokens, dtype=np.float64)
    if name == "macro_perplexity":
        mean_loss = loss / np.maximum(counts, 1)
        rows = np.stack([mean_loss, (counts > 0).astype(np.float64)], axis=1)
        return _loss_measure(name, rows, lambda sums: np.exp(ratio(sums)))
    units: Mapping[str, Floats] = {
        "bits_per_character": np.asarray(characters, dtype=np.float64) * math.log(2),
        "bits_per_byte": np.asarray(octets, dtype=np.float64) * math.log(2),
        "token_perplexity": counts,
    }
    if name not in units:
        raise _unknown(name, built)
    value: FromSums = (lambda sums: np.exp(ratio(sums))) if name == "token_perplexity" else ratio
    return _loss_measure(name, np.stack([loss, units[name]], axis=1), value)


def _loss_measure(name: str, rows: Floats, value: FromSums) -> Measure:
    """A loss over units of text; without a single unit it is undefined."""
    return Measure(name, rows, value, False, items=value(rows), undefined=not rows[:, 1].any())


# --- of installed packages ------------------------------------------------------------------------------------------


def _installed_measure(part: Metric, built: BuiltTask, scores: Sequence[Score]) -> Measure:
    """A metric of an installed package. Raises `TekioError` naming metric, task and item where it gives no number."""
    rows: list[NDArray[np.float64]] = []
    for line, item in zip(item_rows(built, scores), built.items, strict=True):
        try:
            row = np.atleast_1d(np.asarray(part.score(line, item.fields), dtype=np.float64))
            if row.ndim != 1 or not np.isfinite(row).all() or (rows and len(row) != len(rows[0])):
                raise ValueError(f"not the finite numbers a metric gives: {row.tolist()}")
            if part.combine is None and len(row) != 1:
                raise ValueError("several numbers without `combine`")
            if part.right_or_wrong and row[0] not in (0.0, 1.0):
                raise ValueError(f"{row[0]} is not 1 (right) or 0 (wrong)")
        except Exception as error:
            raise TekioError(
                Text(
                    f"The metric `{part.name}` {part.version} of an installed package fails on item {item.id} of task {built.name}.",
                    f"パッケージの指標 `{part.name}` {part.version} がタスク {built.name} の問題 {item.id} で失敗しました。",
                ),
                why=f"{type(error).__name__}: {str(error)[:300]}",
                fix=Text(
                    "Fix the package and run the same command again: the scores of the models are kept.",
                    "パッケージを直して同じコマンドを再実行してください。採点済みの結果は残っています。",
                ),
            ) from error
        rows.append(row)
    if part.combine is None:
        found = mean_measure(part.name, [float(row[0]) for row in rows], binary=part.right_or_wrong)
        return replace(found, higher_is_better=part.higher_is_better, own_unit=part.unit)
    combined = cast("FromSums", part.combine)
    found = Measure(part.name, np.stack(rows), combined, part.higher_is_better, own_unit=part.unit)
    return replace(found, undefined=not math.isfinite(found.observed))
