"""Personal data as the report shows it: by kind, what was done and how many remain in the training text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tekio.errors import Text
from tekio.report.gather import Run
from tekio.report.glossary import personal_data_words
from tekio.report.number_format import count
from tekio.report.sources import Funnel
from tekio.report.warnings.rule import Caution, listed
from tekio.text.personal_data.find import PEOPLE

OFFICES = ("office_phone", "postal_code")
DEFAULTS = {"corpus": {"mode": "mask", "people": "report"}, "instruct": {"mode": "drop", "offices": "report"}}
WORDS = {
    "mask": Text("replaced by pseudonyms; 0 of these remain", "仮名に置換、残り 0 箇所"),
    "drop": Text("the rows were rejected; 0 of these remain", "該当する行を除外、残り 0 箇所"),
}


def treatment_of(stage: str, kind: str, recipe: Mapping[str, Any] | None) -> str | None:
    """What the recipe does with a kind of personal data: `report` (counted only), `mask`, `drop`; None: not known."""
    if recipe is None:
        return None
    section: object = recipe.get(stage)
    if stage == "instruct" and isinstance(section, dict):
        section = cast("dict[str, Any]", section).get("screen")
    named = cast("dict[str, Any]", section).get("personal_data") if isinstance(section, dict) else None
    modes = DEFAULTS[stage] | (cast("dict[str, Any]", named) if isinstance(named, dict) else {})
    if stage == "corpus" and kind in PEOPLE:
        return str(modes["people"])
    if stage == "instruct" and kind in OFFICES:
        return str(modes["offices"])
    return str(modes["mode"])


def treatment_words(stage: str, kind: str, found: int, recipe: Mapping[str, Any] | None) -> Text:
    """What was done, and how many remain. Rows that were rejected for another reason are counted as found."""
    mode = treatment_of(stage, kind, recipe)
    if mode == "report":
        return Text(
            f"counted only; up to {count(found)} remain in the training text",
            f"数えたのみ、学習データに最大 {count(found)} 箇所残る",
        )
    return WORDS.get(mode or "", Text("treatment not known", "処理は不明"))


def personal_data_cautions(run: Run, recipe: Mapping[str, Any] | None) -> list[Caution]:
    """One line a stage and kind; serious where something remains. What a stage's own manifest says was done goes before the recipe."""
    made = {
        stage: run.manifests[stage].config
        for stage, key in (("corpus", "personal_data"), ("instruct", "screen"))
        if stage in run.manifests and key in run.manifests[stage].config
    }
    recipe = {**(recipe or {}), **made} if recipe is not None or made else None
    lines: list[Text] = []
    modes: set[str | None] = set()
    for stage, title, funnel in (
        ("corpus", Text("documents", "文書"), run.documents),
        ("instruct", Text("instruction records", "指示データ"), run.records),
    ):
        for kind, found in _by_kind(funnel).items():
            words, kinds = treatment_words(stage, kind, found, recipe), personal_data_words(kind)
            modes.add(treatment_of(stage, kind, recipe))
            lines.append(
                Text(
                    f"{title.en}, {kinds.en}: {count(found)} found; {words.en}",
                    f"{title.ja}・{kinds.ja}: {count(found)} 箇所を検出（処理: {words.ja}）",
                )
            )
    title = Text("Personal data was found", "個人情報が見つかった")
    if None in modes:
        title = Text(
            "Personal data was found, and what was done with it is not known", "個人情報が見つかった（処理は不明）"
        )
    if "report" in modes:
        title = Text("Personal data was found, and some remains", "個人情報が見つかり、一部は学習データに残っている")
    return listed(
        "personal_data",
        "medium",
        title,
        lines,
        Text("Detection is by rules and misses some.", "規則による検出のため見落としがあります。"),
    )


def _by_kind(funnel: Funnel | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for source in funnel.sources if funnel else []:
        for kind, number in source.personal_data.items():
            found[kind] = found.get(kind, 0) + number
    return {kind: number for kind, number in sorted(found.items()) if number}
