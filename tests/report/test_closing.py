"""The last lines of a run name what a serious caution lists."""

# pyright: standard

from tekio.artifacts.report import SummaryCaution, Words
from tekio.errors import Text
from tekio.report import _left_out, caution_line


def test_a_caution_names_its_list():
    title = Words(en="Stages that were not made", ja="作られていない段階")
    items = [Words(en="tune", ja="tune"), Words(en="sweep", ja="sweep")]
    only = SummaryCaution(key="not_made", severity="high", title=title, detail=Words(en="", ja=""), items=items)
    assert caution_line(only).en == "! Stages that were not made: tune, sweep"
    assert caution_line(only).ja == "! 作られていない段階: tune、sweep"
    both = only.model_copy(update={"detail": Words(en="Run again.", ja="再実行してください。")})
    assert caution_line(both).en == "! Stages that were not made: Run again. tune, sweep"


def test_what_was_left_out_is_told_in_words():
    rejected = {"near_duplicate": 1250, "table_of_contents": 3, "too_short": 40, "html": 1}
    told = _left_out(Text("documents", "文書"), 4000, rejected)
    assert (
        told.en
        == "Left out: 1,294 of 4,000 documents (near duplicate 1,250, too short 40, table of contents 3, other reasons 1)"
    )
    assert (
        told.ja
        == "除外: 文書 4,000 件中 1,294 件（ほぼ同じ内容の重複 1,250 件、短すぎる 40 件、目次 3 件、その他の理由 1 件）"
    )
    assert _left_out(Text("documents", "文書"), 4000, {}).ja == "除外: 文書 4,000 件中 0 件"
