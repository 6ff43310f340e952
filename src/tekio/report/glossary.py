"""Terms a reviewer meets on the page: reject reasons and what the numbers mean, in both languages."""

from __future__ import annotations

from tekio.artifacts.training import VALIDATION, validation_of
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
        Text("Constant answer, degenerate", "一律回答・見かけ上のスコア"),
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
        Text("Held-out", "評価用に確保した文書"),
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

SETTING_VALUES = {
    "full": Text("all weights", "全パラメータ"),
    "lora": Text("LoRA", "LoRA"),
    "scratch": Text("from the beginning", "ゼロから学習"),
    "linear": Text("linear", "直線"),
    "cosine": Text("cosine", "余弦"),
    "constant": Text("constant", "一定"),
    "harvest": Text("taken from pages", "ページから抽出"),
    "expand": Text("made from rows by templates", "表からテンプレートで作成"),
    "import": Text("taken over", "既存データの取り込み"),
}
DOMAINS = {
    "finance": Text("finance", "金融"),
    "general": Text("general", "一般"),
    "law": Text("law", "法律"),
    "tax": Text("tax", "税務"),
    "medicine": Text("medicine", "医療"),
    VALIDATION: Text("validation records", "検証用の指示データ"),
}

PERSONAL_DATA = {
    "email": Text("e-mail address", "メールアドレス"),
    "phone": Text("telephone number", "電話番号"),
    "postal_code": Text("postal code", "郵便番号"),
    "my_number": Text("My Number", "個人番号"),
    "card": Text("card number", "カード番号"),
    "bank_account": Text("bank account", "口座番号"),
    "securities_account": Text("securities account", "証券口座番号"),
    "policy_number": Text("policy number", "契約番号"),
    "pension_number": Text("basic pension number", "基礎年金番号"),
    "passport": Text("passport number", "旅券番号"),
    "driving_licence": Text("driving licence number", "運転免許証番号"),
    "residence_card": Text("residence card number", "在留カード番号"),
    "resident_code": Text("resident register code", "住民票コード"),
    "insured_number": Text("health insurance number", "被保険者番号"),
    "person": Text("name of a person", "氏名"),
    "birth_date": Text("date of birth", "生年月日"),
    "address": Text("address", "住所"),
}

OPTIMIZER = {
    "name": Text("Optimizer", "最適化手法"),
    "learning_rate": Text("Learning rate", "学習率"),
    "final_learning_rate": Text("Learning rate at the end", "最終学習率"),
    "schedule": Text("Decay of the learning rate", "学習率の下げ方"),
    "warmup_steps": Text("Warm-up steps", "ウォームアップのステップ数"),
    "weight_decay": Text("Weight decay", "重み減衰"),
    "clip_norm": Text("Gradient clipping (norm)", "勾配クリップ（ノルム）"),
    "beta1": Text("Beta 1", "β1"),
    "beta2": Text("Beta 2", "β2"),
}


NOTED = {
    "task": Text("task", "課題"),
    "origin": Text("source", "情報源"),
    "license": Text("license", "ライセンス"),
    "topic": Text("topic", "話題"),
    "parents": Text("made from", "元の文書"),
    "as_of": Text("as of", "時点"),
    "group": Text("group", "まとまり"),
    "split": Text("part", "区分"),
    "review": Text("review", "確認"),
    "input": Text("input", "入力"),
    "row": Text("row", "行"),
    "flags": Text("flags", "注意の印"),
    "suggestions": Text("suggestions", "指摘"),
    "repaired": Text("repaired", "修復"),
    "masked": Text("masked", "仮名に置換"),
    "replaces": Text("replaces", "置き換えたもの"),
    "rewritten": Text("rewritten", "書き換え"),
    "reading": Text("reading", "読み方"),
    "confidence": Text("confidence", "確信度"),
    "place": Text("place", "場所"),
    "page": Text("page", "ページ"),
    "template": Text("template", "テンプレート"),
    "strategy": Text("strategy", "方法"),
    "direction": Text("direction", "向き"),
    "contaminated": Text("evaluation items", "評価問題の混入"),
    "rejected_by": Text("left out because", "除外理由"),
    "measured": Text("measured", "測定値"),
    "transforms": Text("transforms", "整形"),
    "section": Text("section", "節"),
    "company": Text("company", "会社"),
    "characters": Text("characters", "文字数"),
    "left_out_characters": Text("characters left out", "除いた文字数"),
    "left_out_lines": Text("lines left out", "除いた行数"),
    "sentences_left_out": Text("sentences left out", "除いた文の数"),
    "reference_marks_left_out": Text("reference marks left out", "除いた注記号"),
    "templates_left_out": Text("templates left out", "除いたテンプレート"),
    "attachments": Text("attachments", "添付"),
    "tables": Text("tables", "表"),
    "figures": Text("figures", "図"),
    "items": Text("items", "項目"),
    "running_heads": Text("running heads", "柱・ヘッダ"),
    "ocr_pages": Text("pages read by character recognition", "文字認識したページ"),
    "read_twice": Text("pages read twice", "二つの方法で読んだページ"),
    "columns_pages": Text("pages in columns", "段組みのページ"),
    "promulgated": Text("promulgated", "公布日"),
    "author": Text("author", "著者"),
}
"""What was noted of a document or a record on its way (its `meta`); other keys, a reader's own, keep their names."""


def noted_words(key: str) -> Text:
    """A key of `meta` in words."""
    return NOTED.get(key, Text(key, key))


def personal_data_words(kind: str) -> Text:
    """A kind of personal data in words."""
    return PERSONAL_DATA.get(kind, Text(kind, kind))


def constant_words(name: str) -> Text:
    """A constant answer by its name in the results (`constant:B`, `tied`)."""
    if name.startswith("constant:"):
        answer = name.removeprefix("constant:")
        return Text(f"always “{answer}”", f"常に「{answer}」")
    if name == "tied":
        return Text("all options alike", "すべての選択肢が同点")
    return Text(name, name)


def setting_words(value: str) -> Text:
    """A value of a setting in words; another keeps its name."""
    return SETTING_VALUES.get(value, Text(value, value))


def domain_words(domain: str) -> Text:
    """A domain of held-out text; one of the user's own keeps its name. Tuning measures its validation records, and by source where asked."""
    source = domain.removeprefix(validation_of(""))
    if source != domain:
        return Text(f"validation records of {source}", f"検証用の指示データ（{source}）")
    return DOMAINS.get(domain, Text(domain, domain))


def kind_words(kind: str) -> Text:
    """A source's domain, or how its records were made."""
    return DOMAINS.get(kind) or setting_words(kind)
