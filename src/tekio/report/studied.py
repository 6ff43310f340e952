"""Documents told again, by strategy: what was kept, what was refused and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tekio.artifacts.study import Study
from tekio.errors import Text
from tekio.report.number_format import count
from tekio.study.reasons import reason_words

KEPT_OUT = {
    "evaluation_records": Text("evaluation items", "評価用の問題"),
    "held_out_passages": Text("passages of held-out documents", "評価用文書の区画"),
    "exam_items": Text("items of the exam", "試験の問題"),
}


def study_contents(found: Study | None) -> dict[str, Any] | None:
    """What the page's table of strategies shows; None without a study."""
    if found is None:
        return None
    return {
        "generator": found.generator,
        "terms": found.terms,
        "documents": count(found.documents),
        "passages": count(found.passages),
        "tokens": count(found.tokens),
        "rows": [
            (
                name,
                count(one.made),
                count(one.texts),
                count(one.records),
                count(one.tokens),
                _reasons(one.rejected),
                _reasons(one.left_out),
            )
            for name, one in found.strategies.items()
        ],
        "kept_out": [(KEPT_OUT.get(name, Text(name, name)), count(number)) for name, number in found.kept_out.items()],
        "cost": found.cost,
    }


def _reasons(found: Mapping[str, int]) -> Text:
    if not found:
        return Text("–", "–")
    told = [(reason_words(name), count(number)) for name, number in sorted(found.items(), key=lambda one: -one[1])]
    return Text(
        ", ".join(f"{words.en} {number}" for words, number in told),
        "、".join(f"{words.ja} {number}" for words, number in told),
    )
