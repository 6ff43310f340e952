"""What to distrust about scores: constant answers, few items, chosen templates, lost input."""

from __future__ import annotations

from collections.abc import Sequence

from tekio.artifacts.results import Results, TaskContamination, TaskResult
from tekio.errors import Text
from tekio.report.glossary import constant_words
from tekio.report.number_format import count, unit_of
from tekio.report.verdict import best_constant, headline_value, not_above_constant
from tekio.report.warnings.rule import Caution, listed

SMALL_N = 100
SMALL_DOCUMENTS = 30


def result_cautions(results: Results, labels: Sequence[str]) -> list[Caution]:
    """What the scores give reason for. labels: models in the order of the page."""
    return [
        *_degenerate(results, labels),
        *_not_above_constant(results, labels),
        *_small(results),
        *_selected(results, labels),
        *_lost_text(results, labels),
        *_items_seen(results),
        *_tokenizers(results),
    ]


def _scored(results: Results) -> list[TaskResult]:
    """All tasks but texts that are only measured (bits a character)."""
    return [task for task in results.tasks if task.kind != "perplexity"]


def _degenerate(results: Results, labels: Sequence[str]) -> list[Caution]:
    return listed(
        "degenerate",
        "high",
        Text("Degenerate scores", "見かけ上のスコア（一律回答と同点）"),
        [
            Text(f"{task.task}, {label}: {why.en}", f"{task.task}（{label}）: {why.ja}")
            for task in results.tasks
            for label in labels
            if (score := task.scores.get(label)) is not None and (why := score.why_degenerate) is not None
        ],
        Text(
            "These scores come from constant, tied or missing answers and show no ability.",
            "一律回答・同点・欠損によるスコアで、能力を示していません。",
        ),
    )


def _not_above_constant(results: Results, labels: Sequence[str]) -> list[Caution]:
    return listed(
        "not_above_constant",
        "high",
        Text("Not above a constant answer", "一律回答を上回らない"),
        [
            _against_constant(task, label)
            for task in _scored(results)
            for label in labels
            if not_above_constant(task, label)
        ],
        Text(
            "Always giving the same answer scores at least as well.",
            "常に同じ回答をしても、これ以上のスコアになります。",
        ),
    )


def _small(results: Results) -> list[Caution]:
    return listed(
        "small_n",
        "medium",
        Text("Few items: only large differences can be seen", "問題数が少なく、大きな差しか検出できない"),
        [
            _power(task)
            for task in results.tasks
            if 0 < task.n < (SMALL_DOCUMENTS if task.kind == "perplexity" else SMALL_N)
        ],
    )


def _selected(results: Results, labels: Sequence[str]) -> list[Caution]:
    return listed(
        "template_selection",
        "medium",
        Text("The best template is a selection on the test set", "最良テンプレートは試験データ上での選択"),
        [item for task in _scored(results) for label in labels if (item := _selection(task, label)) is not None],
        Text(
            "The verdicts use the template that was fixed before the run. A better one was found among those tried:",
            "判定には事前に決めたテンプレートを使っています。試した中に、より高い値のものがありました。",
        ),
    )


def _lost_text(results: Results, labels: Sequence[str]) -> list[Caution]:
    return listed(
        "lost_text",
        "high",
        Text("Unparsed, cut or lost input", "読み取れない回答・切り詰め・欠落"),
        [
            Text(
                f"{task.task}, {label}: {count(score.unparsed)} unparsed, {count(score.truncated)} cut, "
                f"{count(score.lost_characters)} characters lost",
                f"{task.task}（{label}）: 読み取れない回答 {count(score.unparsed)}、切り詰め {count(score.truncated)}、"
                f"欠落文字 {count(score.lost_characters)}",
            )
            for task in results.tasks
            for label in labels
            if (score := task.scores.get(label)) is not None
            and (score.unparsed or score.truncated or score.lost_characters)
        ],
    )


def _items_seen(results: Results) -> list[Caution]:
    return listed(
        "items_seen",
        "high",
        Text("Test items are in the training text", "評価問題が学習文書にある"),
        [
            _seen(task, seen)
            for task in _scored(results)
            if (seen := task.contamination) is not None and seen.question_seen
        ],
    )


def _tokenizers(results: Results) -> list[Caution]:
    if len({item.tokenizer_sha256 for item in results.models.values() if item.tokenizer_sha256}) < 2:
        return []
    return [
        Caution(
            "tokenizers",
            "note",
            Text("The models use different tokenizers", "モデルのトークナイザが異なる"),
            Text(
                "Bits per character can be compared; loss per token cannot.",
                "1 文字あたりビット数は比較できますが、1 トークンあたりの損失は比較できません。",
            ),
        )
    ]


ORIGIN_WORDS = {
    "corpus": Text("corpus", "コーパス"),
    "study": Text("documents told again", "言い換え"),
    "instruct": Text("instruction data", "指示データ"),
    "prefer": Text("pairs of answers", "回答の組"),
}


def _seen(task: TaskResult, seen: TaskContamination) -> Text:
    """How many items, where, and what each model scores with and without them."""
    places = [(ORIGIN_WORDS.get(name, Text(name, name)), part.question_seen) for name, part in seen.origins.items()]
    english = ", ".join(f"{word.en} {count(number)}" for word, number in places)
    japanese = "、".join(f"{word.ja} {count(number)} 問" for word, number in places)
    unit = unit_of(task.unit)
    pairs = [
        f"{label} {unit.value(score.all)} → {unit.value(score.clean) if score.clean is not None else '-'}"
        for label, by_metric in seen.scores.items()
        if (score := by_metric.get(task.headline)) is not None and score.all is not None
    ]
    rest = next((score.n_clean for found in seen.scores.values() for score in found.values()), task.n)
    return Text(
        f"{task.task}: {count(seen.question_seen)} of {count(task.n)} questions are in the training text"
        f"{f' ({english})' if english else ''}, {count(seen.answer_seen)} with its answer"
        + (f". {task.headline} with and without them ({count(rest)} items left): {', '.join(pairs)}" if pairs else ""),
        f"{task.task}: {count(task.n)} 問中 {count(seen.question_seen)} 問が学習文書にあり"
        f"{f'（{japanese}）' if japanese else ''}、うち答えつき {count(seen.answer_seen)} 問"
        + (f"。{task.headline} 全問 → 除いた {count(rest)} 問: {'、'.join(pairs)}" if pairs else ""),
    )


def _against_constant(task: TaskResult, label: str) -> Text:
    unit, constant = unit_of(task.unit), best_constant(task)
    name, level = constant or ("", 0.0)
    value = unit.value(headline_value(task, label))
    return Text(
        f"{task.task}, {label}: {value}; {constant_words(name).en}: {unit.value(level)}",
        f"{task.task}（{label}）: {value}、{constant_words(name).ja}: {unit.value(level)}",
    )


def _power(task: TaskResult) -> Text:
    unit = unit_of(task.unit)
    known = [
        least
        for item in task.comparisons
        if (least := item.minimum_detectable_corrected or item.minimum_detectable) is not None
    ]
    if not known or not max(known):
        return Text(f"{task.task}: n = {task.n}", f"{task.task}: n = {task.n}")
    least = unit.value(max(known))
    return Text(
        f"{task.task}: n = {task.n}, differences under {least} {unit.difference.en} cannot be seen",
        f"{task.task}: n = {task.n}、{least} {unit.difference.ja}未満の差は検出できない",
    )


def _selection(task: TaskResult, label: str) -> Text | None:
    values = [value for scores in task.templates.values() if (value := scores.get(label)) is not None]
    headline = headline_value(task, label)
    if len(values) < 2 or headline is None:
        return None
    unit = unit_of(task.unit)
    best = max(values) if task.higher_is_better else min(values)
    if best == headline:
        return None
    return Text(
        f"{task.task}, {label}: best of {len(values)} {unit.value(best)}, headline {unit.value(headline)}",
        f"{task.task}（{label}）: {len(values)} 種中の最良 {unit.value(best)}、見出し {unit.value(headline)}",
    )
