"""What an evaluation can show is known before it runs."""

from pathlib import Path

import numpy as np
import pytest

from tekio.cli import main
from tekio.errors import UsageError
from tekio.evaluate.plan_size import DIFFERENCES, PlannedTask, plan_size, planned_tasks
from tekio.statistics.corrections import holm
from tekio.statistics.paired_tests import mcnemar_exact


def test_sizes_come_from_the_task_file_or_the_command_line(tmp_path: Path):
    found = planned_tasks(["cma_basics", "own=120", "500"], base=tmp_path)
    assert [(task.name, task.items) for task in found] == [("cma_basics", 38), ("own", 120), ("500 items", 500)]
    with pytest.raises(UsageError, match="How many items"):
        planned_tasks(["marc_ja"], base=tmp_path)


def test_the_planned_difference_is_seen_four_times_of_five_among_the_comparisons():
    """The others show nothing, so Holm asks its strictest level of this one."""
    [planned] = plan_size([PlannedTask("exam", 400)], differing=0.2, comparisons=5)
    assert planned.corrected is not None
    assert planned.alone is not None
    assert planned.corrected > planned.alone
    effect, rng = planned.corrected, np.random.default_rng(3)
    wins, losses, _ = rng.multinomial(400, [(0.2 + effect) / 2, (0.2 - effect) / 2, 0.8], size=1000).T
    p_values = [mcnemar_exact(int(more), int(less)) for more, less in zip(wins, losses, strict=True)]
    seen = sum((holm([p, 1.0, 1.0, 1.0, 1.0])[0] or 0) <= 0.05 for p in p_values)
    assert seen / 1000 == pytest.approx(0.8, abs=0.04)


def test_power_grows_with_the_difference_and_one_item_shows_nothing():
    [some, one] = plan_size([PlannedTask("a", 200), PlannedTask("b", 1)], differing=0.2, comparisons=1)
    assert list(some.power) == sorted(some.power)
    assert len(some.power) == len(DIFFERENCES)
    assert (one.alone, one.corrected, set(one.power)) == (None, None, {0.0})


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_verb_prints_a_table_and_a_curve(capsys: pytest.CaptureFixture[str], language: str):
    assert main(["--lang", language, "plan-size", "cma_basics", "fp2", "--agreement", "0.8", "--models", "2"]) == 0
    printed = capsys.readouterr().out
    assert "cma_basics" in printed
    assert "475" in printed
    assert "####" in printed
    assert ("of 4" if language == "en" else "4 比較") in printed


def test_an_agreement_that_is_no_share_is_refused(capsys: pytest.CaptureFixture[str]):
    assert main(["plan-size", "100", "--agreement", "80"]) == 2
    assert "0 to 1" in capsys.readouterr().err
