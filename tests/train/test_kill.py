"""Killed at any moment and repeated, a training run gives the same loss curve and the same weights, bit for bit."""

# pyright: standard

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tekio.store import files_below

TESTS = Path(__file__).parents[1]
ADAPTER = "adapter/adapter_model.safetensors"
WEIGHTS = {"pretrain": "model/model.safetensors", "tune": ADAPTER, "prefer": ADAPTER}


def series(root: Path, mode: str, stages: str, *, seed: int = 1) -> dict[str, list[str]]:
    """What `killing.py` did: how every attempt of every series ended."""
    environment = os.environ | {"PYTHONPATH": f"{TESTS.parent / 'src'}{os.pathsep}{TESTS}", "OMP_NUM_THREADS": "1"}
    words = [sys.executable, str(TESTS / "train" / "killing.py"), str(root), mode, str(seed), stages]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    ends = json.loads(done.stdout.splitlines()[-1])
    assert all("failed" not in found for found in ends.values()), done.stderr[-3000:]
    return ends


def assert_as_if_undisturbed(root: Path, ends: dict[str, list[str]]) -> int:
    """Every series ended with the bytes of the reference. Returns how many kills there were."""
    kills = 0
    for name, found in ends.items():
        if name == "reference":
            continue
        stage = name.rsplit("-", 1)[1]
        assert found[-1] == "done"
        kills += found.count("killed")
        place = root / name / stage
        assert (place / WEIGHTS[stage]).read_bytes() == (root / stage / WEIGHTS[stage]).read_bytes(), name
        assert written(place) == written(root / stage), name
        assert not place.with_name(stage + ".partial").exists()
    return kills


def written(stage: Path) -> dict[str, bytes]:
    """Every file of a finished stage but the clocks, and but the adapter's path to its base, which lies elsewhere here."""
    apart = {"manifest.json", "timing.jsonl", "adapter_config.json"}
    return {str(path.relative_to(stage)): path.read_bytes() for path in files_below(stage) if path.name not in apart}


def test_a_run_killed_at_every_place_in_turn_and_at_random_ends_as_if_undisturbed(tmp_path: Path):
    """Before each step, with half a checkpoint on the disk, around its rename, within validation, while saving, ..."""
    ends = series(tmp_path, "chain", "pretrain,tune")
    assert assert_as_if_undisturbed(tmp_path, ends) >= 2 * 20


@pytest.mark.heavy
def test_preference_tuning_killed_at_every_place_in_turn_ends_as_if_undisturbed(tmp_path: Path):
    """Also before and after its pairs are written, and while the reference's log-likelihoods are."""
    ends = series(tmp_path, "chain", "prefer")
    assert assert_as_if_undisturbed(tmp_path, ends) >= 24


@pytest.mark.heavy
@pytest.mark.parametrize("seed", [1, 2])
def test_one_kill_at_each_place_and_many_at_random_times(tmp_path: Path, seed: int):
    ends = series(tmp_path, "apart", "pretrain,tune", seed=seed)
    assert assert_as_if_undisturbed(tmp_path, ends) >= 2 * 20


@pytest.mark.heavy
def test_preference_tuning_with_one_kill_at_each_place_and_many_at_random_times(tmp_path: Path):
    ends = series(tmp_path, "apart", "prefer")
    assert assert_as_if_undisturbed(tmp_path, ends) >= 24
