"""The results in a few lines of text, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tekio.errors import Language, Text, say

VERDICTS = {
    "improved": Text("improved", "改善"),
    "worse": Text("worse", "悪化"),
    "cannot tell": Text("cannot tell", "差は言えない"),
}
NOT_COMPARABLE = {
    "not finite": Text("not comparable: NaN or infinity", "比較不可: NaN または無限大"),
    "different tokenizers": Text("not comparable: different tokenizers", "比較不可: トークナイザが違います"),
}


def summary_lines(results: Mapping[str, Any], language: Language) -> Iterator[str]:
    """A line for each task and model: the headline metric with its interval, and the verdict against the first model."""
    for task in results["tasks"]:
        yield f"{task['task']} ({task['template']}, n = {task['n']}): {task['headline']}"
        verdicts = {comparison["model"]: comparison for comparison in task["comparisons"]}
        for label, score in task["scores"].items():
            yield "  " + _line(label, score, task["headline"], verdicts.get(label), language)


def _line(
    label: str, score: Mapping[str, Any], headline: str, comparison: Mapping[str, Any] | None, language: Language
) -> str:
    metric = score["metrics"][headline]
    parts = [f"{label:<16} {_number(metric['value'])} {_interval(metric)}".rstrip()]
    if comparison and (why := comparison.get("not_comparable")):
        parts.append(say(NOT_COMPARABLE.get(why, Text(why, why)), language))
    elif comparison:
        word = say(VERDICTS[comparison["verdict"]], language)
        parts.append(f"{_number(comparison['difference'], sign=True)}, p = {comparison['p_adjusted']:.3g}: {word}")
    notes = {
        "degenerate": Text(score["degenerate"] or "", score["degenerate_ja"] or ""),
        "truncated": Text(
            f"prompts cut to fit the context: {score['truncated']}",
            f"文脈長に合わせて切り詰めたプロンプト: {score['truncated']}",
        ),
        "lost_characters": Text(
            f"{score['lost_characters']} characters lost", f"{score['lost_characters']} 文字を喪失"
        ),
        "unparsed": Text(f"{score['unparsed']} unparsed", f"読み取れない回答 {score['unparsed']} 件"),
    }
    said = [say(text, language) for name, text in notes.items() if score.get(name)]
    return "  ".join([*parts, *([f"({', '.join(said)})"] if said else [])])


def _interval(metric: Mapping[str, Any]) -> str:
    if metric["low"] is None or metric["high"] is None:
        return ""
    return f"[{_number(metric['low'])}, {_number(metric['high'])}]"


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+.4f}" if sign else f"{value:.4f}"
