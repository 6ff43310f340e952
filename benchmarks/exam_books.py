"""What passages before the questions cost: an exam scored closed book, and closed and open book, for two models of a run.

    python benchmarks/exam_books.py RUN [--passages 1 3] [--template options]

RUN: a finished run folder with `corpus`, `exam`, `base` and `pretrain` (for example of recipes/study-small.yaml). Each way in a process of its own, so that
all pay for the start; seconds of wall clock and of CPU, and the ratio to closed book alone.
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

WAY = """
import sys
from pathlib import Path
from tekio.evaluate import evaluate
from tekio.recipe.evaluate import AskExamConfig, EvaluateConfig, PerplexityConfig
from tekio.recipe.exam import RetrieveConfig
run, out, template, passages = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
retrieve = RetrieveConfig(passages=passages) if passages else None
exam = AskExamConfig(template=template, retrieve=retrieve, oracle=False)
config = EvaluateConfig(exam=exam, perplexity=PerplexityConfig(held_out=False), contamination=False)
models = {"base": run / "base" / "model", "pretrained": run / "pretrain" / "model"}
evaluate(config, out, models=models, corpus=run / "corpus", seed=17, exam=run / "exam")
"""


def seconds(run: Path, template: str, passages: int) -> tuple[float, float]:
    """Wall clock and CPU seconds of one evaluation."""
    with tempfile.TemporaryDirectory() as folder:
        started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        words = [sys.executable, "-c", WAY, str(run), f"{folder}/out", template, str(passages)]
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL, env=os.environ)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return time.monotonic() - started, cpu


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--template", default="options")
    given = parser.parse_args()
    run = given.run.resolve()
    closed = seconds(run, given.template, 0)
    print(f"closed book, two models: {closed[0]:.1f} s wall, {closed[1]:.1f} s CPU")
    for passages in given.passages:
        both = seconds(run, given.template, passages)
        print(
            f"closed and retrieved, {passages} passages: {both[0]:.1f} s wall, {both[1]:.1f} s CPU; "
            f"{both[0] / closed[0]:.2f}x wall, {both[1] / closed[1]:.2f}x CPU of closed alone"
        )


if __name__ == "__main__":
    main()
