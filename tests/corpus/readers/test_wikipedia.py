"""Wikipedia dumps: streamed, selected, wikitext to text; every page that is not taken is named."""

import bz2
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from corpus.readers.corpus_reading import read

pytest.importorskip("mwparserfromhell")

from tekio.corpus.readers.wikipedia import plain_text

BANK = """{{基礎情報 会社|社名=甲銀行}}
'''甲銀行'''（こうぎんこう、{{lang|en|Kou Bank}}）は、[[東京都]]の[[銀行|普通銀行]]である。<ref>出典</ref>
== 歴史 ==
[[1990年]]に{{仮リンク|乙社|en|Otsu}}が設立した。[[ファイル:a.jpg|thumb|写真の説明]]
* 項目一
* 項目''二''
{| class="wikitable"
| 表の中
|}
[https://example.com 公式サイト]<br />次の行 &amp; 記号
[[Category:日本の銀行]]
[[en:Kou Bank]]
"""


def page(number: int, title: str, text: str, namespace: int = 0) -> str:
    return (
        f"<page><title>{escape(title)}</title><ns>{namespace}</ns><id>{number}</id><revision><id>{number}00</id>"
        f"<timestamp>2025-11-01T00:00:00Z</timestamp><text>{escape(text)}</text></revision></page>"
    )


def dump(folder: Path, *pages: str, name: str = "jawiki-20251101-pages-articles.xml.bz2") -> Path:
    xml = f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><siteinfo/>{"".join(pages)}</mediawiki>'
    path = folder / name
    path.write_bytes(bz2.compress(xml.encode()))
    return path


def test_an_article_becomes_text_with_its_revision(tmp_path: Path):
    (document,), rejected = read(dump(tmp_path, page(1, "甲銀行", BANK)))
    assert rejected == []
    assert document.text.startswith("甲銀行（こうぎんこう、Kou Bank）は、東京都の普通銀行である。")
    assert "歴史\n1990年に乙社が設立した。" in document.text
    assert "・項目一\n・項目二" in document.text
    assert "公式サイト\n次の行 & 記号" in document.text
    assert "表の中" in document.text
    for gone in ("出典", "写真", "{|", "Category", "基礎情報", "[[", "en:"):
        assert gone not in document.text
    assert (document.title, document.as_of, document.meta["revision"]) == ("甲銀行", "2025-11-01", "100")
    assert document.meta["url"].endswith("oldid=100")
    assert document.meta["categories"] == ["日本の銀行"]
    assert document.meta["templates_left_out"] == 1


RESULTS = """見本証券の業績は次のとおりである。
{| class="wikitable"
|+ 業績（億円）
! rowspan="2" | 年度 !! colspan="2" | 連結
|-
! 収益 !! 利益
|-
| 1995年度 || 412{{efn|注}} || 38<ref>出典</ref>
|-
| 1996年度
| '''355'''
| △21
|}
のちに廃業した。"""


def test_figures_of_a_table_have_their_labels(tmp_path: Path):
    (document,), rejected = read(dump(tmp_path, page(1, "甲", RESULTS)))
    assert rejected == []
    assert document.text.split("\n") == [
        "見本証券の業績は次のとおりである。",
        "",
        "業績（億円）",
        "年度: 1995年度 | 連結 収益: 412 | 連結 利益: 38",
        "年度: 1996年度 | 連結 収益: 355 | 連結 利益: △21",
        "",
        "のちに廃業した。",
    ]
    assert (document.meta["tables"], document.meta["table_cells_in"]) == (1, document.meta["table_cells_out"])


def test_a_table_that_is_left_out_has_a_row(tmp_path: Path):
    (document,), (row,) = read(dump(tmp_path, page(1, "甲", RESULTS)), options={"tables": "drop"})
    assert "412" not in document.text
    assert row.document is not None
    assert (row.reason, "△21" in row.document.text) == ("table_dropped", True)


def test_tables_in_tables_cost_what_their_source_costs():
    """Each level read twice would be two to the sixtieth readings."""
    text, left_out = plain_text("{|\n|\n" * 60 + "内側" + "\n|}" * 60)
    assert "内側" in text
    assert left_out.templates == 0


def test_what_stands_in_a_table_and_in_no_cell_stays_and_sorted_figures_are_shown():
    text, _ = plain_text("{|\n前置き\n! 年 !! 額\n|-\n| 1990 || {{nts|1234}}\n|-\n| 1991 || {{sort|02|二億}}\n|}")
    assert text.split("\n") == ["前置き", "年: 1990 | 額: 1234", "年: 1991 | 額: 二億"]


def test_pages_that_are_not_taken_are_named(tmp_path: Path):
    path = dump(
        tmp_path,
        page(1, "甲", BANK),
        page(2, "転送", "#REDIRECT [[甲]]"),
        page(3, "曖昧", "* [[甲]]\n{{aimai}}"),
        page(4, "Template:乙", "x", namespace=10),
        page(5, "山", "山である。\n[[Category:日本の山]]"),
        page(6, "空", "{{記事}}"),
    )
    documents, rejected = read(path, options={"categories": ["銀行"]})
    assert [document.title for document in documents] == ["甲"]
    assert [row.reason for row in rejected] == [
        "redirect",
        "disambiguation",
        "not_an_article",
        "not_selected",
        "not_selected",
    ]
    assert [row.reason for row in read(path)[1]][-1] == "no_text"


def test_keywords_select_too(tmp_path: Path):
    path = dump(tmp_path, page(1, "甲", "金利と株価と為替の話。"), page(2, "乙", "金利の話。"))
    documents, _ = read(path, options={"keywords": ["金利", "株価", "為替"]})
    assert [document.title for document in documents] == ["甲"]


def test_a_cut_dump_gives_what_is_whole_and_is_named(tmp_path: Path):
    path = dump(tmp_path, page(1, "甲", BANK), page(2, "乙", "本文である。" * 9))
    raw = bz2.decompress(path.read_bytes())
    path.write_bytes(bz2.compress(raw[:-60]))
    documents, rejected = read(path)
    assert [document.title for document in documents] == ["甲"]
    assert [row.reason for row in rejected] == ["bad_xml"]


def test_an_entity_bomb_is_refused(tmp_path: Path):
    path = tmp_path / "a.xml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "b">]><mediawiki>&a;</mediawiki>')
    assert [row.reason for row in read(path, reader="wikipedia")[1]] == ["doctype"]


@pytest.mark.parametrize("wikitext", ["[[[[a]]", "{{" * 200 + "x", "<ref>", "'''''x", "{|\n|-\n", "[[ファイル:a|[[b]]"])
def test_broken_wikitext_is_still_text(wikitext: str):
    text, _ = plain_text(wikitext + "\n本文。")
    assert isinstance(text, str)


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("甲（こう、{{lang-en-short|Kou}}）は", "甲（こう、英: Kou）は"),
        ("甲（こう、{{未知|x}}）は", "甲（こう）は"),
        ("{{仮リンク|会計士連盟|en|IFAC|label=連盟}}が", "連盟が"),
        ("{{CP932フォント|﨑}}田と{{補助漢字フォント|髙}}木", "﨑田と髙木"),
        ("{{JPY|100億円}}と{{US$|35億}}", "100億円とUS$35億"),
        ("面積{{Val|1234|u=km2}}で{{色|red|赤字}}", "面積1,234 km²で赤字"),
        ("10<sup>6</sup>円と H<sub>2</sub>O", "10^6円と H2O"),
        ("__NOTOC__前年比{{増加}}3%", "前年比増加3%"),
    ],
)
def test_templates_that_carry_text_keep_it(wikitext: str, text: str):
    assert plain_text(wikitext)[0] == text


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("{{年数|1990|11|1}}年の歴史がある。", "34年の歴史がある。"),
        ("{{年数|1990|1|1|2000|1|1}}年の歴史。", "10年の歴史。"),
        ("本社は{{JPN}}にある。{{Flagicon|USA}}支店。", "本社は日本にある。支店。"),
        ("{{和暦|1990}}に{{start date|1990|4|1}}付で開業。", "平成2年に1990年4月1日付で開業。"),
        ("比率{{Frac|1|2}}、{{formatnum:12345}}円{{snd}}以上", "比率1/2、12,345円 – 以上"),
        ("比率は<math>\\frac{a}{b} \\times 100\\%</math>である。", "比率はa/b × 100%である。"),
        ("<math>E=mc^2</math>を用いる。", "E=mc^2を用いる。"),
        (
            "比率は{{下降}}0.3%、設立は{{Start date and age|1949|5|16}}である。",
            "比率は下降0.3%、設立は1949年5月16日である。",
        ),
        ("{{lang-fi|Suomi}}、{{ふりがな|架空|かくう}}", "フィンランド語: Suomi、架空"),
        ("1ドル＝{{JPY|150}}、{{Decrease}}2%。", "1ドル＝150円、減少2%。"),
        ("{{CURRENTYEAR}}年{{CURRENTMONTH}}月現在、{{Unicode|Ł}}ódźにある。", "2025年10月現在、Łódźにある。"),
        ("資産は{{円|1兆}}、{{lc:ABC}}{{#if:x|である|}}{{#if:|甲|乙}}。", "資産は1兆円、abcである乙。"),
    ],
)
def test_years_countries_and_formulas_are_written_out(wikitext: str, text: str):
    assert plain_text(wikitext, "2025-10-01")[0] == text


@pytest.mark.parametrize(
    ("wikitext", "text", "sentences"),
    [
        ("取引は9:00{{~}}15:30である。休みはない。", "休みはない。", 1),
        ("江戸の{{未知字|俠}}客が集まる。休みはない。", "休みはない。", 1),
        ("気温は{{未知度|20}}。休みはない。", "休みはない。", 1),
        ("本店を{{未知|x=1}}、支店を置く。休みはない。", "休みはない。", 1),
        ("前日比は{{矢印}}1.2%であった。翌日も同じ。", "翌日も同じ。", 1),
        ("取引所（{{未知}}）は東京にある。", "取引所は東京にある。", 0),
        ("甲社は銀行である。利率は{{謎|3}}である。次の文。", "甲社は銀行である。次の文。", 1),
        ("<math>\\begin{matrix}a\\end{matrix}</math>を用いる。式である。", "式である。", 1),
        ("{{氏名|x}}（1990年 - ）は実業家。社長を務めた。", "社長を務めた。", 1),
        ("{{Infobox company|a=b}}\n甲社は銀行である{{efn|注}}。{{謎|x}}", "甲社は銀行である。", 0),
        ("甲社は{{仮|x}}、銀行である。", "甲社は、銀行である。", 0),
    ],
)
def test_a_sentence_that_lost_a_word_goes_and_is_counted(wikitext: str, text: str, sentences: int):
    read, left_out = plain_text(wikitext)
    assert (read, left_out.sentences) == (text, sentences)
    assert left_out.templates + wikitext.count("<math>") > 0


def test_headings_below_which_nothing_stands_go():
    wikitext = "甲である。\n\n== 沿革 ==\n=== 創業 ===\n* 1950年に創業。\n\n== 脚注 ==\n{{Reflist}}\n=== 注釈 ===\n<references/>\n== 関連 ==\n* 乙\n"
    assert [line for line in plain_text(wikitext)[0].split("\n") if line] == [
        "甲である。",
        "沿革",
        "創業",
        "・1950年に創業。",
        "関連",
        "・乙",
    ]
