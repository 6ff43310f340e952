"""The words of the verdict box."""

from typing import Any

import pytest

from report.report_fixture import results, task
from tekio.artifacts.model import parse, parse_artifact
from tekio.artifacts.results import GeneralLoss, Results, TaskResult, label_order
from tekio.report.verdict import Question, best_constant, joined, questions, with_loss


def asked(found: Results) -> list[Question]:
    return questions(found, label_order(found))


def ask(changed: dict[str, Any], key: str) -> dict[str, str]:
    """Model -> verdict of one question."""
    found = next(item for item in asked(parse_artifact(Results, changed)) if item.key == key)
    return {finding.model: finding.verdict for finding in found.findings}


@pytest.mark.parametrize(
    ("verdicts", "word"),
    [
        ([], "not measured"),
        (["cannot tell"], "cannot tell"),
        (["improved", "cannot tell"], "improved"),
        (["worse", "cannot tell"], "worse"),
        (["improved", "worse"], "mixed"),
    ],
)
def test_one_word_for_several_tasks(verdicts: list[str], word: str):
    assert joined(verdicts) == word


def test_general_tasks_do_not_count_as_domain_tasks():
    changed: dict[str, Any] = results()
    changed["tasks"] = [item for item in changed["tasks"] if item["group"] == "general"]
    assert ask(changed, "domain") == {"pretrained": "not measured", "tuned": "not measured"}
    assert ask(changed, "text") == {"pretrained": "not measured", "tuned": "not measured"}


def test_an_improvement_to_a_degenerate_score_is_none():
    changed: dict[str, Any] = results()
    assert ask(changed, "domain")["tuned"] == "improved"
    changed["tasks"][0]["scores"]["tuned"]["degenerate"] = "always the first option"
    assert ask(changed, "domain")["tuned"] == "cannot tell"


@pytest.mark.parametrize(
    ("unit", "rises", "english", "japanese"),
    [
        ("points", True, "loss −2.5 [−3.3, −1.8] points", "変化 +2.5 [+1.8, +3.3] ポイント"),
        ("per cent", False, "loss −2.5 [−3.3, −1.8] %", "変化 −2.5 [−3.3, −1.8] %"),
    ],
)
def test_a_change_has_the_sign_of_the_scores_beside_it(unit: str, rises: bool, english: str, japanese: str):
    """Beside 9.425 → 9.190 bits a change of +2.5 % would be untrue."""
    detail = asked(parse_artifact(Results, results()))[1].findings[1].details[0]
    given = {"task": "x", "loss": -2.5, "low": -3.3, "high": -1.8, "p_adjusted": None, "minimum_detectable": None}
    loss = parse(GeneralLoss, {**given, "unit": unit, "verdict": "kept"})
    words = with_loss(detail, loss, rises=rises).loss
    assert words is not None
    assert (words.en, words.ja) == (english, japanese)


def test_the_evaluations_forgetting_verdict_is_taken_over():
    changed: dict[str, Any] = results()
    assert ask(changed, "forgetting") == {"pretrained": "undecided", "tuned": "lost"}
    tuned = asked(parse_artifact(Results, changed))[1].findings[1]
    assert tuned.details[0].loss is not None
    assert tuned.details[0].loss.en == "loss +3.3 [+1.3, +5.4] points"
    assert tuned.details[1].loss is None
    changed["forgetting"] = None
    assert ask(changed, "forgetting") == {"pretrained": "cannot tell", "tuned": "worse"}


def test_the_box_speaks_of_every_model_but_the_reference_in_order():
    changed: dict[str, Any] = results()
    assert list(ask(changed, "text")) == ["pretrained", "tuned"]
    changed["reference"] = "tuned"
    for item in changed["tasks"]:
        item["comparisons"] = []
    assert list(ask(changed, "text")) == ["base", "pretrained"]


def test_with_many_tasks_the_box_spells_out_the_clear_ones_and_names_the_others():
    changed: dict[str, Any] = results()
    unsure = {"pretrained": "cannot tell", "tuned": "cannot tell"}
    changed["tasks"] += [
        task(f"exam-{n}", "finance", 90, {"base": 0.2, "pretrained": 0.2, "tuned": 0.2}, unsure) for n in range(6)
    ]
    pretrained, tuned = asked(parse_artifact(Results, changed))[0].findings
    assert [item.task.en for item in tuned.shown] == ["chabsa"]
    ((words, names),) = tuned.named
    assert words.en == "cannot tell"
    assert [name.en for name in names] == ["cma_basics", "fp2", *(f"exam-{n}" for n in range(6))]
    assert len(pretrained.shown) == 4
    assert len(pretrained.details) == 9


def test_the_best_constant_is_the_one_that_is_hardest_to_beat():
    item: dict[str, Any] = task("t", "finance", 10, {"base": 0.5}, {}, constant=0.3)
    item["baselines"]["constant:2"] = {"acc": 0.4}
    found = parse(TaskResult, item, older=True)
    assert best_constant(found) == ("constant:2", 0.4)


def test_gain_over_a_constant_reference_is_marked():
    found = asked(parse_artifact(Results, results()))[0].findings[1].details[0]
    assert found.remark is not None
    assert "constant answer" in found.remark.en


def test_with_several_domains_the_sentence_names_them_all():
    def text(name: str, before: float, after: float, verdict: str) -> dict[str, Any]:
        more: dict[str, Any] = {"kind": "perplexity", "headline": "bits_per_character"}
        return task(f"perplexity:{name}", name, 45, {"base": before, "tuned": after}, {"tuned": verdict}, **more)

    tasks = [text("english", 5.1, 5.3, "cannot tell"), text("finance", 12.2, 10.1, "improved")]
    found = parse_artifact(Results, {**results(), "tasks": tasks})
    [question] = [item for item in asked(found) if item.key == "text"]
    sentence = question.findings[-1].sentence.en
    assert "english 5.100 → 5.300" in sentence
    assert "finance 12.200 → 10.100" in sentence
