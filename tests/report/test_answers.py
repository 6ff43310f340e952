"""Section 5: what was measured of the answers, what differs, and what was found in them."""

from pathlib import Path

from compare.judge.cases import answers
from compare.judge.test_session import act
from report.report_fixture import RECIPE, config, full_run
from tekio.compare.judge.server import JudgeApi
from tekio.compare.judge.session import finish, open_judge_desk
from tekio.report import write_report


def test_the_page_shows_findings_with_their_place_and_the_tests_of_the_measures(tmp_path: Path):
    run = full_run(tmp_path / "fixture")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    section = page[page.index('id="answers"') :]
    assert "断定的判断" in section
    assert "必ず減ります" in section
    assert "4～9 文字目" in section
    assert "質問にも参照文にもない:" in section
    assert "対の並べ替え検定" in section
    assert "適合を意味しません" in section
    assert section.count("判別できない") >= 2  # three questions tell little


def test_judgements_stand_on_the_page_with_interval_length_and_agreement(tmp_path: Path):
    run = full_run(tmp_path / "fixture")
    desk = open_judge_desk(answers(tmp_path / "asked", 8))
    api = JudgeApi(desk.judged, desk.store)
    for reviewer in ("佐藤", "加藤"):
        for item in range(8):
            pair = api.item({"position": str(item), "reviewer": reviewer})
            longer = "A" if len(pair["a"]) > len(pair["b"]) else "B"
            act(api, item, longer, reviewer, marks={"accuracy": longer})
    finish(desk, run / "judged")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    section = page[page.index('id="judged"') : page.index('id="distrust"')]
    assert "2 人が、8 組の回答を延べ 16 回判定しました" in section
    assert "正確性" in section
    assert "100.0" in section
    assert "優れる" in section
    assert "判定者どうしの一致" in section
