"""Train, look it up, or both: what the exam shows, what each would cost, in words for the first screen and in tables below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tekio.artifacts.exam_results import Book, BookScore, ExamCost, ExamResults, ModelAdvice, Right
from tekio.artifacts.training import TrainingSummary
from tekio.errors import Text
from tekio.evaluate.exam.words import ADVICE, BOOKS, HALVES, REASONS, advice_words, share, told_words
from tekio.model_stages import MODEL_STAGES, stages_behind
from tekio.report.number_format import compact, count, p_value, plain
from tekio.store import Manifest

PRICE = Text("What would each cost?", "それぞれの費用")
QUESTION = Text("Train, look it up, or both?", "学習か、検索か、両方か")
QUESTIONS = {
    "ceiling": Text("Base: the right passage against closed book", "基盤: 正しい資料付き 対 資料なし"),
    "retrieve": Text("Base: retrieved passages against closed book", "基盤: 検索付き 対 資料なし"),
    "train": Text("Closed book: trained against base", "資料なし: 学習後 対 基盤"),
    "both": Text("Trained with retrieval against the base without", "学習後・検索付き 対 基盤・資料なし"),
    "train on top": Text("With retrieval: trained against base", "検索付き: 学習後 対 基盤"),
    "retrieve on top": Text("Trained: retrieved passages against closed book", "学習後: 検索付き 対 資料なし"),
    "train against retrieve": Text(
        "Trained, closed book, against base with retrieval", "学習後・資料なし 対 基盤・検索付き"
    ),
    "reading": Text(
        "Unseen documents, right passage: trained against base", "未学習文書・正しい資料付き: 学習後 対 基盤"
    ),
}
BY = {
    "kind": Text("By kind of item", "問題の種類別"),
    "topic": Text("By source", "情報源別"),
    "difficulty": Text("By difficulty", "難しさ別"),
}
TRAINED = tuple(MODEL_STAGES.values())[1:]
WHOLE_EPOCH = 0.995  # of the rows: the last batch may leave a few


@dataclass(frozen=True)
class Cost:
    """What the two ways cost. seconds, bytes: of training and of the model it left; None: not trained in this run."""

    seconds: float | None
    bytes: int | None


def overview_line(found: ExamResults, summaries: Mapping[str, TrainingSummary]) -> Text:
    """The recommendation about the last model, in plain words, with the numbers behind it.

    summaries: of the run's training stages, by stage.
    """
    if not found.advice:
        return Text("There is no trained model to compare.", "比べる学習後のモデルがありません。")
    last = found.advice[-1]
    words, numbers, unread = advice_words(last), _numbers(found, last), _unread(last.model, summaries)
    return Text(
        " ".join(part for part in (f"{last.model}: {words.en}.", numbers.en, unread.en) if part),
        f"{last.model}: {words.ja}。{numbers.ja}{unread.ja}",
    )


def _unread(model: str, summaries: Mapping[str, TrainingSummary]) -> Text:
    """Which trainings behind a model ended before they had read everything once: "seen" items may then be of text it never read."""
    short = [
        (stage, f"{plain(100 * summaries[stage].epochs, 0)} %")
        for stage in stages_behind(model)
        if stage in summaries and summaries[stage].epochs < WHOLE_EPOCH
    ]
    if not short:
        return Text("", "")
    english = " and ".join(f"{stage} ended after {read} of an epoch" for stage, read in short)
    japanese = "、".join(f"{stage} は 1 エポックの {read} で終了" for stage, read in short)
    return Text(
        f"{english[0].upper()}{english[1:]}: some of these questions are about text that the model never read.",
        f"{japanese}しており、モデルが読んでいない文章からの問いを含みます。",
    )


def _right(found: ExamResults, model: str, book: Book, half: str = "seen") -> BookScore | None:
    return next((one for one in found.scores if (one.model, one.book, one.half) == (model, book, half)), None)


def _percent(right: Right | None) -> str:
    return "–" if right is None or right.share is None else f"{plain(100 * right.share, 1)} %"


def _numbers(found: ExamResults, advice: ModelAdvice) -> Text:
    closed, looked = _right(found, found.reference, "closed"), _right(found, found.reference, "retrieved")
    trained, both = _right(found, advice.model, "closed"), _right(found, advice.model, "retrieved")
    if closed is None:
        return Text("", "")
    shown = [_percent(one.all if one else None) for one in (closed, trained, looked, both)]
    n = count(closed.all.n)
    return Text(
        f"Right answers on training documents: {shown[0]} as it was, {shown[1]} trained, {shown[2]} with retrieval, {shown[3]} with both "
        f"(n = {n}).",
        f"学習用文書の正答率: 元のまま {shown[0]}、学習後 {shown[1]}、検索付き {shown[2]}、両方 {shown[3]}（n = {n}）。",
    )


def training_cost(manifests: Mapping[str, Manifest], model: str) -> Cost:
    """Seconds of the training stages behind a model of the run, and bytes of the last one's files."""
    stages = [manifests[stage] for stage in stages_behind(model) if stage in manifests]
    if not stages:
        return Cost(None, None)
    kept = [item.bytes for item in stages[-1].outputs if item.path.startswith(("model/", "adapter/"))]
    return Cost(sum(stage.duration_seconds for stage in stages), sum(kept))


def price_line(found: ExamResults, cost: ExamCost | None, manifests: Mapping[str, Manifest]) -> Text | None:
    """What training the last model and what looking passages up cost; by clocks, so for the page alone."""
    if not found.advice:
        return None
    model = found.advice[-1].model
    spent = training_cost(manifests, model)
    english: list[str] = []
    japanese: list[str] = []
    if spent.seconds is not None:
        english.append(f"training took {_seconds(spent.seconds).en} and left {_bytes(spent.bytes)}")
        japanese.append(f"学習 {_seconds(spent.seconds).ja}・{_bytes(spent.bytes)}")
    closed, looked = _right(found, found.reference, "closed"), _right(found, found.reference, "retrieved")
    if closed and looked and closed.tokens is not None and looked.tokens is not None:
        more = count(looked.tokens - closed.tokens)
        slow = _slower(cost, found.reference)
        english.append(f"retrieval adds {more} tokens{slow.en} to a question")
        japanese.append(f"検索は 1 問あたり {more} トークン{slow.ja}増")
    if spent.seconds is not None and cost is not None and cost.index_seconds is not None:
        english.append(
            f"when a document changes, train again ({_seconds(spent.seconds).en}) or index again ({_seconds(cost.index_seconds).en})"
        )
        japanese.append(
            f"文書が変わると、学習し直し（{_seconds(spent.seconds).ja}）か索引の作り直し（{_seconds(cost.index_seconds).ja}）"
        )
    if not english:
        return None
    told = "; ".join(english)
    return Text(f"{told[0].upper()}{told[1:]}.", f"{'、'.join(japanese)}。")


def _slower(cost: ExamCost | None, model: str) -> Text:
    times = {one.book: one.seconds for one in cost.asked if one.model == model} if cost else {}
    if "closed" not in times or "retrieved" not in times:
        return Text("", "")
    more = times["retrieved"] - times["closed"] + (cost.search_seconds or 0 if cost else 0)
    shown = _seconds(max(0.0, more))
    return Text(f" and {shown.en}", f"・{shown.ja}")


def _seconds(value: float) -> Text:
    if value < 1:
        shown = f"{1000 * value:.3g}"
        return Text(f"{shown} ms", f"{shown} ミリ秒")
    if value < 600:
        return Text(f"{value:.3g} s", f"{value:.3g} 秒")
    return Text(f"{value / 60:,.0f} min", f"{value / 60:,.0f} 分")


def _bytes(value: int | None) -> str:
    return "–" if value is None else f"{compact(value)}B"


# --- the tables below -----------------------------------------------------------------------------------------------


def exam_contents(
    found: ExamResults | None, cost: ExamCost | None, manifests: Mapping[str, Manifest]
) -> dict[str, object] | None:
    """What the page's part about the exam shows; None without one."""
    if found is None:
        return None
    times = {(one.model, one.book): one.seconds for one in cost.asked} if cost else {}
    return {
        "price": (PRICE, price) if (price := price_line(found, cost, manifests)) else None,
        "version": found.version,
        "hash": found.exam,
        "scores": [
            {
                "model": one.model,
                "half": HALVES[one.half],
                "book": BOOKS[one.book],
                "share": share(one.all),
                "n": one.all.n,
                "tokens": count(one.tokens),
                "seconds": _seconds(times[one.model, one.book]) if (one.model, one.book) in times else Text("–", "–"),
            }
            for one in found.scores
        ],
        "comparisons": [
            {
                "question": QUESTIONS[one.question],
                "model": one.model,
                "difference": _points(one.result.difference, one.result.low, one.result.high),
                "p": p_value(one.result.p_adjusted),
                "verdict": one.result.verdict,
                "n": one.result.n,
                "test": one.result.test or "–",
            }
            for one in found.comparisons
        ],
        "compared": found.compared,
        "advice": [(one.model, ADVICE[one.advice], REASONS[one.reason], advice_words(one)) for one in found.advice],
        "parts": [(title, _parts(found, name)) for name, title in BY.items()],
        "retrieval": _retrieval(found),
        "told": [told_words(part) for part in found.told or ()],
        "costs": [
            (one.model, _seconds(spent.seconds), _bytes(spent.bytes))
            for one in found.advice
            if (spent := training_cost(manifests, one.model)).seconds is not None
        ],
        "device": cost.device if cost else None,
    }


def _points(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "–"
    ends = "" if low is None or high is None else f" [{plain(100 * low, 1)}, {plain(100 * high, 1)}]"
    return f"{'+' if value > 0 else ''}{plain(100 * value, 1)}{ends}"


def _parts(found: ExamResults, name: str) -> list[tuple[Text, str, Sequence[tuple[str, str]]]]:
    """(half and book, model, (value, share) ...) of one way to part the items."""
    return [
        (
            Text(f"{HALVES[one.half].en}, {BOOKS[one.book].en}", f"{HALVES[one.half].ja}・{BOOKS[one.book].ja}"),
            one.model,
            [(value, f"{share(right)} (n = {right.n})") for value, right in one.by[name].items()],
        )
        for one in found.scores
    ]


def _retrieval(found: ExamResults) -> list[tuple[Text, str]]:
    one = found.retrieval
    if one is None:
        return []
    lines = [
        (Text("Search", "検索方法"), one.method),
        (Text("Passages that can be found", "検索対象の資料数"), count(one.passages)),
        (Text("Passages in a prompt, mean", "1 問に付いた資料数（平均）"), f"{plain(one.given, 2)} / {one.asked}"),
        (Text("Right passage first", "正しい資料が 1 位"), share(one.first)),
        (Text("Right passage in the prompt", "正しい資料が付いた"), share(one.hit)),
        (Text("Answer's words in the prompt", "答えの語句が付いた"), share(one.answer)),
    ]
    for label, right in one.right_given_hit.items():
        missed = one.right_given_miss[label]
        lines.append(
            (
                Text(f"{label}: right, where it was there", f"{label}: 付いたときの正答率"),
                f"{share(right)} (n = {right.n})",
            )
        )
        lines.append(
            (
                Text(f"{label}: right, where it was not", f"{label}: 付かなかったときの正答率"),
                f"{share(missed)} (n = {missed.n})",
            )
        )
    return lines
