"""The results in a few lines of text, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from tekio.artifacts.results import Comparison, Metric, Results, Score, ThinkingPair, ThinkingScore
from tekio.errors import Language, Text, say
from tekio.evaluate.results.comparisons import NOT_A_NUMBER, UNDEFINED_METRIC
from tekio.evaluate.results.how_asked import CHOICES_DIFFER, PROMPTS_DIFFER

VERDICTS = {
    "improved": Text("improved", "改善"),
    "worse": Text("worse", "悪化"),
    "cannot tell": Text("cannot tell", "判別できない"),
}
NOT_COMPARABLE = {
    NOT_A_NUMBER: Text("NaN or infinity", "NaN または無限大"),
    UNDEFINED_METRIC: Text("the metric is undefined on these items", "この問題では指標の値が定義されません"),
    "different tokenizers": Text("different tokenizers", "トークナイザが違います"),
    CHOICES_DIFFER: Text(CHOICES_DIFFER, "問い方が違います（対数尤度と回答文）"),
    PROMPTS_DIFFER: Text(PROMPTS_DIFFER, "問い方が違います（平文とチャットのメッセージ）"),
}


def why_not_comparable(comparison: Comparison) -> Text | None:
    """Why two models cannot be compared, in words; None where they can."""
    why = comparison.not_comparable
    return NOT_COMPARABLE.get(why, Text(why, why)) if why else None


def summary_lines(results: Results, language: Language) -> Iterator[str]:
    """A line for each task and model: the headline metric with its interval, and the verdict against the first model."""
    for task in results.tasks:
        yield f"{task.task} ({task.template}, n = {task.n}): {task.headline}"
        verdicts = {comparison.model: comparison for comparison in task.comparisons}
        for label, score in task.scores.items():
            yield "  " + _line(label, score, task.headline, verdicts.get(label), language)
        for label, pair in task.thinking.items():
            yield "  " + _pair_line(label, pair, language)


def _pair_line(label: str, pair: ThinkingPair, language: Language) -> str:
    """Reasoning on and off of one model, and which is the headline."""

    def half(name: Text, found: ThinkingScore) -> str:
        share = found.unparsed / found.metric.n if found.metric.n else 0.0
        spent = Text(f"{found.thinking_tokens or 0:.0f} tokens", f"思考 {found.thinking_tokens or 0:.0f} トークン")
        unread = Text(f"{100 * share:.1f} % unparsed", f"読み取れない回答 {100 * share:.1f} %")
        metric = found.metric
        told = f"{_number(metric.value)} {_interval(metric)}".rstrip()
        return f"{say(name, language)} {told} ({say(unread, language)}, {say(spent, language)})"

    on, off = half(Text("thinking on", "思考あり"), pair.on), half(Text("off", "思考なし"), pair.off)
    found = pair.comparison
    p = "-" if found.p_adjusted is None else f"{found.p_adjusted:.3g}"
    word = say(VERDICTS[found.verdict], language)
    first = say(
        Text(f"headline: {pair.headline}", f"主な値: {'思考あり' if pair.headline == 'on' else '思考なし'}"), language
    )
    return f"{label:<16} {on} / {off}; {_number(found.difference, sign=True)}, p = {p}: {word} ({first})"


def _line(label: str, score: Score, headline: str, comparison: Comparison | None, language: Language) -> str:
    metric = score.metrics[headline]
    parts = [f"{label:<16} {_number(metric.value)} {_interval(metric)}".rstrip()]
    if comparison and (why := why_not_comparable(comparison)):
        parts.append(say(Text(f"not comparable: {why.en}", f"比較不可: {why.ja}"), language))
    elif comparison:
        word = say(VERDICTS[comparison.verdict], language)
        p = "-" if comparison.p_adjusted is None else f"{comparison.p_adjusted:.3g}"
        parts.append(f"{_number(comparison.difference, sign=True)}, p = {p}: {word}")
    notes = [
        (score.degenerate, score.why_degenerate or Text("", "")),
        (
            score.truncated,
            Text(
                f"prompts cut to fit the context: {score.truncated}",
                f"コンテキスト長に合わせて切り詰めたプロンプト: {score.truncated}",
            ),
        ),
        (
            score.lost_characters,
            Text(f"{score.lost_characters} characters lost", f"{score.lost_characters} 文字を喪失"),
        ),
        (score.unparsed, Text(f"{score.unparsed} unparsed", f"読み取れない回答 {score.unparsed} 件")),
    ]
    if (spent := score.thinking_tokens) is not None:
        said_of = Text(f"{spent:.0f} tokens of reasoning per item", f"1 問あたり思考 {spent:.0f} トークン")
        notes.append((True, said_of))
    said = [say(text, language) for value, text in notes if value]
    return "  ".join([*parts, *([f"({', '.join(said)})"] if said else [])])


def _interval(metric: Metric) -> str:
    return "" if metric.low is None or metric.high is None else f"[{_number(metric.low)}, {_number(metric.high)}]"


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+.4f}" if sign else f"{value:.4f}"
