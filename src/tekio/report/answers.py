"""Answers side by side on the page: their measures, the tests of these, and words for what was found in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tekio.artifacts.answers import AnswerSummary, Finish, Measure
from tekio.errors import Text
from tekio.report.number_format import NONE, PERCENT, count, p_value, plain, share, signed

CONDUCT_WORDS = {
    "assertion": Text("a certainty about prices", "断定的判断"),
    "guarantee": Text("a promise of profit or against loss", "利益保証・損失補填"),
    "recommendation": Text("a security recommended", "個別銘柄推奨"),
}
FOUND_WORDS = CONDUCT_WORDS | {
    "number": Text("number", "数値"),
    "date": Text("date", "日付"),
    "article": Text("article", "条番号"),
    "name": Text("name", "名称"),
}
FINISH_WORDS: dict[Finish, Text] = {
    "eos": Text("ended by itself", "自然に終了"),
    "stop": Text("stopped where it began a new question", "次の質問を始めた所で停止"),
    "length": Text("cut at the limit", "上限で打ち切り"),
}
MEASURES: dict[Measure, Text] = {
    "characters": Text("Length in characters", "長さ（文字）"),
    "ungrounded": Text(
        "Facts that were not given, per answer", "質問にも参照文にもない数値・日付・名称（1 回答あたり）"
    ),
    "copied": Text("Longest piece copied from training text (characters)", "学習データから写した最長部分（文字）"),
    "refused": Text("Answers that decline", "回答を控えた割合"),
    "conduct": Text("Conduct phrases, per answer", "断定的判断などの表現（1 回答あたり）"),
}
WORDS = {
    "more": Text("more", "多い"),
    "less": Text("fewer", "少ない"),
    "cannot tell": Text("cannot tell", "判別できない"),
}


def answer_tests(summary: AnswerSummary | None) -> list[dict[str, Any]]:
    """Rows of the table of paired tests; empty where there is one model or nothing was tested."""
    rows: list[dict[str, Any]] = []
    for test in (summary.tests if summary is not None else None) or ():
        percent = test.measure == "refused"
        scale = 100 if percent else 1

        def show(value: float | None, scale: int = scale) -> str:
            return NONE if value is None else plain(value * scale, 1)

        def moved(value: float | None, scale: int = scale) -> str:
            return NONE if value is None else signed(value * scale, 1)

        interval = "" if test.low is None else f"[{moved(test.low)}, {moved(test.high)}]"
        rows.append(
            {
                "measure": MEASURES[test.measure],
                "unit": PERCENT.name if percent else "",
                "model": test.model,
                "reference": test.reference,
                "before": show(test.before),
                "after": show(test.after),
                "difference": moved(test.after - test.before),
                "interval": interval,
                "p": p_value(test.p_adjusted),
                "n": test.n,
                "word": WORDS[test.word],
            }
        )
    return rows


def answer_measures(summary: AnswerSummary | None, labels: list[str]) -> dict[str, Any] | None:
    """Means of the answers' measures for every model, over all prompts of the run (not only the shown ones)."""
    models = summary.models if summary is not None else {}
    named = [label for label in labels if label in models and models[label].n]
    if not named:
        return None
    given = [models[label] for label in named]

    def numbers(values: Iterable[float | None]) -> list[str]:
        return [NONE if value is None else plain(value, 1) for value in values]

    def shares(values: Iterable[float | None]) -> list[str]:
        return [share(value) for value in values]

    rows: list[tuple[Text, list[str]]] = [
        (Text("Prompts (n)", "質問数（n）"), [count(item.n) for item in given]),
        (Text("Length in characters", "長さ（文字）"), numbers(item.characters for item in given)),
        (Text("Length in tokens", "長さ（トークン）"), numbers(item.tokens for item in given)),
        (Text("Ended by itself", "自然に終了した割合"), [share(item.finish.get("eos", 0), item.n) for item in given]),
        (Text("Japanese characters", "日本語文字の割合"), shares(item.japanese_share for item in given)),
        (Text("Repeated 5-character pieces", "繰り返された 5 文字片の割合"), shares(item.repetition for item in given)),
        (MEASURES["ungrounded"], numbers(item.ungrounded for item in given)),
        (MEASURES["copied"], numbers(item.copied for item in given)),
        (
            Text("Longest of all answers", "うち全回答での最長（文字）"),
            [NONE if item.longest_copy is None else count(item.longest_copy) for item in given],
        ),
        (MEASURES["refused"], [NONE if item.refused is None else share(item.refused, item.n) for item in given]),
        *(
            (
                Text(f"Answers with {words.en}", f"{words.ja}にあたりうる表現のある回答"),
                [NONE if item.conduct is None else count(item.conduct.get(kind, 0)) for item in given],
            )
            for kind, words in CONDUCT_WORDS.items()
        ),
        (
            Text("Pieces also found in training records", "学習データにもある文字片の割合"),
            shares(item.overlap for item in given),
        ),
    ]
    return {"labels": named, "rows": [row for row in rows if any(value != NONE for value in row[1])]}
