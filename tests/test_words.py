"""One word for one thing in all Japanese that people read: the words of the list that were given up stand nowhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GIVEN_UP = {
    "退化したスコア": "見かけ上のスコア（一律回答と同点）",
    "定数回答": "一律回答",
    "取り置": "評価用に確保",
    "保留": "評価用に確保",
    "未知の形式": "対応していないファイル形式",
    "行き先が説明でき": "入力件数と内訳の合計は一致しています",
    "選んではいません": "恣意的な選別はしていません",
    "（扱い:": "（処理: 仮名に置換）",
    "混入は未検査": "評価問題の混入を検査していません",
    "詰めた系列": "パッキング後の系列数",
    "系列の充填率": "パッキング率",
    "データを通した回数": "エポック数",
    "最適化ステップ": "学習ステップ",
    "文脈長": "コンテキスト長",
    "勝／負": "改善／悪化／同じ",
    "一般能力の忘却": "一般能力の維持",
    "データ案": "作成データ",
    "暗い": "ダーク表示",
    "雛形": "テンプレート",
    "ひな形": "テンプレート",
    "区別できない": "判別できない",
    "見分けられない": "判別できない",
    "判別不能": "判別できない",
    "判断できない": "判別できない",
    "出典": "情報源",
}
# What is no word of ours: rules that read the texts of others, and the attribution that licenses ask for (出典：…).
OTHERS = re.compile(
    r"src/tekio/(?:instruct/(?:harvest|screen)/|corpus/readers/|text/|knowledge/|study/|evaluate/tasks/shipped/|instruct/templates/)"
)
ATTRIBUTION = re.compile("出典(?:：|: |表示)")


def written() -> list[tuple[str, int, str]]:
    """Every line that people may read: file, number, text."""
    files = [
        *(
            file
            for ending in ("py", "jinja", "json", "yaml", "js")
            for file in (ROOT / "src/tekio").rglob(f"*.{ending}")
        ),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "recipes").rglob("*.yaml"),
        *ROOT.glob("README*.md"),
    ]
    return [
        (name, number, ATTRIBUTION.sub("", line))
        for file in files
        for name in [file.relative_to(ROOT).as_posix()]
        if not OTHERS.match(name)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    ]


LINES = written()


@pytest.mark.parametrize("word", GIVEN_UP)
def test_a_word_that_was_given_up_stands_nowhere(word: str):
    found = [f"{name}:{number}: {line.strip()[:120]}" for name, number, line in LINES if word in line]
    assert found == [], f"say {GIVEN_UP[word]}"


def test_the_words_in_their_place_are_used():
    text = "\n".join(line for _, _, line in LINES)
    used = (
        "見かけ上のスコア",
        "一律回答",
        "評価用に確保",
        "情報源",
        "テンプレート",
        "判別できない",
        "パッキング率",
        "コンテキスト長",
    )
    assert [word for word in used if word not in text] == []


def test_pages_have_no_arrows_for_better_and_worse():
    """▲ is minus in Japanese accounts."""
    pages = re.compile(r"src/tekio/(?:report|view|compare|desk)/")
    code = [(name, number, line.partition("  # ")[0]) for name, number, line in LINES if pages.match(name)]
    assert [
        f"{name}:{number}"
        for name, number, line in code
        if re.search("[▲▼]", line) and not line.strip().startswith("#")
    ] == []
