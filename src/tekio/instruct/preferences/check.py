"""What the pairs of a recipe would be refused for: seen in the section and, where they are small, in the files."""

from __future__ import annotations

from collections.abc import Iterator

from tekio.errors import NothingError, PolicyError, RecipeError, TekioError, Text
from tekio.instruct.preferences.build import require_release, screen_pairs
from tekio.instruct.preferences.pair import Pair
from tekio.instruct.preferences.rows import candidates_of, pair_files
from tekio.instruct.screen.personal import REPLACING
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.names import name_problems
from tekio.recipe.prefer import PreferConfig
from tekio.text.personal_data.pseudonyms import check_key, preview_key

READ_WHOLE = 20_000_000
"""Bytes of pairs that are looked at before anything runs; of more only the section is."""


def pair_problems(config: PreferConfig, screen: ScreenConfig, release: str) -> Iterator[TekioError]:
    """Everything that can be seen to fail. Missing files are not named here."""
    yield from name_problems([source.name for source in config.pairs], "prefer.pairs")
    if not config.pairs:
        yield RecipeError(
            Text("`prefer` names no pairs of answers.", "`prefer` に回答の組がありません。"),
            where="prefer.pairs",
            fix=Text(
                "Name what `tekio review --out` wrote, or a preference set.",
                "`tekio review --out` の出力か、選好データを指定してください。",
            ),
        )
        return
    replaces = "personal_data" not in screen.off and {screen.personal_data.mode, screen.personal_data.offices}
    if replaces and replaces & REPLACING:
        try:
            check_key(screen.personal_data.key_file)
        except TekioError as error:
            yield error
            return
    pairs = first_pairs(config, screen)
    if pairs is None:
        return
    if not pairs:
        yield NothingError(
            Text("No pair is left to learn from.", "学習に使える回答の組がありません。"),
            where="prefer.pairs",
            fix=Text(
                "A pair is an edited answer, an accepted answer beside a rejected draft of the same question, or a row with "
                "`chosen` and `rejected`.",
                "組になるのは、修正した回答、同じ質問に採用と不採用の回答があるもの、`chosen` と `rejected` のある行です。",
            ),
        )
    try:
        require_release([(pair, "pairs") for pair in pairs], release)
    except PolicyError as error:
        yield error


def first_pairs(config: PreferConfig, screen: ScreenConfig) -> list[Pair] | None:
    """The pairs of a recipe as they are screened one by one; None where there are too many bytes, or a file is not there."""
    replaces = {screen.personal_data.mode, screen.personal_data.offices} & REPLACING
    key = preview_key(None) if replaces and "personal_data" not in screen.off else None
    found: list[Pair] = []
    seen: dict[str, str] = {}
    try:
        if sum(file.stat().st_size for source in config.pairs for file in pair_files(source)) > READ_WHOLE:
            return None
        for source in config.pairs:
            _, candidates = candidates_of(source)
            screen_pairs(candidates, screen, None, seen, key)
            found += [one.made() for one in candidates if one.alive]
    except (TekioError, OSError):
        return None  # a missing file is said by name elsewhere
    return found
