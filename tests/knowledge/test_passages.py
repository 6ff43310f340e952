"""Documents are cut by their structure, and nothing of them is lost."""

from hypothesis import given
from hypothesis import strategies as st

from tekio.knowledge.passages import split_passages

LAW = """貯金法
（平成十九年七月六日法律第百十一号）
　　　第一章　総則
（目的）
第一条　この法律は、貯金者の保護を目的とする。
（定義）
第二条　この法律において「貯金者」とは、貯金をした者をいう。
2　前項の貯金には、外貨のものを含まない。
第二条の二　主務大臣は、三月以内に報告を求めることができる。
　　　附　則
（施行期日）
第一条　この法律は、公布の日から施行する。"""
FAQ = """利子の取扱い
【照会要旨】
外貨の利子は課税されますか。
【回答要旨】
課税されます。
税率は15％です。
【関係法令通達】
所得税法第23条"""
REPORT = """1．経営成績
売上は増えました。
（単位：百万円）
売上高 | 前期: 1,000 | 当期: 1,200
国内
利益 | 前期: 100 | 当期: 90
2．財政状態
資産は減りました。"""


def test_articles_keep_their_captions_and_the_chapter_above():
    passages = split_passages("d", LAW)
    articles = [passage for passage in passages if passage.kind == "article"]
    assert [passage.heading for passage in articles] == [
        "第一条（目的）",
        "第二条（定義）",
        "第二条の二",
        "第一条（施行期日）",
    ]
    assert articles[0].path == ("第一章 総則",)
    assert articles[3].path == ("附 則",)
    assert articles[1].text.startswith("（定義）\n第二条")
    assert articles[1].text.endswith("含まない。")
    assert passages[0].text.startswith("貯金法")


def test_a_question_stands_with_its_answer():
    answer = next(passage for passage in split_passages("d", FAQ) if passage.kind == "answer")
    assert answer.heading == "外貨の利子は課税されますか。"
    assert answer.text[answer.answer :] == "【回答要旨】\n課税されます。\n税率は15％です。"


def test_a_table_keeps_its_unit_and_the_headings_between_its_rows():
    passages = split_passages("d", REPORT)
    assert [passage.kind for passage in passages] == ["section", "table", "section"]
    assert passages[1].text == "（単位：百万円）\n売上高 | 前期: 1,000 | 当期: 1,200\n国内\n利益 | 前期: 100 | 当期: 90"
    assert passages[1].heading == "1．経営成績"


def test_the_rest_of_a_table_that_was_cut_knows_the_unit():
    rows = "\n".join(f"項目{number} | 前期: {number},000 | 当期: {number},500" for number in range(1, 9))
    parts = split_passages("d", f"（単位：百万円）\n{rows}", longest=120)
    assert len(parts) > 1
    assert parts[0].above == ""
    assert {part.above for part in parts[1:]} == {"（単位：百万円）"}


@given(
    st.lists(
        st.sampled_from([*LAW.split("\n"), *FAQ.split("\n"), *REPORT.split("\n"), "", "長い文。" * 60]), max_size=25
    ),
    st.integers(20, 300),
)
def test_every_line_is_in_one_passage_and_none_is_too_long(lines: list[str], longest: int):
    text = "\n".join(lines)
    place = 0
    for passage in split_passages("d", text, longest):
        assert text[passage.start : passage.end] == passage.text
        assert not text[place : passage.start].strip()
        assert 0 < len(passage.text) <= longest
        place = passage.end
    assert not text[place:].strip()
