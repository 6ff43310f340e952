"""The public board: its averages, its rule, what is wrong with its files, and a place for a model of ours."""

import json
from pathlib import Path

import pytest

from realdata import need_real_data
from tekio.artifacts.model import parse_artifact
from tekio.artifacts.results import Results
from tekio.errors import TekioError, UsageError
from tekio.evaluate.results import leaderboard
from tekio.evaluate.results.degenerate import baselines
from tekio.evaluate.results.leaderboard import (
    ITEMS,
    TASKS,
    Board,
    average_error,
    board_lines,
    board_named,
    board_part,
    board_with,
    constant_answer,
    honest_table,
    own_run,
    public_average,
    public_table,
    read_board,
    with_own,
)
from tekio.evaluate.tasks import load_task

# README of the public board: Ave., the five tasks, the winning template
LEADERBOARD = {
    "pfnet/nekomata-14b-pfn-qfin": (52.74, 88.87, 47.37, 25.13, 39.16, 63.16, "0.2.1"),
    "rinna/nekomata-14b": (50.46, 85.88, 63.16, 20.60, 31.79, 50.88, "0.1.2"),
    "llm-jp/llm-jp-1.3b-v1.0": (36.81, 57.66, 31.58, 18.34, 27.37, 49.12, "0.1"),
    "line-corporation/japanese-large-lm-1.7b": (32.10, 46.77, 34.21, 13.82, 23.58, 42.11, "0.4"),
    "line-corporation/japanese-large-lm-3.6b": (29.54, 35.95, 26.32, 14.07, 24.00, 47.37, "0.1"),
}
DEFAULTS = {"pfnet/nekomata-14b-pfn-qfin": 50.15, "rinna/nekomata-14b": 45.21}


@pytest.fixture(scope="module")
def board() -> Board:
    return read_board(need_real_data("fin-harness", "published"))


@pytest.mark.real
@pytest.mark.parametrize("model", list(LEADERBOARD))
def test_the_public_rule_gives_the_published_rows(board, model):
    row = next(row for row in public_table(board) if row.model == model)
    average, *scores, template = LEADERBOARD[model]
    assert round(row.average, 2) == average
    assert [round(row.scores[task], 2) for task in TASKS] == scores
    assert row.template == template


@pytest.mark.real
@pytest.mark.parametrize("model", list(DEFAULTS))
def test_the_default_template_gives_the_published_averages(board, model):
    assert public_average(board.templates(model)["default"].scores) == pytest.approx(DEFAULTS[model], abs=0.006)


@pytest.mark.real
def test_files_of_a_broken_model_are_recognised(board):
    run = board.templates("line-corporation/japanese-large-lm-3.6b")["default"]
    assert run.degenerate == set(TASKS)
    assert "cma_basics: all choices tied or NaN" in [remark.en for remark in run.remarks]
    honest = board.templates("pfnet/nekomata-14b-pfn-qfin")["default"]
    assert honest.degenerate == frozenset()
    assert len(board.runs) == 54


@pytest.mark.real
def test_the_constants_are_those_of_the_data():
    for task in TASKS:
        data = need_real_data("chabsa" if task == "chabsa" else "fin-harness")
        built = load_task(task, base=Path()).build(
            data, template="default", protocol="fin-harness-2024", shots=0, limit=None, seed=1
        )
        found = baselines(built)
        assert built.n == ITEMS[task]
        if task == "chabsa":
            for label, value in leaderboard.CHABSA_CONSTANT.items():
                assert found[f"constant:{label}"]["f1"] == pytest.approx(value, abs=1e-12)
        else:
            accuracy = found["constant:A"]["acc"]
            assert accuracy is not None
            assert accuracy * ITEMS[task] == pytest.approx(leaderboard.FIRST_RIGHT[task])
            assert found["tied"]["map"] == pytest.approx(leaderboard.TIED_MAP[task], abs=1e-12)


@pytest.mark.real
def test_the_honest_table_says_how_little_the_order_means(board):
    rows = honest_table(board)
    best, second = rows[0], rows[1]
    assert (best.model, second.model) == ("pfnet/nekomata-14b-pfn-qfin", "rinna/nekomata-14b")
    assert best.ranks == (1, 2)  # the finance model's lead over its base is within the interval
    assert best.low is not None
    assert second.high is not None
    assert best.low < second.high
    errors = board.templates("rinna/nekomata-14b")["default"].metrics
    expected = sum(errors[task]["acc_stderr"] ** 2 for task in TASKS) ** 0.5 / 5 * 100
    assert average_error(errors) == pytest.approx(expected, rel=1e-6)


def write_result(folder: Path, scores: dict[str, float], *, template="default", model="acme/one", ran="acme/one"):
    results = {}
    for task, value in scores.items():
        name = task if template == "default" else f"{task}-{template}"
        results[name] = {("f1,none" if task == "chabsa" else "acc,none"): value, "alias": task}
    content = {"results": results, "config": {"model": "hf", "model_args": f"pretrained={ran},dtype=bf16"}}
    path = folder / model / f"result-{template}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def test_a_score_of_zero_vanishes_from_the_public_average_but_not_from_the_honest_one(tmp_path):
    write_result(tmp_path, dict.fromkeys(TASKS, 0.5) | {"fp2": 0.0})
    board = read_board(tmp_path)
    assert public_table(board)[0].average == 50
    assert honest_table(board)[0].average == 40


def test_the_template_is_chosen_by_a_strictly_better_average(tmp_path):
    write_result(tmp_path, dict.fromkeys(TASKS, 0.4))
    write_result(tmp_path, dict.fromkeys(TASKS, 0.4), template="1.0-0.1")
    write_result(tmp_path, dict.fromkeys(TASKS, 0.45), template="1.0-0.2")
    assert public_table(read_board(tmp_path))[0].template == "0.2"


@pytest.mark.parametrize(
    ("folder", "ran", "differs"),
    [
        ("pfnet/plamo-2.1-prime", "plamo-2.0-prime", True),
        ("acme/base-instruct", "acme/base", True),
        ("anthropic/claude-3-haiku", "claude-3-haiku-20240307", False),
        ("openai/gpt-4o-2024-05-13", "gpt-4o", False),
        ("gemini/gemini-1.5-pro", "gemini-1.5-pro-preview-0409", False),
    ],
)
def test_a_file_under_another_models_name_is_said(tmp_path, folder, ran, differs):
    write_result(tmp_path, dict.fromkeys(TASKS, 0.5), model=folder, ran=ran)
    remarks = [remark.en for remark in read_board(tmp_path).runs[0].remarks]
    assert any(ran in remark for remark in remarks) == differs


def test_unreadable_files_are_listed_and_the_others_read(tmp_path):
    write_result(tmp_path, dict.fromkeys(TASKS, 0.5))
    (tmp_path / "acme" / "one" / "result-broken.json").write_text("{")
    (tmp_path / "acme" / "one" / "result-list.json").write_text("[]")
    (tmp_path / "acme" / "one" / "result-other.json").write_text('{"results": {"mmlu": {"acc,none": 1}}}')
    board = read_board(tmp_path)
    assert len(board.runs) == 1
    assert [name.rsplit("/", 1)[1] for name, _ in board.rejected] == [
        "result-broken.json",
        "result-list.json",
        "result-other.json",
    ]
    assert any("not read: acme/one/result-broken.json" in line for line in board_lines(board, "en"))


def test_no_files_is_an_error(tmp_path):
    with pytest.raises(TekioError, match="no result files"):
        read_board(tmp_path)


def test_constants_of_other_options_are_no_remark():
    assert constant_answer("cma_basics", {"acc": 14 / 38}) is None
    assert constant_answer("cma_basics", {"acc": 10 / 38}) is not None


def own_results(**changes) -> Results:
    entries = []
    for task in TASKS:
        name = "f1" if task == "chabsa" else "acc"
        metrics = {name: {"value": 0.6}, "acc": {"value": 0.6}}
        entry = {"task": task, "n": ITEMS[task], "shots": 0, "protocol": "fin-harness-2024", "template": "default"}
        entry |= {"group": "finance", "kind": "choice", "headline": name, "higher_is_better": True}
        entries.append({**entry, "scores": {"tuned": {"metrics": metrics}}, **changes.get(task, {})})
    plain = {"models": {"tuned": {}}, "tasks": entries, "confidence": 0.95, "reference": "base"}
    return parse_artifact(Results, plain)


def test_a_model_of_ours_takes_its_place(tmp_path):
    write_result(tmp_path, dict.fromkeys(TASKS, 0.5))
    rows = public_table(with_own(read_board(tmp_path), own_results()))
    assert [(row.model, round(row.average)) for row in rows] == [("tuned", 60), ("acme/one", 50)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fp2": {"n": 100}}, "fp2: 100 of 475 items"),
        ({"fp2": {"shots": 3}}, "3 demonstrations"),
        ({"fp2": {"protocol": "plain"}}, "protocol plain"),
        ({"fp2": {"template": "0.1"}}, "templates differ"),
        ({"fp2": {"task": "jnli"}}, "fp2: not evaluated"),
    ],
)
def test_results_that_are_not_comparable_are_refused(changes, said):
    with pytest.raises(TekioError) as caught:
        own_run(own_results(**changes), "tuned")
    assert said in caught.value.explain()


def test_a_board_is_asked_for_by_its_name(tmp_path):
    write_result(tmp_path, dict.fromkeys(TASKS, 0.5))
    assert board_named("published", str(tmp_path)).models == ["acme/one"]
    with pytest.raises(UsageError, match="--against published DIR"):
        board_named("elsewhere", str(tmp_path))


def test_results_that_cannot_stand_on_the_board_are_said_beside_it(tmp_path):
    write_result(tmp_path, dict.fromkeys(TASKS, 0.5))
    board = read_board(tmp_path)
    with_ours = "\n".join(board_with(board, own_results(), "en", template="default"))
    assert "60.00" in with_ours
    assert "Not the same prompts" not in with_ours
    other = own_results(**{task: {"protocol": "fin-harness-2025"} for task in TASKS})
    assert "Not the same prompts" in "\n".join(board_with(board, other, "en", template="default"))
    assert "tuned" in with_ours
    without = "\n".join(board_with(board, own_results(fp2={"n": 100}), "en", template="default"))
    assert "fp2: 100 of 475 items" in without
    assert "acme/one" in without


@pytest.mark.real
def test_the_reports_part_holds_the_top_ours_and_their_neighbours(board):
    middling = {"scores": {"tuned": {"metrics": {"f1": {"value": 0.4}, "acc": {"value": 0.4}}}}}
    found = board_part(board, own_results(**dict.fromkeys(TASKS, middling)))
    assert found.same_protocol
    assert found.refused is None
    assert (found.lift or 0) > 0
    for table in (found.public, found.honest):
        rows = table.rows
        ours = next(row.place for row in rows if row.own)
        assert table.of == found.models + 1
        near = {*range(1, 6), *range(ours - 2, ours + 3)} & {*range(1, table.of + 1)}
        assert [row.place for row in rows] == sorted(near)
    [own] = [row for row in found.honest.rows if row.own]
    assert (own.model, own.average) == ("tuned", pytest.approx(40.0))
    assert own.low is not None
    assert own.high is not None
    assert own.low < 40 < own.high


@pytest.mark.real
def test_the_reports_part_says_what_cannot_be_compared(board):
    found = board_part(board, own_results(fp2={"n": 100}))
    assert "fp2: 100 of 475 items" in (found.refused or "")
    assert not any(row.own for row in found.public.rows)
    other = own_results(**{task: {"protocol": "fin-harness-2025"} for task in TASKS})
    assert not board_part(board, other).same_protocol
