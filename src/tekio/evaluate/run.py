"""The stage `evaluate`: every model on every task, one per-item file each, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tekio.artifacts.model import parse, read_artifact, write_artifact, write_lines
from tekio.artifacts.results import EvaluatedModel, ModelFacts, Results, SeenItem, TaskResult
from tekio.errors import LimitError, TekioError, Text, UsageError
from tekio.evaluate.exam.part import COST, ExamPart
from tekio.evaluate.models import Endpoint, Model, adapter_base
from tekio.evaluate.results.build import Scored, Settings, results, task_entry
from tekio.evaluate.results.comparisons import Rules
from tekio.evaluate.results.contamination import (
    asks_questions,
    find_contamination,
    finding_rows,
    seen_counts,
    summary,
    united,
)
from tekio.evaluate.results.item_rows import item_rows
from tekio.evaluate.scoring.local import LocalModel
from tekio.evaluate.scoring.processes import Processes, start_processes
from tekio.evaluate.scoring.requests import Score
from tekio.evaluate.scoring.score_store import ItemStore
from tekio.evaluate.units import Unit, build_units
from tekio.progress import Progress
from tekio.recipe.evaluate import EvaluateConfig
from tekio.store import (
    Input,
    Manifest,
    Workspace,
    describe_input,
    finish_interrupted_rename,
    is_complete,
    read_json,
    read_manifest,
    run_stage,
    sha256_file,
    stage_key,
)

STAGE = "evaluate"
VERSION = 11
STORE = "scores"
RECORDS = "train.jsonl"
RESULTS = "results.json"
FACTS = "model.json"


def evaluate(
    config: EvaluateConfig,
    out: Path,
    *,
    models: Mapping[str, Model],
    corpus: Path | None,
    seed: int,
    instruct: Path | None = None,
    exam: Path | None = None,
    prefer: Path | None = None,
    study: Path | None = None,
) -> Manifest:
    """Score `models` on the recipe's tasks and on the corpus' held-out text, and compare them with the first.

    out: the stage folder. models: label -> model or adapter folder, or an endpoint, in the order of the comparison (an
    endpoint has no likelihoods, so perplexity tasks leave it out). corpus: a finished corpus stage, or None. instruct: a
    finished instruction stage or its rows: test items are looked for there too, in the pairs of `prefer`, a finished preference stage, and in the
    documents and records of `study`. exam: a finished exam stage, which is asked closed book and with passages of the corpus. An interrupted run continues with the
    items that are not scored yet.
    Raises `TekioError` for data or models that cannot be used, `LimitError` (exit 3) when general ability was lost
    beyond `forgetting_margin`; the results are there all the same.
    """
    if not models:
        raise UsageError(Text("There is no model to evaluate.", "評価するモデルがありません。"))
    units = build_units(config, corpus, seed=seed)
    rows = {"study": study, "instruct": instruct, "prefer": prefer} if config.contamination else {}
    learned = {origin: path for origin, path in rows.items() if path is not None}
    asked = ExamPart(exam, config.exam, models, corpus, seed, learned.get("study")) if exam is not None else None
    if not units and asked is None:
        raise UsageError(
            Text("There is nothing to evaluate.", "評価するものがありません。"),
            fix=Text(
                "Name tasks or give a corpus with held-out text.",
                "tasks か評価用文書のあるコーパスを指定してください。",
            ),
        )
    _check_judge(config, units)
    inputs = _inputs(models, corpus, learned)
    if config.published is not None:
        inputs.append(describe_input(config.published.path, "published"))
    if exam is not None:
        inputs.append(describe_input(exam, "exam"))
    settings = _settings(config, units, models)
    if asked is not None:
        settings["exam"] = asked.identity()
    with start_processes() as processes:
        _check_engine(config, models, processes)
        work = _Work(config, units, models, inputs, seed, processes, corpus, learned, asked)
        if processes.world == 1:
            manifest = run_stage(STAGE, out, config=settings, inputs=inputs, seed=seed, work=work.all, version=VERSION)
        else:
            manifest = _together(out, settings, inputs, seed, work)
    _check_forgetting(out, config)
    return manifest


def _check_engine(config: EvaluateConfig, models: Mapping[str, Model], processes: Processes) -> None:
    """Raise `UsageError` where vLLM is asked for and cannot be used, before anything is read."""
    if config.engine != "vllm" or all(isinstance(model, Endpoint) for model in models.values()):
        return
    from tekio.model.vllm_engine import check_vllm

    check_vllm(config.device)
    if processes.world > 1:
        raise UsageError(
            Text("vLLM is started by one process.", "vLLM は 1 プロセスで動かします。"),
            why=f"WORLD_SIZE={processes.world}",
            fix=Text("Run the command without torchrun.", "torchrun を付けずに実行してください。"),
        )


def _check_judge(config: EvaluateConfig, units: Sequence[Unit]) -> None:
    """Raise `UsageError` for tasks that need a judge where none is named."""
    needing = sorted({unit.built.name for unit in units if unit.built.spec.generation.judge})
    if needing and not config.judge:
        raise UsageError(
            Text(
                f"A judge has to rate the replies of {', '.join(needing)}.",
                f"{', '.join(needing)} の回答には審査モデルが必要です。",
            ),
            fix=Text(
                "Name its server: --judge http://127.0.0.1:PORT/v1#NAME (in a recipe: evaluate.judge).",
                "--judge http://127.0.0.1:ポート/v1#モデル名（レシピでは evaluate.judge）で指定してください。",
            ),
        )


def _inputs(models: Mapping[str, Model], corpus: Path | None, learned: Mapping[str, Path]) -> list[Input]:
    inputs = [describe_model(model, label) for label, model in models.items()]
    for label, model in models.items():
        base = adapter_base(model)
        if base is not None:
            inputs.append(describe_model(base, f"{label}: base"))
    if corpus is not None:
        inputs.append(describe_input(corpus, "corpus"))
    return inputs + [describe_input(path, origin) for origin, path in learned.items()]


def describe_model(path: Model, name: str) -> Input:
    """The identity of a model: of the stage that made it, if it lies in one, else of its files; an endpoint's address."""
    if isinstance(path, Endpoint):
        return Input(name, path.sha256, "endpoint")
    try:
        manifest = read_manifest(path.parent)
    except TekioError:  # a file of that name that is not ours: the folder is a user's own
        manifest = None
    if manifest is not None:
        return describe_input(path.parent, name)
    return describe_input(path, name)


def _settings(config: EvaluateConfig, units: Sequence[Unit], models: Mapping[str, Model]) -> dict[str, Any]:
    plain = config.plain()
    for name in (
        "device",
        "tasks",
        "models",
        "published",
        "exam",
        "allow_hosts",
        "endpoint_parallel",
    ):  # where it runs is no part of it; the units say what is asked
        plain.pop(name, None)
    return plain | {"units": [unit.identity() for unit in units], "models": list(models)}


class _Work:
    """The work of the stage, in the two parts several processes share: scoring, and putting together."""

    def __init__(
        self,
        config: EvaluateConfig,
        units: Sequence[Unit],
        models: Mapping[str, Model],
        inputs: Sequence[Input],
        seed: int,
        processes: Processes,
        corpus: Path | None,
        learned: Mapping[str, Path],
        exam: ExamPart | None,
    ) -> None:
        self.config = config
        self.corpus = corpus
        self.learned = learned
        self.exam = exam
        self.own_units = units
        self.models = models
        self.inputs = {item.name: item for item in inputs}
        self.seed = seed
        self.processes = processes

    def all(self, space: Workspace) -> None:
        """Score what is owed, wait for the others, write the results."""
        store = space.scratch(STORE)
        if self.processes.world > 1:
            self.processes.wait()  # the folder is there: the others may begin
        self.score(store)
        self.processes.wait()
        self.put_together(space, store)

    def score(self, store: Path) -> None:
        """Score the share of this process of every unit of every model."""
        for label, path in self.models.items():
            self._score_model(label, path, store / label)

    def _store(self, folder: Path, unit: Unit) -> ItemStore:
        return ItemStore.open(folder / unit.file_name.removesuffix(".jsonl"), unit.form, self.processes.rank)

    @property
    def units(self) -> list[Unit]:
        """What is scored, the exam with and without passages last."""
        return [*self.own_units, *(self.exam.units if self.exam is not None else [])]

    def units_of(self, label: str) -> list[Unit]:
        """The units this model can be scored on."""
        replies = isinstance(self.models[label], Endpoint) and self.config.endpoint_choices == "reply"
        return [unit for unit in self.units if not replies or unit.built.kind != "perplexity"]

    def _score_model(self, label: str, path: Model, folder: Path) -> None:
        facts = folder / FACTS
        units = self.units_of(label)
        stores = [self._store(folder, unit) for unit in units]
        left = sum(
            1 for unit, store in zip(units, stores, strict=True) for name in unit.names if name not in store.scores
        )
        cost = folder / COST
        if not left and facts.is_file() and (self.exam is None or cost.is_file() or isinstance(path, Endpoint)):
            return
        if isinstance(path, Endpoint):
            if self.processes.rank == 0:
                from tekio.evaluate.scoring.endpoint import EndpointModel

                asked = EndpointModel(path, self.config)
                write_artifact(facts, asked.facts())
                with Progress(f"evaluate {label}", left) as progress:
                    for unit, store in zip(units, stores, strict=True):
                        asked.score(unit, store, progress)
            return
        model = LocalModel.load(path, self.config, self.processes.device(self.config.device))
        if self.processes.rank == 0:
            write_artifact(facts, model.facts())
        with Progress(f"evaluate {label}", -(-left // self.processes.world), quiet=self.processes.rank > 0) as progress:
            for unit, store in zip(units, stores, strict=True):
                model.score(unit, store, self.processes.share, progress)
        if self.exam is not None and self.processes.rank == 0:
            self.exam.measure(model, cost)
        model.close()

    def put_together(self, space: Workspace, store: Path) -> None:
        """Per-item files and results from all processes' scores."""
        scores: dict[tuple[str, str], list[Score]] = {}
        described: dict[str, EvaluatedModel] = {}
        for label, path in self.models.items():
            described[label] = self._describe(label, path, parse(ModelFacts, read_json(store / label / FACTS)))
            for unit in self.units_of(label):
                found = self._store(store / label, unit).ordered(unit.names)
                if unit.built.spec.generation.judge:
                    found = self._judged(unit, found, store / label)
                scores[label, unit.file_name] = found
                write_lines(space.path / "items" / label / unit.file_name, item_rows(unit.built, found))
        found = self._results(scores, described)
        self._look_for_items(space, found.tasks, scores)
        if self.config.published is not None:
            from tekio.evaluate.results.leaderboard import board_part, read_board

            found.published = board_part(read_board(self.config.published.path), found)
        write_artifact(space.path / RESULTS, found)
        if self.exam is not None:
            costs = {label: store / label / COST for label in self.models}
            self.exam.write(space.path, space.volatile(COST), scores, costs, self._rules())
        space.counts.update(
            {"models": len(self.models), "tasks": len({unit.built.name for unit in self.units})}
            | {"items": sum(len(found) for found in scores.values())}
        )

    def _judged(self, unit: Unit, scores: list[Score], folder: Path) -> list[Score]:
        """The scores with the judge's ratings."""
        from tekio.evaluate.scoring.endpoint import EndpointModel

        named = self.config.model_copy(update={"endpoint_choices": "reply", "endpoint_model": ""})
        place = folder / f"{unit.file_name.removesuffix('.jsonl')}.judged"
        return EndpointModel(Endpoint.named(self.config.judge), named).judge(
            unit, scores, ItemStore.open(place, unit.form)
        )

    def _look_for_items(
        self, space: Workspace, entries: Sequence[TaskResult], scores: Mapping[tuple[str, str], list[Score]]
    ) -> None:
        """Say of every task which of its items stand in what was trained on (`contamination`, with the spans)."""
        places = self._training_texts()
        asked = {unit.built.name: unit for unit in self.own_units if unit.headline and asks_questions(unit.built)}
        units = [asked[entry.task] for entry in entries if entry.task in asked]
        if not units or not places:
            return
        from tekio.contamination.training_text import (  # pyarrow, where a corpus is
            read_sources,
            read_study,
            thresholds_of,
        )

        built = [unit.built for unit in units]
        rules = {origin: thresholds_of(path) for origin, path in places.items()}
        by_origin = {
            origin: find_contamination(
                built, read_study(path) if origin == "study" else read_sources(path), rules[origin]
            )
            for origin, path in places.items()
        }
        rows: list[SeenItem] = []
        by_task = {entry.task: entry for entry in entries}
        for number, unit in enumerate(units):
            own = {label: scores[label, unit.file_name] for label in self.models if (label, unit.file_name) in scores}
            found = {origin: findings[number] for origin, findings in by_origin.items()}
            origins = {origin: seen_counts(findings) for origin, findings in found.items()}
            by_task[unit.built.name].contamination = summary(unit.built, united(found), own, origins, rules)
            for origin, findings in found.items():
                rows.extend(finding_rows(unit.built, findings, origin))
        write_lines(space.path / "contamination.jsonl", rows)

    def _training_texts(self) -> dict[str, Path]:
        """What the models were trained on: origin (`corpus`, `study`, `instruct`, `prefer`) -> where its text lies."""
        if not self.config.contamination:
            return {}
        found = {"corpus": self.corpus / "train"} if self.corpus is not None else {}
        found |= {
            origin: path / RECORDS if path.is_dir() and origin != "study" else path
            for origin, path in self.learned.items()
        }
        return {origin: path for origin, path in found.items() if path.exists()}

    def _describe(self, label: str, path: Model, facts: ModelFacts) -> EvaluatedModel:
        base = adapter_base(path)
        tokenizer = None
        if not isinstance(path, Endpoint):
            files = [folder / "tokenizer.json" for folder in (path, base) if folder is not None]
            tokenizer = next((file for file in files if file.is_file()), None)
        return EvaluatedModel(
            path=path.name,
            sha256=path.sha256 if isinstance(path, Endpoint) else self.inputs[label].sha256,
            base_sha256=None if base is None else self.inputs[f"{label}: base"].sha256,
            tokenizer_sha256=sha256_file(tokenizer) if tokenizer else None,
            parameters=facts.parameters,
            dtype=facts.dtype,
            context_length=facts.context_length,
            bos=facts.bos,
            shared_prefixes=facts.shared_prefixes,
            endpoint_model=facts.endpoint_model,
            endpoint_rule=facts.endpoint_rule,
            max_tokens=facts.max_tokens,
            thinking=facts.thinking,
            chat_template_sha256=facts.chat_template_sha256,
            choices=facts.choices,
            likelihoods=facts.likelihoods,
            engine=facts.engine,
        )

    def _rules(self) -> Rules:
        config = self.config
        return Rules(next(iter(self.models)), config.confidence, config.resamples, self.seed, config.forgetting_margin)

    def _results(self, scores: Mapping[tuple[str, str], list[Score]], described: dict[str, EvaluatedModel]) -> Results:
        config = self.config
        labels = list(self.models)
        rules = self._rules()
        scored = [
            Scored(
                unit.built,
                {label: scores[label, unit.file_name] for label in labels if (label, unit.file_name) in scores},
                unit.thinking,
            )
            for unit in self.own_units
        ]
        entries: list[TaskResult] = []
        for number, unit in enumerate(self.own_units):
            if unit.headline and scored[number].scores:
                following = number + 1
                while following < len(self.own_units) and not self.own_units[following].headline:
                    following += 1
                entries.append(task_entry(scored[number], scored[number + 1 : following], rules))
        return results(
            entries,
            rules,
            Settings(
                protocol=config.protocol,
                boundary=config.boundary,
                bos=config.bos,
                dtype=config.dtype,
                window=config.perplexity.window,
                stride=config.perplexity.stride,
                models=described,
            ),
        )


def _together(out: Path, settings: dict[str, Any], inputs: list[Input], seed: int, work: _Work) -> Manifest:
    """The same with several processes: number 0 keeps the stage folder, all of them score."""
    processes = work.processes
    if processes.rank == 0:
        finish_interrupted_rename(out)
    processes.wait()
    key = stage_key(STAGE, VERSION, settings, seed, inputs)
    done = is_complete(out, key)
    processes.wait()
    if done is not None:
        return done
    if processes.rank == 0:
        manifest = run_stage(STAGE, out, config=settings, inputs=inputs, seed=seed, work=work.all, version=VERSION)
        processes.wait()
        return manifest
    processes.wait()
    work.score(out.with_name(out.name + ".partial") / STORE)
    processes.wait()
    processes.wait()
    finished = is_complete(out, key)
    assert finished is not None
    return finished


def _check_forgetting(out: Path, config: EvaluateConfig) -> None:
    if config.forgetting_margin is None:
        return
    found = read_artifact(Results, out / RESULTS).forgetting
    lost = sorted(label for label, verdict in found.verdict.items() if verdict == "lost") if found else []
    if lost:
        raise LimitError(
            Text(
                f"General ability was lost beyond the margin: {', '.join(lost)}.",
                f"汎用能力の低下が許容幅を超えました: {', '.join(lost)}",
            ),
            where=out / RESULTS,
            why=f"forgetting_margin: {config.forgetting_margin}",
            fix=Text(
                "More replay, a lower learning rate, or another margin.",
                "一般文書の混合を増やす、学習率を下げる、または許容幅を見直してください。",
            ),
        )
