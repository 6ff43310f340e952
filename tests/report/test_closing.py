"""The last lines of a run name what a serious caution lists."""

# pyright: standard

from tekio.artifacts.report import SummaryCaution, Words
from tekio.report import caution_line


def test_a_caution_names_its_list():
    title = Words(en="Stages that were not made", ja="作られていない段階")
    items = [Words(en="tune", ja="tune"), Words(en="sweep", ja="sweep")]
    only = SummaryCaution(key="not_made", severity="high", title=title, detail=Words(en="", ja=""), items=items)
    assert caution_line(only).en == "! Stages that were not made: tune, sweep"
    assert caution_line(only).ja == "! 作られていない段階: tune、sweep"
    both = only.model_copy(update={"detail": Words(en="Run again.", ja="再実行してください。")})
    assert caution_line(both).en == "! Stages that were not made: Run again. tune, sweep"
