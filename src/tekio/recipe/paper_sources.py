"""What the papers say of the sources of their instruction data: the table that a build of such a recipe ends in.

Numbers come from the papers, model cards and public repositories; what is not known is None and is never filled in.
"""

from __future__ import annotations

from dataclasses import dataclass

from tekio.errors import Text


@dataclass(frozen=True)
class ExpectedSource:
    """One source of a paper. key: how sources of a recipe that stand for it are called (`key` or `key-…`).

    records: its number; at_most: only an upper bound is known. note: what it holds, in the paper's words or ours.
    """

    key: str
    name: Text
    records: int | None
    note: Text
    at_most: bool = False


@dataclass(frozen=True)
class ExpectedSources:
    """The sources of a paper's data set. records: of all together."""

    paper: Text
    records: int | None
    said: Text
    """Where the numbers are from."""
    rows: tuple[ExpectedSource, ...]


_TRANSLATION = Text("translation", "翻訳")
_KNOWLEDGE = Text("knowledge", "知識")
_QUESTIONS = Text("questions", "質問応答")


def _row(key: str, records: int | None, note: Text, *, at_most: bool = True) -> ExpectedSource:
    return ExpectedSource(key, Text(key, key), records, note, at_most)


def _pages(key: str, en: str, ja: str, note: Text) -> ExpectedSource:
    return ExpectedSource(key, Text(en, ja), None, note)


EXPECTED_SOURCES: dict[str, ExpectedSources] = {
    # Exact numbers are the last index of a source in masanorihirano/llm-japanese-dataset, the others 1,000 for each of its
    # files (which hold at most so many); files of several versions may be counted together.
    "stormy": ExpectedSources(
        Text(
            "llm-japanese-dataset (arXiv 2309.03412, 2305.12720)", "llm-japanese-dataset (arXiv 2309.03412、2305.12720)"
        ),
        8_393_726,
        Text(
            "total: release 0.1.1, with translation pairs; about 2.5 million without. A source's number: its files in the public "
            "repository, ≤ where only an upper bound is known. Nikkaji cannot be inside that release",
            "合計: 0.1.1 版(翻訳あり。翻訳なしは約 250 万件)。各情報源の数は公開リポジトリのファイルによる(≤ は上限のみ判明)。"
            "Nikkaji はこの版に含まれない",
        ),
        (
            _row("wikipedia-summary", 1_376_000, _KNOWLEDGE),
            _row("wikipedia-ja-typo", 703_000, Text("correction", "誤り訂正")),
            _row("wordnet", 856_000, Text("knowledge, translation", "知識・翻訳")),
            _row("nikkaji", 5_661_000, _TRANSLATION),
            _row("jesc", 5_396_204, _TRANSLATION, at_most=False),
            _row("tanaka-corpus", 298_026, _TRANSLATION, at_most=False),
            _row("yasashi-japanese", 255_000, Text("simplification, translation", "平易化・翻訳")),
            _row("bilingual-sentence-pairs", 204_000, _TRANSLATION),
            _row("coursera-parallel-corpus", 108_000, _TRANSLATION),
            _row("jsquad", 67_491, _QUESTIONS, at_most=False),
            _row("aio", 48_000, Text("questions, knowledge", "質問応答・知識")),
            _row("alt", 40_000, _TRANSLATION),
            _row("aozora-txt", 34_000, _KNOWLEDGE),
            _row("dolly-15k-ja", 15_015, Text("instructions as in the source", "元のままの指示"), at_most=False),
            _row("jcommonsenseqa", 10_058, _QUESTIONS, at_most=False),
            _row("jmrd", 6_000, _KNOWLEDGE),
            _row("wikinews", 5_000, Text("generation (titles)", "生成(題名)")),
            _row("paranatcom", 4_000, Text("generation (titles, abstracts)", "生成(題名・要旨)")),
            _row("jqac", 1_026, _QUESTIONS, at_most=False),
            _row("foodkb", 1_000, _KNOWLEDGE),
        ),
    ),
    "jafin": ExpectedSources(
        Text("JaFIn (arXiv 2404.09260, Table I)", "JaFIn (arXiv 2404.09260、表 I)"),
        1_490,
        Text(
            "the paper names these sources; how many records each gave is not known here",
            "論文に挙げられた情報源。情報源ごとの件数はここでは不明",
        ),
        (
            _pages("mof", "Ministry of Finance", "財務省", Text("questions and explanations", "質問・解説")),
            _pages("nenkin", "Japan Pension Service", "日本年金機構", Text("pensions", "年金")),
            _pages("boj", "Bank of Japan", "日本銀行", Text("questions and explanations", "質問・解説")),
            _pages("fsa", "Financial Services Agency", "金融庁", Text("questions and explanations", "質問・解説")),
            _pages("nta", "National Tax Agency", "国税庁", Text("taxes", "税")),
            _pages("ideco", "iDeCo", "iDeCo", Text("private pensions", "私的年金")),
            _pages("others", "others", "その他", Text("not named", "名称は不明")),
            _pages("wikipedia", "Wikipedia", "Wikipedia", Text("explanations of terms", "用語の解説")),
        ),
    ),
}
