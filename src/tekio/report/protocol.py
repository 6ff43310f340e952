"""The protocol in words, for a reader who knows neither the tool nor the field's abbreviations."""

from __future__ import annotations

from tekio.artifacts.results import Results, TaskResult
from tekio.errors import Text
from tekio.report.glossary import domain_words
from tekio.report.number_format import plain

_PROTOCOLS = {
    "fin-harness-2024": Text(
        "japanese-lm-fin-harness as published in 2024 (the protocol of the published tables)",
        "japanese-lm-fin-harness 2024 年公開時の方式（公表値と同じ）",
    ),
    "fin-harness-2025": Text(
        "japanese-lm-fin-harness as of 2025 (the trailing line break of the instructions is kept)",
        "japanese-lm-fin-harness 2025 年の方式（指示文末尾の改行を保持）",
    ),
}
_BOUNDARIES = {
    "lossless": Text("prompt and answer are split where no character is lost", "質問と回答の境界で文字を失わない分割"),
    "lm-eval": Text(
        "prompt and answer are split as lm-evaluation-harness does it (may lose a line break)",
        "lm-evaluation-harness と同じ分割（改行を失うことがある）",
    ),
}
_BOS = {
    "tokenizer": Text("a start token where the tokenizer sets one", "開始トークンはトークナイザの設定どおり"),
    "never": Text("no start token", "開始トークンなし"),
    "always": Text("always exactly one start token", "開始トークンを必ず 1 つ"),
}
KINDS = {
    "choice": Text("the choice with the highest probability is the answer", "確率が最も高い選択肢を回答とみなす"),
    "generation": Text("the model writes an answer, which is read by a fixed rule", "生成文を決まった規則で読み取る"),
    "perplexity": Text(
        "the model predicts held-out text; bits spent per character", "評価用文書の予測に要した 1 文字あたりビット数"
    ),
}
# The evaluation writes tests and methods as English words; the Japanese follows the same words.
_JAPANESE = [
    ("McNemar exact", "McNemar の正確検定"),
    ("paired permutation", "対応のある並べ替え検定"),
    ("paired BCa bootstrap", "対応のある BCa ブートストラップ区間"),
    ("BCa bootstrap", "BCa ブートストラップ区間"),
    ("Wilson, cluster-robust", "クラスタ頑健な Wilson"),
    ("Wilson", "Wilson 区間"),
    ("Bonett-Price", "Bonett-Price 区間"),
    ("paired bootstrap", "対応のあるブートストラップ区間"),
    ("(no variation)", "（変動なし）"),
    ("no variation: no interval", "変動がないため区間なし"),
    ("one item: no interval", "1 問のため区間なし"),
    ("no item: no interval", "問題がないため区間なし"),
    ("not finite: no interval", "有限な値でないため区間なし"),
    ("undefined: no interval", "値が定義されないため区間なし"),
    (" of ", "・"),
    (" clusters", " 文書群単位"),
]


TITLES = {
    "chabsa": Text("sentiment of securities-report sentences", "有価証券報告書の文の感情分析"),
    "cma_basics": Text("securities analyst exam, basics", "証券アナリスト試験の基礎問題"),
    "cpa_audit": Text("certified public accountant exam, auditing", "公認会計士試験の監査論"),
    "fp2": Text("financial planner exam, grade 2", "2 級 FP 技能検定"),
    "security_sales_1": Text("securities sales representative exam, class 1", "一種外務員試験"),
    "jnli": Text("does one sentence follow from another", "文間の含意関係"),
    "jcommonsenseqa": Text("common-sense questions", "常識を問う質問"),
    "jsquad": Text("reading comprehension", "読解"),
    "marc_ja": Text("sentiment of reviews", "商品評価の感情分析"),
}


def task_title(task: TaskResult) -> Text:
    """A task's name and, for known tasks, what it asks."""
    if task.kind == "perplexity":
        domain = task.task.split(":", 1)[-1]
        return Text(
            f"{task.task}, prediction of held-out {domain} text",
            f"{task.task}（{domain_words(domain).ja}の評価用文書の予測）",
        )
    meaning = TITLES.get(task.task)
    return Text(f"{task.task}, {meaning.en}", f"{task.task}（{meaning.ja}）") if meaning else Text(task.task, task.task)


def in_words(table: dict[str, Text], name: str | None) -> Text:
    """A name's words; an unknown name stands for itself."""
    if not name:
        return Text("not stated", "記載なし")
    return table.get(name, Text(name, name))


def arithmetic(results: Results) -> str:
    """The number formats the models were scored in."""
    found = sorted({item.dtype for item in results.models.values() if item.dtype})
    return ", ".join(found) or results.dtype or "?"


def protocol_lines(results: Results) -> list[Text]:
    """How all tasks were scored, as sentences."""
    scored = [task for task in results.tasks if task.kind != "perplexity"]
    names = sorted({task.protocol or results.protocol or "" for task in scored} & set(_PROTOCOLS))
    lines = [Text(f"Protocol: {_PROTOCOLS[name].en}.", f"方式: {_PROTOCOLS[name].ja}。") for name in names]
    boundary, bos = in_words(_BOUNDARIES, results.boundary), in_words(_BOS, results.bos)
    confidence, level = plain(100 * results.confidence, 0), plain(1 - results.confidence, 2)
    number = arithmetic(results)
    return [
        *lines,
        Text(f"Tokens: {boundary.en}; {bos.en}.", f"トークン化: {boundary.ja}、{bos.ja}。"),
        Text(f"Arithmetic: {number}.", f"演算精度: {number}。"),
        Text(
            f"Every difference is paired: the same items, one model minus the reference ({results.reference}).",
            f"差はすべて対応のある差（同じ問題での、基準 {results.reference} との差）です。",
        ),
        Text(
            "A difference is called improved or worse only if its p-value, corrected by Holm's method for all "
            f"comparisons of this page, is below {level}; otherwise the words are: cannot tell.",
            f"このページの全比較について Holm 法で補正した p 値が {level} 未満の差だけを改善・悪化と呼び、"
            "それ以外は「判別できない」とします。",
        ),
        Text(
            f"Intervals are {confidence} % intervals of one number each, without that correction. So an interval may lie on "
            "one side of zero where the words are still: cannot tell.",
            f"区間は数字ごとの {confidence} % 区間で、この補正をしていません。そのため、区間が 0 をまたがなくても"
            "「判別できない」となることがあります。",
        ),
    ]


def task_words(task: TaskResult) -> Text:
    """How one task is asked and scored."""
    kind = in_words(KINDS, task.kind)
    if task.kind == "perplexity":
        return kind
    shots = task.shots or 0
    shown = (
        Text("no examples in the prompt", "例示なし")
        if not shots
        else Text(f"{shots} examples in the prompt", f"例示 {shots} 件")
    )
    if task.of is not None and task.of > task.n:
        shown = Text(
            f"{shown.en}; a seeded sample of {task.n:,} of {task.of:,} items",
            f"{shown.ja}、全 {task.of:,} 問から乱数種で選んだ {task.n:,} 問",
        )
    own = task.protocol is not None and task.protocol not in _PROTOCOLS
    origin = Text("; own task file", "、独自の課題ファイル") if own else Text("", "")
    return Text(
        f"{kind.en}; {shown.en}; template {task.template}{origin.en}",
        f"{kind.ja}、{shown.ja}、テンプレート {task.template}{origin.ja}",
    )


def method_words(name: str | None) -> Text:
    """A test or a kind of interval, in both languages."""
    japanese = name or "検定なし"
    for english, translated in _JAPANESE:
        japanese = japanese.replace(english, translated)
    return Text(name or "none", japanese)
