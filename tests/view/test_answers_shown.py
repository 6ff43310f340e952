"""What stands beside each other is told in the same words, and a folder without a stage is no run."""

from pathlib import Path

import pytest

from tekio.artifacts.results import ScoredItem
from tekio.cli import main
from tekio.errors import TekioError
from tekio.report.flips import choice_of, gold_of
from tekio.run_folder import require_stage


def item(gold: int | list[str], gold_text: str | None = None, choices: list[str] | None = None) -> ScoredItem:
    """An item of which only these are known."""
    empty = dict.fromkeys(ScoredItem.model_fields)
    return ScoredItem.model_construct(
        _fields_set=None, **{**empty, "gold": gold, "gold_text": gold_text, "choices": choices}
    )


def test_the_right_choice_is_told_as_the_chosen_one_is():
    row = item(choices=["良い", "悪い"], gold=0, gold_text="positive")
    assert gold_of(row) == choice_of(row, 0) == "良い"


def test_a_right_answer_that_is_no_choice_and_one_in_words_are_told_as_they_are():
    assert gold_of(item(choices=["良い", "悪い"], gold=-1, gold_text="neutral")) == "neutral"
    assert gold_of(item(gold=["1,234円", "1234円"])) == "1,234円 / 1234円"


def test_a_folder_without_a_finished_stage_is_refused_by_report_and_view(tmp_path: Path, capsys):
    (tmp_path / "answers.jsonl").write_text("{}\n")
    for verb in ("report", "view"):
        assert main(["--lang", "ja", verb, str(tmp_path)]) == 1
        assert "完了した段階がありません" in capsys.readouterr().err
    assert [entry.name for entry in tmp_path.iterdir()] == ["answers.jsonl"]
    (tmp_path / "compare").mkdir()
    with pytest.raises(TekioError):
        require_stage(tmp_path)
    (tmp_path / "compare" / "manifest.json").write_text("{}")
    require_stage(tmp_path)
