"""Precision and recall of personal data, by kind, on a file of marked lines.

    python benchmarks/personal_data.py FILE [--names] [--failures N]

A line of FILE is {"text", "spans": [[start, end, kind]]} (offsets in characters, the end not included). A span counts as found
when a span of the same kind overlaps it; a span that was found counts as right when it overlaps a marked one of its kind.
Kinds of the file are mapped to Tekio's (KIND_OF).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tekio.text.kernels.codepoints import code_points
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.find import Span
from tekio.text.personal_data.person_names import find_people, may_hold_people

KIND_OF = {
    "account": "bank_account",
    "yucho": "bank_account",
    "name": "person",
    "postal": "postal_code",
    "birth": "birth_date",
    "pension": "pension_number",
    "licence": "driving_licence",
    "mynumber": "my_number",
    "mail": "email",
}


def found_in(texts: list[str]) -> list[list[Span]]:
    points = code_points(texts)
    spans = find_in_texts(texts, points)
    for number in may_hold_people(points):
        spans[number] = [*spans.get(number, []), *find_people(texts[number])]
    return [spans.get(number, []) for number in range(len(texts))]


def overlaps(first: Span, second: Span) -> bool:
    return first.kind == second.kind and first.start < second.end and second.start < first.end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--failures", type=int, default=0, help="print so many errors")
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = [json.loads(line) for line in asked.file.read_text(encoding="utf-8").splitlines()]
    truths = [
        [Span(start, end, KIND_OF.get(str(kind), str(kind))) for start, end, kind in row["spans"]] for row in rows
    ]
    marked: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    accused = 0
    failures: list[str] = []
    known = {span.kind for truth in truths for span in truth}  # what the file does not mark at all is not judged
    for row, truth, spans in zip(rows, truths, found_in([row["text"] for row in rows]), strict=True):
        accused += any(span.kind in known for span in spans) and not truth
        for span in truth:
            marked[span.kind] += 1
            if any(overlaps(span, other) for other in spans):
                hit[span.kind] += 1
            else:
                failures.append(f"missed {span.kind} {row['text'][span.start : span.end]!r} in {row['text']!r}")
        for span in [span for span in spans if span.kind in known]:
            found[span.kind] += 1
            if any(overlaps(span, other) for other in truth):
                right[span.kind] += 1
            else:
                failures.append(f"wrong {span.kind} {row['text'][span.start : span.end]!r} in {row['text']!r}")
    print("\n".join(failures[: asked.failures]))
    print(f"{'kind':20} {'marked':>6} {'found':>6} {'precision':>9} {'recall':>7}")
    for kind in [*sorted(marked | found), "all"]:
        m, f, r, h = (table.total() if kind == "all" else table[kind] for table in (marked, found, right, hit))
        print(f"{kind:20} {m:6} {f:6} {r / f if f else float('nan'):9.3f} {h / m if m else float('nan'):7.3f}")
    without = sum(1 for truth in truths if not truth)
    print(f"lines without personal data in which something was found: {accused} of {without}")


if __name__ == "__main__":
    main()
