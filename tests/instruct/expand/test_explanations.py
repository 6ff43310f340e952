"""Explanatory pages become explanations of what their headings name; other pages are left out with a reason."""

from tekio.instruct.expand.expand import compile_template, expand_file
from tekio.instruct.expand.templates import read_template
from tekio.recipe.instruct import ExpandConfig
from tekio.recipe.paths import RecipePath

PAGE = """1. [ホーム](https://a.example/)
2. [制度](https://a.example/law)
3. 電子保存

# 電子保存の概要

電子保存とは、帳簿を紙ではなく電磁的記録で保存することをいいます。令和4年から要件が緩和されました。

## 対象となる帳簿

自己が最初の記録段階から一貫して電子計算機で作成する帳簿が対象です。
手書きの帳簿は対象になりません。

## 関連リンク

- [用語集](https://a.example/words)

## 参考

この制度についての詳しい説明は、別に定める取扱通達にありますので、そちらもあわせて確認できます。

## ≪説明≫

この見出しは、何についての説明であるかを述べていないので、そのままでは質問になりません。

## 保存の期間

帳簿は7年間保存します。欠損金の生じた事業年度の帳簿は、10年間保存しなければなりません。

PDF形式のファイルをご覧いただく場合には、Adobe Readerが必要です。

## 手続

[様式第一号](https://a.example/1) [様式第二号](https://a.example/2) [様式第三号](https://a.example/3)はこちら。
"""
QUESTIONS = "# よくある質問\n\n## Q1 保存できますか。\n\nA1 はい、できます。\n\n## Q2 紙は捨てられますか。\n\nA2 要件を満たせば捨てられます。\n"


def made(path):
    config = ExpandConfig(name="s", path=RecipePath.of(path), template="explanation")
    rows = list(expand_file(path, path.name, compile_template(read_template("explanation"), config), config, 17))
    return [row.record for row in rows if row.alive], [row.rejected_by for row in rows if not row.alive]


def test_title_and_headings_are_asked_for(tmp_path):
    path = tmp_path / "p.md"
    path.write_text(PAGE, encoding="utf-8")
    records, rejected = made(path)
    assert [(record.instruction, record.output) for record in records] == [
        (
            "「電子保存の概要」について説明してください。",
            "電子保存とは、帳簿を紙ではなく電磁的記録で保存することをいいます。令和4年から要件が緩和されました。",
        ),
        (
            "「電子保存の概要」のうち、「対象となる帳簿」について説明してください。",
            "自己が最初の記録段階から一貫して電子計算機で作成する帳簿が対象です。手書きの帳簿は対象になりません。",
        ),
        (
            "「電子保存の概要」のうち、「保存の期間」について説明してください。",
            "帳簿は7年間保存します。欠損金の生じた事業年度の帳簿は、10年間保存しなければなりません。",
        ),
    ]
    assert {record.meta.topic for record in records} == {"制度"}
    assert {record.meta.group for record in records} == {"s:p"}
    assert rejected == [*["rule:heading_names_nothing"] * 3, "rule:no_explanation"]


def test_pages_of_questions_are_left_to_the_harvester(tmp_path):
    path = tmp_path / "faq.md"
    path.write_text(QUESTIONS, encoding="utf-8")
    assert made(path) == ([], ["rule:page_of_questions"])


def test_files_that_are_no_page_have_a_reason(tmp_path):
    (tmp_path / "style.css").write_text("body {}")
    (tmp_path / "empty.html").write_bytes(b"  ")
    assert made(tmp_path / "style.css") == ([], ["rule:no_page"])
    assert made(tmp_path / "empty.html") == ([], ["empty"])


def test_the_trail_is_no_explanation_wherever_the_heading_stands(tmp_path):
    path = tmp_path / "late.md"
    trail = PAGE.partition("\n\n")[0]
    path.write_text(
        f"{trail}\n\n電子保存とは、帳簿を紙ではなく電磁的記録で保存することをいいます。令和4年から要件が緩和されました。\n\n## 対象\n\n短い。\n",
        encoding="utf-8",
    )
    records, rejected = made(path)
    assert [record.output for record in records] == [
        "電子保存とは、帳簿を紙ではなく電磁的記録で保存することをいいます。令和4年から要件が緩和されました。"
    ]
    assert rejected == ["rule:no_explanation"]
