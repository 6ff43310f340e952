"""Tasks of an evaluation: whether they can be built from the data that is there, and run on this machine."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from tekio.doctor.findings import Finding, failure
from tekio.doctor.lengths import answer_room, context_of_base
from tekio.errors import TekioError, Text
from tekio.recipe import Recipe


def check_tasks(recipe: Recipe) -> Iterator[Finding]:
    """Every task in every template the recipe asks for, the device, and the published results beside which ours stand."""
    config = recipe.evaluate
    if config is None:
        return
    from tekio.evaluate.units import build_units

    limit = context_of_base(recipe)
    for item in config.tasks:
        try:
            units = build_units(config.model_copy(update={"tasks": [item]}), None, seed=recipe.seed)
            count = units[0].built.n
            yield Finding("ok", f"evaluate.{item.task}", Text(f"{count:,} items", f"{count:,} 問"))
            told = [unit.built.spec.generation.max_new_tokens for unit in units if unit.built.kind == "generation"]
            if limit is not None and told and config.max_new_tokens is None:
                yield from answer_room(f"evaluate.{item.task}", max(told), limit)
        except TekioError as error:
            yield failure(f"evaluate.{item.task}", error)
    if config.published is not None and not config.published.exists:
        try:
            config.published.files()
        except TekioError as error:
            yield failure("evaluate.published", error)
    if importlib.util.find_spec("torch") is None:
        return  # said by `check_libraries`
    from tekio.model.load import choose_device

    try:
        choose_device(config.device)
    except TekioError as error:
        yield failure("evaluate.device", error)
