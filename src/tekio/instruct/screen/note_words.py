"""What a check noticed of a record, in the words a person reads: on the review page and in the terminal.

A suggestion holds its rule and an English reason, whatever the language of who made it; it is told here in either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tekio.errors import Language, Text
from tekio.instruct.screen.superseded import superseded_rules

RULE_NAMES: Mapping[str, Text] = {
    "self_reference": Text("Speaks of itself", "自分を指す語"),
    "procedure": Text("Procedure or form", "手続き・書類"),
    "figure_reference": Text("Refers to a figure or table", "図表への参照"),
    "changing_figure": Text("A figure that changes", "変わりうる数値"),
    "link_reference": Text("Refers to another page", "他のページへの参照"),
    "superseded": Text("Superseded", "改正前の内容"),
    "stale_date": Text("Old page", "古いページ"),
    "numbers": Text("Numbers do not agree", "数値の不一致"),
    "conflicting_answers": Text("Same question, other answers", "同じ質問に別の回答"),
    "drafted": Text("Drafted by a model", "モデルの下書き"),
    "new_numbers": Text("Numbers not in the source", "元の文章にない数値"),
    "placeholder": Text("A name left blank", "名前の伏せ字"),
    "placeholder_input": Text("The input was a placeholder", "入力欄の代替記号（除去済み）"),
    "personal_data": Text("Personal data", "個人情報"),
    "contaminated": Text("Stands in the evaluation", "評価問題と重複"),
}
"""The rules by which a check notices something, and the flags of the screening."""
JAPANESE_REASONS: Mapping[str, str] = {
    "self_reference": "組織名・サイト名に置き換えます",
    "procedure": "手続きの案内は JaFIn では除いています",
    "figure_reference": "回答にない図表・添付を指しています",
    "changing_figure": "金利・価格・手数料・キャンペーンなど、やがて変わるものです",
    "link_reference": "別のページを見る必要があります",
    "stale_date": "2022 年より前のページです",
    "new_numbers": "元の文章にも元のデータにもありません",
}
"""Why a rule's finding matters, where the reason is always the same; the English one stands in the suggestion."""


def page_words(language: Language) -> dict[str, str]:
    """The words of rules and reasons as the review page looks them up: `rule.NAME`, `why.NAME`."""
    words = {f"rule.{name}": text.to(language) for name, text in RULE_NAMES.items()}
    if language == "ja":
        words |= {f"why.{name}": text for name, text in JAPANESE_REASONS.items()}
    return words


def reason_in_japanese(rule: str, why: str) -> str:
    """A suggestion's reason in Japanese; as it is where there is none. Of an old rule it begins with the rule's id."""
    if rule == "superseded":
        old = next((one for one in superseded_rules() if why.startswith(f"{one.id}: ")), None)
        return old.reason if old is not None else why
    return JAPANESE_REASONS.get(rule, why)


def told(note: Mapping[str, Any], language: Language) -> str:
    """A suggestion `{"rule", "found", "why"}` on one line."""
    rule, why, seen = str(note.get("rule", "")), str(note.get("why") or ""), note.get("found")
    found = cast("list[object]", seen) if isinstance(seen, list) else []
    name = RULE_NAMES[rule].to(language) if rule in RULE_NAMES else rule
    reason = reason_in_japanese(rule, why) if language == "ja" else why
    marks = ("「", "」", "、", "：") if language == "ja" else ("“", "”", ", ", ": ")
    words = marks[2].join(f"{marks[0]}{word}{marks[1]}" for word in found)
    return f"{name}{f' {words}' if words else ''}{f'{marks[3]}{reason}' if reason else ''}"
