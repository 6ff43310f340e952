"""Tokens that a model is asked for beside those it can see: an answer that takes the whole context leaves nothing of the question."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from types import SimpleNamespace
from typing import Any, cast

from tekio.doctor.findings import Finding
from tekio.errors import Text
from tekio.model.prompt_room import no_room_words
from tekio.recipe import Recipe

NEVER_TRAINED = 8
"""So many times the longest trained row is a context that nobody means."""


def check_lengths(recipe: Recipe, todo: Collection[str]) -> Iterator[Finding]:
    """Answers longer than the model's context, or than half of it; a context of which most positions are never trained."""
    limit = context_of_base(recipe)
    if limit is not None:
        for place, tokens in _answers(recipe, todo):
            yield from answer_room(place, tokens, limit)
    yield from _untrained(recipe)


def context_of_base(recipe: Recipe) -> int | None:
    """Tokens that the recipe's models can see; None where nothing says so (whatever is wrong with the base is said elsewhere)."""
    if recipe.base is None:
        return None
    if recipe.base.scratch is not None:
        return recipe.base.scratch.architecture.context_length
    from tekio.model.load import context_length

    assert recipe.base.model is not None
    try:
        read: object = json.loads((recipe.base.model.path / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    config = cast("dict[str, Any]", read) if isinstance(read, dict) else {}
    inner = config.get("text_config")
    return context_length(SimpleNamespace(**(cast("dict[str, Any]", inner) if isinstance(inner, dict) else config)))


def _answers(recipe: Recipe, todo: Collection[str]) -> Iterator[tuple[str, int]]:
    """Where the recipe says how many tokens an answer of its own models may have, and how many."""
    if recipe.compare is not None and "compare" in todo:
        yield "compare.max_new_tokens", recipe.compare.max_new_tokens
    if recipe.evaluate is not None and "evaluate" in todo:
        thinking = recipe.evaluate.thinking
        if recipe.evaluate.max_new_tokens is not None:
            yield "evaluate.max_new_tokens", recipe.evaluate.max_new_tokens
        if thinking.asked:
            yield "evaluate.thinking.max_tokens", thinking.max_tokens
    if recipe.tune is not None and "tune" in todo:
        if recipe.tune.replay is not None and recipe.tune.replay.answers == "own":
            yield "tune.replay.max_tokens", recipe.tune.replay.max_tokens
        if recipe.tune.rewrite is not None and recipe.tune.rewrite.endpoint is None:
            yield "tune.rewrite.max_tokens", recipe.tune.rewrite.max_tokens


def answer_room(place: str, tokens: int, limit: int) -> Iterator[Finding]:
    """What is wrong with answers of so many tokens by a model that sees `limit`."""
    if tokens >= limit:
        yield Finding(
            "failure",
            place,
            no_room_words(limit, tokens),
        )
    elif 2 * tokens > limit:
        yield Finding(
            "warning",
            place,
            Text(
                f"{tokens:,} of the model's {limit:,} tokens are kept for the answer: of a prompt longer than "
                f"{limit - tokens:,} tokens only the end is read",
                f"モデルの {limit:,} トークンのうち {tokens:,} を回答に充てるため、{limit - tokens:,} トークンを超えるプロンプトは"
                "末尾だけが読まれます",
            ),
        )


def _untrained(recipe: Recipe) -> Iterator[Finding]:
    """A model from scratch whose context is far longer than whatever it is trained on."""
    if recipe.base is None or recipe.base.scratch is None:
        return
    length = recipe.base.scratch.architecture.context_length
    rows = [recipe.base.scratch.sequence_length]
    rows += [stage.sequence_length for stage in (recipe.pretrain, recipe.tune, recipe.prefer) if stage is not None]
    rows += recipe.sweep.sequence_length if recipe.sweep is not None else []
    if length > NEVER_TRAINED * max(rows):
        yield Finding(
            "warning",
            "base.scratch.architecture.context_length",
            Text(
                f"{length:,} tokens, but no row of the training is longer than {max(rows):,}: what the model writes beyond "
                "that is not learned; take the length of the rows",
                f"{length:,} トークンですが、学習の行は最長 {max(rows):,} です。それを超える位置は学習されません。行の長さに合わせてください",
            ),
        )
