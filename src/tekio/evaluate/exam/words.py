"""What an exam says, in words of both languages: for the terminal and the report's first screen."""

from __future__ import annotations

from collections.abc import Iterator

from tekio.artifacts.exam_results import Advice, ExamResults, ModelAdvice, Reason, Right, ToldByStudy
from tekio.errors import Language, Text, say

ADVICE: dict[Advice, Text] = {
    "train": Text("train", "学習する"),
    "retrieve": Text("retrieve: do not train for these facts", "検索で足りる（この目的の学習は不要）"),
    "both": Text("both: train and retrieve", "学習と検索の両方"),
    "neither": Text("neither: do not train", "どちらも効果なし（学習しない）"),
    "cannot tell": Text("cannot tell", "判別できない"),
}
REASONS: dict[Reason, Text] = {
    "together better than each alone": Text(
        "training with retrieval is better than each alone", "学習と検索の併用が、それぞれ単独より良い"
    ),
    "training gains more": Text("both gain, and training gains more", "どちらも効果があり、学習の方が大きい"),
    "retrieval gains more": Text("both gain, and retrieval gains more", "どちらも効果があり、検索の方が大きい"),
    "only training gains": Text("only training is shown to gain", "効果が確認できたのは学習だけ"),
    "only retrieval gains": Text("only retrieval is shown to gain", "効果が確認できたのは検索だけ"),
    "both gain, which more is not shown": Text(
        "both gain; which gains more is not shown", "どちらも効果があるが、どちらが大きいかは確認できない"
    ),
    "only together shown to gain": Text(
        "only both together are shown to gain", "効果が確認できたのは併用だけで、単独では確認できない"
    ),
    "no gain of this size is left": Text(
        "no interval leaves a gain of the size that matters", "意味のある大きさの効果は、どの区間からも外れている"
    ),
    "too few items for so small a gain": Text(
        "the intervals hold both no gain and one that matters", "区間が「効果なし」と「意味のある効果」の両方を含む"
    ),
    "the four arms were not all measured": Text(
        "closed book and retrieval were not both measured on training documents",
        "学習用文書で、資料なしと検索付きの両方を測っていない",
    ),
}
HALVES = {"seen": Text("seen", "学習済み文書"), "unseen": Text("unseen", "未学習文書")}
BOOKS = {
    "closed": Text("closed book", "資料なし"),
    "retrieved": Text("retrieved", "検索付き"),
    "oracle": Text("right passage", "正しい資料付き"),
}


def share(right: Right) -> str:
    """`62.5 % [57.6, 67.1]`."""
    if right.share is None:
        return "-"
    ends = "" if right.low is None or right.high is None else f" [{100 * right.low:.1f}, {100 * right.high:.1f}]"
    return f"{100 * right.share:.1f} %{ends}"


def advice_words(found: ModelAdvice) -> Text:
    """The recommendation about a model with its reason and its cautions."""
    said, why = ADVICE[found.advice], REASONS[found.reason]
    english, japanese = f"{said.en} ({why.en})", f"{said.ja}（{why.ja}）"
    if not found.base_reads:
        english += "; the base was not shown to read even the right passage, so no search can help it much"
        japanese += "。基盤モデルは正しい資料を渡しても正答が増えず、検索の効果は見込みにくい"
    if found.reads_worse:
        english += "; the trained model reads unseen documents worse than the base"
        japanese += "。学習後のモデルは未学習の文書を読む力が落ちている"
    return Text(english, japanese)


def told_words(part: ToldByStudy) -> Text:
    """How many items of a half the study has told in their own wording, and what is right without them."""
    half = HALVES[part.half]
    english = f"{half.en}: {part.told} of {part.n} items stand in study with their answer, as they are asked"
    japanese = f"{half.ja}: {part.n} 問中 {part.told} 問が、同じ文面と答えで study にある"
    if not part.told:
        return Text(english, japanese)
    shares = ", ".join(f"{model} {share(right)}" for model, right in part.without.items())
    return Text(
        f"{english}; closed book without them: {shares}",
        f"{japanese}。除いた場合の資料なしの正答率: {shares}",
    )


def exam_lines(found: ExamResults, language: Language) -> Iterator[str]:
    """The exam's results for the terminal: shares, hits of the search, recommendation."""
    yield say(
        Text(f"exam {found.exam[:16]}, version {found.version}", f"試験 {found.exam[:16]}、版 {found.version}"),
        language,
    )
    for score in found.scores:
        where = f"{say(HALVES[score.half], language)}, {say(BOOKS[score.book], language)}"
        yield f"  {score.model:<16} {where:<28} {share(score.all)}  n = {score.all.n}"
    if found.retrieval is not None:
        hit = share(found.retrieval.hit)
        yield say(
            Text(
                f"  right passage in the prompt: {hit} ({found.retrieval.method})",
                f"  正しい資料が検索で付いた割合: {hit}",
            ),
            language,
        )
    for part in found.told or ():
        yield f"  {say(told_words(part), language)}"
    for one in found.advice:
        yield f"  {one.model}: {say(advice_words(one), language)}"
