"""A grid of tuning runs over settings and seeds, and what it can tell: the best by held-out loss, with its uncertainty.

Every run is a `tune` stage of its own in `<run>/sweep-runs/`, so it is skipped when it is there and goes on when it was
killed. Settings are compared by the validation loss after training, paired by seed: the same seed draws the same order
and, for one rank, the same start of the adapter. A setting is *the best* only when every other one is worse (paired t,
Holm, at the confidence of the recipe); otherwise the lowest mean is named together with those it cannot be told from.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tekio.artifacts.model import read_artifact, write_artifact
from tekio.artifacts.sweep import Judgement, Sweep, SweepPoint, SweepSetting
from tekio.artifacts.training import TrainingSummary
from tekio.errors import TekioError, Text
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.train import SweepConfig, TuneConfig
from tekio.statistics.corrections import holm
from tekio.statistics.intervals import mean_of
from tekio.store import Manifest, StagePlanned, Workspace, describe_input, is_planning, run_stage
from tekio.train.stages import tune

RUNS = "sweep-runs"
VERSION = 1
Status = Literal["done", "continue", "redo", "new", "replace"]


@dataclass(frozen=True)
class Setting:
    """One point of the grid. records: training records used; None: all."""

    rank: int
    alpha: float
    learning_rate: float
    sequence_length: int
    records: int | None

    @property
    def name(self) -> str:
        data = "all" if self.records is None else str(self.records)
        return f"r{self.rank}-a{self.alpha:g}-lr{self.learning_rate:g}-l{self.sequence_length}-n{data}"


@dataclass(frozen=True)
class SweepRun:
    """One run of the grid."""

    setting: Setting
    seed: int

    @property
    def name(self) -> str:
        return f"{self.setting.name}-s{self.seed}"


@dataclass
class Judged:
    """One setting with its losses by seed (nats a token on the validation records) and what was made of them.

    difference: to the lowest mean, paired by seed. tokens: validation tokens measured; settings with another number
    (another length drops other records) are not comparable. A loss of NaN or infinity (a run that diverged) has no mean.
    """

    setting: Setting
    losses: dict[int, float]
    tokens: int | None = None
    mean: float = 0.0
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p_adjusted: float | None = None
    judgement: Judgement = "cannot tell"
    bits_per_character: dict[int, float] = field(default_factory=dict[int, float])

    def row(self) -> SweepSetting:
        """The setting as it is written."""
        point = self.setting
        return SweepSetting(
            name=point.name,
            setting=SweepPoint(
                rank=point.rank,
                alpha=point.alpha,
                learning_rate=point.learning_rate,
                sequence_length=point.sequence_length,
                records=point.records,
            ),
            losses=_by_seed(self.losses),
            bits_per_character=_by_seed(self.bits_per_character),
            tokens=self.tokens,
            mean=self.mean if math.isfinite(self.mean) else None,
            low=self.low,
            high=self.high,
            difference=self.difference,
            difference_low=self.difference_low,
            difference_high=self.difference_high,
            p_adjusted=self.p_adjusted,
            judgement=self.judgement,
        )


def _by_seed(values: Mapping[int, float]) -> dict[str, float | None]:
    return {str(seed): value if math.isfinite(value) else None for seed, value in values.items()}


def grid(config: SweepConfig, base: TuneConfig) -> list[SweepRun]:
    """All runs, settings in the order of the recipe, then seeds. A list that is not given holds the tuning's own value."""
    settings = itertools.product(
        config.rank or [base.lora.rank],
        config.alpha or [base.lora.alpha],
        config.learning_rate or [base.optimizer.learning_rate],
        config.sequence_length or [base.sequence_length],
        config.records or [base.max_records],
    )
    return [SweepRun(Setting(*values), seed) for values in settings for seed in dict.fromkeys(config.seeds)]


def tuning_of(base: TuneConfig, setting: Setting) -> TuneConfig:
    """The tuning section of one run."""
    return base.model_copy(
        update={
            "lora": base.lora.model_copy(update={"rank": setting.rank, "alpha": setting.alpha}),
            "optimizer": base.optimizer.model_copy(update={"learning_rate": setting.learning_rate}),
            "sequence_length": setting.sequence_length,
            "max_records": setting.records,
        }
    )


def run_status(
    run: SweepRun,
    base: TuneConfig,
    out: Path,
    *,
    model: Path,
    records: Path | Mapping[str, Path],
    corpus: Path | None = None,
    screen: ScreenConfig | None = None,
) -> Status:
    """What running it would do; `planning()` must be on."""
    try:
        _tune(run, base, out, model=model, records=records, corpus=corpus, screen=screen)
    except StagePlanned as answer:
        return answer.status
    raise AssertionError("a run did not go through store.run_stage")


def sweep(
    config: SweepConfig,
    base: TuneConfig,
    out: Path,
    *,
    model: Path,
    records: Path | Mapping[str, Path],
    seed: int,
    corpus: Path | None = None,
    screen: ScreenConfig | None = None,
) -> Manifest:
    """Run the grid and judge it. model, records, corpus, screen: as for `tune`. The runs lie in `sweep-runs` beside `out`.

    Writes `sweep.json` (docs/formats.md). Raises `TekioError` when there are no validation records to judge by.
    """
    runs = grid(config, base)
    if is_planning():
        found = [run_status(run, base, out, model=model, records=records, corpus=corpus, screen=screen) for run in runs]
        if any(status != "done" for status in found):
            status = "continue" if {"done", "continue"} & set(found) else "new"
            status = "replace" if "replace" in found else status
            raise StagePlanned("sweep", status, None)
    else:
        for run in runs:
            _tune(run, base, out, model=model, records=records, corpus=corpus, screen=screen)
    inputs = [describe_input(_place(out, run), run.name) for run in runs]

    def work(space: Workspace) -> None:
        judged = judge(collect(out, runs), config.confidence)
        seeds = list(dict.fromkeys(config.seeds))
        made = Sweep(confidence=config.confidence, seeds=seeds, settings=[item.row() for item in judged])
        write_artifact(space.path / "sweep.json", made)
        space.counts.update(runs=len(runs), settings=len(judged))

    plain = {"sweep": config.plain(), "tune": base.plain()}
    return run_stage("sweep", out, config=plain, inputs=inputs, seed=seed, work=work, version=VERSION)


def _place(out: Path, run: SweepRun) -> Path:
    return out.with_name(RUNS) / run.name


def _tune(
    run: SweepRun,
    base: TuneConfig,
    out: Path,
    *,
    model: Path,
    records: Path | Mapping[str, Path],
    corpus: Path | None,
    screen: ScreenConfig | None,
) -> Manifest:
    config, place = tuning_of(base, run.setting), _place(out, run)
    return tune(config, place, model=model, records=records, corpus=corpus, seed=run.seed, screen=screen)


def collect(out: Path, runs: Sequence[SweepRun]) -> list[Judged]:
    """The finished runs' validation losses by setting."""
    found: dict[Setting, Judged] = {}
    for run in runs:
        summary = read_artifact(TrainingSummary, _place(out, run) / "summary.json")
        measured = summary.held_out_after.get("validation")
        if measured is None:
            raise TekioError(
                Text(
                    "A sweep is judged on validation records, and there are none.", "検証用の指示データがありません。"
                ),
                where=_place(out, run),
                fix="instruct.validation_share: 0.15",
            )
        entry = found.setdefault(run.setting, Judged(run.setting, {}, measured.tokens))
        entry.losses[run.seed] = measured.loss
        entry.bits_per_character[run.seed] = measured.bits_per_character
    return list(found.values())


def judge(settings: Sequence[Judged], confidence: float = 0.95) -> list[Judged]:
    """Means, intervals and judgements (see the module's text). The order stays."""
    for item in settings:
        around = mean_of(list(item.losses.values()), confidence)
        item.mean, item.low, item.high = around.mean, around.low, around.high
    finite = [item for item in settings if math.isfinite(item.mean)]
    for item in settings:
        if item not in finite:
            item.judgement = "not finite"
    if not finite:
        return list(settings)
    # The largest group measured on one and the same validation text; on a tie, the one with more text.
    sizes = [item.tokens for item in finite]
    usual = max(sizes, key=lambda tokens: (sizes.count(tokens), tokens or 0))
    comparable = [item for item in finite if item.tokens == usual]
    lowest = min(comparable, key=lambda item: item.mean)
    others = [item for item in comparable if item is not lowest]
    p_values: list[float | None] = []
    for item in others:
        shared = sorted(set(item.losses) & set(lowest.losses))
        between = mean_of([item.losses[seed] - lowest.losses[seed] for seed in shared], confidence)
        item.difference, item.difference_low, item.difference_high = between.mean, between.low, between.high
        p_values.append(between.p)
    for item, p in zip(others, holm(p_values), strict=True):
        item.p_adjusted = p
        if p is None:
            item.judgement = "one seed"
            continue
        item.judgement = "worse" if p <= 1 - confidence else "cannot tell"
    alone = bool(others) and all(item.judgement == "worse" for item in others)
    lowest.difference = 0.0
    lowest.judgement = "best" if alone else "lowest mean" if len(lowest.losses) > 1 else "one seed"
    for item in finite:
        if item not in comparable:
            item.judgement = "not comparable"
    return list(settings)
