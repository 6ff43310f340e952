"""Lines of a page are full where they end at its margin, and begin paragraphs where they stand further in or below."""

from hypothesis import given
from hypothesis import strategies as st

from tekio.text.lines import join_lines
from tekio.text.pdf.line_ends import Boxes, LineEnds, PlacedLine, line_ends

SIZE, LEFT, PITCH = 10.0, 80.0, 18.0


def placed(*lines: tuple[str, float, float], part: int = 0, size: float = SIZE, top: float = 100.0) -> list[PlacedLine]:
    """Lines below each other: (text, where it ends, how far it is set in)."""
    return [
        PlacedLine("".join(text.split()), part, LEFT + indent, x1, top + PITCH * number, size, size)
        for number, (text, x1, indent) in enumerate(lines)
    ]


PROSE = (
    ("当行のATM（Automated Teller Machine）は、全国の", 500.0, 10.0),
    ("支店とコンビニエンスストアに設置しており、", 498.0, 0.0),
    ("平日の8時45分から18時までご利用いただけ", 500.0, 0.0),
    ("ます。", 110.0, 0.0),
)
NEXT = (
    ("手数料はBank of Tekioの会員であれば無料です。", 500.0, 10.0),
    ("それ以外のお客さまは110円を申し受けます。", 300.0, 0.0),
)
LAST = (("くわしくは店頭でお尋ねください。", 260.0, 10.0),)


def paragraphs(ends: LineEnds, *lines: tuple[str, float, float]) -> list[str]:
    return join_lines("\n".join(text for text, _, _ in lines), places=ends).text.split("\n")


def test_lines_that_end_at_the_margin_go_on_whatever_letters_they_hold():
    ends = line_ends([placed(*PROSE)])
    assert [ends.is_full(text) for text, _, _ in PROSE] == [True, True, True, False]
    assert paragraphs(ends, *PROSE) == ["".join(text for text, _, _ in PROSE)]


def test_a_sentence_that_ends_at_the_margin_goes_on_where_paragraphs_are_set_in():
    lines = [*PROSE, *NEXT, *LAST, *LAST]
    ends = line_ends([placed(*lines)])
    assert ends.begins(NEXT[0][0]) is True
    assert ends.begins(NEXT[1][0]) is False
    assert paragraphs(ends, *PROSE, *NEXT, *LAST) == [
        "".join(text for text, _, _ in part) for part in (PROSE, NEXT, LAST)
    ]


def test_it_is_not_told_where_paragraphs_are_not_set_apart():
    flush = [(text, x1, 0.0) for text, x1, _ in (*PROSE, *NEXT, *LAST)]
    assert line_ends([placed(*flush)]).begins(NEXT[1][0]) is None


def test_short_lines_that_end_together_have_no_margin():
    body = placed(*PROSE, *PROSE)
    cover = placed(
        ("【事業年度】第9期", 240.0, 0.0), ("【会社名】みどり銀行", 241.0, 0.0), ("【電話番号】代表", 240.0, 0.0)
    )
    ends = line_ends([cover, body])
    assert [ends.is_full(line.text) for line in cover] == [False, False, False]


def test_a_note_in_a_frame_has_its_own_margin():
    frame = [
        ("当行の注記は、枠の中に小さく", 330.0, 40.0),
        ("組まれており、本文の幅には", 331.0, 40.0),
        ("届きませんが、続く文です。", 290.0, 40.0),
    ]
    lines = [*PROSE, *frame, *PROSE]
    ends = line_ends([placed(*lines)])
    assert [ends.is_full(text) for text, _, _ in frame] == [True, True, False]


def test_a_page_of_two_lines_takes_the_margin_of_the_others():
    last = placed(("こちらの続きは次のページの先頭に置かれて", 500.0, 0.0), ("いる。", 110.0, 0.0))
    ends = line_ends([placed(*PROSE), placed(*PROSE, top=90.0), last])
    assert ends.is_full(last[0].text) is True
    assert line_ends([last]).is_full(last[0].text) is None


def test_a_date_at_the_right_is_not_full():
    date = [("令和7年4月1日", 500.0, 350.0), ("お客さま各位", 140.0, 0.0)]
    ends = line_ends([placed(*date, *PROSE)])
    assert ends.is_full(date[0][0]) is False
    assert paragraphs(ends, *date)[0] == date[0][0]


def test_a_line_before_a_note_in_smaller_print_is_full_by_itself_and_the_note_begins_anew():
    page = placed(*PROSE[:3])
    note = placed(("（注1）ATMは現金自動預払機のことです。", 300.0, 0.0), size=8.0, top=100.0 + 3 * PITCH)
    ends = line_ends([[*page, *note], placed(*PROSE)])
    assert ends.is_full(page[2].text) is True
    joined = join_lines("\n".join(line.text for line in (*page, *note)), places=ends).text.split("\n")
    assert joined[-1] == note[0].text


def test_a_bracket_at_the_margin_ends_no_paragraph_before_a_particle():
    lines = [("学習に用いるデータの出どころと、偏り（バイアス）", 500.0, 0.0), ("の排除の方法を述べます。", 220.0, 0.0)]
    ends = line_ends([placed(*PROSE, *lines)])
    assert paragraphs(ends, *lines) == ["".join(text for text, _, _ in lines)]


def test_a_text_that_stands_in_two_places_tells_only_what_is_true_of_both():
    twice = ("この文は全国の支店で二度あらわれます", 500.0, 0.0)
    short = (twice[0], 300.0, 0.0)
    assert line_ends([placed(*PROSE, twice, *PROSE), placed(*PROSE, short, *PROSE)]).is_full(twice[0]) is None


def test_a_line_is_placed_by_its_first_and_last_characters():
    texts = [*"　AB は"]
    boxes = Boxes(texts, [0, 10, 16, 22, 30], [10, 16, 22, 30, 40], [5.0] * 5, [10.0] * 5)
    line = boxes.line("　AB は", 2, range(5))
    assert line == PlacedLine("ABは", 2, 10, 40, 5.0, 10.0, 12)
    assert boxes.line("", 0, [0]) is None


@given(st.lists(st.tuples(st.text("あ漢A1。 ", min_size=1, max_size=30), st.floats(0, 600), st.floats(0, 300))))
def test_any_lines_are_told_of_without_an_error(lines: list[tuple[str, float, float]]):
    page = [line for line in placed(*lines) if line.text]
    ends = line_ends([page, page[:2]])
    assert all(ends.is_full(line.text) in (True, False, None) for line in page)
    assert "".join(paragraphs(ends, *lines)).split() == "".join(text for text, _, _ in lines).split() or lines


def test_a_heading_in_larger_print_and_the_text_before_and_below_it_are_parted():
    before = placed(*PROSE[:3])
    title = placed(("単語の固有らしさを測定する方法について、", 500.0, 0.0), size=16.0)
    after = placed(("二つの新聞の記事から作成した。", 300.0, 0.0))
    ends = line_ends([before, [*title, *after], placed(*PROSE)])
    lines = [line.text for line in (*before, *title, *after)]
    assert join_lines("\n".join(lines), places=ends).text.split("\n") == ["".join(lines[:3]), *lines[3:]]


def test_an_address_of_the_web_goes_on_without_a_blank_and_a_list_of_literature_line_by_line():
    lines = [
        ("Zero Trust Architecture, Special Publication", 500.0, 0.0),
        ("https://example.org/papers/security/zero-trust-", 500.0, 0.0),
        ("architecture.pdf", 180.0, 0.0),
        ("ENISA Threat Landscape of the year and the years", 500.0, 0.0),
        ("before it", 130.0, 0.0),
    ]
    ends = line_ends([placed(*PROSE, *PROSE), placed(*lines)])
    assert paragraphs(ends, *lines) == [lines[0][0], lines[1][0] + lines[2][0], f"{lines[3][0]} {lines[4][0]}"]


def test_behind_a_comma_at_the_margin_marks_stand_in_the_sentence():
    lines = [
        ("利用の形は、①公式の口座だけを使う、②事業者のものを使う、", 500.0, 0.0),
        ("③決済に使う、の三つです。", 240.0, 0.0),
    ]
    ends = line_ends([placed(*PROSE, *lines)])
    assert paragraphs(ends, *lines) == ["".join(text for text, _, _ in lines)]
    short = [("①公式の口座だけを使う、", 240.0, 0.0), ("②事業者のものを使う、", 230.0, 0.0)]
    assert paragraphs(line_ends([placed(*PROSE, *short)]), *short) == [text for text, _, _ in short]
