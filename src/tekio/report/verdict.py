"""The verdict box: what a reader who reads nothing else must know, in words with intervals and n.

Three questions, answered for every model against the reference: did the domain's tasks get better, was general ability
kept, is the domain's text predicted better. A change is called improved or worse only where the evaluation's corrected
test says so; a score that a constant answer reaches as well never counts as an improvement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tekio.artifacts.results import Comparison, GeneralLoss, Results, TaskResult
from tekio.errors import Text
from tekio.report.glossary import domain_words
from tekio.report.number_format import BITS, NONE, count, metric_name, p_value, plain, signed, unit_of

GENERAL = "general"

WORDS = {
    "improved": Text("improved", "改善"),
    "worse": Text("worse", "悪化"),
    "cannot tell": Text("cannot tell", "判別できない"),
    "mixed": Text("mixed", "改善と悪化が混在"),
    "kept": Text("kept", "維持"),
    "lost": Text("lost", "低下"),
    "undecided": Text("neither kept nor lost is shown", "維持とも低下とも言えない"),
    "not measured": Text("not measured", "未測定"),
}
DECISIVE = ("improved", "worse", "lost")
MOST_DETAILS = 4
STYLES = {"improved": "improved", "kept": "improved", "worse": "worse", "lost": "worse", "mixed": "worse"}


def word(verdict: str) -> Text:
    """A verdict in both languages."""
    return WORDS.get(verdict, Text(verdict, verdict))


def style(verdict: str) -> str:
    """The style class of a verdict: improved, worse or unclear."""
    return STYLES.get(verdict, "unclear")


@dataclass(frozen=True)
class Detail:
    """One measured difference behind a finding. `name` is the task with its metric."""

    task: Text
    name: Text
    verdict: str
    before: str
    after: str
    difference: str
    interval: str
    n: int
    unit: Text
    remark: Text | None = None
    p_adjusted: str = NONE
    loss: Text | None = None


@dataclass(frozen=True)
class Finding:
    """One model's answer to one question."""

    model: str
    reference: str
    verdict: str
    sentence: Text
    details: list[Detail]

    @property
    def shown(self) -> list[Detail]:
        """The details the box spells out: those with a clear word, else the first ones."""
        clear = [item for item in self.details if item.verdict in DECISIVE]
        return (clear or self.details)[:MOST_DETAILS] if len(self.details) > MOST_DETAILS else self.details

    @property
    def named(self) -> list[tuple[Text, list[Text]]]:
        """The other details: word -> names."""
        shown = {id(item) for item in self.shown}
        groups: dict[str, list[Text]] = {}
        for item in self.details:
            if id(item) not in shown:
                groups.setdefault(item.verdict, []).append(item.task)
        return [(word(verdict), names) for verdict, names in groups.items()]


@dataclass(frozen=True)
class Question:
    """One of the three questions of the verdict box."""

    key: str
    title: Text
    rule: Text
    findings: list[Finding] = field(default_factory=list[Finding])


def comparison_of(task: TaskResult, model: str, reference: str) -> Comparison | None:
    """The headline comparison of `model` against `reference` on a task."""
    found = [item for item in task.comparisons if item.model == model and item.reference == reference]
    return next((item for item in found if item.metric == task.headline), found[0] if found else None)


def best_constant(task: TaskResult) -> tuple[str, float] | None:
    """The best constant answer's headline score on a task, and its name."""
    known = {name: value for name, scores in task.baselines.items() if (value := scores.get(task.headline)) is not None}
    if not known:
        return None
    best = max(known, key=lambda name: (known[name] if task.higher_is_better else -known[name], name))
    return best, known[best]


def not_above_constant(task: TaskResult, model: str) -> bool:
    """Whether a constant answer scores at least as well as the model."""
    constant = best_constant(task)
    value = headline_value(task, model)
    if constant is None or value is None:
        return False
    return value <= constant[1] if task.higher_is_better else value >= constant[1]


def headline_value(task: TaskResult, model: str) -> float | None:
    """The model's headline score."""
    score = task.scores.get(model)
    metric = score.metrics.get(task.headline) if score else None
    return metric.value if metric else None


def effective_verdict(task: TaskResult, comparison: Comparison) -> str:
    """The evaluation's verdict; an "improvement" to a degenerate score is not one."""
    score = task.scores.get(comparison.model)
    if comparison.verdict == "improved" and score is not None and score.degenerate:
        return "cannot tell"
    return comparison.verdict


def joined(verdicts: Sequence[str]) -> str:
    """One word for several tasks: improved or worse if any is and none is the opposite; mixed if both."""
    if not verdicts:
        return "not measured"
    better, worse = "improved" in verdicts, "worse" in verdicts
    if better and worse:
        return "mixed"
    return "improved" if better else "worse" if worse else "cannot tell"


def detail(task: TaskResult, comparison: Comparison) -> Detail:
    """One difference with its interval, unit and n."""
    unit = unit_of(task.unit)
    remark: Text | None = None
    score = task.scores.get(comparison.model)
    before = task.scores.get(comparison.reference)
    if any(side is not None and side.not_finite for side in (score, before)):
        remark = Text("NaN or infinity: no score", "NaN または無限大のため点数なし")
    elif score is not None and score.degenerate:
        remark = Text("degenerate score", "見かけ上のスコア（一律回答と同点）")
    elif not_above_constant(task, comparison.model):
        remark = Text("not above a constant answer", "一律回答を上回らない")
    elif before is not None and before.degenerate:
        remark = Text("gain over a reference that gives a constant answer", "基準は一律回答の水準")
    metric = metric_name(comparison.metric or task.headline)
    domain = task.task.split(":", 1)[1] if task.kind == "perplexity" and ":" in task.task else None
    shown = domain_words(domain) if domain is not None else Text(task.task, task.task)
    return Detail(
        task=shown,
        name=Text(f"{shown.en} ({metric.en})", f"{shown.ja}（{metric.ja}）"),
        verdict=effective_verdict(task, comparison),
        before=unit.value(headline_value(task, comparison.reference)),
        after=unit.value(headline_value(task, comparison.model)),
        difference=unit.signed(comparison.difference),
        interval=unit.interval(comparison.low, comparison.high, sign=True),
        n=task.n,
        unit=unit.difference,
        remark=remark,
        p_adjusted=p_value(comparison.p_adjusted),
    )


def details_of(tasks: Sequence[TaskResult], model: str, reference: str) -> list[Detail]:
    """The differences of one model on some tasks."""
    found = [(task, comparison_of(task, model, reference)) for task in tasks]
    return [detail(task, comparison) for task, comparison in found if comparison is not None]


def questions(results: Results, labels: Sequence[str]) -> list[Question]:
    """The three questions with every model's findings. labels: models in the order of the page."""
    ability = [task for task in results.tasks if task.kind != "perplexity"]
    text = [task for task in results.tasks if task.kind == "perplexity"]
    domain_tasks = [task for task in ability if task.group != GENERAL]
    general_tasks = [task for task in ability if task.group == GENERAL]
    domain_text = [task for task in text if _domain(task) != GENERAL]
    general_text = [task for task in text if _domain(task) == GENERAL]
    models = [label for label in labels if label != results.reference]
    return [
        Question(
            "domain",
            Text("Domain tasks", "専門分野の課題"),
            Text(
                "Improved: at least one task improved and none got worse, after correction for the number of tasks.",
                "改善: 課題数の補正後に改善した課題があり、悪化した課題がない場合。",
            ),
            [_tasks_finding(domain_tasks, label, results.reference) for label in models],
        ),
        Question(
            "forgetting",
            Text("Forgetting", "一般能力の維持"),
            _forgetting_rule(results),
            [_forgetting_finding(results, general_tasks, general_text, label) for label in models],
        ),
        Question(
            "text",
            Text("Domain text, bits per character", "専門文書の 1 文字あたりビット数"),
            Text(
                "How well unseen domain text is predicted. Fewer bits are better.",
                "学習に使っていない専門文書をどれだけ予測できるか。小さいほど良い。",
            ),
            [_text_finding(domain_text, label, results.reference) for label in models],
        ),
    ]


def _domain(task: TaskResult) -> str:
    return task.task.split(":", 1)[1] if ":" in task.task else task.group


def _tasks_finding(tasks: Sequence[TaskResult], model: str, reference: str) -> Finding:
    details = details_of(tasks, model, reference)
    verdicts = [item.verdict for item in details]
    better, worse = verdicts.count("improved"), verdicts.count("worse")
    items = count(sum(item.n for item in details))
    sentence = Text(
        f"{better} of {len(details)} tasks improved, {worse} worse, {len(details) - better - worse} cannot tell "
        f"(n = {items} items in all).",
        f"{len(details)} 課題中、改善 {better}、悪化 {worse}、判別できない {len(details) - better - worse}"
        f"（合計 n = {items} 問）。",
    )
    if not details:
        sentence = Text("No domain task was scored.", "専門課題は採点していません。")
    return Finding(model, reference, joined(verdicts), sentence, details)


def _forgetting_rule(results: Results) -> Text:
    margin = results.forgetting.margin if results.forgetting else None
    if results.forgetting is None or margin is None:
        return Text(
            "No margin is known; differences on general tasks and text are shown as they are.",
            "許容幅が不明なため、一般課題と一般文書の差をそのまま示します。",
        )
    shown = plain(margin, 1)
    origin = (
        Text("declared in the recipe", "レシピで宣言") if results.forgetting.declared else Text("default", "既定値")
    )
    return Text(
        f"Kept: no general task can have lost more than {shown} points ({origin.en}; for text: per cent of the bits), "
        "interval included. Lost: one lost more than that, and that it lost at all is beyond doubt (one-sided, corrected for all "
        "general tasks and models). A task on which the reference shows no ability can show neither.",
        f"維持: どの一般課題の低下も、区間を含めて {shown} ポイント（{origin.ja}。文書ではビット数の %）以内。"
        "低下: それを超えて下がり、下がったこと自体が確かな場合（片側検定、一般課題とモデルの数で補正）。"
        "基準のモデルが能力を示していない課題からは、どちらとも言えません。",
    )


def _forgetting_finding(
    results: Results, tasks: Sequence[TaskResult], text: Sequence[TaskResult], model: str
) -> Finding:
    measured = [*tasks, *text]
    found = [(task, comparison_of(task, model, results.reference)) for task in measured]
    losses = {item.task: item for item in (results.forgetting.losses.get(model, []) if results.forgetting else [])}
    details = [
        with_loss(detail(task, comparison), losses.get(task.task), rises=task.higher_is_better)
        for task, comparison in found
        if comparison is not None
    ]
    named = results.forgetting.verdict.get(model) if results.forgetting else None
    if not details:
        sentence = Text("No general task or text was scored.", "一般課題・一般文書は採点していません。")
        return Finding(model, results.reference, named or "not measured", sentence, details)
    verdicts = [item.verdict for item in details]
    lost = verdicts.count("lost") + verdicts.count("worse")
    sentence = Text(
        f"{lost} of {len(details)} general measurements show a loss.",
        f"一般の測定 {len(details)} 件中、低下は {lost} 件。",
    )
    return Finding(model, results.reference, named or joined(verdicts), sentence, details)


def with_loss(item: Detail, loss: GeneralLoss | None, *, rises: bool) -> Detail:
    """A general task's difference, with the verdict and size of the loss the evaluation judged it by. rises: more is better."""
    if loss is None:
        return item
    if loss.loss is None:
        return replace(item, verdict=loss.verdict)
    size, ends = signed(loss.loss, 1), ""
    if loss.low is not None and loss.high is not None:
        ends = f" [{signed(loss.low, 1)}, {signed(loss.high, 1)}]"
    unit = Text("%", "%") if loss.unit == "per cent" else Text("points", "ポイント")
    # As a change with its sign: "低下 −4.7" reads as a gain, and ▲ is minus in Japanese accounts. More bits are a loss.
    change, turned = size, ends
    if rises:
        change, turned = signed(-loss.loss, 1), ""
        if loss.low is not None and loss.high is not None:
            turned = f" [{signed(-loss.high, 1)}, {signed(-loss.low, 1)}]"
    words = Text(f"loss {size}{ends} {unit.en}", f"変化 {change}{turned} {unit.ja}")
    if loss.verdict == "undecided" and loss.minimum_detectable is not None:
        least = plain(loss.minimum_detectable, 1)
        words = Text(
            f"{words.en}; a loss under {least} {unit.en} would probably not have been seen",
            f"{words.ja}。{least} {unit.ja}未満の低下は見えない可能性が高い",
        )
    return replace(item, verdict=loss.verdict, loss=words)


def _text_finding(tasks: Sequence[TaskResult], model: str, reference: str) -> Finding:
    details = details_of(tasks, model, reference)
    if not details:
        return Finding(
            model,
            reference,
            "not measured",
            Text("No held-out domain text was scored.", "専門分野の評価用文書は採点していません。"),
            [],
        )
    # With several domains the verdict is of all of them, so all of them are named.
    named = len(details) > 1
    sentence = Text(
        "; ".join(
            f"{f'{item.task.en} ' if named else ''}{item.before} → {item.after} {BITS.name.en} "
            f"(n = {count(item.n)} documents)"
            for item in details
        )
        + ".",
        "、".join(
            f"{f'{item.task.ja} ' if named else ''}{item.before} → {item.after} {BITS.name.ja}"
            f"（n = {count(item.n)} 文書）"
            for item in details
        )
        + "。",
    )
    return Finding(model, reference, joined([item.verdict for item in details]), sentence, details)
