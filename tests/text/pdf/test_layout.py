"""Pages in columns and vertical pages are read in the order a person reads them, and tables are left as they are."""

import io
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from tekio.corpus.readers.pdf_page import clean_page
from tekio.text.pdf.characters import Glyph
from tekio.text.pdf.layout import read_layout

pytest.importorskip("pypdfium2")
pytest.importorskip("pdfplumber")
canvas = pytest.importorskip("reportlab.pdfgen.canvas")

STORY = (
    "日本銀行は金融政策決定会合において、当面の金融市場調節方針を維持することを全員一致で決定しました。"
    "わが国の景気は、一部に弱めの動きもみられるが、緩やかに回復しています。海外経済は緩やかに成長しており、"
    "輸出や鉱工業生産は横ばい圏内の動きを続けています。企業収益は改善傾向にあり、設備投資は緩やかな増加傾向にあります。"
    "個人消費は物価上昇の影響などがみられるものの、雇用と所得の環境の改善を背景に底堅く推移しています。"
    "先行きについては、所得から支出への前向きの循環が徐々に強まることから、潜在成長率を上回る成長を続けると考えられます。"
    "もっとも、海外の経済と物価の動向、資源価格の動向、企業の賃金と価格の設定行動など、不確実性は引き続き高い状況です。"
)
OTHER = "".join(reversed(STORY.split("。"))) + "。"


def page_of(place) -> bytes:
    """A PDF of one page on which `place(page)` draws."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5", isVertical=True))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, invariant=True)
    page.setFont("HeiseiMin-W3", 10)
    place(page)
    page.showPage()
    page.save()
    return buffer.getvalue()


def lines_of(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def bare(text: str) -> str:
    return "".join(text.split())


def text_of(tmp_path: Path, raw: bytes) -> tuple[str, dict[str, object]]:
    path = tmp_path / "a.pdf"
    path.write_bytes(raw)
    documents, rejected = read(path)
    assert rejected == []
    return documents[0].text, documents[0].meta


def two_columns(page, *, by_row: bool) -> None:
    page.drawString(60, 790, "金融経済月報の概要について（全段にわたる見出しはここに置かれています）")
    left, right = lines_of(STORY, 21), lines_of(OTHER, 21)
    placed = [(50, 760 - 15 * row, line) for row, line in enumerate(left)]
    placed += [(310, 752 - 15 * row, line) for row, line in enumerate(right)]
    for x, y, line in sorted(placed, key=lambda item: -item[1]) if by_row else placed:
        page.drawString(x, y, line)


@pytest.mark.parametrize("by_row", [True, False])
def test_two_columns_are_read_one_after_the_other(tmp_path: Path, by_row: bool):
    text, meta = text_of(tmp_path, page_of(lambda page: two_columns(page, by_row=by_row)))
    assert meta["columns_pages"] == [1]
    assert bare(text) == "金融経済月報の概要について（全段にわたる見出しはここに置かれています）" + STORY + OTHER
    assert STORY[:40] in text  # the wrapped lines of a column are rejoined


def test_three_columns_are_read_one_after_the_other(tmp_path: Path):
    parts = [STORY[:140], OTHER[:140], STORY[140:280]]

    def place(page) -> None:
        for row in range(10):
            for column, part in enumerate(parts):
                page.drawString(40 + 180 * column, 760 - 15 * row, lines_of(part, 14)[row])

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == "".join(parts)


def test_vertical_lines_are_read_from_right_to_left(tmp_path: Path):
    def place(page) -> None:
        for number, line in enumerate(lines_of(STORY, 40)):
            for row, character in enumerate(line):
                page.drawString(500 - 18 * number, 780 - 12 * row, character)

    text, meta = text_of(tmp_path, page_of(place))
    assert meta["vertical_pages"] == [1]
    assert bare(text) == STORY


def test_tiers_of_a_vertical_page_are_read_one_after_the_other(tmp_path: Path):
    def place(page) -> None:
        for tier, part in enumerate((STORY, OTHER)):
            for number, line in enumerate(lines_of(part, 25)):
                for row, character in enumerate(line):
                    page.drawString(500 - 18 * number, 780 - 380 * tier - 12 * row, character)

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == STORY + OTHER


@pytest.mark.parametrize("shift", [0, 1, 2, 3, 4, 5])
def test_tiers_hardly_a_character_apart_are_not_mixed(tmp_path: Path, shift: int):
    def place(page) -> None:
        for tier, part in enumerate((STORY, OTHER)):
            for number, line in enumerate(lines_of(part, 21)):
                for row, character in enumerate(line):
                    page.drawString(500 - 18 * number, 780 - shift - (21 * 12 + 8) * tier - 12 * row, character)

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == STORY + OTHER


def test_a_vertical_font_is_recognised(tmp_path: Path):
    def place(page) -> None:
        page.setFont("HeiseiKakuGo-W5", 12)
        for number, line in enumerate(lines_of(STORY, 40)):
            page.drawString(500 - 20 * number, 780, line)

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == STORY


def test_readings_beside_vertical_lines_are_left_out(tmp_path: Path):
    def place(page) -> None:
        for number, line in enumerate(lines_of(STORY, 40)):
            for row, character in enumerate(line):
                page.setFont("HeiseiMin-W3", 10)
                page.drawString(500 - 24 * number, 780 - 12 * row, character)
                page.setFont("HeiseiMin-W3", 4)
                page.drawString(511 - 24 * number, 780 - 12 * row, "るび"[row % 2])

    text, meta = text_of(tmp_path, page_of(place))
    assert bare(text) == STORY
    assert meta["readings"] == len(STORY)


def test_furigana_over_a_line_are_left_out(tmp_path: Path):
    def place(page) -> None:
        for number, line in enumerate(lines_of(STORY, 36)):
            page.setFont("HeiseiMin-W3", 12)
            page.drawString(60, 760 - 24 * number, line)
            page.setFont("HeiseiMin-W3", 6)
            page.drawString(84, 773 - 24 * number, "けっていかいごう")

    text, meta = text_of(tmp_path, page_of(place))
    assert bare(text) == STORY
    assert meta["readings"] in range(1, 100)


def test_bold_printed_twice_is_read_once(tmp_path: Path):
    def place(page) -> None:
        for number, line in enumerate(lines_of(STORY, 36)):
            for shift in (0, 0.4):
                page.drawString(60 + shift, 760 - 16 * number, line)

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == STORY


def test_doubled_characters_are_no_bold(tmp_path: Path):
    line = "ここに々々と大きな丶丶を繰り返しＡＡＡ、lllとiiiも111も残ります。"
    text, _ = text_of(tmp_path, page_of(lambda page: page.drawString(60, 760, line)))
    assert "lllとiiiも111も" in text


@pytest.mark.parametrize("by_row", [True, False])
def test_tiers_of_many_short_lines(tmp_path: Path, by_row: bool):
    """A gazette: four tiers of articles, of which many lines are short."""
    articles = [sentence + "。" for sentence in (STORY + OTHER).split("。") if sentence]
    tiers = [articles[start : start + 4] for start in range(0, 16, 4)]
    placed = []
    for number, tier in enumerate(tiers):
        lines = [line for article in tier for line in lines_of(article, 13)]
        placed += [(column, number, line) for column, line in enumerate(lines)]
    placed.sort(key=(lambda item: item[:2]) if by_row else (lambda item: (item[1], item[0])))

    def place(page) -> None:
        for column, tier, line in placed:
            for row, character in enumerate(line):
                page.drawString(570 - 12 * column, 800 - 190 * tier - 12 * row, character)

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == "".join(article for tier in tiers for article in tier)


@pytest.mark.parametrize("by_row", [True, False])
def test_columns_of_bullets(tmp_path: Path, by_row: bool):
    left = [
        "・投資信託の販売手数料",
        "を引き下げます。",
        "・店頭での相談時間を",
        "平日の夕方まで延ばし",
        "ます。",
        "・口座開設を簡素化",
    ]
    right = [
        "・為替の予約",
        "・外貨預金の金利優遇",
        "を続けます。",
        "・相続の手続きの案内",
        "を新しくします。",
        "・休眠口座の通知",
    ]
    placed = [(60, 760 - 18 * row, line) for row, line in enumerate(left)]
    placed += [(330, 760 - 18 * row, line) for row, line in enumerate(right)]

    def place(page) -> None:
        for x, y, line in sorted(placed, key=lambda item: -item[1]) if by_row else placed:
            page.drawString(x, y, line)

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == "".join(left + right)


def test_prose_side_by_side_that_nothing_orders_is_refused(tmp_path: Path):
    """Drawn row by row, every line a sentence: columns and rows read equally well."""
    left = [
        "来月から受付を始めます",
        "詳しくは窓口で伺います",
        "手数料はかかりません",
        "書類は後から届きます",
        "電話でも申し込めます",
    ]
    right = [
        "利率は毎月見直します",
        "満期の前に知らせます",
        "途中で解約もできます",
        "利息は元本に加えます",
        "税金は源泉で引きます",
    ]

    def place(page) -> None:
        for row, (one, other) in enumerate(zip(left, right, strict=True)):
            page.drawString(60, 760 - 18 * row, one)
            page.drawString(330, 760 - 18 * row, other)

    path = tmp_path / "a.pdf"
    path.write_bytes(page_of(place))
    documents, rejected = read(path)
    assert not documents
    assert [row.reason for row in rejected] == ["reading_order"]


def test_digits_side_by_side_in_a_vertical_line_stay_together(tmp_path: Path):
    line = "平成{}年の利益は前年に比べて二割の増加となりました。今後も続きます。"

    def place(page) -> None:
        for column, year in enumerate(("12", "13", "24", "31")):
            for row, character in enumerate(line.replace("{}", "@")):
                page.setFont("HeiseiMin-W3", 10)
                page.drawString(500 - 20 * column, 780 - 12 * row, year if character == "@" else character)

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == "".join(line.format(year) for year in ("12", "13", "24", "31"))


def test_a_table_is_not_taken_for_columns():
    """Cells of names, posts and dates stand in rows; cutting them would tear the rows apart."""
    rows = [
        (f"平成{year}年４月", f"株式会社東洋情報第{year}営業部入社", f"取締役 田中{year}郎") for year in range(10, 30)
    ]
    glyphs = [
        Glyph(character, x + 10 * place, x + 10 * place + 10, 20 * row, 20 * row + 10)
        for row, cells in enumerate(rows)
        for x, cell in zip((0, 120, 360), cells, strict=True)
        for place, character in enumerate(cell)
    ]
    assert read_layout(glyphs) is None
    assert read_layout([]) is None


def test_a_short_line_below_columns_is_read_after_both(tmp_path: Path):
    def place(page):
        for column, text in enumerate((STORY, OTHER)):
            for number, line in enumerate(lines_of(text, 22)):
                page.drawString(60 + 250 * column, 760 - 16 * number, line)
        page.drawString(60, 760 - 16 * 16, "以上、ご審議をお願いします。")

    text, _ = text_of(tmp_path, page_of(place))
    assert bare(text) == bare(STORY + OTHER + "以上、ご審議をお願いします。")


def test_a_mark_of_a_list_in_a_font_of_symbols_is_one():
    assert clean_page("\ue00c 評価の範囲\n\uf0b7　結果\n式\ue00c 値") == "・評価の範囲\n・結果\n式\ue00c 値"


def test_the_number_of_an_item_stands_apart_from_its_words(tmp_path: Path):
    def place(page):
        for number, line in enumerate(lines_of(STORY, 30)):
            page.drawString(60, 760 - 16 * number, line)
        for number, words in enumerate(("消費税抜き。", "年度末の残高。"), 1):
            page.drawString(60, 500 - 16 * number, str(number))
            page.drawString(68, 500 - 16 * number, words)

    text, _ = text_of(tmp_path, page_of(place))
    assert text.split("\n")[-2:] == ["1 消費税抜き。", "2年度末の残高。"]


def gazette() -> tuple[list[Glyph], list[tuple[float, float, float]]]:
    """A page of two tiers of lines that run down, a ruling line between them and a head whose letters stand apart.

    The file draws the right half of both tiers and then the left one; a mark touches the line between the tiers.
    """

    def line(text: str, x: float, top: float) -> list[Glyph]:
        return [Glyph(char, x, x + 10, top + 10 * place, top + 10 * place + 10) for place, char in enumerate(text)]

    upper = [
        line(f"{number}番目の上の段の行は右から左へと続き", 500 - 15 * place, 60)
        for place, number in enumerate("一二三四五六七八")
    ]
    lower = [
        line(f"{number}番目の下の段の行はその後に読まれて", 500 - 15 * place, 260)
        for place, number in enumerate("一二三四五六七八")
    ]
    lower[3] = line("四番目の下の段の行は線に触れて始まる", 455, 246)
    head = [Glyph(char, x, x + 12, 30, 42) for char, x in (("官", 250.0), ("報", 300.0), ("第", 400.0), ("号", 440.0))]
    drawn = [*head, *upper[0], *upper[1], *upper[2], *upper[3], *lower[0], *lower[1], *lower[2], *lower[3]]
    halves = [[glyph for row in (*upper[4:], *lower[4:]) for glyph in row]]
    return [*drawn, *halves[0]], [(380.0, 520.0, 250.0)]


def test_tiers_that_a_line_parts_are_read_one_after_the_other_whatever_the_file_draws_first():
    glyphs, rules = gazette()
    found = read_layout(glyphs, rules)
    assert found is not None
    assert (found.kind, found.doubt) == ("vertical", False)
    lines = [text.strip("\u3000") for text in found.text.split("\n") if text]
    assert lines[0].replace(" ", "").replace("\u3000", "") == "官報第号"
    assert [text[:5] for text in lines[1:]] == [
        *(f"{number}番目の上" for number in "一二三四五六七八"),
        *(f"{number}番目の下" for number in "一二三四五六七八"),
    ]
