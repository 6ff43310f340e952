"""What would fail, said before anything runs: one list of checks, printed by `tekio doctor` and begun with by `tekio run`.

Whatever a run would refuse by its recipe, the heads of its files, or the configuration of its base is found here, all of
it in one call. `refusal` makes the error of it that `run` raises: both commands say the same words and end with the same
exit code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from tekio.doctor.base_model import check_base
from tekio.doctor.findings import Finding, Level, failure, refusal
from tekio.doctor.lengths import check_lengths
from tekio.doctor.machine import check_engine, check_libraries, check_machine, check_own_parts
from tekio.doctor.settings import check_order, check_settings
from tekio.doctor.sources import check_corpus, check_exam, check_instruct, check_pairs, check_prompts, check_study
from tekio.doctor.tasks import check_tasks
from tekio.doctor.training import check_training
from tekio.errors import TekioError, Text
from tekio.isolation import isolation_problem
from tekio.model_stages import TRAINING_STAGES
from tekio.recipe import Recipe
from tekio.run_folder import require_run_folder
from tekio.stage_names import STAGES
from tekio.stages import wanted_stages
from tekio.store import require_replaceable

__all__ = ["Finding", "Level", "check_settings", "examine", "failure", "network_finding", "refusal"]


def examine(recipe: Recipe, run: Path, stages: Collection[str] | None = None) -> list[Finding]:
    """Check everything a run of `recipe` in folder `run` would need: the place, settings that contradict each other, files,
    libraries, disk, memory, devices, tasks.

    stages: those that will be made; default: all. What only other stages need is not looked at.
    """
    todo = set(wanted_stages(recipe)) if stages is None else set(stages)
    findings = [*_place(recipe, run, todo), *check_order(recipe)]
    if "corpus" in todo:
        findings += check_corpus(recipe)
    if "exam" in todo:
        findings += check_exam(recipe)
    if "study" in todo:
        findings += check_study(recipe)
    if "instruct" in todo:
        findings += check_instruct(recipe)
    if "prefer" in todo:
        findings += check_pairs(recipe)
    findings += check_settings(recipe)
    if todo.intersection(TRAINING_STAGES):
        base = list(check_base(recipe))
        findings += base
        findings += check_training(recipe, run, todo, sound=all(item.level == "ok" for item in base))
    if "evaluate" in todo:
        findings += check_tasks(recipe)
    if "compare" in todo:
        findings += check_prompts(recipe)
    findings += check_lengths(recipe, todo)
    findings += check_libraries(recipe, todo)
    findings += check_engine(recipe, todo)
    findings += check_own_parts()
    findings += check_machine(recipe, run, todo)
    return findings


def _place(recipe: Recipe, run: Path, todo: Collection[str]) -> Iterator[Finding]:
    """The run folder, and in it the places of the stages."""
    subject = Text("run folder", "実行フォルダ")
    try:
        require_run_folder(recipe, run)
    except TekioError as error:
        yield failure(subject, error)
        return
    for name in (stage for stage in STAGES if stage in todo):
        try:
            require_replaceable(name, run / name)
        except TekioError as error:
            yield failure(subject, error)


def network_finding() -> Finding:
    """What closes the network here: the guard alone, or the system too."""
    problem = isolation_problem()
    if problem is None:
        words = Text(
            "closed by the guard; `--isolate` (a network namespace) is offered here",
            "ガードで禁止。`--isolate`(ネットワーク名前空間)も使えます",
        )
    else:
        words = Text(
            f"closed by the guard for what goes through Python; `--isolate` is not offered here: {problem}",
            f"Python を通る通信はガードで禁止。`--isolate` は使えません: {problem}",
        )
    return Finding("ok", Text("network", "通信"), words)
