"""What a run shows is found once: the page, the card and the summary say the same."""

import ast
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from report.report_fixture import RECIPE, config, full_run, results, training, write_stage
from tekio.artifacts.results import Results
from tekio.report import gather, write_report
from tekio.report.findings import find
from tekio.report.gather import read_run
from tekio.report.verdict import word


def test_page_card_and_summary_say_the_same_verdicts(tmp_path: Path):
    run = full_run(tmp_path / "run")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    findings = find(read_run(run, "fixture"), RECIPE, "x")
    page = re.sub(r"<[^>]+>|\s+", " ", (run / "report" / "report.html").read_text(encoding="utf-8"))
    card = (run / "report" / "model_card.md").read_text(encoding="utf-8")
    summary = json.loads((run / "report" / "summary.json").read_text(encoding="utf-8"))
    told = [(q["question"], f["model"], f["verdict"]) for q in summary["verdict"] for f in q["findings"]]
    assert told == [(q.key, f.model, f.verdict) for q in findings.questions for f in q.findings]
    for question in findings.questions:
        for finding in question.findings:
            assert f"| {question.title.en} | {finding.model} | {word(finding.verdict).en} |" in card
    assert [item["key"] for item in summary["cautions"]] == [item.key for item in findings.cautions]
    assert all(item.title.en in page.replace("&#39;", "'") for item in findings.cautions)


FINDERS = {
    "label_order": "gather.py",
    "find_flips": "gather.py",
    "questions": "findings.py",
    "cautions": "findings.py",
    "terms_of": "findings.py",
    "paper_table": "findings.py",
}
"""What finds something of a run, and the one module that may call it: all others are handed what was found."""


def test_each_finding_is_made_in_one_place():
    calls: dict[str, set[str]] = defaultdict(set)
    for path in Path(gather.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.func] if isinstance(node, ast.Call) else []
            names += (
                [*node.args, node.func] if isinstance(node, ast.Call) else []
            )  # also handed on: partial(find_flips)
            for name in names:
                if isinstance(name, ast.Name) and name.id in FINDERS:
                    calls[name.id].add(path.name)
    # `write_report` asks what a paper expects before there are results, for the stage's key.
    assert calls.pop("paper_table") == {"findings.py", "__init__.py"}
    assert calls == {name: {place} for name, place in FINDERS.items() if name != "paper_table"}


def test_another_order_of_the_models_is_one_on_page_card_and_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def turned(results: Results) -> list[str]:
        return ["tuned", "base", "pretrained"]

    monkeypatch.setattr(gather, "label_order", turned)
    run = full_run(tmp_path / "run")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    summary = json.loads((run / "report" / "summary.json").read_text(encoding="utf-8"))
    assert summary["models"] == ["tuned", "base", "pretrained"]
    others = ["tuned", "pretrained"]
    assert [item["model"] for item in summary["verdict"][0]["findings"]] == others
    card = (run / "report" / "model_card.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| Domain tasks \| (\w+) \|", card, re.MULTILINE) == others
    assert re.findall(r"^\| jnli \|.*? \| (base|pretrained|tuned) \|", card, re.MULTILINE) == summary["models"]
    page = (run / "report" / "report.html").read_text(encoding="utf-8")
    table = page[page.index('id="task-jnli"') :]
    assert re.findall(r'<th scope="row">(\w+)</th>', table[: table.index("</table>")])[:3] == summary["models"]
    chart = re.findall(r"jnli · (\w+)", page)
    assert chart[:2] == others  # differences
    assert chart[2:5] == summary["models"]  # scores under all templates
    answers = page[page.index('<article class="answers">') :]
    assert re.findall(r'<div class="column"><h4>(\w+)</h4>', answers)[:3] == summary["models"]


@pytest.mark.parametrize(
    ("recipe", "key", "said"),
    [
        (RECIPE, "contamination_unchecked", "documents"),
        (
            RECIPE | {"corpus": {"decontaminate": {"items": ["t.jsonl"], "ngram": 12, "longest": 40}}},
            "contamination",
            "documents: found where 75.0\u00a0% of a text of an item stands in one place, in common pieces of 12 letters and "
            "digits or more, or 40 of them in a row (punctuation, width and case do not count); 0 removed",
        ),
        (
            RECIPE | {"instruct": {"screen": {"contamination": {"items": ["t.jsonl"], "action": "flag"}}}},
            "contamination",
            "instruction records: found where 75.0\u00a0% of a text of an item stands in one place, in common pieces of 13 "
            "letters and digits or more, or 50 of them in a row (punctuation, width and case do not count); kept and "
            "marked in their `meta`",
        ),
        (
            RECIPE | {"instruct": {"screen": {"off": ["contaminated"], "contamination": {"items": ["t.jsonl"]}}}},
            "contamination_unchecked",
            "instruction records",
        ),
    ],
)
def test_the_contamination_rule_is_said_as_it_was_applied(tmp_path: Path, recipe: dict[str, Any], key: str, said: str):
    found = find(read_run(full_run(tmp_path / "run"), "r"), recipe).cautions
    [caution] = [item for item in found if item.key == key]
    assert said in [item.en for item in caution.items]


def overview(folder: Path, stages: dict[str, dict[str, Any]]) -> dict[str, str]:
    for stage, files in stages.items():
        write_stage(folder, stage, files)
    return {question.en: answer.en for question, answer in find(read_run(folder, "r"), RECIPE).overview}


def test_the_first_screen_says_what_a_manager_must_know(tmp_path: Path):
    said = overview(
        tmp_path,
        {"tune": training("tune", 20, 3, 2, parameters=7_000_000_000), "evaluate": {"results.json": results()}},
    )
    assert said["What may it be used for?"] == "For a trial in its domain only: general ability was lost."
    assert said["Did it get better?"].startswith("tuned: improved.")
    assert said["Did it get better?"].endswith("Held-out text of the domain: improved.")
    assert said["What did it forget?"].startswith("tuned: lost.")
    assert "model of 7B parameters" in said["What did it cost?"]
    assert "smallest task has n = 38" in said["How sure is this?"]


def test_a_run_that_was_not_evaluated_claims_nothing(tmp_path: Path):
    said = overview(tmp_path, {"tune": training("tune", 20, 3, 2, parameters=7_000_000_000)})
    assert said["What may it be used for?"] == "For study only: its effect was not measured."
    assert said["Did it get better?"] == "Not evaluated, so nothing can be said."


def test_a_stage_that_trained_on_nothing_is_a_red_box_and_good_for_nothing(tmp_path: Path):
    empty = training("tune", 20, 3, 2, tokens={"in": 0, "trained": 0, "masked": 0, "dropped": 0})
    empty["summary.json"]["steps"] = 0
    write_stage(tmp_path, "tune", empty)
    findings = find(read_run(tmp_path, "r"), RECIPE)
    assert [item.severity for item in findings.cautions if item.key == "trained_on_nothing"] == ["high"]
    assert findings.overview[0][1].en.startswith("For nothing")


def test_a_source_that_gave_nothing_is_a_red_box(tmp_path: Path):
    rows = {"name": "leaflets", "license": "CC0-1.0", "rows_in": 3, "rows_train": 0, "rejected": {"no_text": 3}}
    write_stage(tmp_path, "corpus", {"funnel.json": {"sources": [rows], "totals": {}}})
    [found] = [item for item in find(read_run(tmp_path, "r"), RECIPE).cautions if item.key == "empty_source"]
    assert found.severity == "high"
    assert found.items[0].en == "leaflets: 3 rows in, 0 for training"


def test_a_score_that_is_no_number_is_marked_and_never_a_number(tmp_path: Path):
    plain = results()
    task = plain["tasks"][1]
    task["scores"]["tuned"] |= {"not_finite": 4, "degenerate": "4 of 38 items gave NaN or infinity"}
    for metric in task["scores"]["tuned"]["metrics"].values():
        metric |= {"value": None, "low": None, "high": None}
    for comparison in task["comparisons"]:
        if comparison["model"] == "tuned":
            comparison |= dict.fromkeys(
                ("difference", "low", "high", "p", "p_adjusted", "minimum_detectable", "wins", "losses", "ties")
            )
            comparison["not_comparable"] = "not finite"
    write_stage(tmp_path, "evaluate", {"results.json": plain})
    write_report(config(), tmp_path / "report", run=tmp_path, recipe=RECIPE)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    table = page[page.index('id="task-cma_basics"') :]
    row = table[table.index("tuned</th>") : table.index("</table>")]
    assert "NaN" in row
    assert not re.search(r"\d\.\d", row[: row.index("</tr>")])


def test_records_of_which_none_was_kept_for_validation_are_told(tmp_path: Path):
    def told(kept: int, recipe: dict[str, Any]) -> list[str]:
        counts = {"files": 1, "rows_in": 12, "rows_train": 12 - kept, "rows_validation": kept}
        counts |= {"rejected": {}, "personal_data": {}}
        rows = counts | {"name": "faq", "kind": "harvest", "license": "CC0-1.0"}
        run = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        totals = counts | {"licenses": {"CC0-1.0": 12}, "release": ""}
        write_stage(run, "instruct", {"funnel.json": {"sources": [rows], "pages": [], "totals": totals}})
        found = find(read_run(run, "r"), recipe).cautions
        return [item.items[0].en for item in found if item.key == "no_validation"]

    assert told(0, {"instruct": {"validation_share": 0.2}})[0].startswith(
        "instruct: 0 of 12 although validation_share is 0.2"
    )
    assert told(0, {"instruct": {"harvest": []}})[0].startswith("instruct: 0 of 12 although validation_share is 0.15")
    assert told(0, {"instruct": {"validation_share": 0}}) == []
    assert told(2, {"instruct": {"validation_share": 0.2}}) == []
