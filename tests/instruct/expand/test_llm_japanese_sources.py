"""The twenty sources of llm-japanese-dataset, NLI, sentiment and paraphrase, from small files in their published forms."""

import json

import openpyxl
import pytest

from realdata import need_real_data
from tekio.instruct.expand.expand import compile_template, expand_file
from tekio.instruct.expand.templates import read_template
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


def test_wikipedia_typos_are_corrected(tmp_path):
    path = lines(
        tmp_path / "train.jsonl",
        {"page": "1", "pre_text": "株価が下洛した。", "post_text": "株価が下落した。", "diffs": []},
        {"page": "2", "pre_text": "同じ。", "post_text": "同じ。"},
    )
    records, rejected = made(path, "wikipedia-ja-typo")
    assert records[0][2:] == ("株価が下洛した。", "株価が下落した。")
    assert rejected == ["rule:nothing_corrected"]


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
    "bilingual-sentence-pairs": ("jpn.txt", "The bank is open.\t銀行は開いている。\tCC-BY 2.0 (France) #1 & #2\n"),
}


@pytest.mark.parametrize("template", sorted(PAIR_FILES))
def test_translation_pairs_are_made_in_both_directions_and_only_on_request(tmp_path, template):
    name, content = PAIR_FILES[template]
    path = text(tmp_path / name, content)
    assert made(path, template) == ([], ["no_task_applies"])
    records, _ = made(path, template, translation=True)
    told = {(task, given, output) for task, _, given, output in records}
    assert told == {
        ("ja-en", "銀行は開いている。", "The bank is open."),
        ("en-ja", "The bank is open.", "銀行は開いている。"),
    }


@pytest.mark.parametrize(("template", "names"), [
    ("coursera-parallel-corpus", ("train.ja", "train.en")),
    ("paranatcom", ("ja/s41467.txt", "en/s41467.txt")),
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
            {"context": "短い文。", "qas": [question("q3", "文")]},
        ]}
    ]  # fmt: skip
    path = text(tmp_path / "valid.json", json.dumps({"data": data}, ensure_ascii=False))
    records, rejected = made(path, "jsquad")
    assert ("read", "目的は何か。", f"日本銀行：{CONTEXT}", "物価の安定を図ること") in records
    assert rejected == ["rule:answers_differ", "rule:context_too_short"]


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


def test_jmrd_has_one_record_a_film_and_the_year_must_be_one(tmp_path):
    films = [
        {"movie_title": "架空の映画", "knowledge": {"製作年度": "1999年", "監督": ["架空花子"]}, "dialog": []},
        {"movie_title": "架空の映画", "knowledge": {"製作年度": "1999年"}, "dialog": []},
        {"movie_title": "別の映画", "knowledge": {"製作年度": "ユニバーサル・ピクチャーズ"}, "dialog": []},
    ]
    path = text(tmp_path / "train.json", json.dumps(films, ensure_ascii=False))
    records, rejected = made(path, "jmrd")
    assert records[0][1:] == (
        "架空の映画について教えてください。",
        None,
        "「架空の映画」は1999年に製作された映画です。監督は架空花子です。",
    )
    assert rejected == ["rule:film_again", "rule:year_is_no_year"]


def test_news_topics_and_dishes(tmp_path):
    news = lines(tmp_path / "news.jsonl", {"title": "日銀、据え置き", "text": "日本銀行は政策金利を据え置いた。"})
    assert made(news, "wikinews")[0][0][1:] == (
        "次のニュース記事にタイトルをつけてください。",
        "日本銀行は政策金利を据え置いた。",
        "日銀、据え置き",
    )
    jqac = lines(tmp_path / "jqac.jsonl", {"topic": "国債", "question": "誰が発行しますか。", "answer": "国です。"})
    assert made(jqac, "jqac")[0][0][1] == "国債に関して、誰が発行しますか。"
    food = lines(tmp_path / "food.jsonl", {"dish": "味噌汁", "steps": ["だしを取る。", "味噌を溶く。"]})
    assert made(food, "foodkb")[0][0][3] == "1. だしを取る。\n2. 味噌を溶く。"


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
