"""Training beside a busy core: threads that spin while they wait, against threads that sleep (Tekio's setting).

    python benchmarks/busy_core.py [--rounds 3] [--epochs 3]

The demo's pre-training through the command line, with two threads, on a quiet machine and with one program that holds a
core; `ACTIVE` and `PASSIVE` in turn. Prints the seconds of each run, their medians, and whether all models are equal to
the bit. Wants a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tekio.demo import lay_out
from tekio.recipe.key_file import DEFAULT_KEY_FILE
from tekio.store import read_manifest

POLICIES = ("ACTIVE", "PASSIVE")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tekio-busy-") as name:
        folder = Path(name)
        prepared = prepare(folder / "prepared", given.epochs)
        models: set[str] = set()
        for busy in (False, True):
            seconds: dict[str, list[float]] = {policy: [] for policy in POLICIES}
            for number in range(given.rounds):
                for policy in POLICIES:
                    target = folder / f"{policy}-{busy}-{number}"
                    shutil.copytree(prepared, target)
                    took, model = pretrain(target, policy, busy=busy)
                    seconds[policy].append(took)
                    models.add(model)
                    shutil.rmtree(target)
            label = "one core busy" if busy else "quiet machine"
            for policy in POLICIES:
                runs = " ".join(f"{value:.1f}" for value in seconds[policy])
                print(f"{label:<14} {policy:<8} {statistics.median(seconds[policy]):7.1f} s  ({runs})", flush=True)
        print(f"models: {'equal to the bit' if len(models) == 1 else f'{len(models)} different ones'}")


def prepare(folder: Path, epochs: int) -> Path:
    """The demo's recipe with its corpus and base ready, so that only pre-training is measured."""
    recipe = lay_out(folder)
    recipe.write_text(re.sub(r"epochs: \d+", f"epochs: {epochs}", recipe.read_text(encoding="utf-8")), encoding="utf-8")
    for stage in ("corpus", "base"):
        subprocess.run(
            [sys.executable, "-m", "tekio", "run", str(recipe), "--only", stage], check=True, capture_output=True
        )
    assert (folder / DEFAULT_KEY_FILE).is_file()
    return folder


def pretrain(folder: Path, policy: str, *, busy: bool) -> tuple[float, str]:
    """Seconds of the training loop, and the hash of the model."""
    environment = os.environ | {"OMP_WAIT_POLICY": policy, "OMP_NUM_THREADS": "2"}
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if busy else None
    try:
        command = [sys.executable, "-m", "tekio", "run", str(folder / "recipe.yaml"), "--only", "pretrain"]
        began = time.monotonic()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        took = time.monotonic() - began
    finally:
        if other is not None:
            other.kill()
            other.wait()
    manifest = read_manifest(folder / "run" / "pretrain")
    assert manifest is not None
    return took, json.dumps([(item.path, item.sha256) for item in manifest.outputs if "safetensors" in item.path])


if __name__ == "__main__":
    main()
