"""Terms a reviewer meets on the page: reject reasons and what the numbers mean, in both languages."""

from __future__ import annotations

from tekio.errors import Text

TERMS = [
    (
        Text("n", "n"),
        Text(
            "How many items (questions, sentences) or documents a number rests on.",
            "その数字の根拠となる問題・文・文書の数。",
        ),
    ),
    (
        Text("Interval [a, b]", "区間 [a, b]"),
        Text(
            "The range in which the true value lies for other items of the same kind, with the stated confidence. "
            "A wide interval means that the test is too small to tell.",
            "同種の別の問題で測った場合に真の値が含まれると見込まれる範囲。広い区間は、問題数が足りないことを意味します。",
        ),
    ),
    (
        Text("Improved, worse, cannot tell", "改善・悪化・判別できない"),
        Text(
            "Improved and worse are said only when a paired test, corrected for how many differences were looked at, "
            "excludes chance at the stated level. Cannot tell is not the same as equal.",
            "対応のある検定を、見た差の数について補正し、偶然とは考えにくい場合だけ改善・悪化と書きます。"
            "「判別できない」は「同じ」という意味ではありません。",
        ),
    ),
    (
        Text("Paired", "対応のある比較"),
        Text(
            "Both models answer the same items, and only the items where they differ decide.",
            "両モデルに同じ問題を解かせ、結果が分かれた問題だけで判断します。",
        ),
    ),
    (
        Text("Holm-corrected p", "Holm 補正した p 値"),
        Text(
            "The p-value after allowing for the number of tasks: looking often makes chance finds likely.",
            "課題数を考慮した p 値。多くの差を見るほど、偶然の差が見つかりやすくなるためです。",
        ),
    ),
    (
        Text("Smallest difference that would be seen", "検出できる最小の差"),
        Text(
            "With this many items, a smaller true difference would be missed in more than one of five such tests "
            "(80 % power).",
            "この問題数では、これより小さな真の差は 5 回に 1 回を超えて見逃されます（検出力 80 %）。",
        ),
    ),
    (
        Text("Constant answer, degenerate", "定数回答・退化"),
        Text(
            "Always giving the same answer also gets a score. A model that scores the same has shown no ability, "
            "however high the number looks.",
            "常に同じ回答をしてもスコアは得られます。それと同じスコアのモデルは、数字が高く見えても能力を示していません。",
        ),
    ),
    (
        Text("Bits per character", "1 文字あたりビット数"),
        Text(
            "How many bits the model needs on average to predict the next character of text it has not seen. Fewer is "
            "better; models with different tokenizers can be compared.",
            "見たことのない文章の次の文字を予測するのに要する平均ビット数。小さいほど良く、"
            "トークナイザの異なるモデルも比較できます。",
        ),
    ),
    (
        Text("Held-out", "評価用に取り置いた文書"),
        Text(
            "Documents put aside before training and used only for measuring.",
            "学習前に取り分け、測定だけに使う文書。",
        ),
    ),
    (
        Text("Forgetting", "忘却"),
        Text(
            "Loss of general ability through training on a domain.",
            "専門分野の学習によって一般的な能力が下がること。",
        ),
    ),
]

REASONS = {
    "exact_duplicate": Text("exact duplicate", "完全な重複"),
    "near_duplicate": Text("near duplicate", "ほぼ同じ文書の重複"),
    "unreadable": Text("unreadable", "読み込み不可"),
    "too_short": Text("too short", "短すぎる"),
    "too_long": Text("too long", "長すぎる"),
    "contamination": Text("contains evaluation items", "評価問題を含む"),
    "contaminated": Text("contains evaluation items", "評価問題を含む"),
    "personal_data": Text("personal data", "個人情報"),
    "license": Text("license forbids training", "ライセンス上学習不可"),
    "not_japanese": Text("not Japanese", "日本語でない"),
    "low_confidence": Text("low confidence", "確信度が低い"),
}


def reason_words(reason: str) -> Text:
    """A reject reason in words; unknown ones keep their own name, which the documentation of the stage explains."""
    return REASONS.get(reason, Text(reason.replace("_", " "), reason))
