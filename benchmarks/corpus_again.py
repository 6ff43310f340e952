"""What it costs to decide again: a corpus built, then rebuilt with other thresholds, and input hashes remembered or not.

    python benchmarks/corpus_again.py [--megabytes 200]

CPU seconds of one process each (start-up included), through the command line as a user calls it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

RECIPE = """
name: again
engine: {{workers: 1}}
corpus:
  sources:
    - {{name: ja, path: ja.jsonl, license: CC0-1.0, reader: jsonl}}
  shard_bytes: 32000000
{more}
"""


def tekio(*words: str) -> float:
    """CPU seconds of one call."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"PYTHONPATH": str(HERE.parent / "src"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-m", "tekio", *words], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    from corpus_data import make

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tekio-again-") as name:
        folder = Path(name)
        print(make(folder / "ja.jsonl", given.megabytes))
        time.sleep(2.5)  # a file younger than two seconds is never trusted
        recipes = {
            "as first": "",
            "other filter thresholds": "  filters: {limits: {letters: [200, null]}}",
            "other keep rule": "  duplicates: {keep: longest}",
            "other near-duplicate threshold": "  duplicates: {threshold: 0.7}",
        }
        for number, (label, more) in enumerate(recipes.items()):
            path = folder / f"{number}.yaml"
            path.write_text(RECIPE.format(more=more), encoding="utf-8")
            seconds = tekio("run", str(path), "--only", "corpus", "--out", str(folder / "run"))
            print(f"{label:40} {seconds:7.2f} CPU s", flush=True)
        last = str(folder / f"{len(recipes) - 1}.yaml")
        for label, words in (("nothing changed", ()), ("nothing changed, --rehash", ("--rehash",))):
            seconds = tekio("run", last, "--only", "corpus", "--out", str(folder / "run"), *words)
            print(f"{label:40} {seconds:7.2f} CPU s", flush=True)


if __name__ == "__main__":
    main()
