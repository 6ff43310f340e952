"""Names that a recipe gives: each of its kind once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tekio.errors import RecipeError, Text


def name_problems(names: Sequence[str], where: str) -> Iterator[RecipeError]:
    """An error for each name of a source that comes more than once. where: the place in the recipe."""
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        yield RecipeError(
            Text(f"Two sources are named {name!r}.", f"情報源名 {name!r} が重複しています。"),
            where=where,
            fix=Text("Give every source a name of its own.", "情報源ごとに別の名前を付けてください。"),
        )
