"""Whether anything is left to train on: the check of both funnels, of documents and of instruction records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tekio.errors import Language, NothingError, Text, say
from tekio.reject_reasons import counted_words

_ASIDE = ("rows_held_out", "rows_validation")
_SEE_REJECTED = Text(
    "Every row that was rejected has its reason in rejected/. Mend the files or the recipe, or take the source out.",
    "除外された行の理由は rejected/ にあります。ファイルかレシピを直すか、情報源を外してください。",
)


def require_something_left(sources: Sequence[Mapping[str, Any]], section: str) -> None:
    """Raise `NothingError` (exit 3) when nothing is left to train on, or nothing at all of one source.

    sources: of a `funnel.json`. section: of the recipe (`corpus`, `instruct`). An optional source of records that is not at
    hand has no files; it is no failure.
    """
    if not any(item["rows_train"] for item in sources):
        raise NothingError(
            Text("Nothing is left to train on.", "学習に使えるデータが 1 件もありません。"),
            where=section,
            why=_in_words(sources),
            fix=_SEE_REJECTED,
        )
    if empty := [
        item
        for item in sources
        if not item["rows_train"] + _aside(item) and not (section == "instruct" and not item["files"])
    ]:
        raise NothingError(
            Text("A source gave nothing.", "データが 1 件も残らない情報源があります。"),
            where=section,
            why=_in_words(empty),
            fix=_SEE_REJECTED,
        )


def _aside(source: Mapping[str, Any]) -> int:
    return sum(source.get(name, 0) for name in _ASIDE)


def _in_words(sources: Sequence[Mapping[str, Any]]) -> Text:
    """Name, rows and most frequent reasons of each source."""

    def words(language: Language) -> str:
        lines: list[str] = []
        for item in sources:
            reasons = sorted(item["rejected"].items(), key=lambda pair: (-pair[1], pair[0]))[:3]
            told = say(counted_words(dict(reasons)), language)
            parts = [told] if told else []
            if aside := _aside(item):
                parts.append(say(Text(f"held out {aside:,}", f"評価用 {aside:,}"), language))
            number = item["rows_in"]
            rows = say(Text(f"{number:,} row{'' if number == 1 else 's'} in", f"入力 {number:,} 行"), language)
            inner = ("、" if language == "ja" else ", ").join(parts)
            lines.append(
                f"{item['name']}: {rows}" + (say(Text(f" ({inner})", f"（{inner}）"), language) if inner else "")
            )
        return "; ".join(lines)

    return Text(words("en"), words("ja"))
