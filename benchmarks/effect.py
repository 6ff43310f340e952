"""The studies of docs/effect.md: one change at a time, several seeds, a design that was written before the result.

    python benchmarks/effect.py docs/studies/designs/replay.yaml          # train, measure, print the table
    python benchmarks/effect.py --list                                    # the designs, and which have a result

A design (`Design`) names a recipe, whose corpus, base and records are made once, and arms: the stages from the base on, each with what it changes. Every arm
is trained and measured with every seed, in a folder of its own, so that a study goes on where it was stopped and two processes may
share it (`--seeds 17 18` and `--seeds 19 20 21`; begin the second once the first has measured its base, which all seeds share and one process writes). Differences are taken to the reference arm, paired by seed: Student's interval and test over
the seeds, Holm over all tests of the study. The interval holds the chance of training (order of the text, start of an adapter) and, where a study takes what the training
itself measures (no `evaluate`), a part of the choice of held-out documents, which each seed draws anew; never that of the items of tasks. Results go to docs/studies/results (values by arm and seed, hash of the design) and into the table of the study's page.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, model_validator

from answer_quality import AnswersConfig, answer_figures
from tekio.artifacts.model import read_artifact
from tekio.artifacts.results import Results
from tekio.artifacts.training import TrainingSummary
from tekio.errors import Text as Both
from tekio.errors import UsageError, WrongValueError
from tekio.evaluate import evaluate
from tekio.model.load import model_folder
from tekio.pipeline import run_recipe
from tekio.recipe import Recipe, load_recipe
from tekio.recipe.evaluate import EvaluateConfig
from tekio.recipe.read import read_yaml, validate
from tekio.recipe.residual import ResidualConfig
from tekio.recipe.section import Section
from tekio.recipe.train import BaseConfig, PretrainConfig, ScratchConfig, TuneConfig
from tekio.statistics.corrections import holm
from tekio.statistics.intervals import MeanOf, mean_of, student_quantile
from tekio.store import sha256_file, sha256_json
from tekio.train import make_base, pretrain, tune
from tekio.train.residual import residual

STUDIES = Path(__file__).resolve().parents[1] / "docs" / "studies"
DESIGNS, RESULTS = STUDIES / "designs", STUDIES / "results"
SUMMARY = "summary.json"
START, END = "<!-- result: benchmarks/effect.py -->", "<!-- end of result -->"
POWER = 0.8
StageName = Literal["pretrain", "tune", "residual"]
C = TypeVar("C", PretrainConfig, TuneConfig, EvaluateConfig, ScratchConfig)


class Measure(Section):
    """One number of a model: the mean of some figures, each `bits.<domain>` (bits per character of held-out text) or `<task>.<metric>`."""

    of: list[str] = Field(min_length=1)
    en: str
    ja: str
    higher_is_better: bool = False
    percent: bool = False

    @property
    def digits(self) -> int:
        return 1 if self.percent else 3


class Arm(Section):
    """What is done to the base, in order; nothing: the base as it is. residual's `instruct` is the name of an arm whose model is the instruction-tuned one."""

    en: str
    ja: str
    steps: list[dict[StageName, dict[str, Any]]] = Field(default_factory=list[dict[StageName, dict[str, Any]]])
    base: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Changes to the recipe's `base.scratch`: a base of the arm's own, made once and shared by all seeds and by all arms with these changes."""
    against: str = ""
    """The arm that this one is compared with; empty: the study's reference."""
    says: Literal["", "another", "passage"] = ""
    """With `answers`, in the model's stead: the gold answer of another question, or the passage as it stands (the gold answer itself)."""


class Design(Section):
    """A study as it was fixed before it ran."""

    study: str
    asked_by: str
    question: str
    question_ja: str
    recipe: Path
    once: list[str]
    """Stages of the recipe that all arms share."""
    common: dict[StageName, dict[str, Any]] = Field(default_factory=dict[StageName, dict[str, Any]])
    """Changes to the recipe that hold for every arm."""
    evaluate: dict[str, Any] | None = None
    """Changes to the recipe's `evaluate`; null: what the last training measures itself is enough."""
    answers: AnswersConfig | None = None
    """Instead: the models' answers to validation records, scored by the rubric of answer_quality.py."""
    trained_by: str = ""
    """The study whose trainings are used, by the names of its arms; empty: this one's own."""
    arms: dict[str, Arm]
    reference: str
    seeds: list[int] = Field(min_length=2)
    measures: dict[str, Measure]
    planned: str
    """What can be seen with so many seeds, said before."""

    @model_validator(mode="after")
    def _known_reference(self) -> Design:
        for name in (self.reference, *(arm.against for arm in self.arms.values() if arm.against)):
            if name not in self.arms:
                raise WrongValueError(f"`{name}` is no arm", f"`{name}` という条件はありません")
        return self

    def against(self, arm: str) -> str:
        """The arm that `arm` is compared with."""
        return self.arms[arm].against or self.reference


Values = dict[str, dict[str, dict[str, float]]]
"""arm -> seed -> measure -> value"""


def read_design(path: Path) -> Design:
    """The design in a file. Raises `TekioError` for one that cannot be read."""
    return validate(Design, *read_yaml(path), base=path.parent)


def changed(config: C, *changes: Mapping[str, Any]) -> C:
    """A section of the recipe with some keys changed; sections within it are merged, everything else is replaced."""
    plain = config.model_dump(exclude_unset=True)
    for change in changes:
        _merge(plain, change)
    return type(config).model_validate(plain)


def _merge(plain: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(plain.get(key), dict):
            _merge(plain[key], value)
        else:
            plain[key] = value


def trained(design: Design, recipe: Recipe, run: Path, arm: str, seed: int) -> Path:
    """The stage folder of an arm's last step (the base's where it has none); made, if it is not there."""
    start = place = own_base(design, recipe, run, arm)
    corpus = run / "corpus" if recipe.corpus is not None else None
    made: dict[str, Path] = {}
    for number, step in enumerate(design.arms[arm].steps):
        ((stage, change),) = step.items()
        out = run / "effect" / (design.trained_by or design.study) / f"{arm}-{seed}" / f"{number}-{stage}"
        common = design.common.get(stage, {})
        if stage == "pretrain":
            config = changed(recipe.pretrain or PretrainConfig(), common, change)
            assert corpus is not None
            pretrain(config, out, base=place, corpus=corpus, seed=seed)
        elif stage == "tune":
            config = changed(recipe.tune or TuneConfig(), common, change)
            tune(config, out, model=place, records=run / "instruct", seed=seed, corpus=corpus)
        else:
            other = trained(design, recipe, run, change["instruct"], seed) / "model"
            asked = ResidualConfig.model_validate({**change, "instruct": str(other)})
            residual(
                asked,
                out,
                base=start,
                pretrained=made["pretrain"],
                records={"instruct": run / "instruct"},
                corpus=None,
                domains=[],
                seed=seed,
            )
        made[stage] = place = out
    return place


def own_base(design: Design, recipe: Recipe, run: Path, arm: str) -> Path:
    """The stage folder of the base that an arm starts from: the recipe's, or one with the arm's changes."""
    changes = design.arms[arm].base
    if not changes:
        return run / "base"
    assert recipe.base is not None
    assert recipe.base.scratch is not None
    out = run / "effect" / "bases" / sha256_json(changes)[:12]
    config = BaseConfig(scratch=changed(recipe.base.scratch, changes))
    make_base(config, out, corpus=run / "corpus", seed=recipe.seed)
    return out


def figures(design: Design, recipe: Recipe, run: Path, arm: str, seed: int) -> dict[str, float]:
    """Everything that is measured of an arm's model, by the names that measures use."""
    if design.answers is not None:
        says = design.arms[arm].says
        model = None if says else model_folder(trained(design, recipe, run, arm, seed))
        same = not (says or design.arms[arm].steps)  # greedy answers of the base are those of every seed
        out = run / "effect" / design.study / (arm if same else f"{arm}-{seed}") / "answers"
        return answer_figures(design.answers, run / "instruct", out, seed, model=model, says=says)
    if design.evaluate is None:
        steps = design.arms[arm].steps
        follower = next(
            (name for name, one in design.arms.items() if one.steps and one.base == design.arms[arm].base), arm
        )
        place = trained(design, recipe, run, arm if steps else follower, seed)
        summary = read_artifact(TrainingSummary, place / SUMMARY)
        held_out = summary.held_out_after if steps else summary.held_out_before
        return {f"bits.{name}": one.bits_per_character for name, one in held_out.items() if one.bits_per_character}
    place = trained(design, recipe, run, arm, seed)
    config = changed(recipe.evaluate or EvaluateConfig(), {"models": ["base"], **design.evaluate})
    out = run / "effect" / design.study / (f"{arm}-{seed}" if design.arms[arm].steps else arm) / "evaluate"
    evaluate(config, out, models={"model": model_folder(place)}, corpus=run / "corpus", seed=recipe.seed)
    found: dict[str, float] = {}
    for task in read_artifact(Results, out / "results.json").tasks:
        for name, metric in task.scores["model"].metrics.items():
            if metric.value is not None:
                key = f"bits.{task.group}" if name == "bits_per_character" else f"{task.task}.{name}"
                found[key] = metric.value
    return found


def measured(design: Design, found: Mapping[str, float]) -> dict[str, float]:
    """The design's measures of one model; percentages as percent."""
    return {
        name: math.fsum(found[key] for key in one.of) / len(one.of) * (100 if one.percent else 1)
        for name, one in design.measures.items()
    }


def run_study(design: Design, path: Path, out: Path | None, seeds: Sequence[int]) -> Path:
    """Train and measure what is missing, and write the results file."""
    recipe = load_recipe(Path(__file__).resolve().parents[1] / design.recipe)
    run = (out or recipe.run_folder).resolve()
    for stage in design.once:
        run_recipe(recipe, run, only=stage)
    kept = run / "effect" / design.study
    for seed in seeds:
        for arm in design.arms:
            file = kept / f"{arm}-{seed}.json"
            if file.is_file():
                continue
            begin = cpu_seconds()
            values = measured(design, figures(design, recipe, run, arm, seed))
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".partial")
            part.write_text(json.dumps({"values": values, "cpu_seconds": round(cpu_seconds() - begin, 1)}), "utf-8")
            part.rename(file)
            print(f"{arm} {seed}: " + ", ".join(f"{name} {value:.4g}" for name, value in values.items()), flush=True)
    return write_results(design, path, kept)


def cpu_seconds() -> float:
    """CPU seconds of this process and its children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def write_results(design: Design, path: Path, kept: Path) -> Path:
    """The values there are, as `results/<study>.json`."""
    values: Values = {}
    seconds = 0.0
    for arm in design.arms:
        for seed in design.seeds:
            file = kept / f"{arm}-{seed}.json"
            if file.is_file():
                read = json.loads(file.read_text("utf-8"))
                values.setdefault(arm, {})[str(seed)] = {k: round(v, 6) for k, v in read["values"].items()}
                seconds += read["cpu_seconds"]
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{design.study}.json"
    told = {
        "study": design.study,
        "design_sha256": sha256_file(path),
        "date": time.strftime("%Y-%m-%d"),
        "cpu_seconds": round(seconds),
        "values": values,
    }
    target.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return target


# --- the table -----------------------------------------------------------------------------------------------------


def gains(design: Design, values: Values) -> dict[tuple[str, str], tuple[MeanOf, float | None]]:
    """(arm, measure) -> difference to the reference over the seeds both have, with p after Holm over all of them."""
    found: dict[tuple[str, str], MeanOf] = {}
    for arm in design.arms:
        reference = values.get(design.against(arm), {})
        both = [seed for seed in values.get(arm, {}) if seed in reference]
        if arm == design.against(arm) or len(both) < 2:
            continue
        for name in design.measures:
            found[arm, name] = mean_of([values[arm][seed][name] - reference[seed][name] for seed in both])
    adjusted = holm([one.p for one in found.values()])
    return {key: (one, p) for (key, one), p in zip(found.items(), adjusted, strict=True)}


def detectable(one: MeanOf) -> float | None:
    """The smallest true difference that a t-test with this spread and number of seeds shows four times in five."""
    if one.low is None or one.high is None or one.n < 2:
        return None
    error = (one.high - one.low) / 2 / student_quantile(0.975, one.n - 1)
    return (student_quantile(0.975, one.n - 1) + student_quantile(POWER, one.n - 1)) * error


HEAD = {
    "en": ("arm", "mean", "difference", "p (Holm)", "could be seen", "reference"),
    "ja": ("条件", "平均", "差", "p（Holm）", "検出できる差", "基準"),
}


def table(design: Design, values: Values, language: Literal["en", "ja"]) -> list[str]:
    """The Markdown tables of a study, one a measure: means over seeds, differences with 95 % intervals, p after Holm, smallest difference that could be seen."""
    found = gains(design, values)
    words = HEAD[language]
    lines: list[str] = []
    for name, measure in design.measures.items():
        d = measure.digits
        lines += [f"**{getattr(measure, language)}**", ""]
        lines += ["| " + " | ".join(words[:5]) + " |", "|---|---|---|---|---|"]
        for arm, told in design.arms.items():
            seeds = values.get(arm, {})
            if not seeds:
                continue
            mean = f"{math.fsum(one[name] for one in seeds.values()) / len(seeds):.{d}f}"
            if (arm, name) not in found:
                lines.append(f"| {getattr(told, language)} | {mean} | {words[5]} | | |")
                continue
            one, p = found[arm, name]
            ends = "" if one.low is None or one.high is None else f" [{one.low:+.{d}f}, {one.high:+.{d}f}]"
            shown = "–" if p is None or one.low is None else f"{p:.2g}"  # all seeds alike: nothing to test by
            least = detectable(one)
            seen = "–" if least is None else f"{least:.{d}f}"
            lines.append(f"| {getattr(told, language)} | {mean} | {one.mean:+.{d}f}{ends} | {shown} | {seen} |")
        lines.append("")
    return lines[:-1]


def fill_page(page: Path, parts: Mapping[str, Sequence[str]]) -> None:
    """Put the tables between the page's marks: the first pair is English, the second Japanese."""
    text = page.read_text("utf-8")
    for number, lines in enumerate(parts.values()):
        pieces = text.split(START)
        head, rest = START.join(pieces[: number + 1]), pieces[number + 1]
        _, tail = rest.split(END, 1)
        after = pieces[number + 2 :]
        text = START.join([head, "\n\n" + "\n".join(lines) + "\n\n" + END + tail, *after])
    page.write_text(text, "utf-8")


def main() -> None:
    """Run or show a study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("design", type=Path, nargs="*")
    parser.add_argument("--out", type=Path, help="run folder (default: the recipe's)")
    parser.add_argument("--seeds", type=int, nargs="+", help="train only these of the design's seeds")
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    if given.list or not given.design:
        for path in sorted(DESIGNS.glob("*.yaml")):
            done = "done" if (RESULTS / f"{path.stem}.json").is_file() else "no result"
            print(f"{path.stem:<24} {done:<10} {read_design(path).question}")
        return
    for path in given.design:
        design = read_design(path)
        if unknown := set(given.seeds or []) - set(design.seeds):
            raise UsageError(Both(f"No seeds of the design: {unknown}", f"設計にないシードです: {unknown}"))
        result = run_study(design, path, given.out, given.seeds or design.seeds)
        values: Values = json.loads(result.read_text("utf-8"))["values"]
        page = STUDIES / f"{design.study}.md"
        if page.is_file():
            fill_page(page, {"en": table(design, values, "en"), "ja": table(design, values, "ja")})
        print("\n".join(table(design, values, "en")))


if __name__ == "__main__":
    main()
