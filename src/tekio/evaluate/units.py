"""What is to be scored: every task of the recipe in every template version, and the corpus' held-out text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.evaluate.scoring.requests import ChoiceRequest, GenerationRequest, Request
from tekio.evaluate.tasks import BuiltTask, load_task
from tekio.evaluate.tasks.metric_names import installed_metric
from tekio.plugins import AnswerReader, Metric, versions
from tekio.recipe.evaluate import EvaluateConfig, TaskConfig
from tekio.store import sha256_json


@dataclass(frozen=True)
class Unit:
    """One task in one template version. headline: the version registered beforehand (the others show the spread).

    thinking: whether the models are asked to reason, where that is not as the configuration says (the other half of a pair).
    """

    built: BuiltTask
    headline: bool = True
    thinking: bool | None = None

    @property
    def file_name(self) -> str:
        """Name of its per-item file (a task's colon is no file name everywhere)."""
        mark = {None: "", True: ".thinking-on", False: ".thinking-off"}[self.thinking]
        return f"{self.built.name.replace(':', '-')}.{self.built.template}{mark}.jsonl"

    @property
    def form(self) -> str:
        """Which engine scores it: `choice`, `generation` or `perplexity` (the kind of its requests)."""
        return form_of(self.built.requests)

    @property
    def names(self) -> list[str]:
        """Item ids, in the order of the requests."""
        return [request.item for request in self.built.requests]

    def asked(self, config: EvaluateConfig) -> EvaluateConfig:
        """The configuration this unit is asked with."""
        if self.thinking is None:
            return config
        return config.model_copy(update={"thinking": config.thinking.model_copy(update={"enable": self.thinking})})

    def identity(self) -> dict[str, Any]:
        """What decides its scores, for the stage's key: prompts and answers by their hashes, not by their place."""
        built = self.built
        own = versions(Metric, (name for name in built.metrics if installed_metric(name, built.kind) is not None))
        read = versions(AnswerReader, [built.spec.generation.reader])
        return (
            ({"metrics": own} if own else {})
            | ({"answer_reader": read} if read else {})
            | ({"thinking": self.thinking} if self.thinking is not None else {})
            | {
                "task": built.name,
                "template": built.template,
                "protocol": built.protocol,
                "shots": built.shots,
                "group": built.group,
                "headline": self.headline,
                "prompt_hash": built.prompt_hash,
                "golds": sha256_json([[item.id, item.gold, list(item.answers), item.cluster] for item in built.items]),
                "task_file": sha256_json(built.spec.plain()),
            }
        )


def form_of(requests: Sequence[Request]) -> str:
    """The kind of `requests` (all of a task are of one)."""
    if requests and isinstance(requests[0], ChoiceRequest):
        return "choice"
    return "generation" if requests and isinstance(requests[0], GenerationRequest) else "perplexity"


def build_units(config: EvaluateConfig, corpus: Path | None, *, seed: int) -> list[Unit]:
    """All units, tasks first, in the recipe's order; a task's headline template comes before its other versions.

    Raises `TekioError` naming task and item for data that is missing or wrong.
    """
    units: list[Unit] = []
    for task in config.tasks:
        versions = dict.fromkeys([task.template, *task.other_templates])
        built = [_build(task, version, config.protocol, seed) for version in versions]
        seen: set[str] = set()
        for number, one in enumerate(built):
            if one.template not in seen:  # an alias may stand for a version that is there already
                units.append(Unit(one, headline=number == 0))
            seen.add(one.template)
        if config.thinking.both and form_of(built[0].requests) != "perplexity":
            units.append(Unit(built[0], headline=False, thinking=not config.thinking.asked))
    if corpus is not None and config.perplexity.held_out:
        from tekio.evaluate.tasks.held_out import held_out_tasks  # pyarrow, where there is a corpus

        units.extend(Unit(built) for built in held_out_tasks(corpus, config.perplexity, seed=seed))
    return units


def _build(task: TaskConfig, template: str, protocol: str, seed: int) -> BuiltTask:
    return load_task(task.task, base=task.base, metrics=task.metrics).build(
        task.data.path if task.data else None,
        template=template,
        protocol=protocol,
        shots=task.shots,
        limit=task.limit,
        seed=seed,
        pool=task.demonstrations,
        group=task.group,
    )
