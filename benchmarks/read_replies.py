"""Agreement of the readers of replies with a person's reading.

    python benchmarks/read_replies.py FILE.jsonl [--show]

A line: {"kind", "reply", "reading"} and what was asked. choice: `options`, reading the index; label: `labels` {key: Japanese name}, reading
the key; number: reading {"value", "unit"}; amount: `gold`, reading whether they are equal within 1 %; list: `marks`, reading the marks;
probability: reading the number. null where there is no answer. `tests/evaluate/scoring/replies.jsonl` is such a file.
"""

# pyright: standard

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tekio.evaluate.results.read_answer import is_right
from tekio.evaluate.scoring.parse_number import read_number
from tekio.evaluate.scoring.parse_reply import (
    KINDS_OF_MARKS,
    stated_probability,
    strict_choice,
    with_label_names,
    with_marks,
)
from tekio.evaluate.scoring.read_list import read_marks


def reading_of(row: dict[str, Any]) -> Any:
    """What Tekio reads, in the form of the file."""
    if row["kind"] == "number":
        found = read_number(row["reply"])
        return None if found is None else {"value": found.value, "unit": found.unit}
    if row["kind"] == "label":
        labels = list(row["labels"])
        names = with_label_names(labels, {label: [name] for label, name in row["labels"].items()})
        chosen = strict_choice(row["reply"], names)
        return None if chosen is None else labels[chosen]
    if row["kind"] == "amount":
        return is_right("number", row["reply"], [row["gold"]], 0.01)
    if row["kind"] == "list":
        kind = next(marks for marks in KINDS_OF_MARKS if row["marks"][0] in marks)
        marks = read_marks(row["reply"], kind)
        return None if marks is None else sorted(marks)
    if row["kind"] == "probability":
        return stated_probability(row["reply"])
    return strict_choice(row["reply"], with_marks(row["options"]))


KINDS = ("choice", "label", "number", "amount", "list", "probability")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true", help="print the replies that are read otherwise")
    arguments = parser.parse_args()
    of: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for line in arguments.file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] not in KINDS:
            continue
        found = reading_of(row)
        of[row["kind"]] += 1
        agreed[row["kind"]] += found == row["reading"]
        wrong[row["kind"]] += found not in (None, False, row["reading"])
        if arguments.show and found != row["reading"]:
            print(f"{row['kind']}: {row['reply']!r}: a person reads {row['reading']}, Tekio {found}")
    for kind, count in of.items():
        print(f"{kind}: {agreed[kind]} of {count} as a person reads them, {wrong[kind]} read as another answer")


if __name__ == "__main__":
    main()
