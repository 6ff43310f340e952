"""Several runs: the same items are compared with a test, others are refused with the reason; recipes differ key by key."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest, permutation_test

from report.report_fixture import full_run, item_files, results, write_stage
from tekio.cli import main
from tekio.errors import UsageError
from tekio.report.several import comparison_lines, write_several
from tekio.report.several.paired import pairings
from tekio.report.several.recipes import meaning_of, recipe_differences
from tekio.report.several.scores import open_scores, score_rows
from tekio.store import read_json, verify_folder


def texts(shift: float) -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    rows = zip(rng.uniform(100, 300, 40), rng.integers(50, 200, 40), rng.normal(0, 8, 40), strict=True)
    return [
        {
            "item": f"d{at}",
            "prompt": f"文書{at}",
            "prompt_sha256": f"{at:064x}",
            "nats": nats + shift + (noise if shift else 0),
            "characters": int(size),
        }
        for at, (nats, size, noise) in enumerate(rows)
    ]


def run_of(folder, *, shift=0.0, change=None, right=()):
    """A run; `right`: items of fp2 that its tuned model has right besides those of the fixture."""
    full_run(folder, without=("evaluate", "compare"))
    files = item_files()
    for at in right:
        files["items/tuned/fp2.default.jsonl"][at]["correct"] = True
    found = results()
    if change:
        change(found, files)
    for task in found["tasks"]:
        if task["kind"] == "perplexity":
            for label in ("base", "tuned"):
                files[f"items/{label}/{task['task'].replace(':', '-')}.default.jsonl"] = texts(
                    shift if label == "tuned" else 0.0
                )
    write_stage(folder, "evaluate", {"results.json": found, **files})
    return folder


def differences(*folders):
    return {
        (item.task, item.label): item for item in pairings([open_scores(folder.name, folder) for folder in folders])
    }


def test_items_that_are_right_or_wrong_are_compared_by_mcnemar(tmp_path):
    def wrong(found, files):
        for at in (0, 3, 5, 6, 7, 8):
            files["items/tuned/fp2.default.jsonl"][at]["correct"] = False

    found = differences(run_of(tmp_path / "a", change=wrong), run_of(tmp_path / "b", right=(2,)))[("fp2", "tuned")]
    assert (found.wins, found.losses, found.n) == (7, 0, 10)
    assert found.difference == pytest.approx(0.7)
    assert found.p == pytest.approx(binomtest(0, 7, 0.5).pvalue)


def test_texts_are_compared_text_by_text_in_bits_per_character(tmp_path):
    found = differences(run_of(tmp_path / "a"), run_of(tmp_path / "b", shift=-4.0))[("perplexity:finance", "tuned")]
    before, after = texts(0.0), texts(-4.0)
    bits = [
        sum(row["nats"] for row in rows) / sum(row["characters"] for row in rows) / math.log(2)
        for rows in (after, before)
    ]
    assert found.difference == pytest.approx(bits[0] - bits[1])
    size = np.array([row["characters"] for row in before])
    reference = permutation_test(
        (np.array([row["nats"] for row in after]), np.array([row["nats"] for row in before])),
        lambda a, b: (a.sum() - b.sum()) / size.sum(),
        permutation_type="samples",
        n_resamples=4000,
        rng=np.random.default_rng(3),
    )
    assert found.p == pytest.approx(reference.pvalue, abs=0.02)
    assert found.low is not None
    assert found.high is not None
    assert found.difference is not None
    assert found.low < found.difference < found.high


def test_equal_runs_cannot_be_told_apart(tmp_path):
    for item in differences(run_of(tmp_path / "a"), run_of(tmp_path / "b")).values():
        assert item.why_not is not None or (item.difference == 0 and item.verdict == "cannot tell")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("protocol", "other", "protocol"),
        ("template", "0.1", "template"),
        ("shots", 3, "examples"),
        ("demonstrations", "pool", "come from"),
    ],
)
def test_what_was_asked_otherwise_is_not_compared(tmp_path, name, value, told):
    def change(found, files):
        for task in found["tasks"]:
            task[name] = value

    for item in differences(run_of(tmp_path / "a"), run_of(tmp_path / "b", change=change)).values():
        assert item.p is None
        assert item.why_not is not None
        assert told in item.why_not.en


def test_other_prompts_and_other_items_are_counted(tmp_path):
    def prompts(found, files):
        for row in files["items/tuned/fp2.default.jsonl"][:3]:
            row["prompt_sha256"] = "1" * 64

    def fewer(found, files):
        del files["items/tuned/fp2.default.jsonl"][8:]

    reference = run_of(tmp_path / "a")
    for number, (change, told) in enumerate(((prompts, "3 of 10"), (fewer, "2 of 10"))):
        found = differences(reference, run_of(tmp_path / f"b{number}", change=change))[("fp2", "tuned")]
        assert found.p is None
        assert found.why_not is not None
        assert told in found.why_not.en


def test_p_values_are_corrected_over_the_page(tmp_path):
    found = differences(run_of(tmp_path / "a"), run_of(tmp_path / "b", shift=-4.0))
    known = sorted(item.p for item in found.values() if item.p is not None)
    lowest = min((item for item in found.values() if item.p is not None), key=lambda item: item.p or 0)
    assert lowest.p_adjusted == pytest.approx(min(1.0, known[0] * len(known)))


def test_scores_of_every_run_stand_in_one_row(tmp_path):
    runs = [open_scores(name, run_of(tmp_path / name)) for name in ("a", "b")]
    rows = {(row.task, row.label): row for row in score_rows(runs)}
    assert [value.value for value in rows["chabsa", "tuned"].values if value] == [0.612, 0.612]


def test_recipes_differ_key_by_key():
    recipes: list[dict[str, Any]] = [
        {
            "name": name,
            "corpus": {"sources": [{"name": one, "limit": None} for one in sources]},
            "pretrain": {"optimizer": {"learning_rate": rate}},
        }
        for name, rate, sources in (("a", 1e-4, ["x", "y"]), ("b", 2e-4, ["x"]))
    ]
    found = {item.key: item for item in recipe_differences(recipes)}
    assert found["pretrain.optimizer.learning_rate"].values == ["0.0001", "0.0002"]
    assert found["corpus.sources[y].limit"].values == ["null", "–"]
    assert "name" not in found
    assert "corpus.sources[x].limit" not in found
    assert meaning_of("pretrain.sequence_length")
    assert meaning_of("no.such.key") == ""


def test_the_command_writes_a_page_that_runs_nothing(tmp_path, capsys):
    a, b = run_of(tmp_path / "a"), run_of(tmp_path / "b", shift=-4.0)
    out = tmp_path / "out"
    assert main(["report", str(a), str(b), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "perplexity:finance, tuned, b: " in printed
    page = (out / "compared.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert verify_folder(out) == []
    numbers = read_json(out / "compared.json")
    assert numbers["runs"] == ["a", "b"]
    assert len(comparison_lines(out)) == len(numbers["differences"])


def test_a_run_twice_or_no_place_to_write_is_refused(tmp_path, capsys):
    a, b = run_of(tmp_path / "a"), run_of(tmp_path / "b")
    for out in (a, a / "x", tmp_path):
        with pytest.raises(UsageError):
            write_several([a, b], out, recipes=[None, None], first="en")
    with pytest.raises(UsageError, match="twice"):
        write_several([a, a], tmp_path / "out", recipes=[None, None], first="en")
    assert main(["report", str(a), str(b)]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_damaged_file_is_named_on_the_page_and_the_terminal(tmp_path, capsys):
    a, b = run_of(tmp_path / "a"), run_of(tmp_path / "b")
    (b / "evaluate" / "results.json").write_text("{", encoding="utf-8")
    assert main(["report", str(a), str(b), "--out", str(tmp_path / "out")]) == 0
    assert "b: evaluate/results.json could not be read" in capsys.readouterr().out
    assert "results.json could not be read" in (tmp_path / "out" / "compared.html").read_text(encoding="utf-8")


def test_the_headline_metric_is_tested_where_the_items_give_it_again(tmp_path):
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(11)
    gold = rng.integers(0, 2, 40)
    taken = {"a": np.where(rng.random(40) < 0.5, gold, 1 - gold), "b": np.where(rng.random(40) < 0.95, gold, 1 - gold)}

    def change_to(name):
        def change(found, files):
            [task] = [task for task in found["tasks"] if task["task"] == "fp2"]
            value = float(f1_score(gold, taken[name], average="macro"))
            task |= {"headline": "macro_f1", "n": 40}
            task["scores"]["tuned"]["metrics"]["macro_f1"] = task["scores"]["tuned"]["metrics"]["acc"] | {
                "value": value
            }
            files["items/tuned/fp2.default.jsonl"] = [
                {"item": str(at), "prompt": "", "prompt_sha256": f"{at:064x}", "choices": ["上", "下"], "gold": int(right),
                 "prediction": int(own), "correct": bool(right == own)}
                for at, (right, own) in enumerate(zip(gold, taken[name], strict=True))
            ]  # fmt: skip

        return change

    found = differences(run_of(tmp_path / "a", change=change_to("a")), run_of(tmp_path / "b", change=change_to("b")))
    pair = found["fp2", "tuned"]
    scores = {name: f1_score(gold, own, average="macro") for name, own in taken.items()}
    assert pair.measure == "macro_f1"
    assert pair.difference == pytest.approx(scores["b"] - scores["a"])
    swapped = permutation_test(
        (taken["b"], taken["a"]), lambda b, a: f1_score(gold, b, average="macro") - f1_score(gold, a, average="macro"),
        permutation_type="samples", n_resamples=400, vectorized=False, rng=3,
    )  # fmt: skip
    assert pair.p == pytest.approx(swapped.pvalue, abs=0.03)
    assert pair.verdict == "improved"
