"""EDINET filings: every character of every text block is in a document or in a named refusal."""

import re
from collections import Counter
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers.corpus_reading import read, source_of
from realdata import need_real_data
from tekio.corpus.readers import plan_units, read_unit
from tekio.corpus.readers.edinet import Block, concept_words, containers, read_block
from tekio.corpus.readers.ixbrl import read_inline
from tekio.corpus.readers.xbrl import Fact, Instance, read_instance

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><xbrli:xbrl xmlns:xbrli="http://www.xbrl.org/2003/instance" '
    'xmlns:jpcrp_cor="http://disclosure.edinet-fsa.go.jp/taxonomy/jpcrp/x" '
    'xmlns:jpdei_cor="http://disclosure.edinet-fsa.go.jp/taxonomy/jpdei/x" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<jpdei_cor:EDINETCodeDEI contextRef="F">E00001</jpdei_cor:EDINETCodeDEI>'
    '<jpdei_cor:FilerNameInJapaneseDEI contextRef="F">甲株式会社</jpdei_cor:FilerNameInJapaneseDEI>'
    '<jpdei_cor:CurrentPeriodEndDateDEI contextRef="F">2025-03-31</jpdei_cor:CurrentPeriodEndDateDEI>'
)


def fact(name: str, value: str) -> Fact:
    return Fact("", "jpcrp_cor", name, "F", None, None, value)


def instance(blocks: dict[str, str]) -> str:
    body = "".join(
        f'<jpcrp_cor:{name}TextBlock contextRef="F">{html.replace("&", "&amp;").replace("<", "&lt;")}'
        f"</jpcrp_cor:{name}TextBlock>"
        for name, html in blocks.items()
    )
    return f"{HEAD}{body}</xbrli:xbrl>"


def filing(path: Path, blocks: dict[str, str], number: str = "01", day: str = "2025-06-18") -> Path:
    name = f"XBRL/PublicDoc/jpcrp030000-asr-001_E00001-000_2025-03-31_{number}_{day}.xbrl"
    with ZipFile(path, "w") as archive:
        archive.writestr(name, instance(blocks))
    return path


RISKS = "<h3>３【事業等のリスク】</h3><p>当社は&nbsp;為替の影響を受けます。</p>"
TABLE = "<p>次のとおり。</p><table><tr><td>売上高</td><td>1,234</td></tr><tr><td>利益</td><td>△5</td></tr></table>"


def test_text_blocks_become_documents_with_their_place(tmp_path: Path):
    path = filing(tmp_path / "S1.zip", {"BusinessRisks": RISKS, "DividendPolicy": TABLE})
    documents, rejected = read(path, reader="edinet", group="edinet_code", license="PDL-1.0")
    risks, dividend = documents
    assert rejected == []
    assert risks.text == "３【事業等のリスク】\n当社は\xa0為替の影響を受けます。"
    assert risks.uri == "S1.zip#BusinessRisksTextBlock"
    assert (risks.title, risks.published, risks.as_of) == ("甲株式会社 事業等のリスク", "2025-06-18", "2025-03-31")
    assert (risks.group, risks.meta["section"]) == ("E00001", "事業等のリスク")
    assert dividend.text == "次のとおり。\n売上高 | 1,234\n利益 | △5"
    assert dividend.meta["section"] == "次のとおり"


def test_tables_by_choice(tmp_path: Path):
    path = filing(tmp_path / "S1.zip", {"DividendPolicy": TABLE})
    assert "| 売上高 | 1,234 |\n|---|---|" in read(path, options={"tables": "markdown"})[0][0].text
    (document,), (table,) = read(path, options={"tables": "drop"})
    assert document.text == "次のとおり。"
    assert (table.reason, table.measured["characters"]) == ("table_dropped", len("売上高1,234利益△5"))
    assert document.meta["filing_coverage"] == {"in": 18, "kept": 6, "table_dropped": 12}


def test_a_nested_block_is_kept_once(tmp_path: Path):
    whole = f"<div>{RISKS}<p>ほかの文。</p></div>"
    documents, rejected = read(filing(tmp_path / "S1.zip", {"Inner": RISKS, "Outer": whole}))
    assert [document.meta["concept"] for document in documents] == ["jpcrp_cor:OuterTextBlock"]
    assert [(row.reason, row.measured["block"]) for row in rejected] == [("contained_in_block", "OuterTextBlock")]


def test_an_amendment_supersedes_the_blocks_it_repeats(tmp_path: Path):
    filing(tmp_path / "S1.zip", {"BusinessRisks": RISKS, "DividendPolicy": TABLE})
    filing(tmp_path / "S2.zip", {"BusinessRisks": RISKS.replace("為替", "金利")}, "02", "2025-07-01")
    documents, rejected = read(tmp_path)
    assert [document.uri for document in documents] == [
        "S1.zip#DividendPolicyTextBlock",
        "S2.zip#BusinessRisksTextBlock",
    ]
    assert [(row.uri, row.reason, row.measured["by"]) for row in rejected] == [
        ("S1.zip#BusinessRisksTextBlock", "superseded_by_amendment", "S2.zip")
    ]
    assert rejected[0].document is not None


@pytest.mark.parametrize(
    "excerpt",
    [
        "<p>（訂正前）</p><p>当社は為替の影響を受けます。</p><p>（訂正後）</p><p>当社は金利の影響を受けます。</p>",
        "<p>（省略）</p><p>当社は金利の影響を大きく受けます。また、原材料の価格の影響も受けます。</p><p>＜以下省略＞</p>",
        "<p>（前略）</p><p>当社は金利の影響を大きく受けます。また、原材料の価格の影響も受けます。</p><p>（後略）</p>",
        "<p>金利。</p>",
        "<p>当社は金利の影響を大きく受けます。また、原材料の影響も受けます。下線部のとおり訂正いたします。</p>",
    ],
)
def test_an_excerpt_in_an_amendment_never_supersedes_the_whole(tmp_path: Path, excerpt: str):
    filing(tmp_path / "S1.zip", {"BusinessRisks": RISKS + "<p>ほかに災害、法令、人材のリスクがあります。</p>"})
    filing(tmp_path / "S2.zip", {"BusinessRisks": excerpt}, "02", "2025-07-01")
    documents, rejected = read(tmp_path)
    assert [document.uri[:2] for document in documents] == ["S1", "S2"]
    assert [row for row in rejected if row.reason == "superseded_by_amendment"] == []


def test_an_amendment_in_another_source_supersedes_too(tmp_path: Path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    filing(tmp_path / "old" / "S1.zip", {"BusinessRisks": RISKS, "DividendPolicy": TABLE})
    filing(tmp_path / "new" / "S2.zip", {"BusinessRisks": RISKS.replace("為替", "金利")}, "02", "2025-07-01")
    old, new = source_of(tmp_path / "old"), source_of(tmp_path / "new", reader="edinet")
    (unit,), (other,) = plan_units(old, 1 << 20, [new]), plan_units(new, 1 << 20, [old])
    assert [(file.uri, [path.name for path in file.superseded_by]) for file in unit.files] == [("S1.zip", ["S2.zip"])]
    assert [file.superseded_by for file in other.files] == [()]
    reasons = {row.uri: getattr(row, "reason", None) for row in read_unit(old, unit)}
    assert reasons["S1.zip#BusinessRisksTextBlock"] == "superseded_by_amendment"
    assert reasons["S1.zip#DividendPolicyTextBlock"] is None


def test_concepts_can_be_chosen_and_the_others_are_named(tmp_path: Path):
    path = filing(tmp_path / "S1.zip", {"BusinessRisks": RISKS, "DividendPolicy": TABLE})
    documents, rejected = read(path, options={"concepts": ["*Risks*"]})
    assert len(documents) == 1
    assert [row.reason for row in rejected] == ["concept_not_chosen"]
    assert len(read(path, options={"exclude": "DividendPolicy"})[0]) == 1


@pytest.mark.parametrize("footer", ["有価証券報告書（通常方式）_20250618123456", "－ 12 －", "EDINET提出書類"])
def test_a_page_footer_is_taken_out_and_counted(tmp_path: Path, footer: str):
    (document,), (row,) = read(filing(tmp_path / "S1.zip", {"BusinessRisks": f"{RISKS}<p>{footer}</p>"}))
    assert footer not in document.text
    assert row.reason == "page_footer"


def test_what_a_block_does_not_show_is_counted_and_no_text(tmp_path: Path):
    hidden = RISKS + '<p style="display:none">見えない文です。</p>'
    (document,), (row,) = read(filing(tmp_path / "S1.zip", {"BusinessRisks": hidden}))
    assert "見えない" not in document.text
    assert (row.reason, row.measured["characters"]) == ("markup_not_read", 8)


def test_rows_beside_a_block_have_ids_as_all_rows(tmp_path: Path):
    blocks = {"BusinessRisks": f"{RISKS}<p>－ 12 －</p>", "DividendPolicy": TABLE}
    documents, rejected = read(filing(tmp_path / "S1.zip", blocks), options={"tables": "drop"})
    ids = [row.id for row in documents] + [row.document.id for row in rejected if row.document]
    assert len(ids) == len({int(one, 16) for one in ids}) == 4


def test_a_quarterly_report_has_the_day_of_its_name(tmp_path: Path):
    name = "XBRL/PublicDoc/jpcrp040300-q2r-001_E00001-000_2023-09-30_01_2023-11-10.xbrl"
    with ZipFile(tmp_path / "S1.zip", "w") as archive:
        archive.writestr(name, instance({"BusinessRisks": RISKS}))
    (document,), _ = read(tmp_path / "S1.zip")
    assert document.published == "2023-11-10"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<a/>", "not_xbrl"),
        ("<a", "bad_xml"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "doctype"),
        ("", "bad_xml"),
    ],
)
def test_a_broken_instance_is_named(tmp_path: Path, content: str, reason: str):
    path = tmp_path / "S1.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("XBRL/PublicDoc/a.xbrl", content)
    documents, rejected = read(path)
    assert documents == []
    assert [row.reason for row in rejected] == [reason, "no_xbrl"]


def test_concepts_in_words():
    assert concept_words("NotesMDAndABCPolicyTextBlock") == "Notes MD And ABC Policy"


@given(st.lists(st.text(alphabet="あいう", max_size=6), max_size=12))
def test_every_block_is_kept_or_lies_in_one_that_is(texts: list[str]):
    blocks = [Block(fact("X", text), text=text, bare=text) for text in texts]
    found = containers(blocks)
    for text, outer in zip(texts, found, strict=True):
        if outer is not None:
            assert text in texts[outer]
            assert found[outer] is None
    kept = [text for text, outer in zip(texts, found, strict=True) if outer is None and text]
    assert not any(a in b for n, a in enumerate(kept) for m, b in enumerate(kept) if n != m)


def characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def second_reading(path: Path) -> list[str]:
    """The visible text of a filing's text blocks, read without lxml: ElementTree and a regular expression."""
    texts: list[str] = []
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xbrl"):
                facts = [element for element in ET.fromstring(archive.read(name)) if element.tag.endswith("TextBlock")]
                texts += [unescape(re.sub(r"<[^>]*>", "", fact.text)) for fact in facts if fact.text]
    return texts


@pytest.mark.real
@pytest.mark.parametrize("tables", ["labelled", "lines", "markdown", "drop"])
def test_every_character_of_the_sample_filings_is_accounted_for(tables: str):
    for path in sorted(need_real_data("edinet-samples").glob("*.zip")):
        documents, rejected = read(path, options={"tables": tables})
        blocks = second_reading(path)
        coverage = next(
            document.meta["filing_coverage"] for document in documents if "filing_coverage" in document.meta
        )
        assert coverage["in"] == sum(coverage.values()) - coverage["in"]
        untagged = [row.measured["characters"] for row in rejected if row.measured.get("concept") == "UntaggedText"]
        untagged += [doc.meta["characters"] for doc in documents if doc.meta["concept"] == "tekio:UntaggedText"]
        assert coverage["in"] - sum(untagged) == sum(len("".join(text.split())) for text in blocks), path.name
        assert not any(row.reason == "markup_not_read" for row in rejected), path.name
        # Not only the numbers: what the rows hold is at least what the second reading found.
        held = Counter[str]()
        for row in rejected:
            held.update(characters(row.document.text if row.document else ""))
        for document in documents:
            held.update(characters(document.text))
        found = characters("".join(blocks))
        assert not found - held, (path.name, found - held)


INLINE = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:jpcrp_cor="http://x">
<body><div><ix:nonNumeric name="jpcrp_cor:BusinessRisksTextBlock" contextRef="F" escape="true" continuedAt="c1"><p>一&amp;
<ix:nonNumeric name="jpcrp_cor:InnerTextBlock" contextRef="F" escape="true"><b>内</b></ix:nonNumeric></p>
<ix:exclude><p>頁 1</p></ix:exclude>尾</ix:nonNumeric></div><p>間の文</p>
<ix:continuation id="c1"><p>続き</p></ix:continuation></body></html>"""


def inline_filing(path: Path, document: str) -> Path:
    with ZipFile(path, "w") as archive:
        name = "XBRL/PublicDoc/0101010_honbun_jpcrp030000-asr-001_E00001-000_2025-03-31_01_2025-06-18_ixbrl.htm"
        archive.writestr(name, b"\xef\xbb\xbf" + document.encode())
    return path


def test_a_filing_with_inline_documents_only_is_read(tmp_path: Path):
    (document, between), rejected = read(inline_filing(tmp_path / "S1.zip", INLINE), reader="edinet")
    assert document.text == "一& 内\n尾\n続き"
    assert between.text == "間の文"
    assert (document.published, document.as_of) == ("2025-06-18", "2025-03-31")
    assert [row.reason for row in rejected] == ["contained_in_block"]


def test_a_continuation_that_continues_itself_is_named(tmp_path: Path):
    loop = INLINE.replace('id="c1"', 'id="c1" continuedAt="c1"')
    documents, rejected = read(inline_filing(tmp_path / "S1.zip", loop), reader="edinet")
    assert documents == []
    assert [row.reason for row in rejected] == ["looping_continuation", "no_xbrl"]


@pytest.mark.real
@pytest.mark.parametrize("name", ["S002XXXX.zip", "S005XXXX.zip"])
def test_inline_and_generated_documents_hold_the_same_text_blocks(name: str):
    """EDINET generates the `.xbrl` from the inline documents: two readers, two formats, one content."""
    with ZipFile(need_real_data("edinet-samples", name)) as archive:
        public = sorted(member for member in archive.namelist() if "/PublicDoc/" in member)
        generated = read_instance(archive.read(next(member for member in public if member.endswith(".xbrl"))))
        inline = read_inline([archive.read(member) for member in public if member.endswith(".htm")])

    def texts(instance: Instance) -> dict[tuple[str, str], str]:
        return {(fact.name, fact.context): read_block(fact, "lines").bare for fact in instance.text_blocks()}

    assert texts(generated) == texts(inline)
    assert inline.dei("EDINETCodeDEI") == generated.dei("EDINETCodeDEI")


@pytest.mark.real
def test_the_amended_sample_supersedes_its_original():
    documents, rejected = read(need_real_data("edinet-samples") / "*.zip", options={"parts": ["public", "audit"]})
    original = [document for document in documents if document.uri.startswith("S002")]
    amended = [document for document in documents if document.uri.startswith("S021")]
    superseded = [row for row in rejected if row.reason == "superseded_by_amendment"]
    assert original == []
    assert len(amended) == 67
    assert {row.measured["by"] for row in superseded} == {"S021XXXX.zip"}
    assert {row.uri.split("#")[0] for row in superseded} == {"S002XXXX.zip"}
    assert len({document.id for document in documents}) == len(documents)


BODY = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><head><title>題</title></head>
<body><ix:header><ix:hidden>隠れた値</ix:hidden></ix:header><div>%s</div></body></html>"""
RISK_BLOCK = (
    '<ix:nonNumeric name="jpcrp_cor:BusinessRisksTextBlock" contextRef="F" escape="true">'
    "<p>３【事業等のリスク】</p><p>当社は為替の影響を受けます。</p></ix:nonNumeric>"
)


def whole_filing(path: Path, body: str, blocks: dict[str, str], number: str = "01") -> Path:
    name = f"jpcrp030000-asr-001_E00001-000_2025-03-31_{number}_2025-06-18"
    with ZipFile(path, "w") as archive:
        archive.writestr(f"XBRL/PublicDoc/{name}.xbrl", instance(blocks))
        archive.writestr(f"XBRL/PublicDoc/0105010_honbun_{name}_ixbrl.htm", BODY % body)
    return path


def test_text_outside_of_text_blocks_is_a_document_with_its_heading(tmp_path: Path):
    body = f"<p>第５【経理の状況】</p><p>１．作成方法について</p><p>当社は規則に基づいて作成しております。</p>{RISK_BLOCK}<p>以上のとおりです。</p>"
    documents, rejected = read(whole_filing(tmp_path / "S1.zip", body, {"BusinessRisks": RISKS}), reader="edinet")
    assert [document.text for document in documents] == [
        "３【事業等のリスク】\n当社は\xa0為替の影響を受けます。",
        "第５【経理の状況】\n１．作成方法について\n当社は規則に基づいて作成しております。",
        "以上のとおりです。",
    ]
    assert documents[1].title == "甲株式会社 経理の状況"
    assert documents[1].uri == "S1.zip#UntaggedText;0105010_honbun;1"
    assert not rejected
    coverage = documents[0].meta["filing_coverage"]
    assert coverage["in"] == coverage["kept"] == sum(document.meta["characters"] for document in documents)


def test_a_heading_above_a_block_is_its_title_and_a_row(tmp_path: Path):
    block = RISK_BLOCK.replace("<p>３【事業等のリスク】</p>", "")
    body = f"<p>３【事業等のリスク】</p>{block}"
    plain = {"BusinessRisks": "<p>当社は為替の影響を受けます。</p>"}
    (document,), (row,) = read(whole_filing(tmp_path / "S1.zip", body, plain), reader="edinet")
    assert document.title == "甲株式会社 事業等のリスク"
    assert row.reason == "heading_only"
    assert row.document is not None
    assert row.document.text == "３【事業等のリスク】"


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("<p>２【沿革】</p>", "heading_only"),
        ("<p>（重要な後発事象）</p>", "heading_only"),
        ("<p>４【重要な契約等】</p><p>該当事項はありません。</p>", "nothing_to_report"),
        (
            "<p>（企業結合等関係）</p><p>前連結会計年度（自 2023年４月１日 至 2024年３月31日）</p><p>該当事項はありません。</p>",
            "nothing_to_report",
        ),
        (
            "<p>５【重要な契約等】</p><p>当連結会計年度において、記載すべき重要な契約等はありません。</p>",
            "nothing_to_report",
        ),
        ("<p>(3)【その他】</p><p>特記すべき事項はありません。</p>", "nothing_to_report"),
    ],
)
def test_a_block_that_says_nothing_is_a_row_by_name(tmp_path: Path, block: str, reason: str):
    documents, rejected = read(filing(tmp_path / "S1.zip", {"A": block, "B": RISKS}), reader="edinet")
    assert [document.meta["concept"] for document in documents] == ["jpcrp_cor:BTextBlock"]
    assert [row.reason for row in rejected] == [reason]


@pytest.mark.parametrize(
    "block",
    [
        "<p>５【重要な契約等】</p><p>該当事項はありません。ただし、次の契約を結んでいます。</p>",
        "<p>資本金の額は1,234百万円です。</p>",
        "<table><tr><td>資本金</td><td>1,234</td></tr></table>",
    ],
)
def test_a_short_block_that_says_something_is_a_document(tmp_path: Path, block: str):
    documents, rejected = read(filing(tmp_path / "S1.zip", {"A": block}), reader="edinet")
    assert len(documents) == 1
    assert not rejected


def test_an_amendment_filed_whole_supersedes_untagged_text_too(tmp_path: Path):
    body = "<p>第５【経理の状況】</p><p>当社は規則に基づいて作成しております。</p>"
    whole_filing(tmp_path / "S1.zip", body, {"BusinessRisks": RISKS})
    whole_filing(tmp_path / "S2.zip", body.replace("規則", "改正後の規則"), {"BusinessRisks": RISKS}, number="02")
    documents, rejected = read(tmp_path / "*.zip", reader="edinet")
    assert {document.uri.partition("#")[0] for document in documents} == {"S2.zip"}
    assert {row.reason for row in rejected} == {"superseded_by_amendment"}


def test_untagged_text_can_be_left_out_and_a_broken_document_is_named(tmp_path: Path):
    path = whole_filing(tmp_path / "S1.zip", "<p>第５【経理の状況】</p><p>前文です。</p>", {"BusinessRisks": RISKS})
    documents, rejected = read(path, reader="edinet", options={"exclude": ["UntaggedText"]})
    assert len(documents) == 1
    assert [row.reason for row in rejected] == ["concept_not_chosen"]
    broken = whole_filing(tmp_path / "S2.zip", "<p>閉じない", {"BusinessRisks": RISKS})
    documents, rejected = read(broken, reader="edinet")
    assert len(documents) == 1
    assert [row.reason for row in rejected] == ["bad_xml"]
