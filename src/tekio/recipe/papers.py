"""The paper recipes: what the papers report, and the same recipes at a size that runs anywhere in minutes.

The numbers are those of the papers, cards and public result files; what a paper does not say is None and is never filled
in. `small_scale` keeps the chain and the method of a recipe (stages, adapter, loss, template, schedule) and exchanges
what cannot be had here: the base model, the data, the size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tekio.errors import Text
from tekio.recipe import Recipe
from tekio.recipe.train import BaseConfig, PretrainConfig, TrainingConfig, TuneConfig

SMALL_LENGTH, SMALL_BATCH = 256, 4


@dataclass(frozen=True)
class Expected:
    """One number of a paper. before, after: the base's and the trained model's; n: items; note: under which protocol."""

    task: str
    metric: str
    before: float | None
    after: float | None
    n: int | None
    note: str


_HARNESS = "fin-harness v0.1 of early 2024, 0-shot, default prompts"
_OWN = "JNLI v1.1 validation, the paper's own prompt, generated words matched as substring"

EXPECTED: dict[str, tuple[Expected, ...]] = {
    "qfin": (
        Expected("chabsa", "macro_f1", 0.7381, 0.7428, 7723, _HARNESS),
        Expected("cma_basics", "accuracy", 18 / 38, 20 / 38, 38, _HARNESS),
        Expected("cpa_audit", "accuracy", 64 / 398, 65 / 398, 398, _HARNESS),
        Expected("fp2", "accuracy", 161 / 475, 173 / 475, 475, _HARNESS),
        Expected("security_sales_1", "accuracy", 26 / 57, 32 / 57, 57, _HARNESS),
    ),
    # Paper C's own scores are not known here. These are the leaderboard's rows of one of its bases, default prompt.
    "jafin": (
        Expected("chabsa", "macro_f1", 0.3755, None, 7723, "leaderboard, llm-jp-1.3b-v1.0, default prompt"),
        Expected("cma_basics", "accuracy", 0.2632, None, 38, "leaderboard; equals always the first option"),
        Expected("cpa_audit", "accuracy", 0.1382, None, 398, "leaderboard; equals always the first option"),
        Expected("fp2", "accuracy", 0.2400, None, 475, "leaderboard; equals always the first option"),
        Expected("security_sales_1", "accuracy", 0.4211, None, 57, "leaderboard; equals always the first option"),
    ),
    # Paper A: highest JNLI accuracy of the compared models in 1-, 2- and 3-shot; the values are not known here.
    "stormy": (Expected("jnli_paper", "accuracy", 0.3763, None, 2434, f"base: JP harness jnli-1.1-0.2; {_OWN}"),),
}


def paper_of(recipe: Recipe) -> str | None:
    """The paper a recipe belongs to, by its name (`qfin`, `jafin-small`, `stormy-llama` ...), or None."""
    first = recipe.name.split("-")[0]
    return first if first in EXPECTED else None


def small_scale(recipe: Recipe, demo: Recipe) -> tuple[Recipe, list[Text]]:
    """`recipe` on a tiny model and the data of `demo` (the shipped collection), and what differs because of it.

    Every stage of the recipe stays; base, corpus, instruction data and tasks come from `demo`. Of the training sections
    method, adapter, template, loss, truncation rule, schedule and replay stay; length, batch, epochs and learning rate
    become the demo's, because a paper's rate for billions of parameters would not move a model of this size.
    """
    differences = [
        Text("base: a tiny model made from nothing on the shipped essays", "基盤: 付属文章から作る極小モデル"),
        Text("data: the shipped collection, not the paper's", "データ: 付属の文書集(論文のデータではない)"),
    ]
    update: dict[str, Any] = {
        "name": f"{recipe.name}-small",
        "out": None,
        "corpus": demo.corpus,
        "base": BaseConfig(scratch=demo.base.scratch) if demo.base else None,
    }
    if recipe.pretrain is not None and demo.pretrain is not None:
        update["pretrain"], changed = _shrunk(recipe.pretrain, demo.pretrain, "pretrain")
        differences += changed
    if recipe.tune is not None and demo.tune is not None:
        update["tune"], changed = _shrunk(recipe.tune, demo.tune, "tune")
        differences += changed
        update["instruct"] = demo.instruct
    if recipe.evaluate is not None:
        update["evaluate"] = demo.evaluate
        differences.append(Text("tasks: the shipped ones", "課題: 付属のもの"))
    if recipe.compare is not None:
        update["compare"] = demo.compare
    return recipe.model_copy(update=update), differences


def _shrunk(
    config: PretrainConfig | TuneConfig, demo: TrainingConfig, section: str
) -> tuple[TrainingConfig, list[Text]]:
    rate = config.optimizer.model_copy(update={"learning_rate": demo.optimizer.learning_rate, "warmup_steps": 0})
    update: dict[str, Any] = {
        "sequence_length": min(config.sequence_length, SMALL_LENGTH),
        "batch_rows": min(config.batch_rows, SMALL_BATCH),
        "micro_batch_rows": 0,
        "epochs": demo.epochs,
        "optimizer": rate,
        "precision": "auto",
        "strategy": "auto",
    }
    if isinstance(config, TuneConfig) and config.lora.targets:
        update["lora"] = config.lora.model_copy(update={"targets": []})
    shown = ("sequence_length", "batch_rows", "epochs")
    changed = [
        Text(
            f"{section}.{name}: {update[name]} instead of {getattr(config, name)}",
            f"{section}.{name}: {getattr(config, name)} → {update[name]}",
        )
        for name in shown
        if update[name] != getattr(config, name)
    ]
    before, after = config.optimizer.learning_rate, rate.learning_rate
    changed.append(
        Text(f"{section}.learning_rate: {after} instead of {before}", f"{section}.learning_rate: {before} → {after}")
    )
    return config.model_copy(update=update), changed


def expected_and_obtained(paper: str, results: Mapping[str, Any], *, differs: str = "") -> list[dict[str, Any]]:
    """The table every paper run ends in: the paper's number, ours, n, interval, and what differs.

    results: `evaluate/results.json`. Rows of the paper whose task was not run keep their `obtained` empty; tasks that
    the paper does not have follow with an empty `expected`.
    """
    tasks = {task["task"]: task for task in results.get("tasks", [])}
    rows: list[dict[str, Any]] = [
        {"expected": asdict(item), **_obtained(tasks.get(item.task), differs)} for item in EXPECTED[paper]
    ]
    known = {item.task for item in EXPECTED[paper]}
    rows += [{"expected": None, **_obtained(task, differs)} for name, task in tasks.items() if name not in known]
    return rows


def _obtained(task: Mapping[str, Any] | None, differs: str) -> dict[str, Any]:
    if task is None:
        return {"obtained": None, "differs": differs or "not run: its data is not here"}
    scores = {
        label: {**score["metrics"][task["headline"]], "degenerate": score.get("degenerate")}
        for label, score in task["scores"].items()
        if task["headline"] in score["metrics"]
    }
    obtained = {"task": task["task"], "metric": task["headline"], "n": task["n"], "scores": scores}
    return {"obtained": obtained, "differs": differs}
