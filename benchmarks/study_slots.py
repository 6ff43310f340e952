"""Answers that are another value of their passage: how many the check of `study` sees, and how many right ones it refuses, by the kind of the value.

    python benchmarks/study_slots.py [--rows 300] [--part out|fitted]

Questions of JaQuAD that one number or date answers, of whose unit (or form) the passage has others. The right answer is checked, and one of the others, by the whole check and by the rule of
`tekio.knowledge.slots` alone. `out`: pages by which its weights were not fitted (a third, by the checksum of their titles).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import zlib
from collections.abc import Iterator
from pathlib import Path

from tekio.knowledge.facts import Fact, facts_of, value_unit
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.knowledge.slots import of_other_place

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data") / "jaquad"
MOST_BESIDE = 3
"""Characters that an answer may have beside its value."""


def rows(folder: Path, part: str) -> Iterator[tuple[str, str, str, str]]:
    """(title, passage, question, answer) of the pages of a part."""
    for path in sorted(folder.rglob("*.json")):
        for page in json.loads(path.read_text(encoding="utf-8"))["data"]:
            if (zlib.crc32(page["title"].encode()) % 3 == 0) != (part == "out"):
                continue
            for paragraph in page["paragraphs"]:
                for pair in paragraph["qas"]:
                    yield page["title"], paragraph["context"], pair["question"], pair["answers"][0]["text"]


def alike(one: Fact, other: Fact) -> bool:
    """Whether one could stand in the place of the other."""
    if one.kind != other.kind or one.value == other.value:
        return False
    if one.kind == "date":
        return len(one.value) == len(other.value)
    return value_unit(one.value) == value_unit(other.value) != ""


def main() -> None:
    """Check a seeded sample of each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--part", choices=("out", "fitted"), default="out")
    given = parser.parse_args()
    chance = random.Random(7)
    every = [row for row in rows(DATA, given.part) if any(letter.isdigit() for letter in row[3])]
    chance.shuffle(every)
    count = {
        kind: dict.fromkeys(("rows", "refused", "refused by the rule", "pass", "pass the rule"), 0)
        for kind in ("number", "date")
    }
    for title, passage, question, answer in every:
        told = facts_of(answer, names=False)
        if len(told) != 1 or told[0].kind not in count or len(answer) - len(told[0].text) > MOST_BESIDE:
            continue
        counted = count[told[0].kind]
        if counted["rows"] == given.rows:
            continue
        ground = Ground.of(passage, title)
        others = sorted({one.text for one in ground.facts if alike(one, told[0])})
        if not others or not any(one.value == told[0].value for one in ground.facts):
            continue
        other = chance.choice(others)
        counted["rows"] += 1
        counted["refused"] += bool(check_row(question, answer, ground)[1])
        counted["pass"] += not check_row(question, other, ground)[1]
        counted["refused by the rule"] += bool(of_other_place(question, answer, passage, ground.placed, ground.facts))
        counted["pass the rule"] += not of_other_place(question, other, passage, ground.placed, ground.facts)
    for kind, counted in count.items():
        print(f"{kind}: {counted}")


if __name__ == "__main__":
    main()
