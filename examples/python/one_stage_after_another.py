"""Call the stages by hand: a corpus with a threshold of your own, then its instruction records, each with its manifest.

python examples/python/one_stage_after_another.py recipe.yaml out
"""

from __future__ import annotations

import sys
from pathlib import Path

from tekio import Manifest, build_corpus, build_instructions, load_recipe, make_engine, read_records

SHORTEST = 20
"""Letters and ideographs of the shortest document that is kept."""


def build(recipe_file: str, out: Path) -> list[Manifest]:
    """Corpus and instruction data of a recipe that has both sections; the recipe's file is not changed."""
    recipe = load_recipe(recipe_file)
    if recipe.corpus is None or recipe.instruct is None:
        raise SystemExit("the recipe needs the sections corpus and instruct")
    limits = {**recipe.corpus.filters.limits, "letters": (SHORTEST, None)}
    filters = recipe.corpus.filters.model_copy(update={"limits": limits})
    corpus = recipe.corpus.model_copy(update={"filters": filters})
    engine = make_engine("local", recipe.engine.workers)
    return [
        build_corpus(corpus, out / "corpus", seed=recipe.seed, engine=engine),
        build_instructions(recipe.instruct, out / "instruct", seed=recipe.seed, engine=engine),
    ]


def main(recipe_file: str, folder: str) -> int:
    """Build both, print what the manifests say and the first record."""
    out = Path(folder)
    for manifest in build(recipe_file, out):
        print(f"{manifest.stage}: {manifest.duration_seconds:.1f} s, artifact {manifest.artifact[:12]}")
    for record in read_records(out / "instruct" / "train.jsonl"):
        print(*(f"{message['role']}: {message['content']}" for message in record.messages), sep="\n")
        break
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
