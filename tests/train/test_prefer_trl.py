"""Losses, gradient norms and rewards of `prefer` are those of TRL's DPOTrainer, for an adapter and for all weights.

TRL lives in an environment of its own: `TEKIO_TRL` names its Python. Last run: 2026-11-28, TRL 1.16.0, transformers 5.23.0.
"""

# pyright: standard

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tekio.instruct.preferences.pair import read_pairs
from tekio.model.load import adapter_info, load_tokenizer
from tekio.recipe.train import OptimizerConfig
from tekio.store import read_json
from tekio.train.prefer import pair_examples
from train.test_prefer import WIDTH, learned, rows_of_an_epoch, tuned_models

PYTHON = os.environ.get("TEKIO_TRL", "")


@pytest.mark.heavy
@pytest.mark.skipif(not PYTHON, reason="TEKIO_TRL names no Python with trl")
@pytest.mark.parametrize("tuned", ["tune", "full"])
def test_every_step_is_trl_s(tmp_path: Path, tuned: str):
    tuned_models(tmp_path)
    optimizer = OptimizerConfig(learning_rate=1e-3, schedule="constant", clip_norm=1.0)
    options: dict[str, Any] = {"beta": 0.1, "optimizer": optimizer}
    options["batch_rows"] = rows_of_an_epoch(tmp_path, tmp_path / "rows")
    ours = learned(tmp_path, tmp_path / "prefer", tuned=tuned, epochs=5, max_steps=5, **options)[1:]
    folder = tmp_path / tuned / ("model" if tuned == "full" else "adapter")
    pairs = pair_examples(
        load_tokenizer(folder), read_pairs(tmp_path / "prefer/train.jsonl"), template="alpaca-japanese"
    )
    fitting = [both for both in pairs if sum(len(one.ids) for one in both) <= WIDTH]
    assert len(fitting) == read_json(tmp_path / "prefer/summary.json")["preference"]["pairs"]
    given = {
        "pairs": [trl_row(*both) for both in fitting],
        "batch": len(fitting),
        "steps": 5,
        "beta": 0.1,
        "learning_rate": 1e-3,
        "max_grad_norm": 1.0,
    }
    (tmp_path / "pairs.json").write_text(json.dumps(given))
    info = adapter_info(folder)
    script = Path(__file__).with_name("dpo_of_trl.py")
    words = [PYTHON, str(script), str(folder), str(info.base) if info else "", "pairs.json", "out.json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    theirs = json.loads((tmp_path / "out.json").read_text())
    assert len(theirs) == len(ours) == 5
    for one, other in zip(ours, theirs, strict=True):
        figures = one["pairs"]
        assert one["loss"] == pytest.approx(float(other["loss"]), abs=1e-5)
        assert one["gradient_norm"] == pytest.approx(float(other["grad_norm"]), rel=1e-3)
        for name, theirs_name in (("chosen", "chosen"), ("rejected", "rejected"), ("margin", "margins")):
            assert figures[name] == pytest.approx(float(other[f"rewards/{theirs_name}"]), abs=1e-5)
        if one["step"] > 1:  # at first all margins are 0, and which side of it is rounding's
            assert figures["accuracy"] == pytest.approx(float(other["rewards/accuracies"]), abs=1e-6)


def trl_row(chosen: Any, rejected: Any) -> dict[str, list[int]]:
    """A pair as TRL's collator takes it: what both begin with as the prompt."""
    begin = list(chosen.learned).index(True)
    assert begin == list(rejected.learned).index(True)
    assert list(chosen.ids[:begin]) == list(rejected.ids[:begin])
    return {
        "prompt_ids": list(chosen.ids[:begin]),
        "chosen_ids": list(chosen.ids[begin:]),
        "rejected_ids": list(rejected.ids[begin:]),
    }
