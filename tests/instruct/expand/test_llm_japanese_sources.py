"""The twenty sources of llm-japanese-dataset, NLI, sentiment and paraphrase, from small files in their published forms."""

import gzip
import json
import sqlite3

import openpyxl
import pytest

from realdata import need_real_data
from tekio.errors import TekioError
from tekio.instruct.expand.expand import compile_template, expand_file
from tekio.instruct.expand.templates import read_template, shipped_templates
from tekio.recipe.instruct import ExpandConfig
from tekio.recipe.paths import RecipePath

CONTEXT = "日本銀行は日本の中央銀行である。物価の安定を図ることを通じて国民経済の健全な発展に資することを目的とする。"


def made(path, template, **options):
    """(task, instruction, input, output) of every record, and the reasons of the rejected rows."""
    config = ExpandConfig(name="s", path=RecipePath.of(path), template=template, phrasings="all", **options)
    rows = list(expand_file(path, path.name, compile_template(read_template(template), config), config, 17))
    records = [
        (row.record.meta.extra["task"], row.record.instruction, row.record.meta.input, row.record.output)
        for row in rows
        if row.alive
    ]
    return records, [row.rejected_by for row in rows if not row.alive]


def lines(path, *rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def text(path, content, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding))
    return path


def test_wikipedia_summary_ends_at_the_first_line(tmp_path):
    path = lines(
        tmp_path / "wiki_00",
        {"id": "1", "url": "https://ja.wikipedia.org/wiki?curid=1", "title": "国債", "text": "国債\n\n国債は国が発行する債券である。\n歴史は古い。"},
        {"id": "2", "url": "u", "title": "アーク (曖昧さ回避)", "text": "アーク"},
        {"id": "3", "url": "u", "title": "空", "text": ""},
    )  # fmt: skip
    records, rejected = made(path, "wikipedia-summary")
    assert records[0] == ("explain", "入力されたワードを説明してください。", "国債", "国債は国が発行する債券である。")
    assert rejected == ["rule:disambiguation", "rule:blank"]


DOCS = """<doc id="1" url="https://ja.wikipedia.org/wiki?curid=1" title="国債">
国債

国債は国が発行する債券である。
歴史は古い。
</doc>
<doc id="2" url="https://ja.wikipedia.org/wiki?curid=2" title="円 (曖昧さ回避)">
円 (曖昧さ回避)

円とは、
</doc>
<doc id="3" url="https://ja.wikipedia.org/wiki?curid=3" title="空">
空

</doc>
<doc id="4" url="https://ja.wikipedia.org/wiki?curid=4" title="「"x"」">
「"x"」

引用符のある題である。
"""


def test_files_of_wikiextractor_are_read(tmp_path):
    records, rejected = made(text(tmp_path / "AA" / "wiki_00", DOCS), "wikipedia-summary", phrasing="original")
    assert records == [
        ("explain", "入力されたワードを説明してください。", "国債", "国債は国が発行する債券である。"),
    ]
    assert rejected == ["rule:disambiguation", "rule:blank", "unclosed_doc"]
    whole = text(tmp_path / "AA" / "wiki_01", DOCS + "</doc>\n")
    assert made(whole, "wikipedia-summary", phrasing="original")[0][1][2:] == ('「"x"」', "引用符のある題である。")


def test_wikipedia_typos_are_corrected(tmp_path):
    path = lines(
        tmp_path / "train.jsonl",
        {"page": "1", "pre_text": "株価が下洛した。", "post_text": "株価が下落した。", "diffs": []},
        {"page": "2", "pre_text": "同じ。", "post_text": "同じ。"},
    )
    records, rejected = made(path, "wikipedia-ja-typo")
    assert records[0][2:] == ("株価が下洛した。", "株価が下落した。")
    assert rejected == ["rule:nothing_corrected"]


def test_wordnet_is_read_from_its_database(tmp_path):
    path = tmp_path / "wnjpn.db"
    with sqlite3.connect(path) as base:
        base.executescript("""
            CREATE TABLE word (wordid INTEGER PRIMARY KEY, lang TEXT, lemma TEXT, pron TEXT, pos TEXT);
            CREATE TABLE sense (synset TEXT, wordid INTEGER, lang TEXT, rank TEXT, lexid INTEGER, freq INTEGER, src TEXT);
            CREATE TABLE synset_def (synset TEXT, lang TEXT, def TEXT, sid TEXT);
            CREATE TABLE synset_ex (synset TEXT, lang TEXT, def TEXT, sid TEXT);
            INSERT INTO word VALUES (1, 'eng', 'bond', '', 'n'), (2, 'jpn', '債券', '', 'n'), (3, 'jpn', '公社債', '', 'n');
            INSERT INTO sense VALUES ('1-n', 1, 'eng', '', 0, 0, ''), ('1-n', 2, 'jpn', '', 0, 0, ''), ('1-n', 3, 'jpn', '', 0, 0, '');
            INSERT INTO synset_def VALUES ('1-n', 'eng', 'a certificate of debt', '0'), ('1-n', 'jpn', '借入れの証書', '0'),
                                          ('2-n', 'eng', 'untranslated', '0');
            INSERT INTO synset_ex VALUES ('1-n', 'eng', 'the bond matures', '0'), ('1-n', 'jpn', '債券が満期になる', '0');
        """)
    records, rejected = made(path, "wordnet", phrasing="original", translation=True)
    assert records == [
        ("meaning", "「債券」の意味を教えてください。", None, "借入れの証書"),
        ("meaning", "「公社債」の意味を教えてください。", None, "借入れの証書"),
        ("ja-en", "次の文を英語に翻訳してください。", "借入れの証書", "a certificate of debt"),
        ("en-ja", "次の文を日本語に翻訳してください。", "a certificate of debt", "借入れの証書"),
        ("ja-en", "次の文を英語に翻訳してください。", "債券が満期になる", "the bond matures"),
        ("en-ja", "次の文を日本語に翻訳してください。", "the bond matures", "債券が満期になる"),
    ]
    assert rejected == ["rule:no_definition"]
    path.write_bytes(b"SQLite format 3\0" + b"x" * 200)
    assert made(path, "wordnet") == ([], ["bad_database"])


def test_a_database_from_outside_is_only_read(tmp_path):
    path = tmp_path / "wnjpn.db"
    with sqlite3.connect(path) as base:
        base.execute(
            "CREATE VIEW synset_def AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
            " SELECT 'a' AS synset, 'jpn' AS lang, x AS sid, 'b' AS def FROM n"
        )
    assert made(path, "wordnet") == ([], ["bad_database"])


def test_wordnet_joins_definitions_with_words(tmp_path):
    text(tmp_path / "wnjpn-ok.tab", "00001740-n\t債券\thand\n00001740-n\t公社債\thand\n")
    path = text(
        tmp_path / "wnjpn-def.tab", "00001740-n\t0\ta certificate of debt\t借入れの証書\n00002000-n\t0\tx\t説明\n"
    )
    records, rejected = made(path, "wordnet")
    assert ("meaning", "「債券」の意味を教えてください。", None, "借入れの証書") in records
    assert ("word", "次の意味を表す言葉を一つ挙げてください。", "借入れの証書", "公社債") in records
    assert rejected == ["rule:no_word"]
    assert made(tmp_path / "wnjpn-ok.tab", "wordnet") == ([], [])


PAIR_FILES = {
    "nikkaji": ("n.tsv", "id\tja\ten\nJ1\t銀行は開いている。\tThe bank is open.\n"),
    "jesc": ("train", "The bank is open.\t銀行は開いている。\n"),
    "tanaka-corpus": (
        "examples.utf",
        "A: 銀行は開いている。\tThe bank is open.#ID=1_2\nB: 銀行 は 開く{開いている}\n",
    ),
    "jesc-japanese-first": ("raw", "銀行は開いている。\tThe bank is open.\n"),
    "nikkaji-pairs": ("nikkaji-dev", "The bank is open.\t銀行は開いている。\n"),
    "bilingual-sentence-pairs": ("jpn.txt", "The bank is open.\t銀行は開いている。\tCC-BY 2.0 (France) #1 & #2\n"),
}


@pytest.mark.parametrize("template", sorted(PAIR_FILES))
def test_translation_pairs_are_made_in_both_directions_and_only_on_request(tmp_path, template):
    name, content = PAIR_FILES[template]
    template = {"jesc-japanese-first": "jesc", "nikkaji-pairs": "nikkaji"}.get(template, template)
    path = text(tmp_path / name, content)
    assert made(path, template) == ([], ["no_task_applies"])
    records, _ = made(path, template, translation=True)
    told = {(task, given, output) for task, _, given, output in records}
    assert told == {
        ("ja-en", "銀行は開いている。", "The bank is open."),
        ("en-ja", "The bank is open.", "銀行は開いている。"),
    }


@pytest.mark.parametrize(("template", "names"), [
    ("coursera-parallel-corpus", ("train.ja.txt", "train.en.txt")),
    ("nikkaji", ("train.ja", "train.en")),
    ("nikkaji", ("ja/train.txt", "en/train.txt")),
])  # fmt: skip
def test_line_aligned_files_are_paired(tmp_path, template, names):
    path = text(tmp_path / names[0], "講義を始めます。\n\n終わりです。\n")
    other = text(tmp_path / names[1], "Let us begin.\n\nThe end.\n")
    records, _ = made(path, template, translation=True, tasks=["ja-en"])
    assert [record[2:] for record in records[::2]] == [
        ("講義を始めます。", "Let us begin."),
        ("終わりです。", "The end."),
    ]
    assert made(other, template, translation=True) == ([], [])
    other.write_text("one line only\n", encoding="utf-8")
    assert made(path, template, translation=True) == ([], ["unreadable"])


def test_spaces_between_japanese_words_are_taken_out_and_others_stay(tmp_path):
    path = text(tmp_path / "dev.ja.txt", "Machine Learning の 講義 を 始め ます 。\n")
    text(tmp_path / "dev.en.txt", "Let us begin the lecture on machine learning.\n")
    records, _ = made(path, "coursera-parallel-corpus", translation=True, phrasing="original")
    assert records[0][1:3] == ("次の日本語を英語に翻訳してください。", "Machine Learningの講義を始めます。")


ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticle PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example/pubmed.dtd">
<PubmedArticle><MedlineCitation><Article><ArticleTitle>A new <i>bond</i>.</ArticleTitle>
<ELocationID EIdType="doi">10.0000/x</ELocationID><Abstract><AbstractText>We find a bond.</AbstractText></Abstract>
</Article></MedlineCitation></PubmedArticle>"""


def test_abstracts_of_papers_and_their_titles(tmp_path):
    text(tmp_path / "articles" / "n1", ARTICLE)
    path = text(tmp_path / "abstracts-ja-2" / "n1", "新しい結合：\r\n\r\n我々は結合を\r\n見出した。\r\n")
    records, rejected = made(path, "paranatcom", phrasing="original", translation=True)
    assert records == [
        ("title", "論文のアブストラクトからタイトルを作ってください。", "我々は結合を見出した。", "新しい結合"),
        (
            "abstract",
            "論文のタイトルからアブストラクトを想像して書いてください。",
            "新しい結合",
            "我々は結合を見出した。",
        ),
    ]
    assert rejected == []
    told = {(task, given, output) for task, _, given, output in made(path, "paranatcom", translation=True)[0]}
    assert ("en-ja", "We find a bond.", "我々は結合を見出した。") in told
    assert made(tmp_path / "articles" / "n1", "paranatcom") == ([], [])
    text(tmp_path / "abstracts-ja-1" / "n2", "題\n要旨\n")
    assert made(tmp_path / "abstracts-ja-1" / "n2", "paranatcom") == ([], ["rule:no_article"])
    text(tmp_path / "articles" / "n2", '<!DOCTYPE a [<!ENTITY b "c">]><PubmedArticle>&b;</PubmedArticle>')
    assert made(tmp_path / "abstracts-ja-1" / "n2", "paranatcom") == ([], ["doctype"])


def test_alt_sentences_are_joined_by_id_and_directions_have_different_ids(tmp_path):
    path = text(tmp_path / "data_ja.txt", "SNT.80188.1\t市場は上昇した。\nSNT.80188.2\t片方だけ。\n")
    text(tmp_path / "data_en.txt", "SNT.80188.1\tThe market rose.\n")
    config = ExpandConfig(name="s", path=RecipePath.of(path), template="alt", translation=True)
    rows = list(expand_file(path, path.name, compile_template(read_template("alt"), config), config, 17))
    kept = [row.record for row in rows if row.alive]
    assert len({record.id for record in kept}) == len(kept) == 2
    assert {record.meta.group for record in kept} == {"s:80188"}
    assert [row.rejected_by for row in rows if not row.alive] == ["rule:one_side_empty"]


def test_easy_japanese_from_a_sheet(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ID", "#日本語(原文)", "#やさしい日本語", "#英語(原文)"])
    sheet.append([1, "残高を照会する。", "お金がいくらあるか調べる。", "Check the balance."])
    book.save(tmp_path / "T15-2020.1.7.xlsx")
    records, _ = made(tmp_path / "T15-2020.1.7.xlsx", "yasashi-japanese")
    assert (
        "easy",
        "以下の日本語をやさしい日本語に言い換えてください。",
        "残高を照会する。",
        "お金がいくらあるか調べる。",
    ) in records
    (tmp_path / "bad.xlsx").write_bytes(b"PK no sheet")
    assert made(tmp_path / "bad.xlsx", "yasashi-japanese") == ([], ["bad_workbook"])


def test_jsquad_keeps_the_longest_answer_and_long_contexts(tmp_path):
    def question(identity, *answers):
        return {"id": identity, "question": "目的は何か。", "answers": [{"text": answer} for answer in answers]}

    data = [
        {"title": "日本銀行", "paragraphs": [
            {"context": "日本銀行 [SEP] " + CONTEXT, "qas": [question("q1", "物価の安定", "物価の安定を図ること"), question("q2", "物価", "国民経済")]},
            {"context": "日本銀行 [SEP] 短い文。", "qas": [question("q3", "文")]},
        ]}
    ]  # fmt: skip
    path = text(tmp_path / "valid.json", json.dumps({"data": data}, ensure_ascii=False))
    records, rejected = made(path, "jsquad")
    assert ("read", "目的は何か。", f"日本銀行：{CONTEXT}", "物価の安定を図ること") in records
    assert rejected == ["rule:answers_differ", "rule:context_too_short"]
    records, rejected = made(path, "jsquad", phrasing="original")
    assert [record[3] for record in records] == ["物価の安定を図ること", "国民経済", "物価"]
    assert rejected == ["rule:context_too_short"]


def test_quiz_questions_and_their_reverse(tmp_path):
    path = lines(
        tmp_path / "aio_02_train.jsonl",
        {"qid": "1", "question": "物価の安定を目的とする、日本の中央銀行は何でしょう？", "answers": ["日本銀行", "日銀"]},
        {"qid": "2", "question": "日本の都道府県の数はいくつでしょう、また市の数は何個でしょう？", "answers": ["47"]},
        {"qid": "3", "question": "答えのない問題は何でしょう？", "answers": []},
    )  # fmt: skip
    records, rejected = made(path, "aio")
    assert ("answer", "物価の安定を目的とする、日本の中央銀行は何でしょう？", None, "日本銀行") in records
    explained = [record for record in records if record[0] == "explain"]
    assert explained == [
        ("explain", "日本銀行について説明してください。", None, "物価の安定を目的とする、日本の中央銀行です。")
    ]
    assert rejected == ["rule:no_answer"]


@pytest.mark.parametrize(("question", "answer", "statement"), [
    ("銀行の預金と貸出の利率の差のことを何というでしょう？", "利ざや", "銀行の預金と貸出の利率の差のことです。"),
    ("株式や債券などの相場の商品を総称して何という？", "有価証券", "株式や債券などの相場の商品の総称です。"),
    ("日本銀行の初代の総裁となったのは誰でしょう？", "架空太郎", "日本銀行の初代の総裁となった人です。"),
    ("明治の初めに造幣局が置かれたのはどこでしょう？", "大阪", "明治の初めに造幣局が置かれた場所です。"),
    ("銀行が預金の払い戻しに備えて持っているのは何？", "準備金", "銀行が預金の払い戻しに備えて持っているものです。"),
    ("円の百分の一の単位は銭ですが、千分の一の単位は何でしょう？", "厘", None),
    ("三大都市銀行とは、甲銀行、乙銀行と何でしょう？", "丙銀行", None),
    ("日本の中央銀行が開業した年は西暦で何年でしょう？", "1882年", None),
    ("日本の中央銀行の通称としてよく使われる略称は何でしょう？", "BOJ2", None),
    ("経済の三つの主体をすべて挙げてください、よろしく。", "家計", None),
])  # fmt: skip
def test_what_a_quiz_asks_becomes_a_statement_where_its_end_is_understood(tmp_path, question, answer, statement):
    row = {
        "qid": "1",
        "question": "別の書き方",
        "answers": ["別"],
        "original_question": question,
        "original_answer": answer,
    }
    records, rejected = made(lines(tmp_path / "aio_02_dev.jsonl", row), "aio", phrasing="original")
    assert records[0] == ("answer", question, None, answer)
    assert [record[3] for record in records[1:]] == ([statement] if statement else [])
    assert rejected == []


def test_aozora_works_begin_with_their_first_hundred_characters(tmp_path):
    body = "　" + "春の日の午後《ごご》、銀行の窓口は静かであった。" * 8
    header = "架空の銀行\n架空太郎\n\n-------------------------------------------------------\n【テキスト中に現れる記号について】\n\n《》：ルビ\n-------------------------------------------------------\n\n"
    path = text(tmp_path / "work.txt", header + body + "\n\n\n底本：「架空全集」架空書房\n", "cp932")
    records, _ = made(path, "aozora-txt")
    opening = "春の日の午後、銀行の窓口は静かであった。" * 5
    assert (
        "opening",
        "架空太郎の作品『架空の銀行』の冒頭を教えてください。",
        None,
        f"「{opening[:100]}」です。",
    ) in records
    assert records[1][3] == "架空太郎の『架空の銀行』です。"


def test_dolly_rows_stay_as_they_are(tmp_path):
    path = text(
        tmp_path / "dolly.json",
        json.dumps(
            [{"index": "0", "instruction": "要約して", "input": "長い文。", "output": "短い。", "category": "x"}]
        ),
    )
    assert made(path, "dolly-15k-ja")[0] == [("dolly", "要約して", "長い文。", "短い。")]


def test_jcommonsenseqa_choices_are_joined(tmp_path):
    row = {"q_id": 1, "question": "預金を扱うのはどこ？", "label": 2}
    row |= {f"choice{number}": choice for number, choice in enumerate(["学校", "病院", "銀行", "駅", "公園"])}
    records, _ = made(lines(tmp_path / "train.json", row), "jcommonsenseqa")
    assert records[0] == ("choose", "預金を扱うのはどこ？", "学校、病院、銀行、駅、公園", "銀行")
    assert records[1][2:] == ("A. 学校\nB. 病院\nC. 銀行\nD. 駅\nE. 公園", "C")


def test_jmrd_has_director_and_cast_and_one_record_a_film(tmp_path):
    known = {
        "タイトル": "架空の映画",
        "製作年度": "1999年",
        "監督名": "架空花子",
        "キャスト名": ["甲野", "乙川"],
        "あらすじ": ["夏の日に", "出会う。"],
        "レビュー": ["よい"],
    }
    films = [
        {"dialog_id": 1, "movie_title": "架空の映画", "knowledge": known, "dialog": []},
        {"dialog_id": 2, "movie_title": "架空の映画", "knowledge": {"製作年度": "1999年"}, "dialog": []},
        {"dialog_id": 3, "movie_title": "別の映画", "knowledge": {**known, "製作年度": "ユニバーサル・ピクチャーズ"}, "dialog": []},
    ]  # fmt: skip
    path = text(tmp_path / "train.json", json.dumps(films, ensure_ascii=False))
    records, rejected = made(path, "jmrd")
    assert {record[3] for record in records} == {
        "「架空の映画」は1999年に製作された映画です。監督は架空花子です。出演は甲野、乙川です。夏の日に出会う。",
        "架空の映画は，1999年に製作された映画で、監督は架空花子です。甲野、乙川らが出演しています。あらすじは以下の通りです。\n【あらすじ】\n夏の日に出会う。",
    }
    assert rejected == ["rule:film_again", "rule:year_is_no_year"]
    records, rejected = made(path, "jmrd", phrasing="original")
    assert [record[3] for record in records] == [
        "架空の映画は，1999年に製作された映画で、監督は架空花子です。甲野、乙川らが出演しています。あらすじは以下の通りです。\n【あらすじ】\n夏の日に出会う。",
        "「架空の映画」は1999年に製作された映画です。",
    ]
    assert rejected == ["rule:year_is_no_year"]


NEWS = """<html lang="ja"><head><link rel="canonical" href="https://ja.wikinews.org/wiki/a"></head><body>
<h1 id="firstHeading" class="firstHeading mw-first-heading">日銀、据え置き</h1>
<div id="mw-content-text"><p><b>【2005年7月1日】</b></p><p>日本銀行は政策金利を
据え置いた。</p><p>市場の予想の通りであり、為替の動きは小さかった。</p></div></body></html>"""


def test_news_get_titles(tmp_path):
    told = ("title", "次のニュース記事にタイトルをつけてください。", "日本銀行は政策金利を据え置いた。市場の予想の通りであり、為替の動きは小さかった。", "日銀、据え置き")  # fmt: skip
    page = text(tmp_path / "a.html", NEWS)
    assert made(page, "wikinews", phrasing="original") == ([told], [])
    doc = '<doc id="7" url="u" title="日銀、据え置き">\n日銀、据え置き\n\n【2005年7月1日】\n日本銀行は政策金利を据え置いた。\n市場の予想の通りであり、為替の動きは小さかった。\n</doc>\n'
    assert made(text(tmp_path / "wiki_00", doc), "wikinews", phrasing="original") == ([told], [])
    rows = lines(tmp_path / "news.jsonl", {"title": told[3], "text": told[2]})
    assert made(rows, "wikinews", phrasing="original") == ([told], [])
    assert made(text(tmp_path / "b.html", "<p>別のページ。</p>"), "wikinews") == ([], ["rule:no_article"])


def test_jqac_is_read_by_its_own_columns_without_the_syllabus(tmp_path):
    header = 'Topic (Title),URL,"Question (What, Who, Where, Whose, How, Yes/No)",Answer\n'
    path = text(
        tmp_path / "jqac" / "Places.csv", header + "国債,http://x,誰が発行しますか。,国です。\n国債,http://x,,\n"
    )
    assert made(path, "jqac", phrasing="original") == (
        [("answer", "国債に関して、誰が発行しますか。", None, "国です。")],
        ["rule:no_question_or_answer"],
    )
    path = text(tmp_path / "jqac" / "Syllabus.csv", header + "簿記,http://x,担当は？,架空\n")
    assert made(path, "jqac") == ([], ["rule:syllabus_file"])
    path = text(tmp_path / "jqac" / "Other.csv", "Title,Text\n国債,文\n")
    assert made(path, "jqac") == ([], ["missing_column"])


DISHES = """【味噌汁】
[同義語]
みそ汁 おみおつけ
[材料]
<味噌.12> <豆腐.8> <出汁.5>
味噌/みそ 豆腐/とうふ
[調理法]
<煮る.9> <溶く.7>
[属性]
汁物
----------
【焼き魚】
[材料]
<鮭.3> <塩.2>
鮭/さけ
[調理法]
<焼く.6>
[属性]
焼物
----------
【途中】
[材料]
"""


@pytest.mark.parametrize("packed", [False, True])
def test_dishes_are_told_under_each_of_their_names(tmp_path, packed):
    path = tmp_path / ("foodkb.dictionary.txt.gz" if packed else "foodkb.dictionary.txt")
    path.write_bytes(gzip.compress(DISHES.encode()) if packed else DISHES.encode())
    records, rejected = made(path, "foodkb", phrasing="original")
    assert [record[1] for record in records] == [
        f"{dish}の作り方を教えてください。" for dish in ("味噌汁", "みそ汁", "おみおつけ", "焼き魚")
    ]
    assert records[1][3] == (
        "みそ汁の作り方は以下の通りです。\n【材料】\n - 味噌\n - 豆腐\n - 出汁\n【調理法】\n - 煮る\n - 溶く"
    )
    assert rejected == ["foodkb_section_missing"]


def test_an_archive_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "raw.tar.gz"
    path.write_bytes(gzip.compress(b"raw/raw\0The bank is open.\t..."))
    assert made(path, "jesc", translation=True) == ([], ["archive_not_unpacked"])


LLM_JAPANESE = (
    "aio", "alt", "aozora-txt", "bilingual-sentence-pairs", "coursera-parallel-corpus", "dolly-15k-ja", "foodkb",
    "jcommonsenseqa", "jesc", "jmrd", "jqac", "jsquad", "nikkaji", "paranatcom", "tanaka-corpus", "wikinews",
    "wikipedia-ja-typo", "wikipedia-summary", "wordnet", "yasashi-japanese",
)  # fmt: skip


def test_every_source_has_one_original_wording_a_task_and_other_templates_refuse(tmp_path):
    assert len(LLM_JAPANESE) == 20
    for name in shipped_templates():
        config = ExpandConfig(
            name="s", path=RecipePath.of(tmp_path), template=name, phrasing="original", translation=True
        )
        if name in LLM_JAPANESE:
            compiled = compile_template(read_template(name), config)
            assert all(len(task.wordings) == 1 for task in compiled.tasks), name
        else:
            with pytest.raises(TekioError, match="no wording of llm-japanese-dataset"):
                compile_template(read_template(name), config)


def test_nli_sentiment_and_paraphrase(tmp_path):
    nli = lines(tmp_path / "nli.json", {"sentence_pair_id": "0", "sentence1": "猫が二匹いる。", "sentence2": "猫がいる。", "label": "entailment"},
                {"sentence_pair_id": "1", "sentence1": "x", "sentence2": "y", "label": "-"})  # fmt: skip
    records, rejected = made(nli, "jnli")
    assert {output for _, _, _, output in records} == {"entailment", "含意", "はい", "猫がいる。"}
    assert rejected == ["unknown_value"]
    marc = lines(tmp_path / "m.jsonl", {"text": "とても使いやすい。", "label": "positive"})
    assert {record[3] for record in made(marc, "sentiment")[0]} == {"positive", "ポジティブ"}
    pairs = [("4.6", 4.6), ("2.4", 2.4), ("0.0", 0.0)]
    jsts = lines(
        tmp_path / "s.jsonl",
        *[
            {"sentence_pair_id": name, "sentence1": f"{name}の文。", "sentence2": f"{name}という文。", "label": label}
            for name, label in pairs
        ],
    )
    told = [(task, output) for task, _, _, output in made(jsts, "jsts")[0]]
    assert told == [
        ("similarity", "4.6"),
        ("same", "はい"),
        ("rewrite", "4.6という文。"),
        ("similarity", "2.4"),
        ("similarity", "0.0"),
        ("same", "いいえ"),
    ]


@pytest.mark.real
@pytest.mark.parametrize(
    ("template", "parts", "least"),
    [
        ("jnli", ("jglue", "jnli-v1.3", "valid-v1.3.json"), 4000),
        ("jcommonsenseqa", ("jglue", "jcommonsenseqa-v1.3", "valid-v1.3.json"), 2000),
        ("jsts", ("jglue", "jsts-v1.3", "valid-v1.3.json"), 2000),
        ("jsquad", ("jglue", "jsquad-v1.3", "valid-v1.3.json"), 5000),
    ],
)
def test_real_jglue_files_are_read_as_published(template, parts, least):
    records, _ = made(need_real_data(*parts), template)
    assert len(records) >= least
