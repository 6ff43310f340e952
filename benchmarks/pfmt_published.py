"""The published means of pfmt-bench-fin-ja from its own files, by the code that rates models here.

    python benchmarks/pfmt_published.py pfmt-bench-fin-ja/data/pfmt_bench_fin_ja

Prints for each judge and model the mean of the category means (the publisher's `overall`), of each turn, and the ratings there are.
"""

# pyright: standard

import sys
from pathlib import Path

from tekio.evaluate.results.judge import TURNS, overall_rating, rating_rows
from tekio.evaluate.tasks.pfmt import published_ratings
from tekio.store import read_jsonl


def main(folder: Path) -> None:
    categories = {str(row["question_id"]): str(row["category"]) for row in read_jsonl(folder / "question.jsonl")}
    for judge in sorted(folder.glob("model_judgment/*_single")):
        print(
            f"| {judge.name.removesuffix('_single')} | overall | first turn | second turn | ratings |\n|---|---|---|---|---|"
        )
        lines: list[tuple[float, str]] = []
        for file in judge.glob("*.jsonl"):
            found = published_ratings(file)
            given = [[found.get((name, turn), -1.0) for turn in (1, 2)] for name in categories]
            means = [
                float(overall_rating(rating_rows(list(categories.values()), given, turns).sum(axis=0)))
                for turns in TURNS.values()
            ]
            shown = " | ".join(f"{mean:.4f}" for mean in means)
            lines.append((means[0], f"| {file.stem} | {shown} | {len(found)} of {2 * len(categories)} |"))
        print("\n".join(line for _, line in sorted(lines, reverse=True)), end="\n\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
