"""Sentences and questions about cells of real tables: how many right ones the check of `study` refuses, and how many pass with the value of another cell.

    python benchmarks/study_cells.py [--tables 100] [--seed 1] [--show 10] [--form labelled|barred|spaced]

Tables of annual reports (jfinqa) in the form in which the readers write them (or with bars or spaces between their cells), told by the templates below, which know nothing of the check. A wrong row has the value of another row, or of
another column, of the same table. Also the data set's own questions with their answers, most of them calculated: right by their authors, in no words of ours.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.statistics.intervals import wilson

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
TEMPLATES = (
    ("", "{period}の{label}は{value}である。"),
    ("", "{company}の{label}は、{period}に{value}となりました。"),
    ("", "{label}は{value}だった（{period}）。"),
    ("", "{period}において、{company}は{value}の{label}を計上している。"),
    ("", "{period}の業績をみると、{other}は{beside}、{label}は{value}である。"),
    ("", "{label}が{value}であったのは{period}のことだ。"),
    ("", "{other}が{beside}だったのに対し、{label}は{value}だ。いずれも{period}の数字である。"),
    ("{period}の{label}はいくらですか。", "{value}です。"),
    ("{company}の{label}は、{period}にはいくらだったか。", "{value}"),
    ("{period}における{company}の{label}を答えよ。", "{period}の{label}は{value}である。"),
)


def passage_of(row: dict[str, Any], form: str = "labelled") -> str:
    """The table in one of three forms, with the lines around it."""
    heads, rows = row["table"]["headers"], row["table"]["rows"]
    if form == "labelled":
        lines = [
            " | ".join([cells[0], *(f"{head}: {cell}" for head, cell in zip(heads[1:], cells[1:], strict=True))])
            for cells in rows
        ]
    elif form == "barred":
        lines = [
            f"| {' | '.join(cells)} |" for cells in ([heads[0] or "科目", *heads[1:]], ["---"] * len(heads), *rows)
        ]
    else:
        lines = ["\u3000".join(cells) for cells in (["\u3000" * 4, *heads[1:]], *rows)]
    return "\n".join([*row["pre_text"], f"（単位：{row['scale']}）", *lines, *row["post_text"]])


def told(row: dict[str, Any], chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """(right, another row, another column; question; text) of one template over one table."""
    heads, rows = row["table"]["headers"], [cells for cells in row["table"]["rows"] if len(cells[0]) > 1]
    every = [cell for cells in rows for cell in cells[1:]]
    alone = [
        (cells, column)
        for cells in rows
        for column in range(1, len(cells))
        if every.count(cells[column]) == 1 and len(cells[column].strip("△")) > 2
    ]
    if len(alone) < 3:
        return
    cells, column = chance.choice(alone)
    others = [
        each
        for each, place in alone
        if place == column and each[0] != cells[0] and each[0] not in cells[0] and cells[0] not in each[0]
    ]
    beside = chance.choice(others) if others else cells
    question, text = chance.choice(TEMPLATES)

    def filled(value: str) -> tuple[str, str]:
        names = {
            "company": row["company_name"], "label": cells[0], "period": heads[column].split("(")[0], "value": f"{value}{row['scale']}",
            "other": beside[0], "beside": f"{beside[column]}{row['scale']}",
        }  # fmt: skip
        return question.format(**names), text.format(**names)

    yield ("right", *filled(cells[column]))
    another = [each for each in others if each is not beside]
    if another:
        yield ("another row", *filled(chance.choice(another)[column]))
    columns = [place for place in range(1, len(cells)) if place != column and (cells, place) in alone]
    if columns:
        yield ("another column", *filled(cells[chance.choice(columns)]))


def main() -> None:
    """Tell and check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--form", choices=("labelled", "barred", "spaced"), default="labelled")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    rows = json.loads((DATA / "jfinqa" / "jfinqa_v1.json").read_text(encoding="utf-8"))
    rows = [row for row in rows if row["scale"]] if isinstance(rows, list) else [*rows.values()]
    count: dict[str, list[int]] = {}
    faults: dict[str, list[str]] = {}
    for row in chance.sample(rows, min(given.tables, len(rows))):
        ground = Ground.of(passage_of(row, given.form), row["company_name"])
        for kind, question, text in [
            *told(row, chance),
            ("its own question", row["qa"]["question"], row["qa"]["answer"]),
        ]:
            wrong = check_row(question, text, ground)[1]
            bad = bool(wrong) == (kind in ("right", "its own question"))
            count.setdefault(kind, [0, 0])
            count[kind][0] += bad
            count[kind][1] += 1
            if bad:
                faults.setdefault(kind, []).append(
                    f"{question} {text} {[(one.kind, one.text, one.value) for one in wrong]}"
                )
    for kind, (bad, tried) in count.items():
        found = wilson(bad, tried)
        what = "refused" if kind in ("right", "its own question") else "pass"
        print(f"{kind}: {bad} of {tried} {what}, {bad / tried:.1%} [{found.low:.1%}, {found.high:.1%}]")
        for line in faults.get(kind, [])[: given.show]:
            print("   ", line)


if __name__ == "__main__":
    main()
