"""Laws: the printed form, every character once."""

import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from corpus.readers.corpus_reading import read

LAW = """<?xml version="1.0" encoding="UTF-8"?>
<Law Era="Reiwa" Year="6" Num="12" LawType="Act" PromulgateMonth="4" PromulgateDay="1" Lang="ja">
  <LawNum>令和六年法律第十二号</LawNum>
  <LawBody>
    <LawTitle>金融見本法</LawTitle>
    <TOC><TOCLabel>目次</TOCLabel><TOCChapter Num="1"><ChapterTitle>第一章　総則</ChapterTitle></TOCChapter></TOC>
    <MainProvision>
      <Chapter Num="1"><ChapterTitle>第一章　総則</ChapterTitle>
        <Article Num="1"><ArticleCaption>（目的）</ArticleCaption><ArticleTitle>第一条</ArticleTitle>
          <Paragraph Num="1"><ParagraphNum/><ParagraphSentence>
            <Sentence Num="1" Function="main">この法律は、<Ruby>毀<Rt>き</Rt></Ruby>損を防ぐ。</Sentence>
            <Sentence Num="2" Function="proviso">ただし、この限りでない。</Sentence></ParagraphSentence></Paragraph>
          <Paragraph Num="2"><ParagraphNum>２</ParagraphNum><ParagraphSentence><Sentence>次に掲げる者とする。</Sentence></ParagraphSentence>
            <Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Column Num="1"><Sentence>銀行</Sentence></Column><Column Num="2"><Sentence>業を営む者</Sentence></Column></ItemSentence>
              <Subitem1 Num="1"><Subitem1Title>イ</Subitem1Title><Subitem1Sentence><Sentence>主たる者</Sentence></Subitem1Sentence></Subitem1></Item>
          </Paragraph>
        </Article>
        <Article Num="37_3"><ArticleTitle>第三十七条の三</ArticleTitle><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>定める。</Sentence></ParagraphSentence></Paragraph></Article>
      </Chapter>
    </MainProvision>
    <SupplProvision AmendLawNum="令和七年法律第一号"><SupplProvisionLabel>附　則</SupplProvisionLabel>
      <Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>公布の日から施行する。</Sentence></ParagraphSentence></Paragraph></SupplProvision>
    <AppdxTable Num="1"><AppdxTableTitle>別表第一</AppdxTableTitle><TableStruct><Table>
      <TableRow><TableColumn><Sentence>手数料</Sentence></TableColumn><TableColumn><Sentence>千円</Sentence></TableColumn></TableRow></Table></TableStruct></AppdxTable>
  </LawBody>
</Law>"""


def test_the_printed_form(tmp_path: Path):
    path = tmp_path / "506AC0000000012_2025-04-01.xml"
    path.write_text(LAW, encoding="utf-8")
    (document,), (contents,) = read(path)
    assert document.text.split("\n") == [
        "令和六年法律第十二号",
        "金融見本法",
        "第一章　総則",
        "（目的）",
        "第一条　この法律は、毀損を防ぐ。ただし、この限りでない。",
        "２　次に掲げる者とする。",
        "一　銀行　業を営む者",
        "イ　主たる者",
        "第三十七条の三　定める。",
        "附　則",
        "公布の日から施行する。",
        "別表第一",
        "手数料（千円）",
    ]
    assert (document.title, document.published, document.as_of) == ("金融見本法", "2025", "2025-04-01")
    assert document.meta["law_number"] == "令和六年法律第十二号"
    assert contents.reason == "table_of_contents"


def test_by_article_nothing_is_lost(tmp_path: Path):
    path = tmp_path / "law.xml"
    path.write_text(LAW, encoding="utf-8")
    documents, rejected = read(path, options={"by": "article"})
    assert [document.uri for document in documents] == [
        "law.xml#main;article=1",
        "law.xml#main;article=37_3",
        "law.xml#rest",
    ]
    root = ET.fromstring(LAW)
    for readings in root.iter("Ruby"):
        for reading in readings.findall("Rt"):
            reading.text = ""
    wanted = Counter("".join("".join(root.itertext()).split()))
    held = Counter("".join("".join(row.text for row in documents).split()))
    held.update("".join("".join(row.document.text for row in rejected if row.document).split()))
    assert not wanted - held
    assert set(held - wanted) <= set("（）")  # a unit joins its label


def test_laws_in_an_archive_and_inside_an_answer(tmp_path: Path):
    path = tmp_path / "laws.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/506AC0000000012_20250401_000000000000000.xml", LAW)
        archive.writestr("b.xml", f"<DataRoot><Result/><ApplData>{LAW.split('?>', 1)[1]}</ApplData></DataRoot>")
    documents, _ = read(path)
    assert len(documents) == 2
    assert documents[0].as_of == "2025-04-01"


def test_what_is_no_law_or_nested_too_deeply_is_named(tmp_path: Path):
    (tmp_path / "a.xml").write_text("<Other/>")
    (tmp_path / "b.xml").write_text("<Law>" + "<Item>" * 240 + "深い" + "</Item>" * 240 + "</Law>", encoding="utf-8")
    documents, rejected = read(tmp_path, reader="law")
    assert documents == []
    assert [row.reason for row in rejected] == ["not_a_law", "too_deep"]


def test_an_amended_law_is_dated_by_its_amendment(tmp_path: Path):
    path = tmp_path / "law.xml"
    amended = LAW.replace("令和七年法律第一号", "令和七年五月三一日法律第四二号")
    path.write_text(amended.replace("公布の日から施行", "令和八年四月一日から施行"), encoding="utf-8")
    (document,), _ = read(path)
    assert (document.published, document.as_of) == ("2025-05-31", "2026-04-01")
    assert document.meta["promulgated"] == "2024-04-01"
    path.write_text(amended, encoding="utf-8")
    assert read(path)[0][0].as_of == "2025-05-31"


TABLE = """<TableStruct><TableStructTitle>税率の表</TableStructTitle><Table>
<TableHeaderRow><TableHeaderColumn>区分</TableHeaderColumn><TableHeaderColumn>四月から</TableHeaderColumn><TableHeaderColumn>十月から</TableHeaderColumn></TableHeaderRow>
<TableRow><TableColumn BorderBottom="none"><Sentence>甲種</Sentence></TableColumn><TableColumn><Sentence>15％</Sentence></TableColumn><TableColumn><Sentence>17％</Sentence></TableColumn></TableRow>
<TableRow><TableColumn BorderTop="none"><Sentence></Sentence></TableColumn><TableColumn colspan="2"><Sentence>19％</Sentence></TableColumn></TableRow>
<TableRow><TableColumn><Sentence>乙種</Sentence></TableColumn><TableColumn><Sentence></Sentence></TableColumn><TableColumn><Sentence>△3％</Sentence></TableColumn></TableRow>
</Table></TableStruct>"""


def law_with_a_table(tmp_path: Path) -> Path:
    path = tmp_path / "a.xml"
    start, end = LAW.index("<TableStruct>"), LAW.index("</TableStruct>") + len("</TableStruct>")
    path.write_text(LAW[:start] + TABLE + LAW[end:], encoding="utf-8")
    return path


def test_tables_of_laws_go_through_the_one_grid(tmp_path: Path):
    """Spans, and boxes of cells without a line between them; an empty box between lines stays empty."""
    path = law_with_a_table(tmp_path)
    (document,), _ = read(path)
    assert document.text.split("\n")[-4:] == [
        "税率の表",
        "区分: 甲種 | 四月から: 15％ | 十月から: 17％",
        "区分: 甲種 | 四月から: 19％ | 十月から: 19％",
        "区分: 乙種 | 十月から: △3％",
    ]
    assert document.meta["table_cells_in"] == document.meta["table_cells_out"] == 9


def test_each_rendering_of_a_law_s_table_and_what_it_counts(tmp_path: Path):
    path = law_with_a_table(tmp_path)
    (lines,), _ = read(path, options={"tables": "lines"})
    assert lines.text.split("\n")[-1] == "乙種 |  | △3％"
    (markdown,), _ = read(path, options={"tables": "markdown"})
    assert markdown.text.split("\n")[-1] == "| 乙種 |  | △3％ |"
    (dropped,), rejected = read(path, options={"tables": "drop"})
    assert "甲種" not in dropped.text
    assert (dropped.meta["table_cells_in"], dropped.meta["table_cells_out"]) == (9, 0)
    left = next(row for row in rejected if row.reason == "table_dropped")
    assert left.document is not None
    assert "乙種 | △3％" in left.document.text


def _law_with(sentence: str, supplement: str) -> str:
    start, end = (
        LAW.index("公布の日から施行する。"),
        LAW.index("公布の日から施行する。") + len("公布の日から施行する。"),
    )
    changed = LAW[:start] + supplement + LAW[end:]
    return changed.replace("令和七年法律第一号", "令和七年五月一六日法律第一号").replace(
        "<Sentence>定める。", f"<Sentence>{sentence}"
    )


def test_raised_figures_of_a_statute_are_powers_and_lowered_ones_no_digits(tmp_path: Path):
    path = tmp_path / "a.xml"
    sentence = (
        "値に10<Sup>3</Sup>を乗じ、2<Sup>n</Sup>本、30m<Sup>2</Sup>、12kg-CO<Sub>2</Sub>、h<Sub>0</Sub>15とする。"
    )
    path.write_text(_law_with(sentence, "公布の日から施行する。"), encoding="utf-8")
    (document,), _ = read(path)
    assert "第三十七条の三　値に10^3を乗じ、2^n本、30m²、12kg-CO2、h0 15とする。" in document.text.split("\n")


@pytest.mark.parametrize(
    ("supplement", "day"),
    [
        ("この法律は、公布の日から施行する。ただし、第二条の規定は、令和九年四月一日から施行する。", "2025-05-16"),
        ("この法律は、令和八年四月一日から施行する。ただし、附則第二条の規定は、公布の日から施行する。", "2026-04-01"),
        ("この法律は、公布の日から起算して二十日を経過した日から施行する。", "2025-06-05"),
        ("この法律は、公布の日から起算して九月を経過した日から施行する。", "2026-02-16"),
        (
            "この法律は、公布の日から起算して一年を超えない範囲内において政令で定める日から施行する。",
            "2025-05-16",
        ),
    ],
)
def test_a_law_holds_from_the_day_that_its_first_clause_sets(tmp_path: Path, supplement: str, day: str):
    path = tmp_path / "a.xml"
    path.write_text(_law_with("定める。", supplement), encoding="utf-8")
    (document,), _ = read(path)
    assert document.as_of == day
