"""The compiled pass looks at every text that repair would change."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.text.contents_list import drop_contents
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.repair_candidates import DAMAGED, LEADERS, MARKED, PAGED, WRAPPED, repair_candidates
from tekio.text.lines import join_lines
from tekio.text.mojibake import repair_mojibake
from tekio.text.page_furniture import take_out_pages
from tekio.text.reference_marks import drop_reference_marks

LINES = st.lists(
    st.text(alphabet="あ漢。a 　（、1,△", min_size=0, max_size=30)
    | st.sampled_from(
        [
            "漢字を" * 14,
            "漢字は、" * 9 + "。",
            "かな" * 20,
            "持家が増えて、21,",
            "807戸となった。",
            "- 2 -",
            "1/3",
            "３",
            "\f",
        ]
    )
    | st.text(alphabet="…‥・.． 　|1頁P(-あ", max_size=12)
    | st.sampled_from(["１　目的……3", "２　方法………12", "縺ゅ＞縺", "､ｴﾍﾑ､｢､熙ｬ", "述べた[1]。", "述べた［１］、"]),
    max_size=30,
)


def flags_of(text: str) -> int:
    return int(repair_candidates(code_points([text]))[0])


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_what_would_change_is_looked_at(lines):
    text = "\n".join(lines)
    flags = flags_of(text)
    if join_lines(text).joined:
        assert flags & (WRAPPED | PAGED)
    if take_out_pages(text).removed:
        assert flags & PAGED
    if drop_contents(text).removed:
        assert flags & LEADERS
    if drop_reference_marks(text)[1]:
        assert flags & MARKED


def test_a_mark_that_no_sentence_begins_with_is_looked_at_behind_a_bar():
    assert join_lines("1.|あ\n､い").joined
    assert flags_of("1.|あ\n､い") & WRAPPED


def test_a_list_without_dots_is_looked_at():
    text = "目　次\n総則\t1\n定義\t2\n雑則\t3\n総則\n定義\n雑則"
    assert drop_contents(text).removed
    assert flags_of(text) & LEADERS


def test_damaged_lines_are_looked_at():
    for text in ("蜿｣蠎ｧ縺ｮ髢玖ｨｭ", "\x82\xa8\x92m\x82\xe7\x82\xb9", "､ｴﾍﾑ､｢､熙ｬ､ﾈ､ｦ"):
        assert flags_of(text) & DAMAGED
        assert repair_mojibake(text) is not None


def test_ordinary_paragraphs_are_not_looked_at():
    for text in (
        "売上高は増加した。\n利益は横ばいだった。前期の反動が出た。\n",
        "見出し\n" + "あ" * 300 + "。\n" + "い" * 90,
        "彼は……と言い、「……」と黙った。・甲・乙・丙は 3.1.2 の表、... 5 は別。",
    ):
        assert flags_of(text) == 0
