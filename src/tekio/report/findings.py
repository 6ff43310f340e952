"""What a run shows, found once and handed to the page, the card and `summary.json`: no verdict can differ between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tekio.artifacts.report import PaperTable
from tekio.errors import Text
from tekio.report.exam import QUESTION, overview_line
from tekio.report.gather import Run
from tekio.report.number_format import compact, count
from tekio.report.papers import paper_table
from tekio.report.terms import Terms, terms_of
from tekio.report.verdict import Finding, Question, questions, word
from tekio.report.warnings.find import cautions
from tekio.report.warnings.rule import Caution

NOT_EVALUATED = Text("not evaluated", "評価なし")


@dataclass(frozen=True)
class Findings:
    """labels: models, the reference first. overview: one sentence a question of the first screen (question, answer)."""

    labels: list[str]
    questions: list[Question]
    cautions: list[Caution]
    terms: list[Terms]
    paper: PaperTable | None
    overview: list[tuple[Text, Text]]


def find(run: Run, recipe: dict[str, Any] | None, purpose: str | None = None) -> Findings:
    """All findings of a run. purpose: what the recipe says the model is for."""
    asked = questions(run.results, run.labels) if run.results else []
    terms = terms_of(run.sources)
    warned = cautions(run, recipe, terms)
    return Findings(
        labels=run.labels,
        questions=asked,
        cautions=warned,
        terms=terms,
        paper=paper_table(recipe, run.results),
        overview=_overview(run, asked, warned, terms, purpose),
    )


def _last(asked: list[Question], key: str) -> Finding | None:
    """The last model's answer to a question."""
    found = [question.findings for question in asked if question.key == key]
    return found[0][-1] if found and found[0] else None


def _overview(
    run: Run, asked: list[Question], warned: list[Caution], terms: list[Terms], purpose: str | None
) -> list[tuple[Text, Text]]:
    """The first screen: a sentence each on use, effect, forgetting, cost, certainty and what must not be done."""
    domain, general = _last(asked, "domain"), _last(asked, "forgetting")
    return [
        (Text("What may it be used for?", "何に使えるか"), _use(domain, general, warned, purpose)),
        (Text("Did it get better?", "良くなったか"), _better(domain, _last(asked, "text"))),
        *(
            [(QUESTION, overview_line(run.exam, {item.stage: item.summary for item in run.training}))]
            if run.exam
            else []
        ),
        (Text("What did it forget?", "失われた能力はあるか"), _said(general)),
        (Text("What did it cost?", "費やした学習量"), _cost(run)),
        (Text("How sure is this?", "どこまで確かか"), _certainty(run)),
        (Text("What must not be done?", "してはならないこと"), _forbidden(terms)),
    ]


def _said(finding: Finding | None) -> Text:
    if finding is None:
        return Text("Not evaluated, so nothing can be said.", "評価していないため、何も言えません。")
    words = word(finding.verdict)
    return Text(
        f"{finding.model}: {words.en}. {finding.sentence.en}", f"{finding.model}: {words.ja}。{finding.sentence.ja}"
    )


def _better(domain: Finding | None, text: Finding | None) -> Text:
    """The tasks' verdict, and that on held-out text of the domain, which may be another."""
    said = _said(domain)
    if text is None:
        return said
    words = word(text.verdict)
    english, japanese = f"Held-out text of the domain: {words.en}.", f"学習に使っていない専門文書の予測: {words.ja}。"
    return Text(f"{said.en} {english}", f"{said.ja}{japanese}") if domain else Text(english, japanese)


def _use(domain: Finding | None, general: Finding | None, warned: list[Caution], purpose: str | None) -> Text:
    keys = {item.key for item in warned}
    if "trained_on_nothing" in keys:
        return Text("For nothing: a training stage had no text.", "使えません。学習データのない学習工程があります。")
    if "tiny_model" in keys:
        return Text(
            "Only to see that the chain works; the model is too small for use.",
            "工程の動作確認にのみ使えます。モデルが小さく、実用には使えません。",
        )
    if domain is None or general is None:
        return Text("For study only: its effect was not measured.", "検討用に限ります。効果を測定していません。")
    if domain.verdict != "improved":
        return Text(
            "For study only: that it is better than the base is not shown.",
            "検討用に限ります。基盤モデルより良いことは確認できていません。",
        )
    if general.verdict in ("lost", "worse"):
        return Text(
            "For a trial in its domain only: general ability was lost.",
            "専門分野での試行に限ります。一般能力が失われています。",
        )
    if general.verdict != "kept":
        return Text(
            "For a trial in its domain only: that general ability was kept is not shown.",
            "専門分野での試行に限ります。一般能力の維持は確認できていません。",
        )
    aim = Text(f": {purpose}", f": {purpose}") if purpose else Text(".", "。")
    return Text(
        f"A candidate for its purpose, once the approvals below are given{aim.en}",
        f"下の承認を得たうえで、目的に使う候補になります{aim.ja}",
    )


def _cost(run: Run) -> Text:
    if not run.training:
        return Text("Nothing was trained in this run.", "この実行では学習していません。")
    seen = sum(item.summary.tokens.seen or item.summary.tokens.trained or 0 for item in run.training)
    steps = sum(item.summary.steps or 0 for item in run.training)
    sizes = [item.summary.parameters for item in run.training if item.summary.parameters]
    return Text(
        f"{count(seen)} tokens learned in {count(steps)} steps, model of {compact(max(sizes, default=None))} parameters.",
        f"延べ学習トークン {count(seen)}、学習ステップ {count(steps)}、パラメータ数 {compact(max(sizes, default=None))}。",
    )


def _certainty(run: Run) -> Text:
    if run.results is None:
        return Text("Nothing was measured.", "測定していません。")
    looked_at = sum(comparison.p is not None for task in run.results.tasks for comparison in task.comparisons)
    fewest = min((task.n for task in run.results.tasks), default=0)
    of_exam = Text("", "")
    if run.exam is not None:
        of_exam = Text(
            f", and {count(run.exam.compared)} of the exam for theirs",
            f"（試験の {count(run.exam.compared)} 件は別に補正）",
        )
    return Text(
        f"{count(looked_at)} differences were tested and corrected for that number{of_exam.en}; the smallest task has n = "
        f"{count(fewest)}. One training run: another seed may differ.",
        f"{count(looked_at)} 件の差を検定し、件数で補正しました{of_exam.ja}。最小の課題は n = {count(fewest)}。"
        "学習は 1 回のため、乱数を変えた場合の違いは含みません。",
    )


def _forbidden(terms: list[Terms]) -> Text:
    bound = [item for item in terms if not item.free]
    english = "Investment advice, solicitation, or a decision about a person without human review."
    japanese = "投資助言・勧誘、人に関する判断に、人の確認なしで使うこと。"
    if bound:
        english += " Passing it on before the licenses are decided (" + ", ".join(
            item.license if item.known else "unknown" for item in bound
        )
        english += ")."
        names = "、".join(item.license if item.known else "不明" for item in bound)
        japanese += f"ライセンス（{names}）の判断前に外部へ提供すること。"
    return Text(english, japanese)
