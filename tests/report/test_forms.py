"""The tables of the section "what changed" that set two ways of asking beside each other."""

# pyright: standard

import re
from pathlib import Path
from typing import Any

import pytest

from report.report_fixture import RECIPE, config, metric, results, write_stage
from report.test_report import read_page
from tekio.report import write_report


def table(run: Path, caption: str) -> list[str]:
    """The rows of the English table with this caption, cells joined by a bar; empty where there is none."""
    text = (run / "report" / "report.html").read_text(encoding="utf-8")
    read_page(run / "report" / "report.html")
    found = re.search(rf'<caption id="{caption}">.*?</table>', text, re.DOTALL)
    if found is None:
        return []
    english = re.sub(r'<span [^>]*lang="ja"[^>]*>.*?</span>', "", found[0], flags=re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", english, re.DOTALL)
    return [
        " | ".join(
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        )
        for row in rows
    ]


def reported(folder: Path, task: dict[str, Any]) -> Path:
    found = results()
    found["tasks"] = [task]
    write_stage(folder, "evaluate", {"results.json": found})
    write_report(config(), folder / "report", run=folder, recipe=RECIPE)
    return folder


@pytest.fixture
def task() -> dict[str, Any]:
    return results()["tasks"][2]


def test_reasoning_on_and_off_stand_beside_each_other_with_what_they_cost(tmp_path: Path, task: dict[str, Any]):
    share = {"unit": "share", "higher_is_better": True}
    on = {"metric": metric(0.62, 0.04, 475) | share, "unparsed": 19, "thinking_tokens": 812.4}
    off = {"metric": metric(0.5, 0.05, 475) | share, "unparsed": 0, "thinking_tokens": None}
    comparison = task["comparisons"][1] | {"model": "tuned (on)", "reference": "tuned (off)", "difference": 0.12}
    comparison |= {"low": 0.06, "high": 0.18, "p_adjusted": 0.002, "verdict": "improved"}
    task["thinking"] = {"tuned": {"headline": "off", "on": on, "off": off, "comparison": comparison}}
    head, row = table(reported(tmp_path, task), "thinking-caption")
    assert head.count("unparsed") == 2
    assert head.count("tokens of reasoning") == 2
    name, headline, score, unread, tokens, other, other_unread, other_tokens, difference, p, verdict = row.split(" | ")
    assert (name, headline) == ("fp2, tuned", "off")
    assert score.startswith("62.0")
    assert (unread, tokens) == ("4.0 %", "812")
    assert other.startswith("50.0")
    assert (other_unread, other_tokens) == ("0.0 %", "–")
    assert difference.startswith("+12.0")
    assert ("0.002" in p, verdict) == (True, "improved")


def test_a_chat_form_and_a_plain_one_stand_beside_each_other_and_one_is_the_headline(
    tmp_path: Path, task: dict[str, Any]
):
    values = task["templates"]["default"]
    task["templates"] = {"chat": {label: value + 0.1 for label, value in values.items()}, "default": values}
    task["template"] = "chat"
    head, chat, plain = table(reported(tmp_path, task), "forms-caption")
    assert head == "Task | Form (template) | base | pretrained | tuned"
    assert chat == "fp2 | as a chat (chat) headline | 34.0 | 35.0 | 36.7"
    assert plain == "fp2 | in plain text (default) | 24.0 | 25.0 | 26.7"


def test_versions_of_one_form_are_no_two_forms(tmp_path: Path, task: dict[str, Any]):
    assert table(reported(tmp_path, task), "forms-caption") == []
