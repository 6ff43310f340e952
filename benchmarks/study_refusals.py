"""How many right rows the check of `study` refuses: questions and answers that people wrote about a passage (JaQuAD).

    python benchmarks/study_refusals.py [--rows 3000] [--show 20] [--third 2]

Every row is right by its author, so what is refused here is refused wrongly, or says what its passage does not say as it is
written. Prints the share with a Wilson interval, the kinds of facts that were not found, and examples. `--third`: see `study_planted.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.statistics.intervals import wilson

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data") / "jaquad"


def rows(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(title, passage, question and answer) of every row."""
    for path in sorted(folder.rglob("*.json")):
        for page in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in page["paragraphs"]:
                for pair in paragraph["qas"]:
                    yield page["title"], paragraph["context"], f"{pair['question']}\n{pair['answers'][0]['text']}"


def third(title: str) -> int:
    """Which third of the pages one is in, as in `study_planted.py`: all have titles."""
    return int(hashlib.sha256(title.encode()).hexdigest(), 16) % 3


def main() -> None:
    """Check a seeded sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--third", type=int, choices=[0, 1, 2])
    arguments = parser.parse_args()
    every = [row for row in rows(DATA) if arguments.third in (None, third(row[0]))]
    chosen = random.Random(17).sample(every, min(arguments.rows, len(every)))
    kinds: Counter[str] = Counter()
    refused: list[str] = []
    for title, passage, text in chosen:
        question, answer = text.split("\n", 1)
        missing = check_row(question, answer, Ground.of(passage, title))[1]
        kinds.update({item.kind for item in missing})
        if missing:
            refused.append(f"{' | '.join(item.text for item in missing)}: {text!r}")
    found = wilson(len(refused), len(chosen))
    print(
        f"{len(refused)} of {len(chosen)} rows refused: {len(refused) / len(chosen):.1%} [{found.low:.1%}, {found.high:.1%}]"
    )
    print("rows with a fact of this kind that was not found:", dict(kinds))
    for line in refused[: arguments.show]:
        print(line)


if __name__ == "__main__":
    main()
