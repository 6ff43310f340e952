"""PDF: pages both extractors agree on become text; the others are named."""

import io
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from realdata import need_real_data
from tekio.corpus.readers.pdf import full_width
from tekio.corpus.readers.pdf_page import Page, clean_page, judge, mark_of, remove_running_lines, without_automatic
from tekio.text.pdf.order import compare

pytest.importorskip("pypdfium2")
pytest.importorskip("pdfplumber")
canvas = pytest.importorskip("reportlab.pdfgen.canvas")

SENTENCE = "当社グループは、主として金融商品の販売及び資産運用に関する助言を行っております。今後も成長を目指します。"


def make_pdf(pages: list[list[str]], **options) -> bytes:
    """A PDF whose pages hold `pages`' lines in a Japanese font that is not embedded."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, invariant=True, **options)
    for lines in pages:
        page.setFont("HeiseiMin-W3", 10)
        for number, line in enumerate(lines):
            page.drawString(50, 780 - 16 * number, line)
        page.showPage()
    page.save()
    return buffer.getvalue()


def test_pages_become_one_document_without_heads_and_numbers(tmp_path: Path):
    path = tmp_path / "a.pdf"
    body = [SENTENCE[:26], SENTENCE[26:]]
    path.write_bytes(
        make_pdf([["甲社報告書", f"{number}章の見出し", *body, f"- {number} -"] for number in range(1, 5)])
    )
    documents, rejected = read(path)
    assert rejected == []
    (document,) = documents
    assert "甲社報告書" not in document.text
    assert "- 1 -" not in document.text
    assert document.text.count("章の見出し") == 4
    assert document.meta["pages"] == [1, 2, 3, 4]
    assert document.meta["order_agreement"] > 0.95
    assert "agreement" not in document.meta  # nothing gave a reason to read a page twice
    (twice,), _ = read(path, options={"second_reader": "always"})
    assert (twice.text, twice.meta["read_twice"]) == (document.text, [1, 2, 3, 4])
    assert twice.meta["agreement"] > 0.95
    assert len(read(path, options={"by": "page"})[0]) == 4


def test_an_encrypted_file_is_named(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf([[SENTENCE]], encrypt="password"))
    assert [(row.reason, row.whole_file) for row in read(path)[1]] == [("encrypted", True)]


def test_a_page_without_text_is_named(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf([[SENTENCE], []]))
    documents, rejected = read(path)
    assert len(documents) == 1
    assert [(row.uri, row.reason) for row in rejected] == [("a.pdf#page=2", "empty_page")]


def test_disagreement_is_refused_with_its_measure():
    page = judge({"page": 3, "second": "x"}, SENTENCE, "まったく別の文字列", 0.9)
    assert page.reason == "extractors_disagree"
    assert page.measured is not None
    assert page.measured["agreement"] < 0.9
    missed = judge({"page": 1, "second": SENTENCE, "images": 0}, "", SENTENCE, 0.9)
    assert (missed.reason, missed.text) == ("extractors_disagree", SENTENCE)
    assert judge({"page": 1, "second": "", "images": 1}, "", "", 0.9).reason == "no_text_layer"
    unmapped = "\ue000" * 5 + SENTENCE
    assert judge({"page": 1, "second": unmapped}, unmapped, unmapped, 0.9).reason == "unmapped_characters"


def make_book(heads: list[str], *, size: float = 8, title: str = "") -> bytes:
    """A page a head, in print of `size` points over eight lines of ten points."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, invariant=True)
    for number, head in enumerate(heads):
        page.setFont("HeiseiMin-W3", size)
        page.drawString(60, 800, head)
        page.setFont("HeiseiMin-W3", 10)
        for row in range(8):
            page.drawString(60, 760 - 16 * row, f"{title}{number}頁の{row}行目には{SENTENCE[row : row + 20]}")
        page.showPage()
    page.save()
    return buffer.getvalue()


def test_heads_that_change_with_the_chapter_are_taken_out(tmp_path: Path):
    path = tmp_path / "a.pdf"
    heads = [
        f"第{number // 2 + 1}章　{name}　{number + 11}" for number, name in enumerate(["総則", "総則", "業務", "業務"])
    ]
    path.write_bytes(make_book(heads))
    (document,), rejected = read(path)
    assert rejected == []
    assert "章" not in document.text
    assert all(f"{number}頁の7行目" in document.text for number in range(4))
    assert len(document.meta["running_heads"]) == 4


def test_titles_that_change_by_page_stay(tmp_path: Path):
    """Slides: larger print at one place on every page is what the page is about."""
    path = tmp_path / "a.pdf"
    titles = ["業績の概要", "今後の見通し", "株主への還元", "資本の政策"]
    path.write_bytes(make_book(titles, size=20))
    (document,), _ = read(path)
    assert all(title in document.text for title in titles)


def test_widths_and_spaces_do_not_count_as_disagreement():
    assert compare("ＡＢＣ １２", "ABC12") == (1.0, 1.0)


def test_running_lines_need_most_pages():
    texts = [f"報告書 {number}\n本文{number}\n続き" for number in range(1, 7)]
    cleaned, removed = remove_running_lines(texts)
    assert removed == 12  # "続き" recurs at the foot as well
    assert cleaned[0] == "本文1"
    assert remove_running_lines(["甲\n乙", "丙\n丁"])[1] == 0
    assert full_width(["短い"] * 5) is None


@pytest.mark.real
def test_the_first_pages_of_a_real_filing_agree():
    (document,), rejected = read(
        need_real_data("edinet-samples", "real", "filing.pdf"), options={"max_pages": 8, "second_reader": "always"}
    )
    assert document.meta["pages"] == list(range(1, 9))
    assert document.meta["agreement"] > 0.99
    assert [(row.reason, row.measured["pages"]) for row in rejected] == [("too_many_pages", 117)]


@pytest.mark.real
@pytest.mark.heavy
def test_a_real_filing_is_read_whole():
    documents, rejected = read(
        need_real_data("edinet-samples", "real", "filing.pdf"), options={"second_reader": "always"}
    )
    (document,) = documents
    assert rejected == []
    assert len(document.meta["pages"]) == 117
    assert document.meta["agreement"] > 0.99
    assert document.meta["lines_joined"] > 300
    assert "2017/06/23 11:58:51" not in document.text


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("第 7 条は 1 年とする。", "第7条は1年とする。", "第7条は1年とする。"),
        ("本 Q&A の\n問 1 は", "本Q&Aの\n問1は", "本Q&Aの\n問1は"),
        ("令和 6 年 Apple 社", "令和6年 Apple 社", "令和6年 Apple 社"),  # blanks that stand on the page
        ("第 7 条", "第8条", "第 7 条"),  # other letters: nothing is known of the blanks
        ("a b 甲", "ab甲", "a b甲"),
    ],
)
def test_gaps_that_programs_set_beside_figures_are_no_blanks(first: str, second: str, said: str):
    assert without_automatic(first, second) == said


def test_a_stamp_at_the_edge_that_says_who_may_read_goes_out():
    pages = ["取扱注意\n支店別の実績\n本文です。", "（社外秘）\n取扱注意のお知らせ\n秘\n本文です。"]
    assert remove_running_lines(pages)[0] == ["支店別の実績\n本文です。", "取扱注意のお知らせ\n秘\n本文です。"]


def test_a_page_as_word_processors_set_it(tmp_path: Path):
    """Proportional lines, a note mark, a note below the page, and a frame that the file draws last."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, invariant=True)

    def justified(x: float, y: float, text: str, width: float, size: float = 10) -> None:
        """A line whose characters are spread over a width, as a program justifies it."""
        page.setFont("HeiseiMin-W3", size)
        gap = (width - page.stringWidth(text, "HeiseiMin-W3", size)) / (len(text) - 1)
        page.drawString(x, y, text, charSpace=gap)

    def plain(x: float, y: float, text: str, size: float = 10) -> None:
        page.setFont("HeiseiMin-W3", size)
        page.drawString(x, y, text)

    justified(60, 780, "融資先のESG（Environment, Social and Governance）への対応は、当行が毎年", 390)
    justified(50, 762, "公表する報告書で確かめます。Scope 3 Category 15に当たる排出量の計算は、国際的な", 400)
    plain(50, 744, "基準")
    plain(70, 748, "1", 6)
    plain(74, 744, "によります。")
    plain(60, 690, "次の章では、計算の方法を述べます。")
    justified(60, 672, "排出量は、融資額に排出係数を掛けて求め、前の年度との差の要因をグループのRisk", 390)
    plain(50, 657, "1", 5)
    plain(54, 654, "PCAFのGlobal GHG Accounting and Reporting Standardをいいます。", 8)
    for number, text in enumerate(
        ("枠の中の文は、狭い幅のままで続", "いており、本文の文の途中に入る", "ことはありません。")
    ):
        plain(120, 730 - 12 * number, text)
    page.showPage()
    plain(50, 780, "管理部が確かめます。")
    plain(60, 762, "結果は9月に公表します。")
    plain(60, 744, "問い合わせは総務部で受けます。")
    page.showPage()
    page.save()
    path = tmp_path / "a.pdf"
    path.write_bytes(buffer.getvalue())
    (document,), rejected = read(path)
    assert rejected == []
    assert [line for line in document.text.split("\n") if line] == [
        "融資先のESG（Environment, Social and Governance）への対応は、当行が毎年公表する報告書で確かめます。"
        "Scope 3 Category 15に当たる排出量の計算は、国際的な基準（注1）によります。",
        "枠の中の文は、狭い幅のままで続いており、本文の文の途中に入ることはありません。",
        "次の章では、計算の方法を述べます。",
        "排出量は、融資額に排出係数を掛けて求め、前の年度との差の要因をグループのRisk管理部が確かめます。",
        "（注1） PCAFのGlobal GHG Accounting and Reporting Standardをいいます。",
        "結果は9月に公表します。",
        "問い合わせは総務部で受けます。",
    ]


def test_bullets_of_symbol_fonts_are_marks_of_lists():
    line = {"page": 1, "pdfium": "", "second": ""}
    assert clean_page("\uf06c 預金\n　\uf0a7融資\n為替\uf0e0海外") == "・預金\n　・融資\n為替\uf0e0海外"
    assert judge(line, "", "", 0.9).reason == "empty_page"


def test_a_file_says_what_it_is_called_and_when_it_was_changed(tmp_path: Path):
    reportlab = pytest.importorskip("reportlab")
    assert reportlab
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, invariant=True)  # made on 2000-01-01
    page.setTitle("融資規程の手引き")
    page.drawString(50, 780, "Loans are made to customers of the bank only, as the rules of 2020 say.")
    page.save()
    path = tmp_path / "a.pdf"
    path.write_bytes(buffer.getvalue())
    (document,), _ = read(path)
    assert (document.title, document.as_of, document.published) == ("融資規程の手引き", "2000-01-01", None)


def test_the_month_of_a_running_head_is_that_of_issue(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(
        make_pdf([["2021年8月", f"{number}章の見出し", SENTENCE[:26], number + SENTENCE[26:]] for number in "一二三四"])
    )
    (document,), _ = read(path)
    assert "2021年8月" not in document.text
    assert document.published == "2021-08"


def test_a_title_in_the_margin_is_a_running_head_and_printers_marks_are_no_text(tmp_path: Path):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=(660, 900), invariant=True)
    for number in "一二":
        page.setFont("HeiseiMin-W3", 9)
        page.setCropBox((30, 30, 630, 870))
        page.drawString(40, 10, "report_04.indd 2024/06/24")
        for row in range(30):
            page.drawString(110, 800 - 16 * row, f"{number}の{row}つ目の行に、支店の取引の様子が記されている。")
        for row, char in enumerate("金融政策の現状と課題"):
            page.drawString(42, 600 - 9.5 * row, char)
        page.showPage()
    page.save()
    path = tmp_path / "a.pdf"
    path.write_bytes(buffer.getvalue())
    texts = [read(path, options={"second_reader": second})[0][0] for second in ("doubtful", "always")]
    for document in texts:
        lines = document.text.split("\n")
        assert [line for line in lines if line and "行に、支店の取引" not in line] == []
        assert sum("行に、支店の取引" in line for line in lines) == 60
        assert document.meta["running_heads"] == ["金融政策の現状と課題"]


def test_a_page_whose_drawing_is_mixed_is_taken_without_it():
    """Its prose has one order; of the figure, which the file draws first and anyhow, the page shows words in other rows."""
    prose = [
        f"{number}つ目の文では、支店が受けた依頼{'甲乙丙丁戊己庚辛'[number]}の取り扱いを述べます。"
        for number in range(8)
    ]
    words = [f"第{'一二三四五六七八九十'[number // 3]}図の枠{'イロハ'[number % 3]}の字句" for number in range(30)]
    drawn = [*words[::3], *words[2::3], *words[1::3]]

    def page_with(cells: list[str]) -> Page:
        rows = [[[text, 1, 1] for text in cells[place : place + 2]] for place in range(0, len(cells), 2)]
        table = {"rows": rows, "box": [0, 0, 9, 9], "plain": False, "drawn": "", "edges": [0, 5, 9]}
        layout = {"kind": "lines", "doubt": False, "readings": 0, "twice": 0, "tables": [table], "text": "", "file": ""}
        line = {"page": 1, "images": 0, "second": "", "layout": layout}
        second = [*prose[:4], mark_of(1, 0), *prose[4:]]
        return judge(line, "\n".join([*reversed(drawn), *prose]), "\n".join(second), 0.9)

    mixed = page_with([words[place] + words[place + 15] for place in range(15)])
    assert mixed.reason is None
    assert [text for text in mixed.text.split("\n") if text] == prose
    assert len(mixed.mixed) == 1
    whole = page_with(words)
    assert (whole.reason, whole.mixed) == (None, [])
    assert mark_of(1, 0) in whole.text
