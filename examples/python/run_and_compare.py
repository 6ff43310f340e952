"""Run a recipe from Python and print, for every task, what changed and whether that can be believed.

python examples/python/run_and_compare.py recipe.yaml runs/first
"""

from __future__ import annotations

import sys
from pathlib import Path

from tekio import Results, TekioError, load_recipe, plan, read_results, run


def comparisons(results: Results) -> list[str]:
    """A line for each model and task: the headline metric, the difference to the reference, and the verdict."""
    lines: list[str] = []
    for task in results.tasks:
        for found in task.comparisons:
            metric = task.scores[found.model].metrics[task.headline]
            if metric.value is None or found.difference is None:
                continue
            p = "no test" if found.p_adjusted is None else f"p = {found.p_adjusted:.3f} after Holm"
            lines.append(
                f"{task.task}: {found.model} {task.headline} {metric.value:.3f} (n = {metric.n}), "
                f"{found.difference:+.3f} to {found.reference}, {p}: {found.verdict}"
            )
    return lines


def main(recipe_file: str, folder: str) -> int:
    """Plan, run, report; the exit code of the command line where something is wrong."""
    try:
        recipe = load_recipe(recipe_file)
        for stage in plan(recipe, Path(folder)):
            print(f"{stage.name}: {stage.status}")
        finished = run(recipe, Path(folder))
        if (finished / "evaluate").is_dir():
            print("\n".join(comparisons(read_results(finished))))
    except TekioError as error:
        print(error.explain("en"), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
