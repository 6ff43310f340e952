"""How likely a harvested pair is right: question and answer whole, nothing else in them.

A logistic model over what the harvester knows of a pair and its page, fitted to pairs of pages that it had not been
written for (`benchmarks/fit_confidence.py`); its weights are `confidence.yaml`. A confidence of 0.9 means that of a hundred
such pairs of pages nobody has seen about ninety were right.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (yaml has no complete type information)

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

import numpy as np
import yaml

from tekio.instruct.harvest.marks import question_likeness

FAMILIES = {
    "marks": ("marks", "numbered lists", "answer marks", "speakers", "arrows", "quotes"),
    "markup": ("microdata", "jsonld", "dl", "dl inside", "details", "details inside", "controls", "classes"),
    "table": ("named columns", "table", "row heads"),
    "headings": ("h1", "h2", "h3", "h4", "h5", "h6", "titled headings"),
}
"""Readings that go wrong alike; the others (bold lines, links, places, sentences that ask) are `looks`."""
_FAMILY = {reading: family for family, readings in FAMILIES.items() for reading in readings}
_SENTENCE_END = re.compile(r"[。．.!！?？」』）)]\s*$")
_ITEM = re.compile(
    r"\s*(?:[・•●○◯■□◆◇▪‣]|[-*]\s|[0-9０-９]{1,2}[.．)）、]|[（(][0-9０-９ア-ンa-z一二三四五六七八九十]{1,3}[)）]|[①-⑳⑴-⒇㋐-㋾]|[ア-オイロハニホヘト][ 　.．、)）]).*\w"
)
"""A line of a list: its mark, then words; a rule of hyphens has none."""
_CELLS = " | "
_AFTERWARDS = re.compile(
    r"関連(?:する|リンク|ページ|記事|質問)|お問い?合わ?せ|この(?:回答|ページ|記事)|役に立|役立|トップ(?:へ|に)|一覧(?:へ|に)|戻る|もっと見る|詳しく(?:は|見る)|カテゴリ|更新日|閉じる"
)


@dataclass(frozen=True)
class Sketch:
    """What is looked at of a pair."""

    question: str
    answer: str
    reading: str
    named: bool = False
    """It is a row under columns that are called question and answer, and nothing else."""


NAMED = 0.95
"""What such a row has at least, however short it is and however few they are: of 140 rows of CSV files and workbooks that
were read by the names of columns at first sight 134 were right, and the six others stood under 質問部店."""


def confidences(pairs: Sequence[Sketch], *, evidence: bool, coverage: float) -> list[float]:
    """The share of right pairs among such ones, for every pair of a page in its order.

    evidence: the page calls itself a page of questions. coverage: share of its main text that is in pairs.
    """
    weights = fitted_weights()
    found: list[float] = []
    for pair, row in zip(pairs, features(pairs, evidence=evidence, coverage=coverage), strict=True):
        total = sum(weights[name] * value for name, value in row.items())
        found.append(max(round(1 / (1 + math.exp(-total)), 2), NAMED if pair.named else 0.0))
    return found


@cache
def fitted_weights() -> dict[str, float]:
    """Feature -> weight on the scale of log odds."""
    text = resources.files("tekio.instruct.harvest").joinpath("confidence.yaml").read_text(encoding="utf-8")
    return cast("dict[str, float]", yaml.safe_load(text))


def ends_with_rows(answer: str) -> bool:
    """Whether an answer's last two lines are items of a list or rows of one table, which end without a full stop."""
    lines = [line for line in answer.split("\n") if line.strip()][-2:]
    if len(lines) < 2:
        return False
    cells = lines[1].count(_CELLS)
    return (cells > 0 and lines[0].count(_CELLS) == cells) or all(_ITEM.match(line) for line in lines)


def features(pairs: Sequence[Sketch], *, evidence: bool, coverage: float) -> list[dict[str, float]]:
    """What the model looks at, for every pair; numbers from 0 to 1 but for the lengths (natural logarithms)."""
    likeness = [question_likeness(pair.question[-400:]) for pair in pairs]
    usual = float(np.median([len(pair.answer) for pair in pairs])) if pairs else 1.0
    lines = float(np.median([pair.answer.count("\n") for pair in pairs])) if pairs else 0.0
    asking = sum(like >= 1 for like in likeness) / len(pairs) if pairs else 0.0
    made: list[dict[str, float]] = []
    for number, (pair, like) in enumerate(zip(pairs, likeness, strict=True)):
        last = pair.answer.rstrip().rsplit("\n", 1)[-1]
        sentence, rows = bool(_SENTENCE_END.search(last)), ends_with_rows(pair.answer)
        ratio = math.log((len(pair.answer) + 10) / (usual + 10))
        family = _FAMILY.get(pair.reading, "looks")
        made.append(
            {
                "constant": 1.0,
                **{f"read_by_{name}": float(family == name) for name in (*FAMILIES, "looks")},
                "asks": float(like >= 1),
                "asks_as_a_title": float(like == 0.5),
                "page_of_questions": float(evidence),
                "pairs_that_ask": asking,
                "in_pairs": coverage,
                "only_pair": float(len(pairs) == 1),
                "only_pair_by_marks": float(len(pairs) == 1 and family == "marks"),
                "two_pairs": float(len(pairs) == 2 and not evidence),
                "last_pair": float(number == len(pairs) - 1 and len(pairs) > 1),
                "longer_than_others": max(ratio, 0.0),
                "shorter_than_others": max(-ratio, 0.0),
                "more_lines_than_others": math.log1p(max(pair.answer.count("\n") - lines, 0)),
                "answer_length": math.log1p(len(pair.answer)),
                "question_length": math.log1p(len(pair.question)),
                "question_of_lines": float("\n" in pair.question),
                "short_answer": float(len(pair.answer) < 15),
                "answer_ends": float(sentence),
                "ends_with_rows": float(rows and not sentence),
                "ends_with_a_label": float(not sentence and not rows and len(last) <= 20 and "\n" in pair.answer),
                "words_behind_an_answer": float(bool(_AFTERWARDS.search(last))),
                "asks_in_the_answer": float(any(question_likeness(line) >= 1 for line in pair.answer.split("\n"))),
            }
        )
    return made
