"""Section 5: what was measured of the answers, what differs, and what was found in them."""

from pathlib import Path

from report.report_fixture import RECIPE, config, full_run
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
